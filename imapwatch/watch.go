package imapwatch

import (
	"context"
	"time"
)

// Event is what a watcher reports. It only wakes the reader; the state comes from Sync.
type Event struct {
	Folder string // "" any
	Why    string // "IDLE EXISTS", "poll", "reconnected", "the clock jumped by 3h12m0s"
}

// Status is how a connection fares.
type Status struct {
	OK    bool
	What  string    // "watching INBOX", "login refused: …"
	Retry time.Time // when it is tried again; zero: not planned
}

// Watch keeps IDLE on INBOX and Sent (Drafts by poll) and reports until ctx ends; it reconnects for ever, with backoff and
// jitter. status is told of every change of health. Watch never blocks on events: events are coalesced.
func (m *Mailbox) Watch(ctx context.Context, events chan<- Event, status func(Status)) {
	panic("not built yet")
}
