package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"followupd/mail"
	"followupd/tracker"
	"followupd/tracker/intake"
)

// Forget erases what is stored of a person: the rows in one transaction; then the file is written anew, its journal
// emptied, and older copies of it (backups, damaged files set aside) are removed, so that the bytes are gone from the
// state directory. It may be said again after an error, and does then what is missing.
func (s *Store) Forget(ctx context.Context, f tracker.Forgetting) (tracker.Erased, error) {
	var e tracker.Erased
	err := s.write(ctx, s.durable, func(ctx context.Context, tx *sql.Tx) error {
		gone, err := remember(ctx, tx, f.Who, milli(f.At))
		if err != nil {
			return err
		}
		x := erasing{ctx: ctx, tx: tx, Erasure: intake.Erasure{Gone: gone, Forgetting: f}}
		for _, step := range []func() error{x.messages, x.bodies, x.drafts, x.words, x.links, x.notices} {
			if err := step(); err != nil {
				return err
			}
		}
		e = x.Done
		return nil
	})
	if err != nil {
		return e, fmt.Errorf("forget: %w", err)
	}
	if err := s.scrub(ctx); err != nil {
		return e, fmt.Errorf("forget: the rows are erased, but their bytes may still be in the files; say it again: %w", err)
	}
	if e.Copies, err = s.dropCopies(); err != nil {
		return e, fmt.Errorf("forget: older copies of the state stay: %w", err)
	}
	return e, nil
}

// scrub writes the file anew without what was deleted, and empties its journal.
func (s *Store) scrub(ctx context.Context) error {
	if err := s.checkpoint(ctx); err != nil {
		return err
	}
	if _, err := s.durable.ExecContext(ctx, `VACUUM`); err != nil {
		return explain(s.path, err)
	}
	return s.checkpoint(ctx)
}

