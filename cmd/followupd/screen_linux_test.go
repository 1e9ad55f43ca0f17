package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"followupd/imapwatch/faultserver"
	"followupd/imapwatch/imaptest"
)

func TestScreen_ColoursOnATerminalAlone(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	d.offer(lena)
	d.mustRun("once")
	shown := func(env []string, args ...string) string {
		d.env = env
		m := d.sit(append([]string{"threads"}, args...)...)
		if status := m.ended(); status != 0 {
			t.Fatalf("threads ends with %d", status)
		}
		return m.shown()
	}
	const escape = "\x1b["
	if got := shown([]string{"TERM=xterm"}); !strings.Contains(got, escape) {
		t.Errorf("no colours on a terminal:\n%s", got)
	}
	for _, env := range [][]string{{"TERM=xterm", "NO_COLOR=1"}, {"TERM=dumb"}} {
		if got := shown(env); strings.Contains(got, escape) {
			t.Errorf("colours with %v:\n%s", env, got)
		}
	}
	if got := shown([]string{"TERM=xterm"}, "--color", "never"); strings.Contains(got, escape) {
		t.Errorf("colours with --color never:\n%s", got)
	}
	d.env = nil
	if got := d.mustRun("threads"); strings.Contains(got, escape) {
		t.Errorf("colours in a pipe:\n%s", got)
	}
	if got := d.mustRun("threads", "--color", "always"); !strings.Contains(got, escape) {
		t.Errorf("no colours with --color always:\n%s", got)
	}
	narrow := shown([]string{"TERM=dumb", "COLUMNS=80"})
	for line := range strings.Lines(narrow) {
		if len([]rune(strings.TrimSuffix(line, "\n"))) > 80 {
			t.Errorf("wider than the terminal: %s", line)
		}
	}
	d.run("threads", "--color", "pink").says(t, 2, "auto, always or never")
}

func TestMeter_SaysHowFarHowFastAndHowLong(t *testing.T) {
	t.Parallel()
	begun := time.Date(2026, 11, 12, 12, 0, 0, 0, time.UTC)
	var m meter
	m.begin("Reading the folder INBOX", 0, begun)
	for _, c := range []struct {
		n, left int
		after   time.Duration
		want    string
	}{
		{0, 0, 3 * time.Second, "Reading the folder INBOX … 3 s"},
		{1000, 19000, 500 * time.Millisecond, "Reading the folder INBOX: 1000 of 20000 messages"},
		{1000, 18000, 2 * time.Second, "Reading the folder INBOX: 2000 of 20000 messages, 1000 a second, 18s left"},
		{17900, 100, 20 * time.Second, "Reading the folder INBOX: 19900 of 20000 messages, 995 a second, 1s left"},
		{100, 0, 20 * time.Second, "Reading the folder INBOX: 20000 of 20000 messages, 1000 a second"},
	} {
		m.count(c.n, c.left)
		if got := m.line(begun.Add(c.after)); got != c.want {
			t.Errorf("the line is %q, want %q", got, c.want)
		}
	}
	if got := fit("Reading …", 8); got != "Reading" {
		t.Errorf("cut to %q", got)
	}
}

// A server that falls silent: a terminal is told what is in hand, and the line is gone at the end.
func TestProgress_IsSeenOnATerminal(t *testing.T) {
	t.Parallel()
	d, server := onFaultServer(t, faultserver.Options{})
	server.Set(faultserver.Faults{Stall: "LIST"})
	for _, command := range []string{"once", "preview", "check"} {
		m := d.sit(command)
		until(t, "a word on what takes so long", func() bool { return strings.Contains(m.shown(), " … 1 s") })
		if err := m.cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if m.ended() != 1 || !strings.Contains(m.shown(), "\r\x1b[K") {
			t.Errorf("%s leaves its progress behind: %q", command, m.shown())
		}
	}
}
