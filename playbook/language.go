package playbook

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"followupd/tracker"
)

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.Is(unicode.Mn, r) }

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// formalWords and familiarWords tell how two people address each other. Swedish knows only one way.
var (
	formalWords = map[string]map[string]bool{
		"de": set("Sie Ihnen Ihr Ihre Ihrem Ihren Ihrer Ihres"), "fr": set("vous votre vos Vous Votre Vos"),
		"es": set("usted ustedes Usted su sus le les"), "nl": set("u uw U Uw"),
	}
	familiarWords = map[string]map[string]bool{
		"de": set("du dich dir dein deine deinem deinen deiner euch euer eure"), "fr": set("tu te toi ton ta tes"),
		"es": set("tú te ti tu tus contigo vosotros os"), "nl": set("je jij jou jouw jullie"),
	}
)

// calendarWords names days and months as a date in a sentence has them.
type calendarWords struct {
	days, months []string // Sunday first, January first
	day          string   // "Thursday 26 November"
	date         string   // "8 November"
}

func split(s string) []string { return strings.Fields(s) }

var calendars = map[string]calendarWords{
	"en": {
		split("Sunday Monday Tuesday Wednesday Thursday Friday Saturday"),
		split("January February March April May June July August September October November December"), "%[1]s %[2]d %[3]s", "%[2]d %[3]s",
	},
	"de": {
		split("Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag"),
		split("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"), "%[1]s, %[2]d. %[3]s", "%[2]d. %[3]s",
	},
	"fr": {
		split("dimanche lundi mardi mercredi jeudi vendredi samedi"),
		split("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"), "%[1]s %[2]d %[3]s", "%[2]d %[3]s",
	},
	"es": {
		split("domingo lunes martes miércoles jueves viernes sábado"),
		split("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"), "%[1]s %[2]d de %[3]s", "%[2]d de %[3]s",
	},
	"nl": {
		split("zondag maandag dinsdag woensdag donderdag vrijdag zaterdag"),
		split("januari februari maart april mei juni juli augustus september oktober november december"), "%[1]s %[2]d %[3]s", "%[2]d %[3]s",
	},
	"sv": {
		split("söndag måndag tisdag onsdag torsdag fredag lördag"),
		split("januari februari mars april maj juni juli augusti september oktober november december"), "%[1]s den %[2]d %[3]s", "%[2]d %[3]s",
	},
}

// dayWords gives a day that is still to come, with its weekday.
func dayWords(lang string, t time.Time) string {
	w := calendars[lang]
	return fmt.Sprintf(w.day, w.days[t.Weekday()], t.Day(), w.months[t.Month()-1])
}

// dateWords gives a day that is over.
func dateWords(lang string, t time.Time) string {
	w := calendars[lang]
	return strings.TrimSpace(fmt.Sprintf(w.date+"%.0[1]s", w.days[t.Weekday()], t.Day(), w.months[t.Month()-1]))
}

// workingDay gives the nth working day after a day on the rep's calendar. A calendar without working days within two
// months is not believed.
func workingDay(c tracker.Calendar, after time.Time, n int) time.Time {
	day := time.Date(after.Year(), after.Month(), after.Day(), 12, 0, 0, 0, after.Location())
	for range 60 {
		day = day.AddDate(0, 0, 1)
		if c.Working(day) {
			if n--; n <= 0 {
				break
			}
		}
	}
	return day
}
