package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"followupd/mail"
	"followupd/tracker"
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
		x := erasing{ctx: ctx, tx: tx, gone: gone, Forgetting: f, answered: make(map[string]bool)}
		for _, step := range []func() error{x.messages, x.bodies, x.drafts, x.words} {
			if err := step(); err != nil {
				return err
			}
		}
		e = x.done
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
// them as long as for other writers.
func (s *Store) checkpoint(ctx context.Context) error {
	var busy, pages, moved int
	if err := s.durable.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &moved); err != nil {
		return explain(s.path, err)
	}
	if busy != 0 {
		return fmt.Errorf("%w: %s: somebody reads an older state of it", ErrBusy, s.path)
	}
	return nil
}

// erasing is one Forget under way.
type erasing struct {
	ctx  context.Context
	tx   *sql.Tx
	gone forgotten
	tracker.Forgetting
	names    []string         // how the person's full name stood in headers, in lower case
	named    []*regexp.Regexp // finds them in texts
	answered map[string]bool  // Message-IDs of what was erased or reduced
	done     tracker.Erased
}

// messages erases the person's own messages and takes them out of those of others.
func (x *erasing) messages() error {
	type found struct {
		seen  tracker.Seen
		id    identity
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
		one.trace = tracker.TraceOf(one.seen.Message, x.gone.has)
		if one.trace != tracker.Theirs && one.seen.Message.ID != "" {
			kept[one.seen.Message.ID] = true
		}
		if one.trace == tracker.NoTrace {
			continue
		}
		if len(id) != len(one.id) {
			return fmt.Errorf("message %d has an identity of %d bytes", one.seen.Row, len(id))
		}
		one.id = identity(id)
		one.seen.Received, one.seen.Folders = moment(received), []mail.Folder{folders[folder]}
		list = append(list, one)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows.Close()
	for _, one := range list {
		m := one.seen.Message
		x.learnNames(m)
		if m.ID != "" {
			x.answered[string(m.ID)] = true
		}
		if one.trace == tracker.Theirs || x.idle(m, kept) {
			if err := x.erase(one.seen.Row); err != nil {
				return err
			}
			x.done.Messages++
			continue
		}
		if err := x.reduce(one.seen, one.id); err != nil {
			return err
		}
	}
	return nil
}

// idle says that a mail of the person's ties to nothing that stays, so that nobody else's standing needs it.
func (x *erasing) idle(m mail.Message, kept map[mail.MessageID]bool) bool {
	if len(m.From) == 0 || !x.gone.has(m.From[0].Address) {
		return false
	}
	return !slices.ContainsFunc(slices.Concat(m.InReplyTo, m.References), func(id mail.MessageID) bool { return id != m.ID && kept[id] })
}

func (x *erasing) learnNames(m mail.Message) {
	for _, p := range slices.Concat(m.From, m.Sender, m.ReplyTo, m.To, m.Cc, m.Bcc) {
		name := strings.ToLower(strings.TrimSpace(p.Name))
		if p.Address == x.Who && strings.Contains(name, " ") && len(name) > 4 && !slices.Contains(x.names, name) {
			x.names = append(x.names, name)
			x.named = append(x.named, regexp.MustCompile(`(?i)`+regexp.QuoteMeta(name)))
		}
	}
}

func (x *erasing) erase(row int64) error {
	for _, table := range []string{"content", "opinion", "place", "sighting", "message"} {
		if _, err := x.tx.ExecContext(x.ctx, `DELETE FROM `+table+` WHERE row = ?`, row); err != nil {
			return err
		}
	}
	return nil
}

// reduce writes a header anew and keeps only the verdict of its body. What was reduced before is written anew once more,
// for somebody else may be forgotten now, but keeps its identity.
func (x *erasing) reduce(seen tracker.Seen, id identity) error {
	var was bool
	if err := x.tx.QueryRowContext(x.ctx, `SELECT reduced FROM message WHERE row = ?`, seen.Row).Scan(&was); err != nil {
		return err
	}
	own := seen.Message.ID
	if !was {
		id, own = x.gone.blind(id), x.gone.ownID(own)
	} else if own.String() == "" || mail.Address(own).Domain() != tracker.Forgotten.Domain() {
		own = x.gone.ownID(own)
	}
	header := tracker.WithoutTrace(seen.Message, x.gone.has, own)
	if _, err := x.tx.ExecContext(x.ctx, `UPDATE message SET identity = ?, header = ?, reduced = 1 WHERE row = ?`, id[:], header, seen.Row); err != nil {
		return err
	}
	content, err := x.content(seen.Row)
	if err != nil {
		return err
	}
	if content != nil {
		if content.Verdict == nil && x.Reduce != nil {
			content = x.Reduce(seen, content)
		}
		if err := x.saveContent(seen.Row, bare(content)); err != nil {
			return err
		}
	}
	if !was {
		x.done.Shared++
	}
	return nil
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

// mask takes the person's address and full name out of a text of somebody else's.
func (x *erasing) mask(text string) string {
	text = tracker.MaskAddresses(text, x.gone.has)
	for _, name := range x.named {
		text = name.ReplaceAllLiteralString(text, mail.Erased)
	}
	return text
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
		masked, err := mapStrings(body, x.mask)
		if err != nil {
			return err
		}
		if string(masked) != string(body) {
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
		x.done.Shared++
	}
	return nil
}

// drafts erases the texts of the journal's entries that concern the person. The entries stay as mere keys: they keep a
// draft that still lies in the mailbox from being taken for somebody's.
func (x *erasing) drafts() error {
	rows, err := x.tx.QueryContext(x.ctx, `SELECT key, thread, answers, state, body, source, why,
		ifnull((SELECT diff FROM edit WHERE edit.draft = draft.key), '') FROM draft WHERE NOT erased`)
	if err != nil {
		return err
	}
	defer rows.Close()
	type entry struct {
		key, state string
		alone      bool
	}
	var list []entry
	for rows.Next() {
		var e entry
		var thread, answers, body, why, diff string
		var source []byte
		if err := rows.Scan(&e.key, &thread, &answers, &e.state, &body, &source, &why, &diff); err != nil {
			return err
		}
		e.alone = slices.Contains(x.Alone, tracker.ThreadID(thread))
		texts := body + "\n" + string(source) + "\n" + why + "\n" + diff
		if e.alone || slices.Contains(x.Shared, tracker.ThreadID(thread)) || x.answered[answers] || x.gone.addressed(source) || x.mask(texts) != texts {
			list = append(list, e)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows.Close()
	for _, e := range list {
		state := tracker.DraftState(e.state)
		switch state {
		case tracker.DraftPlaced, tracker.DraftEdited:
			x.done.Waiting++
		case tracker.DraftIntent, tracker.DraftUnknown:
			x.done.Waiting++
			state = tracker.DraftDiscarded // never tried again
		}
		if e.alone {
			state = tracker.DraftWithdrawn
		}
		_, err := x.tx.ExecContext(x.ctx, `UPDATE draft SET body = '', source = x'', why = '[]', state = ?, erased = 1,
			thread = iif(?2, '', thread), answers = iif(?2, '', answers), message_id = iif(?2, '', message_id) WHERE key = ?`, state, e.alone, e.key)
		if err != nil {
			return err
		}
		if err := x.dropDiff(e.key); err != nil {
			return err
		}
		x.done.Drafts++
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
	type texts struct{ text, source string }
	change := make(map[int64]texts)
	var drop []int64
	for rows.Next() {
		var id int64
		var thread, address string
		var is texts
		if err := rows.Scan(&id, &thread, &address, &is.text, &is.source); err != nil {
			return err
		}
		switch {
		case x.gone.has(mail.Address(address)), slices.Contains(x.Alone, tracker.ThreadID(thread)):
			drop = append(drop, id)
		case slices.Contains(x.Shared, tracker.ThreadID(thread)) && is != texts{}:
			change[id] = texts{}
		default:
			if masked := (texts{x.mask(is.text), x.mask(is.source)}); masked != is {
				change[id] = masked
			}
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
		if _, err := x.tx.ExecContext(x.ctx, `UPDATE word SET text = ?, source = ? WHERE id = ?`, to.text, to.source, id); err != nil {
			return err
		}
	}
	x.done.Words = len(drop) + len(change)
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
