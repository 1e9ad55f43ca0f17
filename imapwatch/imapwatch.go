// Package imapwatch is the mailbox: connecting and logging in, finding the folders, reading what is new at the cost of
// what changed, watching, and laying drafts down. It reports what is there; it concludes nothing.
//
// It guarantees that reading sets no flag, that no command waits for ever, and that at most one message is removed at a
// time, by UID, after its content was checked. It does not guarantee that an APPEND without an answer has not happened:
// callers look (Look) before they try again.
package imapwatch

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"followupd/mail"
)

// Config is how to reach one mailbox.
type Config struct {
	Host     string
	Port     int
	Security string // "tls", "starttls", "none" (loopback only)
	CAFile   string // extra trust root, PEM
	Username string
	// Password gives the secret, read afresh at each login. Never logged.
	Password func(ctx context.Context) (string, error)
	// Token says that the secret is an access token of OAuth2 (RFC 6749), not a password.
	Token bool
	// Rejected is told of a secret that the server refused. Nil: nobody is told.
	Rejected func(secret string)

	// Folders named by the config; empty: found.
	Inbox, Sent, Drafts string
	Also                []string       // nil: \All, \Archive, \Junk
	Me                  []mail.Address // to confirm a guessed Sent folder

	Steering Steering // what the rep may say by folders and tags; the zero value is nothing

	Poll      time.Duration // safety poll; default 5 min
	IdleRound time.Duration // an IDLE is renewed after it; default and most 9 min
	Limit     time.Duration // of a command; default 60 s (APPEND: twice that)
	Log       *slog.Logger
	Now       func() time.Time

	Turnstile *Turnstile // shared by the mailboxes of a process; nil: none
	// Waits is called where reading has to wait for its turn for more than a second, as most of a thousand mailboxes do that begin
	// at once: what is held open for the reading may be closed meanwhile. Nil: nobody is told.
	Waits   func()
	Traffic *Traffic // counts what goes over the connections; nil: one of the Mailbox's own
}

// Defaults of Config.
const (
	defaultPoll      = 5 * time.Minute
	defaultIdleRound = 9 * time.Minute
	defaultLimit     = 60 * time.Second
)

// Mailbox is one account. It owns at most four connections: a worker for reading, a watcher for INBOX and, where the server
// has no NOTIFY, one for Sent, and for the moment of an APPEND one more. Its methods other than Watch and Close are for one goroutine.
type Mailbox struct {
	cfg    Config
	dial   func(ctx context.Context, network, address string) (net.Conn, error)
	jitter func() float64 // in [0, 1)

	worker   *conn
	workedAt time.Time // when the worker was last used
	leftAt   time.Time // when the worker, or one beside it, was last closed

	alone    bool // the server has no room for an APPEND beside the worker
	auth     *credentials
	workPace *pace       // of the worker
	pace     *pace       // of the watchers, who share it
	squeeze  *squeeze    // how many watchers the server has room for
	suspect  atomic.Bool // the worker's connection may have died unnoticed

	drafts, trash string // their names, "" until Folders found them
	few           bool   // the account has few folders

	steering map[string]string // the folders of gestures that are there, by gesture
	untagged map[string]uint64 // HIGHESTMODSEQ of folders when they held no tag

	sure map[string]string // why a guessed Sent folder is believed, by name

	life    sync.Mutex      // of ctx and watches
	ctx     context.Context // the Mailbox's own lifetime
	end     context.CancelCauseFunc
	watches sync.WaitGroup
}

// New prepares a mailbox; it connects at the first use, and again after every loss.
func New(cfg Config) *Mailbox {
	if cfg.Poll <= 0 {
		cfg.Poll = defaultPoll
	}
	if cfg.IdleRound <= 0 || cfg.IdleRound > defaultIdleRound {
		cfg.IdleRound = defaultIdleRound
	}
	if cfg.Limit <= 0 {
		cfg.Limit = defaultLimit
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Traffic == nil {
		cfg.Traffic = new(Traffic)
	}
	m := &Mailbox{cfg: cfg, dial: new(net.Dialer).DialContext, jitter: rand.Float64, auth: newCredentials(), squeeze: newSqueeze()}
	chance := func() float64 { return m.jitter() }
	m.pace, m.workPace = newPace(chance), newPace(chance)
	m.ctx, m.end = context.WithCancelCause(context.Background())
	return m
}

// Commands is how many IMAP commands its Traffic has counted.
func (m *Mailbox) Commands() int64 { return m.cfg.Traffic.commands.Load() }

// Close logs out and waits for every goroutine.
func (m *Mailbox) Close() error {
	if m.ctx.Err() == nil && m.worker != nil {
		m.worker.logout(context.WithoutCancel(m.ctx))
		m.worker = nil
	}
	m.life.Lock()
	m.end(ErrClosed)
	m.life.Unlock()
	m.watches.Wait()
	return nil
}

// idleWorker is how long the worker's connection is trusted unused. Home routers forget a silent connection after some
// minutes, and a command sent into one costs a whole time limit.
const idleWorker = 9 * time.Minute

// work gives the worker's connection, opened if there is none. fresh says that it was opened just now.
func (m *Mailbox) work(ctx context.Context) (k *conn, fresh bool, err error) {
	if m.ctx.Err() != nil {
		return nil, false, ErrClosed
	}
	if m.worker != nil && (m.suspect.Swap(false) || time.Since(m.workedAt) > idleWorker) {
		m.dropWorker()
	}
	if m.worker != nil && m.worker.alive() {
		m.workedAt = time.Now()
		return m.worker, false, nil
	}
	m.dropWorker()
	if err := m.workPace.hold(ctx); err != nil {
		return nil, false, err
	}
	k, err = m.reopen(ctx)
	return k, true, err
}

// dropWorker closes the worker's connection without ceremony and lets the pace know how it fared.
func (m *Mailbox) dropWorker() {
	if m.worker == nil {
		return
	}
	if !m.worker.alive() {
		m.workPace.ended(time.Since(m.worker.born), m.worker.reason())
	}
	m.worker.close()
	m.worker, m.leftAt = nil, time.Now()
}

// reading runs f, which only reads, on the worker's connection. Where that connection turns out to have died since its
// last use, f is run once more on a new one.
func (m *Mailbox) reading(ctx context.Context, f func(k *conn) error) error {
	k, fresh, err := m.work(ctx)
	if err != nil {
		return err
	}
	err = f(k)
	m.workedAt = time.Now()
	var lost *LostError
	if err == nil || fresh || ctx.Err() != nil || k.alive() || !errors.As(err, &lost) {
		return err
	}
	m.cfg.Log.Info("connection was stale", "why", err)
	if k, err = m.reopen(ctx); err != nil {
		return err
	}
	err = f(k)
	m.workedAt = time.Now()
	return err
}

// reopen replaces a dead worker at once, whatever the pace says: its callers bound how often.
func (m *Mailbox) reopen(ctx context.Context) (*conn, error) {
	m.dropWorker()
	k, err := m.openFirst(ctx)
	if err != nil {
		var login *LoginError
		if !errors.As(err, &login) { // credentials have a pace of their own, which new ones end
			m.workPace.failed(err)
		}
		return nil, err
	}
	m.worker, m.workedAt = k, time.Now()
	return k, nil
}
