package fleetsim

import (
	"time"

	"followupd/imapwatch/pacing"
)

// link is a connection to the provider.
type link struct {
	up    bool
	born  time.Duration
	dies  time.Duration
	times int // raised when it ends
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
