package agent

import (
	"context"
	"fmt"
	"time"

	"followupd/mail"
	"followupd/tracker"
)

// readNoted is how long passes that find nothing new leave the time at which the folders were last read out of the store: an
// hour's passes are one write, not a dozen.
const readNoted = time.Hour

// reading is when folders were last read to their end, where the store does not know it yet. Nothing is lost with it: who
// starts anew reads the folders before anything is judged.
type reading struct {
	at     map[string]time.Time
	stored time.Time // when the store was last told; zero: not by this Agent
	judged bool      // a thread was judged since then
}

// farRead gives how far each folder was read, and when last.
func (a *Agent) farRead(ctx context.Context) (map[string]tracker.Reach, error) {
	reaches, err := a.store.Reaches(ctx)
	if err != nil {
		return nil, fmt.Errorf("read how far each folder was read: %w", err)
	}
	for name, at := range a.reading.at {
		if r, known := reaches[name]; known && at.After(r.ReadAt) {
			r.ReadAt = at
			reaches[name] = r
		}
	}
	return reaches, nil
}

// noteRead notes that folders were read to their end. Others who look into the store judge by it, so it is told wherever they
// could come to something else: when there was news, or a thread has been judged since. fresh says that there was news.
func (a *Agent) noteRead(ctx context.Context, folders []mail.Folder, at time.Time, fresh bool) error {
	r := &a.reading
	// A clock that was set back has the store told too.
	still := !fresh && !r.judged && !r.stored.IsZero() && !at.Before(r.stored) && at.Sub(r.stored) < readNoted
	if next := a.docket.Next(); still && (next.IsZero() || at.Before(next)) {
		if r.at == nil {
			r.at = make(map[string]time.Time)
		}
		for _, f := range folders {
			r.at[f.Name] = at
		}
		return nil
	}
	for _, f := range folders {
		if err := a.store.MarkRead(ctx, f.Name, at); err != nil {
			return fmt.Errorf("note that %q was read: %w", f.Name, err)
		}
	}
	*r = reading{stored: at}
	return nil
}
