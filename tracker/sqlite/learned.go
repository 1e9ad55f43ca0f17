package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"followupd/tracker"
)

// Opinions gives what was made of unclear answers, in order of row.
func (s *Store) Opinions(ctx context.Context) ([]tracker.Opinion, error) {
	var opinions []tracker.Opinion
	err := s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT row, at, model, intent, until FROM opinion ORDER BY row`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var o tracker.Opinion
			var at, until int64
			if err := rows.Scan(&o.Row, &at, &o.Model, &o.Intent, &until); err != nil {
				return err
			}
			o.At, o.Until = moment(at), moment(until)
			opinions = append(opinions, o)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("load opinions: %w", err)
	}
	return opinions, nil
}

// SaveOpinion keeps an opinion on a message that the store holds; the first one stays.
func (s *Store) SaveOpinion(ctx context.Context, o tracker.Opinion) error {
	err := s.write(ctx, s.quick, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO opinion (row, at, model, intent, until)
			SELECT row, ?, ?, ?, ? FROM message WHERE row = ?`, milli(o.At), o.Model, o.Intent, milli(o.Until), o.Row)
		return err
	})
	if err != nil {
		return fmt.Errorf("save an opinion on message %d: %w", o.Row, err)
	}
	return nil
}

// Edits gives what the rep made of the drafts that were sent, oldest first.
func (s *Store) Edits(ctx context.Context) ([]tracker.Edit, error) {
	var edits []tracker.Edit
	err := s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT draft, at, kept, diff FROM edit ORDER BY at, draft`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var e tracker.Edit
			var at int64
			if err := rows.Scan(&e.Draft, &at, &e.Kept, &e.Diff); err != nil {
				return err
			}
			e.At = moment(at)
			edits = append(edits, e)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("load edits: %w", err)
	}
	return edits, nil
}

// SaveEdit keeps what the rep made of a draft. Of one whose texts were erased no diff is kept.
func (s *Store) SaveEdit(ctx context.Context, e tracker.Edit) error {
	err := s.write(ctx, s.quick, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO edit (draft, at, kept, diff)
			SELECT key, ?, ?, iif(erased, '', ?) FROM draft WHERE key = ?
			ON CONFLICT (draft) DO UPDATE SET at = excluded.at, kept = excluded.kept, diff = excluded.diff`, milli(e.At), e.Kept, e.Diff, e.Draft)
		return err
	})
	if err != nil {
		return fmt.Errorf("save what became of draft %s: %w", e.Draft, err)
	}
	return nil
}
