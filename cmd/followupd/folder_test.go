package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"followupd/imapwatch/imaptest"
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
		"mailbox.aliases", "["+quoted(repAddress)+"]")
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
