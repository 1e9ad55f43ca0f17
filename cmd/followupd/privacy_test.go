package main

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"followupd/imapwatch/imaptest"
)

// holding gives the files of the state directory in which a word stands, whatever its case.
func (d *desk) holding(word string) (found []string) {
	d.t.Helper()
	err := filepath.Walk(d.state(), func(path string, info os.FileInfo, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // SQLite folds its journal away while the daemon rests
		}
		if err != nil || info.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if bytes.Contains(bytes.ToLower(data), []byte(strings.ToLower(word))) {
			found = append(found, filepath.Base(path))
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return found
}

func TestForget_UnderARunningDaemon(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Dovecot(t).User(t))
	d.offer(lena)
	d.offer(ben)
	p := d.start()
	d.drafted(lena)
	d.drafted(ben)
	d.mustRun("note", lena, "switches carriers in spring")
	if len(d.holding(lena)) == 0 {
		t.Fatal("the test would find nothing")
	}
	said := d.mustRun("forget", strings.ToUpper(lena))
	for _, want := range []string{"1 messages", "1 texts of drafts", "1 of your words", "1 drafts may still lie", "salted hash"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing in:\n%s", want, said)
		}
	}
	p.line(0, "somebody was forgotten")
	// She answers, the rep writes again, and every folder is read anew: the daemon's pass for Ben's answer has seen it all.
	d.answer(lena)
	d.mailbox.Append(d.mailbox.Prefix+"Sent", []string{`\Seen`}, time.Now().AddDate(0, 0, -10), letter(
		"From: "+repAddress, "To: "+lena, "Subject: Once more about freight", "Message-ID: <more@acme.example>", "", "Would Tuesday suit you?"))
	d.answer(ben)
	d.withdrawn(ben)
	if found := append(d.holding(lena), d.holding("switches carriers")...); len(found) > 0 {
		t.Errorf("of her stays something in %v", found)
	}
	if _, known := d.threads()[lena]; known {
		t.Error("her thread is listed")
	}
	if n := len(d.drafts(lena)); n != 1 {
		t.Errorf("%d drafts to her lie in Drafts, want the old one, which is the rep's", n)
	}
	d.run("note", lena, "again").says(t, 1, "forget")
	d.run("forget", repAddress).says(t, 2, "your own address")
	d.run("forget", "lena").says(t, 2, "no address")
}

func TestForget_TheMailboxReadAnewBringsNothingBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	d.offer(lena)
	d.answer(lena)
	d.mailbox.Append("Sent", []string{`\Seen`}, time.Now().AddDate(0, 0, -14), letter(
		"From: "+repAddress, "To: Lena <"+lena+">, Ben <"+ben+">", "Subject: For both of you", "Message-ID: <both@acme.example>", "",
		"Hello Lena and Ben, would a pilot with your two biggest carriers make sense for you?"))
	d.run("forget", lena) // before anything was read: she is left out from the start
	for range 2 {
		d.mustRun("once")
	}
	if found := append(d.holding(lena), d.holding("Hello Lena")...); len(found) > 0 {
		t.Errorf("of her stays something in %v", found)
	}
	if n := len(d.mailbox.Read("Drafts")); n != 0 {
		t.Errorf("%d drafts, though she may have answered for Ben", n)
	}
	// The folder's UIDs become others: everything is read once more.
	d.mailbox.Rename("Sent", "Old")
	d.mailbox.Create("Sent")
	d.offer(lena)
	d.mustRun("once")
	if found := d.holding(lena); len(found) > 0 {
		t.Errorf("of her stays something in %v", found)
	}
	if n := len(d.drafts(lena)); n != 0 {
		t.Errorf("%d drafts to her", n)
	}
}