// checkpoint folds the journal into the file and cuts it to nothing. Readers of the old state hinder that: it waits for
// them as long as for other writers, and so for another checkpoint, on which SQLite itself does not wait.
func (s *Store) checkpoint(ctx context.Context) error {
	s.folding.all.Wait()
	late := time.NewTimer(s.wait)
	defer late.Stop()
	for {
		var busy, pages, moved int
		if err := s.durable.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &moved); err != nil {
			return explain(s.path, err)
		}
		if busy == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-late.C:
			return fmt.Errorf("%w: %s: somebody reads an older state of it", ErrBusy, s.path)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// erasing is one Forget under way.
type erasing struct {
	ctx context.Context
	tx  *sql.Tx
	intake.Erasure
}

// messages erases the person's own messages and takes them out of those of others.
func (x *erasing) messages() error {
	type found struct {
		seen  tracker.Seen
		id    intake.Identity
		trace tracker.Trace
	}
	var list []found
	rows, err := x.tx.QueryContext(x.ctx, `SELECT row, identity, header, received, folder FROM message ORDER BY row`)
	if err != nil {
		return err
	}
	defer rows.Close()
	folders, err := loadFolders(x.ctx, x.tx)
	if err != nil {
		return err
	}
	kept := make(map[mail.MessageID]bool)
	for rows.Next() {
		var one found
		var id, header sql.RawBytes
		var received, folder int64
		if err := rows.Scan(&one.seen.Row, &id, &header, &received, &folder); err != nil {
			return err
		}
		one.seen.Message = mail.ParseHeader(header)
		one.trace = x.Trace(one.seen.Message)
		if one.trace != tracker.Theirs && one.seen.Message.ID != "" {
			kept[one.seen.Message.ID] = true
		}
		if one.trace == tracker.NoTrace {
			continue
		}
		if len(id) != len(one.id) {
			return fmt.Errorf("message %d has an identity of %d bytes", one.seen.Row, len(id))
		}
		one.id = intake.Identity(id)
		one.seen.Received, one.seen.Folders = moment(received), []mail.Folder{folders[folder]}
		list = append(list, one)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows.Close()
	for _, one := range list {
		if x.Message(one.seen.Message, one.trace, kept) {
			if err := x.erase(one.seen.Row); err != nil {
				return err
			}
			continue
		}
		if err := x.reduce(one.seen, one.id); err != nil {
			return err
		}
	}
	return nil
}

func (x *erasing) erase(row int64) error {
	for _, table := range []string{"content", "opinion", "place", "sighting", "message"} {
		if _, err := x.tx.ExecContext(x.ctx, `DELETE FROM `+table+` WHERE row = ?`, row); err != nil {
			return err
		}
	}
	return nil
}

// reduce writes a header anew and keeps only the verdict of its body.
func (x *erasing) reduce(seen tracker.Seen, id intake.Identity) error {
	was, err := isReduced(x.ctx, x.tx, seen.Row)
	if err != nil {
		return err
	}
	id, header := x.Header(seen.Message, id, was)
	if _, err := x.tx.ExecContext(x.ctx, `UPDATE message SET identity = ?, header = ?, reduced = 1 WHERE row = ?`, id[:], header, seen.Row); err != nil {
		return err
	}
	content, err := x.content(seen.Row)
	if err != nil || content == nil {
		return err
	}
	return x.saveContent(seen.Row, x.Verdict(seen, content))
}

func (x *erasing) content(row int64) (*mail.Content, error) {
	var body string
	err := x.tx.QueryRowContext(x.ctx, `SELECT body FROM content WHERE row = ?`, row).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	content := new(mail.Content)
	return content, json.Unmarshal([]byte(body), content)
}

func (x *erasing) saveContent(row int64, content *mail.Content) error {
	body, err := json.Marshal(content)
	if err != nil {
		return err
	}
	_, err = x.tx.ExecContext(x.ctx, `UPDATE content SET version = ?, body = ? WHERE row = ?`, content.Version, string(body), row)
	return err
}

// bodies masks the person in the bodies of other messages: in signatures, quotes, delivery reports, invitations.
func (x *erasing) bodies() error {
	rows, err := x.tx.QueryContext(x.ctx, `SELECT row, body FROM content`)
	if err != nil {
		return err
	}
	defer rows.Close()
	changed := make(map[int64][]byte)
	for rows.Next() {
		var row int64
		var body []byte
		if err := rows.Scan(&row, &body); err != nil {
			return err
		}
		masked, is, err := x.Body(body)
		if err != nil {
			return err
		}
		if is {
			changed[row] = masked
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows.Close()
	for row, body := range changed {
		if _, err := x.tx.ExecContext(x.ctx, `UPDATE content SET body = ? WHERE row = ?`, string(body), row); err != nil {
			return err
		}
	}
	return nil
}

// drafts erases the texts of the journal's entries that concern the person.
func (x *erasing) drafts() error {
	rows, err := x.tx.QueryContext(x.ctx, `SELECT key, thread, answers, state, body, source, why,
		ifnull((SELECT diff FROM edit WHERE edit.draft = draft.key), '') FROM draft WHERE NOT erased`)
	if err != nil {
		return err
	}
	defer rows.Close()
	type entry struct {
		key   string
		state tracker.DraftState
		alone bool
	}
	var list []entry
	for rows.Next() {
		var e entry
		var d intake.Draft
		var body, why, diff string
		if err := rows.Scan(&e.key, &d.Thread, &d.Answers, &d.State, &body, &d.Source, &why, &diff); err != nil {
			return err
		}
		d.Texts = body + "\n" + string(d.Source) + "\n" + why + "\n" + diff
		goes := false
		if goes, e.state, e.alone = x.Draft(d); goes {
			list = append(list, e)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows.Close()
	for _, e := range list {
		_, err := x.tx.ExecContext(x.ctx, `UPDATE draft SET body = '', source = x'', why = '[]', state = ?, erased = 1,
			thread = iif(?2, '', thread), answers = iif(?2, '', answers), message_id = iif(?2, '', message_id) WHERE key = ?`, e.state, e.alone, e.key)
		if err != nil {
			return err
		}
		if err := x.dropDiff(e.key); err != nil {
			return err
		}
	}
	return nil
}

// dropDiff erases the words of what the rep made of a draft; how much was kept stays.
func (x *erasing) dropDiff(draft string) error {
	_, err := x.tx.ExecContext(x.ctx, `UPDATE edit SET diff = '' WHERE draft = ?`, draft)
	return err
}

// words erases what the rep said of the person, and takes the person out of what the rep said of others.
func (x *erasing) words() error {
	rows, err := x.tx.QueryContext(x.ctx, `SELECT id, thread, address, text, source FROM word`)
	if err != nil {
		return err
	}
	defer rows.Close()
	change := make(map[int64]intake.WordTexts)
	var drop []int64
	for rows.Next() {
		var id int64
		var thread tracker.ThreadID
		var address mail.Address
		var is intake.WordTexts
		if err := rows.Scan(&id, &thread, &address, &is.Text, &is.Source); err != nil {
			return err
		}
		goes, to := x.Word(thread, address, is)
		if goes {
			drop = append(drop, id)
		} else if to != is {
			change[id] = to
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows.Close()
	for _, id := range drop {
		if _, err := x.tx.ExecContext(x.ctx, `DELETE FROM word WHERE id = ?`, id); err != nil {
			return err
		}
	}
	for id, to := range change {
		if _, err := x.tx.ExecContext(x.ctx, `UPDATE word SET text = ?, source = ? WHERE id = ?`, to.Text, to.Source, id); err != nil {
			return err
		}
	}
	return nil
}

// Expire puts contents in place of others and drops the texts of drafts.
func (s *Store) Expire(ctx context.Context, contents map[int64]*mail.Content, drafts []string) error {
	err := s.write(ctx, s.quick, func(ctx context.Context, tx *sql.Tx) error {
		x := erasing{ctx: ctx, tx: tx}
		for row, content := range contents {
			if content == nil {
				continue
			}
			if err := x.saveContent(row, content); err != nil {
				return err
			}
		}
		for _, key := range drafts {
			if _, err := tx.ExecContext(ctx, `UPDATE draft SET body = '', source = x'', why = '[]', erased = 1 WHERE key = ?`, key); err != nil {
				return err
			}
			if err := x.dropDiff(key); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("drop texts of ended threads: %w", err)
	}
	return nil
}
