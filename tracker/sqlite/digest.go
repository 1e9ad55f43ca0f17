package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// ClaimDigest notes that the digest of a day is being made; false where it was claimed before. It is on the disk when
// ClaimDigest returns, so that a crash costs a digest and never makes a second one.
func (s *Store) ClaimDigest(ctx context.Context, day string, at time.Time) (claimed bool, err error) {
	err = s.write(ctx, s.durable, func(ctx context.Context, tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO digest (day, at) VALUES (?, ?)`, day, milli(at))
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		claimed = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("claim the digest of %s: %w", day, err)
	}
	return claimed, nil
}

// ReleaseDigest takes a claim back: it is certain that no digest went out.
func (s *Store) ReleaseDigest(ctx context.Context, day string) error {
	err := s.write(ctx, s.durable, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM digest WHERE day = ?`, day)
		return err
	})
	if err != nil {
		return fmt.Errorf("release the digest of %s: %w", day, err)
	}
	return nil
}
