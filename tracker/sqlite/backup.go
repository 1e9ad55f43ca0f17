package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Backups lie in this folder of the state directory, one a day: state-2026-11-22.db.
const (
	backupDir  = "backup"
	backupForm = "state-2006-01-02.db"
	// BackupsKept is how many days' backups are kept.
	BackupsKept = 7
)

// Backup writes the state of today into the folder of backups, where that was not done yet, and removes those that are
// older than BackupsKept days. made says whether one was written. A backup holds the same as the state and is a state of its own:
// moved to state.db, with state.db-wal and state.db-shm out of the way, it is taken up, and the mailbox fills in the rest; what
// was due by then waits for the rep, for the file "epoch" tells that it is an older one.
func (s *Store) Backup(ctx context.Context, now time.Time) (made bool, err error) {
	dir := filepath.Join(filepath.Dir(s.path), backupDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return false, fmt.Errorf("back up the state: %w", err)
	}
	now = now.UTC()
	if done, err := s.BackedUp(now); err != nil || done {
		return false, err
	}
	path := filepath.Join(dir, now.Format(backupForm))
	half := filepath.Join(dir, "unfinished")
	if err := os.RemoveAll(half); err != nil {
		return false, fmt.Errorf("back up the state: %w", err)
	}
	defer os.RemoveAll(half)
	if err := s.CopyTo(ctx, half); err != nil {
		return false, fmt.Errorf("back up the state: %w", err)
	}
	if err := os.Rename(filepath.Join(half, fileName), path); err != nil {
		return false, fmt.Errorf("back up the state: %w", err)
	}
	kept, err := backups(filepath.Dir(s.path))
	if err != nil {
		return true, err
	}
	oldest := now.AddDate(0, 0, -BackupsKept).Format(backupForm)
	for _, path := range kept {
		if filepath.Base(path) <= oldest {
			if err := os.Remove(path); err != nil {
				return true, fmt.Errorf("remove an old backup: %w", err)
			}
		}
	}
	return true, nil
}

// BackedUp says whether the backup of today was made.
func (s *Store) BackedUp(now time.Time) (bool, error) {
	_, err := os.Lstat(filepath.Join(filepath.Dir(s.path), backupDir, now.UTC().Format(backupForm)))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// backups gives the backups in a state directory, the newest first.
func backups(stateDir string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(stateDir, backupDir))
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list backups: %w", err)
	}
	var list []string
	for _, e := range entries {
		if _, err := time.Parse(backupForm, e.Name()); err == nil && e.Type().IsRegular() {
			list = append(list, filepath.Join(stateDir, backupDir, e.Name()))
		}
	}
	slices.Sort(list)
	slices.Reverse(list)
	return list, nil
}

// dropCopies removes every older copy of the state: all that lies in the folder of backups, and what was set aside.
func (s *Store) dropCopies() (n int, err error) {
	dir := filepath.Dir(s.path)
	list, err := filepath.Glob(filepath.Join(globLiteral(dir), backupDir, "*"))
	if err != nil {
		return 0, err
	}
	aside, err := filepath.Glob(filepath.Join(globLiteral(dir), asidePrefix+"*"))
	if err != nil {
		return 0, err
	}
	for _, path := range append(list, aside...) {
		if err := os.RemoveAll(path); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// globLiteral makes a path stand for itself in a pattern.
func globLiteral(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
