package agent

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"followupd/mail"
	"followupd/tracker"
)

// lying is one message in Drafts, as a look saw it.
type lying struct {
	mail.Item
	message mail.Message
	key     string // ours, "" for a draft of the rep's own
	sealed  string
	deleted bool // marked \Deleted: gone for everybody, but for the one who marked it and died before the removal
}

// sweep holds the journal against what lies in Drafts: drafts whose outcome was unknown are found or not, copies are
// collapsed, what the rep edited, sent or deleted is noted, and drafts of ours that the journal does not know are adopted.
func (a *Agent) sweep(ctx context.Context, opt Options) error {
	journal, _, err := a.Done(ctx)
	if err != nil {
		return err
	}
	folder, ok := a.draftsFolder()
	if !ok {
		return nil // Folders has refused already where there is no Drafts
	}
	a.draftsChanged = a.draftsChanged || unswept(journal, a.draftsNext)
	if !a.draftsChanged && !anyOpen(journal) {
		a.swept = true
		return nil
	}
	if journal, err = a.store.Drafts(ctx); err != nil { // with all texts
		return fmt.Errorf("read the journal of drafts: %w", err)
	}
	state, lies, err := a.look(ctx, 0)
	if err != nil {
		return err
	}
	a.drafts, a.copies = state, false
	if err := a.reconcile(ctx, journal, state, lies, opt); err != nil {
		return err
	}
	if err := a.noteOwn(ctx, journal, lies); err != nil {
		return err
	}
	a.swept, a.outdated = true, false
	// The cursor is what Changed compares with; the messages of Drafts are never stored. Where a second copy is still there,
	// it is not noted, so that the next pass looks again.
	cursor := mail.Cursor{UIDValidity: state.Validity, UIDNext: state.Next, Messages: state.Count}
	if a.draftsChanged && !a.copies {
		if _, err := a.store.SaveBatch(ctx, folder, mail.Batch{Cursor: cursor}, a.now()); err != nil {
			return fmt.Errorf("note how far Drafts was looked through: %w", err)
		}
	}
	return nil
}

// anyOpen says whether the journal holds a draft whose outcome is still unknown.
func anyOpen(journal []tracker.Draft) bool {
	for _, d := range journal {
		if d.State == tracker.DraftIntent || d.State == tracker.DraftUnknown || d.State == draftLeaving {
			return true
		}
	}
	return false
}

// unswept says whether a draft lies where no sweep has been since: at or above next, the UIDNEXT of the last one. The rep may
// have sent it meanwhile, and a server that tells no UIDNEXT, or a wrong one, shows the same empty folder as before.
func unswept(journal []tracker.Draft, next mail.UID) bool {
	for _, d := range journal {
		if (d.State == tracker.DraftPlaced || d.State == tracker.DraftEdited) && d.UID >= next {
			return true
		}
	}
	return false
}

func (a *Agent) draftsFolder() (mail.Folder, bool) {
	for _, f := range a.folders {
		if f.Role == mail.RoleDrafts {
			return f, true
		}
	}
	return mail.Folder{}, false
}

// look reads the headers of Drafts from floor on and takes our keys out of them. Of what is marked \Deleted it gives what is
// ours only.
func (a *Agent) look(ctx context.Context, floor mail.UID) (DraftsState, []lying, error) {
	state, items, err := a.box.Look(ctx, floor)
	if err != nil {
		return DraftsState{}, nil, fmt.Errorf("look through Drafts: %w", err)
	}
	seen := make(map[mail.UID]bool)
	var out []lying
	for _, it := range items {
		// A server may name a UID twice; counting it twice would look like a copy (RELIABILITY 2.3 rule 6).
		if seen[it.UID] {
			continue
		}
		seen[it.UID] = true
		l := lying{Item: it, message: mail.ParseHeader(it.Header), deleted: hasFlag(it.Flags, `\Deleted`)}
		l.key, l.sealed = split(l.message)
		if l.deleted && l.key == "" {
			continue
		}
		out = append(out, l)
	}
	return state, out, nil
}

func hasFlag(flags []string, flag string) bool {
	for _, f := range flags {
		if strings.EqualFold(f, flag) {
			return true
		}
	}
	return false
}

