package imapwatch

import (
	"context"
	"sync"
	"time"

	"followupd/imapwatch/pacing"
)

// Turnstile lets the connections of many mailboxes through one after the other, ten a second, so that a server that comes back
// is not met by all of them at once. The zero value is ready; one turnstile is shared by any number of mailboxes.
type Turnstile struct {
	mu    sync.Mutex
	queue pacing.Queue
}

// pass waits for its turn, in the order of arrival, or until ctx ends; a turn that was waited for in vain is lost.
func (t *Turnstile) pass(ctx context.Context) error {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	now := time.Now()
	turn := t.queue.Turn(now)
	t.mu.Unlock()
	return sleep(ctx, turn.Sub(now))
}
