package imapwatch

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"sync"
	"time"
)

// How long connecting is put off after a failure. A connection that was logged in and then died young weighs double: a
// server that lets in and drops sees at most six logins in ten minutes from the watchers, and six from the worker.
const (
	firstDelay = time.Second
	mostDelay  = 5 * time.Minute
	grownUp    = time.Minute      // a connection that lived this long was a good one
	patience   = 10 * time.Second // the longest delay that the worker waits out instead of reporting it
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

// pace says when the next connection may be tried: at once at first, then after delays that double up to five minutes,
// with up to a quarter more by chance so that many mailboxes do not come at once. Only a connection that lived a minute
// starts it over.
type pace struct {
	jitter func() float64

	mu        sync.Mutex
	steps     int // doublings of firstDelay, one more than that; 0 no failure
	notBefore time.Time
	why       error
}

// failed notes an attempt that came to nothing.
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
	p.step(1, err)
	if errors.As(err, &busy) {
		p.atLeast(time.Now().Add(busy.Wait))
	}
}

// ended notes a connection that was logged in and ended after it had lived for age.
func (p *pace) ended(age time.Duration, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if age >= grownUp {
		p.steps = 0
		p.step(1, err)
		return
	}
	p.step(2, err)
}

// rest puts the next attempt off by at least d.
func (p *pace) rest(d time.Duration, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.why = err
	p.atLeast(time.Now().Add(d))
}

// hurry allows one attempt at once: the machine woke up, or the network may be another one.
func (p *pace) hurry() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notBefore = time.Time{}
}

func (p *pace) step(n int, err error) {
	if p.steps > 0 || n == 1 {
		p.steps += n
	} else {
		p.steps = 1
	}
	p.steps = min(p.steps, 20)
	delay := min(firstDelay<<(p.steps-1), mostDelay)
	delay += time.Duration(p.jitter() * float64(delay) / 4)
	p.why = err
	p.atLeast(time.Now().Add(delay))
}

func (p *pace) atLeast(t time.Time) {
	if t.After(p.notBefore) {
		p.notBefore = t
	}
}

// next gives when the next attempt may be made, and why not before.
func (p *pace) next() (time.Time, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.notBefore, p.why
}

// hold waits out a short delay, and reports a long one as *WaitError.
func (p *pace) hold(ctx context.Context) error {
	at, why := p.next()
	d := time.Until(at)
	if d > patience {
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

// Wrong credentials are tried three times and then left alone for a quarter of an hour, whichever connection it is that
// wants them: accounts are locked for less.
const (
	loginTries = 3
	loginRest  = 15 * time.Minute
)

// credentials remembers which secret the server refused, as a hash, so that a new one is tried at once.
type credentials struct {
	mu     sync.Mutex
	seed   maphash.Seed
	secret uint64
	tries  int
	last   *LoginError
	asking bool // refused credentials are being tried again
}

func newCredentials() *credentials { return &credentials{seed: maphash.MakeSeed()} }

// allowed says whether the server may be asked with secret now: nil, or what it said the last time. Credentials that
// were refused are tried by one connection at a time; done says that the try is over.
func (c *credentials) allowed(secret string) (done func(), err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last == nil || c.secret != maphash.String(c.seed, secret) {
		return func() {}, nil
	}
	if c.asking || time.Now().Before(c.last.Retry) {
		return nil, c.last
	}
	c.asking = true
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.asking = false
	}, nil
}

// refused notes that the server refused secret, and gives err with the time of the next try.
func (c *credentials) refused(secret string, err *LoginError) *LoginError {
	c.mu.Lock()
	defer c.mu.Unlock()
	hash := maphash.String(c.seed, secret)
	if c.secret != hash {
		c.tries = 0
	}
	c.tries++
	c.secret, c.last = hash, err
	if c.tries >= loginTries {
		err.Retry = time.Now().Add(loginRest)
	}
	return err
}

// accepted forgets all refusals.
func (c *credentials) accepted() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tries, c.last = 0, nil
}
