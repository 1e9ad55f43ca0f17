package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"followupd/tracker"
)

// order is how states are listed: what needs the rep first.
var order = []tracker.State{
	tracker.Review, tracker.Answered, tracker.Drafted, tracker.Due, tracker.Waiting, tracker.Held, tracker.Closed, tracker.Ignored,
}

// States gives the states in the order in which they are listed.
func States() []tracker.State { return slices.Clone(order) }

// Rank gives a state's place in a listing.
func Rank(s tracker.State) int {
	for i, o := range order {
		if o == s {
			return i
		}
	}
	return len(order)
}

// Table prints where every thread stands, a line each.
func Table(w io.Writer, threads []tracker.Standing, zone *time.Location, screen Screen) error {
	g := &grid{least: []int{0, 0, 12, 12, 0, 10}}
	g.head("THREAD", "STATE", "WHO", "SUBJECT", "STEP", "NEXT")
	for _, s := range threads {
		g.row(text(string(s.Thread)), field{text: state(s), colour: stateColour(s.State)}, text(Clean(who(s))), text(Clean(s.Subject)), number(s.Step), text(next(s, zone)))
	}
	return g.print(w, screen)
}

// stateColour marks what needs the rep, as the dashboard does.
func stateColour(s tracker.State) string {
	switch s {
	case tracker.Review:
		return yellow
	case tracker.Answered:
		return red
	case tracker.Drafted:
		return blue
	case tracker.Due:
		return magenta
	case tracker.Closed, tracker.Ignored:
		return faint
	}
	return plainInk
}

// state says the state with what qualifies it: closed (declined), held (out_of_office).
func state(s tracker.Standing) string {
	switch s.State {
	case tracker.Closed:
		return fmt.Sprintf("%s (%s)", s.State, s.Outcome)
	case tracker.Held:
		return fmt.Sprintf("%s (%s)", s.State, s.HoldReason)
	case tracker.Drafted:
		if s.Draft != nil && s.Draft.State == tracker.DraftEdited {
			return string(s.State) + " (edited)"
		}
	}
	return string(s.State)
}

func who(s tracker.Standing) string {
	if len(s.Prospects) == 0 {
		return "-"
	}
	first := string(s.Prospects[0].Address)
	if n := len(s.Prospects) - 1; n > 0 {
		first += fmt.Sprintf(" +%d", n)
	}
	return first
}

func next(s tracker.Standing, zone *time.Location) string {
	switch {
	case s.State == tracker.Drafted && s.Draft != nil:
		return "send or delete the draft (" + s.Draft.Approach + ")"
	case s.State == tracker.Answered:
		return "yours: answer"
	case s.State == tracker.Review:
		return "yours: decide"
	case s.State == tracker.Held:
		return "not before " + Day(s.HeldUntil, zone)
	case s.State == tracker.Due && s.Next != nil && s.Next.Expected.IsZero():
		return fmt.Sprintf("%s due since %s", strings.ReplaceAll(string(s.Next.Action), "_", "-"), Day(s.Next.At, zone))
	case s.Next != nil:
		return fmt.Sprintf("%s %s", strings.ReplaceAll(string(s.Next.Action), "_", "-"), Day(likely(s.Next), zone))
	}
	return ""
}

// likely is when the draft of a step is to be expected, or at least when its window ends.
func likely(n *tracker.Next) time.Time {
	if n.Expected.IsZero() {
		return n.At
	}
	return n.Expected
}

// Day says a day in the rep's zone: "Mon 23 Nov 2026".
func Day(t time.Time, zone *time.Location) string { return t.In(zone).Format("Mon 2 Jan 2006") }

// Moment says a day and a time in the rep's zone.
func Moment(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("Mon 2 Jan 2006 15:04")
}
