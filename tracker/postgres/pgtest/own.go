package pgtest

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Own is a server of one test alone, which may stop it and start it again.
type Own struct {
	t testing.TB
	s *server
}

// Server starts a server of the test's own, with settings besides those that every one has, such as "max_connections=300". It
// ends with the test. Without PostgreSQL on the machine it does as Database does.
func Server(t testing.TB, settings ...string) *Own {
	t.Helper()
	s, err := start(settings...)
	need(t, err)
	t.Cleanup(s.stop)
	return &Own{t, s}
}

// URL names the database that is there from the beginning.
func (o *Own) URL() string { return o.s.url("postgres") }

// Program gives the path of one of PostgreSQL's own programs, of the server's version.
func (o *Own) Program(name string) string { return filepath.Join(o.s.bin, name) }

// Mode is how a server is stopped (pg_ctl stop -m).
type Mode syscall.Signal

// The modes that do not wait for clients (PostgreSQL 15 manual, section 19.5).
const (
	Fast      = Mode(syscall.SIGINT)  // transactions are undone, a checkpoint is written
	Immediate = Mode(syscall.SIGQUIT) // as a crash: the next start recovers from the write-ahead log
)

// Stop stops the server and waits until it has ended.
func (o *Own) Stop(how Mode) {
	o.t.Helper()
	if how == Fast {
		o.fast()
	}
	o.s.halt() // what lives still is stopped at once
}

func (o *Own) fast() {
	o.t.Helper()
	file := filepath.Join(o.s.dir, "data", "postmaster.pid")
	text, err := os.ReadFile(file)
	if err != nil {
		o.t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		o.t.Fatalf("%s begins with %q", file, first)
	}
	if err := syscall.Kill(pid, syscall.Signal(Fast)); err != nil {
		o.t.Fatal(err)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 2000 {
		if _, err := os.Stat(file); err != nil {
			return
		}
		<-tick.C
	}
	o.t.Fatal("PostgreSQL does not stop")
}

// Start starts it again on the same files and port.
func (o *Own) Start() {
	o.t.Helper()
	if err := o.s.launch(); err != nil {
		o.t.Fatalf("start PostgreSQL again: %v", err)
	}
}
