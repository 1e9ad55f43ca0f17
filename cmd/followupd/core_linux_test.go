package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
)

func TestRun_LeavesNoCoreDump(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	p := d.start()
	p.line(0, "ready")
	proc := filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid))
	limits, err := os.ReadFile(filepath.Join(proc, "limits"))
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`(?m)^Max core file size +0 +0 `).Match(limits) {
		t.Errorf("a core dump is allowed:\n%s", limits)
	}
	// What must not be dumped belongs to root in /proc (proc(5)); a test that runs as root cannot tell that apart.
	if info, err := os.Stat(filepath.Join(proc, "environ")); err != nil || info.Sys().(*syscall.Stat_t).Uid != 0 {
		t.Errorf("the process may be dumped: %v", err)
	}
}

// The password is in no place where others on the machine, or a crash, could show it.
func TestRun_PasswordIsNotToBeSeen(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	const secret = "correct horse battery" // refused by the server, which may say so
	d.write("password", secret+"\n")
	p := d.start("run", "-v")
	p.line(0, "login refused")
	proc := filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid))
	for _, file := range []string{"cmdline", "environ"} {
		text, err := os.ReadFile(filepath.Join(proc, file))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), secret) {
			t.Errorf("%s holds the password", file)
		}
	}
	d.offer(lena)
	for _, args := range [][]string{{"once", "-v"}, {"check", "-v"}, {"status"}, {"status", "--json"}, {"threads", "-v"}, {"preview", "-v", "--at", time.Now().Format(time.RFC3339)}} {
		if o := d.run(args...); strings.Contains(o.out+o.err, secret) {
			t.Errorf("%q tells the password:\n%s%s", args, o.out, o.err)
		}
	}
	// A crash with all goroutines' stacks.
	if err := p.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	p.ended(longEnough)
	said := p.said()
	if strings.Contains(said, secret) {
		t.Error("the log, or the stacks of a crash, hold the password")
	}
	if !strings.Contains(said, "goroutine ") {
		t.Error("the test saw no stacks")
	}
	if found := d.holding(secret); len(found) > 0 {
		t.Errorf("the state holds the password: %v", found)
	}
}
