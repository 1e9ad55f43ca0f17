package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"followupd/tracker"
)

var _ tracker.Revised = (*Store)(nil)

// Revision is made of the number of durable commits, which drafts, words and links are, and of what tells opinions and visits
// apart: those are only ever appended, or erased.
func (s *Store) Revision(ctx context.Context) (revision string, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT (SELECT n FROM epoch) || ' ' || (SELECT count(*) FROM opinion) || ' ' ||
			(SELECT count(*) FROM visit) || ' ' || (SELECT coalesce(max(id) || ' ' || max(at), '') FROM visit)`).Scan(&revision)
	})
	if err != nil {
		return "", fmt.Errorf("read the revision of the state: %w", err)
	}
	return revision, nil
}
