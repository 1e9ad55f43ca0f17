package main

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"followupd/agent"
	"followupd/agent/llm"
	"followupd/report/metrics"
	"followupd/tracker"
)

// The journal keeps a refusal until its step is over; it is one refusal.
func TestTally_CountsWhatEachPassDid(t *testing.T) {
	start := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	at := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
	refused := func(key string, minutes int) tracker.Draft {
		return tracker.Draft{Key: key, State: "refused", Changed: at(minutes)}
	}
	old, fresh := refused("old", -5), refused("fresh", 3)
	y := tally{noted: start}
	y.passed(agent.Last{At: at(1), Took: time.Second, Result: agent.Result{Waiting: map[tracker.ThreadID]string{"a": "it is night"}}}, []tracker.Draft{old})
	y.passed(agent.Last{At: at(4), Took: time.Second, Result: agent.Result{Placed: make([]agent.Placed, 2)}}, []tracker.Draft{old, fresh})
	y.passed(agent.Last{At: at(5), Took: time.Second, Err: errors.New("the line broke"), Result: agent.Result{
		Placed: make([]agent.Placed, 1), Withdrawn: make([]tracker.Draft, 3),
	}}, []tracker.Draft{old, fresh})
	if y.passes != 2 || y.wrong != 1 || y.passing != 3*time.Second || y.placed != 3 || y.withdrawn != 3 || y.refused != 1 || y.due != 0 {
		t.Errorf("counted %d passes and %d wrong ones in %s: %d placed, %d withdrawn, %d refused, %d due",
			y.passes, y.wrong, y.passing, y.placed, y.withdrawn, y.refused, y.due)
	}
}

func TestRecorder_SampleTellsOfAModelWhereOneIsAsked(t *testing.T) {
	r := newRecorder(t.TempDir(), repAddress, time.Now)
	var m metrics.Mailbox
	if r.sample(&m); m.Model != nil || m.Webhook != nil || m.Up {
		t.Errorf("at first: %+v", m)
	}
	meter, err := llm.OpenMeter("")
	if err != nil {
		t.Fatal(err)
	}
	r.asks(llm.NewModel(llm.Config{Mailbox: repAddress, BaseURL: "http://127.0.0.1:1/v1", Model: "m"}, meter, llm.NewEndpoints(), time.Now, slog.New(slog.DiscardHandler)))
	if r.sample(&m); m.Model == nil || *m.Model != (metrics.Model{}) {
		t.Errorf("with a model: %+v", m.Model)
	}
}
