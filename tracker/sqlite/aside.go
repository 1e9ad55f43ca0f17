package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"followupd/tracker"
)

// asidePrefix begins the names of what was set aside.
const asidePrefix = "damaged-"

// Aside is what became of a damaged state.
type Aside struct {
	File  string // where the damaged file lies now
	Words string // where the words that could be read lie, as JSON; "" where none could be
	Saved int    // how many words were taken over into the new state
	From  string // what they were read from: the damaged file or a backup; "" for nothing
}

// OpenAnew is Open that sets a damaged file aside and begins a new state, into which what the mailbox cannot give back is
// taken over as far as it can be read, from the damaged file or else from the newest backup: the rep's words and who was
// forgotten. aside is nil where nothing was damaged. Only the holder of the Lock may call it.
func OpenAnew(ctx context.Context, dir string, opts Options, now time.Time) (s *Store, aside *Aside, err error) {
	s, err = Open(ctx, dir, opts)
	if !errors.Is(err, ErrDamaged) {
		return s, nil, err
	}
	stamp := asidePrefix + now.UTC().Format("20060102T150405.000Z")
	path := filepath.Join(dir, fileName)
	aside = &Aside{File: filepath.Join(dir, stamp+".db")}
	for _, part := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(path+part, aside.File+part); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, fmt.Errorf("set the damaged state aside: %w", err)
		}
	}
	if s, err = Open(ctx, dir, opts); err != nil {
		return nil, nil, err
	}
	// Whether a draft was deleted before is not known any more: what was due by now waits for the rep.
	if err := s.MarkRecovered(ctx, now); err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	sources := []string{aside.File}
	kept, err := backups(dir)
	if err == nil {
		sources = append(sources, kept...)
	}
	for _, from := range sources {
		saved, err := salvage(ctx, from)
		if err != nil || saved.empty() {
			continue // what cannot be read is lost; the next copy may hold it
		}
		if err := s.takeOver(ctx, saved); err != nil {
			return nil, nil, errors.Join(fmt.Errorf("take over what the damaged state held: %w", err), s.Close())
		}
		aside.From, aside.Saved = from, len(saved.words)
		if len(saved.words) > 0 {
			aside.Words = filepath.Join(dir, stamp+"-words.json")
			if err := writeWords(aside.Words, saved.words); err != nil {
				return nil, nil, errors.Join(err, s.Close())
			}
		}
		break
	}
	return s, aside, nil
}

// salvaged is what no mailbox can give back.
type salvaged struct {
	words []tracker.Word
	salt  []byte
	gone  []goneRow
	first int64
}

type goneRow struct {
	hash []byte
	at   int64
}

func (s salvaged) empty() bool { return len(s.words) == 0 && len(s.gone) == 0 }

// salvage reads as much as a file still gives.
func salvage(ctx context.Context, path string) (salvaged, error) {
	db := pool(path, time.Second, 1, looking, "mode", "ro")
	defer db.Close()
	old := &Store{path: path, reading: db}
	var out salvaged
	words, wordsErr := old.Words(ctx)
	out.words = words
	goneErr := old.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT hash, at, (SELECT bytes FROM salt) FROM forgotten ORDER BY id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var g goneRow
			if err := rows.Scan(&g.hash, &g.at, &out.salt); err != nil {
				return err
			}
			out.gone = append(out.gone, g)
		}
		return rows.Err()
	})
	if wordsErr != nil && goneErr != nil {
		return out, errors.Join(wordsErr, goneErr)
	}
	// The first start decides which silences are old news; where it cannot be read, the new state sets it to now.
	_ = db.QueryRowContext(ctx, `SELECT first_start FROM origin`).Scan(&out.first)
	return out, nil
}

// takeOver puts into a new state what was salvaged.
func (s *Store) takeOver(ctx context.Context, old salvaged) error {
	err := s.write(ctx, s.durable, func(ctx context.Context, tx *sql.Tx) error {
		if len(old.salt) > 0 {
			if _, err := tx.ExecContext(ctx, `INSERT INTO salt (id, bytes) VALUES (1, ?)`, old.salt); err != nil {
				return err
			}
			for _, g := range old.gone {
				if _, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO forgotten (hash, at) VALUES (?, ?)`, g.hash, g.at); err != nil {
					return err
				}
			}
		}
		if old.first > 0 {
			_, err := tx.ExecContext(ctx, `UPDATE origin SET first_start = ?`, old.first)
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, w := range old.words {
		if err := s.AddWord(ctx, w); err != nil && !errors.Is(err, tracker.ErrForgotten) {
			return err
		}
	}
	return nil
}

// writeWords writes what the rep said where a person can read it.
func writeWords(path string, words []tracker.Word) error {
	text, err := json.MarshalIndent(words, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("save the rep's words: %w", err)
	}
	return nil
}
