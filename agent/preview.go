package agent

import (
	"context"
	"errors"
	"time"
)

// Preview reads the mailbox as it is now and tells what a pass at another time would draft, if nothing else happened until
// then. It writes nothing to the mailbox; the store it is given takes the facts, so hand it a copy.
func (a *Agent) Preview(ctx context.Context, at time.Time) (Result, error) {
	if err := a.Load(ctx); err != nil {
		return Result{}, err
	}
	if err := a.read(ctx); err != nil {
		return Result{}, err
	}
	opt := Options{DryRun: true}
	if err := a.sweep(ctx, opt); err != nil {
		return Result{}, err
	}
	read := a.now
	defer func() { a.now = read }()
	a.now = func() time.Time { return at }
	// In that imagined pass every folder has just been read.
	for _, f := range a.answering() {
		if err := a.store.MarkRead(ctx, f.Name, at); err != nil {
			return Result{}, err
		}
	}
	res, err := a.decide(ctx, opt)
	if res.Counts == nil {
		return res, err
	}
	return res, errors.Join(err, a.everything(ctx, &res))
}
