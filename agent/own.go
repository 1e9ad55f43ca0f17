package agent

import (
	"context"
	"fmt"

	"followupd/mail"
	"followupd/tracker"
)

// The states below are the agent's own notes in the journal; they are not handed to Judge, but laid over what it says.
const (
	// draftOwn is a draft the rep began without us, continuing the message that waits: we stay out of the way.
	draftOwn tracker.DraftState = "own"
	// draftOwnGone is a draftOwn that no longer lies in Drafts.
	draftOwnGone tracker.DraftState = "own-gone"
	// draftLeaving is an untouched draft that is being taken back: whether it is gone is known at the next sweep.
	draftLeaving tracker.DraftState = "leaving"
	// draftRefused is a step for which no text kept the house rules.
	draftRefused tracker.DraftState = "refused"
	// draftsBroken and draftsRefused note that the last APPENDs, as many as the entry's step says, came to nothing: the line
	// broke, or the server answered that it takes no draft. The entry is about no thread; see failing.
	draftsBroken  tracker.DraftState = "append-broken"
	draftsRefused tracker.DraftState = "append-refused"
)

// NoText says whether a draft's state in the journal is that of a step for which no text kept the house rules.
func NoText(s tracker.DraftState) bool { return s == draftRefused }

// noteOwn keeps the notes on the rep's own drafts in step with Drafts: written for each that continues a message, unless it
// is an edited one of ours, and changed when it is gone.
func (a *Agent) noteOwn(ctx context.Context, journal []tracker.Draft, lies []lying) error {
	ours := make(map[mail.MessageID]bool) // messages continued by an open draft of our journal
	noted := make(map[string]tracker.Draft)
	for _, d := range journal {
		switch d.State {
		case draftOwn:
			noted[d.Key] = d
		case tracker.DraftPlaced, tracker.DraftEdited, tracker.DraftIntent, tracker.DraftUnknown:
			ours[d.Answers] = true
		}
	}
	for _, l := range lies {
		if l.key != "" || len(l.message.InReplyTo) == 0 || ours[l.message.InReplyTo[0]] {
			continue
		}
		key := "own:" + digest(8, string(l.message.InReplyTo[0]))
		if _, ok := noted[key]; ok {
			delete(noted, key)
			continue
		}
		d := tracker.Draft{
			Key: key, Answers: l.message.InReplyTo[0], Thread: a.threadOf(l.message.InReplyTo[0]),
			State: draftOwn, MessageID: l.message.ID, Created: l.Received, Changed: a.now(),
		}
		if err := a.store.SaveDraft(ctx, d); err != nil {
			return fmt.Errorf("note a draft of the rep's own: %w", err)
		}
	}
	for _, d := range noted {
		d.State, d.Changed = draftOwnGone, a.now()
		if err := a.store.SaveDraft(ctx, d); err != nil {
			return fmt.Errorf("note that a draft of the rep's own is gone: %w", err)
		}
	}
	return nil
}
