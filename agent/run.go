package agent

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"
)

// Event wakes the loop. Exactly one field is set, or none to wake it for a plain pass.
type Event struct {
	Why      string    // mail came, the rep said something, the clock jumped
	Settings *Settings // the config or the library changed
}

// How long the loop waits after a pass that failed: with up to a quarter more by chance, from five seconds to ten minutes.
const (
	backoffFirst = 5 * time.Second
	backoffMost  = 8 * time.Minute
)

// Grace is how long a pass may go on after it was told to stop, so that an APPEND under way gets its answer.
const Grace = 5 * time.Second

// Run passes until ctx ends: at once, on every event, when a thread's next moment comes, and at least every Poll. A pass
// that fails is tried again with growing rests, for ever. beat is told after every pass when the next one is due; what the
// pass found (Last's Result) is there as long as beat runs.
func (a *Agent) Run(ctx context.Context, events <-chan Event, beat func(again time.Time)) error {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	late := context.AfterFunc(ctx, func() { time.AfterFunc(Grace, cancel) })
	defer late()
	defer a.desk.close()
	failures := 0
	for {
		began := a.now()
		res, err := a.pass(work, Options{})
		if ctx.Err() != nil {
			return nil
		}
		now := a.now()
		next := now.Add(a.set.Poll)
		switch {
		case err != nil:
			failures++
			next = now.Add(a.rest(err, failures))
			a.log.Warn("pass failed", slog.Any("error", err), slog.Time("again_at", next), hint(err))
		default:
			failures = 0
			if !res.Wake.IsZero() && res.Wake.Before(next) {
				next = res.Wake
			}
		}
		a.note(work, now, next, res, err)
		a.last.Took = now.Sub(began)
		beat(next)
		a.last.Result = Result{} // megabytes, and the next pass finds them anew
		if !a.wait(ctx, events, next) {
			return nil
		}
	}
}

// hint says in a sentence what to look at; the zero Attr, which is not logged, where no cause of the error knows.
func hint(err error) slog.Attr {
	var cause interface{ Hint() string }
	if errors.As(err, &cause) && cause.Hint() != "" {
		return slog.String("hint", cause.Hint())
	}
	return slog.Attr{}
}

// rest says how long to wait after a failure: until the time the error itself names (a throttled server, a refused login),
// else growing with the failures in a row.
func (a *Agent) rest(err error, failures int) time.Duration {
	var named interface{ RetryAt() time.Time }
	if errors.As(err, &named) {
		if d := named.RetryAt().Sub(a.now()); d > 0 {
			return d
		}
	}
	return Backoff(failures)
}

// Backoff gives the rest after so many failures in a row, with jitter.
func Backoff(failures int) time.Duration { return BackoffBy(failures, rand.Float64()) }

// BackoffBy is Backoff where chance, in [0, 1), is the caller's.
func BackoffBy(failures int, chance float64) time.Duration {
	d := backoffMost
	if failures < 10 {
		d = min(backoffMost, backoffFirst<<(failures-1))
	}
	return d + time.Duration(chance*float64(d)/4)
}

// wait rests until next or an event; events that came meanwhile are taken together. false: ctx ended.
func (a *Agent) wait(ctx context.Context, events <-chan Event, next time.Time) bool {
	timer := time.NewTimer(max(next.Sub(a.now()), 0))
	defer timer.Stop()
	glances, stop := a.glances()
	defer stop()
	for resting := true; resting; {
		select {
		case <-ctx.Done():
			return false
		case question := <-a.asked:
			question()
			continue
		case <-glances:
			if !a.glimpse(ctx) {
				continue
			}
		case <-timer.C:
		case j := <-a.desk.done:
			a.desk.took(j)
		case e := <-events:
			a.take(e)
		}
		resting = false
	}
	for {
		select {
		case e := <-events:
			a.take(e)
		default:
			return ctx.Err() == nil
		}
	}
}

func (a *Agent) take(e Event) {
	if e.Settings != nil {
		a.SetSettings(*e.Settings)
		a.log.Info("configuration in force")
		return
	}
	a.log.Debug("woken", slog.String("why", e.Why))
}
