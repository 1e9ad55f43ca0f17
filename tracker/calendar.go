package tracker

import (
	"fmt"
	"slices"
	"time"
)

// Calendar is the rep's calendar: zone, working days, holidays, hours, absences. All arithmetic with windows and working time
// in the program lives on it. The zero value is UTC, Monday to Friday, no holidays, always open.
type Calendar struct {
	Zone     *time.Location
	Holiday  func(day time.Time) (name string, is bool) // nil: none
	From, To time.Duration                              // the hours in which drafts appear, since midnight; both zero: always
	Away     []Span                                     // whole days on which the rep is away: none of them works, and every window stands still
}

// Span is a time during which a window stands still: from From up to, but without, To.
type Span struct{ From, To time.Time }

// horizon bounds every search for a working day: a calendar in which every day is a holiday must not hang the program.
const horizon = 4000

// IsZero says that the window never ends: the step it belongs to is not wanted.
func (w Window) IsZero() bool { return w.BusinessDays <= 0 && w.Duration <= 0 && w.Days <= 0 }

// String gives the window in words: "3 business days".
func (w Window) String() string {
	switch {
	case w.BusinessDays > 0:
		return counted(w.BusinessDays, "business day")
	case w.Days > 0:
		return counted(w.Days, "day")
	case w.Duration > 0 && w.Duration%time.Hour == 0:
		return counted(int(w.Duration/time.Hour), "hour")
	case w.Duration > 0:
		return w.Duration.String()
	}
	return "never"
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Add gives when a window that began at start is over, leaving out the held spans and those in which the rep is away. Zero
// for a window that never ends.
//
// A business day is used up by 24 hours on the rep's wall clock of working days, so that three business days from
// Monday 10:15 end on Thursday 10:15 whatever the clocks do in between, and a window that begins on a Saturday begins
// with Monday. Calendar days keep the wall clock, too; a Duration is real time.
func (c Calendar) Add(start time.Time, w Window, held []Span) time.Time {
	if len(c.Away) > 0 {
		held = slices.Concat(held, c.Away)
	}
	switch {
	case w.IsZero():
		return time.Time{}
	case w.BusinessDays > 0:
		t := c.walk(wall(start, c.zone()), time.Duration(w.BusinessDays)*day, c.wallSpans(held), c.workingWall)
		return c.clock(c.toWorking(t))
	case w.Days > 0:
		return c.clock(c.walk(wall(start, c.zone()), time.Duration(w.Days)*day, c.wallSpans(held), everyDay))
	default:
		return c.walk(start, w.Duration, merged(held), everyDay)
	}
}

// Working says whether the day is a working day in the rep's zone.
func (c Calendar) Working(day time.Time) bool {
	return c.workingWall(wall(day, c.zone()))
}

// NextOpen gives the first moment at or after t at which drafts may appear.
func (c Calendar) NextOpen(t time.Time) time.Time {
	if until, away := c.AwayUntil(t); away {
		t = until
	}
	if c.From == 0 && c.To == 0 {
		return t
	}
	to := c.To
	if to <= c.From {
		to = day
	}
	now := wall(t, c.zone())
	today := midnight(now)
	for i := range horizon {
		d := today.Add(time.Duration(i) * day)
		if !c.workingWall(d) {
			continue
		}
		from := d.Add(c.From)
		if now.Before(from) {
			return c.clock(from)
		}
		if now.Before(d.Add(to)) {
			return t
		}
	}
	return c.clock(today.Add(horizon * day))
}

// AwayUntil says whether the rep is away at a moment, and when they are back.
func (c Calendar) AwayUntil(t time.Time) (back time.Time, away bool) {
	for _, s := range merged(c.Away) {
		if !t.Before(s.From) && t.Before(s.To) {
			return s.To, true
		}
	}
	return time.Time{}, false
}

// SameDay says whether two times fall on one day of the rep's.
func (c Calendar) SameDay(a, b time.Time) bool {
	return midnight(wall(a, c.zone())).Equal(midnight(wall(b, c.zone())))
}

// Date gives the day that a sender named (midnight in the sender's own zone) as midnight in the rep's.
func (c Calendar) Date(named time.Time) time.Time {
	return time.Date(named.Year(), named.Month(), named.Day(), 0, 0, 0, 0, c.zone())
}

func (c Calendar) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

// day is a day on the wall clock. Wall-clock times are kept as UTC times with the clock's digits, where every day has
// 24 hours; they are turned back into moments only at the end.
const day = 24 * time.Hour

func wall(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// clock turns a wall-clock time back into a moment. A time that the clocks leap over becomes the one an hour later.
func (c Calendar) clock(w time.Time) time.Time {
	return time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), w.Nanosecond(), c.zone())
}

func midnight(w time.Time) time.Time { return w.Truncate(day) }

func everyDay(time.Time) bool { return true }

func (c Calendar) workingWall(w time.Time) bool {
	if d := w.Weekday(); d == time.Saturday || d == time.Sunday {
		return false
	}
	if len(c.Away) > 0 {
		at := c.clock(w)
		if slices.ContainsFunc(c.Away, func(s Span) bool { return !at.Before(s.From) && at.Before(s.To) }) {
			return false
		}
	}
	if c.Holiday == nil {
		return true
	}
	_, is := c.Holiday(time.Date(w.Year(), w.Month(), w.Day(), 12, 0, 0, 0, c.zone()))
	return !is
}

// toWorking moves a time on a day off to the start of the next working day.
func (c Calendar) toWorking(w time.Time) time.Time {
	for range horizon {
		if c.workingWall(w) {
			return w
		}
		w = midnight(w).Add(day)
	}
	return w
}

// walk moves on from t until left has been used up by time that counts and is not held.
func (c Calendar) walk(t time.Time, left time.Duration, held []Span, counts func(time.Time) bool) time.Time {
	limit := t.Add(horizon * day)
	for t.Before(limit) {
		for len(held) > 0 && !t.Before(held[0].To) {
			held = held[1:]
		}
		if len(held) > 0 && !t.Before(held[0].From) {
			t = held[0].To
			limit = t.Add(horizon * day)
			continue
		}
		next := midnight(t).Add(day)
		if !counts(t) {
			t = next
			continue
		}
		if len(held) > 0 && held[0].From.Before(next) {
			next = held[0].From
		}
		if run := next.Sub(t); run < left {
			left -= run
			t = next
			continue
		}
		return t.Add(left)
	}
	return t
}

func (c Calendar) wallSpans(held []Span) []Span {
	out := make([]Span, 0, len(held))
	for _, s := range held {
		out = append(out, Span{wall(s.From, c.zone()), wall(s.To, c.zone())})
	}
	return merged(out)
}

// merged sorts spans and joins those that touch; empty ones are left out.
func merged(spans []Span) []Span {
	out := make([]Span, 0, len(spans))
	for _, s := range spans {
		if s.From.Before(s.To) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b Span) int { return a.From.Compare(b.From) })
	n := 0
	for _, s := range out {
		if n > 0 && !s.From.After(out[n-1].To) {
			if s.To.After(out[n-1].To) {
				out[n-1].To = s.To
			}
			continue
		}
		out[n] = s
		n++
	}
	return out[:n]
}
