package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
	"followupd/tracker"
	"followupd/tracker/sqlite"
)

const dora = "dora@elbkontor.example"

// office is a folder of mailbox files on one Dovecot, and the program that works them.
type office struct {
	t      *testing.T
	dir    string
	server *imaptest.Server
	boxes  map[string]*desk
}

func newOffice(t *testing.T) *office {
	t.Helper()
	return &office{t: t, dir: t.TempDir(), server: imaptest.Dovecot(t), boxes: make(map[string]*desk)}
}

// hire gives a rep a mailbox, with an offer that is due a follow-up. Its file is not in the folder yet.
func (o *office) hire(name string, options ...imaptest.Option) *desk {
	o.t.Helper()
	d := newDesk(o.t, o.server.User(o.t, options...))
	d.configure("state.dir", quoted(d.state()), "content.library", quoted(filepath.Join(d.dir, "library")),
		"imap.password_file", quoted(filepath.Join(d.dir, "password")), "mailbox.address", quoted(name+"@acme.example"),
		"mailbox.aliases", "["+quoted(repAddress)+"]",
		"imap.poll", quoted("10s")) // a Dovecot that gets no inotify of the system tells of mail only each half a minute
	d.offer(lena)
	o.boxes[name] = d
	return d
}

func (o *office) file(name string) string { return filepath.Join(o.dir, name+".toml") }

// put lays a rep's file into the folder, in one step.
func (o *office) put(name string, more ...string) {
	o.t.Helper()
	next := filepath.Join(o.dir, "."+name+".toml.swp")
	if err := os.WriteFile(next, []byte(o.boxes[name].text(more...)), 0o600); err != nil {
		o.t.Fatal(err)
	}
	if err := os.Rename(next, o.file(name)); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) remove(name string) {
	o.t.Helper()
	if err := os.Remove(o.file(name)); err != nil {
		o.t.Fatal(err)
	}
}

// open starts the program on the folder.
func (o *office) open() *watching {
	o.t.Helper()
	home := &desk{t: o.t, dir: o.t.TempDir()}
	return home.start("run", "-c", o.dir)
}

// status is what `status` says of the folder.
func (o *office) status(args ...string) outcome {
	o.t.Helper()
	home := &desk{t: o.t, dir: o.t.TempDir()}
	return home.run(append([]string{"status", "-c", o.dir}, args...)...)
}

