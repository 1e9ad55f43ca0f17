package mail_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"followupd/mail"
	"followupd/mail/mailtest"
)

func addSeeds(f *testing.F) {
	f.Add([]byte(typical))
	f.Add(letter("Subject: Automatische Antwort: Angebot\nAuto-Submitted: auto-replied", "Ich bin bis 19.03. nicht im Büro."))
	f.Add(letter("Content-Type: multipart/report; report-type=delivery-status; boundary=b", "--b\n\nhello\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822;a@b.example\nAction: failed\n--b--"))
	f.Add(letter("Content-Type: text/calendar; method=REPLY", "BEGIN:VEVENT\nDTSTART;TZID=Europe/Berlin:20260402T140000\nDURATION:PT1H\nEND:VEVENT"))
	f.Add(letter("Content-Type: text/html", "<blockquote><p>x</p></blockquote><div class=gmail_signature>Anna</div>"))
	f.Add([]byte("From: =?iso-2022-jp?B?GyRCJTclOSVGJWA?= <x@y.example>\nCc: a, b <c@d.example>; (e) f@g.example\nReferences: <a@b.example <c@d.example>\nDate: 3 Mar 26 10:15 EST\n\n"))
	for _, h := range mailtest.Mails("eve@trickster.example", "offer@acme.example") {
		f.Add(h.Source[:min(len(h.Source), 1000)])
	}
	seedFromCorpus(f)
}

// seedFromCorpus adds the smaller labelled messages, where they lie beside the project: real mail reaches further than what is
// made up.
func seedFromCorpus(f *testing.F) {
	paths, err := filepath.Glob(filepath.Join(corpus, "msgs", "*.eml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		source, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		if len(source) < 8<<10 {
			f.Add(source)
		}
	}
}

// sound checks what holds for every message, whatever was read.
func sound(t *testing.T, m mail.Message) {
	t.Helper()
	text := m.Subject + string(m.ID) + m.DraftKey
	for _, list := range [][]mail.Person{m.From, m.Sender, m.ReplyTo, m.To, m.Cc, m.Bcc} {
		for _, p := range list {
			text += p.Name + string(p.Address)
			if p.Address.Domain() == "" || strings.ContainsAny(string(p.Address), " <>,\r\n") {
				t.Errorf("address %q", p.Address)
			}
		}
	}
	for _, id := range append(m.References, m.InReplyTo...) {
		text += string(id)
		if id == "" || strings.ContainsAny(string(id), "<> \r\n") {
			t.Errorf("msg-id %q", id)
		}
	}
	if !utf8.ValidString(text) || strings.ContainsAny(text, "\r\n\x00") {
		t.Errorf("not one line of UTF-8: %q", text)
	}
}

func FuzzParseHeader(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, header []byte) { sound(t, mail.ParseHeader(header)) })
}

func FuzzParse(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, source []byte) {
		m := mail.Parse(source)
		sound(t, m)
		c := m.Content
		if c == nil || len(c.Text) > mail.MaxText || !utf8.ValidString(c.Text) || strings.ContainsAny(c.Text, "\r\x00\x1b") {
			t.Errorf("content %+v", c)
		}
	})
}

func FuzzRead(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, source []byte) {
		for _, c := range []mail.Context{{}, received, {Outbound: true}, {OurSubject: "x", AfterOurs: time.Second, SameAsBefore: true}} {
			r := mail.Read(mail.Parse(source), c)
			if len(r.Reasons) == 0 || r.Kind == "" || (r.Intent != "") != (r.Kind == mail.KindHuman && !c.Outbound) {
				t.Errorf("%+v", r)
			}
			if len(r.NewText) > mail.MaxNewText || !utf8.ValidString(r.NewText) {
				t.Errorf("new text %q", r.NewText)
			}
			mail.Read(mail.ParseHeader(source), c)
		}
	})
}

func FuzzBaseSubject(f *testing.F) {
	for _, s := range []string{"Re: AW: x", "[Fwd: x]", "RE[2]: x", "回复：x", "Re: [a] Re: b (fwd)", ":::"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		base := mail.BaseSubject(s)
		if again := mail.BaseSubject(base); again != base {
			t.Errorf("%q gives %q, and that %q", s, base, again)
		}
	})
}

// FuzzCompose composes with what strangers can put into a thread: what comes out is one message to the people asked for,
// or an error.
func FuzzCompose(f *testing.F) {
	f.Add("Re: Offer", "Uwe Köhler", "uwe@koehler.example", "first@acme.example", "Hi Uwe,\n\n> a\n\nAnna", "> Hi\n>> there")
	f.Add("x\r\nBcc: eve@evil.example", "\"a\" <b@c.example>,", "a@b.example,c@d.example", "a> <b", "From here\n -- \n-- \n", "\r\n\x00")
	f.Fuzz(func(t *testing.T, subject, name, address, id, text, quote string) {
		r := reply()
		r.Subject, r.Text, r.Quote = subject, text, quote
		r.To = []mail.Person{{Name: name, Address: mail.Address(strings.ToLower(address))}}
		r.References = []mail.MessageID{mail.MessageID(id)}
		source, err := mail.Compose(r)
		if err != nil {
			return
		}
		header, _, ok := bytes.Cut(source, []byte("\r\n\r\n"))
		if !ok {
			t.Fatal("no body")
		}
		for _, field := range []string{"From", "To", "Subject", "Date", "Message-Id", "Bcc"} {
			want := 1
			if field == "Bcc" {
				want = 0
			}
			if got := strings.Count("\r\n"+strings.ToLower(string(header)), "\r\n"+strings.ToLower(field)+":"); got != want {
				t.Errorf("%d fields %s in\n%s", got, field, header)
			}
		}
		for _, c := range source {
			if c >= 0x80 || c == 0 {
				t.Fatalf("byte %x in\n%s", c, source)
			}
		}
		if m := mail.Parse(source); len(m.To) != 1 || m.Content.Cut != "" && len(text)+len(quote) < mail.MaxText {
			t.Errorf("to %v, cut %q", m.To, m.Content.Cut)
		}
	})
}
