package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"followupd/imapwatch/imaptest"
)

// The one way to send is a digest's, which TestDigestServer_MailsToTheRepAndNobodyElse holds to the rep's own address.
func TestLaw_NothingCanSendMailButADigest(t *testing.T) {
	t.Parallel()
	const library = "github.com/emersion/go-smtp"
	out, err := exec.Command("go", "list", "-deps", "-f", `{{.ImportPath}} {{join .Imports " "}}`, ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		for _, imported := range words[1:] {
			if imported == "net/smtp" || imported == library && words[0] != "followupd/report" {
				t.Errorf("%s imports %s", words[0], imported)
			}
		}
	}
	if !strings.Contains(string(out), "go-imap") {
		t.Error("go list does not list what is linked")
	}
	files, err := filepath.Glob("../../report/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), `"`+library+`"`) && !strings.HasPrefix(filepath.Base(file), "digest") {
			t.Errorf("%s imports %s", file, library)
		}
	}
}

// Drafts of ours may come and go; all else lies where it lay, as it lay.
func TestLaw_OnlyOwnDraftsAreTouched(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, mailbox imaptest.Account) {
		d := newDesk(t, mailbox)
		d.offer(lena)
		d.offer(ben)
		own := letter("From: "+repAddress, "To: prospect@kallvik.example", "Subject: a thought", "Message-ID: <own@acme.example>",
			"Date: "+time.Now().Format(time.RFC1123Z), "", "not finished yet")
		mailbox.Append("Drafts", []string{`\Draft`, `\Seen`}, time.Now(), own)
		mailbox.Append("Drafts", []string{`\Draft`, `\Deleted`}, time.Now(), own) // the rep's client has not expunged it yet
		for i, flags := range [][]string{nil, {`\Seen`}, {`\Seen`, `\Answered`, `$Label1`}, {`\Flagged`}, {`\Deleted`}} {
			for _, folder := range []string{"INBOX", "Archive", "Junk", "Sent"} {
				from, to := fmt.Sprintf("p%d@kallvik.example", i), repAddress
				if folder == "Sent" {
					from, to = to, from
				}
				mailbox.Append(folder, flags, time.Now().AddDate(0, 0, -i-1), letter("From: "+from, "To: "+to, fmt.Sprintf("Subject: mail %d", i),
					fmt.Sprintf("Message-ID: <%s%d@kallvik.example>", folder, i), "Date: "+time.Now().AddDate(0, 0, -i-1).Format(time.RFC1123Z),
					"", "Hello,", "", "a question: which carriers do you mean?"))
			}
		}
		before := lying(mailbox)

		d.mustRun("check")
		d.mustRun("preview")
		d.mustRun("once")
		if n := len(d.drafts(lena)); n != 1 {
			t.Fatalf("%d drafts to %s, want 1", n, lena)
		}
		for _, m := range mailbox.Read("Drafts") {
			if header(m.Raw, "Message-ID") == "<own@acme.example>" {
				continue
			}
			if lower := strings.ToLower(string(m.Raw)); strings.Contains(lower, "followup") || header(m.Raw, "X-Mailer")+header(m.Raw, "User-Agent") != "" {
				t.Errorf("a draft tells what wrote it:\n%s", m.Raw)
			}
			if got, want := strings.Join(m.Flags, " "), `\Draft \Seen`; got != want && got != `\Seen \Draft` {
				t.Errorf("a draft's flags are %s, want %s", got, want)
			}
		}
		d.mustRun("close", lena, "--outcome", "won")
		d.mustRun("close", ben, "--outcome", "lost")
		d.mustRun("once")

		after := lying(mailbox)
		for folder := range after { // those to the people of the other mails stay
			var left []imaptest.Message
			for _, m := range after[folder] {
				if folder != "Drafts" || header(m.Raw, "Message-ID") == "<own@acme.example>" {
					left = append(left, m)
				}
			}
			after[folder] = left
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("the mailbox (-before +after):\n%s", diff)
		}
		if n := len(d.drafts(lena)) + len(d.drafts(ben)); n != 0 {
			t.Errorf("%d drafts of closed threads are left", n)
		}
	})
}

