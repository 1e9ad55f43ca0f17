package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"followupd/mail"
)

// SaveContent keeps what the body of a message holds, in place of what was read of it before. Of a message that names a
// forgotten person only the verdict is kept; in others a forgotten address is masked.
func (s *Store) SaveContent(ctx context.Context, row int64, content *mail.Content) error {
	if content == nil {
		return fmt.Errorf("save content of message %d: there is none", row)
	}
	err := s.write(ctx, s.quick, func(ctx context.Context, tx *sql.Tx) error {
		gone, err := loadForgotten(ctx, tx)
		if err != nil {
			return err
		}
		reduced := false
		if !gone.Nobody() {
			if reduced, err = isReduced(ctx, tx, row); err != nil {
				return err
			}
		}
		body, err := gone.Content(content, reduced)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO content (row, version, body) VALUES (?, ?, ?)
			ON CONFLICT (row) DO UPDATE SET version = excluded.version, body = excluded.body`, row, content.Version, string(body))
		return err
	})
	if err != nil {
		return fmt.Errorf("save content of message %d: %w", row, err)
	}
	return nil
}

// Content gives what the body of a message holds, nil where none was read. What an older program read is given too (its
// Version says so), although Seen.HasBody is false then: a poorer reading is better than none until the body is read anew,
// and a message that is gone from the mailbox cannot be.
func (s *Store) Content(ctx context.Context, row int64) (*mail.Content, error) {
	var content *mail.Content
	err := s.read(ctx, func(tx *sql.Tx) error {
		var body sql.RawBytes
		rows, err := tx.QueryContext(ctx, `SELECT body FROM content WHERE row = ?`, row)
		if err != nil {
			return err
		}
		defer rows.Close()
		if !rows.Next() {
			return rows.Err()
		}
		if err := rows.Scan(&body); err != nil {
			return err
		}
		content = new(mail.Content)
		return json.Unmarshal(body, content)
	})
	if err != nil {
		return nil, fmt.Errorf("load content of message %d: %w", row, err)
	}
	return content, nil
}

// Contents walks all contents in order of row, those that an older program read included (see Content).
func (s *Store) Contents(ctx context.Context, each func(row int64, content *mail.Content) error) error {
	err := s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT row, body FROM content ORDER BY row`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var row int64
			var body sql.RawBytes
			if err := rows.Scan(&row, &body); err != nil {
				return err
			}
			content := new(mail.Content)
			if err := json.Unmarshal(body, content); err != nil {
				return fmt.Errorf("message %d: %w", row, err)
			}
			if err := each(row, content); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	if err != nil {
		return fmt.Errorf("walk contents: %w", err)
	}
	return nil
}
