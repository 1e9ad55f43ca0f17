package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"followupd/tracker"
)

// Origin gives when the store began; the first call of a new store sets FirstStart to now. Where more was committed here than
// this state knows of (epochName), it is recovered now.
func (s *Store) Origin(ctx context.Context, now time.Time) (tracker.Origin, error) {
	var firstStart, recovered int64
	witnessed, err := s.witnessedEpoch()
	if err != nil {
		return tracker.Origin{}, fmt.Errorf("load origin: %w", err)
	}
	if known, settled, err := s.settledOrigin(ctx, witnessed); err != nil || settled {
		return known, err
	}
	err = s.write(ctx, s.durable, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO origin (id, first_start, recovered) VALUES (1, ?, 0)`, milli(now)); err != nil {
			return err
		}
		older, err := catchUp(ctx, tx, witnessed)
		if err != nil {
			return err
		}
		if older {
			if _, err := tx.ExecContext(ctx, `UPDATE origin SET recovered = max(recovered, ?)`, milli(now)); err != nil {
				return err
			}
		}
		return tx.QueryRowContext(ctx, `SELECT first_start, recovered FROM origin`).Scan(&firstStart, &recovered)
	})
	if err != nil {
		return tracker.Origin{}, fmt.Errorf("load origin: %w", err)
	}
	return tracker.Origin{FirstStart: moment(firstStart), Recovered: moment(recovered)}, nil
}

// MarkRecovered notes that the store began anew over older drafts; the latest time counts. It is on the disk when
// MarkRecovered returns.
func (s *Store) MarkRecovered(ctx context.Context, at time.Time) error {
	witnessed, err := s.witnessedEpoch()
	if err != nil {
		return fmt.Errorf("mark recovered: %w", err)
	}
	err = s.write(ctx, s.durable, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := catchUp(ctx, tx, witnessed); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO origin (id, first_start, recovered) VALUES (1, ?1, ?1)
			ON CONFLICT (id) DO UPDATE SET recovered = max(recovered, excluded.recovered)`, milli(at))
		return err
	})
	if err != nil {
		return fmt.Errorf("mark recovered: %w", err)
	}
	return nil
}

// settledOrigin gives what is known of the origin; settled says that nothing is to be written: it is there, and state and
// file have counted the same.
func (s *Store) settledOrigin(ctx context.Context, witnessed int64) (origin tracker.Origin, settled bool, err error) {
	var firstStart, recovered, epoch int64
	err = s.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT first_start, recovered, (SELECT n FROM epoch) FROM origin`).Scan(&firstStart, &recovered, &epoch)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return tracker.Origin{}, false, nil
	}
	if err != nil {
		return tracker.Origin{}, false, fmt.Errorf("load origin: %w", err)
	}
	return tracker.Origin{FirstStart: moment(firstStart), Recovered: moment(recovered)}, epoch == witnessed, nil
}
