package sqlite

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"followupd/mail"
	"followupd/tracker"
)

// forgotten are the people whom the rep had forgotten, as salted hashes. The zero value is nobody.
type forgotten struct {
	salt   []byte
	hashes map[[sha256.Size]byte]bool
}

// loadForgotten reads them; for most mailboxes that is one look into an empty table.
func loadForgotten(ctx context.Context, tx *sql.Tx) (forgotten, error) {
	var f forgotten
	rows, err := tx.QueryContext(ctx, `SELECT hash, (SELECT bytes FROM salt) FROM forgotten`)
	if err != nil {
		return f, err
	}
	defer rows.Close()
	for rows.Next() {
		var hash []byte
		if err := rows.Scan(&hash, &f.salt); err != nil {
			return f, err
		}
		if f.hashes == nil {
			f.hashes = make(map[[sha256.Size]byte]bool)
		}
		if len(hash) == sha256.Size {
			f.hashes[[sha256.Size]byte(hash)] = true
		}
	}
	return f, rows.Err()
}

// salted gives the keyed hash of a text.
func (f forgotten) salted(kind, text string) [sha256.Size]byte {
	h := hmac.New(sha256.New, f.salt)
	h.Write([]byte(kind))
	h.Write([]byte{0})
	h.Write([]byte(text))
	return [sha256.Size]byte(h.Sum(nil))
}

func (f forgotten) hash(a mail.Address) [sha256.Size]byte {
	return f.salted("address", strings.ToLower(string(a)))
}

func (f forgotten) has(a mail.Address) bool {
	return len(f.hashes) > 0 && a != "" && f.hashes[f.hash(a)]
}

// addressed says whether a draft goes to one of them.
func (f forgotten) addressed(source []byte) bool {
	if len(f.hashes) == 0 || len(source) == 0 {
		return false
	}
	m := mail.ParseHeader(source)
	for _, list := range [][]mail.Person{m.To, m.Cc, m.Bcc} {
		for _, p := range list {
			if p.Address == tracker.Forgotten || f.has(p.Address) {
				return true
			}
		}
	}
	return false
}

// blind gives the identity under which a reduced message is known: without the salt nobody can tell from it who wrote it.
func (f forgotten) blind(id identity) identity {
	sum := f.salted("message", string(id[:]))
	return identity(sum[:len(id)])
}

// ownID stands in for the Message-ID of a mail that one of them wrote.
func (f forgotten) ownID(id mail.MessageID) mail.MessageID {
	sum := f.salted("message-id", string(id))
	return mail.MessageID(hex.EncodeToString(sum[:16]) + "@" + tracker.Forgotten.Domain())
}

// withhold takes out of what arrived what is forgotten people's.
func (f forgotten) withhold(arrivals []arrival) []arrival {
	if len(f.hashes) == 0 {
		return arrivals
	}
	kept := make([]arrival, 0, len(arrivals))
	for _, a := range arrivals {
		m := mail.ParseHeader(a.header)
		switch tracker.TraceOf(m, f.has) {
		case tracker.Theirs:
			continue
		case tracker.Mentioned:
			a.header, a.identity, a.reduced = tracker.WithoutTrace(m, f.has, f.ownID(m.ID)), f.blind(a.identity), true
		}
		kept = append(kept, a)
	}
	return kept
}

// withheld gives what may be stored of a body.
func (s *Store) withheld(ctx context.Context, tx *sql.Tx, row int64, content *mail.Content, body []byte) ([]byte, error) {
	gone, err := loadForgotten(ctx, tx)
	if err != nil || len(gone.hashes) == 0 {
		return body, err
	}
	var reduced bool
	err = tx.QueryRowContext(ctx, `SELECT reduced FROM message WHERE row = ?`, row).Scan(&reduced)
	if errors.Is(err, sql.ErrNoRows) {
		return body, nil // refused by the foreign key
	}
	if err != nil {
		return nil, err
	}
	if reduced {
		if body, err = json.Marshal(bare(content)); err != nil {
			return nil, err
		}
	}
	return mapStrings(body, func(text string) string { return tracker.MaskAddresses(text, gone.has) })
}

// bare gives a content without any text.
func bare(c *mail.Content) *mail.Content {
	return &mail.Content{Version: c.Version, Verdict: c.Verdict, Cut: "forgotten"}
}

// mapStrings does something to every string of a JSON document.
func mapStrings(doc []byte, do func(string) string) ([]byte, error) {
	var v any
	if err := json.Unmarshal(doc, &v); err != nil {
		return nil, fmt.Errorf("mask a body: %w", err)
	}
	changed := false
	var walk func(v any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case string:
			out := do(v)
			changed = changed || out != v
			return out
		case []any:
			for i := range v {
				v[i] = walk(v[i])
			}
		case map[string]any:
			for k := range v {
				v[k] = walk(v[k])
			}
		}
		return v
	}
	v = walk(v)
	if !changed {
		return doc, nil
	}
	return json.Marshal(v)
}

// Forgot says whether one of these people was forgotten.
func (s *Store) Forgot(ctx context.Context, people []mail.Address) (bool, error) {
	found := false
	err := s.read(ctx, func(tx *sql.Tx) error {
		gone, err := loadForgotten(ctx, tx)
		for _, a := range people {
			found = found || gone.has(a)
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
func remember(ctx context.Context, tx *sql.Tx, who mail.Address, at int64) (forgotten, error) {
	salt := make([]byte, 32)
	if _, err := rand.Read(salt); err != nil {
		return forgotten{}, err
	}
	if _, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO salt (id, bytes) VALUES (1, ?)`, salt); err != nil {
		return forgotten{}, err
	}
	var f forgotten
	if err := tx.QueryRowContext(ctx, `SELECT bytes FROM salt`).Scan(&f.salt); err != nil {
		return f, err
	}
	hash := f.hash(who)
	// REPLACE gives a new id: the daemon hears of a person forgotten once more, too.
	if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO forgotten (hash, at) VALUES (?, ?)`, hash[:], at); err != nil {
		return f, err
	}
	return loadForgotten(ctx, tx)
}
