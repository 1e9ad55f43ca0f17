package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"followupd/mail"
	"followupd/tracker/intake"
)

// loadForgotten reads who was forgotten; for most mailboxes that is one look into an empty table.
func (s *Store) loadForgotten(ctx context.Context, tx pgx.Tx) (intake.Forgotten, error) {
	var f intake.Forgotten
	rows, err := tx.Query(ctx, `SELECT f.hash, m.salt FROM forgotten f JOIN mailbox m ON m.id = f.mailbox WHERE f.mailbox = $1`, s.id)
	if err != nil {
		return f, err
	}
	first := true
	var hash, salt []byte
	_, err = pgx.ForEachRow(rows, []any{&hash, &salt}, func() error {
		if first {
			f, first = intake.NewForgotten(salt), false
		}
		f.Add(hash)
		return nil
	})
	return f, err
}

// isReduced says whether a message named a forgotten person; one that is not there is refused later, by the foreign key.
func (s *Store) isReduced(ctx context.Context, tx pgx.Tx, row int64) (reduced bool, err error) {
	err = tx.QueryRow(ctx, `SELECT reduced FROM message WHERE mailbox = $1 AND row = $2`, s.id, row).Scan(&reduced)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return reduced, err
}

// Forgot says whether one of these people was forgotten.
func (s *Store) Forgot(ctx context.Context, people []mail.Address) (found bool, err error) {
	err = s.read(ctx, func(tx pgx.Tx) error {
		gone, err := s.loadForgotten(ctx, tx)
		for _, a := range people {
			found = found || gone.Has(a)
		}
		return err
	})
	if err != nil {
		return false, fmt.Errorf("look up who was forgotten: %w", err)
	}
	return found, nil
}

// Forgets grows with every Forget.
func (s *Store) Forgets(ctx context.Context) (n int64, err error) {
	err = s.read(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT coalesce(max(id), 0) FROM forgotten WHERE mailbox = $1`, s.id).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("look up who was forgotten: %w", err)
	}
	return n, nil
}

// remember notes a person as forgotten and gives everybody who is, with them.
func (s *Store) remember(ctx context.Context, tx pgx.Tx, who mail.Address, at int64) (intake.Forgotten, error) {
	salt := make([]byte, intake.SaltSize)
	if _, err := rand.Read(salt); err != nil {
		return intake.Forgotten{}, err
	}
	if err := tx.QueryRow(ctx, `UPDATE mailbox SET salt = coalesce(salt, $2) WHERE id = $1 RETURNING salt`, s.id, salt).Scan(&salt); err != nil {
		return intake.Forgotten{}, err
	}
	hash := intake.NewForgotten(salt).Hash(who)
	// Deleted and inserted, so that it has a new id: a worker hears of a person forgotten once more, too.
	if _, err := tx.Exec(ctx, `DELETE FROM forgotten WHERE mailbox = $1 AND hash = $2`, s.id, hash[:]); err != nil {
		return intake.Forgotten{}, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO forgotten (mailbox, hash, at) VALUES ($1, $2, $3)`, s.id, hash[:], at); err != nil {
		return intake.Forgotten{}, err
	}
	return s.loadForgotten(ctx, tx)
}
