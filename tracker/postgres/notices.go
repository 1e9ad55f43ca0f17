package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"followupd/tracker"
)

var _ tracker.Outbox = (*Store)(nil)

// Told gives the state of each thread as last put into the outbox.
func (s *Store) Told(ctx context.Context) (states map[tracker.ThreadID]tracker.State, begun bool, err error) {
	states = make(map[tracker.ThreadID]tracker.State)
	err = s.read(ctx, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM webhook WHERE mailbox = $1)`, s.id).Scan(&begun); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT thread, state FROM told WHERE mailbox = $1`, s.id)
		if err != nil {
			return err
		}
		var thread []byte
		var state string
		_, err = pgx.ForEachRow(rows, []any{&thread, &state}, func() error {
			states[tracker.ThreadID(thread)] = tracker.State(state)
			return nil
		})
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("load what the webhook was told: %w", err)
	}
	return states, begun, nil
}

// Tell puts notices into the outbox and notes the states they tell of. Both are on the server's disk when it returns.
func (s *Store) Tell(ctx context.Context, states map[tracker.ThreadID]tracker.State, notices []tracker.Notice) (lost int, err error) {
	err = s.write(ctx, durable, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO webhook (mailbox, unwanted, unwanted_at) VALUES ($1, '', 0) ON CONFLICT DO NOTHING`, s.id); err != nil {
			return err
		}
		var threads [][]byte
		var are []string
		for thread, state := range states {
			threads, are = append(threads, []byte(thread)), append(are, string(state))
		}
		_, err := tx.Exec(ctx, `INSERT INTO told (mailbox, thread, state) SELECT $1, * FROM unnest($2::bytea[], $3::text[])
			ON CONFLICT (mailbox, thread) DO UPDATE SET state = excluded.state`, s.id, threads, are)
		if err != nil {
			return err
		}
		if err := s.putIn(ctx, tx, notices); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `DELETE FROM notice WHERE mailbox = $1 AND seq <=
			(SELECT seq FROM notice WHERE mailbox = $1 ORDER BY seq DESC LIMIT 1 OFFSET $2)`, s.id, tracker.NoticesKept)
		lost = int(tag.RowsAffected())
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("put notices into the outbox: %w", err)
	}
	return lost, nil
}

// putIn appends notices to the outbox, in their order.
func (s *Store) putIn(ctx context.Context, tx pgx.Tx, notices []tracker.Notice) error {
	n := len(notices)
	id, thread, body := make([]string, n), make([][]byte, n), make([][]byte, n)
	at, tries, next := make([]int64, n), make([]int32, n), make([]int64, n)
	for i, one := range notices {
		id[i], thread[i], body[i] = one.ID, []byte(one.Thread), one.Body
		at[i], tries[i], next[i] = milli(one.At), int32(one.Tries), milli(one.Next)
	}
	_, err := tx.Exec(ctx, `INSERT INTO notice (mailbox, id, at, thread, body, tries, next)
		SELECT $1, id, at, thread, body, tries, next
		FROM unnest($2::text[], $3::bigint[], $4::bytea[], $5::bytea[], $6::integer[], $7::bigint[])
		WITH ORDINALITY AS new (id, at, thread, body, tries, next, place) ORDER BY place`, s.id, id, at, thread, body, tries, next)
	return err
}

// NextNotice gives the oldest notice and how many wait. A worker whose mailbox went to another is given none (ErrFenced), so
// that of two who believe it theirs only one tells, in order, from the moment at which the database knows whose it is.
func (s *Store) NextNotice(ctx context.Context) (next *tracker.Notice, waiting int, err error) {
	err = s.read(ctx, func(tx pgx.Tx) error {
		var epoch int64
		err := tx.QueryRow(ctx, `SELECT epoch, (SELECT count(*) FROM notice WHERE mailbox = $1) FROM mailbox WHERE id = $1`, s.id).Scan(&epoch, &waiting)
		if err == nil {
			err = s.mine(epoch)
		}
		if err != nil || waiting == 0 {
			return err
		}
		var n tracker.Notice
		var thread []byte
		var at, again int64
		err = tx.QueryRow(ctx, `SELECT id, at, thread, body, tries, next FROM notice WHERE mailbox = $1 ORDER BY seq LIMIT 1`, s.id).
			Scan(&n.ID, &at, &thread, &n.Body, &n.Tries, &again)
		n.Thread, n.At, n.Next = tracker.ThreadID(thread), moment(at), moment(again)
		next = &n
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("read the outbox: %w", err)
	}
	return next, waiting, nil
}

// Postpone notes a try that failed.
func (s *Store) Postpone(ctx context.Context, id string, tries int, next time.Time) error {
	return s.outbox(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE notice SET tries = $3, next = $4 WHERE mailbox = $1 AND id = $2`, s.id, id, tries, milli(next))
		return err
	})
}

