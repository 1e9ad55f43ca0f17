package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
	"followupd/imapwatch/memserver"
)

// drafted waits for the one draft to somebody.
func (d *desk) drafted(address string) imaptest.Message {
	d.t.Helper()
	var found []imaptest.Message
	until(d.t, "a draft to "+address, func() bool {
		found = d.drafts(address)
		return len(found) > 0
	})
	if len(found) > 1 {
		d.t.Errorf("%d drafts to %s, want 1", len(found), address)
	}
	return found[0]
}

// withdrawn waits until no draft to somebody is left.
func (d *desk) withdrawn(address string) {
	d.t.Helper()
	until(d.t, "no draft to "+address, func() bool { return len(d.drafts(address)) == 0 })
}

func eachServer(t *testing.T, test func(t *testing.T, mailbox imaptest.Account)) {
	t.Run("Dovecot", func(t *testing.T) {
		t.Parallel()
		test(t, imaptest.Dovecot(t).User(t))
	})
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		test(t, imaptest.Memory(t))
	})
}

func TestRun_DraftsAndTakesBackWhatAnAnswerOvertook(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, mailbox imaptest.Account) {
		d := newDesk(t, mailbox)
		d.offer(lena)
		d.offer(ben)
		d.start()
		d.drafted(lena)
		draft := d.drafted(ben)

		// A mail client saves an edited draft as a new message and removes the old one.
		edited := strings.Replace(string(draft.Raw), header(draft.Raw, "Message-ID"), "<edited-by-a-client@acme.example>", 1)
		edited = strings.Replace(edited, "\r\n\r\n", "\r\n\r\nMoin Ben, noch ein Gedanke dazu:\r\n\r\n", 1)
		d.mailbox.Append("Drafts", []string{`\Draft`, `\Seen`}, time.Now(), []byte(edited))
		d.mailbox.Delete("Drafts", draft.UID)

		d.answer(lena)
		d.withdrawn(lena)
		d.answer(ben)
		until(t, "both answered", func() bool {
			all := d.threads()
			return all[lena].State == "answered" && all[ben].State == "answered"
		})
		d.offer(cleo) // its draft shows that the pass that saw the answers is over
		d.drafted(cleo)
		left := d.drafts(ben)
		if len(left) != 1 || !strings.Contains(string(left[0].Raw), "noch ein Gedanke dazu") {
			t.Errorf("Drafts holds %d drafts to %s after the answer, want the edited one alone", len(left), ben)
		}
	})
}

func TestRun_TheRepsWordTakesEffectAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Dovecot(t).User(t))
	d.configure("imap.poll", quoted("1h")) // so that only the word can have woken it
	d.offer(lena)
	d.start()
	d.drafted(lena)

	d.mustRun("hold", lena, "--until", time.Now().AddDate(0, 1, 0).Format("2006-01-02"))
	d.withdrawn(lena)
	if state := d.stateOf(lena); state != "held" {
		t.Errorf("after hold the thread is %s", state)
	}
	d.mustRun("reopen", lena)
	d.drafted(lena)
	d.mustRun("close", lena, "--outcome", "won")
	d.withdrawn(lena)
	closed := d.threads()[lena]
	if closed.State != "closed" || closed.Outcome == nil || *closed.Outcome != "won" {
		t.Errorf("after close the thread is %s", closed.State)
	}
	d.mustRun("reopen", lena)
	d.drafted(lena)
}

// otherHours are hours that do not hold now.
func otherHours() string {
	if h := time.Now().UTC().Hour(); h >= 2 && h <= 4 {
		return "15:00-15:01"
	}
	return "03:00-03:01"
}

func TestRun_ReadsAChangedConfiguration(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	d.configure("mailbox.timezone", quoted("UTC"), "cadence.hours", quoted(otherHours()), "prospects.exclude", fmt.Sprintf("[%q]", ben))
	d.offer(lena)
	d.offer(ben)
	p := d.start()
	until(t, "a due thread", func() bool { return d.stateOf(lena) == "due" })
	if n := len(d.mailbox.Read("Drafts")); n != 0 {
		t.Fatalf("%d drafts outside the hours", n)
	}

	d.configure("cadence.hours", quoted("")) // in place
	d.drafted(lena)

	next := filepath.Join(d.dir, "next") // in its place, as many editors do
	d.write("next", d.text("prospects.exclude", "[]"))
	if err := os.Rename(next, d.file()); err != nil {
		t.Fatal(err)
	}
	d.drafted(ben)

	before := len(p.said())
	d.write(filepath.Base(d.file()), strings.Replace(d.text(), `hours = ""`, `hours = "8 to 6"`, 1))
	line := 1 + strings.Count(d.text()[:strings.Index(d.text(), `hours = ""`)], "\n")
	p.line(before, "configuration not changed, the old one stays in force", fmt.Sprintf("followupd.toml:%d:", line), "cadence.hours")
	d.offer(cleo)
	d.drafted(cleo)

	before = len(p.said())
	d.configure()
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	p.line(before, "configuration in force")
}

