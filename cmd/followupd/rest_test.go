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
