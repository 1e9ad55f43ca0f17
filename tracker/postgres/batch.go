package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"followupd/mail"
	"followupd/tracker"
	"followupd/tracker/intake"
)

// Reaches gives how far each folder has been read, by folder name.
func (s *Store) Reaches(ctx context.Context) (map[string]tracker.Reach, error) {
	reaches := map[string]tracker.Reach{}
	err := s.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT name, role, why, uid_validity, uid_next, mod_seq, messages, read_at FROM folder WHERE mailbox = $1`, s.id)
		if err != nil {
			return err
		}
		var name, why []byte
		var role string
		var validity, next, modSeq, messages, readAt int64
		_, err = pgx.ForEachRow(rows, []any{&name, &role, &why, &validity, &next, &modSeq, &messages, &readAt}, func() error {
			reaches[string(name)] = tracker.Reach{
				Folder: mail.Folder{Name: string(name), Role: mail.Role(role), Why: string(why)},
				Cursor: mail.Cursor{UIDValidity: uint32(validity), UIDNext: mail.UID(next), ModSeq: uint64(modSeq), Messages: uint32(messages)},
				ReadAt: moment(readAt),
			}
			return nil
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load reaches: %w", err)
	}
	return reaches, nil
}

// MarkRead notes that the folder was read to its end at that time.
func (s *Store) MarkRead(ctx context.Context, folder string, at time.Time) error {
	err := s.write(ctx, quick, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE folder SET read_at = $3 WHERE mailbox = $1 AND name = $2`, s.id, []byte(folder), milli(at))
		if err != nil || tag.RowsAffected() > 0 {
			return err
		}
		_, err = s.newFolder(ctx, tx, mail.Folder{Name: folder}, mail.Cursor{}, at)
		return err
	})
	if err != nil {
		return fmt.Errorf("mark folder %q read: %w", folder, err)
	}
	return nil
}

// newFolder notes a folder that is new. Folders are numbered within their mailbox, whose row the transaction holds.
func (s *Store) newFolder(ctx context.Context, tx pgx.Tx, f mail.Folder, c mail.Cursor, readAt time.Time) (id int32, err error) {
	err = tx.QueryRow(ctx, `INSERT INTO folder (mailbox, id, name, role, why, uid_validity, uid_next, mod_seq, messages, read_at)
		SELECT $1, coalesce(max(id), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9 FROM folder WHERE mailbox = $1 RETURNING id`,
		s.id, []byte(f.Name), string(f.Role), []byte(f.Why), int64(c.UIDValidity), int64(c.UIDNext), int64(c.ModSeq), int64(c.Messages), milli(readAt)).Scan(&id)
	return id, err
}

