package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"followupd/mail"
	"followupd/playbook"
	"followupd/tracker"
)

// replaceAsked carries out the rep's wish for another draft in place of the one that lies there: it writes the new one down,
// takes the old one away, and leaves the laying down to the protocol that every draft goes by. It says whether any was
// replaced.
//
// Whatever crashes, one draft is left. The new text is durable as an intent before the old draft is removed; while the old
// one lies there, the intent is not carried out (draft looks first), and the wish still stands. Where no other text keeps
// the house rules, or the server can remove no single message, the old draft stays and the rep is told.
func (a *Agent) replaceAsked(ctx context.Context, all []tracker.Standing, words []tracker.Word, opt Options) (bool, error) {
	asking := make(map[tracker.ThreadID]bool)
	for _, w := range words {
		if w.Kind == tracker.WordAnother {
			asking[w.Thread] = true
		}
	}
	if opt.DryRun || len(asking) == 0 {
		return false, nil
	}
	journal, err := a.store.Drafts(ctx)
	if err != nil {
		return false, fmt.Errorf("read the journal of drafts: %w", err)
	}
	replaced := false
	for _, st := range all {
		if !asking[st.Thread] || st.Withdraw || st.Silence == nil || st.State != tracker.Drafted && st.State != tracker.Due {
			continue
		}
		for _, old := range journal {
			if old.State != tracker.DraftPlaced && old.State != tracker.DraftEdited || old.Answers != st.Silence.Message.ID || old.Thread != st.Thread {
				continue
			}
			asked, ok := tracker.Asked(words, old)
			if !ok {
				continue
			}
			st.Draft = &old
			done, err := a.replace(ctx, st, asked)
			if err != nil {
				return replaced, err
			}
			replaced = replaced || done
		}
	}
	return replaced, nil
}

func (a *Agent) replace(ctx context.Context, st tracker.Standing, asked tracker.Word) (bool, error) {
	old := *st.Draft
	next, err := a.revise(ctx, st, asked)
	if errors.Is(err, errBeingWritten) {
		return false, nil // the old draft lies there until then
	}
	if next == nil || err != nil {
		return false, err
	}
	gone, err := a.takeBack(ctx, old, func(source []byte) bool {
		m := mail.Parse(source)
		key, _ := split(m)
		return key == old.Key || answersTo(m, old.Answers)
	})
	switch {
	case err != nil:
		return false, err
	case gone:
		a.draftsChanged = true
		a.log.Info("draft replaced", slog.String("draft", old.Key), slog.String("by", next.Key), slog.String("approach", next.Approach))
		return true, nil
	}
	if _, err := a.box.ReadDraft(ctx, old.Validity, old.UID); err != nil {
		a.log.Info("the draft to be replaced has moved on", slog.String("draft", old.Key), slog.Any("error", err))
		return false, nil // the rep touched it meanwhile, or the line is cut: the next sweep sees
	}
	old.Changed = a.now() // as it was: it stays
	next.State, next.Source, next.Changed = tracker.DraftWithdrawn, nil, a.now()
	for _, d := range []tracker.Draft{old, *next} {
		if err := a.store.SaveDraft(ctx, d); err != nil {
			return false, fmt.Errorf("note that draft %s was not replaced: %w", d.Key, err)
		}
	}
	return false, a.cannotReplace(ctx, st, asked, "the server removes no single message. Delete the draft yourself and write by hand.")
}

