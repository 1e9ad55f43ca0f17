package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"followupd/mail"
	"followupd/tracker"
)

// decide judges what changed or whose time has come, takes back what was overtaken, and drafts what is due.
func (a *Agent) decide(ctx context.Context, opt Options) (Result, error) {
	var res Result
	now := a.now()
	if _, _, err := a.update(ctx, now); err != nil {
		return res, err
	}
	a.tellSoon()
	a.desk.collect()
	if err := a.keepOpinions(ctx); err != nil {
		return res, err
	}
	if err := a.noteEdits(ctx); err != nil {
		return res, err
	}
	open, facts, err := a.update(ctx, now)
	if err != nil {
		return res, err
	}
	acted, err := a.takeBackOvertaken(ctx, open, opt, &res)
	if err != nil {
		return res, err
	}
	replaced, err := a.replaceAsked(ctx, open, facts.Words, opt)
	if err != nil {
		return res, err
	}
	if replaced {
		acted = true
		if open, facts, err = a.update(ctx, now); err != nil {
			return res, err
		}
	}
	due, waiting := a.docket.Agenda(open, opt.IgnoreHours)
	res.Waiting = waiting
	if !opt.IgnoreHours {
		due = a.withRevisions(due, open, waiting)
	}
	a.wantedJobs(due, facts.Words, open)
	tried, failed := a.draftDue(ctx, due, now, opt, &res)
	acted = acted || tried
	if acted {
		if open, _, err = a.update(ctx, now); err != nil {
			return res, err
		}
	}
	if err := a.askOpinions(ctx, open, facts.Opinions, opt); err != nil {
		return res, err
	}
	if err := a.overlayRefusals(ctx, open); err != nil {
		return res, err
	}
	a.conclude(&res, open, now)
	return res, failed
}

// takeBackOvertaken takes back the drafts that were overtaken and that nobody touched. acted says that it tried.
func (a *Agent) takeBackOvertaken(ctx context.Context, open []tracker.Standing, opt Options, res *Result) (acted bool, err error) {
	for _, st := range open {
		if !st.Withdraw || st.Draft == nil || !a.removable(*st.Draft) || opt.DryRun {
			continue
		}
		gone, err := a.withdraw(ctx, *st.Draft)
		if err != nil {
			return true, err
		}
		acted = true
		if gone {
			res.Withdrawn = append(res.Withdrawn, *st.Draft)
		}
	}
	return acted, nil
}

// draftDue lays down the drafts whose turn it is, and says in res which wait and why. acted says that it tried one. After an
// error of Append no further one is laid down: what came of the last must be known first.
func (a *Agent) draftDue(ctx context.Context, due []tracker.Standing, now time.Time, opt Options, res *Result) (acted bool, err error) {
	for _, st := range due {
		if why := a.resting(st, now, opt); why != "" {
			res.Waiting[st.Thread] = why
			continue
		}
		acted = true
		placed, err := a.draft(ctx, st, a.hurried(st, opt))
		if errors.Is(err, errBeingWritten) {
			res.Waiting[st.Thread] = err.Error()
			continue
		}
		if err != nil {
			return acted, err
		}
		if placed != nil {
			res.Placed = append(res.Placed, *placed)
		}
	}
	return acted, nil
}

// resting says why a step is not tried yet: the clock jumped, its APPEND had an unknown outcome, or Drafts takes nothing. ""
// where it may be.
func (a *Agent) resting(st tracker.Standing, now time.Time, opt Options) string {
	if at := a.pause.over(now); !at.IsZero() {
		return fmt.Sprintf("the clock jumped; drafts are written again from %s, once the mailbox was read again", at.In(zone(a.set.Policy.Calendar)).Format("15:04:05"))
	}
	if at, rests := a.failing.rests(now, a.set.Settle, opt.IgnoreHours); rests {
		return fmt.Sprintf("the server did not take the last draft; the next try is at %s", at.In(zone(a.set.Policy.Calendar)).Format("15:04:05"))
	}
	d := st.Draft
	if d == nil || d.State != tracker.DraftUnknown || d.Looks >= 2 {
		return ""
	}
	last := d.Changed
	if d.LookedAt.After(last) {
		last = d.LookedAt
	}
	return fmt.Sprintf("the outcome of an earlier try is unknown; Drafts is looked through again at %s",
		last.Add(a.set.Settle).In(zone(a.set.Policy.Calendar)).Format("15:04:05"))
}

// stillDue judges one thread anew after the last check.
func (a *Agent) stillDue(ctx context.Context, before tracker.Standing, opt Options) (bool, error) {
	open, _, err := a.update(ctx, a.now())
	if err != nil {
		return false, err
	}
	due, _ := a.docket.Agenda(open, opt.IgnoreHours)
	for _, st := range due {
		if st.Thread == before.Thread {
			return st.Silence != nil && before.Silence != nil && st.Silence.Row == before.Silence.Row &&
				st.Next != nil && st.Next.Step == before.Next.Step, nil
		}
	}
	a.log.Info("no draft after the last check", slog.String("thread", string(before.Thread)))
	return false, nil
}

// withdraw takes an untouched draft back. false: it is no longer untouched, or the server cannot remove one message.
func (a *Agent) withdraw(ctx context.Context, d tracker.Draft) (bool, error) {
	return a.takeBack(ctx, d, func(source []byte) bool { return a.isOurs(d, source) || a.onlySpoke(d, mail.Parse(source)) })
}