func TestExport(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	d.offer(lena)
	d.mailbox.Append("Sent", []string{`\Seen`}, time.Now().AddDate(0, 0, -13), letter(
		"From: "+repAddress, "To: "+ben, "Subject: =HYPERLINK(\"http://evil.example\",\"x\")", "Message-ID: <formula@acme.example>", "",
		"Would a pilot with your two biggest carriers make sense for you?"))
	d.mustRun("once")
	d.mustRun("note", lena, "switches carriers in spring")

	rows, err := csv.NewReader(strings.NewReader(d.mustRun("export", "--format", "csv"))).ReadAll()
	if err != nil || len(rows) != 5 {
		t.Fatalf("%d lines, want a head, two threads and two drafts; error %v", len(rows), err)
	}
	kinds := make(map[string]int)
	for _, row := range rows[1:] {
		kinds[row[0]]++
		for _, field := range row {
			if strings.HasPrefix(field, "=") {
				t.Errorf("a formula: %q", field)
			}
		}
	}
	if kinds["thread"] != 2 || kinds["draft"] != 2 {
		t.Errorf("records %v", kinds)
	}

	var all struct{ Threads, Ledger []map[string]any }
	if err := json.Unmarshal([]byte(d.mustRun("export", "--format", "json")), &all); err != nil {
		t.Fatal(err)
	}
	if len(all.Threads) != 2 || len(all.Ledger) != 2 || len(missing(all.Threads[0], contractKeys...)) > 0 {
		t.Errorf("export %+v", all)
	}
	if tomorrow := time.Now().AddDate(0, 0, 1).Format(time.DateOnly); strings.Count(d.mustRun("export", "--format", "csv", "--since", tomorrow), "\n") != 1 {
		t.Error("what is older than --since is exported")
	}

	held := d.mustRun("export", "--format", "json", "--of", lena)
	for _, want := range []string{"freight invoices", "switches carriers in spring", `"ledger": [`, "takes a week", lena} {
		if !strings.Contains(held, want) {
			t.Errorf("what is held on her lacks %q", want)
		}
	}
	if strings.Contains(held, ben) {
		t.Error("what is held on her names somebody else")
	}
	d.mustRun("forget", lena)
	if held := d.mustRun("export", "--format", "json", "--of", lena); strings.Contains(held, "freight") || strings.Contains(held, "spring") {
		t.Errorf("after forget is held:\n%s", held)
	}
	for _, args := range [][]string{{"export"}, {"export", "--format", "xml"}, {"export", "--format", "ics", "--since", "2026-01-01"}, {"export", "--format", "csv", "--of", lena}, {"export", "--format", "csv", "--since", "soon"}} {
		d.run(args...).says(t, 2, "--")
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Dovecot(t).User(t))
	d.run("status").says(t, 1, "has not run")
	d.offer(lena)
	p := d.start()
	d.drafted(lena)
	var said outcome
	until(t, "a status without trouble", func() bool {
		said = d.run("status")
		return said.status == 0 && strings.Contains(said.out, "1 wait in Drafts") && strings.Contains(said.out, "watching INBOX")
	})
	for _, want := range []string{"running as process", "read cleanly", "watching Sent", "exactly once", "next "} {
		if !strings.Contains(said.out, want) {
			t.Errorf("status lacks %q:\n%s", want, said.out)
		}
	}
	var h struct {
		Running bool
		Waiting int `json:"drafts_waiting"`
		Wrong   []string
	}
	if err := json.Unmarshal([]byte(d.mustRun("status", "--json")), &h); err != nil || !h.Running || h.Waiting != 1 || len(h.Wrong) > 0 {
		t.Errorf("%+v, error %v", h, err)
	}
	if found := d.holding("nordbau"); len(found) == 0 {
		t.Fatal("the test would find nothing")
	} else if strings.Contains(strings.Join(found, " "), "status.json") {
		t.Error("status.json names a prospect")
	}

	// The server no longer takes the password.
	d.write("password", "wrong\n")
	until(t, "a status that says so", func() bool {
		o := d.run("status")
		return o.status == 1 && strings.Contains(o.out, "WRONG") && strings.Contains(o.out, "login refused") && strings.Contains(o.out, "since")
	})
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	until(t, "a status that says it was killed", func() bool {
		o := d.run("status")
		return o.status == 1 && strings.Contains(o.out, "without saying so") && strings.Contains(o.out, "not running")
	})
}

