package fleetsim

import (
	"time"

	"followupd/agent"
	"followupd/imapwatch/pacing"
)

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