func TestRun_UsesAnAssetThatWasAdded(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	p := d.start()
	p.line(0, "ready")
	before := len(p.said())
	d.write("library/nordfrakt.md", `---
kind: case_study
title: How Nordfrakt cut freight invoice disputes
url: https://acme.example/cases/nordfrakt
fits: [freight, invoices, audit, carriers]
language: en
---
Nordfrakt had the same backlog of disputed freight invoices. An audit of two carriers found enough to pay for the rest.
`)
	p.line(before, "configuration in force")

	// A first follow-up was sent and not answered: the second brings something to read.
	id := d.offer(lena)
	at := time.Now().AddDate(0, 0, -11)
	d.mailbox.Append("Sent", []string{`\Seen`}, at, letter("From: Anna Berg <"+repAddress+">", "To: "+lena,
		"Subject: Re: Audit of your freight invoices", "Message-ID: <second@acme.example>", "In-Reply-To: <"+id+">", "References: <"+id+">",
		"Date: "+at.Format(time.RFC1123Z), "", "Hello,", "", "which of your carriers sends the most invoices that you dispute?", "", "Anna Berg"))
	draft := d.drafted(lena)
	if header(draft.Raw, "In-Reply-To") != "<second@acme.example>" { // the first mail was seen before the second had come
		d.withdrawn(lena)
		draft = d.drafted(lena)
	}
	if !strings.Contains(string(draft.Raw), "https://acme.example/cases/nordfrakt") {
		t.Errorf("the second follow-up does not bring the asset:\n%s", draft.Raw)
	}
}

func TestRun_EndsOnASignal(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, imaptest.Memory(t))
			d.offer(lena)
			p := d.start()
			d.drafted(lena)
			if err := p.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if status := p.ended(10 * time.Second); status != 0 {
				t.Errorf("status %d, want 0", status)
			}
		})
	}
}

// deaf is a server that takes connections and never says a word.
func deaf(t *testing.T) imaptest.Account {
	t.Helper()
	return imaptest.Scripted(t, func(s *imaptest.Script) { s.Stall() })
}

func TestRun_EndsWhileAServerKeepsItWaiting(t *testing.T) {
	t.Parallel()
	p := newDesk(t, deaf(t)).start()
	p.line(0, "ready")
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status := p.ended(10 * time.Second); status != 0 {
		t.Errorf("status %d, want 0", status)
	}
}

func TestRun_EndsAtOnceOnASecondSignal(t *testing.T) {
	t.Parallel()
	p := newDesk(t, deaf(t)).start()
	p.line(0, "ready")
	start := time.Now()
	until(t, "the end", func() bool {
		_ = p.cmd.Process.Signal(syscall.SIGTERM) // an error when it ended between two looks
		select {
		case <-p.done:
			return true
		default:
			return false
		}
	})
	if took := time.Since(start); took > 4*time.Second || p.cmd.ProcessState.ExitCode() >= 0 {
		t.Errorf("ended after %s with %s, want at once and by the signal", took, p.cmd.ProcessState)
	}
}

func TestRun_OneAtATime(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	p := d.start()
	p.line(0, "ready")
	o := d.run("run")
	if o.status != 1 {
		t.Errorf("status %d, want 1", o.status)
	}
	want := fmt.Sprintf("another followupd works on this mailbox: process %d holds %s", p.cmd.Process.Pid, d.state())
	if !strings.Contains(o.err, want) {
		t.Errorf("it says\n%swant %q", o.err, want)
	}
}

func TestRun_GoesOnWhenItsConnectionsDie(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Dovecot(t).User(t))
	d.offer(lena)
	p := d.start()
	d.drafted(lena)
	p.line(0, "watching INBOX")
	before := len(p.said())
	for _, pid := range d.mailbox.Sessions() {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Logf("session %d: %v", pid, err) // it ended by itself
		}
	}
	p.line(before, "connection", "ok=false", "again_at=")
	p.line(before, "connection", "ok=true", "watching INBOX")
	d.answer(lena)
	d.withdrawn(lena)
}

