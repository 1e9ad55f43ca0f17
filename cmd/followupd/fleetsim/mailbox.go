package fleetsim

import (
	"fmt"
	"math"
	"slices"
	"time"

	"followupd/agent"
	"followupd/imapwatch/pacing"
	"followupd/mail"
	"followupd/tracker"
)

// box is a mailbox as its provider has it, with the threads that come due on the day.
type box struct {
	id       int32
	at       *provider
	messages int
	due      []thread // the soonest first
	epoch    int64
	claim    *claim
	arrival  time.Duration // of the next mail
}

// thread is one that comes due.
type thread struct {
	standing tracker.Standing
	due      time.Duration // when its draft may be there: the window's end, or when working hours begin after it
	placed   bool
	over     time.Duration // when a pass first found it due, and the hours over; 0: none did
	full     bool          // a pass found it due, and the day's number of drafts written
	passed   bool          // a pass found it due and nothing that spoke against it, and left it
}

// missed says that the draft was not laid when it should have been and is not the next day's. It is the next day's where the day's
// number was written, or where the hours ended before anybody who was on time could lay it: a pass reads the mailbox before it
// decides, so that a window which closes in the last moments of the hours is judged after them. Who comes later than that
// finds the hours over, too, but has missed it.
func (t *thread) missed() bool {
	tomorrow := t.full || t.over > 0 && t.over-t.due <= onTime
	return t.passed || !t.placed && !tomorrow
}

// claim is a mailbox that a worker works.
type claim struct {
	*box
	w       *worker
	epoch   int64
	ended   bool // nothing is done any more
	leaving bool // it was told to end
	passing bool
	again   bool // something happened while it passed
	mail    bool // new mail is there
	loaded  bool
	fails   int
	plan    int           // raised with each plan of the next pass
	judged  time.Duration // when the last pass decided

	work, watch *pacing.Pace
	reader      link
	watchers    [2]link // INBOX and Sent
}

// link is a connection to the provider.
type link struct {
	up    bool
	born  time.Duration
	dies  time.Duration
	times int // raised when it ends
}

func newClaim(w *worker, b *box) *claim {
	c := &claim{box: b, w: w, epoch: b.epoch}
	c.work = &pacing.Pace{First: pacing.FirstDelay, Jitter: w.dice.Float64}
	c.watch = &pacing.Pace{First: pacing.FirstDelay, Jitter: w.dice.Float64}
	return c
}

func (c *claim) start() {
	c.watchOn(0)
	c.pass()
	c.expect()
}

// end tells it to end: at once where it rests, else when what is done to the mailbox is finished, or its time is over.
func (c *claim) end() {
	c.leaving = true
	if !c.passing {
		c.finish()
		return
	}
	c.w.after(agent.Grace, func() {
		if !c.ended {
			c.finish()
		}
	})
}

func (c *claim) finish() {
	c.vanish()
	delete(c.w.claims, c.id)
	if by, ok := c.w.db.holder[c.id]; ok && by == c.w.pid {
		c.w.db.free(c.id)
	}
}

// vanish ends it without a word.
func (c *claim) vanish() {
	c.ended = true
	c.reader.up, c.watchers[0].up, c.watchers[1].up = false, false, false
}

// open makes a connection in its turn; done is told how that went.
func (c *claim) open(l *link, done func(err error)) {
	turn := c.w.logins.Turn(c.w.day.Add(c.w.now)).Sub(c.w.day)
	c.w.at(turn, func() {
		if c.ended {
			return
		}
		err := c.at.login()
		c.w.after(dialing, func() {
			if c.ended {
				return
			}
			if err == nil {
				l.up, l.born, l.dies = true, c.w.now, c.w.now+c.lives()
				l.times++
			}
			done(err)
		})
	})
}

// lives gives how long a connection lives.
func (c *claim) lives() time.Duration {
	return time.Duration(c.w.dice.ExpFloat64() * float64(lifetime))
}

// watchOn keeps a watching connection up, after the rests of imapwatch.
func (c *claim) watchOn(i int) {
	at, _ := c.watch.Next()
	wait := time.Duration(0)
	if !at.IsZero() {
		wait = at.Sub(c.w.day) - c.w.now
	}
	if wait > 0 {
		c.w.after(wait, func() {
			if !c.ended {
				c.watchOn(i)
			}
		})
		return
	}
	l := &c.watchers[i]
	c.open(l, func(err error) {
		if err != nil {
			now := c.w.day.Add(c.w.now)
			c.watch.Failed(now, err)
			c.watch.Rest(now, pacing.BusyWait, err)
			c.watchOn(i)
			return
		}
		c.poke()
		times := l.times
		c.w.at(l.dies, func() {
			if l.times == times && l.up && !c.ended {
				c.cut(i)
			}
		})
		if i == 0 && !c.at.Notify && !c.watchers[1].up {
			c.watchOn(1)
		}
	})
}

