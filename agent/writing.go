package agent

import (
	"context"
	"fmt"
	"hash/fnv"
	"log/slog"
	"time"

	"followupd/playbook"
	"followupd/tracker"
)

// Writer turns a decision into a text. playbook.Playbook is one.
type Writer interface {
	Write(r playbook.Request) (playbook.Text, error)
}

// SlowWriter is a Writer that asks somebody who takes time, and wants to be told of the rep's style. Begin looks at the
// request and gives the text it would write alone, and a function that asks: that one touches nothing of the request, may run
// in another goroutine, bounds how long it takes and ends with an error only where its context is cancelled. No function
// means that there is nobody to ask.
type SlowWriter interface {
	Begin(r playbook.Request) (plan playbook.Text, ask func(ctx context.Context) (playbook.Text, error), err error)
}

// stale is how old a written text may be when it is used: it proposes days.
const stale = 30 * time.Minute

// writing is a text under way.
type writing struct {
	plan  playbook.Text
	text  playbook.Text
	err   error
	begun time.Time
}

// write gives the text of a draft: at once where the writer needs no time, or the pass is only looked at. Otherwise it is
// begun, and errBeingWritten says that a later pass will find it. A text that was written for a thread which has changed
// since is thrown away.
func (a *Agent) write(ctx context.Context, key string, req playbook.Request, opt Options) (playbook.Text, error) {
	slow, ok := a.set.Writer.(SlowWriter)
	if !ok {
		return a.set.writer().Write(req)
	}
	basis := basisOf(req)
	j := a.desk.jobs[key]
	switch {
	case opt.DryRun:
		plan, ask, err := slow.Begin(req)
		if err != nil || ask == nil {
			return plan, err
		}
		return ask(ctx)
	case j != nil && j.basis == basis && a.now().Sub(j.text.begun) < stale:
		if !j.ended {
			return playbook.Text{}, errBeingWritten
		}
		a.desk.drop(key)
		return a.accept(j.text, req)
	}
	req.Recent = append(a.plans(), req.Recent...)
	plan, ask, err := slow.Begin(req)
	if err != nil || ask == nil {
		return plan, err
	}
	w := &writing{plan: plan, begun: a.now()}
	a.desk.begin(&job{name: key, thread: req.Standing.Thread, basis: basis, text: w, finish: func(ctx context.Context) { w.text, w.err = ask(ctx) }})
	a.log.Info("a text is being written", slog.String("thread", string(req.Standing.Thread)), slog.String("draft", key))
	return playbook.Text{}, errBeingWritten
}

// othersFirst says whether a text cannot be begun before another has arrived.
func (a *Agent) othersFirst(key string, opt Options) bool {
	_, slow := a.set.Writer.(SlowWriter)
	return slow && !opt.DryRun && a.desk.jobs[key] == nil && a.desk.full()
}

// accept gives a text that came, or the playbook's where it is too much like a draft that was written beside it.
func (a *Agent) accept(w *writing, req playbook.Request) (playbook.Text, error) {
	if w.err != nil {
		w.plan.Why = append(w.plan.Why, "written from the template, because "+w.err.Error())
		return w.plan, nil
	}
	var beside []tracker.Draft
	for _, d := range req.Recent {
		if !d.Created.Before(w.begun) {
			beside = append(beside, d)
		}
	}
	if w.text.Body == w.plan.Body || !playbook.Twin(w.text.Body, beside) {
		return w.text, nil
	}
	text, err := a.set.Playbook.Write(req)
	text.Why = append(text.Why, "written from the template, because the model's text is too much like another draft written at the same time")
	return text, err
}

// plans gives the texts that others under way will have if nothing better comes of them, as drafts to be told apart from.
func (a *Agent) plans() []tracker.Draft {
	var out []tracker.Draft
	for key, j := range a.desk.jobs {
		if j.text != nil {
			out = append(out, tracker.Draft{Key: key, Thread: j.thread, Body: j.text.plan.Body, Created: j.text.begun})
		}
	}
	return out
}

// basisOf names everything about a request that a text may rest on and that can change while it is written.
func basisOf(r playbook.Request) string {
	h := fnv.New64a()
	fmt.Fprintln(h, r.Standing.Thread, r.Standing.Next.Action, r.Standing.Next.Step, r.Standing.Situation, r.Standing.Grade, len(r.Given), r.Now.Format(time.DateOnly), r.Signature)
	for _, l := range r.Thread.Messages {
		fmt.Fprintln(h, l.Row, l.Direction, l.HasBody, l.Reading.Intent)
	}
	for _, w := range r.Words {
		fmt.Fprintln(h, w.ID)
	}
	return fmt.Sprint(h.Sum64())
}

// wantedJobs drops the jobs of threads that are not due any more, or whose question is settled: an answer came, the rep
// said so.
func (a *Agent) wantedJobs(due []tracker.Standing, words []tracker.Word, all []tracker.Standing) {
	if len(a.desk.jobs) == 0 {
		return
	}
	wanted := make(map[tracker.ThreadID]bool)
	for _, st := range due {
		wanted[st.Thread] = true
	}
	for _, w := range words {
		if w.Kind == tracker.WordAnother {
			wanted[w.Thread] = true
		}
	}
	for _, st := range all {
		if st.State == tracker.Review {
			wanted[st.Thread] = true
		}
	}
	for _, j := range a.desk.keep(wanted) {
		a.log.Info("no longer asked for", slog.String("thread", string(j.thread)), slog.String("job", j.name))
	}
}
