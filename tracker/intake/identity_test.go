package intake

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestScan(t *testing.T) {
	for _, c := range []struct {
		name, header string
		want         map[string]string
	}{
		{
			"Plain", "From: a@x.example\r\nTo: b@y.example\r\nSubject: S\r\nDate: D\r\nMessage-ID: <i>\r\nIn-Reply-To: <p>\r\n\r\n",
			map[string]string{"from": "a@x.example", "to": "b@y.example", "subject": "S", "date": "D", "id": "<i>", "parent": "<p>"},
		},
		{"CaseAndSpaceBeforeTheColon", "MESSAGE-id :<i>\r\nfrom\t: a\r\n", map[string]string{"id": "<i>", "from": "a"}},
		{"Folded", "Message-ID:\r\n <i>\r\nSubject: one\r\n\ttwo\r\n three\r\nFrom: a", map[string]string{"id": "<i>", "subject": "one\r\n\ttwo\r\n three", "from": "a"}},
		{"BareNewlines", "From: a\nMessage-ID: <i>\n\n", map[string]string{"from": "a", "id": "<i>"}},
		{"FirstOfTwoCounts", "Message-ID: <i>\r\nMessage-ID: <j>\r\n", map[string]string{"id": "<i>"}},
		{"FirstIsEmpty", "Subject:\r\nSubject: second\r\n", map[string]string{"subject": "second"}},
		{"NoColon", "garbage\r\nFrom: a\r\n", map[string]string{"from": "a"}},
		{"OnlyContinuation", " From: a\r\n", map[string]string{}},
		{"LongerName", "X-From: a\r\nFrom-X: b\r\n", map[string]string{}},
		{"Empty", "", map[string]string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := scan([]byte(c.header))
			got := map[string]string{}
			for name, value := range map[string][]byte{"from": f.from, "to": f.to, "subject": f.subject, "date": f.date, "id": f.messageID, "parent": f.inReplyTo} {
				if len(value) > 0 {
					got[name] = string(value)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestIdentity_NeverChanges holds identities that are stored in mailboxes out there.
func TestIdentity_NeverChanges(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for header, want := range map[string]string{
		"Message-ID: <a@x.example>\r\nFrom: Ann <ann@x.example>\r\n\r\n":            "5c6c729ddc0ec8a0ea8b202b39a4f879",
		"From: Ann <ann@x.example>\r\nDate: Mon, 2 Mar 2026 10:30:15 +0100\r\n\r\n": "ca43b9966db3d48733f1e3207ce971b3",
		"From: Ann <ann@x.example>\r\n\r\n":                                         "fca6778dea3235cdc59d1de89c445a44",
		"":                                                                          "71d8e284e8c175401bdc8940cb5ae629",
	} {
		if got := scan([]byte(header)).identify(at, "INBOX", 7, 9).String(); got != want {
			t.Errorf("identity of %q is %s, want %s", header, got, want)
		}
	}
}

// FuzzScan holds that any header can be read, in bounded time, and that a copy that was folded anew is the same message.
func FuzzScan(f *testing.F) {
	f.Add([]byte("Message-ID: <a@x.example>\r\nFrom: \"Ann <b\" <ann@x.example>\r\nSubject: x\r\n y\r\n\r\n"))
	f.Add([]byte("From: ann@x.example\nDate: Mon, 2 Mar 2026 10:30:15 +0100\n"))
	f.Add([]byte(strings.Repeat("\n", 100) + ":\r\n \r\n\t:"))
	f.Add([]byte("Message-ID:<<<>>>\x00\r\nFrom:>a<\r\n"))
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, header []byte) {
		facts := scan(header)
		id := facts.identify(now, "INBOX", 1, 2)
		if at := facts.guessReceived(now); at.After(now) || at.Year() < 1981 {
			t.Errorf("received at %v is absurd", at)
		}
		if len(facts.messageID) == 0 {
			return
		}
		folded := facts
		folded.messageID = bytes.ReplaceAll(facts.messageID, []byte(" "), []byte("\r\n\t"))
		if folded.identify(now, "Sent", 3, 4) != id {
			t.Errorf("%q folded anew is another message", facts.messageID)
		}
	})
}
