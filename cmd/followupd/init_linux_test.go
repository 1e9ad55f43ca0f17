package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"unsafe"

	"followupd/imapwatch/imaptest"
)

// terminal is a rep at a terminal: a pseudo-terminal with the program on its other side.
type terminal struct {
	t    *testing.T
	pty  *os.File
	cmd  *exec.Cmd
	done chan struct{} // closed when the program ended and all it said was read

	mu   sync.Mutex
	seen bytes.Buffer
	read int // how much of it was waited for
}

// sit starts a command at a terminal.
func (d *desk) sit(args ...string) *terminal {
	d.t.Helper()
	pty, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		d.t.Skipf("no pseudo-terminals here: %v", err)
	}
	var number uint32
	var unlock int32
	for _, call := range []struct {
		request uintptr
		value   unsafe.Pointer
	}{{syscall.TIOCSPTLCK, unsafe.Pointer(&unlock)}, {syscall.TIOCGPTN, unsafe.Pointer(&number)}} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, pty.Fd(), call.request, uintptr(call.value)); errno != 0 {
			d.t.Fatal(errno)
		}
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		d.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*longEnough)
	term := &terminal{t: d.t, pty: pty, cmd: d.command(ctx, args...), done: make(chan struct{})}
	term.cmd.Stdin, term.cmd.Stdout, term.cmd.Stderr = tty, tty, tty
	term.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	if err := term.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	tty.Close()
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		buffer := make([]byte, 4096)
		for {
			n, err := pty.Read(buffer)
			term.mu.Lock()
			term.seen.Write(buffer[:n])
			term.mu.Unlock()
			if err != nil { // EIO when the program ended
				return
			}
		}
	}()
	go func() {
		defer close(term.done)
		_ = term.cmd.Wait() // ProcessState says how it ended
		<-copied
	}()
	d.t.Cleanup(func() {
		cancel()
		<-term.done
		pty.Close()
		if d.t.Failed() {
			d.t.Logf("the terminal shows:\n%s", term.shown())
		}
	})
	return term
}

func (m *terminal) shown() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return strings.ReplaceAll(m.seen.String(), "\r\n", "\n")
}

// answer waits for a question and types a line.
func (m *terminal) answer(question, line string) {
	m.t.Helper()
	until(m.t, "the question "+question, func() bool {
		at := strings.Index(m.shown()[m.read:], question)
		if at >= 0 {
			m.read += at + len(question)
		}
		return at >= 0
	})
	if _, err := m.pty.WriteString(line + "\n"); err != nil {
		m.t.Fatal(err)
	}
}

// ended waits for the program and gives its exit status.
func (m *terminal) ended() int {
	m.t.Helper()
	<-m.done
	return m.cmd.ProcessState.ExitCode()
}

// A rep who mistypes: the wrong server, then a wrong password, and folders that nobody can tell apart.
func TestInit_AtATerminal(t *testing.T) {
	t.Parallel()
	d := newcomer(t, imaptest.Dovecot(t).User(t, imaptest.TLS(), imaptest.Folders("Alpha", "Beta")))
	d.mailbox.Create("Sent")
	m := d.sit("init", "--host", "127.0.0.1", "--port", "1", "--username", d.mailbox.Username, "--no-service")
	m.answer("Your mail address", "anna")
	m.answer("Your mail address", repAddress)
	m.answer("Password (not shown)", "wr0ng-pass")
	m.answer("Mail server (IMAP) [127.0.0.1]", "")
	m.answer("Encryption", "tls")
	m.answer("Port [1]", strconv.Itoa(d.mailbox.Port))
	m.answer("A PEM file", d.mailbox.CAFile)
	m.answer("User name ["+d.mailbox.Username+"]", "")
	m.answer("Password (not shown)", d.mailbox.Password)
	m.answer("The folder for drafts", "Beta")
	m.answer("Your name", "Anna Berg")
	m.answer("steer followupd from your mail client?", "no")
	if status := m.ended(); status != 0 {
		t.Fatalf("init ends with %d", status)
	}
	if strings.Contains(m.shown(), "wr0ng-pass") || strings.Contains(m.shown(), d.mailbox.Password+"\n") {
		t.Error("a password is shown")
	}
	info, err := os.Stat(filepath.Join(d.dir, "followupd.password"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the password's file: %v, %v", info, err)
	}
	d.mustRun("check")
}

func TestInit_ThreeWrongPasswordsAreEnough(t *testing.T) {
	t.Parallel()
	d := newcomer(t, imaptest.Memory(t))
	before := files(t, d.dir)
	m := d.sit(d.answers()...)
	m.answer("Password (not shown)", "one")
	m.answer("User name", "")
	m.answer("Password (not shown)", "two")
	m.answer("User name", "")
	m.answer("Password (not shown)", "three")
	if status := m.ended(); status != 1 || !strings.Contains(m.shown(), "nothing was written") {
		t.Errorf("init ends with %d", status)
	}
	if after := files(t, d.dir); len(after) != len(before) {
		t.Error("something was written")
	}
}

// Ctrl-C at the password: the terminal shows again what is typed, and nothing is left behind.
func TestInit_Interrupted(t *testing.T) {
	t.Parallel()
	d := newcomer(t, imaptest.Memory(t))
	before := files(t, d.dir)
	m := d.sit(d.answers()...)
	until(t, "the question", func() bool { return strings.Contains(m.shown(), "not shown") })
	if _, err := m.pty.WriteString("half a pass\x03"); err != nil {
		t.Fatal(err)
	}
	if status := m.ended(); status != 1 || !strings.Contains(m.shown(), "interrupted; nothing was written") {
		t.Errorf("init ends with %d", status)
	}
	if after := files(t, d.dir); len(after) != len(before) {
		t.Error("something was written")
	}
}

func TestInit_YesInstallsAndStartsTheService(t *testing.T) {
	t.Parallel()
	d := serviceDesk(t)
	if err := os.Remove(d.file()); err != nil {
		t.Fatal(err)
	}
	args := d.answers("--password-file", "password", "--yes", "--no-preview", "--no-service=false")
	if said := d.mustRun(args...); !strings.Contains(said, "The service runs") {
		t.Errorf("init says\n%s", said)
	}
	told, err := os.ReadFile(filepath.Join(d.dir, "told"))
	if want := "systemctl --user daemon-reload\nsystemctl --user enable followupd.service\nsystemctl --user restart followupd.service\n"; err != nil || string(told) != want {
		t.Errorf("systemd was told %q, %v", told, err)
	}
	unit, err := os.ReadFile(filepath.Join(d.dir, "cfg", "systemd", "user", "followupd.service"))
	if err != nil || !strings.Contains(string(unit), " run -c "+d.file()+"\n") {
		t.Errorf("the unit: %v\n%s", err, unit)
	}
}
