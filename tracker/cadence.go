package tracker

import "time"

// Pace is how a thread is paced: when its steps follow, on which calendar, and how many drafts there may be in a day.
type Pace struct {
	Cadence    Cadence
	Calendar   Calendar
	DraftsADay int
	// Quota names the prospects whom DraftsADay is for, such as "grade hot"; "" where it is everybody's number. A number of
	// their own bounds the drafts for them, and lets the day's drafts go beyond everybody's number only for them.
	Quota string
	// Whose names the prospects for whom the window before an action was set, such as "grade hot"; without an entry it is
	// everybody's.
	Whose map[Action]string
}

// PaceOf gives the pace of a thread by its grade and situation.
func (p Policy) PaceOf(s Standing) Pace { return p.pace(s.Grade, s.Situation) }

func (p Policy) pace(grade string, s Situation) Pace {
	if p.Paces == nil {
		return Pace{Cadence: p.Cadence, Calendar: p.Calendar, DraftsADay: p.DraftsADay}
	}
	return p.Paces(grade, s)
}

// step gives what the n-th follow-up of a silence is and how long a silence goes before it; ok is false where there is none.
func (c Cadence) step(n int) (a Action, w Window, ok bool) {
	switch {
	case n >= 1 && n <= len(c.FollowUpAfter):
		return FollowUp, c.FollowUpAfter[n-1], !c.FollowUpAfter[n-1].IsZero()
	case n == c.last() && !c.BreakUpAfter.IsZero():
		return BreakUp, c.BreakUpAfter, true
	}
	return "", Window{}, false
}

// last is the number of the break-up.
func (c Cadence) last() int { return len(c.FollowUpAfter) + 1 }

// rest is how long a silence goes after the last step until the thread is closed.
func (c Cadence) rest() Window {
	if !c.BreakUpAfter.IsZero() || len(c.FollowUpAfter) == 0 {
		return c.BreakUpAfter
	}
	return c.FollowUpAfter[len(c.FollowUpAfter)-1]
}

// together is how long after a mail of the rep's another one still counts as the same try: "I forgot the attachment".
const together = 12 * time.Hour