func TestFault_30_WaitsForAServerThatIsDown(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().(*net.TCPAddr)
	listener.Close()
	d := newDesk(t, imaptest.Memory(t)) // its mailbox, once the server is up
	d.configure("imap.port", strconv.Itoa(addr.Port), "imap.username", quoted("rep"))
	p := d.start()
	p.line(0, "pass failed", "refused", "again_at=")
	p.line(0, "connection", "ok=false", "refused", "again_at=")

	server, err := memserver.Start(addr.String(), memserver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := server.AddAccount("rep", d.mailbox.Password); err != nil {
		t.Fatal(err)
	}
	d.mailbox.Port, d.mailbox.Username = addr.Port, "rep"
	d.offer(lena)
	d.drafted(lena)
}

func TestRun_TellsSystemd(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	path := filepath.Join(t.TempDir(), "notify")
	if len(path) > 100 { // the kernel's limit is 108
		dir, err := os.MkdirTemp("/tmp", "notify")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(dir) })
		path = filepath.Join(dir, "notify")
	}
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	d.env = []string{"NOTIFY_SOCKET=" + path, "WATCHDOG_USEC=400000"}
	p := d.start()
	heard := func(want string) {
		t.Helper()
		if err := socket.SetReadDeadline(time.Now().Add(longEnough)); err != nil {
			t.Fatal(err)
		}
		for buf := make([]byte, 4096); ; {
			n, err := socket.Read(buf)
			if err != nil {
				t.Fatalf("no %s: %v", want, err)
			}
			if slices.Contains(strings.Split(string(buf[:n]), "\n"), want) {
				return
			}
		}
	}
	heard("READY=1")
	heard("WATCHDOG=1")
	heard("WATCHDOG=1")
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	heard("STOPPING=1")
	if status := p.ended(10 * time.Second); status != 0 {
		t.Errorf("status %d, want 0", status)
	}
}

func TestRun_OneBadMailboxDoesNotDisturbTheOthers(t *testing.T) {
	t.Parallel()
	good := newDesk(t, imaptest.Memory(t))
	bad := newDesk(t, imaptest.Memory(t))
	bad.write("password", "wrong\n")
	good.offer(lena)
	p := good.start("run", "-c", bad.file(), "-c", good.file())
	good.drafted(lena)
	p.line(0, "pass failed", "login refused")
}

func TestRun_TakesAMendedPassword(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Dovecot(t).User(t))
	d.write("password", "wrong\n")
	d.offer(lena)
	p := d.start()
	p.line(0, "pass failed", "login refused", "hint=", "imap.username")
	until(t, "the account being left alone for a while", func() bool {
		for _, m := range regexp.MustCompile(`"pass failed".*login refused.* again_at=(\S+)`).FindAllStringSubmatch(p.said(), -1) {
			if at, err := time.Parse(time.RFC3339, m[1]); err == nil && time.Until(at) > 10*time.Minute {
				return true
			}
		}
		return false
	})
	d.write("password", d.mailbox.Password+"\n")
	d.drafted(lena)
}

func TestRun_KeepsItsConfigurationWhereTheNewOneCannotBeBuilt(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	p := d.start()
	p.line(0, "ready")
	d.write("library.md", "")
	before := len(p.said())
	d.configure("content.library", quoted("library.md"))
	p.line(before, "configuration not changed, the old one stays in force", "content.library")
	d.offer(lena)
	d.drafted(lena)
}

// The server has the message but its answer never comes; then the service is stopped.
func TestFault_47_StoppedInAnAppend(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Dovecot(t).User(t))
	d.offer(lena)
	f := &fault{when: answerHeld}
	d.configure("imap.port", strconv.Itoa(f.listen(t, d.mailbox).Port))
	p := d.start()
	until(t, "an APPEND", f.done)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status := p.ended(10 * time.Second); status != 0 {
		t.Errorf("status %d, want 0", status)
	}
	d.calm(1)
	d.oneEach(lena)
}

// Two programs that know nothing of each other, such as an old laptop's and a new one's.
func TestFault_04_TwoProgramsOnOneMailbox(t *testing.T) {
	t.Parallel()
	mailbox := imaptest.Dovecot(t).User(t)
	one, other := newDesk(t, mailbox), newDesk(t, mailbox)
	for _, d := range []*desk{one, other} {
		d.configure("imap.poll", quoted("10s")) // what lies in Drafts is no event
		d.start()
		until(t, "a pass", func() bool { return strings.Contains(d.run("status").out, "pass       last completed") })
	}
	one.offer(lena)
	one.offer(ben)
	// For a moment there may be two: one of them takes its own back.
	until(t, "drafts to both", func() bool { return len(one.drafts(lena)) > 0 && len(one.drafts(ben)) > 0 })
	one.offer(cleo)
	people := []string{lena, ben, cleo}
	for _, d := range []*desk{one, other} { // neither leaves to the rep what the other has done
		until(t, "the drafts to be known", func() bool {
			all := d.threads()
			return !slices.ContainsFunc(people, func(p string) bool { return all[p].State != "drafted" })
		})
	}
	until(t, "one draft each", func() bool {
		return !slices.ContainsFunc(people, func(p string) bool { return len(one.drafts(p)) != 1 })
	})
}

func TestRun_LogsNothingPrivate(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Dovecot(t).User(t))
	d.offer(lena)
	p := d.start("run", "-v")
	d.drafted(lena)
	d.answer(lena)
	d.withdrawn(lena)
	p.line(0, "draft withdrawn")
	for _, private := range []string{lena, "nordbau", "freight invoices", "interest us", "AUTHENTICATE", "LOGIN"} {
		if strings.Contains(p.said(), private) {
			t.Errorf("the log holds %q", private)
		}
	}
}
