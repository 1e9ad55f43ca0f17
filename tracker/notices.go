package tracker

import (
	"context"
	"time"
)

// Notice is news of a thread on its way to a program of the rep's company, such as its CRM.
type Notice struct {
	ID     string // the same for every try: whoever gets it twice can tell
	At     time.Time
	Thread ThreadID
	Body   []byte
	Tries  int
	Next   time.Time // not tried again before
}

// Outbox keeps what was told of threads and what is still to be told, over restarts. Each method is one transaction. It is
// for those who ask for it ([webhook]).
type Outbox interface {
	// Told gives the state of each thread as it was last put into the outbox. begun is false before the first Tell.
	Told(ctx context.Context) (states map[ThreadID]State, begun bool, err error)
	// Tell puts notices into the outbox and notes the states they tell of, together. Where more than NoticesKept wait the
	// oldest fall out; it gives how many.
	Tell(ctx context.Context, states map[ThreadID]State, notices []Notice) (lost int, err error)
	// NextNotice gives the oldest notice, nil where there is none, and how many wait.
	NextNotice(ctx context.Context) (next *Notice, waiting int, err error)
	// Postpone notes a try that failed.
	Postpone(ctx context.Context, id string, tries int, next time.Time) error
	// TakeOut removes a notice that was told, or given up.
	TakeOut(ctx context.Context, id string) error
	// Unwanted notes that the receiver at an address wants nothing more, and drops what waits. UnwantedBy gives the address
	// and since when; "" where nothing was ever refused for good.
	Unwanted(ctx context.Context, address string, at time.Time) error
	UnwantedBy(ctx context.Context) (address string, at time.Time, err error)
	// TellNobody drops everything, as if nothing had ever been told.
	TellNobody(ctx context.Context) error
}

// NoticesKept is how many notices may wait: a year of a busy mailbox, or days of a receiver that is away.
const NoticesKept = 5000
