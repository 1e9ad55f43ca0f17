package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"followupd/tracker"
)

// Origin gives when the store began; the first call sets FirstStart to now.
func (s *Store) Origin(ctx context.Context, now time.Time) (tracker.Origin, error) {
	var firstStart, recovered int64
	err := s.write(ctx, durable, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `UPDATE mailbox SET first_start = coalesce(first_start, $2) WHERE id = $1 RETURNING first_start, recovered`,
			s.id, milli(now)).Scan(&firstStart, &recovered)
	})
	if err != nil {
		return tracker.Origin{}, fmt.Errorf("load origin: %w", err)
	}
	return tracker.Origin{FirstStart: moment(firstStart), Recovered: moment(recovered)}, nil
}

// MarkRecovered notes that the store began anew over older drafts; the latest time counts.
func (s *Store) MarkRecovered(ctx context.Context, at time.Time) error {
	err := s.write(ctx, durable, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE mailbox SET first_start = coalesce(first_start, $2), recovered = greatest(recovered, $2) WHERE id = $1`,
			s.id, milli(at))
		return err
	})
	if err != nil {
		return fmt.Errorf("mark recovered: %w", err)
	}
	return nil
}