// SaveBatch stores what was read and how far. A batch with Reset, or one of another UIDVALIDITY than the last, drops the
// folder's places first; so only the first batch of a new reading may say Reset.
//
// A message that is there already is only noted in its new place and folder, with one exception: the header of the most
// trusted copy is kept (see intake.Rank), so that nobody's mail into the inbox can stand in for what lies in Sent. Then its
// content, read from the other copy, is dropped. rows are those of new messages and of those whose folder, time or header
// changed, in ascending order.
func (s *Store) SaveBatch(ctx context.Context, folder mail.Folder, batch mail.Batch, now time.Time) ([]int64, error) {
	arrivals := intake.Arrivals(folder.Name, batch, now)
	var changed []int64
	err := s.write(ctx, quick, func(tx pgx.Tx) error {
		id, err := s.saveFolder(ctx, tx, folder, batch)
		if err != nil || len(arrivals) == 0 {
			return err
		}
		gone, err := s.loadForgotten(ctx, tx)
		if err != nil {
			return err
		}
		arrivals = gone.Withhold(arrivals)
		known, err := s.insertMessages(ctx, tx, id, arrivals)
		if err != nil {
			return err
		}
		if err := s.insertPlaces(ctx, tx, id, arrivals); err != nil {
			return err
		}
		changed = nil
		for i := range arrivals {
			a := &arrivals[i]
			is := true
			if old, again := known[a.Identity]; again {
				if is, err = s.meetAgain(ctx, tx, id, folder.Role, a, old); err != nil {
					return err
				}
			}
			if is {
				changed = append(changed, a.Row)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("save batch of %q: %w", folder.Name, err)
	}
	slices.Sort(changed)
	return changed, nil
}

// saveFolder notes the folder and the cursor, and drops places that mean nothing any more.
func (s *Store) saveFolder(ctx context.Context, tx pgx.Tx, folder mail.Folder, batch mail.Batch) (id int32, err error) {
	c := batch.Cursor
	var validity int64
	err = tx.QueryRow(ctx, `SELECT id, uid_validity FROM folder WHERE mailbox = $1 AND name = $2`, s.id, []byte(folder.Name)).Scan(&id, &validity)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return s.newFolder(ctx, tx, folder, c, time.Time{})
	case err != nil:
		return 0, err
	}
	if batch.Reset || validity != int64(c.UIDValidity) {
		if _, err := tx.Exec(ctx, `DELETE FROM place WHERE mailbox = $1 AND folder = $2`, s.id, id); err != nil {
			return 0, err
		}
	}
	_, err = tx.Exec(ctx, `UPDATE folder SET role = $3, why = $4, uid_validity = $5, uid_next = $6, mod_seq = $7, messages = $8 WHERE mailbox = $1 AND id = $2`,
		s.id, id, string(folder.Role), []byte(folder.Why), int64(c.UIDValidity), int64(c.UIDNext), int64(c.ModSeq), int64(c.Messages))
	return id, err
}

// met is what the store already knows of a message that arrives again.
type met struct {
	folder   int32 // whose copy the header was taken from
	role     mail.Role
	received int64
	guessed  bool
}

// insertMessages stores the messages that are new, sets the row of every arrival, and gives those that were known. It
// takes a row's number for each arrival, so numbers of known ones are skipped.
func (s *Store) insertMessages(ctx context.Context, tx pgx.Tx, folder int32, arrivals []intake.Arrival) (map[intake.Identity]met, error) {
	n := len(arrivals)
	var last int64
	if err := tx.QueryRow(ctx, `UPDATE mailbox SET last_row = last_row + $2 WHERE id = $1 RETURNING last_row - $2`, s.id, int64(n)).Scan(&last); err != nil {
		return nil, err
	}
	number, identity, header := make([]int64, n), make([][]byte, n), make([][]byte, n)
	received, guessed, reduced := make([]int64, n), make([]bool, n), make([]bool, n)
	for i := range arrivals {
		a := &arrivals[i]
		a.Row = last + int64(i) + 1
		number[i], identity[i], header[i] = a.Row, a.Identity[:], a.Header
		received[i], guessed[i], reduced[i] = a.Received, a.Guessed, a.Reduced
	}
	tag, err := tx.Exec(ctx, `INSERT INTO message (mailbox, folder, row, identity, received, guessed, reduced, header)
		SELECT $1, $2, * FROM unnest($3::bigint[], $4::bytea[], $5::bigint[], $6::bool[], $7::bool[], $8::bytea[])
		ON CONFLICT (mailbox, identity) DO NOTHING`, s.id, folder, number, identity, received, guessed, reduced, header)
	if err != nil {
		return nil, err
	}
	known := map[intake.Identity]met{}
	if int(tag.RowsAffected()) == n {
		return known, nil
	}
	at := make(map[intake.Identity]*intake.Arrival, n)
	for i := range arrivals {
		at[arrivals[i].Identity] = &arrivals[i]
	}
	rows, err := tx.Query(ctx, `SELECT m.identity, m.row, m.folder, f.role, m.received, m.guessed
		FROM message m JOIN folder f ON f.mailbox = m.mailbox AND f.id = m.folder
		WHERE m.mailbox = $1 AND m.identity = ANY($2)`, s.id, identity)
	if err != nil {
		return nil, err
	}
	var bytes []byte
	var row int64
	var role string
	var m met
	_, err = pgx.ForEachRow(rows, []any{&bytes, &row, &m.folder, &role, &m.received, &m.guessed}, func() error {
		id := intake.Identity(bytes)
		if a := at[id]; a.Row != row {
			a.Row, m.role = row, mail.Role(role)
			known[id] = m
		}
		return nil
	})
	return known, err
}

// insertPlaces notes where the arrivals lie.
func (s *Store) insertPlaces(ctx context.Context, tx pgx.Tx, folder int32, arrivals []intake.Arrival) error {
	var rows, uids []int64
	for _, a := range arrivals {
		for _, uid := range a.UIDs {
			if uid != 0 {
				rows, uids = append(rows, a.Row), append(uids, int64(uid))
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO place (mailbox, folder, row, uid) SELECT $1, $2, * FROM unnest($3::bigint[], $4::bigint[]) ON CONFLICT DO NOTHING`,
		s.id, folder, rows, uids)
	return err
}

// meetAgain takes another copy of a known message in and says whether anything changed but its places.
func (s *Store) meetAgain(ctx context.Context, tx pgx.Tx, folder int32, role mail.Role, a *intake.Arrival, old met) (changed bool, err error) {
	other := folder
	// A draft is saved again and again under one Message-ID: its newest copy is what it says now.
	if intake.Rank(role) > intake.Rank(old.role) || role == mail.RoleDrafts && old.role == mail.RoleDrafts {
		if err := s.replaceHeader(ctx, tx, folder, a); err != nil {
			return false, err
		}
		changed, other = true, old.folder
	}
	if folder != old.folder {
		tag, err := tx.Exec(ctx, `INSERT INTO sighting (mailbox, row, folder) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, s.id, a.Row, other)
		if err != nil {
			return false, err
		}
		changed = changed || tag.RowsAffected() > 0
	}
	if !a.Guessed && intake.Earlier(a.Received, a.Guessed, old.received, old.guessed) {
		if _, err := tx.Exec(ctx, `UPDATE message SET received = $3, guessed = false WHERE mailbox = $1 AND row = $2`, s.id, a.Row, a.Received); err != nil {
			return false, err
		}
		changed = true
	}
	return changed, nil
}

// replaceHeader takes the header of a copy in the folder for that of its message, and drops the content of the other copy.
func (s *Store) replaceHeader(ctx context.Context, tx pgx.Tx, folder int32, a *intake.Arrival) error {
	_, err := tx.Exec(ctx, `UPDATE message SET folder = $3, header = $4, reduced = $5 WHERE mailbox = $1 AND row = $2`, s.id, a.Row, folder, a.Header, a.Reduced)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `DELETE FROM content WHERE mailbox = $1 AND row = $2`, s.id, a.Row)
	return err
}
