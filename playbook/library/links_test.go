package library

import (
	"testing"
	"time"
)

func TestLinkState_DeadAfterTwoFailuresADayApart(t *testing.T) {
	type look struct {
		hours   int
		outcome LinkOutcome
	}
	for name, c := range map[string]struct {
		looks []look
		dead  bool
	}{
		"one failure":               {[]look{{0, LinkFailed}}, false},
		"two within an hour":        {[]look{{0, LinkFailed}, {1, LinkFailed}}, false},
		"two a day apart":           {[]look{{0, LinkFailed}, {24, LinkFailed}}, true},
		"an unknown between":        {[]look{{0, LinkFailed}, {12, LinkUnknown}, {24, LinkFailed}}, true},
		"it worked between":         {[]look{{0, LinkFailed}, {12, LinkAlive}, {24, LinkFailed}}, false},
		"it came back":              {[]look{{0, LinkFailed}, {24, LinkFailed}, {48, LinkAlive}}, false},
		"dead, and then a time-out": {[]look{{0, LinkFailed}, {24, LinkFailed}, {48, LinkUnknown}}, true},
		"never but time-outs":       {[]look{{0, LinkUnknown}, {48, LinkUnknown}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			var s LinkState
			for _, l := range c.looks {
				s = s.Looked(l.outcome, "404 Not Found", time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC).Add(time.Duration(l.hours)*time.Hour))
			}
			if s.Dead != c.dead {
				t.Errorf("dead %v, want %v: %+v", s.Dead, c.dead, s)
			}
		})
	}
}
