package agent

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"followupd/tracker"
)

// Adviser gives a second opinion on answers that the rules call unclear. What it says can hold a thread or leave it to
// review, and nothing else (tracker.Opinion).
type Adviser interface {
	// Advise looks at an answer, whose newly written text is given, and gives a function that asks; that one touches nothing
	// of the thread and may run in another goroutine. nil: nothing of this thread may be told to anybody.
	Advise(t *tracker.Thread, row int64, text string) func(ctx context.Context) (tracker.Opinion, error)
}

const (
	opinionsAPass = 5         // asked for at most; the next pass asks for more
	opinionRest   = time.Hour // after one that did not come
)

// opining is an opinion under way.
type opining struct {
	row     int64
	opinion tracker.Opinion
	err     error
}

// askOpinions asks, once for each message, what to make of unclear answers that wait for the rep's review.
// A dry run only tells the adviser, who may show what would be asked.
func (a *Agent) askOpinions(ctx context.Context, all []tracker.Standing, known []tracker.Opinion, opt Options) error {
	if a.set.Adviser == nil {
		return nil
	}
	has := make(map[int64]bool, len(known))
	for _, o := range known {
		has[o.Row] = true
	}
	asked := 0
	for _, st := range all {
		if st.State != tracker.Review {
			continue
		}
		t := a.threads.Thread(st.Thread)
		for _, row := range tracker.UnclearSince(t) {
			if has[row] || a.desk.jobs[opinionOn(row)] != nil || a.now().Before(a.unadvised[row]) || asked == opinionsAPass {
				continue
			}
			text, err := a.newText(ctx, row)
			if err != nil {
				return err
			}
			ask := a.set.Adviser.Advise(t, row, text)
			if ask == nil || opt.DryRun {
				continue
			}
			asked++
			o := &opining{row: row}
			a.desk.begin(&job{name: opinionOn(row), thread: st.Thread, opinion: o, finish: func(ctx context.Context) { o.opinion, o.err = ask(ctx) }})
		}
	}
	return nil
}

func opinionOn(row int64) string { return fmt.Sprint("opinion ", row) }

// newText gives what a stored message newly says, whole.
func (a *Agent) newText(ctx context.Context, row int64) (string, error) {
	seen, err := a.store.SeenRows(ctx, []int64{row})
	if err != nil || len(seen) == 0 {
		return "", err
	}
	return a.judge(seen[0], seen[0].Message.Content).NewText, nil
}

// keepOpinions stores what came of the questions asked. One that came to nothing is asked again later.
func (a *Agent) keepOpinions(ctx context.Context) error {
	for name, j := range a.desk.jobs {
		if j.opinion == nil || !j.ended {
			continue
		}
		o := j.opinion
		if o.err != nil {
			a.unadvised[o.row] = a.now().Add(opinionRest)
			a.log.Info("no second opinion", slog.String("thread", string(j.thread)), slog.Any("error", o.err))
		} else {
			o.opinion.Row, o.opinion.At = o.row, a.now()
			if err := a.store.SaveOpinion(ctx, o.opinion); err != nil {
				return err
			}
			a.log.Info("second opinion", slog.String("thread", string(j.thread)), slog.String("intent", cmp.Or(string(o.opinion.Intent), "none")))
		}
		a.desk.drop(name)
	}
	return nil
}
