package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"followupd/imapwatch/imaptest"
)

// calm runs `once`, as cron would, until a pass ends well and so many drafts lie there and nothing is left open.
func (d *desk) calm(drafts int) {
	d.t.Helper()
	var o outcome
	for range 6 {
		if o = d.run("once"); o.status == 0 && strings.Contains(o.out, fmt.Sprintf(" %d drafted, 0 due,", drafts)) {
			return
		}
	}
	d.t.Fatalf("not %d drafts after six more passes, the last of which says:\n%s%s", drafts, o.out, o.err)
}

// oneEach checks that exactly one draft lies in Drafts for each of them, and nothing else.
func (d *desk) oneEach(people ...string) {
	d.t.Helper()
	lies := make(map[string]int)
	for _, m := range d.mailbox.Read("Drafts") {
		lies[header(m.Raw, "To")]++
	}
	want := make(map[string]int)
	for _, p := range people {
		want["<"+p+">"] = 1
	}
	if diff := cmp.Diff(want, lies); diff != "" {
		d.t.Errorf("drafts by recipient (-want +got):\n%s", diff)
	}
}

// killed runs `once` and kills it when the fault's moment has come, or after a while.
func (d *desk) killed(f *fault, after time.Duration) {
	d.t.Helper()
	cmd := d.command(context.Background(), "once")
	started := make(chan struct{})
	f.act = func() {
		<-started
		_ = cmd.Process.Kill() // an error where it has just ended
	}
	d.configure("imap.port", strconv.Itoa(f.listen(d.t, d.mailbox).Port))
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	close(started)
	late := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	_ = cmd.Wait() // killed, or not
}

// Three threads are due, so that most of a pass is laying drafts. Most moments are told by what crosses the wire and not by
// the clock, which on a busy machine would kill most passes before their first draft.
func TestFault_10_KilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	evenly, random := 32, 12
	if os.Getenv(wholeRun) == "full" {
		evenly, random = 100, 50
	}
	people := []string{lena, ben, cleo}
	server := imaptest.Dovecot(t)
	fresh := func(t *testing.T) *desk {
		d := newDesk(t, server.User(t))
		for _, p := range people {
			d.offer(p)
		}
		return d
	}
	whole, all := fresh(t), &fault{when: atLine}
	whole.configure("imap.port", strconv.Itoa(all.listen(t, whole.mailbox).Port))
	start := time.Now()
	whole.mustRun("once")
	took := time.Since(start)
	whole.oneEach(people...)

	var mu sync.Mutex
	kills := make([]int, len(people)+1) // by how many drafts lay there
	t.Run("moments", func(t *testing.T) {
		for i := range evenly + random {
			f, after := &fault{when: atLine, line: 1 + all.lines*i/evenly}, longEnough
			name := fmt.Sprintf("at_line_%d_of_%d", f.line, all.lines)
			if i >= evenly {
				f.line, after = 0, time.Duration(rand.Int64N(int64(2*took)))
				name = "after_" + after.Round(time.Millisecond).String()
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				d := fresh(t)
				d.killed(f, after)
				mu.Lock()
				kills[min(len(d.mailbox.Read("Drafts")), len(people))]++
				mu.Unlock()
				d.calm(len(people))
				d.oneEach(people...)
			})
		}
	})
	t.Logf("a pass takes %d lines; kills by how many drafts lay there: %v", all.lines, kills)
	for lay, n := range kills {
		if n == 0 {
			t.Errorf("no pass was killed when %d drafts lay there: the moments show too little", lay)
		}
	}
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
	answerHeld                   // nor did anything after it, though the connection stands
	afterAnswer                  // it did
	refused                      // every APPEND gets the fault's own answer and none reaches the server
	atLine                       // so many lines crossed the wire, in both directions
)

var moments = map[moment]string{
	beforeCommand: "before the command", atContinuation: "at the continuation", midLiteral: "mid literal", lastByte: "before the last byte",
	beforeBreak: "before the final line break", afterBreak: "after the final line break", answerLost: "answer lost", afterAnswer: "after the answer",
}

// fault is what a proxy does: it cuts a connection once: in the first APPEND that passes through it or a later one, or after so many lines.
type fault struct {
	when   moment
	line   int    // for atLine; 0 never
	nth    int    // of the APPENDs, for what happens in one; 0 the first
	answer string // for refused, after the tag
	act    func() // what happens beside the cut; nil: nothing

	mu    sync.Mutex
	fired bool
	lines int // that crossed
	tries int // APPENDs
	wrong []string
}

// never are the commands that the program has no need of: they remove what it did not write.
var never = regexp.MustCompile(`^\S+ (EXPUNGE|CLOSE|DELETE|RENAME|STORE)\b`)

