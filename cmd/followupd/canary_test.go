package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
)

// canaries are words that stand nowhere but in a prospect's mail, the rep's own, the library, the rep's notes, and the password.
// Each must turn up in no log, no status, no answer to a machine and no error, even with -v.
var canaries = []string{
	"zanzibarsubject", "quokkabody", "axolotlname", "narwhaldomain", "okapiattachment", "pangolinnote", "tapirquote", "numbatasset",
	"kinkajouhold", "secret-capybara",
}

// planted gives a desk whose mailbox holds every canary.
func planted(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t, imaptest.Memory(t))
	at := time.Now().AddDate(0, 0, -14)
	offer := func(to, id string) {
		d.mailbox.Append("Sent", []string{`\Seen`}, at, letter(
			"From: Anna Berg <"+repAddress+">", "To: Axolotlname Berg <"+to+">", "Subject: Zanzibarsubject for your audit", "Message-ID: <"+id+"@acme.example>", "",
			"Hello,", "", "the quokkabody of your freight invoices takes a week. Would a pilot make sense for you?", "", "Anna Berg"))
	}
	offer("axolotlname@narwhaldomain.example", "one")
	offer("second@numbatasset.example", "two")
	offer("third@axolotlname.example", "three")
	answer := func(from, to, id string, more ...string) {
		d.mailbox.Append("INBOX", nil, at.AddDate(0, 0, 1), letter(append([]string{
			"From: Axolotlname <" + from + ">", "To: " + repAddress, "Subject: Re: Zanzibarsubject for your audit", "In-Reply-To: <" + to + "@acme.example>",
			"Message-ID: <" + id + "@narwhaldomain.example>",
		}, more...)...))
	}
	answer("second@numbatasset.example", "two", "a", "", "Please stop, the quokkabody is ill.", "", "> tapirquote")
	answer("third@axolotlname.example", "three", "b", "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "quokkabody attached", "--b",
		"Content-Type: application/pdf; name=okapiattachment.pdf", "Content-Disposition: attachment", "Content-Transfer-Encoding: base64", "",
		base64.StdEncoding.EncodeToString([]byte("x")), "--b--")
	// What nobody can read, and what a server or a parser might complain of with the words before it.
	answer("second@numbatasset.example", "two", "c", "Content-Type: text/plain; charset=zanzibarsubject", "Date: quokkabody", "", strings.Repeat("quokkabody ", 60_000))
	d.write("library/numbatasset.md", "---\nkind: case_study\ntitle: The numbatasset of freight audits\nurl: https://acme.example/numbatasset\nfits: [freight, invoices]\n---\nThe numbatasset had the same invoices.\n")
	return d
}

func TestOutputs_LogNoCanary(t *testing.T) {
	t.Parallel()
	d := planted(t)
	d.configure("dashboard.listen", quoted("127.0.0.1:0"))
	quiet := func(where, text string) {
		t.Helper()
		lower := strings.ToLower(text)
		for _, c := range canaries {
			if at := strings.Index(lower, c); at >= 0 {
				t.Errorf("%s holds %q: …%s…", where, c, text[max(0, at-100):min(len(text), at+100)])
			}
		}
	}
	who, note := "axolotlname@narwhaldomain.example", "pangolinnote: the quokkabody"
	p := d.start("run", "-v")
	until(t, "a draft", func() bool { return len(d.drafts(who)) == 1 })
	// What is asked for is said on stdout; what goes along with it on stderr is a log.
	for _, args := range [][]string{
		{"note", who, note},
		{"hold", "third@axolotlname.example", "--until", "2031-01-01", "--why", "kinkajouhold"},
		{"close", "third@axolotlname.example", "--outcome", "lost"},
		{"reopen", "third@axolotlname.example"},
		{"threads", "--all"},
		{"show", who},
		{"show", who, "--json"},
		{"book"},
		{"stats"},
		{"preview"},
		{"preview", "--at", time.Now().AddDate(0, 1, 0).Format(time.RFC3339)},
		{"check"},
		{"dashboard"},
		{"export", "--format", "csv"},
		{"export", "--format", "json"},
		{"export", "--format", "ics"},
		{"export", "--format", "json", "--of", who},
	} {
		o := d.run(append(args, "-v")...)
		quiet(fmt.Sprintf("stderr of %q", args), o.err)
	}
	for _, args := range [][]string{{"status", "-v"}, {"status", "--json"}} {
		o := d.run(args...)
		quiet(fmt.Sprintf("%q", args), o.out+o.err)
	}
	text, err := os.ReadFile(filepath.Join(d.state(), healthName))
	if err != nil {
		t.Fatal(err)
	}
	quiet(healthName, string(text))

	d.mustRun("forget", who)
	stop := func(p *watching) {
		t.Helper()
		if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		p.ended(longEnough)
		quiet("the log of the daemon with -v", p.said())
	}
	stop(p)
	if !strings.Contains(p.said(), "draft placed") {
		t.Error("the test saw no log")
	}

	// Trouble, with what it says: a password that is refused, a server that is gone.
	d.write("password", "secret-capybara\n")
	p = d.start("run", "-v")
	p.line(0, "login refused")
	for _, args := range [][]string{{"status"}, {"status", "--json"}, {"once", "-v"}, {"check", "-v"}} {
		o := d.run(args...)
		quiet(fmt.Sprintf("%q with a refused password", args), o.out+o.err)
	}
	stop(p)
	d.configure("imap.port", "1")
	o := d.run("once", "-v")
	quiet("once without a server", o.out+o.err)
}
