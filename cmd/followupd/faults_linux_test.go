package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"followupd/imapwatch/faultserver"
	"followupd/imapwatch/imaptest"
)

// These are the rows of docs/faults.md that need the whole program: its process, its files, its streams.

// onFaultServer is a desk whose mailbox lies on a fault server.
func onFaultServer(t *testing.T, options faultserver.Options) (*desk, *faultserver.Server) {
	t.Helper()
	server, account := imaptest.Faulty(t, options)
	d := newDesk(t, account)
	d.configure("imap.username", quoted(imaptest.FaultyUser))
	return d, server
}

// mib is 1 MiB in bytes.
const mib = 1 << 20

func TestFault_13_GreetingThatSpinsAndAMillionParentheses(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"greeting", "deep bodystructure"} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			bomb := faultserver.Bombs()[name]
			bad, server := onFaultServer(t, faultserver.Options{})
			bad.offer(ben)
			server.Set(faultserver.Faults{Bombs: map[string]faultserver.Bomb{bomb.At: bomb.Bomb}})
			good := newDesk(t, imaptest.Memory(t))
			good.offer(lena)
			seen := server.Opened()
			p := good.start("run", "-c", bad.file(), "-c", good.file())
			until(t, "the other mailbox's draft", func() bool { return len(good.drafts(lena)) == 1 })
			until(t, "a connection to the hostile server", func() bool { return server.Opened() > seen })
			until(t, "the other mailbox at rest", func() bool { before := p.cpu(); <-time.After(time.Second); return p.cpu()-before < time.Second/20 })
			before := p.cpu()
			const window = 8 * time.Second // in which a connection that was given up is tried again
			<-time.After(window)
			if used := p.cpu() - before; used > window/20 {
				t.Errorf("%s of processor time in %s beside a hostile server", used, window)
			}
			server.Heal()
			good.offer(cleo)
			until(t, "the other mailbox at work", func() bool { return len(good.drafts(cleo)) == 1 })
		})
	}
}

func TestFault_16_StartTLSTampered(t *testing.T) {
	t.Parallel()
	for fault, works := range map[faultserver.TLSFault]bool{
		faultserver.TLSStripped: false, faultserver.TLSRefused: false, faultserver.TLSInjected: false, faultserver.TLSPreauth: false,
		faultserver.TLSTagged: true, "": true, // what the OK says of capabilities is not believed, and harmless then
	} {
		t.Run(strings.ReplaceAll(string(fault), " ", "_"), func(t *testing.T) {
			t.Parallel()
			d, server := onFaultServer(t, faultserver.Options{Security: faultserver.StartTLS})
			d.offer(lena)
			server.Set(faultserver.Faults{StartTLS: fault})
			if works {
				d.mustRun("once")
				if out := d.mustRun("check"); strings.Contains(out, "INJECTED") {
					t.Errorf("an ability told before TLS is believed:\n%s", out)
				}
				server.Heal()
				d.oneEach(lena)
				return
			}
			d.run("once").says(t, 1, "tls with 127.0.0.1")
			if n := len(server.Logins()); n != 0 {
				t.Errorf("%d logins", n)
			}
		})
	}
}

func TestFault_17_WrongCertificates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		certificate faultserver.Certificate
		untrusted   bool
		want        []string
	}{
		"self-signed": {untrusted: true, want: []string{"imap.ca_file"}},
		"wrong host":  {certificate: faultserver.Certificate{OtherHost: true}, want: []string{"another name", "imap.host"}},
		"expired":     {certificate: faultserver.Certificate{Expired: true}, want: []string{"expired", "clock"}},
	} {
		for _, security := range []faultserver.Security{faultserver.TLS, faultserver.StartTLS} {
			t.Run(strings.ReplaceAll(name, " ", "_")+"/"+string(security), func(t *testing.T) {
				t.Parallel()
				d, server := onFaultServer(t, faultserver.Options{Security: security, Certificate: c.certificate})
				if c.untrusted {
					d.configure("imap.ca_file", quoted(""))
				}
				d.run("once").says(t, 1, append(c.want, "tls with 127.0.0.1")...)
				if n := len(server.Logins()); n != 0 {
					t.Errorf("%d logins", n)
				}
			})
		}
	}
}

