package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"followupd/tracker"
)

var _ tracker.Trails = (*Store)(nil)

const linkColumns = `token, draft, thread, asset, url, created`

func scanLink(row pgx.CollectableRow) (l tracker.Link, err error) {
	var thread, asset, url []byte
	var created int64
	err = row.Scan(&l.Token, &l.Draft, &thread, &asset, &url, &created)
	l.Thread, l.Asset, l.URL, l.Created = tracker.ThreadID(thread), string(asset), string(url), moment(created)
	return l, err
}

// SaveLink stores a link, unless its draft has one to that URL already, and gives the one that stands. It is on the
// server's disk when SaveLink returns.
func (s *Store) SaveLink(ctx context.Context, l tracker.Link) (stands tracker.Link, err error) {
	err = s.write(ctx, durable, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO link (mailbox, `+linkColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
			s.id, l.Token, l.Draft, []byte(l.Thread), []byte(l.Asset), []byte(l.URL), milli(l.Created))
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT `+linkColumns+` FROM link WHERE mailbox = $1 AND (token = $2 OR draft <> '' AND draft = $3 AND url = $4)`,
			s.id, l.Token, l.Draft, []byte(l.URL))
		if err == nil {
			stands, err = pgx.CollectOneRow(rows, scanLink)
		}
		return err
	})
	if err != nil {
		return tracker.Link{}, fmt.Errorf("save the link of draft %s: %w", l.Draft, err)
	}
	return stands, nil
}

// Link finds a link by its token.
func (s *Store) Link(ctx context.Context, token string) (l tracker.Link, found bool, err error) {
	err = s.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+linkColumns+` FROM link WHERE mailbox = $1 AND token = $2`, s.id, token)
		if err != nil {
			return err
		}
		l, err = pgx.CollectOneRow(rows, scanLink)
		found = err == nil
		if errors.Is(err, pgx.ErrNoRows) {
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
func (s *Store) Links(ctx context.Context) (links []tracker.Link, err error) {
	err = s.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+linkColumns+` FROM link WHERE mailbox = $1 ORDER BY created, token COLLATE "C"`, s.id)
		if err != nil {
			return err
		}
		links, err = pgx.AppendRows(links, rows, scanLink)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load links: %w", err)
	}
	return links, nil
}

// AddVisit appends a visit to a link that is somebody's, as long as it has few enough.
func (s *Store) AddVisit(ctx context.Context, v tracker.Visit) error {
	err := s.write(ctx, quick, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO visit (mailbox, token, at, machine, network)
			SELECT mailbox, token, $3, $4, $5 FROM link l WHERE mailbox = $1 AND token = $2 AND thread <> ''
			AND (SELECT count(*) FROM visit WHERE mailbox = $1 AND token = $2) < $6`,
			s.id, v.Token, milli(v.At), []byte(v.Machine), v.Network, tracker.VisitsKept)
		return err
	})
	if err != nil {
		return fmt.Errorf("note a visit: %w", err)
	}
	return nil
}

// Visits gives all visits, the oldest first.
func (s *Store) Visits(ctx context.Context) (visits []tracker.Visit, err error) {
	err = s.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT token, at, machine, network FROM visit WHERE mailbox = $1 ORDER BY at, id`, s.id)
		if err != nil {
			return err
		}
		visits, err = pgx.AppendRows(visits, rows, func(row pgx.CollectableRow) (v tracker.Visit, err error) {
			var at int64
			var machine []byte
			err = row.Scan(&v.Token, &at, &machine, &v.Network)
			v.At, v.Machine = moment(at), string(machine)
			return v, err
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load visits: %w", err)
	}
	return visits, nil
}

// ExpireVisits erases visits from before a moment.
func (s *Store) ExpireVisits(ctx context.Context, before time.Time) error {
	err := s.write(ctx, quick, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM visit WHERE mailbox = $1 AND at < $2`, s.id, milli(before))
		return err
	})
	if err != nil {
		return fmt.Errorf("erase old visits: %w", err)
	}
	return nil
}

// VisitorSalt gives the secret under which the networks of a day's visitors are hashed. With the day's end the next takes
// its place.
func (s *Store) VisitorSalt(ctx context.Context, now time.Time) (salt []byte, err error) {
	day := now.UTC().Format(time.DateOnly)
	fresh := make([]byte, 32)
	if _, err := rand.Read(fresh); err != nil {
		return nil, fmt.Errorf("make a salt: %w", err)
	}
	err = s.write(ctx, quick, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO visitor_salt AS old (mailbox, day, bytes) VALUES ($1, $2, $3)
			ON CONFLICT (mailbox) DO UPDATE SET day = excluded.day, bytes = excluded.bytes WHERE old.day <> excluded.day`, s.id, day, fresh)
		if err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT bytes FROM visitor_salt WHERE mailbox = $1`, s.id).Scan(&salt)
	})
	if err != nil {
		return nil, fmt.Errorf("salt of the day: %w", err)
	}
	return salt, nil
}

// untie erases the visits to links of drafts whose texts are erased, or that were for these threads, and makes the links
// nobody's: they still lead where they led.
func (s *Store) untie(ctx context.Context, tx pgx.Tx, threads []tracker.ThreadID) error {
	list := make([][]byte, len(threads))
	for i, t := range threads {
		list[i] = []byte(t)
	}
	const theirs = `mailbox = $1 AND (thread = ANY($2) OR draft IN (SELECT key FROM draft WHERE mailbox = $1 AND erased))`
	if _, err := tx.Exec(ctx, `DELETE FROM visit WHERE mailbox = $1 AND token IN (SELECT token FROM link WHERE `+theirs+`)`, s.id, list); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE link SET draft = '', thread = '', created = 0 WHERE `+theirs, s.id, list)
	return err
}

// links erases who followed the links of drafts to the person.
func (x *erasing) links() error {
	return x.untie(x.ctx, x.tx, slices.Concat(x.Alone, x.Shared))
}
