package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// ClaimDigest notes that the digest of a day is being made; false where it was claimed before. It is on the disk when
// ClaimDigest returns, so that a crash costs a digest and never makes a second one.
func (s *Store) ClaimDigest(ctx context.Context, day string, at time.Time) (claimed bool, err error) {
	err = s.write(ctx, durable, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO digest (mailbox, day, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, s.id, day, milli(at))
		claimed = tag.RowsAffected() == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("claim the digest of %s: %w", day, err)
	}
	return claimed, nil
}

// ReleaseDigest takes a claim back: it is certain that no digest went out.
func (s *Store) ReleaseDigest(ctx context.Context, day string) error {
	err := s.write(ctx, durable, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM digest WHERE mailbox = $1 AND day = $2`, s.id, day)
		return err
	})
	if err != nil {
		return fmt.Errorf("release the digest of %s: %w", day, err)
	}
	return nil
}