// cut ends a watching connection.
func (c *claim) cut(i int) {
	l := &c.watchers[i]
	l.up = false
	l.times++
	c.watch.Ended(c.w.day.Add(c.w.now), c.w.now-l.born, errThrottled)
	c.watchOn(i)
}

// dropped has the provider end all connections.
func (c *claim) dropped() {
	c.reader.up = false
	for i := range c.watchers {
		if c.watchers[i].up && !c.ended {
			c.cut(i)
		}
	}
}

// expect lets mail arrive.
func (c *claim) expect() {
	if c.arrival <= c.w.now {
		c.arrival = c.w.nextMail(c.w.now)
	}
	at := c.arrival
	c.w.at(at, func() {
		if c.ended || c.arrival != at {
			return
		}
		c.arrival = c.w.nextMail(c.w.now)
		c.mail = true
		if c.watchers[0].up {
			c.poke()
		}
		c.expect()
	})
}

func (c *claim) poke() {
	if c.passing {
		c.again = true
		return
	}
	c.pass()
}

// pass reads, decides and drafts.
func (c *claim) pass() {
	if c.ended || c.passing {
		return
	}
	c.plan++
	c.passing, c.again = true, false
	if c.loaded {
		c.connect()
		return
	}
	load := time.Duration(float64(c.w.costs.Load) * float64(c.messages) / 1000)
	c.w.load(Cost{load, c.w.costs.LoadedBy, 0}, c.going(func(ok bool) {
		if !ok {
			c.failed(0)
			return
		}
		c.loaded = true
		c.connect()
	}))
}

// going gives what is done next, unless the mailbox was left meanwhile.
func (c *claim) going(next func(ok bool)) func(ok bool) {
	return func(ok bool) {
		switch {
		case c.ended:
		case c.leaving:
			c.finish()
		default:
			next(ok)
		}
	}
}

func (c *claim) connect() {
	if c.reader.up && c.w.now > c.reader.dies {
		c.reader.up = false
	}
	if c.reader.up {
		c.read()
		return
	}
	at, _ := c.work.Next()
	if !at.IsZero() {
		if wait := at.Sub(c.w.day) - c.w.now; wait > pacing.Patience {
			c.failed(wait)
			return
		} else if wait > 0 {
			c.w.after(wait, func() { c.going(func(bool) { c.connect() })(true) })
			return
		}
	}
	c.open(&c.reader, func(err error) {
		if err != nil {
			now := c.w.day.Add(c.w.now)
			c.work.Failed(now, err)
			c.work.Rest(now, pacing.BusyWait, err)
			if c.leaving {
				c.finish()
				return
			}
			c.failed(pacing.BusyWait)
			return
		}
		c.going(func(bool) { c.read() })(true)
	})
}

// failed ends a pass that came to nothing; named is the rest that the provider asks for, 0 for none.
func (c *claim) failed(named time.Duration) {
	c.fails++
	c.passing = false
	rest := agent.BackoffBy(c.fails, c.w.dice.Float64())
	if named > 0 {
		rest = named
	}
	c.next(c.w.now + rest)
}

func (c *claim) next(at time.Duration) {
	c.plan++
	plan := c.plan
	c.w.at(at, func() {
		if c.plan == plan && !c.ended {
			c.pass()
		}
	})
}

func (c *claim) read() {
	cost := c.w.costs.Pass
	if c.mail {
		cost.Processor += c.w.costs.Mail.Processor
		cost.Transactions += c.w.costs.Mail.Transactions
		cost.Rows += c.w.costs.Mail.Rows
		c.mail = false
	}
	c.w.after(reading, func() {
		c.going(func(bool) {
			c.w.query(cost, c.going(func(ok bool) {
				if !ok {
					c.failed(0)
					return
				}
				c.draft(c.agenda())
			}))
		})(true)
	})
}

