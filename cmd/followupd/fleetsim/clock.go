package fleetsim

import "time"

// clock is the simulation's time, since midnight, and what is to happen when. What falls on one moment happens in the order
// in which it was asked for, so that a run depends on its seed alone.
type clock struct {
	now   time.Duration
	seq   uint64
	queue []event // a binary heap, the soonest first
}

type event struct {
	at  time.Duration
	seq uint64
	do  func()
}

func (c *clock) after(d time.Duration, do func()) { c.at(c.now+max(d, 0), do) }

func (c *clock) at(t time.Duration, do func()) {
	c.seq++
	c.queue = append(c.queue, event{max(t, c.now), c.seq, do})
	for i := len(c.queue) - 1; i > 0; {
		up := (i - 1) / 2
		if !c.sooner(i, up) {
			break
		}
		c.queue[i], c.queue[up] = c.queue[up], c.queue[i]
		i = up
	}
}

func (c *clock) sooner(i, j int) bool {
	a, b := &c.queue[i], &c.queue[j]
	return a.at < b.at || a.at == b.at && a.seq < b.seq
}

// run lets everything happen up to a time.
func (c *clock) run(until time.Duration) {
	for len(c.queue) > 0 && c.queue[0].at <= until {
		next := c.queue[0]
		last := len(c.queue) - 1
		c.queue[0] = c.queue[last]
		c.queue[last] = event{}
		c.queue = c.queue[:last]
		for i := 0; ; {
			down := 2*i + 1
			if down+1 < last && c.sooner(down+1, down) {
				down++
			}
			if down >= last || !c.sooner(down, i) {
				break
			}
			c.queue[i], c.queue[down] = c.queue[down], c.queue[i]
			i = down
		}
		c.now = next.at
		next.do()
	}
	c.now = until
}