func (a *Agent) reconcile(ctx context.Context, journal []tracker.Draft, state DraftsState, lies []lying, opt Options) error {
	known := make(map[string]bool)
	for i := range journal {
		d := &journal[i]
		known[d.Key] = true
		switch d.State {
		case tracker.DraftSent, tracker.DraftWithdrawn, draftRefused, draftOwn, draftOwnGone, draftsBroken, draftsRefused:
			continue
		}
		if err := a.settleOne(ctx, d, state, lies, opt); err != nil {
			return err
		}
	}
	return a.adopt(ctx, known, state, lies)
}

// settleOne brings one draft of the journal up to what lies in Drafts and Sent.
func (a *Agent) settleOne(ctx context.Context, d *tracker.Draft, state DraftsState, lies []lying, opt Options) error {
	var ours, copies, doomed []lying
	for _, l := range lies {
		switch {
		case l.key == d.Key && l.deleted:
			doomed = append(doomed, l)
		case l.key == d.Key:
			ours = append(ours, l)
		case l.key == "" && answersTo(l.message, d.Answers):
			copies = append(copies, l)
		}
	}
	switch {
	case len(ours) > 0:
		return a.found(ctx, d, state, ours, doomed, opt)
	case d.State == draftLeaving:
		return a.left(ctx, d, state, doomed, opt)
	case len(copies) > 0 && d.State != tracker.DraftIntent:
		// A client's autosave writes a new message with its own Message-ID and header set: theirs for good.
		if d.State == tracker.DraftEdited && d.UID == copies[0].UID && d.Validity == state.Validity {
			return nil
		}
		return a.mark(ctx, d, tracker.DraftEdited, state, copies[0])
	case d.State == tracker.DraftIntent:
		return nil // APPEND was never begun: decide may begin it
	case d.State == tracker.DraftUnknown:
		if a.sentFor(*d) {
			return a.mark(ctx, d, tracker.DraftSent, state, lying{})
		}
		return a.missed(ctx, d)
	case a.sentFor(*d):
		return a.mark(ctx, d, tracker.DraftSent, state, lying{})
	case d.State == tracker.DraftPlaced && a.stands(*d, state, lies):
		return nil
	case d.State == tracker.DraftPlaced || d.State == tracker.DraftEdited:
		return a.mark(ctx, d, tracker.DraftDiscarded, state, lying{})
	}
	return nil
}

// left ends the removal of a draft that a program began and did not see the end of: at most its mark \Deleted is left.
func (a *Agent) left(ctx context.Context, d *tracker.Draft, state DraftsState, doomed []lying, opt Options) error {
	if opt.DryRun {
		return nil
	}
	for _, l := range doomed {
		if err := a.remove(ctx, *d, state, l); err != nil {
			a.log.Warn("a draft that is being taken back stays", slog.String("draft", d.Key), slog.Any("error", err))
			return nil // the next sweep tries again
		}
	}
	return a.mark(ctx, d, tracker.DraftWithdrawn, state, lying{})
}

// remove removes one copy of a draft that nobody touched, or the very one whose removal was begun: under a UID nothing changes.
func (a *Agent) remove(ctx context.Context, d tracker.Draft, state DraftsState, l lying) error {
	begun := d.State == draftLeaving && l.deleted && l.UID == d.UID && state.Validity == d.Validity
	return a.box.Withdraw(ctx, state.Validity, l.UID, func(source []byte) bool { return begun || a.isOurs(d, source) })
}

// found notes where our draft lies, whether it is untouched, and removes copies of it: the lowest UID stays. doomed are
// copies whose removal was begun.
func (a *Agent) found(ctx context.Context, d *tracker.Draft, state DraftsState, ours, doomed []lying, opt Options) error {
	lowest := ours[0]
	for _, l := range ours[1:] {
		if l.UID < lowest.UID {
			lowest = l
		}
	}
	same := d.State == tracker.DraftPlaced && d.UID == lowest.UID && d.Validity == state.Validity && len(ours)+len(doomed) == 1
	if same {
		return nil
	}
	edited, err := a.edited(ctx, *d, state, lowest)
	if err != nil {
		return err
	}
	next := tracker.DraftPlaced
	if edited {
		next = tracker.DraftEdited
	}
	if d.State != next || d.UID != lowest.UID || d.Validity != state.Validity {
		if err := a.mark(ctx, d, next, state, lowest); err != nil {
			return err
		}
	}
	if opt.DryRun {
		return nil
	}
	for _, l := range slices.Concat(ours, doomed) {
		if l.UID == lowest.UID {
			continue
		}
		if err := a.remove(ctx, *d, state, l); err != nil {
			a.copies = true
			a.log.Warn("a second copy of a draft stays", slog.String("draft", d.Key), slog.Any("error", err))
			continue
		}
		a.log.Info("second copy of a draft removed", slog.String("draft", d.Key))
	}
	return nil
}

