package postgres

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
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

// explain gives an error of connecting its way out. Other errors stay as they are.
func explain(err error) error {
	if refused := new(pgconn.ConnectError); errors.As(err, &refused) {
		return fmt.Errorf("%w; see that the server runs and lets this user in: the password comes from PGPASSFILE, ~/.pgpass or PGPASSWORD", err)
	}
	return err
}

func newer(has, knows int) error {
	return fmt.Errorf("%w: it has schema %d, this program knows up to %d; nothing was changed: install that newer version", ErrNewer, has, knows)
}
