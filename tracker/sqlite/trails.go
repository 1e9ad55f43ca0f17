package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"followupd/tracker"
)

var _ tracker.Trails = (*Store)(nil)

const linkColumns = `token, draft, thread, asset, url, created`

func scanLink(scan func(...any) error) (tracker.Link, error) {
	var l tracker.Link
	var created int64
	err := scan(&l.Token, &l.Draft, &l.Thread, &l.Asset, &l.URL, &created)
	l.Created = moment(created)
	return l, err
}

// SaveLink stores a link, unless its draft has one to that URL already, and gives the one that stands. It is on the disk
// when SaveLink returns.
func (s *Store) SaveLink(ctx context.Context, l tracker.Link) (tracker.Link, error) {
	stands := l
	err := s.write(ctx, s.durable, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO link (`+linkColumns+`) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			l.Token, l.Draft, l.Thread, l.Asset, l.URL, milli(l.Created))
		if err != nil {
			return err
		}
		row := tx.QueryRowContext(ctx, `SELECT `+linkColumns+` FROM link WHERE token = ? OR draft <> '' AND draft = ? AND url = ?`, l.Token, l.Draft, l.URL)
		stands, err = scanLink(row.Scan)
		return err
	})
	if err != nil {
		return tracker.Link{}, fmt.Errorf("save the link of draft %s: %w", l.Draft, err)
	}
	return stands, nil
}

// Link finds a link by its token.
func (s *Store) Link(ctx context.Context, token string) (l tracker.Link, found bool, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		var err error
		l, err = scanLink(tx.QueryRowContext(ctx, `SELECT `+linkColumns+` FROM link WHERE token = ?`, token).Scan)
		found = err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return tracker.Link{}, false, fmt.Errorf("look a link up: %w", err)
	}
	return l, found, nil
}

// Links gives all links, the oldest first.
func (s *Store) Links(ctx context.Context) ([]tracker.Link, error) {
	var links []tracker.Link
	err := s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT `+linkColumns+` FROM link ORDER BY created, token`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			l, err := scanLink(rows.Scan)
			if err != nil {
				return err
			}
			links = append(links, l)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("load links: %w", err)
	}
	return links, nil
}

// AddVisit appends a visit to a link that is somebody's, as long as it has few enough.
func (s *Store) AddVisit(ctx context.Context, v tracker.Visit) error {
	err := s.write(ctx, s.quick, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO visit (token, at, machine, network)
			SELECT token, ?, ?, ? FROM link WHERE token = ? AND thread <> '' AND (SELECT count(*) FROM visit WHERE token = link.token) < ?`,
			milli(v.At), v.Machine, v.Network, v.Token, tracker.VisitsKept)
		return err
	})
	if err != nil {
		return fmt.Errorf("note a visit: %w", err)
	}
	return nil
}

// Visits gives all visits, the oldest first.
func (s *Store) Visits(ctx context.Context) ([]tracker.Visit, error) {
	var visits []tracker.Visit
	err := s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT token, at, machine, network FROM visit ORDER BY at, id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var v tracker.Visit
			var at int64
			if err := rows.Scan(&v.Token, &at, &v.Machine, &v.Network); err != nil {
				return err
			}
			v.At = moment(at)
			visits = append(visits, v)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("load visits: %w", err)
	}
	return visits, nil
}

// ExpireVisits erases visits from before a moment.
func (s *Store) ExpireVisits(ctx context.Context, before time.Time) error {
	err := s.write(ctx, s.quick, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM visit WHERE at < ?`, milli(before))
		return err
	})
	if err != nil {
		return fmt.Errorf("erase old visits: %w", err)
	}
	return nil
}

// VisitorSalt gives the secret under which the networks of a day's visitors are hashed. With the day's end the next takes
// its place.
func (s *Store) VisitorSalt(ctx context.Context, now time.Time) ([]byte, error) {
	day := now.UTC().Format(time.DateOnly)
	fresh := make([]byte, 32)
	if _, err := rand.Read(fresh); err != nil {
		return nil, fmt.Errorf("make a salt: %w", err)
	}
	var salt []byte
	err := s.write(ctx, s.quick, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO visitor_salt (id, day, bytes) VALUES (1, ?, ?)
			ON CONFLICT (id) DO UPDATE SET day = excluded.day, bytes = excluded.bytes WHERE day <> excluded.day`, day, fresh)
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT bytes FROM visitor_salt`).Scan(&salt)
	})
	if err != nil {
		return nil, fmt.Errorf("salt of the day: %w", err)
	}
	return salt, nil
}

// untie erases the visits to links of drafts whose texts are erased, or that were for these threads, and makes the links
// nobody's: they still lead where they led.
func untie(ctx context.Context, tx *sql.Tx, threads []tracker.ThreadID) error {
	list, err := json.Marshal(slices.Concat([]tracker.ThreadID{}, threads))
	if err != nil {
		return err
	}
	const theirs = `thread IN (SELECT value FROM json_each(?1)) OR draft IN (SELECT key FROM draft WHERE erased)`
	if _, err := tx.ExecContext(ctx, `DELETE FROM visit WHERE token IN (SELECT token FROM link WHERE `+theirs+`)`, string(list)); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE link SET draft = '', thread = '', created = 0 WHERE `+theirs, string(list))
	return err
}

// links erases who followed the links of drafts to the person.
func (x *erasing) links() error {
	return untie(x.ctx, x.tx, slices.Concat(x.Alone, x.Shared))
}
