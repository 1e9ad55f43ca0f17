package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"followupd/mail"
	"followupd/tracker"
)

// Opinions gives what was made of unclear answers, in order of row.
func (s *Store) Opinions(ctx context.Context) ([]tracker.Opinion, error) {
	var opinions []tracker.Opinion
	err := s.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT row, at, model, intent, until FROM opinion WHERE mailbox = $1 ORDER BY row`, s.id)
		if err != nil {
			return err
		}
		var row, at, until int64
		var model, intent string
		_, err = pgx.ForEachRow(rows, []any{&row, &at, &model, &intent, &until}, func() error {
			opinions = append(opinions, tracker.Opinion{Row: row, At: moment(at), Model: model, Intent: mail.Intent(intent), Until: moment(until)})
			return nil
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load opinions: %w", err)
	}
	return opinions, nil
}

// SaveOpinion keeps an opinion on a message that the store holds; the first one stays.
func (s *Store) SaveOpinion(ctx context.Context, o tracker.Opinion) error {
	err := s.write(ctx, quick, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO opinion (mailbox, row, at, model, intent, until)
			SELECT mailbox, row, $3, $4, $5, $6 FROM message WHERE mailbox = $1 AND row = $2 ON CONFLICT DO NOTHING`,
			s.id, o.Row, milli(o.At), o.Model, string(o.Intent), milli(o.Until))
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
	err := s.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT draft, at, kept, diff FROM edit WHERE mailbox = $1 ORDER BY at, draft`, s.id)
		if err != nil {
			return err
		}
		var draft string
		var at int64
		var kept float64
		var diff []byte
		_, err = pgx.ForEachRow(rows, []any{&draft, &at, &kept, &diff}, func() error {
			edits = append(edits, tracker.Edit{Draft: draft, At: moment(at), Kept: kept, Diff: string(diff)})
			return nil
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load edits: %w", err)
	}
	return edits, nil
}

// SaveEdit keeps what the rep made of a draft. Of one whose texts were erased no diff is kept.
func (s *Store) SaveEdit(ctx context.Context, e tracker.Edit) error {
	err := s.write(ctx, quick, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO edit (mailbox, draft, at, kept, diff)
			SELECT mailbox, key, $3, $4, CASE WHEN erased THEN '' ELSE $5::bytea END FROM draft WHERE mailbox = $1 AND key = $2
			ON CONFLICT (mailbox, draft) DO UPDATE SET at = excluded.at, kept = excluded.kept, diff = excluded.diff`,
			s.id, e.Draft, milli(e.At), e.Kept, []byte(e.Diff))
		return err
	})
	if err != nil {
		return fmt.Errorf("save what became of draft %s: %w", e.Draft, err)
	}
	return nil
}