// takeBack takes a draft back if its bytes are such as may be taken back.
func (a *Agent) takeBack(ctx context.Context, d tracker.Draft, may func(source []byte) bool) (bool, error) {
	var noted error
	err := a.box.Withdraw(ctx, d.Validity, d.UID, func(source []byte) bool {
		if !may(source) {
			return false // the rep touched it: theirs; the next sweep notes it
		}
		// Written down before it is done: a draft that has vanished would else be one that the rep threw away.
		d.State, d.Changed = draftLeaving, a.now()
		noted = a.store.SaveDraft(ctx, d)
		return noted == nil
	})
	if noted != nil {
		return false, fmt.Errorf("note that draft %s is taken back: %w", d.Key, noted)
	}
	if err != nil {
		a.log.Warn("an overtaken draft stays in Drafts", slog.String("draft", d.Key), slog.Any("error", err))
		return false, nil
	}
	if d.State != draftLeaving {
		return false, nil
	}
	d.State, d.Changed = tracker.DraftWithdrawn, a.now()
	if err := a.store.SaveDraft(ctx, d); err != nil {
		return false, fmt.Errorf("note that draft %s was withdrawn: %w", d.Key, err)
	}
	a.log.Info("draft withdrawn", slog.String("draft", d.Key), slog.String("thread", string(d.Thread)))
	return true, nil
}

// Standings judges every thread at a moment, from the facts as stored and loaded.
func (a *Agent) Standings(ctx context.Context, at time.Time) ([]tracker.Standing, error) {
	all, _, err := a.judgeAll(ctx, at)
	if err != nil {
		return nil, err
	}
	return all, a.overlayRefusals(ctx, all)
}

// overlayRefusals lays the writers' refusals over standings.
func (a *Agent) overlayRefusals(ctx context.Context, all []tracker.Standing) error {
	known, err := a.recall(ctx)
	if err != nil {
		return err
	}
	refusals := make(map[string]tracker.Draft)
	for _, d := range known.journal {
		if d.State == draftRefused {
			refusals[d.Key] = d
		}
	}
	for i := range all {
		if len(refusals) > 0 {
			a.overlayRefusal(&all[i], refusals)
		}
	}
	return nil
}

// judgeAll is Standings without the writers' refusals, which the next pass tries again: the library may be richer by then.
func (a *Agent) judgeAll(ctx context.Context, at time.Time) ([]tracker.Standing, tracker.Facts, error) {
	if err := a.Load(ctx); err != nil {
		return nil, tracker.Facts{}, err
	}
	facts, own, err := a.facts(ctx)
	if err != nil {
		return nil, tracker.Facts{}, err
	}
	all := a.threads.JudgeAll(facts, at)
	a.overlay(all, facts, own)
	return all, facts, nil
}

// overlayOwn lays over a due standing that the rep has begun a mail in the thread.
func overlayOwn(st *tracker.Standing, own map[mail.MessageID]bool) {
	if st.State == tracker.Due && st.Silence != nil && own[st.Silence.Message.ID] {
		st.State = tracker.Review
		st.Reasons = append(st.Reasons, "You have begun a mail in this thread yourself: it lies in your Drafts, and no other is written beside it.")
	}
}

// overlayRefusal lays over a due standing that no text kept the house rules. refusals are by draft key.
func (a *Agent) overlayRefusal(st *tracker.Standing, refusals map[string]tracker.Draft) {
	if st.State != tracker.Due || st.Silence == nil || st.Next == nil {
		return
	}
	if note, ok := refusals[Key(a.set.Rep.Address, anchor(st.Thread, *st.Silence), st.Next.Step)]; ok {
		st.State = tracker.Review
		st.Reasons = append(st.Reasons, note.Why...)
	}
}

// tellChanges logs each thread whose state is another than when last judged. What is first heard of after a start is no
// change.
func (a *Agent) tellChanges(all []tracker.Standing) {
	for _, st := range all {
		before, known := a.states[st.Thread]
		if known && before != st.State {
			a.log.Info("thread stands", slog.String("thread", string(st.Thread)), slog.String("state", string(st.State)), slog.String("before", string(before)))
		}
		a.states[st.Thread] = st.State
	}
}

// wake gives when the next pass is worth while without any event: by the docket, and by what is due.
func (a *Agent) wake(open []tracker.Standing, now time.Time) time.Time {
	var at time.Time
	sooner := func(t time.Time) {
		if !t.After(now) {
			return // a moment that has come was judged in this pass
		}
		if at.IsZero() || t.Before(at) {
			at = t
		}
	}
	sooner(a.docket.Next())
	for _, st := range open {
		if st.State == tracker.Due {
			if d := st.Draft; d != nil && d.State == tracker.DraftUnknown {
				sooner(now.Add(a.set.Settle))
			}
			sooner(a.set.Policy.PaceOf(st).Calendar.NextOpen(now))
		}
	}
	return at
}

// readSince gives since when every folder in which an answer could lie has been read cleanly: the oldest of their times,
// zero where one never was. Folders that no longer exist or were taken out of the config do not count.
func (a *Agent) readSince(reaches map[string]tracker.Reach) time.Time {
	now := make(map[string]bool)
	for _, f := range a.answering() {
		now[f.Name] = true
	}
	var oldest time.Time
	for name, r := range reaches {
		switch r.Folder.Role {
		case mail.RoleInbox, mail.RoleSent, mail.RoleAlso:
		default:
			continue
		}
		if len(now) > 0 && !now[name] {
			continue
		}
		if r.ReadAt.IsZero() {
			return time.Time{}
		}
		if oldest.IsZero() || r.ReadAt.Before(oldest) {
			oldest = r.ReadAt
		}
	}
	return oldest
}
