package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"followupd/mail"
	"followupd/tracker"
	"followupd/tracker/intake"
)

// Seen gives the messages above a row, in order of Row. each may use the store; what it writes is not seen by this walk.
func (s *Store) Seen(ctx context.Context, after int64, each func(tracker.Seen) error) error {
	err := s.read(ctx, func(tx *sql.Tx) error {
		return walkHeaders(ctx, tx, after, each)
	})
	if err != nil {
		return fmt.Errorf("walk messages: %w", err)
	}
	return nil
}

// SeenRows gives the messages named, in order of Row; a row that does not exist is left out.
func (s *Store) SeenRows(ctx context.Context, rows []int64) ([]tracker.Seen, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	list, err := json.Marshal(rows)
	if err != nil {
		return nil, err
	}
	var seen []tracker.Seen
	err = s.read(ctx, func(tx *sql.Tx) error {
		return walkSeen(ctx, tx, string(list), func(one tracker.Seen) error {
			seen = append(seen, one)
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("load %d messages: %w", len(rows), err)
	}
	return seen, nil
}

// What a walk over headers asks for, each above a row and in order of it.
const (
	headersQuery   = `SELECT row, folder, received, header, reduced FROM message WHERE row > ? ORDER BY row`
	bodiesQuery    = `SELECT row, version FROM content WHERE row > ? ORDER BY row`
	sightingsQuery = `SELECT row, group_concat(folder) FROM sighting WHERE row > ? GROUP BY row ORDER BY row`
)

// walkHeaders walks the messages above a row. Which of them have a body, and where else they were seen, is read beside: joined
// in, the two would be looked up for every message, and in a first reading there are none.
func walkHeaders(ctx context.Context, tx *sql.Tx, after int64, each func(tracker.Seen) error) error {
	folders, err := loadFolders(ctx, tx)
	if err != nil {
		return err
	}
	bodies, err := beside[int64](ctx, tx, bodiesQuery, after)
	if err != nil {
		return err
	}
	defer bodies.rows.Close()
	others, err := beside[string](ctx, tx, sightingsQuery, after)
	if err != nil {
		return err
	}
	defer others.rows.Close()
	rows, err := tx.QueryContext(ctx, headersQuery, after)
	if err != nil {
		return err
	}
	defer rows.Close()
	alone := make(map[int64][]mail.Folder, len(folders)) // shared by the messages of one folder
	for id, f := range folders {
		alone[id] = []mail.Folder{f}
	}
	var one tracker.Seen // for all rows: each is given a copy
	var folder, received int64
	var header sql.RawBytes
	into := []any{&one.Row, &folder, &received, &header, &one.Reduced}
	for rows.Next() {
		one = tracker.Seen{}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		version, known, err := bodies.at(one.Row)
		if err != nil {
			return err
		}
		other, _, err := others.at(one.Row)
		if err != nil {
			return err
		}
		one.Received = moment(received)
		one.Message = mail.ParseHeader(header)
		one.HasBody, one.Outdated = known && version == mail.ContentVersion, known && version != mail.ContentVersion
		if one.Folders = alone[folder]; other != "" {
			if one.Folders, err = foldersOf(folders, folder, other); err != nil {
				return err
			}
		}
		if err := each(one); err != nil {
			return err
		}
	}
	return rows.Err()
}

// aside is what another table says of some of the messages, in order of row.
type aside[V any] struct {
	rows  *sql.Rows
	row   int64 // of value; 0: none was read
	value V
	ended bool
}

func beside[V any](ctx context.Context, tx *sql.Tx, query string, after int64) (*aside[V], error) {
	rows, err := tx.QueryContext(ctx, query, after) //nolint:rowserrcheck // at does
	if err != nil {
		return nil, err
	}
	return &aside[V]{rows: rows}, nil
}

// at gives what is said of a row. Rows have to be asked for in order.
func (a *aside[V]) at(row int64) (value V, known bool, err error) {
	for !a.ended && a.row < row {
		if !a.rows.Next() {
			a.ended = true
			return value, false, a.rows.Err()
		}
		if err := a.rows.Scan(&a.row, &a.value); err != nil {
			return value, false, err
		}
	}
	if a.ended || a.row != row {
		return value, false, nil
	}
	return a.value, true, nil
}

// walkSeen walks the messages whose rows stand in a list (JSON), with their bodies.
func walkSeen(ctx context.Context, tx *sql.Tx, list string, each func(tracker.Seen) error) error {
	folders, err := loadFolders(ctx, tx)
	if err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, `SELECT m.row, m.folder, m.received, m.header, m.reduced, c.version, c.body,
		(SELECT group_concat(folder) FROM sighting WHERE row = m.row)
		FROM message m LEFT JOIN content c ON c.row = m.row
		WHERE m.row IN (SELECT value FROM json_each(?)) ORDER BY m.row`, list)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var one tracker.Seen
		var folder, received int64
		var header, body sql.RawBytes
		var version sql.NullInt64
		var others sql.NullString
		if err := rows.Scan(&one.Row, &folder, &received, &header, &one.Reduced, &version, &body, &others); err != nil {
			return err
		}
		one.Received = moment(received)
		one.Message = mail.ParseHeader(header)
		one.HasBody = version.Valid && version.Int64 == mail.ContentVersion
		one.Outdated = version.Valid && !one.HasBody
		if body != nil {
			one.Message.Content = new(mail.Content)
			if err := json.Unmarshal(body, one.Message.Content); err != nil {
				return fmt.Errorf("content of message %d: %w", one.Row, err)
			}
		}
		if one.Folders, err = foldersOf(folders, folder, others.String); err != nil {
			return err
		}
		if err := each(one); err != nil {
			return err
		}
	}
	return rows.Err()
}

// loadFolders gives all folders by id.
func loadFolders(ctx context.Context, tx *sql.Tx) (map[int64]mail.Folder, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, name, role, why FROM folder`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	folders := map[int64]mail.Folder{}
	for rows.Next() {
		var id int64
		var f mail.Folder
		if err := rows.Scan(&id, &f.Name, &f.Role, &f.Why); err != nil {
			return nil, err
		}
		folders[id] = f
	}
	return folders, rows.Err()
}

// foldersOf gives the folder a header was taken from, and then the others (ids parted by commas) in which its message was
// seen.
func foldersOf(folders map[int64]mail.Folder, first int64, others string) ([]mail.Folder, error) {
	list := []mail.Folder{folders[first]}
	if others == "" {
		return list, nil
	}
	for text := range strings.SplitSeq(others, ",") {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("folder id: %w", err)
		}
		if id != first {
			list = append(list, folders[id])
		}
	}
	return list, nil
}

// Lies gives where a message lies, as far as the last reading of each folder tells: first where its header was taken from,
// then the more trusted folders, newest copy first.
func (s *Store) Lies(ctx context.Context, row int64) ([]tracker.Place, error) {
	type spot struct {
		tracker.Place
		role mail.Role
		home bool
	}
	var spots []spot
	err := s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT f.name, f.uid_validity, p.uid, f.role, f.id = m.folder
			FROM place p JOIN folder f ON f.id = p.folder JOIN message m ON m.row = p.row WHERE p.row = ?`, row)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var one spot
			if err := rows.Scan(&one.Folder, &one.Validity, &one.UID, &one.role, &one.home); err != nil {
				return err
			}
			spots = append(spots, one)
		}
		return rows.Err()
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
		return cmp.Or(cmp.Compare(intake.Rank(b.role), intake.Rank(a.role)), cmp.Compare(a.Folder, b.Folder), cmp.Compare(b.UID, a.UID))
	})
	var places []tracker.Place
	for _, one := range spots {
		places = append(places, one.Place)
	}
	return places, nil
}
