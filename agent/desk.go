package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"followupd/tracker"
)

// jobDeadline bounds how long the loop leaves a job at work, the waiting for its turn included: in the morning many mailboxes
// may ask one model. After it a writer gives what it would have written alone. It is shorter than a text may be old (stale).
const jobDeadline = 20 * time.Minute

// mostTexts is how many texts of a mailbox are under way at once. A mailbox with 500 due threads does not prepare them all, and
// those that wait their turn do so here, where their deadline does not run yet.
const mostTexts = 8

// errBeingWritten says that the text of a draft is on its way: the pass goes on without it, and its arrival wakes the loop.
var errBeingWritten = errors.New("its text is being written")

// errOthersFirst is an errBeingWritten, of a text that is begun once one of those under way has arrived.
var errOthersFirst = fmt.Errorf("%w after %d others", errBeingWritten, mostTexts)

// desk holds the work that takes longer than a pass may: each job runs in a goroutine of its own and touches nothing of the
// loop's. What comes of it is taken by the loop, as an event. Nothing of a job is durable: a killed one is begun anew. The
// methods are for the loop's goroutine.
type desk struct {
	jobs map[string]*job
	done chan *job
	busy sync.WaitGroup
	log  *slog.Logger
}

// job is one piece of work.
type job struct {
	name   string // the key of a draft, or the message an opinion is asked on
	thread tracker.ThreadID
	basis  string // what it was begun on: on anything else its result is worthless
	cancel context.CancelFunc
	finish func(ctx context.Context) // fills in one of the results below
	ended  bool                      // the loop has heard of it: the result is its own now

	text    *writing
	opinion *opining
}

func newDesk(log *slog.Logger) *desk {
	return &desk{jobs: make(map[string]*job), done: make(chan *job), log: log}
}

// begin puts a job to work. It replaces, and ends, one of the same name.
func (d *desk) begin(j *job) {
	d.drop(j.name)
	life, cancel := context.WithCancel(context.Background())
	j.cancel = cancel
	d.jobs[j.name] = j
	d.busy.Go(func() {
		work, stop := context.WithTimeout(life, jobDeadline)
		defer stop()
		d.do(work, j)
		select {
		case d.done <- j:
		case <-life.Done():
		}
	})
}

// do does a job. A mistake of the program's own in it ends this job only, as one that nothing came of.
func (d *desk) do(ctx context.Context, j *job) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		d.log.Error("a mistake in followupd itself, please report it", slog.String("job", j.name), slog.Any("panic", r), slog.String("stack", string(debug.Stack())))
		err := fmt.Errorf("a mistake in followupd itself: %v", r)
		if j.text != nil {
			j.text.err = err
		}
		if j.opinion != nil {
			j.opinion.err = err
		}
	}()
	j.finish(ctx)
}

// took notes that the loop has heard of a job's end. Of one that was dropped meanwhile nothing is kept.
func (d *desk) took(j *job) { j.ended = true }

// collect takes what has ended, without waiting.
func (d *desk) collect() {
	for {
		select {
		case j := <-d.done:
			d.took(j)
		default:
			return
		}
	}
}

// await waits until every job has ended. false: there was none, or ctx ended before.
func (d *desk) await(ctx context.Context) bool {
	waited := false
	for d.atWork() {
		select {
		case j := <-d.done:
			d.took(j)
			waited = true
		case <-ctx.Done():
			return false
		}
	}
	return waited
}

// full says whether as many texts are under way as may be.
func (d *desk) full() bool {
	n := 0
	for _, j := range d.jobs {
		if j.text != nil && !j.ended {
			n++
		}
	}
	return n >= mostTexts
}

// atWork says whether a job has not ended.
func (d *desk) atWork() bool {
	for _, j := range d.jobs {
		if !j.ended {
			return true
		}
	}
	return false
}

// drop ends a job, if there is one of that name, and forgets what came of it.
func (d *desk) drop(name string) {
	if j := d.jobs[name]; j != nil {
		j.cancel()
		delete(d.jobs, name)
	}
}

// keep drops the jobs of all threads but those named.
func (d *desk) keep(wanted map[tracker.ThreadID]bool) (dropped []*job) {
	for name, j := range d.jobs {
		if !wanted[j.thread] {
			d.drop(name)
			dropped = append(dropped, j)
		}
	}
	return dropped
}

// clear drops all jobs; close waits for their goroutines, too.
func (d *desk) clear() { d.keep(nil) }

func (d *desk) close() {
	d.clear()
	d.busy.Wait()
}
