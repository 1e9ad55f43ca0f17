package main

import (
	"time"

	"followupd/agent"
	"followupd/agent/llm"
	"followupd/imapwatch"
	"followupd/report/metrics"
	"followupd/tracker"
)

// tally is what is counted of a mailbox for /metrics beside the health that is written down: since the process began to work
// it, over changed configurations.
type tally struct {
	traffic       imapwatch.Traffic
	model         *llm.Model // of the configuration in force; nil: none is asked
	epoch         int64      // of the lock; 0: in no fleet
	passes, wrong uint64
	passing       time.Duration

	placed, withdrawn, refused uint64
	due                        int
	noted                      time.Time // when the journal was last looked through for refusals
}

// passed counts a pass. journal is the drafts.
func (t *tally) passed(last agent.Last, journal []tracker.Draft) {
	t.passing += last.Took
	if last.Err != nil {
		t.wrong++
	} else {
		t.passes++
		t.due = len(last.Result.Waiting)
	}
	t.placed += uint64(len(last.Result.Placed))
	t.withdrawn += uint64(len(last.Result.Withdrawn))
	for _, d := range journal {
		if agent.NoText(d.State) && d.Changed.After(t.noted) {
			t.refused++
		}
	}
	t.noted = last.At
}

// asks notes which model is asked from now on; nil: none.
func (r *recorder) asks(model *llm.Model) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tally.model = model
}

// sample tells how the mailbox fares at this moment. What m told before is written over; its lists are used again.
func (r *recorder) sample(m *metrics.Mailbox) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h, t := &r.h, &r.tally
	watchers, failed := m.Watchers[:0], m.IMAP.Failed[:0]
	for _, c := range h.Connections {
		if c.Watcher != "" {
			watchers = append(watchers, metrics.Watcher{Folder: c.Watcher, Connected: c.OK})
		}
	}
	n := t.traffic.Counts()
	for cause, count := range n.ConnectsFailed {
		failed = append(failed, metrics.Failure{Cause: imapwatch.Cause(cause).String(), Count: uint64(count)})
	}
	*m = metrics.Mailbox{
		Name: m.Name, Up: h.ready(r.now()), Watchers: watchers, Epoch: t.epoch,
		Passes: t.passes, PassesWrong: t.wrong, Passing: t.passing, Threads: h.Threads,
		Drafts: metrics.Drafts{
			Waiting: h.Waiting, Unknown: h.Unknown, Due: t.due, Placed: t.placed, Withdrawn: t.withdrawn, Refused: t.refused,
			AppendsFailed: uint64(n.AppendsFailed),
		},
		IMAP: metrics.IMAP{
			Commands: uint64(n.Commands), Received: uint64(n.Received), Sent: uint64(n.Sent),
			Logins: uint64(n.Connected), Lost: uint64(n.Lost), Failed: failed,
		},
	}
	if h.Pass.LastOK != nil {
		m.LastPass = *h.Pass.LastOK
	}
	if t.model != nil {
		u := t.model.Totals()
		m.Model = &metrics.Model{Calls: uint64(u.Calls), Errors: uint64(u.Errors), Tokens: uint64(u.Tokens), Cost: u.Money}
	}
	if k := h.Webhook; k.Host != "" {
		m.Webhook = &metrics.Webhook{Waiting: k.Waiting, Told: uint64(k.Told), Failures: uint64(k.Failures), GivenUp: uint64(k.GivenUp)}
	}
}