// agenda gives what is to be drafted now, by the code that the daemon asks.
func (c *claim) agenda() []tracker.ThreadID {
	c.judged = c.w.now
	now := c.w.day.Add(c.w.now)
	var all []tracker.Standing
	facts := tracker.Facts{ReadAt: now}
	for i := range c.due {
		t := &c.due[i]
		switch {
		case t.placed:
			facts.Drafts = append(facts.Drafts, tracker.Draft{Thread: t.standing.Thread, State: tracker.DraftPlaced, Created: now})
		case !t.standing.Next.At.After(now):
			all = append(all, t.standing)
		}
	}
	if len(all) == 0 {
		return nil
	}
	due, _ := tracker.Agenda(all, facts, c.w.policy, now, false)
	ids := make([]tracker.ThreadID, 0, len(due))
	for _, st := range due {
		ids = append(ids, st.Thread)
	}
	c.waits(ids, len(facts.Drafts)+len(ids) >= c.w.policy.DraftsADay)
	return ids
}

// waits notes why those threads that are due and not among the picked ones wait, or that nothing says why.
func (c *claim) waits(picked []tracker.ThreadID, full bool) {
	now := c.w.day.Add(c.w.now)
	over := c.w.policy.Calendar.NextOpen(now).After(now)
	for i := range c.due {
		t := &c.due[i]
		if t.placed || t.standing.Next.At.After(now) || slices.Contains(picked, t.standing.Thread) {
			continue
		}
		switch {
		case over && t.over == 0:
			t.over = c.w.now
		case over:
		case full:
			t.full = true
		default:
			t.passed = true
		}
	}
}

// draft lays drafts down one after the other. Each asks before whether the mailbox is still this worker's.
func (c *claim) draft(ids []tracker.ThreadID) {
	if len(ids) == 0 {
		c.rest()
		return
	}
	c.w.after(drafting, func() {
		c.going(func(bool) {
			c.w.query(c.w.costs.Draft, c.going(func(ok bool) {
				if !ok {
					c.failed(0)
					return
				}
				c.lay(ids[0])
				c.draft(ids[1:])
			}))
		})(true)
	})
}

func (c *claim) lay(id tracker.ThreadID) {
	if c.box.epoch != c.epoch {
		c.w.tally.fenced++
		return
	}
	i := slices.IndexFunc(c.due, func(t thread) bool { return t.standing.Thread == id })
	t := &c.due[i]
	if t.placed {
		c.w.tally.twice++
		return
	}
	t.placed = true
	c.w.tally.drafts = append(c.w.tally.drafts, Draft{t.due, c.w.now})
}

// rest plans the next pass: when something comes due, when working hours begin for what is due, and after the poll.
func (c *claim) rest() {
	c.passing, c.fails = false, 0
	if c.again {
		c.pass()
		return
	}
	now := c.w.day.Add(c.judged) // a moment that came while it drafted is one to come: it is due at once
	next := c.w.now + poll
	for i := range c.due {
		t := &c.due[i]
		at := t.standing.Next.At
		if t.placed {
			continue
		}
		if !at.After(now) {
			at = c.w.policy.Calendar.NextOpen(now)
		}
		if at.After(now) {
			next = min(next, at.Sub(c.w.day))
		}
	}
	c.next(next)
}

// fill makes the mailbox's day: threads whose silence began some working days ago, at the hours at which reps write.
func (b *box) fill(w *world) {
	n := poisson(w.dice.Float64, w.SilencesAWeek)
	for i := range n {
		wrote := w.day.AddDate(0, 0, -7+w.dice.IntN(7)).Add(w.hour())
		at := w.policy.Calendar.Add(wrote, w.policy.Cadence.FollowUpAfter[0], nil)
		due := w.policy.Calendar.NextOpen(at).Sub(w.day)
		if due < w.From || due >= w.To {
			continue // another day's
		}
		st := tracker.Standing{
			Thread: tracker.ThreadID(fmt.Sprintf("%d-%d", b.id, i)), State: tracker.Due, LastOutbound: wrote,
			Next:      &tracker.Next{Action: tracker.FollowUp, Step: 1, At: at},
			Prospects: []mail.Person{{Address: mail.Address(fmt.Sprintf("p%d@prospect%d.example", i, i))}},
		}
		b.due = append(b.due, thread{standing: st, due: max(due, w.From)})
	}
}

// poisson gives a number with a mean.
func poisson(dice func() float64, mean float64) int {
	n, p, end := 0, dice(), math.Exp(-mean)
	for p > end {
		p *= dice()
		n++
	}
	return n
}