func TestFault_25_DatabaseDamagedAtStart(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Dovecot(t).User(t))
	d.offer(lena)
	d.mustRun("once")
	d.offer(ben)
	d.mustRun("hold", lena, "--until", time.Now().AddDate(1, 0, 0).Format(time.DateOnly), "--why", "asked to wait")
	f, err := os.OpenFile(filepath.Join(d.state(), "state.db"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	// The index of identities: found by quick_check, and not needed to read the words.
	if _, err := f.WriteAt(bytes.Repeat([]byte{0xde, 0xad}, 2048), 4096*3); err != nil {
		t.Fatal(err)
	}
	f.Close()
	d.run("threads").says(t, 1, "damaged")
	p := d.start()
	p.line(0, "state was damaged", "damaged-")
	until(t, "the mailbox read again", func() bool { return d.run("threads").status == 0 && len(d.threads()) == 2 })
	if n := len(d.drafts(lena)); n > 1 {
		t.Errorf("%d drafts to her", n)
	}
	aside, err := filepath.Glob(filepath.Join(d.state(), "damaged-*"))
	if err != nil || len(aside) == 0 {
		t.Errorf("set aside: %v, error %v", aside, err)
	}
	until(t, "a status that tells of it", func() bool { return strings.Contains(d.run("status").out, "damaged") })
	// What was due when the state was lost waits for the rep: a draft may have been deleted before.
	until(t, "Ben's thread waiting for a word", func() bool { return d.stateOf(ben) == "review" })
	if n := len(d.drafts(ben)); n != 0 {
		t.Errorf("%d drafts to him, though nobody knows whether one was deleted", n)
	}
}

func TestFault_25_DatabaseDamagedWhileItRuns(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Dovecot(t).User(t))
	d.offer(lena)
	p := d.start("run")
	d.drafted(lena)
	until(t, "the first backup, which folds the journal", func() bool {
		files, err := filepath.Glob(filepath.Join(d.state(), "backup", "*.db"))
		return err == nil && len(files) == 1
	})
	// The file under the running program becomes rubbish, as on a dying disk.
	for _, name := range []string{"state.db", "state.db-wal"} {
		path := filepath.Join(d.state(), name)
		info, err := os.Stat(path)
		if os.IsNotExist(err) {
			continue // folded into the file
		}
		if err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteAt(bytes.Repeat([]byte{0xde, 0xad}, int(info.Size()/2)), 0); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	d.answer(lena)
	p.line(0, "state was damaged", "damaged-")
	d.withdrawn(lena)
}

// canary is what a hostile stranger writes everywhere: it clears a screen, sets a title, turns text around, ends lines.
const canary = "\x1b[2J\x1b]0;pwned\a\u202egnp.exe\u2066\u009b31m\u2028\x7f"

func encodedWord(s string) string {
	return "=?utf-8?b?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?="
}

func TestFault_43_NoOutputHoldsWhatATerminalObeys(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	subject, name := encodedWord("Offer "+canary), encodedWord("Lena "+canary)
	at := time.Now().AddDate(0, 0, -14)
	d.mailbox.Append("Sent", []string{`\Seen`}, at, letter(
		"From: Anna Berg <"+repAddress+">", "To: "+name+" <"+lena+">", "Subject: "+subject, "Message-ID: <hostile1@acme.example>", "",
		"Hello "+canary, "", "would a pilot make sense for you?"))
	d.mailbox.Append("Sent", []string{`\Seen`}, at, letter(
		"From: Anna Berg <"+repAddress+">", "To: "+name+" <"+ben+">", "Subject: "+subject, "Message-ID: <hostile2@acme.example>", "",
		"Would a pilot make sense for you?"))
	d.mailbox.Append("INBOX", nil, at.Add(time.Hour), letter(
		"From: "+name+" <"+ben+">", "To: "+repAddress, "Subject: "+subject, "Message-ID: <hostile3"+"@isarlog.example>", "In-Reply-To: <hostile2@acme.example>",
		"Auto-Submitted: auto-replied; "+canary, "", "I am away until 3 March 2031. "+canary))
	mail := filepath.Join(d.dir, "hostile.eml")
	if err := os.WriteFile(mail, letter("From: "+name+" <"+ben+">", "To: "+repAddress, "Subject: "+subject, "Message-ID: <hostile4"+canary+"@isarlog.example>", "", canary+" please stop"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.write("lint.txt", "Just checking in "+canary+"\n")
	for _, args := range [][]string{
		{"preview", "-v"},
		{"preview", "--json"},
		{"once", "-v"},
		{"threads", "--all"},
		{"threads", "--all", "--json"},
		{"show", lena},
		{"show", ben},
		{"show", ben, "--json"},
		{"inspect", mail},
		{"inspect", "--json", mail},
		{"note", lena, canary},
		{"hold", ben, "--until", "2031-01-01", "--why", canary},
		{"show", ben},
		{"show", lena},
		{"export", "--format", "csv"},
		{"export", "--format", "json"},
		{"export", "--format", "json", "--of", lena},
		{"lint", "lint.txt"},
		{"lint", "--json", "lint.txt"},
		{"show", canary},
		{"inspect", canary},
		{"grade", lena, canary},
		{"threads", "--state", canary},
		{"note", canary, "x"},
		{"status"},
		{"check"},
		{"forget", canary},
		{"export", "--format", canary},
	} {
		o := d.run(args...)
		for stream, text := range map[string]string{"stdout": o.out, "stderr": o.err} {
			for _, r := range strings.ReplaceAll(text, "\n", "") {
				if unicode.IsControl(r) && !(r == '\r' && args[0] == "export") || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' {
					t.Errorf("%q writes %U to %s:\n%q", args, r, stream, text)
					break
				}
			}
		}
	}
}

func TestRun_LogsNothingPrivateAtInfo(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Dovecot(t).User(t))
	d.offer(lena)
	p := d.start()
	d.drafted(lena)
	d.mustRun("note", lena, "switches carriers in spring")
	d.answer(lena)
	d.withdrawn(lena)
	d.mustRun("forget", lena)
	p.line(0, "somebody was forgotten")
	d.offer(ben)
	d.drafted(ben)
	for _, private := range []string{"nordbau", "isarlog", "lena", "ben@", "freight", "interest us", "carriers", d.mailbox.Password} {
		if strings.Contains(strings.ToLower(p.said()), strings.ToLower(private)) {
			t.Errorf("the log holds %q", private)
		}
	}
}