func TestFolder_MailboxesComeAndGo(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	p := o.open()
	p.line(0, "no mailbox yet", o.dir)
	p.line(0, "ready")

	anna, ben := o.hire("anna"), o.hire("ben")
	o.put("anna")
	anna.drafted(lena)
	for name, text := range map[string]string{"ben.toml~": ben.text(), "#ben.toml#": ben.text(), ".ben.toml.swx": "b0VIM", "notes.txt": "x"} {
		if err := os.WriteFile(filepath.Join(o.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("ben@host.12:34", filepath.Join(o.dir, ".#ben.toml")); err != nil {
		t.Fatal(err)
	}
	o.put("ben")
	p.line(0, "mailbox begun", "ben@acme.example", "ben.toml")
	ben.drafted(lena)
	if n := strings.Count(p.said(), "level=ERROR"); n > 0 {
		t.Errorf("%d errors", n)
	}

	before := len(p.said())
	o.remove("anna")
	p.line(before, "mailbox stopped, its file is gone", "anna.toml")
	p.line(before, "mailbox left alone", "anna@acme.example")
	if n := len(anna.drafts(lena)); n != 1 {
		t.Errorf("%d drafts are left of a mailbox whose file was removed, want 1", n)
	}
	if s := anna.run("status"); s.status != 1 || !strings.Contains(s.out, "because its file "+o.file("anna")+" is gone") {
		t.Errorf("status ends with %d:\n%s", s.status, s.out)
	}
	anna.mustRun("once") // nobody holds it
	ben.offer(dora)
	ben.drafted(dora)

	if err := os.Rename(o.file("ben"), o.file("benedikt")); err != nil { // the same mailbox by another name
		t.Fatal(err)
	}
	p.line(before, "configuration in force", "ben@acme.example")
	o.put("anna")
	anna.offer(cleo)
	anna.drafted(cleo)
	ben.offer(cleo)
	ben.drafted(cleo)

	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status := p.ended(longEnough); status != 0 {
		t.Errorf("status %d, want 0", status)
	}
}

func TestFolder_WrongFilesKeepNobodyElseFromBeingWorked(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	anna, ben := o.hire("anna"), o.hire("ben")
	o.put("anna", "cadence.hours", quoted("8 to 6"))
	if s := o.status(); s.status != 1 || !strings.Contains(s.err, "anna.toml:") {
		t.Errorf("status of a wrong file ends with %d:\n%s%s", s.status, s.out, s.err)
	}
	o.put("ben")
	p := o.open()
	p.line(0, "mailbox not worked, its file is wrong", "anna.toml:", "cadence.hours")
	ben.drafted(lena)
	o.put("anna", "cadence.hours", quoted(""))
	p.line(0, "file is right again", "anna.toml")
	anna.drafted(lena)

	before := len(p.said())
	o.put("anna", "cadence.hours", quoted("eight"))
	p.line(before, "configuration not changed, the old one stays in force", "anna.toml:", "cadence.hours")
	until(t, "status says so", func() bool {
		s := o.status()
		return s.status == 1 && strings.Contains(s.out, "the settings of before stay in force") && strings.Contains(s.out, "cadence.hours") &&
			strings.Count(s.out, "mailbox    ") == 2
	})
	anna.offer(cleo)
	anna.drafted(cleo)

	if err := os.WriteFile(o.file("copy"), []byte(ben.text("state.dir", quoted(filepath.Join(ben.dir, "other")))), 0o600); err != nil {
		t.Fatal(err)
	}
	p.line(before, "mailbox not worked, its file is wrong", o.file("copy"), "imap.username and imap.host are those of "+o.file("ben"))
	if n := strings.Count(p.said()[before:], "copy.toml"); n > 2 { // one line, which has the name twice
		t.Errorf("the second file of a mailbox is named %d times", n)
	}
}

func TestFolder_NoGoodFileAtTheStart(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.hire("anna")
	o.put("anna", "cadence.hours", quoted("8 to 6"))
	home := &desk{t: t, dir: t.TempDir()}
	if s := home.run("run", "-c", o.dir); s.status != 2 || !strings.Contains(s.err, "cadence.hours") {
		t.Errorf("run ends with %d:\n%s", s.status, s.err)
	}
}

// Commands about one mailbox say how to name it; a folder of one names it already.
func TestFolder_CommandsAboutOneMailbox(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	anna := o.hire("anna")
	if s := anna.run("threads", "-c", o.dir); s.status != 2 || !strings.Contains(s.err, "holds no *.toml") {
		t.Errorf("threads of an empty folder ends with %d:\n%s", s.status, s.err)
	}
	o.put("anna")
	anna.mustRun("once", "-c", o.dir)
	if said := anna.mustRun("threads", "-c", o.dir); !strings.Contains(said, lena) {
		t.Errorf("threads says\n%s", said)
	}
	o.hire("ben")
	o.put("ben")
	if s := anna.run("threads", "-c", o.dir); s.status != 2 || !strings.Contains(s.err, "holds 2: name one, as in -c "+o.file("anna")) {
		t.Errorf("threads of two mailboxes ends with %d:\n%s", s.status, s.err)
	}
}

// A server that lets in few connections of a user gets no more, and status says why and what would help.
func TestFolder_ServersLimitOfConnectionsIsHonouredAndExplained(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	one, two, full := o.hire("one", imaptest.Connections(1)), o.hire("two", imaptest.Connections(2)), o.hire("full", imaptest.Connections(1))
	full.mailbox.CountedOut()
	held, err := full.mailbox.Dial(t.Context()) // another program has the only place
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	if _, err := fmt.Fprintf(held, "a LOGIN %q %q\r\n", full.mailbox.Username, full.mailbox.Password); err != nil {
		t.Fatal(err)
	}
	if said := answerTo(t, held, "a "); !strings.Contains(said, "a OK") {
		t.Fatalf("the other program is told %q", said)
	}
	for _, name := range []string{"one", "two", "full"} {
		o.put(name)
	}
	p := o.open()
	for _, d := range []*desk{one, two} { // looking at Drafts would take a place
		until(t, "a draft", func() bool { return strings.Contains(d.run("threads").out, "drafted") })
	}
	p.line(0, "pass failed", "full@acme.example", "no room for another connection", "again_at=", "hint=", "mail_max_userip_connections")
	until(t, "status says why it does not watch INBOX", func() bool {
		s := one.run("status")
		return s.status == 0 && strings.Contains(s.out, "too few connections to watch INBOX") && strings.Contains(s.out, "mail_max_userip_connections")
	})
	if s := full.run("status"); s.status != 1 || !strings.Contains(s.out, "close other programs that read this account") {
		t.Errorf("status ends with %d:\n%s", s.status, s.out)
	}
}

// answerTo reads what a server says up to the line that begins so.
func answerTo(t *testing.T, conn net.Conn, begins string) string {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(longEnough)); err != nil {
		t.Fatal(err)
	}
	var said []byte
	for buf := make([]byte, 4096); ; {
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatalf("after %q: %v", said, err)
		}
		said = append(said, buf[:n]...)
		if at := strings.Index("\n"+string(said), "\n"+begins); at >= 0 && strings.HasSuffix(string(said), "\r\n") {
			return string(said)
		}
	}
}

// Each of these mailboxes is in trouble of its own, and stays there: the one beside them is worked as if it were alone, and
// status tells of every trouble.
func TestFolder_MailboxesInTroubleDisturbNoOther(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	troubles := map[string]struct {
		settings []string
		prepare  func(d *desk)
		says     string
	}{
		"password": {prepare: func(d *desk) { d.write("password", "wrong\n") }, says: "login refused"},
		"away":     {settings: []string{"imap.port", strconv.Itoa(nobody)}, says: "connection refused"},
		"silent":   {settings: []string{"imap.port", strconv.Itoa(deaf(t).Port)}, says: ""}, // it is waited for
		"folder":   {settings: []string{"imap.folders.drafts", quoted("Entwürfe")}, says: "Entwürfe"},
		"state": {prepare: func(d *desk) { // where the file should be is a folder
			if err := os.MkdirAll(filepath.Join(d.state(), "state.db"), 0o700); err != nil {
				t.Fatal(err)
			}
		}, says: "state.db"},
		"held": {prepare: func(d *desk) { // by another process
			lock, err := sqlite.AcquireLock(d.state())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { lock.Release() })
		}, says: "another followupd works on this mailbox"},
		"torn": {prepare: func(d *desk) {
			if err := os.MkdirAll(d.state(), 0o700); err != nil {
				t.Fatal(err)
			}
			d.write("state/state.db", "SQLite format 3\x00 and then nothing")
		}, says: "damaged"},
	}
	for name, trouble := range troubles {
		d := o.hire(name)
		d.configure(trouble.settings...)
		if trouble.prepare != nil {
			trouble.prepare(d)
		}
		o.put(name)
	}
	good := o.hire("good")
	o.put("good")
	p := o.open()
	p.line(0, "msg=ready")
	good.drafted(lena)
	good.answer(lena)
	good.withdrawn(lena)
	for name, trouble := range troubles {
		if trouble.says != "" {
			p.line(0, "mailbox="+name+"@acme.example", trouble.says)
		}
	}
	for _, d := range []string{"state", "held"} {
		p.line(0, "mailbox="+d+"@acme.example", "again_at=")
	}
	p.line(0, "mailbox=torn@acme.example", "watching INBOX") // what was damaged is set aside
	until(t, "status tells of the troubles", func() bool {
		s := o.status()
		return s.status == 1 && strings.Contains(s.out, "login refused") && strings.Contains(s.out, "connection refused") && strings.Contains(s.out, "Entwürfe")
	})

	if err := os.Remove(filepath.Join(o.boxes["state"].state(), "state.db")); err != nil {
		t.Fatal(err)
	}
	o.boxes["password"].write("password", o.boxes["password"].mailbox.Password+"\n")
	for _, mended := range []string{"state", "password"} {
		o.boxes[mended].drafted(lena)
	}
}