// says takes note of a line of the program's.
func (f *fault) says(line string) {
	if never.MatchString(line) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.wrong = append(f.wrong, strings.TrimSpace(line))
	}
}

// fire says, once, that the moment has come.
func (f *fault) fire() bool {
	f.mu.Lock()
	if f.when != atLine && f.tries < f.nth {
		f.mu.Unlock()
		return false
	}
	first := !f.fired
	f.fired = true
	f.mu.Unlock()
	if first && f.act != nil {
		f.act()
	}
	return first
}

// crosses counts a line that is about to cross; it says whether the link is to be cut instead.
func (f *fault) crosses() bool {
	f.mu.Lock()
	f.lines++
	now := f.when == atLine && f.lines == f.line
	f.mu.Unlock()
	return now && f.fire()
}

func (f *fault) tried() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tries++
}

func (f *fault) appends() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.tries
}

func (f *fault) done() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fired
}

// listen starts the proxy and gives the account through it.
func (f *fault) listen(t *testing.T, a imaptest.Account) imaptest.Account {
	t.Helper()
	t.Cleanup(func() { // after the proxy's own
		for _, line := range f.wrong {
			t.Errorf("on the wire: %s", line)
		}
	})
	return imaptest.Tap{Step: f.step}.Listen(t, a)
}

// places are where on the wire a moment is; those of an answer are at its tagged line.
var places = map[moment]imaptest.Moment{
	beforeCommand: imaptest.AtCommand, atContinuation: imaptest.AtAnswer, midLiteral: imaptest.AtMiddle, lastByte: imaptest.AtLastByte,
	beforeBreak: imaptest.AtLiteral, afterBreak: imaptest.AtSaid, answerLost: imaptest.AtAnswer, answerHeld: imaptest.AtAnswer, afterAnswer: imaptest.AtAnswered,
}

func (f *fault) step(s imaptest.Step) imaptest.Verdict {
	switch s.At {
	case imaptest.AtCommand, imaptest.AtRest, imaptest.AtAnswer:
		if f.crosses() {
			return imaptest.Verdict{Cut: true}
		}
	}
	if s.At == imaptest.AtCommand {
		f.says(s.Line)
	}
	if s.Name != "APPEND" {
		return imaptest.Verdict{}
	}
	if s.At == imaptest.AtCommand {
		f.tried()
		if f.when == refused {
			return imaptest.Verdict{Answer: s.Tag + " " + f.answer}
		}
	}
	place, inAppend := places[f.when]
	continuation := s.Tag == "" // only a continuation has none
	if !inAppend || s.At != place || continuation != (f.when == atContinuation) || !f.fire() {
		return imaptest.Verdict{}
	}
	return imaptest.Verdict{Cut: f.when != answerHeld, Mute: f.when == answerHeld}
}

func TestFault_11_CutInAnAppendOnDovecot(t *testing.T) {
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
			d.calm(1)
			d.mustRun("once")
			d.oneEach(lena)
		})
	}
}

// The program dies in the APPEND of the first, the second, … the twentieth draft of a pass. Here each of some drafts dies at one
// moment, in the whole run each of all at every moment.
func TestFault_01_EachOfTheFirstTwenty(t *testing.T) {
	t.Parallel()
	const threads = 20
	whole := os.Getenv(wholeRun) == "full"
	server := imaptest.Dovecot(t)
	for when, name := range moments {
		for nth := 1; nth <= threads; nth++ {
			if !whole && nth != 1+5*int(when)%threads {
				continue
			}
			t.Run(fmt.Sprintf("%02d_%s", nth, strings.ReplaceAll(name, " ", "_")), func(t *testing.T) {
				t.Parallel()
				due := threads
				if !whole {
					due = nth + 1 // one is yet to come
				}
				s := newStorm(t, due, 0, due, 0, server.User(t), 1)
				s.write(due)
				d, f := s.desks[0], &fault{when: when, nth: nth}
				d.killed(f, 4*longEnough)
				if !f.done() {
					t.Fatalf("no %d APPENDs came by", nth)
				}
				d.configure("imap.port", strconv.Itoa(d.mailbox.Port))
				until(t, "a pass that leaves nothing due", func() bool { return strings.Contains(d.run("once").out, " 0 due,") })
				s.counted(d.threads())
			})
		}
	}
}

func TestFault_01_KilledInAnAppend(t *testing.T) {
	t.Parallel()
	server := imaptest.Dovecot(t)
	for when, name := range moments {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, server.User(t))
			d.offer(lena)
			f := &fault{when: when}
			d.killed(f, longEnough)
			if !f.done() {
				t.Fatal("no APPEND came by")
			}
			d.calm(1)
			d.mustRun("once")
			d.oneEach(lena)
		})
	}
}
