package llm

import (
	"fmt"
	"sync"
	"time"
)

// After so many failures in a row the endpoint is left alone, first for restLeast, then for twice as long each time.
const (
	failuresToRest = 3
	restLeast      = 2 * time.Minute
	restMost       = time.Hour
)

// breaker leaves an endpoint alone that does not answer, so that a pass does not wait for each draft anew. Its zero value is
// closed.
type breaker struct {
	mu       sync.Mutex
	failures int
	until    time.Time
}

// resting is the error of a call that is not made.
type resting struct{ until time.Time }

func (r resting) Error() string {
	return fmt.Sprintf("the model's endpoint is left alone until %s, after errors or at its own wish", r.until.Format("15:04:05"))
}

// allow says whether a call may be made now. After a rest one failure is enough for the next.
func (b *breaker) allow(now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Before(b.until) {
		return resting{b.until}
	}
	return nil
}

func (b *breaker) succeeded() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures, b.until = 0, time.Time{}
}

// failed notes a failure; wait is how long the endpoint asks to be left alone, 0 where it says nothing.
func (b *breaker) failed(now time.Time, wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures++
	if n := b.failures - failuresToRest; n >= 0 {
		wait = max(wait, min(restLeast<<min(n, 6), restMost))
	}
	if until := now.Add(min(wait, restMost)); wait > 0 && until.After(b.until) {
		b.until = until
	}
}
