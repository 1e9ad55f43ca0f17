package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// copied are the tables of a mailbox with their columns besides the mailbox's, in the order in which they may be filled. Where
// the order of rows counts, the last column is followed by what orders them.
var copied = []struct{ table, columns, order string }{
	{"folder", "id, name, role, why, uid_validity, uid_next, mod_seq, messages, read_at", ""},
	{"message", "row, identity, folder, received, guessed, reduced, header", ""},
	{"sighting", "row, folder", ""},
	{"place", "row, folder, uid", ""},
	{"content", "row, version, body", ""},
	{"opinion", "row, at, model, intent, until", ""},
	{"draft", "key, thread, answers, step, action, approach, asset, template, body, why, state, message_id, source, validity, floor, uid, " +
		"created, changed, looked_at, looks, erased", "id"},
	{"edit", "draft, at, kept, diff", ""},
	{"word", "at, kind, thread, address, until, outcome, text, source", "id"},
	{"sign", "place, name, at", ""},
	{"forgotten", "hash, at", "id"},
	{"link", "token, draft, thread, asset, url, created", ""},
	{"visit", "token, at, machine, network", "id"},
}

// copyPrefix begins what stands for the address of a copy: no address has a space.
const copyPrefix = "copy of "

// Copy gives a copy of a mailbox's facts that nobody else sees, until it is dropped. What a process left that was killed is
// dropped by the next.
func (d *Database) Copy(ctx context.Context, address string) (s *Store, drop func(), err error) {
	conn, err := d.pool.Acquire(ctx) // whose lock on the copy says that it is in use
	if err != nil {
		return nil, nil, fmt.Errorf("copy the state of %s: %w", address, err)
	}
	var id int32
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM mailbox WHERE address LIKE $1 || '%' AND pg_try_advisory_xact_lock($2, id)`, copyPrefix, lockMailbox)
		if err != nil {
			return err
		}
		ids, err := d.mailboxes(ctx, tx, []string{address})
		if err != nil {
			return err
		}
		from := ids[key(address)]
		err = tx.QueryRow(ctx, `INSERT INTO mailbox (address, last_row, first_start, recovered, salt)
			SELECT $2 || $3 || ' ' || pg_backend_pid() || ' ' || clock_timestamp(), last_row, first_start, recovered, salt FROM mailbox WHERE id = $1
			RETURNING id`, from, copyPrefix, key(address)).Scan(&id)
		if err != nil {
			return err
		}
		for _, c := range copied {
			order := ""
			if c.order != "" {
				order = " ORDER BY " + c.order
			}
			if _, err := tx.Exec(ctx, `INSERT INTO `+c.table+` (mailbox, `+c.columns+`) SELECT $2, `+c.columns+` FROM `+c.table+` WHERE mailbox = $1`+order, from, id); err != nil {
				return fmt.Errorf("%s: %w", c.table, err)
			}
		}
		_, err = tx.Exec(ctx, `SELECT pg_advisory_lock($1, $2)`, lockMailbox, id)
		return err
	})
	if err != nil {
		conn.Release()
		return nil, nil, fmt.Errorf("copy the state of %s: %w", address, err)
	}
	drop = func() {
		ctx := context.WithoutCancel(ctx)
		_, _ = conn.Exec(ctx, `DELETE FROM mailbox WHERE id = $1`, id) // else the next one does
		_ = conn.Conn().Close(ctx)
		conn.Release()
	}
	return &Store{pool: d.pool, id: id}, drop, nil
}
