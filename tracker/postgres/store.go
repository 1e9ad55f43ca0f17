package postgres

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"followupd/tracker"
)

// Store is the facts of one mailbox. It is safe for several goroutines.
type Store struct {
	pool   *pgxpool.Pool
	id     int32
	epoch  int64         // of the worker's lock; 0: this is no worker's, and its writes are not fenced
	fenced func()        // called when a write finds that another worker has the mailbox; nil: nobody wants to know
	loads  chan struct{} // held while all messages are read, by few mailboxes of a worker at a time; nil: it is no worker's
	closed atomic.Bool
}

var _ tracker.Store = (*Store)(nil)

// Again gives the same store anew, for a worker that closed it.
func (s *Store) Again() *Store {
	return &Store{pool: s.pool, id: s.id, epoch: s.epoch, fenced: s.fenced, loads: s.loads}
}

// Close ends the use of the store; its database stays open.
func (s *Store) Close() error {
	s.closed.Store(true)
	return nil
}

// lasting says whether a commit is on the server's disk when it returns (synchronous_commit), whatever the server's own
// setting: a draft must be, what was read of a mailbox can be read again.
type lasting string

const (
	durable lasting = "on"
	quick   lasting = "off"
)

// write does one transaction that holds the mailbox's row: writers of one mailbox take turns, and a worker whose mailbox
// went to another is refused before it writes anything.
func (s *Store) write(ctx context.Context, l lasting, do func(tx pgx.Tx) error) error {
	if s.closed.Load() {
		return ErrClosed
	}
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var epoch int64
		var is string
		err := tx.QueryRow(ctx, `SELECT epoch, set_config('synchronous_commit', $2, true) FROM mailbox WHERE id = $1 FOR NO KEY UPDATE`,
			s.id, string(l)).Scan(&epoch, &is)
		if err != nil {
			return err
		}
		if err := s.mine(epoch); err != nil {
			return err
		}
		return do(tx)
	})
}

// mine refuses where another worker has taken the mailbox.
func (s *Store) mine(epoch int64) error {
	if s.epoch == 0 || epoch == s.epoch {
		return nil
	}
	if s.fenced != nil {
		s.fenced()
	}
	return ErrFenced
}

// Holds says whether the mailbox is still this worker's, as the database knows it; the error is ErrFenced where it is not.
// It is asked before anything is done that the database cannot take back.
func (s *Store) Holds(ctx context.Context) error {
	var epoch int64
	if err := s.pool.QueryRow(ctx, `SELECT epoch FROM mailbox WHERE id = $1`, s.id).Scan(&epoch); err != nil {
		return err
	}
	return s.mine(epoch)
}

// read does one transaction that sees one state of the mailbox throughout and hinders nobody.
func (s *Store) read(ctx context.Context, do func(tx pgx.Tx) error) error {
	if s.closed.Load() {
		return ErrClosed
	}
	return pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, do)
}

// milli gives a time as it is stored: unix milliseconds, 0 for the zero time.
func milli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// moment gives a stored time back, in UTC.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
