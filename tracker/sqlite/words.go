package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"followupd/tracker"
)

// Words gives what the rep said, in the order in which it was said.
func (s *Store) Words(ctx context.Context) ([]tracker.Word, error) {
	var words []tracker.Word
	err := s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT id, at, kind, thread, address, until, outcome, text FROM word ORDER BY id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var w tracker.Word
			var at, until int64
			if err := rows.Scan(&w.ID, &at, &w.Kind, &w.Thread, &w.Address, &until, &w.Outcome, &w.Text); err != nil {
				return err
			}
			w.At, w.Until = moment(at), moment(until)
			words = append(words, w)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("load words: %w", err)
	}
	return words, nil
}

// AddWord appends a word; the store gives it its ID. It is on the disk when AddWord returns.
func (s *Store) AddWord(ctx context.Context, w tracker.Word) error {
	err := s.write(ctx, s.durable, func(ctx context.Context, tx *sql.Tx) error {
		gone, err := loadForgotten(ctx, tx)
		if err != nil {
			return err
		}
		if gone.has(w.Address) {
			return tracker.ErrForgotten
		}
		w.Text = tracker.MaskAddresses(w.Text, gone.has)
		_, err = tx.ExecContext(ctx, `INSERT INTO word (at, kind, thread, address, until, outcome, text) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			milli(w.At), w.Kind, w.Thread, w.Address, milli(w.Until), w.Outcome, w.Text)
		return err
	})
	if err != nil {
		return fmt.Errorf("add %s: %w", w.Kind, err)
	}
	return nil
}
