package imapwatch

import (
	"context"
	"sync"
	"time"
)

// loginsEach is the least time between two logins through a Turnstile: ten a second.
const loginsEach = 100 * time.Millisecond

// Turnstile lets the connections of many mailboxes through one after the other, ten a second, so that a server that comes back
// is not met by all of them at once. The zero value is ready; one turnstile is shared by any number of mailboxes.
type Turnstile struct {
	mu   sync.Mutex
	next time.Time // when the next may pass
}

// pass waits for its turn, in the order of arrival, or until ctx ends; a turn that was waited for in vain is lost.
func (t *Turnstile) pass(ctx context.Context) error {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	now := time.Now()
	turn := t.next
	if turn.Before(now) {
		turn = now
	}
	t.next = turn.Add(loginsEach)
	t.mu.Unlock()
	return sleep(ctx, turn.Sub(now))
}
