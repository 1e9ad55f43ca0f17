package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"followupd/tracker"
)

var (
	_ tracker.Revised = (*Store)(nil)
	_ tracker.Based   = (*Store)(nil)
)

// revised selects the revision.
const revised = `(SELECT n FROM epoch) || ' ' || (SELECT count(*) FROM opinion) || ' ' ||
	(SELECT count(*) FROM visit) || ' ' || (SELECT coalesce(max(id) || ' ' || max(at), '') FROM visit)`

// Revision is made of the number of durable commits, which drafts, words and links are, and of what tells opinions and visits
// apart: those are only ever appended, or erased.
func (s *Store) Revision(ctx context.Context) (string, error) {
	return remembered(s, "revision", func() (string, error) { return s.revision(ctx) })
}

func (s *Store) revision(ctx context.Context) (revision string, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT `+revised).Scan(&revision)
	})
	if err != nil {
		return "", fmt.Errorf("read the revision of the state: %w", err)
	}
	return revision, nil
}

// Basis adds the newest message and the cursors of the folders: whatever is read of a mailbox is stored with its cursor.
func (s *Store) Basis(ctx context.Context) (basis string, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT `+revised+` || ' ' || (SELECT coalesce(max(row), 0) FROM message) || ' ' ||
			(SELECT json_group_array(json_array(name, role, uid_validity, uid_next, mod_seq, messages)) FROM (SELECT * FROM folder ORDER BY id))`).Scan(&basis)
	})
	if err != nil {
		return "", fmt.Errorf("read what the state rests on: %w", err)
	}
	return basis, nil
}
