// Package pacing says when a server may be asked again: after failures, and when many mailboxes want in at once. It is pure:
// the time comes in, so that a simulation runs the same code as the mailbox.
package pacing

import (
	"hash/fnv"
	"time"
)

// How long connecting is put off after a failure: with up to a quarter more by chance, from five seconds to ten minutes. A
// connection that was logged in and then died young weighs double: a server that lets in and drops sees at most six logins in
// ten minutes from the watchers, and six from the worker.
const (
	FirstDelay = 5 * time.Second
	mostDelay  = 8 * time.Minute
	grownUp    = time.Minute // a connection that lived this long was a good one
)

// Patience is the longest delay that reading waits out instead of reporting it. BusyWait is how long a server is left alone
// that asks for patience and names no time.
const (
	Patience = 10 * time.Second
	BusyWait = 5 * time.Minute
)

// Pace says when the next connection may be tried: at once at first, then after delays that double up to mostDelay, with up
// to a quarter more by chance so that many mailboxes do not come at once. Only a connection that lived a minute starts it over.
// It is for one goroutine.
type Pace struct {
	First  time.Duration  // the delay after one failure
	Jitter func() float64 // in [0, 1)

	steps     int // doublings of First, one more than that; 0 no failure
	notBefore time.Time
	why       error
}

// Failed notes an attempt that came to nothing.
func (p *Pace) Failed(now time.Time, err error) { p.step(now, 1, err) }

// Ended notes a connection that was logged in and ended after it had lived for age.
func (p *Pace) Ended(now time.Time, age time.Duration, err error) {
	if age >= grownUp {
		p.steps = 0
		p.step(now, 1, err)
		return
	}
	p.step(now, 2, err)
}

// Rest puts the next attempt off by at least d.
func (p *Pace) Rest(now time.Time, d time.Duration, err error) {
	p.why = err
	p.atLeast(now.Add(d))
}

// Hurry allows one attempt at once: the machine woke up, or the network may be another one.
func (p *Pace) Hurry() { p.notBefore = time.Time{} }

// Next gives when the next attempt may be made, and why not before.
func (p *Pace) Next() (time.Time, error) { return p.notBefore, p.why }

func (p *Pace) step(now time.Time, n int, err error) {
	if p.steps > 0 || n == 1 {
		p.steps += n
	} else {
		p.steps = 1
	}
	p.steps = min(p.steps, 20)
	delay := min(p.First<<(p.steps-1), mostDelay)
	delay += time.Duration(p.Jitter() * float64(delay) / 4)
	p.why = err
	p.atLeast(now.Add(delay))
}

func (p *Pace) atLeast(t time.Time) {
	if t.After(p.notBefore) {
		p.notBefore = t
	}
}

// loginsEach is the least time between two logins of one process: ten a second.
const loginsEach = 100 * time.Millisecond

// Queue lets the logins of many mailboxes through one after the other, ten a second, so that a server that comes back is not
// met by all of them at once. The zero value is ready.
type Queue struct{ next time.Time }

// Turn gives when somebody who comes now may log in: in the order of arrival, at once where nobody came shortly before.
func (q *Queue) Turn(now time.Time) time.Time {
	turn := q.next
	if turn.Before(now) {
		turn = now
	}
	q.next = turn.Add(loginsEach)
	return turn
}

// Phase gives when, within an interval, somebody of that name does what all do once in each: names spread evenly over it, so
// that those who began together do not go on together. It is more than zero and at most the interval.
func Phase(name string, every time.Duration) time.Duration {
	h := fnv.New32a()
	h.Write([]byte(name))
	// FNV's upper bits hardly differ where only the last letter does: the product mixes all of them (Fibonacci hashing).
	mixed := h.Sum32() * 2654435769
	return time.Duration(float64(every) * (float64(mixed) + 1) / (1 << 32))
}
