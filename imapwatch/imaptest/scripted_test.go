package imaptest_test

import (
	"bufio"
	"context"
	"io"
	"strings"
	"testing"

	"followupd/imapwatch/imaptest"
)

func TestScripted_FollowsItsScript(t *testing.T) {
	appended := make(chan string, 1)
	a := imaptest.Scripted(t, func(s *imaptest.Script) {
		s.Greet()
		s.Login()
		s.Select(2)
		s.Idle("* 3 EXISTS")
		c := s.Expect("APPEND")
		appended <- string(c.Literals[0])
		s.No(c, "[OVERQUOTA] full")
		s.Expect("UID FETCH")
		s.Stall()
	})
	c := dial(t, a)
	c.say("a LOGIN rep secret\r\nb SELECT INBOX\r\nc IDLE\r\nDONE\r\nd APPEND Drafts {5}")
	got := c.until("+ go on")
	for _, want := range []string{"a OK", "* 2 EXISTS", "+ idling", "* 3 EXISTS", "c OK"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	c.say("hello")
	if got := c.until("d "); !strings.Contains(got, "OVERQUOTA") {
		t.Errorf("APPEND answers %q", got)
	}
	if got := <-appended; got != "hello" {
		t.Errorf("literal %q, want hello", got)
	}
	c.say("e UID FETCH 1:2 (FLAGS)") // and no answer: the test ends while the server stalls
}

func TestScripted_RunsOncePerConnection(t *testing.T) {
	a := imaptest.Scripted(t, func(s *imaptest.Script) {
		if s.N == 0 {
			s.Say("* BYE Too many simultaneous connections")
			return
		}
		s.Greet()
	})
	for _, want := range []string{"* BYE", "* OK"} {
		conn, err := a.Dial(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(conn).ReadString('\n')
		_ = conn.Close()
		if err != nil && err != io.EOF || !strings.HasPrefix(line, want) {
			t.Errorf("greeting %q, %v, want %s", line, err, want)
		}
	}
}
