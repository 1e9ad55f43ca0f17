package agent

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"followupd/mail"
	"followupd/playbook"
	"followupd/tracker"
)

// adopt takes drafts of ours into the journal that it does not know. Where they lie at the first sweep of a run, the state was
// lost or is an older copy, and what was due before waits for the rep. Where they come later, another daemon works on the
// same mailbox: it does not make this state an old one, else two daemons would leave each other's threads to the rep.
func (a *Agent) adopt(ctx context.Context, known map[string]bool, state DraftsState, lies []lying) error {
	adopted := 0
	for _, l := range lies {
		if l.key == "" || l.deleted || known[l.key] {
			continue
		}
		forgot, err := a.store.Forgot(ctx, addressed(l.message))
		if err != nil {
			return err
		}
		if forgot {
			continue // the rep's to send or delete; nothing of it is stored
		}
		d, ok, err := a.recognise(ctx, state, l)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		known[l.key] = true
		if err := a.store.SaveDraft(ctx, d); err != nil {
			return fmt.Errorf("adopt draft %s: %w", d.Key, err)
		}
		adopted++
	}
	if adopted == 0 {
		return nil
	}
	if a.swept {
		a.log.Warn("drafts found that this followupd did not lay down: another one works on this mailbox", slog.Int("adopted", adopted))
		return nil
	}
	a.log.Warn("drafts found that this state did not know: it was lost, is older, or another followupd works here",
		slog.Int("adopted", adopted))
	if a.origin.Recovered.IsZero() {
		now := a.now()
		if err := a.store.MarkRecovered(ctx, now); err != nil {
			return fmt.Errorf("note that the state was recovered: %w", err)
		}
		a.origin.Recovered = now
	}
	return nil
}

// recognise makes a journal entry of a draft of ours from nothing but the mailbox.
func (a *Agent) recognise(ctx context.Context, state DraftsState, l lying) (tracker.Draft, bool, error) {
	thread, answers, step := a.purpose(l)
	if step == 0 {
		return tracker.Draft{}, false, nil
	}
	source, err := a.box.ReadDraft(ctx, state.Validity, l.UID)
	if err != nil {
		return tracker.Draft{}, false, fmt.Errorf("read a draft: %w", err)
	}
	m := mail.Parse(source)
	d := tracker.Draft{
		Key: l.key, Thread: thread, Answers: answers, Step: step, Action: tracker.FollowUp,
		Approach: sealedApproach(l.key, l.sealed, playbook.Approaches()),
		State:    tracker.DraftEdited, MessageID: l.message.ID,
		Validity: state.Validity, Floor: l.UID, UID: l.UID,
		Created: l.Received, Changed: a.now(),
		Why: []string{"found in Drafts after the state was lost"},
	}
	if d.Approach == "" {
		d.Approach = playbook.Recap
	}
	switch d.Approach {
	case playbook.BreakUp:
		d.Action = tracker.BreakUp
	case playbook.Nurture:
		d.Action = tracker.Nurture
	case playbook.ThankYou:
		d.Action = tracker.ThankYou
	}
	if untouched(l.key, l.sealed, m) {
		d.State = tracker.DraftPlaced
	}
	if m.Content != nil {
		reading := mail.Read(m, mail.Context{Received: l.Received, Me: a.set.Policy.Me, Outbound: true})
		d.Body = a.plain(reading.NewText)
		if d.Asset, err = a.adoptLink(ctx, d, reading.NewText); err != nil {
			return d, false, err
		}
		if d.Asset == "" {
			d.Asset = assetIn(a.set.Playbook.Assets(), reading.NewText)
		}
	}
	return d, true, nil
}

// purpose finds which thread and step a draft of ours was made for; step 0 where its key is none of ours.
func (a *Agent) purpose(l lying) (thread tracker.ThreadID, answers mail.MessageID, step int) {
	if len(l.message.InReplyTo) > 0 {
		answers = l.message.InReplyTo[0]
		return a.threadOf(answers), answers, stepOf(l.key, a.set.Rep.Address, string(answers))
	}
	for _, id := range a.threads.Threads() {
		for _, m := range a.threads.Thread(id).Messages {
			if m.Direction != tracker.Out || m.Message.ID != "" {
				continue
			}
			if step := stepOf(l.key, a.set.Rep.Address, anchor(id, *m.Seen)); step > 0 {
				return id, "", step
			}
		}
	}
	return "", "", 0
}

// threadOf finds the thread that holds a message of the rep, "" if none does.
func (a *Agent) threadOf(id mail.MessageID) tracker.ThreadID {
	for _, thread := range a.threads.Threads() {
		for _, l := range a.threads.Thread(thread).Messages {
			if l.Direction == tracker.Out && l.Message.ID == id {
				return thread
			}
		}
	}
	return ""
}

// assetIn finds the asset that a text brings, by its address or its title, "" if none.
func assetIn(assets []playbook.Asset, text string) string {
	text = strings.Join(strings.Fields(text), " ")
	for _, a := range assets {
		if a.URL != "" && strings.Contains(text, a.URL) || a.Title != "" && strings.Contains(text, a.Title) {
			return a.File
		}
	}
	return ""
}
