package agent

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestAsk_GivesUpWhereNoLoopRuns(t *testing.T) {
	a := &Agent{asked: make(chan func())}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Ask(ctx, func() { t.Error("the question was run by nobody's loop") }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestAsk_IsAnsweredBetweenPassesWithoutCausingOne(t *testing.T) {
	w := newWorld(t)
	w.silent()
	a, done := w.start()
	defer done()
	ctx, stop := context.WithCancel(t.Context())
	passed := make(chan time.Time, 8)
	ended := make(chan error, 1)
	found := 0
	go func() {
		ended <- a.Run(ctx, make(chan Event), func(again time.Time) {
			found = len(a.Last().Result.Standings)
			passed <- again
		})
	}()
	again := <-passed
	var last Last
	for range 3 {
		if err := a.Ask(t.Context(), func() { last = a.Last() }); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if n := len(passed); n != 0 {
		t.Errorf("three questions caused %d more passes", n)
	}
	if last.Err != nil || found == 0 || !last.Again.Equal(again) {
		t.Errorf("the last pass: error %v, %d threads, again at %v; want none, some, %v", last.Err, found, last.Again, again)
	}
}
