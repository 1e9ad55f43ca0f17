package tracker

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"followupd/mail"

	"github.com/google/go-cmp/cmp"
)

// FuzzThreads builds threads from headers that strangers made up: whatever they name, each message lies in one thread, the
// threads are the same in any order of arrival, and judging them ends.
func FuzzThreads(f *testing.F) {
	f.Add([]byte("Message-ID: <a@acme.example>\nFrom: anna@acme.example\nTo: lena@nordbau.example\nSubject: Audit\n\n\x00" +
		"Message-ID: <b@nordbau.example>\nIn-Reply-To: <a@acme.example>\nFrom: lena@nordbau.example\nTo: anna@acme.example\nSubject: Re: Audit\n\n"))
	f.Add([]byte("Message-ID: <a@x>\nReferences: <b@x>\nFrom: anna@acme.example\nTo: b@y.example\n\n\x00Message-ID: <b@x>\nReferences: <a@x>\nFrom: b@y.example\n\n\x00Message-ID: <a@x>\nIn-Reply-To: <a@x>\nFrom: b@y.example\n\n"))
	f.Add([]byte("From: anna@acme.example\nTo: b@y.example\nThread-Index: AdnXh1xk\nSubject: AW: WG: x\n\n\x00From: b@y.example\nThread-Index: AdnXh1xkAAA=\nSubject: (was: x)\n\n"))
	f.Fuzz(func(t *testing.T, source []byte) {
		headers := bytes.SplitN(source, []byte{0}, 12)
		var all []Seen
		for i, h := range headers {
			s := Seen{
				Row: int64(i + 1), Message: mail.ParseHeader(h), Received: thursday.Add(-time.Duration(40-i) * 24 * time.Hour),
				Folders: []mail.Folder{{Name: "INBOX", Role: mail.RoleInbox}}, Reading: mail.Reading{Kind: mail.KindHuman, Intent: mail.IntentAnswer},
			}
			if len(s.Message.From) > 0 && s.Message.From[0].Address == "anna@acme.example" {
				s.Folders = []mail.Folder{{Name: "Sent", Role: mail.RoleSent}}
			}
			all = append(all, s)
		}
		forward, backward := NewMailbox(anyPolicy(), nil), NewMailbox(anyPolicy(), nil)
		for _, s := range all {
			forward.Add(s)
		}
		for _, s := range slices.Backward(all) {
			backward.Add(s)
		}
		if diff := cmp.Diff(picture(forward, len(all)), picture(backward, len(all))); diff != "" {
			t.Errorf("the other way round it says something else (-forward +backward):\n%s", diff)
		}
		lies := make(map[int64]ThreadID)
		for _, s := range forward.JudgeAll(Facts{ReadAt: thursday}, thursday) {
			for _, l := range forward.Thread(s.Thread).Messages {
				if was, twice := lies[l.Row]; twice && was != s.Thread {
					t.Errorf("message %d lies in %s and in %s", l.Row, was, s.Thread)
				}
				lies[l.Row] = s.Thread
			}
		}
	})
}
