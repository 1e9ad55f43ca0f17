package mail_test

import (
	"testing"

	"followupd/mail"
)

// Counted and not timed, so that no other work on the machine blurs it: what a first reading costs a message.
func TestAllocations_OfAnOrdinaryAnswer(t *testing.T) {
	header := []byte(typical)
	source := append([]byte(typical), "Hi Anna,\r\n\r\nlooks good. Can you start with the Rotterdam lane, and what would it cost for ten trucks?\r\n\r\nRuth\r\n"...)
	m := mail.Parse(source)
	for _, c := range []struct {
		what string
		most float64
		do   func()
	}{
		{"its header parsed", 62, func() { mail.ParseHeader(header) }},
		{"the whole of it parsed", 74, func() { mail.Parse(source) }},
		{"what it is", 136, func() { mail.Read(m, mail.Context{}) }},
	} {
		if got := testing.AllocsPerRun(100, c.do); got > c.most {
			t.Errorf("%s: %.0f allocations, want at most %.0f", c.what, got, c.most)
		}
	}
}
