package postgres

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"followupd/mail"
	"followupd/tracker"
	"followupd/tracker/intake"
)

// page is how many messages a walk asks for at a time. Between pages it holds no connection, so that whoever is called for
// each may use the store however many walk at once.
const page = 500

// Seen gives the messages above a row, in order of Row. each may use the store; messages that it adds are not seen by this
// walk.
func (s *Store) Seen(ctx context.Context, after int64, each func(tracker.Seen) error) error {
	if after == 0 && s.loads != nil {
		select {
		case s.loads <- struct{}{}:
			defer func() { <-s.loads }()
		case <-ctx.Done():
			return fmt.Errorf("walk messages: %w", context.Cause(ctx))
		}
	}
	last, err := s.lastRow(ctx)
	for err == nil && after < last {
		var some []tracker.Seen
		some, err = s.someSeen(ctx, `m.row > $2 AND m.row <= $3`, "NULL", after, last)
		for _, one := range some {
			if err := each(one); err != nil {
				return fmt.Errorf("walk messages: %w", err)
			}
			after = one.Row
		}
		if len(some) < page {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("walk messages: %w", err)
	}
	return nil
}

// lastRow gives the highest row that was ever given.
func (s *Store) lastRow(ctx context.Context) (last int64, err error) {
	err = s.read(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT last_row FROM mailbox WHERE id = $1`, s.id).Scan(&last)
	})
	return last, err
}

// SeenRows gives the messages named, in order of Row; a row that does not exist is left out.
func (s *Store) SeenRows(ctx context.Context, rows []int64) ([]tracker.Seen, error) {
	rows = slices.Clone(rows)
	slices.Sort(rows)
	rows = slices.Compact(rows)
	var seen []tracker.Seen
	for some := range slices.Chunk(rows, page) {
		found, err := s.someSeen(ctx, `m.row = ANY($2)`, "c.body", some)
		if err != nil {
			return nil, fmt.Errorf("load %d messages: %w", len(rows), err)
		}
		seen = append(seen, found...)
	}
	return seen, nil
}

// someSeen gives the first page of messages for which a condition on m holds, whose arguments begin with $2. body is what
// it asks of their contents besides: c.body, which is kilobytes, or NULL.
func (s *Store) someSeen(ctx context.Context, where, body string, args ...any) ([]tracker.Seen, error) {
	var seen []tracker.Seen
	err := s.read(ctx, func(tx pgx.Tx) error {
		seen = nil
		folders, err := s.loadFolders(ctx, tx)
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT m.row, m.folder, m.received, m.header, m.reduced, c.version, `+body+`::text,
			ARRAY(SELECT folder FROM sighting g WHERE g.mailbox = m.mailbox AND g.row = m.row ORDER BY folder)
			FROM message m LEFT JOIN content c ON c.mailbox = m.mailbox AND c.row = m.row
			WHERE m.mailbox = $1 AND `+where+fmt.Sprintf(` ORDER BY m.row LIMIT %d`, page), append([]any{s.id}, args...)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var one tracker.Seen
			var folder int32
			var received int64
			var header []byte
			var version *int32
			var body *string
			var others []int32
			if err := rows.Scan(&one.Row, &folder, &received, &header, &one.Reduced, &version, &body, &others); err != nil {
				return err
			}
			one.Received = moment(received)
			one.Message = mail.ParseHeader(header)
			one.HasBody = version != nil && int(*version) == mail.ContentVersion
			one.Outdated = version != nil && !one.HasBody
			if body != nil {
				one.Message.Content = new(mail.Content)
				if err := json.Unmarshal([]byte(*body), one.Message.Content); err != nil {
					return fmt.Errorf("content of message %d: %w", one.Row, err)
				}
			}
			one.Folders = []mail.Folder{folders[folder]}
			for _, id := range others {
				if id != folder {
					one.Folders = append(one.Folders, folders[id])
				}
			}
			seen = append(seen, one)
		}
		return rows.Err()
	})
	return seen, err
}

// loadFolders gives all folders by id.
func (s *Store) loadFolders(ctx context.Context, tx pgx.Tx) (map[int32]mail.Folder, error) {
	rows, err := tx.Query(ctx, `SELECT id, name, role, why FROM folder WHERE mailbox = $1`, s.id)
	if err != nil {
		return nil, err
	}
	folders := map[int32]mail.Folder{}
	var id int32
	var name, why []byte
	var role string
	_, err = pgx.ForEachRow(rows, []any{&id, &name, &role, &why}, func() error {
		folders[id] = mail.Folder{Name: string(name), Role: mail.Role(role), Why: string(why)}
		return nil
	})
	return folders, err
}

// Lies gives where a message lies, as far as the last reading of each folder tells: first where its header was taken from,
// then the more trusted folders, newest copy first.
func (s *Store) Lies(ctx context.Context, row int64) ([]tracker.Place, error) {
	type spot struct {
		tracker.Place
		rank int
		home bool
	}
	var spots []spot
	err := s.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT f.name, f.uid_validity, p.uid, f.role, f.id = m.folder
			FROM place p JOIN folder f ON f.mailbox = p.mailbox AND f.id = p.folder JOIN message m ON m.mailbox = p.mailbox AND m.row = p.row
			WHERE p.mailbox = $1 AND p.row = $2`, s.id, row)
		if err != nil {
			return err
		}
		var name []byte
		var validity, uid int64
		var role string
		var home bool
		_, err = pgx.ForEachRow(rows, []any{&name, &validity, &uid, &role, &home}, func() error {
			place := tracker.Place{Folder: string(name), Validity: uint32(validity), UID: mail.UID(uid)}
			spots = append(spots, spot{place, intake.Rank(mail.Role(role)), home})
			return nil
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find places of message %d: %w", row, err)
	}
	slices.SortFunc(spots, func(a, b spot) int {
		if a.home != b.home {
			if a.home {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.Folder, b.Folder), cmp.Compare(b.UID, a.UID))
	})
	var places []tracker.Place
	for _, one := range spots {
		places = append(places, one.Place)
	}
	return places, nil
}
