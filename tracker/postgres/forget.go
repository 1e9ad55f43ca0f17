package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"followupd/mail"
	"followupd/tracker"
	"followupd/tracker/intake"
)

// Forget erases what is stored of a person, in one transaction. The erased bytes leave the table's files with the next
// VACUUM of the database, which runs by itself (autovacuum), and older ones leave the write-ahead log and the backups as
// their administrator keeps them: neither is in this program's hand.
func (s *Store) Forget(ctx context.Context, f tracker.Forgetting) (tracker.Erased, error) {
	var e tracker.Erased
	err := s.write(ctx, durable, func(tx pgx.Tx) error {
		gone, err := s.remember(ctx, tx, f.Who, milli(f.At))
		if err != nil {
			return err
		}
		x := erasing{Store: s, ctx: ctx, tx: tx, Erasure: intake.Erasure{Gone: gone, Forgetting: f}}
		for _, step := range []func() error{x.messages, x.bodies, x.drafts, x.words, x.links, x.notices} {
			if err := step(); err != nil {
				return err
			}
		}
		e = x.Done
		return s.tell(ctx, tx)
	})
	if err != nil {
		return e, fmt.Errorf("forget: %w", err)
	}
	return e, nil
}

// erasing is one Forget under way.
type erasing struct {
	*Store
	ctx context.Context
	tx  pgx.Tx
	intake.Erasure
}

