package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestRester_WaitsForThePassesToEndButNotForEver(t *testing.T) {
	for name, c := range map[string]struct {
		passes int
		apart  time.Duration
		want   time.Duration
	}{
		"one pass":            {1, 0, restQuiet},
		"several in a row":    {5, restQuiet / 2, 2*restQuiet + restQuiet},
		"one after the other": {1000, restQuiet / 2, restAtMost},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				r := newRester()
				began := time.Now()
				go func() {
					for range c.passes {
						r.passed()
						select {
						case <-time.After(c.apart):
						case <-ctx.Done():
							return
						}
					}
				}()
				if !r.calm(ctx) {
					t.Fatal("not calm, though nothing ended it")
				}
				if got := time.Since(began); got != c.want {
					t.Errorf("calm after %s, want %s", got, c.want)
				}
			})
		})
	}
}

func TestWorthCollecting(t *testing.T) {
	const mb = 1 << 20
	for name, c := range map[string]struct {
		allocated, live uint64
		want            bool
	}{
		"one mailbox, a pass without change":        {mb / 10, 10 * mb, false},
		"one mailbox, a first reading":              {300 * mb, 20 * mb, true},
		"one mailbox, ten passes without change":    {3 * mb, 10 * mb, true},
		"a thousand mailboxes, a hundred passes":    {10 * mb, 120 * mb, false},
		"a thousand mailboxes, a library changed":   {40 * mb, 120 * mb, true},
		"nothing is known of what lives: it starts": {2 * mb, 0, true},
	} {
		if got := worthCollecting(c.allocated, c.live); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestRester_EndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		r := newRester()
		ended := make(chan struct{})
		go func() { defer close(ended); r.run(ctx) }()
		stop()
		<-ended
	})
}
