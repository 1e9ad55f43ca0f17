package imapwatch

import (
	"context"
	"errors"
	"sync"
	"time"
)

// watchersWanted is how many connections watch: INBOX and Sent.
const watchersWanted = 2

// squeezeRest is how long a connection that the server had no room for is not asked for again.
const squeezeRest = 15 * time.Minute

// squeeze is how many watchers the server has room for. Reading and drafting come first: where the server says that the
// account has too many connections (Gmail 15, Dovecot 10, some far less), watchers step down one by one, and
// the safety poll does their work.
type squeeze struct {
	mu      sync.Mutex
	room    int // watchers allowed
	live    int // watchers connected or connecting: the server may count them before we do
	until   time.Time
	changed chan struct{} // closed when room shrinks or live falls
}

func newSqueeze() *squeeze {
	return &squeeze{room: watchersWanted, changed: make(chan struct{})}
}

func (s *squeeze) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// shrink takes the place of the last watcher that is connected or connecting, and the places that are not taken; it says
// whether one has to step down.
func (s *squeeze) shrink() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.relax()
	s.until = time.Now().Add(squeezeRest)
	stepsDown := s.live > 0 && s.room > 0
	s.room = max(0, min(s.room, s.live)-1)
	s.tell()
	return stepsDown
}

// enough notes that there is no room for more watchers than are connected.
func (s *squeeze) enough() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until = time.Now().Add(squeezeRest)
	s.room = min(s.room, s.live)
	s.tell()
}

// relax gives all places back once the rest is over.
func (s *squeeze) relax() {
	if s.room < watchersWanted && !time.Now().Before(s.until) {
		s.room = watchersWanted
	}
}

// allows says whether watcher number i (0 INBOX, 1 Sent) has a place; if not, until when; and gives the channel that
// is closed when that may have changed.
func (s *squeeze) allows(i int) (ok bool, until time.Time, changed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.relax()
	return i < s.room, s.until, s.changed
}

// entered and left count the watchers that are connected or connecting.
func (s *squeeze) entered() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live++
}

func (s *squeeze) left() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live--
	s.tell()
}

// settle waits until there are no more watchers than have a place.
func (s *squeeze) settle(ctx context.Context) error {
	for {
		s.mu.Lock()
		over, changed := s.live > s.room, s.changed
		s.mu.Unlock()
		if !over {
			return context.Cause(ctx)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// A server needs a moment to count a connection out that has just been closed (Dovecot's anvil is told by message).
const (
	countedOut = 200 * time.Millisecond
	countTries = 5
)

// openFirst opens a connection that matters more than watching: where the server has no room, watchers give up their
// places for it.
func (m *Mailbox) openFirst(ctx context.Context) (*conn, error) {
	k, err := m.open(ctx, nil)
	if isFull(err) && time.Since(m.leftAt) < countTries*countedOut { // perhaps it still counts one of ours
		k, err = m.openSoon(ctx, err)
	}
	for isFull(err) {
		stepped := m.squeeze.shrink()
		if stepped {
			m.cfg.Log.Warn("too many connections, a watcher steps down", "why", err)
			if err := m.squeeze.settle(ctx); err != nil {
				return nil, err
			}
		}
		if k, err = m.openSoon(ctx, err); !stepped {
			break
		}
	}
	return k, err
}

// openSoon opens a connection as soon as the server has counted out one that was just closed. full is what the server
// said before.
func (m *Mailbox) openSoon(ctx context.Context, full error) (*conn, error) {
	for range countTries {
		if err := sleep(ctx, countedOut); err != nil {
			return nil, err
		}
		k, err := m.open(ctx, nil)
		if !isFull(err) {
			return k, err
		}
		full = err
	}
	return nil, full
}

// openBeside opens a connection beside the worker's; where there is no room for both, the worker's is closed first.
func (m *Mailbox) openBeside(ctx context.Context) (*conn, error) {
	if m.alone && m.worker != nil {
		m.leave(ctx, m.worker)
		m.worker = nil
	}
	if m.worker == nil {
		return m.openFirst(ctx)
	}
	k, err := m.open(ctx, nil)
	if !isFull(err) {
		return k, err
	}
	m.cfg.Log.Warn("too many connections, drafts are laid down instead of reading", "why", err)
	m.alone = true
	m.leave(ctx, m.worker)
	m.worker = nil
	if k, err = m.openSoon(ctx, err); !isFull(err) {
		return k, err
	}
	return m.openFirst(ctx)
}

// leave ends a connection that matters more than watching.
func (m *Mailbox) leave(ctx context.Context, k *conn) {
	k.logout(ctx)
	m.leftAt = time.Now()
}

// isFull says that a server has no room for one more connection.
func isFull(err error) bool {
	var busy *BusyError
	return errors.As(err, &busy) && busy.Limit
}
