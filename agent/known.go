package agent

import (
	"context"
	"fmt"

	"followupd/mail"
	"followupd/tracker"
)

// known is what was done and said, as it was last read from the store: a pass before which none of it changed reads none of
// it. It can be thrown away.
type known struct {
	revision string // of the store when it was read; "": it cannot tell
	advised  bool   // second opinions among it, and links of these
	signals  *Signals
	journal  []tracker.Draft
	words    []tracker.Word
	facts    tracker.Facts // without Origin and ReadAt
	own      map[mail.MessageID]bool
	sent     map[string]bool // drafts that were sent and whose texts are there, by key
}

// recall reads what was done and said, if it may be another than when last read.
func (a *Agent) recall(ctx context.Context) (*known, error) {
	revision := ""
	if store, ok := a.store.(tracker.Revised); ok {
		var err error
		if revision, err = store.Revision(ctx); err != nil {
			return nil, err
		}
	}
	if k := a.known; k != nil && revision != "" && revision == k.revision && k.advised == (a.set.Adviser != nil) && k.signals == a.set.Signals {
		return a.known, nil
	}
	now := &known{revision: revision, advised: a.set.Adviser != nil, signals: a.set.Signals, own: make(map[mail.MessageID]bool), sent: make(map[string]bool)}
	var err error
	if now.journal, err = a.store.Drafts(ctx); err != nil {
		return nil, fmt.Errorf("read the journal of drafts: %w", err)
	}
	if now.words, err = a.store.Words(ctx); err != nil {
		return nil, fmt.Errorf("read the rep's words: %w", err)
	}
	now.facts.Words = now.words
	if a.set.Adviser != nil {
		if now.facts.Opinions, err = a.store.Opinions(ctx); err != nil {
			return nil, fmt.Errorf("read second opinions: %w", err)
		}
	}
	if err := a.followed(ctx, &now.facts); err != nil {
		return nil, err
	}
	for i := range now.journal {
		d := &now.journal[i]
		switch d.State {
		case tracker.DraftSent, tracker.DraftDiscarded, tracker.DraftWithdrawn, draftOwnGone: // nobody asks for their texts from here
			if d.State == tracker.DraftSent && d.Body != "" {
				now.sent[d.Key] = true
			}
			d.Body, d.Source, d.Why = "", nil, nil
		}
		switch d.State {
		case draftOwn:
			now.own[d.Answers] = true
		case draftOwnGone, draftRefused, draftsBroken, draftsRefused:
		default:
			now.facts.Drafts = append(now.facts.Drafts, *d)
		}
	}
	a.known = now
	return now, nil
}

// Done gives the journal of drafts and the rep's words, read anew only where they may have changed. Neither is to be changed; of
// drafts that have left Drafts the texts are left out.
func (a *Agent) Done(ctx context.Context) ([]tracker.Draft, []tracker.Word, error) {
	k, err := a.recall(ctx)
	if err != nil {
		return nil, nil, err
	}
	return k.journal, k.words, nil
}

// facts gives what was done and said; own names the rep's messages that a draft of the rep's own continues. Neither is to be
// changed. Of drafts that lie in Drafts no more the texts are left out.
func (a *Agent) facts(ctx context.Context) (facts tracker.Facts, own map[mail.MessageID]bool, err error) {
	k, err := a.recall(ctx)
	if err != nil {
		return facts, nil, err
	}
	reaches, err := a.farRead(ctx)
	if err != nil {
		return facts, nil, err
	}
	facts = k.facts
	facts.Origin, facts.ReadAt = a.origin, a.readSince(reaches)
	return facts, k.own, nil
}
