package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"

	"followupd/mail"
	"followupd/tracker/intake"
)

// loadForgotten reads who was forgotten; for most mailboxes that is one look into an empty table.
func loadForgotten(ctx context.Context, tx *sql.Tx) (intake.Forgotten, error) {
	var f intake.Forgotten
	rows, err := tx.QueryContext(ctx, `SELECT hash, (SELECT bytes FROM salt) FROM forgotten`)
	if err != nil {
		return f, err
	}
	defer rows.Close()
	for first := true; rows.Next(); first = false {
		var hash, salt []byte
		if err := rows.Scan(&hash, &salt); err != nil {
			return f, err
		}
		if first {
			f = intake.NewForgotten(salt)
		}
		f.Add(hash)
	}
	return f, rows.Err()
}

// isReduced says whether a message named a forgotten person; one that is not there is refused later, by the foreign key.
func isReduced(ctx context.Context, tx *sql.Tx, row int64) (reduced bool, err error) {
	err = tx.QueryRowContext(ctx, `SELECT reduced FROM message WHERE row = ?`, row).Scan(&reduced)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return reduced, err
}

// Forgot says whether one of these people was forgotten.
func (s *Store) Forgot(ctx context.Context, people []mail.Address) (bool, error) {
	found := false
	err := s.read(ctx, func(tx *sql.Tx) error {
		gone, err := loadForgotten(ctx, tx)
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
func (s *Store) Forgets(ctx context.Context) (int64, error) {
	return remembered(s, "forgets", func() (int64, error) { return s.forgets(ctx) })
}

func (s *Store) forgets(ctx context.Context) (int64, error) {
	var n int64
	err := s.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM forgotten`).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("look up who was forgotten: %w", err)
	}
	return n, nil
}

// remember notes a person as forgotten and gives everybody who is, with them.
func remember(ctx context.Context, tx *sql.Tx, who mail.Address, at int64) (intake.Forgotten, error) {
	salt := make([]byte, intake.SaltSize)
	if _, err := rand.Read(salt); err != nil {
		return intake.Forgotten{}, err
	}
	if _, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO salt (id, bytes) VALUES (1, ?)`, salt); err != nil {
		return intake.Forgotten{}, err
	}
	if err := tx.QueryRowContext(ctx, `SELECT bytes FROM salt`).Scan(&salt); err != nil {
		return intake.Forgotten{}, err
	}
	hash := intake.NewForgotten(salt).Hash(who)
	// REPLACE gives a new id: the daemon hears of a person forgotten once more, too.
	if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO forgotten (hash, at) VALUES (?, ?)`, hash[:], at); err != nil {
		return intake.Forgotten{}, err
	}
	return loadForgotten(ctx, tx)
}
