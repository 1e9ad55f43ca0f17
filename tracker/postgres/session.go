package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// workerName is the application_name of sessions that hold mailboxes (pg_stat_activity).
const workerName = "followupd worker"

// Beat and answer keep a worker ahead of the server: a session that answered at some moment is asked again after a beat, and
// given up where it does not answer in time, before the server gives it up for having said nothing (fallen) and lets
// others have its mailboxes. So a worker that is cut off stops before another begins.
const (
	beat   = time.Second
	answer = 3 * time.Second // beat + answer < fallen
)

// session is a connection that holds locks: as long as it lives, they are held. The server ends it when its process dies,
// and, by idle_session_timeout, when it has said nothing for a while: that is how the server knows a process that is frozen
// from one that is not, by its own clock and without anything being written.
type session struct {
	db   *Database
	conn *pgx.Conn
	pid  uint32

	mu    sync.Mutex
	heard map[int32]bool // mailboxes that the rep said something of
}

func (d *Database) newSession(ctx context.Context) (*session, error) {
	s := &session{db: d, heard: make(map[int32]bool)}
	cfg := d.session.Copy()
	cfg.OnNotification = func(_ *pgconn.PgConn, n *pgconn.Notification) {
		var id int32
		if _, err := fmt.Sscan(n.Payload, &id); err == nil {
			s.heard[id] = true
		}
	}
	ctx, cancel := context.WithTimeout(ctx, fallen)
	defer cancel()
	var err error
	if s.conn, err = pgx.ConnectConfig(ctx, cfg); err != nil {
		return nil, err
	}
	s.pid = s.conn.PgConn().PID()
	return s, nil
}

// do asks the server something. An answer that does not come in time ends the connection.
func (s *session) do(ask func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), answer)
	defer cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	err := ask(ctx)
	var said *pgconn.PgError
	if err != nil && (s.conn.IsClosed() || !errors.As(err, &said)) {
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
	return err
}

// close ends the session, and with it all its locks.
func (s *session) close() {
	ctx, cancel := context.WithTimeout(context.Background(), answer)
	defer cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.conn.Close(ctx) // the server notices in any case
}

// join makes the session a worker's, and lets it hear of words.
func (s *session) join() error {
	return s.do(func(ctx context.Context) error {
		if _, err := s.conn.Exec(ctx, `LISTEN `+spoken); err != nil {
			return err
		}
		_, err := s.conn.Exec(ctx, `SELECT pg_advisory_lock_shared($1, 0)`, lockWorker)
		return err
	})
}

// part makes it no worker's any more: the others share out without it. It still holds the mailboxes it has.
func (s *session) part() error {
	return s.do(func(ctx context.Context) error {
		_, err := s.conn.Exec(ctx, `SELECT pg_advisory_unlock_shared($1, 0)`, lockWorker)
		return err
	})
}

// crew gives the sessions of workers, in order. It is cheap, and asked every beat: that keeps the session alive.
func (s *session) crew() (pids []uint32, err error) {
	err = s.do(func(ctx context.Context) error {
		rows, err := s.conn.Query(ctx, `SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()`, workerName)
		if err != nil {
			return err
		}
		pids, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (pid uint32, err error) {
			var n int32
			err = row.Scan(&n)
			return uint32(n), err
		})
		return err
	})
	slices.Sort(pids)
	return pids, err
}

// locks are the locks of followupd in this database.
const locks = `pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2
	AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`

// look gives what the locks say of the fleet. With many mailboxes that is much, so it is asked only when something may have
// changed.
func (s *session) look() (sight, error) {
	is := sight{me: s.pid, holder: make(map[int32]uint32)}
	err := s.do(func(ctx context.Context) error {
		rows, err := s.conn.Query(ctx, `SELECT classid::bigint, objid::bigint, pid FROM `+locks+` AND classid IN ($1, $2)`, uint32(lockWorker), uint32(lockMailbox))
		if err != nil {
			return err
		}
		var class, object int64
		var pid int32
		_, err = pgx.ForEachRow(rows, []any{&class, &object, &pid}, func() error {
			if class == lockWorker {
				is.workers = append(is.workers, uint32(pid))
			} else {
				is.holder[int32(object)] = uint32(pid)
			}
			return nil
		})
		return err
	})
	return is, err
}

// take takes as many of these mailboxes as are free and gives the epoch of each. The session that holds the lock raises the
// epoch itself: one that is gone can do neither. A mailbox whose row somebody is writing just then is left for the next time.
func (s *session) take(ids []int32) (epochs map[int32]int64, err error) {
	epochs = make(map[int32]int64)
	if len(ids) == 0 {
		return epochs, nil
	}
	err = s.do(func(ctx context.Context) error {
		rows, err := s.conn.Query(ctx, `SELECT id FROM unnest($2::integer[]) id WHERE pg_try_advisory_lock($1, id)`, lockMailbox, ids)
		if err != nil {
			return err
		}
		got, err := pgx.CollectRows(rows, pgx.RowTo[int32])
		if err != nil || len(got) == 0 {
			return err
		}
		rows, err = s.conn.Query(ctx, `UPDATE mailbox SET epoch = epoch + 1 WHERE id IN
			(SELECT id FROM mailbox WHERE id = ANY($1) FOR NO KEY UPDATE SKIP LOCKED) RETURNING id, epoch`, got)
		if err != nil {
			return err
		}
		var id int32
		var epoch int64
		if _, err := pgx.ForEachRow(rows, []any{&id, &epoch}, func() error {
			epochs[id] = epoch
			return nil
		}); err != nil {
			return err
		}
		busy := slices.DeleteFunc(got, func(id int32) bool { _, ok := epochs[id]; return ok })
		return s.unlock(ctx, busy)
	})
	return epochs, err
}

// leave gives mailboxes back.
func (s *session) leave(ids ...int32) error {
	return s.do(func(ctx context.Context) error { return s.unlock(ctx, ids) })
}

func (s *session) unlock(ctx context.Context, ids []int32) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := s.conn.Exec(ctx, `SELECT pg_advisory_unlock($1, id) FROM unnest($2::integer[]) id`, lockMailbox, ids)
	return err
}

// spokenOf gives the mailboxes that the rep said something of since it was asked last.
func (s *session) spokenOf() []int32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []int32
	for id := range s.heard {
		ids = append(ids, id)
	}
	clear(s.heard)
	return ids
}
