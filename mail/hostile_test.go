package mail_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"followupd/mail"
)

// nested makes a mail of n multiparts, each inside the one before.
func nested(n int) []byte {
	var b bytes.Buffer
	b.WriteString("From: eve@trickster.example\r\nTo: anna@acme.example\r\nSubject: deep\r\nContent-Type: multipart/mixed; boundary=b0\r\n\r\n")
	for i := range n {
		fmt.Fprintf(&b, "--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n", i, i+1)
	}
	fmt.Fprintf(&b, "--b%d\r\n\r\nhello\r\n", n)
	return b.Bytes()
}

// bombs are mails that cost a careless reader minutes or gigabytes.
func bombs() map[string][]byte {
	const head = "From: eve@trickster.example\r\nTo: anna@acme.example\r\nSubject: x\r\n"
	return map[string][]byte{
		"20,000 nested parts":      nested(20000),
		"1,000 nested parts":       nested(1000),
		"100,000 header fields":    []byte(strings.Repeat("X-A: b\r\nTo: a@b.example\r\n", 50000) + "\r\nhello"),
		"39 MB part header":        []byte(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX-A: " + strings.Repeat("a", 39<<20) + "\r\n\r\nhello\r\n--b--\r\n"),
		"39 MB of header":          []byte("X-A: " + strings.Repeat("a", 39<<20) + "\r\n" + head + "\r\nhello"),
		"200,000 references":       []byte("References: " + strings.Repeat("<a@b.example>\r\n ", 200000) + "\r\n" + head + "\r\nhello"),
		"200,000 other references": []byte(head + "References: " + manyIDs(200000) + "\r\n\r\nhello"),
		"40,000 addresses":         []byte(head + "Cc: " + strings.Repeat("Eve <eve@trickster.example>, ", 40000) + "x@y.example\r\n\r\nhello"),
		"open quotes":              []byte(head + "Cc: " + strings.Repeat(`"a, `, 200000) + "\r\n\r\nhello"),
		"open comments":            []byte(head + "Cc: " + strings.Repeat("(", 500000) + "\r\n\r\nhello"),
		"open brackets":            []byte(head + "References: " + strings.Repeat("<", 500000) + "\r\n\r\nhello"),
		"names without address":    []byte(head + "Cc: " + strings.Repeat("a,", 500000) + "\r\n\r\nhello"),
		"encoded words":            []byte(head + "Subject: " + strings.Repeat("=?utf-8?Q?a?=", 100000) + "\r\n\r\nhello"),
		"encoded words, cut":       []byte("Subject: " + strings.Repeat("=?utf-8?Q?a", 100000) + "\r\n" + head + "\r\nhello"),
		"100,000 parts":            []byte(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\nx\r\n", 100000)),
		"boundary in every line":   []byte(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n", 200000)),
		"deep HTML":                []byte(head + "Content-Type: text/html\r\n\r\n" + strings.Repeat("<div><blockquote>", 200000) + "x"),
		"HTML attributes":          []byte(head + "Content-Type: text/html\r\n\r\n<p " + strings.Repeat("a=b ", 500000) + ">x"),
		"HTML comment":             []byte(head + "Content-Type: text/html\r\n\r\n" + strings.Repeat("<!--", 500000)),
		"HTML lines":               []byte(head + "Content-Type: text/html\r\n\r\n" + strings.Repeat("<br>", 500000)),
		"HTML entities":            []byte(head + "Content-Type: text/html\r\n\r\n" + strings.Repeat("&amp;", 500000)),
		"quote marks":              []byte(head + "\r\n" + strings.Repeat(">", 1<<20)),
		"flowed":                   []byte(head + "Content-Type: text/plain; format=flowed\r\n\r\n" + strings.Repeat("> a \r\n>", 200000)),
		"flowed quote marks":       []byte(head + "Content-Type: text/plain; format=flowed\r\n\r\n" + strings.Repeat(strings.Repeat(">", 5000)+"\r\n", 100)),
		"out of office":            []byte(head + "\r\n" + strings.Repeat("i am out of the office until ", 100000)),
		"one word":                 []byte(head + "\r\n" + strings.Repeat("a", 2<<20)),
		"question marks":           []byte(head + "\r\n" + strings.Repeat("?", 2<<20)),
		"digits":                   []byte(head + "\r\n" + strings.Repeat("5", 2<<20)),
		"message-ids in text":      []byte("From: MAILER-DAEMON@x.example\r\nSubject: failure notice\r\n\r\n" + strings.Repeat("Message-ID: \n", 100000)),
		"addresses in text":        []byte("From: MAILER-DAEMON@x.example\r\nSubject: failure notice\r\n\r\n" + strings.Repeat("<a@b.example> ", 100000)),
		"delivery blocks":          []byte(head + "Content-Type: message/delivery-status\r\n\r\n" + strings.Repeat("Final-Recipient: rfc822;a@b.example\r\nAction: failed\r\n\r\n", 100000)),
		"calendar lines":           []byte(head + "Content-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VEVENT\r\n" + strings.Repeat("BEGIN:VEVENT\r\nATTENDEE;A=\"b\r\n", 100000)),
		"calendar parameters":      []byte(head + "Content-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VEVENT\r\nDTSTART" + strings.Repeat(";A=b", 100000) + ":x\r\n"),
		"parameters":               []byte("Content-Type: text/plain" + strings.Repeat(`;a="b`, 100000) + "\r\n" + head + "\r\nhello"),
		"base64 of nothing":        []byte(head + "Content-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat("=", 2<<20)),
		"quoted-printable":         []byte(head + "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + strings.Repeat("=\r\n", 500000)),
		"iso-2022-jp":              []byte(head + "\r\n" + strings.Repeat("\x1b$B\x1b(B", 300000)),
		"nothing":                  nil,
		"line breaks":              bytes.Repeat([]byte("\n"), 1<<20),
		"carriage returns":         bytes.Repeat([]byte("\r"), 1<<20),
		"colons":                   bytes.Repeat([]byte(":"), 1<<20),
		"NUL":                      make([]byte, 1<<20),
	}
}

func manyIDs(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<%d@b.example>\r\n ", i)
	}
	return b.String()
}

func TestParse_BoundsWhatAStrangerCanCost(t *testing.T) {
	const limit = time.Second // of one mail; most take some milliseconds, but the machine may be busy
	for name, source := range bombs() {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			m := mail.Parse(source)
			mail.Read(m, received)
			if took := time.Since(start); took > limit {
				t.Errorf("took %v", took)
			}
			if len(m.Content.Text) > mail.MaxText || len(m.References) > 1000 || len(m.To)+len(m.Cc) > 2000 {
				t.Errorf("kept %d bytes of text, %d references, %d people", len(m.Content.Text), len(m.References), len(m.To)+len(m.Cc))
			}
		})
	}
}

func TestParse_SaysWhichBoundCutIt(t *testing.T) {
	all := bombs()
	for name, want := range map[string]string{"20,000 nested parts": "size", "1,000 nested parts": "depth", "100,000 parts": "size", "39 MB of header": "header", "one word": "size"} {
		m := mail.Parse(all[name])
		if m.Content.Cut != want {
			t.Errorf("%s: cut %q, want %q", name, m.Content.Cut, want)
		}
		if r := mail.Read(m, received); !strings.Contains(strings.Join(r.Reasons, " "), "read only in part") {
			t.Errorf("%s: reasons do not say it: %v", name, r.Reasons)
		}
	}
	parts := "From: eve@trickster.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\nx\r\n", 1000)
	if m := mail.Parse([]byte(parts)); m.Content.Cut != "parts" {
		t.Errorf("1,000 parts: cut %q", m.Content.Cut)
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