func TestLaw_TheStateIsTheOwnersAlone(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	d.offer(lena)
	d.mustRun("once")
	d.mustRun("hold", lena, "--until", "2099-01-01")
	err := filepath.WalkDir(d.state(), func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %s", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// broken are messages that no mail program should have written.
func broken() map[string][]byte {
	from := "From: Lena Vogt <" + lena + ">\r\nTo: " + repAddress + "\r\nIn-Reply-To: <%s>\r\n"
	answer := fmt.Sprintf(from, "offer-lena-at-nordbau.example")
	nested := strings.Builder{}
	nested.WriteString(answer + "MIME-Version: 1.0\r\n")
	for i := range 20_000 {
		fmt.Fprintf(&nested, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	nested.WriteString("Content-Type: text/plain\r\n\r\nyes\r\n")
	references := strings.Builder{}
	for i := range 20_000 {
		fmt.Fprintf(&references, " <%d@kallvik.example>\r\n", i)
	}
	garbage := make([]byte, 4096)
	for i := range garbage {
		garbage[i] = byte(128 + i%128)
	}
	return map[string][]byte{
		"nothing":               []byte("\r\n"),
		"no headers":            []byte("\r\njust words\r\n"),
		"no body":               []byte("From: x@kallvik.example"),
		"no colon":              []byte("From x@kallvik.example Mon\r\nthis is no header\r\n\r\nwords\r\n"),
		"NUL bytes":             []byte("From: a\x00b@kallvik.example\r\nTo: " + repAddress + "\r\nSubject: \x00\x00\r\n\r\n\x00\x00\x00\r\n"),
		"garbage headers":       append([]byte("From: "), append(garbage, "\r\n\r\nwords\r\n"...)...),
		"garbage body":          append([]byte(answer+"Content-Type: text/plain; charset=utf-8\r\n\r\n"), garbage...),
		"unknown charset":       []byte(answer + "Subject: =?x-klingon?B?!!!!?=\r\nContent-Type: text/plain; charset=x-klingon\r\n\r\n\x80\x81\r\n"),
		"broken base64":         []byte(answer + "Content-Transfer-Encoding: base64\r\n\r\n!!!!====A\r\n"),
		"20,000 nested parts":   []byte(nested.String()),
		"20,000 references":     []byte("From: y@kallvik.example\r\nTo: " + repAddress + "\r\nReferences:" + references.String() + "\r\nwords\r\n"),
		"a header of 300 KB":    []byte("From: z@kallvik.example\r\nSubject: " + strings.Repeat("long ", 60_000) + "\r\n\r\nwords\r\n"),
		"a boundary never used": []byte(answer + "Content-Type: multipart/alternative; boundary=never\r\n\r\nwords\r\n"),
		"a date of no calendar": []byte(answer + "Date: Sat, 99 Foo 99999 99:99:99 +9999\r\n\r\nyes\r\n"),
		"two of everything":     []byte("From: a@kallvik.example\r\nFrom: b@kallvik.example\r\nMessage-ID: <1@x>\r\nMessage-ID: <2@x>\r\nSubject: a\r\nSubject: b\r\n\r\nwords\r\n"),
		"bare line feeds":       []byte("From: c@kallvik.example\nTo: " + repAddress + "\nSubject: x\n\nwords\n"),
		"a part without an end": []byte(answer + "Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: multipart/report; boundary=\r\n\r\n"),
	}
}

func TestFault_15_NoMessageStopsAPass(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, mailbox imaptest.Account) {
		d := newDesk(t, mailbox)
		d.offer(lena)
		d.offer(ben)
		for _, raw := range broken() {
			for _, folder := range []string{"INBOX", "Sent", "Drafts", "Junk"} {
				if folder != "INBOX" && len(raw) > 100_000 {
					continue // once is enough
				}
				mailbox.Append(folder, nil, time.Now(), raw)
			}
		}
		d.mustRun("once")
		if n := len(d.drafts(ben)); n != 1 {
			t.Errorf("%d drafts to %s, want 1", n, ben)
		}
		if n := len(d.drafts(lena)); n != 0 {
			t.Errorf("%d drafts to %s, who answered, if in broken mails", n, lena)
		}
		d.mustRun("threads", "--all")
		d.mustRun("show", lena)
		d.mustRun("once")
	})
}