// edited reads a draft and says whether the rep changed it.
func (a *Agent) edited(ctx context.Context, d tracker.Draft, state DraftsState, l lying) (bool, error) {
	source, err := a.box.ReadDraft(ctx, state.Validity, l.UID)
	if err != nil {
		return false, fmt.Errorf("read a draft: %w", err)
	}
	return !a.isOurs(d, source), nil
}

// isOurs says whether the bytes are what we wrote: the same bytes, or, where a server or client re-encoded them, the same
// people, subject and words.
func (a *Agent) isOurs(d tracker.Draft, source []byte) bool {
	if len(d.Source) > 0 && bytes.Equal(source, d.Source) {
		return true
	}
	m := mail.Parse(source)
	key, sealed := split(m)
	if key != d.Key {
		return false
	}
	// Another daemon's copy of the same step may say it in other words: its own seal vouches for it.
	return untouched(key, sealed, m) || len(d.Source) > 0 && essence(m) == essence(mail.Parse(d.Source))
}

// missed counts a clean look that did not find a draft of unknown outcome. Two of them, a settle time apart and the
// first a settle time after the try, allow the same bytes to be tried again (decide does it).
func (a *Agent) missed(ctx context.Context, d *tracker.Draft) error {
	now := a.now()
	last := d.Changed
	if d.LookedAt.After(last) {
		last = d.LookedAt
	}
	if now.Before(last.Add(a.set.Settle)) {
		return nil
	}
	d.Looks++
	d.LookedAt = now
	if err := a.store.SaveDraft(ctx, *d); err != nil {
		return fmt.Errorf("note a look for draft %s: %w", d.Key, err)
	}
	return nil
}

// mark writes a draft's new state down.
func (a *Agent) mark(ctx context.Context, d *tracker.Draft, to tracker.DraftState, state DraftsState, at lying) error {
	from := d.State
	d.State, d.Changed = to, a.now()
	if at.UID != 0 {
		d.UID, d.Validity = at.UID, state.Validity
		if at.message.ID != "" {
			d.MessageID = at.message.ID
		}
	}
	if err := a.store.SaveDraft(ctx, *d); err != nil {
		return fmt.Errorf("note that draft %s is %s: %w", d.Key, to, err)
	}
	if from == tracker.DraftUnknown && to == tracker.DraftPlaced {
		a.failing = failing{} // it was taken, whatever was answered
	}
	if from != to {
		a.log.Info("draft changed", slog.String("draft", d.Key), slog.String("thread", string(d.Thread)),
			slog.String("from", string(from)), slog.String("to", string(to)))
	}
	return nil
}

// answersTo says whether a message continues another: named in In-Reply-To, or last in References.
func answersTo(m mail.Message, id mail.MessageID) bool {
	if id == "" {
		return false
	}
	for _, p := range m.InReplyTo {
		if p == id {
			return true
		}
	}
	n := len(m.References)
	return len(m.InReplyTo) == 0 && n > 0 && m.References[n-1] == id
}

// clockSlack is how much earlier than our own clock a server may date the sending of a draft.
const clockSlack = 10 * time.Minute

// sentFor says whether the rep sent this draft: a message of theirs in Sent bears its key, or continues the same message
// and came after the draft was made.
func (a *Agent) sentFor(d tracker.Draft) bool {
	t := a.threads.Thread(d.Thread)
	if t == nil {
		return false
	}
	for _, l := range t.Messages {
		if l.Direction != tracker.Out {
			continue
		}
		if key, _ := split(l.Message); key == d.Key {
			return true
		}
		if answersTo(l.Message, d.Answers) && !l.Received.Before(d.Created.Add(-clockSlack)) {
			return true
		}
	}
	return false
}
