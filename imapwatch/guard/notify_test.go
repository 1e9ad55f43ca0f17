package guard_test

import (
	"errors"
	"testing"
	"time"

	"followupd/imapwatch/guard"
	"followupd/imapwatch/imaptest"

	"github.com/google/go-cmp/cmp"
)

func TestConn_AsksWhatTheLibraryDoesNotKnow(t *testing.T) {
	a := imaptest.Scripted(t, func(s *imaptest.Script) {
		s.Greet()
		s.Login()
		c := s.Next()
		s.Say(`* STATUS "Sent" (MESSAGES 3 UIDNEXT 9 UNSEEN 1)`, "* STATUS Other (MESSAGES 1)", `* STATUS {4}`, "Sent (uidnext 10)", "* STATUS Sent MESSAGES 4", "* STATUS Sent (HIGHESTMODSEQ 77)")
		s.OK(c, "[X-TRA] as you like")
		s.No(s.Expect("NOTIFY"), "[BADEVENT (x)] not this")
		s.OK(s.Expect("NOOP"), "done")
		s.Say("* OK [NOTIFICATIONOVERFLOW] too much")
		s.OK(s.Expect("NOOP"), "done")
	})
	c, g := login(t, a)
	var heard []guard.Notice
	g.Hear("Sent", func(n guard.Notice) { heard = append(heard, n) })
	for _, want := range []guard.Completion{
		{Kind: "OK", Code: "X-TRA", Text: "as you like"},
		{Kind: "NO", Code: "BADEVENT", Text: "not this"},
	} {
		if got, err := g.Ask("NOTIFY SET (SELECTED (MessageNew MessageExpunge))"); err != nil || got != want {
			t.Errorf("Ask = %+v, %v, want %+v", got, err, want)
		}
	}
	for range 2 { // the library is none the wiser
		if err := c.Noop().Wait(); err != nil {
			t.Fatal(err)
		}
	}
	want := []guard.Notice{{Messages: 3, UIDNext: 9}, {UIDNext: 10}, {ModSeq: 77}, {Overflow: true}}
	if diff := cmp.Diff(want, heard); diff != "" {
		t.Errorf("heard (-want +got):\n%s", diff)
	}
}

func TestConn_AskEndsWithTheConnection(t *testing.T) {
	for name, script := range map[string]func(s *imaptest.Script){
		"hangs up": func(s *imaptest.Script) {},
		"silent":   func(s *imaptest.Script) { s.Stall() },
	} {
		t.Run(name, func(t *testing.T) {
			a := imaptest.Scripted(t, func(s *imaptest.Script) {
				s.Greet()
				s.Login()
				s.Expect("NOTIFY")
				script(s)
			})
			_, g := login(t, a)
			g.Expect(200 * time.Millisecond)
			_, err := g.Ask("NOTIFY NONE")
			if err == nil || errors.Is(err, guard.ErrSilent) != (name == "silent") {
				t.Errorf("Ask gives %v", err)
			}
		})
	}
}
