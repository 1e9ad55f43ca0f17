package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"followupd/mail"
	"followupd/tracker"
)

// Drafts gives the journal, oldest first.
func (s *Store) Drafts(ctx context.Context) ([]tracker.Draft, error) {
	var drafts []tracker.Draft
	err := s.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT key, thread, answers, step, action, approach, asset, template, body, why,
			state, message_id, source, validity, floor, uid, created, changed, looked_at, looks FROM draft WHERE mailbox = $1 ORDER BY created, id`, s.id)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			d, err := scanDraft(rows)
			if err != nil {
				return err
			}
			drafts = append(drafts, d)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("load drafts: %w", err)
	}
	return drafts, nil
}

func scanDraft(rows pgx.Rows) (d tracker.Draft, err error) {
	var thread, answers, asset, template, body, id []byte
	var action, approach, why, state string
	var validity, floor, uid, created, changed, lookedAt int64
	if err := rows.Scan(&d.Key, &thread, &answers, &d.Step, &action, &approach, &asset, &template, &body, &why,
		&state, &id, &d.Source, &validity, &floor, &uid, &created, &changed, &lookedAt, &d.Looks); err != nil {
		return d, err
	}
	if err := json.Unmarshal([]byte(why), &d.Why); err != nil {
		return d, fmt.Errorf("reasons of draft %s: %w", d.Key, err)
	}
	d.Thread, d.Answers, d.MessageID = tracker.ThreadID(thread), mail.MessageID(answers), mail.MessageID(id)
	d.Action, d.Approach, d.Asset, d.Template = tracker.Action(action), approach, string(asset), string(template)
	d.Body, d.State = string(body), tracker.DraftState(state)
	d.Validity, d.Floor, d.UID = uint32(validity), mail.UID(floor), mail.UID(uid)
	d.Created, d.Changed, d.LookedAt = moment(created), moment(changed), moment(lookedAt)
	return d, nil
}

// SaveDraft inserts a draft, or replaces the one with its Key. It is on the server's disk when SaveDraft returns. Texts
// that were erased stay so, whatever a pass that was under way writes; a draft to a forgotten person is refused.
func (s *Store) SaveDraft(ctx context.Context, d tracker.Draft) error {
	why, err := json.Marshal(d.Why)
	if err != nil {
		return fmt.Errorf("save draft %s: %w", d.Key, err)
	}
	source := d.Source
	if source == nil {
		source = []byte{} // nil would be NULL
	}
	err = s.write(ctx, durable, func(tx pgx.Tx) error {
		gone, err := s.loadForgotten(ctx, tx)
		if err != nil {
			return err
		}
		if gone.Addressed(d.Source) {
			return tracker.ErrForgotten
		}
		_, err = tx.Exec(ctx, `INSERT INTO draft AS old (mailbox, key, thread, answers, step, action, approach, asset, template, body, why,
				state, message_id, source, validity, floor, uid, created, changed, looked_at, looks)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
			ON CONFLICT (mailbox, key) DO UPDATE SET step = excluded.step,
				action = excluded.action, approach = excluded.approach, asset = excluded.asset, template = excluded.template,
				thread = CASE WHEN old.erased THEN old.thread ELSE excluded.thread END,
				answers = CASE WHEN old.erased THEN old.answers ELSE excluded.answers END,
				body = CASE WHEN old.erased THEN old.body ELSE excluded.body END,
				why = CASE WHEN old.erased THEN old.why ELSE excluded.why END,
				source = CASE WHEN old.erased THEN old.source ELSE excluded.source END,
				state = excluded.state, message_id = excluded.message_id,
				validity = excluded.validity, floor = excluded.floor, uid = excluded.uid,
				created = excluded.created, changed = excluded.changed, looked_at = excluded.looked_at, looks = excluded.looks`,
			s.id, d.Key, []byte(d.Thread), []byte(d.Answers), d.Step, string(d.Action), d.Approach, []byte(d.Asset), []byte(d.Template),
			[]byte(d.Body), string(why), string(d.State), []byte(d.MessageID), source, int64(d.Validity), int64(d.Floor), int64(d.UID),
			milli(d.Created), milli(d.Changed), milli(d.LookedAt), d.Looks)
		return err
	})
	if err != nil {
		return fmt.Errorf("save draft %s: %w", d.Key, err)
	}
	return nil
}
