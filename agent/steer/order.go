// Package steer understands what a rep says in a mail client: the words behind a folder or a tag, and the first line of a
// draft. It is pure.
package steer

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"followupd/mail/dates"
	"followupd/tracker"
)

// Gesture is a name that the config gives to a word: of a folder, of a tag, or of a line in a draft.
type Gesture struct {
	Name string // "Hold 1 week"
	Word string // "hold 1w"
}

// Order is what a word asks for at a moment.
type Order struct {
	Kind    tracker.WordKind // hold, close, chase, another
	Outcome tracker.Outcome  // close
	Until   time.Time        // hold
}

// Word gives an order as a word of the rep.
func (o Order) Word(at time.Time, source string) tracker.Word {
	return tracker.Word{At: at, Kind: o.Kind, Outcome: o.Outcome, Until: o.Until, Source: source}
}

// longestWord is longer than any word that is understood, in bytes: a name of the config or a phrase of a few words.
const longestWord = 200

// longestHold bounds a hold, in days: what is longer is a slip of the pen.
const longestHold = 5 * 366

// Parse understands a word, or a name that a gesture gives to one, said at a moment:
//
//	stop · won · lost · chase · another
//	hold 1w · hold 2 weeks · hold for a month · hold 3bd · hold 12h
//	hold until 2027-01-11 · hold until Friday · hold until March
//
// A hold of days or more ends when its last day ends, on the calendar's clock. The error is a sentence for the rep.
func Parse(text string, gestures []Gesture, now time.Time, calendar tracker.Calendar) (Order, error) {
	if len(text) > longestWord {
		return Order{}, fmt.Errorf("it is too long to be a word for followupd")
	}
	said := strings.Join(strings.Fields(strings.ToLower(text)), " ")
	for _, g := range gestures {
		if strings.EqualFold(strings.Join(strings.Fields(g.Name), " "), said) {
			said = strings.ToLower(g.Word)
			break
		}
	}
	switch said {
	case "stop", "stopped":
		return Order{Kind: tracker.WordClose, Outcome: tracker.Stopped}, nil
	case "won":
		return Order{Kind: tracker.WordClose, Outcome: tracker.Won}, nil
	case "lost":
		return Order{Kind: tracker.WordClose, Outcome: tracker.Lost}, nil
	case "chase", "reopen":
		return Order{Kind: tracker.WordChase}, nil
	case "another":
		return Order{Kind: tracker.WordAnother}, nil
	}
	rest, hold := strings.CutPrefix(said, "hold ")
	if !hold {
		return Order{}, fmt.Errorf("%q is no word that followupd knows: stop, won, lost, chase, another, hold 2 weeks, hold until 2027-01-11", clip(said))
	}
	if calendar.Zone != nil {
		now = now.In(calendar.Zone)
	}
	until, ok := end(strings.TrimPrefix(rest, "for "), now, calendar)
	switch {
	case !ok:
		return Order{}, fmt.Errorf("%q names no time that followupd understands: write hold 2 weeks or hold until 2027-01-11", clip(said))
	case !until.After(now):
		return Order{}, fmt.Errorf("%q names a day that has begun already", clip(said))
	case until.After(now.AddDate(0, 0, longestHold)):
		return Order{}, fmt.Errorf("%q is longer than five years", clip(said))
	}
	return Order{Kind: tracker.WordHold, Until: until}, nil
}

// clip keeps a sentence readable.
func clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// end gives when a hold ends: "2 weeks", "a month", "until Friday".
func end(text string, now time.Time, calendar tracker.Calendar) (time.Time, bool) {
	for _, lead := range []string{"until ", "till ", "til "} {
		if day, ok := strings.CutPrefix(text, lead); ok {
			return date(day, now)
		}
	}
	n, unit, ok := count(text)
	if !ok {
		return time.Time{}, false
	}
	midnight := func(months, days int) time.Time {
		return time.Date(now.Year(), now.Month()+time.Month(months), now.Day()+days, 0, 0, 0, 0, now.Location())
	}
	switch unit {
	case "h", "hour", "hours":
		return now.Add(time.Duration(n) * time.Hour), true
	case "d", "day", "days":
		return midnight(0, n), true
	case "w", "week", "weeks":
		return midnight(0, 7*n), true
	case "mo", "month", "months":
		return monthsOn(now, n), true
	case "bd", "business day", "business days", "working day", "working days":
		at := calendar.Add(now, tracker.Window{BusinessDays: n}, nil).In(now.Location())
		return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, now.Location()), true
	}
	return time.Time{}, false
}

// monthsOn gives the same day of a later month, or the last day of one that is shorter.
func monthsOn(now time.Time, n int) time.Time {
	first := time.Date(now.Year(), now.Month()+time.Month(n), 1, 0, 0, 0, 0, now.Location())
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(now.Day(), last)-1)
}

// count reads "2 weeks", "2w" or "a week".
func count(text string) (n int, unit string, ok bool) {
	if number, unit, found := strings.Cut(text, " "); found && (number == "a" || number == "an" || number == "one") {
		return 1, unit, true
	}
	digits := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if digits < 1 || digits > 4 {
		return 0, "", false
	}
	n, err := strconv.Atoi(text[:digits])
	return n, strings.TrimSpace(text[digits:]), err == nil
}

// date reads a day as 2027-01-11, or as people name one.
func date(text string, now time.Time) (time.Time, bool) {
	if day, err := time.ParseInLocation(time.DateOnly, text, now.Location()); err == nil {
		return day, true
	}
	found, ok := dates.Find("until "+text, now, "")
	return found.Day, ok
}