// revise gives the journal entry of the draft that takes another's place, written down as an intent. nil: there is none, and
// the rep was told why.
func (a *Agent) revise(ctx context.Context, st tracker.Standing, asked tracker.Word) (*tracker.Draft, error) {
	old := *st.Draft
	journal, err := a.store.Drafts(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the journal of drafts: %w", err)
	}
	first := Key(a.set.Rep.Address, anchor(st.Thread, *st.Silence), old.Step)
	family := func(key string) bool { return key == old.Key || key == first || isRevision(first, key) }
	for _, d := range journal {
		if family(d.Key) && d.State == tracker.DraftIntent && len(d.Source) > 0 && d.Key != old.Key {
			return &d, nil // written down before a crash
		}
	}
	key := ""
	for n := 1; n <= maxRevisions && key == ""; n++ {
		if k := revision(first, n); !slices.ContainsFunc(journal, func(d tracker.Draft) bool { return d.Key == k }) {
			key = k
		}
	}
	if key == "" {
		return nil, a.cannotReplace(ctx, st, asked, fmt.Sprintf("%d drafts of this step have been replaced already.", maxRevisions))
	}
	st.Next = &tracker.Next{Action: old.Action, Step: old.Step, Approach: old.Approach, At: old.Created}
	req, err := a.request(ctx, st, journal)
	if err != nil {
		return nil, err
	}
	for i := range req.Given { // those that were replaced have been seen: none of their approaches comes again
		if family(req.Given[i].Key) {
			req.Given[i].State = tracker.DraftDiscarded
		}
	}
	text, err := a.write(ctx, key, req, Options{})
	var none *playbook.NoText
	if errors.As(err, &none) {
		return nil, a.cannotReplace(ctx, st, asked, none.Error()+".")
	}
	if errors.Is(err, errBeingWritten) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("write another draft for thread %s: %w", st.Thread, err)
	}
	now := a.now()
	d := &tracker.Draft{
		Key: key, Thread: st.Thread, Answers: old.Answers, Step: old.Step, Action: old.Action,
		Approach: text.Approach, Asset: text.Asset, Template: text.Template, Body: text.Body, State: tracker.DraftIntent,
		Why: append([]string{"You asked for another draft."}, text.Why...), Created: now, Changed: now,
	}
	linked, err := a.signalled(ctx, *d, text, Options{})
	if err != nil {
		return nil, err
	}
	if err := a.compose(ctx, st, req, linked, d); err != nil {
		return nil, err
	}
	if err := a.store.SaveDraft(ctx, *d); err != nil {
		return nil, fmt.Errorf("write the intent of draft %s: %w", d.Key, err)
	}
	return d, nil
}

// cannotReplace keeps why a wish for another draft was not carried out, once; it ends the wish.
func (a *Agent) cannotReplace(ctx context.Context, st tracker.Standing, asked tracker.Word, why string) error {
	word := tracker.Word{
		At: a.now(), Kind: tracker.WordUnheard, Thread: asked.Thread, Source: asked.Source,
		Text: "The draft was not replaced by another: " + why,
	}
	a.log.Warn("a draft is not replaced", slog.String("thread", string(st.Thread)), slog.String("why", why))
	return a.store.Hear(ctx, []tracker.Heard{{Word: word, Place: "another", Signs: []string{fmt.Sprint(asked.ID)}}})
}

// revised says that the draft under way takes the place of one that the rep did not want.
func (a *Agent) revised(st tracker.Standing) bool {
	return st.Draft != nil && st.Silence != nil && isRevision(Key(a.set.Rep.Address, anchor(st.Thread, *st.Silence), st.Draft.Step), st.Draft.Key)
}

// withRevisions adds the drafts that the rep asked for to those that are due: they do not wait for working hours.
func (a *Agent) withRevisions(due, open []tracker.Standing, waiting map[tracker.ThreadID]string) []tracker.Standing {
	if !slices.ContainsFunc(open, func(st tracker.Standing) bool { return st.State == tracker.Due && a.revised(st) }) {
		return due
	}
	anytime, _ := a.docket.Agenda(open, true)
	for _, st := range anytime {
		known := slices.ContainsFunc(due, func(d tracker.Standing) bool { return d.Thread == st.Thread })
		if a.revised(st) && !known {
			due = append(due, st)
			delete(waiting, st.Thread)
		}
	}
	return due
}

// hurried is how a draft is laid down that may be one the rep asked for.
func (a *Agent) hurried(st tracker.Standing, opt Options) Options {
	opt.IgnoreHours = opt.IgnoreHours || a.revised(st)
	return opt
}
