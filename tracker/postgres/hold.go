package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// ErrHeld says that somebody else works the mailbox.
var ErrHeld = errors.New("another followupd works on this mailbox")

// Hold takes one mailbox for a short pass, waiting for up to wait while somebody else works it (ErrHeld after that). The
// context it gives ends when the mailbox is lost; release gives it back.
func (d *Database) Hold(ctx context.Context, address string, wait time.Duration) (held context.Context, s *Store, release func(), err error) {
	ids, err := d.mailboxes(ctx, d.pool, []string{address})
	if err != nil {
		return nil, nil, nil, fmt.Errorf("take %s: %w", address, err)
	}
	id := ids[key(address)]
	session, err := d.newSession(ctx, onceName)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("take %s: %w", address, err)
	}
	epoch, err := session.await(ctx, id, wait)
	if err != nil {
		session.close()
		return nil, nil, nil, fmt.Errorf("take %s: %w", address, err)
	}
	held, cancel := context.WithCancelCause(ctx)
	var beating sync.WaitGroup
	beating.Go(func() { session.keep(held, cancel) })
	s = &Store{pool: d.pool, id: id, epoch: epoch, fenced: func() { cancel(ErrFenced) }}
	return held, s, func() {
		cancel(nil)
		beating.Wait()
		session.close()
	}, nil
}

// await takes a mailbox as soon as it is free.
func (s *session) await(ctx context.Context, id int32, wait time.Duration) (epoch int64, err error) {
	over := time.NewTimer(wait)
	defer over.Stop()
	again := time.NewTicker(beat / 4)
	defer again.Stop()
	for {
		got, err := s.take([]int32{id}, 1)
		if err != nil {
			return 0, err
		}
		if len(got) > 0 {
			return got[0].epoch, nil
		}
		select {
		case <-again.C:
		case <-over.C:
			return 0, fmt.Errorf("%w; stop it, or let it do the work", ErrHeld)
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// keep asks the session every beat until ctx ends, and says when it is lost.
func (s *session) keep(ctx context.Context, lost context.CancelCauseFunc) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if _, err := s.crew(); err != nil {
				lost(err)
				return
			}
		}
	}
}

// Worked says whether somebody works the mailbox now.
func (d *Database) Worked(ctx context.Context, address string) (worked bool, err error) {
	err = d.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM `+locks+` AND classid = $1 AND objid = (SELECT id FROM mailbox WHERE address = $2)::bigint)`,
		uint32(lockMailbox), key(address)).Scan(&worked)
	if err != nil {
		return false, fmt.Errorf("see who works on %s: %w", address, err)
	}
	return worked, nil
}

// Survey is what is to be known of a database before a fleet is put on it.
type Survey struct {
	Server    string `json:"server"`    // its version
	Schema    int    `json:"schema"`    // 0: none yet
	Mailboxes int    `json:"mailboxes"` // that are known
	Workers   int    `json:"workers"`   // that live
	// Locks is how many locks the server has room for at least (max_locks_per_transaction · max_connections): each mailbox
	// that is worked takes one.
	Locks int `json:"locks"`
}

// Look looks at the database of a URL and changes nothing, not even an older schema.
func Look(ctx context.Context, url string) (s Survey, err error) {
	d, err := open(ctx, url, nil)
	if err != nil {
		return s, fmt.Errorf("open the database of state.url: %w", explain(err))
	}
	defer d.Close()
	err = d.pool.QueryRow(ctx, `SELECT current_setting('server_version'), (SELECT count(*) FROM `+locks+` AND classid = $1),
		current_setting('max_locks_per_transaction')::int * (current_setting('max_connections')::int + current_setting('max_prepared_transactions')::int)`,
		uint32(lockWorker)).Scan(&s.Server, &s.Workers, &s.Locks)
	if err == nil {
		s.Schema, err = schemaVersion(ctx, d.pool)
	}
	if err == nil && s.Schema > len(migrations) {
		err = newer(s.Schema, len(migrations))
	}
	if err == nil && s.Schema > 0 {
		err = d.pool.QueryRow(ctx, `SELECT count(*) FROM mailbox WHERE NOT starts_with(address, $1)`, copyPrefix).Scan(&s.Mailboxes)
	}
	if err != nil {
		return s, fmt.Errorf("look at the database of state.url: %w", explain(err))
	}
	return s, nil
}