func TestFault_26_JournalDeletedBetweenRuns(t *testing.T) {
	t.Parallel()
	for _, lost := range [][]string{{"state.db-wal"}, {"state.db-shm"}, {"state.db-wal", "state.db-shm"}} {
		t.Run(strings.Join(lost, "+"), func(t *testing.T) {
			t.Parallel()
			d, _ := onFaultServer(t, faultserver.Options{})
			d.offer(lena)
			p := d.start()
			until(t, "a draft", func() bool { return len(d.drafts(lena)) == 1 })
			if err := p.cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			<-p.done
			for _, name := range lost {
				if err := os.Remove(filepath.Join(d.state(), name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
					t.Fatal(err)
				}
			}
			d.offer(ben)
			d.run("once")
			d.mustRun("once")
			for _, who := range []string{lena, ben} {
				if n := len(d.drafts(who)); n > 1 || n == 0 && who == lena {
					t.Errorf("%d drafts to %s", n, who)
				}
			}
		})
	}
}

func TestFault_29_LoginRefusedIsSaidAndNotRepeated(t *testing.T) {
	t.Parallel()
	d, server := onFaultServer(t, faultserver.Options{Faults: faultserver.Faults{
		Answers: map[string]string{"LOGIN": "NO [AUTHENTICATIONFAILED] wrong password"},
	}})
	d.start()
	until(t, "a status that tells of it", func() bool { return strings.Contains(d.run("status").out, "login refused") })
	<-time.After(8 * time.Second) // longer than the first rests after anything else
	if n := server.Count("LOGIN"); n != 1 {
		t.Errorf("%d logins, want one and then a quarter of an hour of rest", n)
	}
	server.Heal()
	d.configure("cadence.drafts_per_day", "7") // who has looked into it does not wait for the end of the rest
	until(t, "a login under the new configuration", func() bool { return server.Count("LOGIN") > 1 })
}

func TestFault_30_ServerUnavailable(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]faultserver.Faults{
		"LOGIN NO UNAVAILABLE": {Answers: map[string]string{"LOGIN": "NO [UNAVAILABLE] come back later"}},
		"BYE greeting":         {Answers: map[string]string{"greeting": "* BYE going down"}},
		"connection refused":   {Refuse: true},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			d, server := onFaultServer(t, faultserver.Options{})
			d.offer(lena)
			server.Set(f)
			d.start()
			until(t, "a status that tells of it", func() bool {
				o := d.run("status")
				return strings.Contains(o.out, "since") || strings.Contains(o.out, "not connected") || strings.Contains(o.out, "tried")
			})
			before := server.Opened()
			<-time.After(4 * time.Second)
			if n := server.Opened() - before; n > 8 {
				t.Errorf("%d connections in four seconds", n)
			}
		})
	}
}

// A server that says BYE in IDLE, or hangs up, at once and every time, is come back to; what came meanwhile is drafted.
func TestFault_33_ByeInIdle(t *testing.T) {
	t.Parallel()
	d, server := onFaultServer(t, faultserver.Options{})
	d.configure("imap.poll", quoted("10s"))
	d.start()
	until(t, "an IDLE", func() bool { return server.Count("IDLE") > 0 })
	server.Set(faultserver.Faults{IdleBye: true})
	server.Hangup()
	d.offer(lena)
	until(t, "a draft in spite of it", func() bool { return len(d.drafts(lena)) == 1 })
	server.Heal()
	idle := server.Count("IDLE")
	d.offer(ben)
	until(t, "another draft", func() bool { return len(d.drafts(ben)) == 1 })
	until(t, "an IDLE again", func() bool { return server.Count("IDLE") > idle })
	d.oneEach(lena, ben)
}

// The program is stopped as a machine that sleeps stops it, while more falls due than a day's drafts, and an answer comes.
func TestFault_39_StoppedAndContinued(t *testing.T) {
	t.Parallel()
	const most = 3
	d, server := onFaultServer(t, faultserver.Options{})
	d.configure("cadence.drafts_per_day", strconv.Itoa(most), "imap.poll", quoted("10s"))
	p := d.start()
	until(t, "an IDLE", func() bool { return server.Count("IDLE") > 0 })
	if err := p.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	server.Hangup() // a router has forgotten the connections
	for i := range 2 * most {
		d.offer(fmt.Sprintf("lena@sleeper%d.example", i))
	}
	d.offer(ben)
	d.answer(ben)
	<-time.After(time.Second)
	if err := p.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	until(t, "a day's drafts", func() bool { return len(d.mailbox.Read("Drafts")) == most })
	for range 2 { // what wakes it next does not bring more
		passes := server.Count("LIST")
		d.mustRun("note", "lena@sleeper0.example", "likes gnus")
		until(t, "another pass", func() bool { return server.Count("LIST") > passes })
	}
	if n := len(d.mailbox.Read("Drafts")); n != most {
		t.Errorf("%d drafts on waking, want drafts_per_day: %d", n, most)
	}
	if n := len(d.drafts(ben)); n != 0 {
		t.Error("who answered while the program was stopped was chased")
	}
}

