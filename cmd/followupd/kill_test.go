package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
)

// calm runs `once`, as cron would, until a pass ends well and nothing is left open.
func (d *desk) calm() {
	d.t.Helper()
	var o outcome
	for range 6 {
		if o = d.run("once"); o.status == 0 && strings.Contains(o.out, " 1 drafted, 0 due,") {
			return
		}
	}
	d.t.Fatalf("no draft after six more passes, the last of which says:\n%s%s", o.out, o.err)
}

// one checks that exactly one draft lies in Drafts.
func (d *desk) one() {
	d.t.Helper()
	if n := len(d.mailbox.Read("Drafts")); n != 1 {
		d.t.Errorf("%d messages in Drafts, want 1", n)
	}
}

// killed runs `once` and kills it after a while. false: it had ended before.
func (d *desk) killed(after time.Duration) bool {
	d.t.Helper()
	cmd := d.command(context.Background(), "once")
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	kill := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	_ = cmd.Wait() // killed, or not
	return !kill.Stop() && !cmd.ProcessState.Success()
}

// How long a pass takes depends on the machine, so the moments are spread over what a pass took that nobody killed, and
// a little beyond.
func TestOnce_KilledAtAnyMomentLeavesOneDraft(t *testing.T) {
	const evenly, random = 26, 14
	server := imaptest.Dovecot(t)
	fresh := func(t *testing.T) *desk {
		d := newDesk(t, server.User(t))
		d.offer(lena)
		return d
	}
	whole := fresh(t)
	start := time.Now()
	whole.mustRun("once")
	took := time.Since(start)
	whole.one()

	var mu sync.Mutex
	kills := 0
	t.Run("moments", func(t *testing.T) {
		for i := range evenly + random {
			after := took * time.Duration(i) / evenly
			if i >= evenly {
				after = time.Duration(rand.Int64N(int64(took)))
			}
			t.Run(fmt.Sprintf("%02d_after_%s", i, after.Round(time.Millisecond)), func(t *testing.T) {
				t.Parallel()
				d := fresh(t)
				if d.killed(after) {
					mu.Lock()
					kills++
					mu.Unlock()
				}
				d.calm()
				d.one()
			})
		}
	})
	if kills < (evenly+random)/2 {
		t.Errorf("only %d of %d passes were killed before they ended: the test shows too little", kills, evenly+random)
	}
	t.Logf("%d of %d passes were killed; a whole one took %s", kills, evenly+random, took.Round(time.Millisecond))
}

// moment is where in an APPEND something happens.
type moment int

const (
	beforeCommand  moment = iota // nothing of it reached the server
	atContinuation               // the server's "+" did not reach the program
	midLiteral                   // half of the message reached the server
	lastByte                     // all but its last byte
	beforeBreak                  // the message, but not the line break that ends the command
	afterBreak                   // the whole command
	answerLost                   // the server's tagged OK did not reach the program
	afterAnswer                  // it did
)

var moments = map[moment]string{
	beforeCommand: "before the command", atContinuation: "at the continuation", midLiteral: "mid literal", lastByte: "before the last byte",
	beforeBreak: "before the final line break", afterBreak: "after the final line break", answerLost: "answer lost", afterAnswer: "after the answer",
}

// fault is a proxy that does something to the first APPEND that passes through it.
type fault struct {
	when   moment
	server string
	act    func() // what happens beside the cut; nil: nothing

	mu    sync.Mutex
	fired bool
}

// fire says, once, that the moment has come.
func (f *fault) fire() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fired {
		return false
	}
	f.fired = true
	if f.act != nil {
		f.act()
	}
	return true
}

func (f *fault) done() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fired
}

// listen starts the proxy and gives the account through it.
func (f *fault) listen(t *testing.T, a imaptest.Account) imaptest.Account {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f.server = a.Addr()
	var running sync.WaitGroup
	var mu sync.Mutex
	var open []net.Conn
	running.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", f.server)
			if err != nil {
				client.Close()
				continue
			}
			mu.Lock()
			open = append(open, client, server)
			mu.Unlock()
			link := &link{fault: f, client: client, server: server}
			running.Go(link.up)
			running.Go(link.down)
		}
	})
	t.Cleanup(func() {
		listener.Close()
		mu.Lock()
		for _, c := range open {
			c.Close()
		}
		mu.Unlock()
		running.Wait()
	})
	a.Port = listener.Addr().(*net.TCPAddr).Port
	return a
}

