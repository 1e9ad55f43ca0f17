package guard_test

import (
	"io"
	"strings"
	"testing"

	"followupd/imapwatch/guard"
)

// Counted and not timed, so that no other work on the machine blurs it: what a first pass costs a header.
func TestConn_AllocatesLittleForAHeader(t *testing.T) {
	const n, most = 1000, 2
	said := greeting + headers(n)
	room := make([]byte, 1<<10)
	allocs := testing.AllocsPerRun(5, func() {
		c := guard.Wrap(recording{said: strings.NewReader(said)}, guard.Limits{})
		got := 0
		c.Receive(&guard.Receiver{Header: 1 << 10, Memory: func(n int) []byte { return room[:n] }, Each: func(guard.Message) { got++ }})
		if _, err := io.WriteString(c, askText); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, c); err != nil || got != n {
			t.Fatal(got, err)
		}
	})
	if each := allocs / n; each > most {
		t.Errorf("%.1f allocations a header, want at most %d", each, most)
	}
}
