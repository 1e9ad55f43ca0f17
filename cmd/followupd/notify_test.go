package main

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestNotify_ReadyOnceAllHaveBegunOrTimeIsUp(t *testing.T) {
	for _, tt := range []struct {
		name  string
		lone  bool
		tell  func(s *starting)
		ready time.Duration // -1: never
	}{
		{"all at work", false, func(s *starting) { s.all(true) }, 0},
		{"one could not be begun", false, func(s *starting) { s.mailbox("anna")(false); s.mailbox("ben")(true) }, 0},
		{"none could be begun, all are tried again", false, func(s *starting) { s.all(false) }, 0},
		{"one says it twice, one nothing", false, func(s *starting) { s.mailbox("anna")(true); s.mailbox("anna")(true) }, readyWithin},
		{"one that came later speaks", false, func(s *starting) { s.mailbox("cleo")(true) }, readyWithin},
		{"the only one could not be begun", true, func(s *starting) { s.all(false) }, -1},
		{"the only one takes long", true, func(*starting) {}, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log := &watching{t: t} // what it takes may be read meanwhile
				s := newStarting(slices.Values([]string{"anna", "ben"}), tt.lone)
				ctx, stop := context.WithCancel(t.Context())
				ended := make(chan struct{})
				go func() {
					defer close(ended)
					notify(ctx, s, new(pulse), slog.New(slog.NewTextHandler(log, nil)))
				}()
				tt.tell(s)
				synctest.Wait()
				if at := tt.ready; at > 0 {
					time.Sleep(at - time.Second)
					synctest.Wait()
					if log.said() != "" {
						t.Error("ready too soon")
					}
					time.Sleep(time.Second)
					synctest.Wait()
				}
				if is := strings.Contains(log.said(), "msg=ready"); is != (tt.ready >= 0) {
					t.Errorf("ready: %t", is)
				}
				stop()
				s.all(false)
				<-ended
			})
		})
	}
}
