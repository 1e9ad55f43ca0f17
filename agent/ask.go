package agent

import (
	"context"
	"fmt"
	"time"

	"followupd/playbook"
	"followupd/tracker"
)

// Ask has the loop run a question between two passes and waits until it is done, so that others may look at threads without
// a lock. It is the one method for goroutines other than the loop's. A question must be short: mail waits meanwhile. It is
// not run where ctx ends first, because a pass takes long or no loop runs.
func (a *Agent) Ask(ctx context.Context, question func()) error {
	done := make(chan struct{})
	select {
	case a.asked <- func() { defer close(done); question() }:
		<-done
		return nil
	case <-ctx.Done():
		return fmt.Errorf("ask the loop: %w", ctx.Err())
	}
}

// Last is what the latest pass came to.
type Last struct {
	At      time.Time // when it ended; zero: none has yet
	Took    time.Duration
	Again   time.Time // when the next one is due without any event
	Err     error     // nil: it did all it should
	Result  Result    // what it found, even where Err is not nil as far as it came; only while Run tells of the pass
	Reaches map[string]tracker.Reach
}

// Last gives what the latest pass of Run came to.
func (a *Agent) Last() Last { return a.last }

// note keeps what a pass came to, for whoever shows it.
func (a *Agent) note(ctx context.Context, at, again time.Time, res Result, err error) {
	reaches, readErr := a.farRead(ctx)
	if readErr != nil {
		reaches = nil // the next pass fails for the same reason and says so
	}
	a.last = Last{At: at, Again: again, Err: err, Result: res, Reaches: reaches}
}

// Coming tells what will change in the threads by itself until a moment, if nobody writes and nothing is sent meanwhile.
func (a *Agent) Coming(ctx context.Context, now, until time.Time) ([]tracker.Standing, error) {
	if err := a.Load(ctx); err != nil {
		return nil, err
	}
	facts, own, err := a.facts(ctx)
	if err != nil {
		return nil, err
	}
	coming := a.threads.Coming(facts, now, until)
	for i := range coming {
		overlayOwn(&coming[i], own)
	}
	return coming, nil
}

// Standing judges one thread at a moment, with the approach its next step would likely take; false where none has that id.
// What other threads have to do with it (limits of the day, another draft for the same person) is left out.
func (a *Agent) Standing(ctx context.Context, id tracker.ThreadID, at time.Time) (tracker.Standing, bool, error) {
	if err := a.Load(ctx); err != nil {
		return tracker.Standing{}, false, err
	}
	if a.threads.Thread(id) == nil {
		return tracker.Standing{}, false, nil
	}
	facts, own, err := a.facts(ctx)
	if err != nil {
		return tracker.Standing{}, false, err
	}
	one := []tracker.Standing{a.threads.Judge(id, facts, at)}
	overlayOwn(&one[0], own)
	if err := a.overlayRefusals(ctx, one); err != nil {
		return tracker.Standing{}, false, err
	}
	a.expectAlone(one, at)
	return one[0], true, a.Foresee(ctx, one)
}

// Assets gives the library in force.
func (a *Agent) Assets() []playbook.Asset { return a.set.Playbook.Assets() }