// The real daemon in rough weather, again and again under a new configuration: what it took comes back.
func TestFault_50_MemoryAndGoroutinesComeBack(t *testing.T) {
	t.Parallel()
	const rounds, mostMore = 12, 16 * mib
	d, server := onFaultServer(t, faultserver.Options{})
	d.configure("imap.poll", quoted("10s"))
	d.offer(lena)
	rested := func(p *watching) {
		t.Helper()
		p.line(0, "watching INBOX")
		p.line(0, "watching Sent")
		until(t, "a pass", func() bool { return strings.Contains(d.run("status").out, "pass       last completed") })
	}
	p := d.start()
	rested(p)
	until(t, "a draft", func() bool { return len(d.drafts(lena)) == 1 })
	before := p.resident()
	chance := rand.New(rand.NewPCG(50, 50))
	for i := range rounds {
		server.Set(roughWeather(chance))
		if i%3 == 0 {
			server.Hangup()
		}
		said := len(p.said())
		d.configure("cadence.drafts_per_day", strconv.Itoa(10+i)) // all is built anew, and no rest is waited out
		p.line(said, "configuration in force")
		<-time.After(300 * time.Millisecond)
	}
	server.Arrive()
	server.Heal()
	said := len(p.said())
	d.configure("imap.poll", quoted("1h")) // a pass under way has goroutines of its own
	p.line(said, "watching INBOX")
	p.line(said, "watching Sent")
	d.offer(ben)
	until(t, "another draft", func() bool { return len(d.drafts(ben)) == 1 })
	until(t, "a rest", func() bool { return strings.Contains(d.run("status").out, "2 drafted") })
	until(t, "the memory given back", func() bool { return p.resident() < before+mostMore })
	after := p.goroutines()
	fresh := d.start()
	rested(fresh)
	d.offer(cleo)
	until(t, "a rest after some work", func() bool { return strings.Contains(d.run("status").out, "3 drafted") })
	if base := fresh.goroutines(); after > base {
		t.Errorf("%d goroutines after the weather, %d in a fresh daemon", after, base)
	}
	d.calm(3)
	d.oneEach(lena, ben, cleo)
}

func TestFault_35_Floods(t *testing.T) {
	t.Parallel()
	// flooded gives the most memory that the daemon takes until it has drafted twice, with the faults on up to the first draft.
	flooded := func(t *testing.T, f faultserver.Faults) int64 {
		d, server := onFaultServer(t, faultserver.Options{Faults: f})
		d.offer(lena)
		p := d.start()
		until(t, "a draft", func() bool { return len(d.drafts(lena)) == 1 })
		until(t, "an IDLE", func() bool { return server.Count("IDLE") > 0 })
		server.Heal()
		d.offer(ben)
		until(t, "another draft", func() bool { return len(d.drafts(ben)) == 1 })
		return p.peak()
	}
	base := flooded(t, faultserver.Faults{})
	bomb := faultserver.Bombs()
	for name, f := range map[string]faultserver.Faults{
		"100,000 EXISTS in IDLE": {Bombs: map[string]faultserver.Bomb{"IDLE": bomb["exists flood"].Bomb}},
		"1 M FETCH in IDLE":      {Bombs: map[string]faultserver.Bomb{"IDLE": bomb["idle fetch flood"].Bomb}},
		"2 M hits, ESEARCH":      {Search: faultserver.SearchFloods},
		"2 M hits, plain SEARCH": {Search: faultserver.SearchFloods, Without: []string{"ESEARCH"}},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			took := flooded(t, f)
			t.Attr("measured", fmt.Sprintf("%s: %+d MiB", name, (took-base)/mib))
			if took > base+memoryAllowance {
				t.Errorf("%d MiB at the peak, %d without a flood", took/mib, base/mib)
			}
		})
	}
}

