package imaptest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// through logs in to a memory account by way of a tap that does what verdict says, and says a command with a literal, as far
// as it gets. It gives the steps that belong to APPEND, what the program last heard, and how many drafts lie there in the end.
func through(t *testing.T, verdict func(Step) Verdict) (steps []string, heard string, drafts int) {
	t.Helper()
	account := Memory(t)
	var mu sync.Mutex
	tapped := Tap{Step: func(s Step) Verdict {
		if s.Name == "APPEND" {
			mu.Lock()
			steps = append(steps, strings.TrimSpace(fmt.Sprintf("%d %s %s", s.At, s.Tag, strings.TrimSpace(s.Line))))
			mu.Unlock()
		}
		return verdict(s)
	}}.Listen(t, account)
	conn, err := net.Dial("tcp", tapped.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	from := bufio.NewReader(conn)
	// hear waits for a line that begins so, or for the end.
	hear := func(begins string) bool {
		for {
			line, err := from.ReadString('\n')
			if err != nil {
				heard = "the end"
				return false
			}
			if strings.HasPrefix(line, begins) {
				heard, _, _ = strings.Cut(strings.TrimSpace(line), " (")
				return true
			}
		}
	}
	say := func(text string) { _, _ = io.WriteString(conn, text) }
	say(fmt.Sprintf("a LOGIN %s %s\r\n", account.Username, account.Password))
	hear("a ")
	say("b append Drafts {10}\r\n")
	if hear("+") { // else it is over
		say("Subject: x")
		say("\r\nc LOGOUT\r\n") // ends it where no answer comes
		hear("b ")
	}
	_, _ = io.Copy(io.Discard, from) // until all has crossed
	return steps, heard, len(account.Read("Drafts"))
}

func TestTap_StopsAtEachStepOfALiteral(t *testing.T) {
	steps, heard, drafts := through(t, func(Step) Verdict { return Verdict{} })
	var got []string
	for _, s := range steps {
		if !strings.Contains(s, "OK") && !strings.HasSuffix(s, "+") && !strings.Contains(s, "+ ") {
			got = append(got, s)
		}
	}
	want := []string{"0 b b append Drafts {10}", "1 b", "2 b", "3 b", "4 b", "5 b"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got)\n%s", diff)
	}
	if drafts != 1 || !strings.HasPrefix(heard, "b OK") {
		t.Errorf("%d drafts, the program heard %q", drafts, heard)
	}
}

func TestTap_DoesWhatTheVerdictSays(t *testing.T) {
	at := func(m Moment, v Verdict) func(Step) Verdict {
		return func(s Step) Verdict {
			if s.Name == "APPEND" && s.At == m && (m < AtAnswer || s.Tag != "") {
				return v
			}
			return Verdict{}
		}
	}
	for name, c := range map[string]struct {
		verdict func(Step) Verdict
		heard   string
		drafts  int
	}{
		"cut before the command":     {at(AtCommand, Verdict{Cut: true}), "the end", 0},
		"cut in the middle":          {at(AtMiddle, Verdict{Cut: true}), "the end", 0},
		"cut before the last byte":   {at(AtLastByte, Verdict{Cut: true}), "the end", 0},
		"the answer lost":            {at(AtAnswer, Verdict{Cut: true}), "the end", 1},
		"nothing more is heard":      {at(AtAnswer, Verdict{Mute: true}), "the end", 1},
		"cut after the answer":       {at(AtAnswered, Verdict{Cut: true}), "b OK", 1},
		"answered by the tap itself": {at(AtCommand, Verdict{Answer: "+ go on"}), "the end", 0},
	} {
		t.Run(name, func(t *testing.T) {
			_, heard, drafts := through(t, c.verdict)
			if !strings.HasPrefix(heard, c.heard) || drafts != c.drafts {
				t.Errorf("heard %q and %d drafts lie there, want %q and %d", heard, drafts, c.heard, c.drafts)
			}
		})
	}
}
