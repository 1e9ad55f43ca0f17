package imapwatch

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"sync"
	"time"

	"followupd/imapwatch/pacing"
)

// WaitError says that the server is left alone until a time, because of what happened before.
type WaitError struct {
	Until time.Time
	Err   error // what happened before
}

// Error names the time and the reason.
func (e *WaitError) Error() string {
	return fmt.Sprintf("not before %s: %v", e.Until.Format(time.TimeOnly), e.Err)
}

// Unwrap gives what happened before.
func (e *WaitError) Unwrap() error { return e.Err }

// RetryAt is when the server is asked again.
func (e *WaitError) RetryAt() time.Time { return e.Until }

// pace is a pacing.Pace by the machine's clock, for several goroutines.
type pace struct {
	mu   sync.Mutex
	pure pacing.Pace
}

func newPace(jitter func() float64) *pace {
	return &pace{pure: pacing.Pace{First: pacing.FirstDelay, Jitter: jitter}}
}

// failed notes an attempt that came to nothing. One that was not made, to leave the server alone, is none.
func (p *pace) failed(err error) {
	var (
		busy *BusyError
		wait *WaitError
	)
	if errors.As(err, &wait) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.pure.Failed(now, err)
	if errors.As(err, &busy) {
		p.pure.Rest(now, busy.Wait, err)
	}
}

// ended notes a connection that was logged in and ended after it had lived for age.
func (p *pace) ended(age time.Duration, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pure.Ended(time.Now(), age, err)
}

// rest puts the next attempt off by at least d.
func (p *pace) rest(d time.Duration, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pure.Rest(time.Now(), d, err)
}

// hurry allows one attempt at once: the machine woke up, or the network may be another one.
func (p *pace) hurry() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pure.Hurry()
}

// next gives when the next attempt may be made, and why not before.
func (p *pace) next() (time.Time, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pure.Next()
}

// hold waits out a short delay, and reports a long one as *WaitError.
func (p *pace) hold(ctx context.Context) error {
	at, why := p.next()
	d := time.Until(at)
	if d > pacing.Patience {
		return &WaitError{Until: at, Err: why}
	}
	return sleep(ctx, d)
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// loginRest is how long refused credentials are left alone, whichever connection it is that wants them: accounts are locked
// for less.
const loginRest = 15 * time.Minute

// credentials lets one connection find out whether the server takes a secret while the others wait, and remembers a refusal,
// so that it is not asked again for loginRest. Another secret is tried at once. Secrets are kept as hashes.
type credentials struct {
	mu     sync.Mutex
	seed   maphash.Seed
	secret uint64        // the one asked about last
	proven bool          // the server took it
	last   *LoginError   // its refusal; nil none
	until  time.Time     // when the refused one may be tried again
	asking chan struct{} // closed when the connection that asks has its answer; nil none asks
}

func newCredentials() *credentials { return &credentials{seed: maphash.MakeSeed()} }

// refusal gives what the server said of secret where it is not to be asked again yet, else nil.
func (c *credentials) refusal(secret string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.standing(maphash.String(c.seed, secret))
}

// standing is refusal, under the lock.
func (c *credentials) standing(hash uint64) error {
	if c.last == nil || c.secret != hash || !time.Now().Before(c.until) {
		return nil
	}
	last := *c.last
	last.Retry = c.until
	return &last
}

// turn waits until the server may be asked with secret: at once where it has taken it before, else when no other connection
// asks. done, to be called in any case, ends the turn. Errors: the refusal that another connection met, or ctx's end.
func (c *credentials) turn(ctx context.Context, secret string) (done func(), err error) {
	hash := maphash.String(c.seed, secret)
	for {
		c.mu.Lock()
		if c.proven && c.secret == hash {
			c.mu.Unlock()
			return func() {}, nil
		}
		if err := c.standing(hash); err != nil {
			c.mu.Unlock()
			return nil, err
		}
		others := c.asking
		if others == nil {
			mine := make(chan struct{})
			c.asking = mine
			c.mu.Unlock()
			return func() {
				c.mu.Lock()
				defer c.mu.Unlock()
				c.asking = nil
				close(mine)
			}, nil
		}
		c.mu.Unlock()
		select {
		case <-others:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// refused notes that the server refused secret, and gives err with the time of the next try. An access token is another
// one once its source has heard of the refusal, so after the first in a row no time is named: the next token need not wait.
func (c *credentials) refused(secret string, err *LoginError) *LoginError {
	c.mu.Lock()
	defer c.mu.Unlock()
	first := c.last == nil
	c.secret, c.proven, c.last = maphash.String(c.seed, secret), false, err
	c.until = time.Now().Add(loginRest)
	if !err.Token || !first {
		err.Retry = c.until
	}
	return err
}

// accepted forgets all refusals.
func (c *credentials) accepted(secret string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.secret, c.proven, c.last = maphash.String(c.seed, secret), true, nil
}
