package imapwatch

import (
	"strings"
	"sync"
	"time"

	"followupd/imapwatch/pacing"
)

// Turnstile lets the connections of many mailboxes through one after the other, ten a second to each server, so that one that
// comes back is not met by all of them at once, and one that many wait for holds up nobody who wants another. The zero value
// is ready; one turnstile is shared by any number of mailboxes.
type Turnstile struct {
	mu     sync.Mutex
	queues map[string]*pacing.Queue // by host: its ports are one server's
}

// turn gives how long its turn at a host is away; it is lost where that is not waited for.
func (t *Turnstile) turn(host string) time.Duration {
	if t == nil {
		return 0
	}
	t.mu.Lock()
	host = strings.ToLower(host)
	queue := t.queues[host]
	if queue == nil {
		if t.queues == nil {
			t.queues = make(map[string]*pacing.Queue)
		}
		queue = new(pacing.Queue)
		t.queues[host] = queue
	}
	now := time.Now()
	turn := queue.Turn(now)
	t.mu.Unlock()
	return turn.Sub(now)
}
