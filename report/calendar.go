package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"followupd/playbook"
	"followupd/tracker"

	ics "github.com/arran4/golang-ical"
)

// CalendarAhead is how far a calendar looks.
const CalendarAhead = 90 * 24 * time.Hour

// maxEntries bounds a calendar: programs read the whole of it every few hours.
const maxEntries = 2000

// entryTime is how long an entry lasts: as long as looking at a draft takes.
const entryTime = 15 * time.Minute

// Calendar writes what is due and what comes by itself as an iCalendar file (RFC 5545): due holds the threads whose step is
// due, ahead the standings to come, their Check the moment, tasks what is to be done by telephone or card that day. Entries keep their UID as long as they mean the same, so that a
// calendar program moves them and makes no second one; they leave the rep's time free.
func Calendar(w io.Writer, due, ahead []tracker.Standing, tasks []playbook.Task, now time.Time) error {
	cal := ics.NewCalendar()
	cal.SetProductId("-//followupd//EN")
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName("Follow-ups")
	taken := make(map[string]bool)
	add := func(s tracker.Standing, at time.Time) {
		what, kind := entry(s)
		id := string(s.Thread) + "-" + kind
		if what == "" || at.IsZero() || taken[id] || len(taken) >= maxEntries {
			return
		}
		taken[id] = true
		e := cal.AddEvent(id + "@followupd")
		e.SetDtStampTime(now)
		e.SetStartAt(at)
		e.SetEndAt(at.Add(entryTime))
		e.SetTimeTransparency(ics.TransparencyTransparent)
		e.SetSummary(Cut(what+": "+digestWho(s), 120))
		e.SetDescription(Cut(Clean(s.Subject), 500))
	}
	for _, s := range due {
		if s.State == tracker.Due && s.Next != nil {
			add(s, s.Next.At)
		}
	}
	for _, s := range ahead {
		add(s, s.Check)
	}
	for _, t := range tasks {
		id := t.Key()
		if taken[id] || len(taken) >= maxEntries {
			continue
		}
		taken[id] = true
		e := cal.AddEvent(id + "@followupd")
		e.SetDtStampTime(now)
		e.SetAllDayStartAt(t.At)
		e.SetAllDayEndAt(t.At.AddDate(0, 0, 1))
		e.SetTimeTransparency(ics.TransparencyTransparent)
		e.SetSummary(Cut(Clean(t.What), 120))
		e.SetDescription(Cut(Clean(strings.Join(append([]string{t.Why}, t.Ask...), "; ")), 500))
	}
	if err := cal.SerializeTo(w, ics.WithNewLineWindows); err != nil { // RFC 5545 section 3.1: CRLF
		return fmt.Errorf("write the calendar: %w", err)
	}
	return nil
}

// entry says what a standing means on the day it comes about, and names its kind; "" where it is nothing to note.
func entry(s tracker.Standing) (what, kind string) {
	switch {
	case s.State == tracker.Due && s.Next != nil:
		kind = string(s.Next.Action) + "-" + strconv.Itoa(s.Next.Step)
		if s.Next.Action == tracker.FollowUp {
			return "Follow-up " + strconv.Itoa(s.Next.Step) + " is due", kind
		}
		return strings.ReplaceAll(string(s.Next.Action), "_", "-") + " is due", kind
	case s.State == tracker.Waiting:
		return "A hold ends", "hold-ends"
	case s.State == tracker.Answered:
		return "Your turn", "answered"
	case s.State == tracker.Review:
		return "Yours to decide", "review"
	}
	return "", ""
}
