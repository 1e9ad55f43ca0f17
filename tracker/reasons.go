package tracker

import (
	"strings"
	"time"
	"unicode"

	"followupd/mail"
)

// onDay says a day as people do: "Mon 9 Nov", with the year where it is not this one.
func (c Calendar) onDay(t, now time.Time) string {
	t, now = t.In(c.zone()), now.In(c.zone())
	if t.Year() != now.Year() {
		return t.Format("Mon 2 Jan 2006")
	}
	return t.Format("Mon 2 Jan")
}

// onTime says a day and the time of day: "Mon 9 Nov at 10:15".
func (c Calendar) onTime(t, now time.Time) string {
	return c.onDay(t, now) + " at " + t.In(c.zone()).Format("15:04")
}

// called gives a person's name as it may stand in a sentence, whatever they wrote into it; without one, the address.
func called(p mail.Person) string {
	name := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, p.Name)
	name = strings.Join(strings.Fields(name), " ")
	if runes := []rune(name); len(runes) > 60 {
		name = string(runes[:60]) + "…"
	}
	if name == "" {
		return string(p.Address)
	}
	return name
}

// listed joins names: "Anne, Luc and Paul".
func listed(names []string) string {
	switch len(names) {
	case 0:
		return "nobody"
	case 1:
		return names[0]
	case 2, 3, 4:
		return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
	}
	return strings.Join(names[:3], ", ") + " and " + counted(len(names)-3, "other")
}

var ordinals = [...]string{"zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"}

func ordinal(n int) string {
	if n > 0 && n < len(ordinals) {
		return ordinals[n]
	}
	return "next"
}

// shortened gives a subject as it may stand in a sentence.
func shortened(subject string) string { return called(mail.Person{Name: subject}) }
