package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"followupd/tracker/postgres/share"
)

// The application_name (pg_stat_activity) of sessions that hold mailboxes. Of a worker's it tells the others how many, too:
// "followupd worker 500". It costs no lock and no write, ends with the session, and all can be read together in 0.4 ms.
const (
	workerName  = "followupd worker"
	leavingName = "followupd leaving"
	onceName    = "followupd once"
)

const (
	beat   = share.Beat
	answer = share.Answer
)

// session is a connection that holds locks: as long as it lives, they are held. The server ends it when its process dies,
// and, by idle_session_timeout, when it has said nothing for a while: that is how the server knows a process that is frozen
// from one that is not, by its own clock and without anything being written.
type session struct {
	db   *Database
	conn *pgx.Conn
	pid  uint32
	told string // the application_name

	mu    sync.Mutex
	heard map[int32]bool // mailboxes that the rep said something of
}

func (d *Database) newSession(ctx context.Context, name string) (*session, error) {
	s := &session{db: d, told: name, heard: make(map[int32]bool)}
	cfg := d.session.Copy()
	cfg.RuntimeParams["application_name"] = name
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

// tell lets the others know how many mailboxes the session holds.
func (s *session) tell(holds int, leaving bool) error {
	name := workerName
	if leaving {
		name = leavingName
	}
	name = fmt.Sprintf("%s %d", name, holds)
	if name == s.told {
		return nil
	}
	err := s.do(func(ctx context.Context) error {
		_, err := s.conn.Exec(ctx, `SELECT set_config('application_name', $1, false)`, name)
		return err
	})
	if err == nil {
		s.told = name
	}
	return err
}

// crew gives the workers in order. It is cheap, and asked every beat: that keeps the session alive.
func (s *session) crew() (members []share.Member, err error) {
	err = s.do(func(ctx context.Context) error {
		rows, err := s.conn.Query(ctx, `SELECT pid, application_name FROM pg_stat_activity
			WHERE (starts_with(application_name, $1) OR starts_with(application_name, $2)) AND datname = current_database()`, workerName, leavingName)
		if err != nil {
			return err
		}
		members, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (share.Member, error) {
			var pid int32
			var name string
			err := row.Scan(&pid, &name)
			return member(uint32(pid), name), err
		})
		return err
	})
	slices.SortFunc(members, func(a, b share.Member) int { return cmp.Compare(a.PID, b.PID) })
	return members, err
}

// member reads what a session's name tells.
func member(pid uint32, name string) share.Member {
	m := share.Member{PID: pid, Holds: share.Unsaid, Leaving: strings.HasPrefix(name, leavingName)}
	if at := strings.LastIndexByte(name, ' '); at >= 0 {
		if n, err := strconv.Atoi(name[at+1:]); err == nil && n >= 0 {
			m.Holds = n
		}
	}
	return m
}

// locks are the locks of followupd in this database.
const locks = `pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2
	AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`

// errCrowded says that others were looking, or the server was busy, for too long.
var errCrowded = errors.New("the server has no time for a look at the locks")

// look gives what the locks say of the fleet. With many mailboxes that is much, so it is asked only when something may have
// changed, and by few at a time: errCrowded where that takes too long.
func (s *session) look() (share.Sight, error) {
	is := share.Sight{Me: s.pid, Holder: make(map[int32]uint32)}
	err := s.do(func(ctx context.Context) error {
		// What is sent together is one transaction, at whose end the turn is over.
		var both pgx.Batch
		both.Queue(`SELECT set_config('statement_timeout', $1, true)`, milliseconds(share.LookLimit))
		both.Queue(`SELECT pg_advisory_xact_lock($1, $2)`, lockLook, int32(s.pid%share.Looks))
		// A row a holder, not a mailbox: 50,000 rows would take the client as long to read as the server to give.
		both.Queue(`SELECT classid::bigint, pid, array_agg(objid::bigint::integer) FROM `+locks+` AND classid IN ($1, $2) GROUP BY classid, pid`,
			uint32(lockWorker), uint32(lockMailbox))
		answers := s.conn.SendBatch(ctx, &both)
		defer answers.Close()
		for range 2 {
			if _, err := answers.Exec(); err != nil {
				return err
			}
		}
		rows, err := answers.Query()
		if err != nil {
			return err
		}
		var class int64
		var pid int32
		var objects []int32
		_, err = pgx.ForEachRow(rows, []any{&class, &pid, &objects}, func() error {
			if class == lockWorker {
				is.Workers = append(is.Workers, uint32(pid))
				return nil
			}
			for _, id := range objects {
				is.Holder[id] = uint32(pid)
			}
			return nil
		})
		if err != nil {
			return err
		}
		return answers.Close()
	})
	if said := new(pgconn.PgError); errors.As(err, &said) && (said.Code == lockNotAvailable || said.Code == queryCanceled) {
		return is, errCrowded
	}
	return is, err
}

// The SQLSTATE of a lock that could not be had within lock_timeout, and of a statement that took longer than
// statement_timeout (PostgreSQL 15 manual, appendix A).
const (
	lockNotAvailable = "55P03"
	queryCanceled    = "57014"
)

// taken is a mailbox that the session has the lock of now.
type taken struct {
	id      int32
	epoch   int64
	address string // as the table has it
}

// take takes as many of these mailboxes as are free, in this order and at most so many, and gives the epoch of each. The
// session that holds the lock raises the epoch itself: one that is gone can do neither. A mailbox whose row somebody is
// writing just then is left for the next time. errRenumbered says that there is no such mailbox.
func (s *session) take(ids []int32, most int) (all []taken, err error) {
	if len(ids) == 0 || most <= 0 {
		return nil, nil
	}
	err = s.do(func(ctx context.Context) error {
		// Rows are tried one by one until LIMIT has enough: nothing between may want them all.
		rows, err := s.conn.Query(ctx, `SELECT id FROM unnest($2::integer[]) id WHERE pg_try_advisory_lock($1, id) LIMIT $3`, lockMailbox, ids, most)
		if err != nil {
			return err
		}
		got, err := pgx.CollectRows(rows, pgx.RowTo[int32])
		if err != nil || len(got) == 0 {
			return err
		}
		rows, err = s.conn.Query(ctx, `UPDATE mailbox SET epoch = epoch + 1 WHERE id IN
			(SELECT id FROM mailbox WHERE id = ANY($1) FOR NO KEY UPDATE SKIP LOCKED) RETURNING id, epoch, address`, got)
		if err != nil {
			return err
		}
		all, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (t taken, err error) {
			err = row.Scan(&t.id, &t.epoch, &t.address)
			return t, err
		})
		if err != nil {
			return err
		}
		busy := slices.DeleteFunc(got, func(id int32) bool {
			return slices.ContainsFunc(all, func(t taken) bool { return t.id == id })
		})
		if err := s.known(ctx, busy); err != nil {
			return err
		}
		return s.unlock(ctx, busy)
	})
	return all, err
}

// known fails with errRenumbered where there is no row for one of these mailboxes.
func (s *session) known(ctx context.Context, ids []int32) error {
	if len(ids) == 0 {
		return nil
	}
	var n int
	if err := s.conn.QueryRow(ctx, `SELECT count(*) FROM mailbox WHERE id = ANY($1)`, ids).Scan(&n); err != nil {
		return err
	}
	if n < len(ids) {
		return errRenumbered
	}
	return nil
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