// TakeOut removes a notice.
func (s *Store) TakeOut(ctx context.Context, id string) error {
	return s.outbox(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM notice WHERE mailbox = $1 AND id = $2`, s.id, id)
		return err
	})
}

// outbox changes the outbox.
func (s *Store) outbox(ctx context.Context, change func(tx pgx.Tx) error) error {
	if err := s.write(ctx, quick, change); err != nil {
		return fmt.Errorf("change the outbox: %w", err)
	}
	return nil
}

// Unwanted notes that the receiver at an address wants nothing more, and drops what waits.
func (s *Store) Unwanted(ctx context.Context, address string, at time.Time) error {
	return s.outbox(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO webhook (mailbox, unwanted, unwanted_at) VALUES ($1, $2, $3)
			ON CONFLICT (mailbox) DO UPDATE SET unwanted = excluded.unwanted, unwanted_at = excluded.unwanted_at`, s.id, address, milli(at))
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `DELETE FROM notice WHERE mailbox = $1`, s.id)
		return err
	})
}

// UnwantedBy gives whose receiver wants nothing more, and since when.
func (s *Store) UnwantedBy(ctx context.Context) (address string, at time.Time, err error) {
	err = s.read(ctx, func(tx pgx.Tx) error {
		var ms int64
		err := tx.QueryRow(ctx, `SELECT unwanted, unwanted_at FROM webhook WHERE mailbox = $1`, s.id).Scan(&address, &ms)
		at = moment(ms)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return "", time.Time{}, fmt.Errorf("read whether the webhook is wanted: %w", err)
	}
	return address, at, nil
}

// TellNobody drops everything, as if nothing had ever been told.
func (s *Store) TellNobody(ctx context.Context) error {
	return s.outbox(ctx, func(tx pgx.Tx) error {
		for _, table := range []string{"notice", "told", "webhook"} {
			if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE mailbox = $1`, s.id); err != nil {
				return err
			}
		}
		return nil
	})
}

// notices erases what is about to be told of the person, and that anything was.
func (x *erasing) notices() error {
	rows, err := x.tx.Query(x.ctx, `SELECT seq, thread, body FROM notice WHERE mailbox = $1`, x.id)
	if err != nil {
		return err
	}
	var drop []int64
	var seq int64
	var thread, body []byte
	counted := x.Done.Shared
	_, err = pgx.ForEachRow(rows, []any{&seq, &thread, &body}, func() error {
		_, names, err := x.Body(body)
		of := tracker.ThreadID(thread)
		if names || slices.Contains(x.Alone, of) || slices.Contains(x.Shared, of) {
			drop = append(drop, seq)
		}
		return err
	})
	if err != nil {
		return err
	}
	x.Done.Shared = counted // a notice is no text of anybody's
	if _, err := x.tx.Exec(x.ctx, `DELETE FROM notice WHERE mailbox = $1 AND seq = ANY($2)`, x.id, drop); err != nil {
		return err
	}
	alone := make([][]byte, len(x.Alone))
	for i, t := range x.Alone {
		alone[i] = []byte(t)
	}
	_, err = x.tx.Exec(x.ctx, `DELETE FROM told WHERE mailbox = $1 AND thread = ANY($2)`, x.id, alone)
	return err
}
