package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"followupd/mail"
)

// SaveContent keeps what the body of a message holds, in place of what was read of it before. Of a message that names a
// forgotten person only the verdict is kept; in others a forgotten address is masked.
func (s *Store) SaveContent(ctx context.Context, row int64, content *mail.Content) error {
	if content == nil {
		return fmt.Errorf("save content of message %d: there is none", row)
	}
	err := s.write(ctx, quick, func(tx pgx.Tx) error {
		gone, err := s.loadForgotten(ctx, tx)
		if err != nil {
			return err
		}
		reduced := false
		if !gone.Nobody() {
			if reduced, err = s.isReduced(ctx, tx, row); err != nil {
				return err
			}
		}
		body, err := gone.Content(content, reduced)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO content (mailbox, row, version, body) VALUES ($1, $2, $3, $4)
			ON CONFLICT (mailbox, row) DO UPDATE SET version = excluded.version, body = excluded.body`, s.id, row, content.Version, string(body))
		return err
	})
	if err != nil {
		return fmt.Errorf("save content of message %d: %w", row, err)
	}
	return nil
}

// Content gives what the body of a message holds, nil where none was read. What an older program read is given too (its
// Version says so), although Seen.HasBody is false then: a poorer reading is better than none until the body is read anew.
func (s *Store) Content(ctx context.Context, row int64) (content *mail.Content, err error) {
	err = s.read(ctx, func(tx pgx.Tx) error {
		content, err = s.loadContent(ctx, tx, row)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load content of message %d: %w", row, err)
	}
	return content, nil
}

func (s *Store) loadContent(ctx context.Context, tx pgx.Tx, row int64) (*mail.Content, error) {
	var body string
	err := tx.QueryRow(ctx, `SELECT body FROM content WHERE mailbox = $1 AND row = $2`, s.id, row).Scan(&body)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	content := new(mail.Content)
	return content, json.Unmarshal([]byte(body), content)
}

// Contents walks all contents in order of row, those that an older program read included (see Content).
func (s *Store) Contents(ctx context.Context, each func(row int64, content *mail.Content) error) error {
	for after := int64(0); ; {
		some, err := s.someBodies(ctx, after)
		if err != nil {
			return fmt.Errorf("walk contents: %w", err)
		}
		for _, b := range some {
			content := new(mail.Content)
			if err := json.Unmarshal([]byte(b.text), content); err != nil {
				return fmt.Errorf("walk contents: message %d: %w", b.row, err)
			}
			if err := each(b.row, content); err != nil {
				return fmt.Errorf("walk contents: %w", err)
			}
			after = b.row
		}
		if len(some) < page {
			return nil
		}
	}
}

// stored is a content as it is stored.
type stored struct {
	row  int64
	text string
}

// someBodies gives a page of contents above a row.
func (s *Store) someBodies(ctx context.Context, after int64) (some []stored, err error) {
	err = s.read(ctx, func(tx pgx.Tx) error {
		some, err = s.bodiesAfter(ctx, tx, after)
		return err
	})
	return some, err
}

func (s *Store) bodiesAfter(ctx context.Context, tx pgx.Tx, after int64) (some []stored, err error) {
	rows, err := tx.Query(ctx, `SELECT row, body FROM content WHERE mailbox = $1 AND row > $2 ORDER BY row LIMIT $3`, s.id, after, page)
	if err != nil {
		return nil, err
	}
	var one stored
	_, err = pgx.ForEachRow(rows, []any{&one.row, &one.text}, func() error {
		some = append(some, one)
		return nil
	})
	return some, err
}
