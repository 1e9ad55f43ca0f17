package library

import "time"

// LinkOutcome is what a look at a link showed.
type LinkOutcome int

// The outcomes. LinkUnknown is a server that is slow, overloaded or shy of programs: nothing is concluded from it.
const (
	LinkUnknown LinkOutcome = iota
	LinkAlive
	LinkFailed // gone (404, 410), or there is no such host
)

// LinkState is what is known of a link by looking at it now and then.
type LinkState struct {
	Checked time.Time `json:"checked"`
	Failed  time.Time `json:"failed,omitzero"` // since when every look that showed anything failed; zero: it works
	Dead    bool      `json:"dead,omitempty"`
	Why     string    `json:"why,omitempty"` // "404 Not Found"
}

// deadAfter is how long a link must have failed before it is given up: a site that is moved comes back within a day.
const deadAfter = 20 * time.Hour

// Looked gives the state of a link after a look at it: dead once it failed twice, a day apart, and never worked between.
func (s LinkState) Looked(o LinkOutcome, why string, now time.Time) LinkState {
	next := LinkState{Checked: now, Failed: s.Failed, Dead: s.Dead, Why: s.Why}
	switch o {
	case LinkAlive:
		next.Failed, next.Dead, next.Why = time.Time{}, false, ""
	case LinkFailed:
		next.Why = why
		if s.Failed.IsZero() {
			next.Failed = now
		}
		next.Dead = s.Dead || !s.Failed.IsZero() && now.Sub(s.Failed) >= deadAfter
	}
	return next
}