// messages erases the person's own messages and takes them out of those of others.
func (x *erasing) messages() error {
	type found struct {
		seen    tracker.Seen
		id      intake.Identity
		reduced bool
		trace   tracker.Trace
	}
	folders, err := x.loadFolders(x.ctx, x.tx)
	if err != nil {
		return err
	}
	rows, err := x.tx.Query(x.ctx, `SELECT row, identity, header, reduced, received, folder FROM message WHERE mailbox = $1 ORDER BY row`, x.id)
	if err != nil {
		return err
	}
	var list []found
	kept := make(map[mail.MessageID]bool)
	var row, received int64
	var id, header []byte
	var reduced bool
	var folder int32
	_, err = pgx.ForEachRow(rows, []any{&row, &id, &header, &reduced, &received, &folder}, func() error {
		m := mail.ParseHeader(header)
		trace := x.Trace(m)
		if trace != tracker.Theirs && m.ID != "" {
			kept[m.ID] = true
		}
		if trace != tracker.NoTrace {
			seen := tracker.Seen{Row: row, Message: m, Received: moment(received), Folders: []mail.Folder{folders[folder]}}
			list = append(list, found{seen, intake.Identity(id), reduced, trace})
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, one := range list {
		if x.Message(one.seen.Message, one.trace, kept) {
			// What hangs on it goes with it (ON DELETE CASCADE).
			_, err = x.tx.Exec(x.ctx, `DELETE FROM message WHERE mailbox = $1 AND row = $2`, x.id, one.seen.Row)
		} else {
			err = x.reduceMessage(one.seen, one.id, one.reduced)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// reduceMessage writes a header anew and keeps only the verdict of its body.
func (x *erasing) reduceMessage(seen tracker.Seen, id intake.Identity, was bool) error {
	id, header := x.Header(seen.Message, id, was)
	_, err := x.tx.Exec(x.ctx, `UPDATE message SET identity = $3, header = $4, reduced = true WHERE mailbox = $1 AND row = $2`, x.id, seen.Row, id[:], header)
	if err != nil {
		return err
	}
	content, err := x.loadContent(x.ctx, x.tx, seen.Row)
	if err != nil || content == nil {
		return err
	}
	return x.replaceContent(x.ctx, x.tx, seen.Row, x.Verdict(seen, content))
}

// replaceContent puts a content in the place of another; where there is none it does nothing.
func (s *Store) replaceContent(ctx context.Context, tx pgx.Tx, row int64, content *mail.Content) error {
	body, err := json.Marshal(content)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE content SET version = $3, body = $4 WHERE mailbox = $1 AND row = $2`, s.id, row, content.Version, string(body))
	return err
}

// bodies masks the person in the bodies of other messages: in signatures, quotes, delivery reports, invitations.
func (x *erasing) bodies() error {
	for after := int64(0); ; {
		some, err := x.bodiesAfter(x.ctx, x.tx, after)
		if err != nil {
			return err
		}
		for _, b := range some {
			after = b.row
			masked, changed, err := x.Body([]byte(b.text))
			if err == nil && changed {
				_, err = x.tx.Exec(x.ctx, `UPDATE content SET body = $3 WHERE mailbox = $1 AND row = $2`, x.id, b.row, string(masked))
			}
			if err != nil {
				return err
			}
		}
		if len(some) < page {
			return nil
		}
	}
}

// drafts erases the texts of the journal's entries that concern the person.
func (x *erasing) drafts() error {
	rows, err := x.tx.Query(x.ctx, `SELECT d.key, d.thread, d.answers, d.state, d.body, d.source, d.why, coalesce(e.diff, '')
		FROM draft d LEFT JOIN edit e ON e.mailbox = d.mailbox AND e.draft = d.key WHERE d.mailbox = $1 AND NOT d.erased ORDER BY d.id`, x.id)
	if err != nil {
		return err
	}
	type entry struct {
		key   string
		state tracker.DraftState
		alone bool
	}
	var list []entry
	var key, state, why string
	var thread, answers, body, source, diff []byte
	_, err = pgx.ForEachRow(rows, []any{&key, &thread, &answers, &state, &body, &source, &why, &diff}, func() error {
		goes, next, alone := x.Draft(intake.Draft{
			Thread: tracker.ThreadID(thread), Answers: string(answers), State: tracker.DraftState(state), Source: source,
			Texts: string(body) + "\n" + string(source) + "\n" + why + "\n" + string(diff),
		})
		if goes {
			list = append(list, entry{key, next, alone})
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, e := range list {
		if err := x.eraseDraft(x.ctx, x.tx, e.key); err != nil {
			return err
		}
		_, err := x.tx.Exec(x.ctx, `UPDATE draft SET state = $3, thread = CASE WHEN $4 THEN '' ELSE thread END,
			answers = CASE WHEN $4 THEN '' ELSE answers END, message_id = CASE WHEN $4 THEN '' ELSE message_id END
			WHERE mailbox = $1 AND key = $2`, x.id, e.key, string(e.state), e.alone)
		if err != nil {
			return err
		}
	}
	return nil
}

// eraseDraft drops the texts of a draft, and the words of what the rep made of it; how much was kept stays.
func (s *Store) eraseDraft(ctx context.Context, tx pgx.Tx, key string) error {
	if _, err := tx.Exec(ctx, `UPDATE draft SET body = '', source = '', why = '[]', erased = true WHERE mailbox = $1 AND key = $2`, s.id, key); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE edit SET diff = '' WHERE mailbox = $1 AND draft = $2`, s.id, key)
	return err
}

// words erases what the rep said of the person, and takes the person out of what the rep said of others.
func (x *erasing) words() error {
	rows, err := x.tx.Query(x.ctx, `SELECT id, thread, address, text, source FROM word WHERE mailbox = $1`, x.id)
	if err != nil {
		return err
	}
	change := make(map[int64]intake.WordTexts)
	var drop []int64
	var id int64
	var thread, address, text, source []byte
	_, err = pgx.ForEachRow(rows, []any{&id, &thread, &address, &text, &source}, func() error {
		is := intake.WordTexts{Text: string(text), Source: string(source)}
		goes, to := x.Word(tracker.ThreadID(thread), mail.Address(address), is)
		if goes {
			drop = append(drop, id)
		} else if to != is {
			change[id] = to
		}
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := x.tx.Exec(x.ctx, `DELETE FROM word WHERE mailbox = $1 AND id = ANY($2)`, x.id, drop); err != nil {
		return err
	}
	for id, to := range change {
		if _, err := x.tx.Exec(x.ctx, `UPDATE word SET text = $3, source = $4 WHERE mailbox = $1 AND id = $2`,
			x.id, id, []byte(to.Text), []byte(to.Source)); err != nil {
			return err
		}
	}
	return nil
}

// Expire puts contents in place of others and drops the texts of drafts.
func (s *Store) Expire(ctx context.Context, contents map[int64]*mail.Content, drafts []string) error {
	err := s.write(ctx, quick, func(tx pgx.Tx) error {
		for row, content := range contents {
			if content == nil {
				continue
			}
			if err := s.replaceContent(ctx, tx, row, content); err != nil {
				return err
			}
		}
		for _, key := range drafts {
			if err := s.eraseDraft(ctx, tx, key); err != nil {
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
