package agent

import (
	"errors"
	"time"

	"followupd/tracker"
)

// failing counts the APPENDs that came to nothing since the last that did not: the mailbox is full, Drafts may not be
// written to, the line breaks. The zero value is none.
type failing struct {
	tries   int
	last    time.Time
	refused bool // the last one was answered with a refusal, which another try would only repeat
}

// note takes in how an APPEND of a time went.
func (f *failing) note(at time.Time, err error) {
	if err == nil {
		*f = failing{}
		return
	}
	f.tries++
	f.last, f.refused = at, isRefusal(err)
}

// isRefusal says whether the server answered that it does not take a draft, other than a line that broke.
func isRefusal(err error) bool {
	var answer interface{ Refused() bool }
	return errors.As(err, &answer) && answer.Refused()
}

// failingIn gives what the journal says of it after a restart, so that a program that is started over and over does not try
// over and over. A single draft that was tried once says nothing: a kill leaves that as well. Each rest being about as long
// as all before it together, the time from the first try to the last gives how many there were.
func failingIn(journal []tracker.Draft, settle time.Duration) failing {
	var f failing
	var done, first time.Time // the last draft that was laid down; the first try since
	for _, d := range journal {
		if d.State == tracker.DraftPlaced {
			done = later(done, d.Changed)
		}
	}
	unknown := 0
	for _, d := range journal {
		if d.State != tracker.DraftUnknown || !d.Changed.After(done) {
			continue
		}
		unknown++
		f.last = later(f.last, d.Changed)
		if first.IsZero() || d.Created.Before(first) {
			first = d.Created
		}
	}
	span := f.last.Sub(first)
	if unknown == 0 || unknown == 1 && span < settle {
		return failing{}
	}
	for f.tries = 1; f.tries < 16 && settle*(1<<f.tries-2) < span; {
		f.tries++
	}
	return f
}

// mostRest is the longest rest between two tries, and the only one in a mailbox that says that it is full.
const mostRest = 15 * time.Minute

// until gives when the next draft may be tried, whatever thread it is for: a quarter of an hour after a refusal; else two
// settle times after the first failure, as a single one needs to be looked for, and twice as long after each further one.
func (f *failing) until(settle time.Duration) time.Time {
	if f.refused {
		return f.last.Add(mostRest)
	}
	const steps = 16
	return f.last.Add(min(settle<<min(f.tries, steps), mostRest))
}
