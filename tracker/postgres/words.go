package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"followupd/mail"
	"followupd/tracker"
	"followupd/tracker/intake"
)

// spoken is the channel on which a worker hears that the rep said something of a mailbox; the payload is mailbox.id.
const spoken = "followupd_spoken"

// Words gives what the rep said, in the order in which it was said.
func (s *Store) Words(ctx context.Context) ([]tracker.Word, error) {
	var words []tracker.Word
	err := s.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, at, kind, thread, address, until, outcome, text, source FROM word WHERE mailbox = $1 ORDER BY id`, s.id)
		if err != nil {
			return err
		}
		var id, at, until int64
		var kind, outcome string
		var thread, address, text, source []byte
		_, err = pgx.ForEachRow(rows, []any{&id, &at, &kind, &thread, &address, &until, &outcome, &text, &source}, func() error {
			words = append(words, tracker.Word{
				ID: id, At: moment(at), Kind: tracker.WordKind(kind), Thread: tracker.ThreadID(thread), Address: mail.Address(address),
				Until: moment(until), Outcome: tracker.Outcome(outcome), Text: string(text), Source: string(source),
			})
			return nil
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load words: %w", err)
	}
	return words, nil
}

// AddWord appends a word; the store gives it its ID. Whoever works the mailbox hears of it. It is on the disk when AddWord
// returns.
func (s *Store) AddWord(ctx context.Context, w tracker.Word) error {
	err := s.write(ctx, durable, func(tx pgx.Tx) error {
		gone, err := s.loadForgotten(ctx, tx)
		if err != nil {
			return err
		}
		if gone.Has(w.Address) {
			return tracker.ErrForgotten
		}
		if err := s.addWord(ctx, tx, w, gone); err != nil {
			return err
		}
		return s.tell(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("add %s: %w", w.Kind, err)
	}
	return nil
}

// tell wakes whoever works the mailbox, when the transaction commits.
func (s *Store) tell(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `SELECT pg_notify($1, $2::int::text)`, spoken, s.id)
	return err
}

func (s *Store) addWord(ctx context.Context, tx pgx.Tx, w tracker.Word, gone intake.Forgotten) error {
	w.Text, w.Source = tracker.MaskAddresses(w.Text, gone.Has), tracker.MaskAddresses(w.Source, gone.Has)
	_, err := tx.Exec(ctx, `INSERT INTO word (mailbox, at, kind, thread, address, until, outcome, text, source) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		s.id, milli(w.At), string(w.Kind), []byte(w.Thread), []byte(w.Address), milli(w.Until), string(w.Outcome), []byte(w.Text), []byte(w.Source))
	return err
}

// Hear appends the words of gestures, but for those whose signs are all known. A word about a forgotten person is left out,
// and its signs are remembered.
func (s *Store) Hear(ctx context.Context, gestures []tracker.Heard) error {
	err := s.write(ctx, durable, func(tx pgx.Tx) error {
		gone, err := s.loadForgotten(ctx, tx)
		if err != nil {
			return err
		}
		for _, g := range gestures {
			tag, err := tx.Exec(ctx, `INSERT INTO sign (mailbox, place, name, at) SELECT $1, $2, name, $4 FROM unnest($3::bytea[]) name ON CONFLICT DO NOTHING`,
				s.id, []byte(g.Place), raw(g.Signs), milli(g.Word.At))
			if err != nil {
				return err
			}
			if tag.RowsAffected() == 0 || gone.Has(g.Word.Address) {
				continue
			}
			if err := s.addWord(ctx, tx, g.Word, gone); err != nil {
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
	err := s.write(ctx, quick, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM sign WHERE mailbox = $1 AND place = $2 AND name <> ALL ($3::bytea[])`, s.id, []byte(place), raw(standing))
		return err
	})
	if err != nil {
		return fmt.Errorf("forget the signs of %q: %w", place, err)
	}
	return nil
}

// raw gives texts as they are stored. It never gives nil, which would be NULL.
func raw(texts []string) [][]byte {
	out := make([][]byte, len(texts))
	for i, t := range texts {
		out[i] = []byte(t)
	}
	return out
}
