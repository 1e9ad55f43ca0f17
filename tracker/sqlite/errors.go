package sqlite

import (
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"
)

// What may be wrong with the state file. Every error of this package that has one of these causes wraps it; its text
// names the file and what to do.
var (
	ErrNewer    = errors.New("the state was written by a newer followupd")
	ErrDamaged  = errors.New("the state file is damaged")
	ErrForeign  = errors.New("the file is not followupd's")
	ErrNotFile  = errors.New("the state file is not a regular file")
	ErrReadOnly = errors.New("the state cannot be written")
	ErrFull     = errors.New("the disk is full")
	ErrBusy     = errors.New("another process keeps the state busy")
	ErrDisk     = errors.New("the disk fails")
)

// damaged says what to do about a file that cannot be trusted any more.
func damaged(path string, cause error) error {
	return fmt.Errorf("%w: %s: %w; `followupd run` or `followupd once` sets it aside and begins anew, with your words as far as they can be read; "+
		"or move it aside (with %s-wal and %s-shm, if they exist): the mailbox is read again and drafts that lie there are found", ErrDamaged, path, cause, path, path)
}

// newer says what to do about a file whose schema this program does not know.
func newer(path string, has, knows int) error {
	return fmt.Errorf("%w: %s has schema %d, this program knows up to %d; nothing was changed: install that newer version again, "+
		"or move the file aside and start anew without its holds, closes, notes and grades", ErrNewer, path, has, knows)
}

// explain gives an error of the driver its cause and its way out. Other errors, and nil, stay as they are.
func explain(path string, err error) error {
	var sqliteErr sqlite3.Error
	if !errors.As(err, &sqliteErr) {
		return err
	}
	for _, known := range []error{ErrNewer, ErrDamaged, ErrForeign, ErrNotFile, ErrReadOnly, ErrFull, ErrBusy, ErrDisk} {
		if errors.Is(err, known) {
			return err
		}
	}
	switch sqliteErr.Code {
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB, sqlite3.ErrFormat:
		return damaged(path, err)
	case sqlite3.ErrFull:
		return fmt.Errorf("%w: %s: %w; nothing is lost: free some space, it goes on by itself", ErrFull, path, err)
	case sqlite3.ErrReadonly, sqlite3.ErrCantOpen, sqlite3.ErrPerm, sqlite3.ErrAuth:
		return fmt.Errorf("%w: %s: %w; the file and its directory must be writable for the user who runs followupd", ErrReadOnly, path, err)
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return fmt.Errorf("%w: %s: %w; try again, and see which program holds the file open", ErrBusy, path, err)
	case sqlite3.ErrIoErr:
		return fmt.Errorf("%w: %s: %w; see the system's log", ErrDisk, path, err)
	}
	return err
}
