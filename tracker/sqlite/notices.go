package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"followupd/tracker"
)

var _ tracker.Outbox = (*Store)(nil)

// Told gives the state of each thread as last put into the outbox.
func (s *Store) Told(ctx context.Context) (states map[tracker.ThreadID]tracker.State, begun bool, err error) {
	states = make(map[tracker.ThreadID]tracker.State)
	err = s.read(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, `SELECT count(*) > 0 FROM webhook`).Scan(&begun); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `SELECT thread, state FROM told`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var thread tracker.ThreadID
			var state tracker.State
			if err := rows.Scan(&thread, &state); err != nil {
				return err
			}
			states[thread] = state
		}
		return rows.Err()
	})
	if err != nil {
		return nil, false, fmt.Errorf("load what the webhook was told: %w", err)
	}
	return states, begun, nil
}

// Tell puts notices into the outbox and notes the states they tell of. Both are on the disk when it returns.
func (s *Store) Tell(ctx context.Context, states map[tracker.ThreadID]tracker.State, notices []tracker.Notice) (lost int, err error) {
	err = s.write(ctx, s.durable, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO webhook (id, unwanted, unwanted_at) VALUES (1, '', 0) ON CONFLICT DO NOTHING`); err != nil {
			return err
		}
		for thread, state := range states {
			if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO told (thread, state) VALUES (?, ?)`, thread, state); err != nil {
				return err
			}
		}
		for _, n := range notices {
			if _, err := tx.ExecContext(ctx, `INSERT INTO notice (id, at, thread, body, tries, next) VALUES (?, ?, ?, ?, ?, ?)`,
				n.ID, milli(n.At), n.Thread, n.Body, n.Tries, milli(n.Next)); err != nil {
				return err
			}
		}
		res, err := tx.ExecContext(ctx, `DELETE FROM notice WHERE seq <= (SELECT seq FROM notice ORDER BY seq DESC LIMIT 1 OFFSET ?)`, tracker.NoticesKept)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		lost = int(n)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("put notices into the outbox: %w", err)
	}
	return lost, nil
}

// NextNotice gives the oldest notice and how many wait.
func (s *Store) NextNotice(ctx context.Context) (next *tracker.Notice, waiting int, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM notice`).Scan(&waiting); err != nil || waiting == 0 {
			return err
		}
		var n tracker.Notice
		var at, again int64
		err := tx.QueryRowContext(ctx, `SELECT id, at, thread, body, tries, next FROM notice ORDER BY seq LIMIT 1`).Scan(&n.ID, &at, &n.Thread, &n.Body, &n.Tries, &again)
		n.At, n.Next = moment(at), moment(again)
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
	return s.outbox(ctx, `UPDATE notice SET tries = ?2, next = ?3 WHERE id = ?1`, id, tries, milli(next))
}

// TakeOut removes a notice.
func (s *Store) TakeOut(ctx context.Context, id string) error {
	return s.outbox(ctx, `DELETE FROM notice WHERE id = ?`, id)
}

// outbox changes the outbox.
func (s *Store) outbox(ctx context.Context, change string, args ...any) error {
	err := s.write(ctx, s.quick, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, change, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("change the outbox: %w", err)
	}
	return nil
}

// Unwanted notes that the receiver at an address wants nothing more, and drops what waits.
func (s *Store) Unwanted(ctx context.Context, address string, at time.Time) error {
	return s.outbox(ctx, `INSERT INTO webhook (id, unwanted, unwanted_at) VALUES (1, ?1, ?2)
		ON CONFLICT (id) DO UPDATE SET unwanted = excluded.unwanted, unwanted_at = excluded.unwanted_at;
		DELETE FROM notice`, address, milli(at))
}

// UnwantedBy gives whose receiver wants nothing more, and since when.
func (s *Store) UnwantedBy(ctx context.Context) (address string, at time.Time, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		var ms int64
		err := tx.QueryRowContext(ctx, `SELECT unwanted, unwanted_at FROM webhook`).Scan(&address, &ms)
		at = moment(ms)
		if errors.Is(err, sql.ErrNoRows) {
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
	return s.outbox(ctx, `DELETE FROM notice; DELETE FROM told; DELETE FROM webhook`)
}

// notices erases what is about to be told of the person, and that anything was.
func (x *erasing) notices() error {
	rows, err := x.tx.QueryContext(x.ctx, `SELECT seq, thread, body FROM notice`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var drop []int64
	counted := x.Done.Shared
	for rows.Next() {
		var seq int64
		var thread tracker.ThreadID
		var body []byte
		if err := rows.Scan(&seq, &thread, &body); err != nil {
			return err
		}
		_, names, err := x.Body(body)
		if err != nil {
			return err
		}
		if names || slices.Contains(x.Alone, thread) || slices.Contains(x.Shared, thread) {
			drop = append(drop, seq)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows.Close()
	x.Done.Shared = counted // a notice is no text of anybody's
	for _, seq := range drop {
		if _, err := x.tx.ExecContext(x.ctx, `DELETE FROM notice WHERE seq = ?`, seq); err != nil {
			return err
		}
	}
	for _, thread := range x.Alone {
		if _, err := x.tx.ExecContext(x.ctx, `DELETE FROM told WHERE thread = ?`, thread); err != nil {
			return err
		}
	}
	return nil
}
