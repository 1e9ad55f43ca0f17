package tracker

import (
	"context"
	"time"
)

// Trails keeps the links that drafts bear and the visits to them. It is for those who ask for it ([signals]); a Store that
// can be asked for it satisfies it, too. Each method is one transaction.
type Trails interface {
	// SaveLink stores a link, durable when it returns, and gives what then stands: where the draft has a link to that URL
	// already, that one.
	SaveLink(ctx context.Context, l Link) (Link, error)
	// Links gives all of them, the oldest first.
	Links(ctx context.Context) ([]Link, error)
	// AddVisit appends a visit. One to an unknown link, to one that is nobody's any more, or beyond VisitsKept is not kept.
	AddVisit(ctx context.Context, v Visit) error
	// Visits gives them, the oldest first.
	Visits(ctx context.Context) ([]Visit, error)
	// ExpireVisits erases visits from before a moment.
	ExpireVisits(ctx context.Context, before time.Time) error
}

// VisitsKept is how many visits to one link are kept; what comes after them is a machine's, or tells nothing new.
const VisitsKept = 100
