package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"followupd/tracker"
	"followupd/tracker/intake"
)

// Words gives what the rep said, in the order in which it was said.
func (s *Store) Words(ctx context.Context) ([]tracker.Word, error) {
	var words []tracker.Word
	err := s.read(ctx, func(tx *sql.Tx) error {
		source, err := sourceColumn(ctx, tx)
		if err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `SELECT id, at, kind, thread, address, until, outcome, text, `+source+` FROM word ORDER BY id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var w tracker.Word
			var at, until int64
			if err := rows.Scan(&w.ID, &at, &w.Kind, &w.Thread, &w.Address, &until, &w.Outcome, &w.Text, &w.Source); err != nil {
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

// sourceColumn gives the column of Source, or what stands for it in a file that an older program wrote: words are also read
// out of a damaged one, or a backup, as it is.
func sourceColumn(ctx context.Context, tx *sql.Tx) (string, error) {
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM pragma_table_info('word') WHERE name = 'source'`).Scan(&n); err != nil {
		return "", err
	}
	if n == 0 {
		return "''", nil
	}
	return "source", nil
}

// AddWord appends a word; the store gives it its ID. It is on the disk when AddWord returns.
func (s *Store) AddWord(ctx context.Context, w tracker.Word) error {
	err := s.write(ctx, s.durable, func(ctx context.Context, tx *sql.Tx) error {
		gone, err := loadForgotten(ctx, tx)
		if err != nil {
			return err
		}
		if gone.Has(w.Address) {
			return tracker.ErrForgotten
		}
		return addWord(ctx, tx, w, gone)
	})
	if err != nil {
		return fmt.Errorf("add %s: %w", w.Kind, err)
	}
	return nil
}

func addWord(ctx context.Context, tx *sql.Tx, w tracker.Word, gone intake.Forgotten) error {
	w.Text, w.Source = tracker.MaskAddresses(w.Text, gone.Has), tracker.MaskAddresses(w.Source, gone.Has)
	_, err := tx.ExecContext(ctx, `INSERT INTO word (at, kind, thread, address, until, outcome, text, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		milli(w.At), w.Kind, w.Thread, w.Address, milli(w.Until), w.Outcome, w.Text, w.Source)
	return err
}

// Hear appends the words of gestures, but for those whose signs are all known. A word about a forgotten person is left out,
// and its signs are remembered.
func (s *Store) Hear(ctx context.Context, gestures []tracker.Heard) error {
	err := s.write(ctx, s.durable, func(ctx context.Context, tx *sql.Tx) error {
		gone, err := loadForgotten(ctx, tx)
		if err != nil {
			return err
		}
		for _, g := range gestures {
			fresh := false
			for _, sign := range g.Signs {
				res, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO sign (place, name, at) VALUES (?, ?, ?)`, g.Place, sign, milli(g.Word.At))
				if err != nil {
					return err
				}
				n, err := res.RowsAffected()
				if err != nil {
					return err
				}
				fresh = fresh || n > 0
			}
			if !fresh || gone.Has(g.Word.Address) {
				continue
			}
			if err := addWord(ctx, tx, g.Word, gone); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store what the rep did in the mail client: %w", err)
	}
	return nil
}

// Unsign forgets the signs of a place but for those that still stand.
func (s *Store) Unsign(ctx context.Context, place string, standing []string) error {
	list, err := json.Marshal(append([]string{}, standing...))
	if err == nil {
		err = s.write(ctx, s.quick, func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `DELETE FROM sign WHERE place = ? AND name NOT IN (SELECT value FROM json_each(?))`, place, string(list))
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("forget the signs of %q: %w", place, err)
	}
	return nil
}