func TestFault_36_OddNamesAndUnknownAnswers(t *testing.T) {
	t.Parallel()
	bomb := faultserver.Bombs()["unknown untagged"]
	for name, f := range map[string]faultserver.Faults{
		"odd names":        {List: faultserver.OddNames()},
		"unknown untagged": {Bombs: map[string]faultserver.Bomb{bomb.At: bomb.Bomb, "LIST": bomb.Bomb, "LOGIN": bomb.Bomb}},
		"unknown tag":      {UnknownTag: true},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			d, server := onFaultServer(t, faultserver.Options{})
			d.offer(lena)
			before := tree(t, d.dir)
			server.Set(f)
			o := d.run("once")
			t.Logf("status %d: %s", o.status, o.err)
			if name != "unknown tag" && o.status != 0 {
				t.Error("the pass fails")
			}
			server.Heal()
			d.calm(1)
			d.oneEach(lena)
			for _, file := range tree(t, d.dir) {
				if !slices.Contains(before, file) && !strings.HasPrefix(file, "state") {
					t.Errorf("%s was written", file)
				}
			}
		})
	}
}

// tree lists what lies under a folder.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, _ fs.DirEntry, err error) error {
		all = append(all, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestFault_45_LanguageModelFails(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"down": nil,
		"5xx": func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "overloaded", http.StatusServiceUnavailable)
		},
		"empty": func(w http.ResponseWriter, _ *http.Request) {},
		"HTML":  func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html><body>Login</body></html>") },
		"endless": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write([]byte(strings.Repeat(" ", 64<<10))); err != nil {
					return
				}
			}
		},
		"slow": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, // which ends once the body is read
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				_, _ = io.Copy(io.Discard, r.Body)
				answer(w, r)
			}))
			t.Cleanup(func() {
				endpoint.CloseClientConnections()
				endpoint.Close()
			})
			if answer == nil {
				endpoint.Close()
			}
			d, _ := onFaultServer(t, faultserver.Options{})
			d.offer(lena)
			d.configure("content.writer", quoted("llm"), "llm.base_url", quoted(endpoint.URL+"/v1"), "llm.model", quoted("stub"))
			if name == "slow" {
				d.configure("llm.timeout", quoted("2s"))
			}
			o := d.run("once")
			if o.status != 0 {
				t.Errorf("status %d: %s", o.status, o.err)
			}
			if answer != nil && asked.Load() == 0 {
				t.Error("the model was not asked")
			}
			d.oneEach(lena)
		})
	}
}

func TestFault_48_NewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	d, server := onFaultServer(t, faultserver.Options{})
	d.offer(lena)
	d.mustRun("once")
	raise(t, filepath.Join(d.state(), "state.db"))
	before := len(server.Commands())
	d.run("once").says(t, 1, "state.db", "newer")
	if n := len(server.Commands()); n != before {
		t.Errorf("%d commands to the server with a state it must not use", n-before)
	}
	d.oneEach(lena)
}

// failingSync is a library laid under the program whose fsync and fdatasync fail while a file exists.
const failingSync = `
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
static int failing(void) { const char *f = getenv("FAILING_SYNC"); return f && access(f, F_OK) == 0; }
int fsync(int fd) { if (failing()) { errno = EIO; return -1; } return syscall(SYS_fsync, fd); }
int fdatasync(int fd) { if (failing()) { errno = EIO; return -1; } return syscall(SYS_fdatasync, fd); }
`

func TestFault_24_FsyncFails(t *testing.T) {
	t.Parallel()
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("needs a C compiler")
	}
	dir := t.TempDir()
	library := filepath.Join(dir, "sync.so")
	if err := os.WriteFile(filepath.Join(dir, "sync.c"), []byte(failingSync), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(cc, "-shared", "-fPIC", "-o", library, filepath.Join(dir, "sync.c")).CombinedOutput(); err != nil {
		t.Skipf("cannot build a library to lay under the program: %v\n%s", err, out)
	}
	for name, when := range map[string]string{"before the intent": "", "after the APPEND": "APPEND"} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			d, server := onFaultServer(t, faultserver.Options{})
			broken := filepath.Join(d.dir, "broken")
			d.env = []string{"LD_PRELOAD=" + library, "FAILING_SYNC=" + broken}
			d.mustRun("once")
			d.offer(lena)
			fail := func() {
				if err := os.WriteFile(broken, nil, 0o600); err != nil {
					t.Error(err)
				}
			}
			if when == "" {
				fail()
			}
			server.OnEach(func(c faultserver.Command) {
				if c.Name == when {
					fail()
				}
			})
			o := d.run("once")
			holds(t, o.err, "followupd: ", d.state())
			if o.status != 1 {
				t.Errorf("status %d", o.status)
			}
			if n := server.Count("APPEND"); when == "" && n != 0 {
				t.Errorf("%d APPENDs without a durable intent", n)
			}
			server.OnEach(nil)
			if err := os.Remove(broken); err != nil {
				t.Fatal(err)
			}
			d.calm(1)
			d.oneEach(lena)
		})
	}
}
