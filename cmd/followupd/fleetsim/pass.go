package fleetsim

import (
	"slices"
	"time"

	"followupd/agent"
	"followupd/imapwatch/pacing"
	"followupd/tracker"
)

// poll is how often a mailbox is read without any event (imap.poll's default).
const poll = 5 * time.Minute

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
	over := !c.w.open(c.w.now)
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
	c.w.tally.drafts = append(c.w.tally.drafts, draft{t.due, c.w.now})
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
