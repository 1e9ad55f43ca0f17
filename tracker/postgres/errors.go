package postgres

import (
	"errors"
	"fmt"
)

var (
	// ErrNewer says that the schema is of a newer program.
	ErrNewer = errors.New("the database was written by a newer followupd")
	// ErrFenced says that another worker has taken the mailbox since: nothing was written.
	ErrFenced = errors.New("another worker has taken this mailbox")
	// ErrClosed says that the store was closed.
	ErrClosed = errors.New("the store is closed")
	// ErrLost says that the session that held the mailbox's lock is gone.
	ErrLost = errors.New("the connection that holds the mailboxes is lost")
)

func newer(has, knows int) error {
	return fmt.Errorf("%w: it has schema %d, this program knows up to %d; nothing was changed: install that newer version", ErrNewer, has, knows)
}