// link is one connection through the proxy.
type link struct {
	fault          *fault
	client, server net.Conn

	mu  sync.Mutex
	tag string // of an APPEND under way
}

func (l *link) cut() {
	l.client.Close()
	l.server.Close()
}

func (l *link) appending(tag string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tag = tag
}

func (l *link) appended() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tag
}

var appendLine = regexp.MustCompile(`^(\S+) APPEND .*\{(\d+)\}\r\n$`)

// up takes the program's words to the server.
func (l *link) up() {
	defer l.cut()
	from := bufio.NewReader(l.client)
	for {
		line, err := from.ReadString('\n')
		if err != nil {
			return
		}
		m := appendLine.FindStringSubmatch(line)
		if m == nil {
			if _, err := io.WriteString(l.server, line); err != nil {
				return
			}
			continue
		}
		if l.fault.when == beforeCommand && l.fault.fire() {
			return
		}
		l.appending(m[1])
		if _, err := io.WriteString(l.server, line); err != nil {
			return
		}
		size, err := strconv.ParseInt(m[2], 10, 64)
		if err != nil {
			return
		}
		through := size
		switch {
		case l.fault.when == midLiteral:
			through = size / 2
		case l.fault.when == lastByte:
			through = size - 1
		}
		if _, err := io.CopyN(l.server, from, through); err != nil {
			return
		}
		if (through < size || l.fault.when == beforeBreak) && l.fault.fire() {
			return
		}
		if _, err := io.CopyN(l.server, from, size-through); err != nil {
			return
		}
		if line, err = from.ReadString('\n'); err != nil {
			return
		}
		if _, err := io.WriteString(l.server, line); err != nil {
			return
		}
		if l.fault.when == afterBreak && l.fault.fire() {
			return
		}
	}
}

// down takes the server's words to the program.
func (l *link) down() {
	defer l.cut()
	from := bufio.NewReader(l.server)
	for {
		line, err := from.ReadString('\n')
		if err != nil {
			return
		}
		tag := l.appended()
		if tag != "" && strings.HasPrefix(line, "+") && l.fault.when == atContinuation && l.fault.fire() {
			return
		}
		answer := tag != "" && strings.HasPrefix(line, tag+" ")
		if answer && l.fault.when == answerLost && l.fault.fire() {
			return
		}
		if _, err := io.WriteString(l.client, line); err != nil {
			return
		}
		if answer && l.fault.when == afterAnswer && l.fault.fire() {
			return
		}
	}
}

func TestOnce_CutInAnAppendLeavesOneDraft(t *testing.T) {
	t.Parallel()
	server := imaptest.Dovecot(t)
	for when, name := range moments {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &fault{when: when}
			d := newDesk(t, server.User(t))
			d.configure("imap.port", strconv.Itoa(f.listen(t, d.mailbox).Port))
			d.offer(lena)
			d.run("once") // whether it fails is its own affair: it may have looked again and found
			if !f.done() {
				t.Fatal("no APPEND came by")
			}
			d.calm()
			d.mustRun("once")
			d.one()
		})
	}
}

func TestOnce_KilledInAnAppendLeavesOneDraft(t *testing.T) {
	t.Parallel()
	server := imaptest.Dovecot(t)
	for when, name := range moments {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, server.User(t))
			d.offer(lena)
			cmd := d.command(context.Background(), "once")
			started := make(chan struct{})
			f := &fault{when: when, act: func() {
				<-started
				_ = cmd.Process.Kill()
			}}
			d.configure("imap.port", strconv.Itoa(f.listen(t, d.mailbox).Port))
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			close(started)
			_ = cmd.Wait() // killed
			if !f.done() || cmd.ProcessState.ExitCode() >= 0 {
				t.Fatalf("not killed: %s", cmd.ProcessState)
			}
			d.calm()
			d.mustRun("once")
			d.one()
		})
	}
}