// stumbling is the facts of a mailbox that the program makes a mistake about.
type stumbling struct {
	state
	times *atomic.Int32
}

func (s stumbling) Words(ctx context.Context) ([]tracker.Word, error) {
	if s.times.Add(-1) >= 0 {
		panic("index out of range")
	}
	return s.state.Words(ctx)
}

// What goes wrong inside the program for one mailbox ends neither the program nor its other mailboxes, and is tried again.
func TestWatchOn_ContainsAMistakeOfItsOwn(t *testing.T) {
	t.Parallel()
	d, other := newDesk(t, imaptest.Memory(t)), newDesk(t, imaptest.Memory(t))
	d.offer(lena)
	other.offer(ben)
	var errs strings.Builder
	a := &app{errs: &errs}
	files, err := openFiles([]string{d.file(), other.file()}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(&errs, nil))
	shared := newHousehold()
	ctx, stop := context.WithCancel(t.Context())
	var working sync.WaitGroup
	var times atomic.Int32
	times.Store(1)
	for _, one := range []*desk{d, other} {
		on := ground{open: inFile(one.state())}
		if one == d {
			on.open = func(ctx context.Context) (state, error) {
				s, err := inFile(one.state())(ctx)
				return stumbling{s, &times}, err
			}
		}
		if err := os.MkdirAll(one.state(), 0o700); err != nil {
			t.Fatal(err)
		}
		working.Go(func() {
			p := post{id: one.state(), tasks: files.tasks, started: func(bool) {}}
			if err := a.watchOn(ctx, p, on, log, shared); err != nil {
				t.Errorf("it ends with %v", err)
			}
		})
	}
	until(t, "the mistake being told of", func() bool {
		h, err := readHealth(d.state())
		return err == nil && strings.Contains(h.Pass.Error, "a mistake in followupd itself: index out of range; please report it") && h.Pass.Next != nil
	})
	other.drafted(ben)
	d.drafted(lena) // at the second try
	stop()
	working.Wait()
	if said := errs.String(); !strings.Contains(said, "mailbox cannot be worked") || !strings.Contains(said, "folder_test.go") {
		t.Errorf("the log does not say where it happened:\n%s", said)
	}
}
