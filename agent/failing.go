package agent

import "time"

// failing counts the APPENDs that came to nothing since the last that did not: the mailbox is full, Drafts may not be
// written to, the line breaks. The zero value is none.
type failing struct {
	tries int
	last  time.Time
}

// note takes in how an APPEND of a time went.
func (f *failing) note(at time.Time, err error) {
	if err == nil {
		*f = failing{}
		return
	}
	f.tries++
	f.last = at
}

// mostRest is the longest rest between two tries, in a mailbox that stays full.
const mostRest = 15 * time.Minute

// until gives when the next draft may be tried, whatever thread it is for: two settle times after the first failure, as a
// single one needs to be looked for, and twice as long after each further one.
func (f *failing) until(settle time.Duration) time.Time {
	const steps = 16
	return f.last.Add(min(settle<<min(f.tries, steps), mostRest))
}
