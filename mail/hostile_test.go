package mail_test

import (
	"strings"
	"testing"
	"time"

	"followupd/mail"
	"followupd/mail/mailtest"
)

// Who writes the hostile mails, and what they answer.
const (
	eve   = "eve@trickster.example"
	offer = "offer@acme.example"
)

func TestParse_BoundsWhatAStrangerCanCost(t *testing.T) {
	all := mailtest.Mails(eve, offer)
	if len(all) < 40 {
		t.Errorf("%d hostile mails, want 40 and more", len(all))
	}
	for _, h := range all {
		t.Run(h.Name, func(t *testing.T) {
			var m mail.Message
			took := cpu(t, func() {
				m = mail.Parse(h.Source)
				mail.Read(m, received)
			})
			if took > time.Second {
				t.Errorf("took %v of CPU", took)
			}
			if len(m.Content.Text) > mail.MaxText || len(m.References) > 1000 || len(m.To)+len(m.Cc) > 2000 || len(m.Content.Attachments) > 50 {
				t.Errorf("kept %d bytes of text, %d references, %d people, %d files",
					len(m.Content.Text), len(m.References), len(m.To)+len(m.Cc), len(m.Content.Attachments))
			}
			if h.Cut != "" && m.Content.Cut != h.Cut {
				t.Errorf("cut %q, want %q", m.Content.Cut, h.Cut)
			}
		})
	}
}

// A mail that was made to be unreadable is an answer that nobody has read, whatever it says of itself: it never lets the
// chase go on, as an automatic reply would.
func TestRead_OverABoundIsAnAnswerNobodyHasRead(t *testing.T) {
	for name, header := range map[string]string{
		"a person's":       "",
		"out of office":    "Auto-Submitted: auto-replied\r\nSubject: Out of office\r\n",
		"a mailing list's": "List-Id: <x.y.example>\r\nPrecedence: bulk\r\nList-Unsubscribe: <mailto:x@y.example>\r\n",
		"a receipt":        "Subject: Read: x\r\n",
	} {
		for _, h := range mailtest.Mails(eve, offer) {
			if h.Cut == "" || h.Cut == "size" {
				continue
			}
			source := append([]byte(header), h.Source...)
			m := mail.Parse(source)
			r := mail.Read(m, received)
			if r.Kind != mail.KindHuman || r.Intent != mail.IntentUnclear {
				t.Errorf("%s, %s: %s %s, want human unclear: %v", name, h.Name, r.Kind, r.Intent, r.Reasons)
			}
			if why := strings.Join(r.Reasons, "; "); !strings.Contains(why, "nobody has read") || !strings.Contains(why, "read only in part") {
				t.Errorf("%s, %s: reasons do not say it: %v", name, h.Name, r.Reasons)
			}
		}
	}
	long := mail.Parse([]byte("From: eve@trickster.example\r\nAuto-Submitted: auto-replied\r\nSubject: Out of office\r\n\r\nI am out of the office until 3 April 2026.\r\n" + strings.Repeat("x\r\n", 100_000)))
	if r := mail.Read(long, received); r.Kind != mail.KindAutoReply || long.Content.Cut != "size" {
		t.Errorf("a long mail is read from its start: %s, cut %q", r.Kind, long.Content.Cut)
	}
}

// TestParse_ReadsAMailCutAnywhere cuts an ordinary mail at each byte: the reader gets what there is, and never a panic.
func TestParse_ReadsAMailCutAnywhere(t *testing.T) {
	source := []byte(typical + "--000000000000abc\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nHi Anna, =E2=82=AC 5 is fine.\r\n\r\n" +
		"--000000000000abc\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hi Anna, &euro; 5 is fine.</p>\r\n--000000000000abc--\r\n")
	for n := range source {
		mail.Read(mail.Parse(source[:n]), received)
	}
	whole := mail.Parse(source)
	if whole.Content.Text != "Hi Anna, € 5 is fine." || whole.Content.FromHTML {
		t.Errorf("text %q", whole.Content.Text)
	}
}
