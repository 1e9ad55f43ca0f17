package agent

import "time"

// mostGap is how far apart two passes of one program may be by the clock before the clock is doubted: somebody set it, or the
// machine slept for days.
const mostGap = 24 * time.Hour

// pause is the rest that drafting takes after a jump of the clock: by a clock that is wrong everything may be due, and after
// a long sleep the mailbox may not have come to rest yet. Reading goes on; a pass a poll later, by a clock that has gone on as
// clocks do, confirms that what is due is due. The zero value is none.
type pause struct {
	last  time.Time // the pass before; zero: this is the program's first, which follows a rest that nobody can tell from a jump
	until time.Time
}

// pass takes in that a pass begins.
func (p *pause) pass(now time.Time, poll time.Duration) {
	now = now.Round(0) // the monotonic clock stands still while a machine sleeps, and does not jump
	if gap := now.Sub(p.last); !p.last.IsZero() && gap.Abs() > mostGap+poll {
		p.until = now.Add(poll)
	}
	p.last = now
}

// over gives when drafts are written again, zero for now.
func (p *pause) over(now time.Time) time.Time {
	if now.Before(p.until) {
		return p.until
	}
	return time.Time{}
}
