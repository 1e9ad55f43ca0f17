package tracker

import "time"

// cadence gives the windows in force for a thread, and why. The rep's grade beats the machine's finding of a situation,
// which beats the rest. A Cadence of a grade or situation is complete: config lays it over the base before it comes here;
// only an empty list of follow-ups means the base's.
func (p Policy) cadence(grade string, s Situation) (Cadence, string) {
	if c, ok := p.Grades[grade]; ok && grade != "" {
		return p.filled(c), "grade " + grade
	}
	if c, ok := p.Situations[s]; ok {
		return p.filled(c), "situation " + string(s)
	}
	return p.Cadence, ""
}

func (p Policy) filled(c Cadence) Cadence {
	if len(c.FollowUpAfter) == 0 {
		c.FollowUpAfter = p.Cadence.FollowUpAfter
	}
	return c
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
