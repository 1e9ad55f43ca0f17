package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"followupd/tracker"
)

// Drafts gives the journal, oldest first.
func (s *Store) Drafts(ctx context.Context) ([]tracker.Draft, error) {
	var drafts []tracker.Draft
	err := s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT key, thread, answers, step, action, approach, asset, template, body, why,
			state, message_id, source, validity, floor, uid, created, changed, looked_at, looks FROM draft ORDER BY created, id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var d tracker.Draft
			var why sql.RawBytes
			var created, changed, lookedAt int64
			if err := rows.Scan(&d.Key, &d.Thread, &d.Answers, &d.Step, &d.Action, &d.Approach, &d.Asset, &d.Template, &d.Body, &why,
				&d.State, &d.MessageID, &d.Source, &d.Validity, &d.Floor, &d.UID, &created, &changed, &lookedAt, &d.Looks); err != nil {
				return err
			}
			if err := json.Unmarshal(why, &d.Why); err != nil {
				return fmt.Errorf("reasons of draft %s: %w", d.Key, err)
			}
			d.Created, d.Changed, d.LookedAt = moment(created), moment(changed), moment(lookedAt)
			drafts = append(drafts, d)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("load drafts: %w", err)
	}
	return drafts, nil
}

// SaveDraft inserts a draft, or replaces the one with its Key. It is on the disk when SaveDraft returns. Texts
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
	err = s.write(ctx, s.durable, func(ctx context.Context, tx *sql.Tx) error {
		gone, err := loadForgotten(ctx, tx)
		if err != nil {
			return err
		}
		if gone.Addressed(d.Source) {
			return tracker.ErrForgotten
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO draft (key, thread, answers, step, action, approach, asset, template, body, why,
				state, message_id, source, validity, floor, uid, created, changed, looked_at, looks)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (key) DO UPDATE SET step = excluded.step,
				action = excluded.action, approach = excluded.approach, asset = excluded.asset, template = excluded.template,
				thread = iif(erased, thread, excluded.thread), answers = iif(erased, answers, excluded.answers),
				body = iif(erased, body, excluded.body), why = iif(erased, why, excluded.why),
				source = iif(erased, source, excluded.source),
				state = excluded.state, message_id = excluded.message_id,
				validity = excluded.validity, floor = excluded.floor, uid = excluded.uid,
				created = excluded.created, changed = excluded.changed, looked_at = excluded.looked_at, looks = excluded.looks`,
			d.Key, d.Thread, d.Answers, d.Step, d.Action, d.Approach, d.Asset, d.Template, d.Body, string(why),
			d.State, d.MessageID, source, d.Validity, d.Floor, d.UID, milli(d.Created), milli(d.Changed), milli(d.LookedAt), d.Looks)
		return err
	})
	if err != nil {
		return fmt.Errorf("save draft %s: %w", d.Key, err)
	}
	return nil
}
