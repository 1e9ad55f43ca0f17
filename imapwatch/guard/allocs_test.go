package guard_test

import (
	"io"
	"strings"
	"testing"

	"followupd/imapwatch/guard"
)

// Counted and not timed, so that no other work on the machine blurs it: what a first pass costs a header.
func TestConn_AllocatesLittleForAHeader(t *testing.T) {
	const n, most = 1000, 10
	said := greeting + headers(n)
	allocs := testing.AllocsPerRun(5, func() {
		c := guard.Wrap(recording{said: strings.NewReader(said)}, guard.Limits{})
		if _, err := io.WriteString(c, askText); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, c); err != nil {
			t.Fatal(err)
		}
	})
	if each := allocs / n; each > most {
		t.Errorf("%.1f allocations a header, want at most %d", each, most)
	}
}
