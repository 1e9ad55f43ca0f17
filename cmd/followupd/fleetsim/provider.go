package fleetsim

import (
	"errors"
	"math/rand/v2"
	"time"
)

// Provider is a mail provider.
type Provider struct {
	Name   string
	Share  float64 // of all mailboxes
	Notify bool    // one watching connection hears of INBOX and Sent
}

// provider is one at work.
type provider struct {
	Provider
	*clock
	dice   *rand.Rand
	tally  *tally
	most   int // logins a second that it takes while it throttles; 0: it does not
	second time.Duration
	taken  int
	boxes  []*box
}

var errThrottled = errors.New("the provider asks for patience")

// How long things take at a provider.
const (
	dialing  = 250 * time.Millisecond // connecting, TLS and the login
	reading  = 200 * time.Millisecond // what a pass asks of the mailbox
	drafting = 900 * time.Millisecond // what a draft asks: the last check, APPEND, and two looks
	lifetime = 6 * time.Hour          // of a connection, in the mean
)

// login says whether the provider lets one in.
func (p *provider) login() error {
	p.tally.logins.add(p.now, 1)
	if p.most == 0 {
		return nil
	}
	if s := p.now / time.Second; s != p.second {
		p.second, p.taken = s, 0
	}
	if p.taken >= p.most {
		return errThrottled
	}
	p.taken++
	return nil
}

// drop ends a share of the connections.
func (p *provider) drop(share float64) {
	for _, b := range p.boxes {
		if c := b.claim; c != nil && p.dice.Float64() < share {
			c.dropped()
		}
	}
}
