package agent

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"slices"
	"time"

	"followupd/mail"
	"followupd/playbook"
	"followupd/playbook/hand"
	"followupd/tracker"
)

// draft lays the draft of one due thread down, by the protocol of RELIABILITY 2.3. placed is nil where there was a
// reason not to (an answer came, the rep is writing, no text kept the house rules): that is no error.
//
// An error means that the outcome of an APPEND is unknown or that the mailbox cannot be worked now; the pass drafts no more.
func (a *Agent) draft(ctx context.Context, st tracker.Standing, opt Options) (*Placed, error) {
	d, text, err := a.prepare(ctx, st, opt)
	if err != nil || d == nil {
		return nil, err
	}
	placed := &Placed{Standing: st, Draft: *d, Text: text}
	if opt.DryRun {
		return placed, nil
	}

	// LAST CHECK: a reply, an opt-out or a newer mail of the rep, in every folder where one could hide.
	thrown, err := a.tail(ctx, st)
	if err != nil {
		return nil, err
	}
	if at, ok := thrown[d.Key]; ok && threwAway(*d, at) {
		return nil, a.discard(ctx, d)
	}
	still, err := a.stillDue(ctx, st, opt)
	if err != nil || !still {
		return nil, err
	}
	// LOOK, before the first and every later APPEND. What another daemon or the rep laid down meanwhile counts as placed.
	state, lies, err := a.look(ctx, a.floorOf(*d))
	if err != nil {
		return nil, err
	}
	for _, l := range lies {
		if !l.deleted && (l.key == d.Key || answersTo(l.message, d.Answers)) {
			a.log.Info("a draft is there already", slog.String("thread", string(st.Thread)))
			a.draftsChanged = true
			return nil, nil
		}
	}

	// INTENT, durable before the first byte goes out. The bytes are frozen: every later try sends the same ones.
	if d.Floor == 0 || d.Validity != state.Validity {
		d.Floor, d.Validity = max(state.Next, 1), state.Validity
	}
	d.Changed, d.Looks, d.LookedAt = a.now(), 0, time.Time{}
	if d.State != tracker.DraftIntent {
		d.State = tracker.DraftIntent
	}
	if err := a.store.SaveDraft(ctx, *d); err != nil {
		return nil, fmt.Errorf("write the intent of draft %s: %w", d.Key, err)
	}
	// From here on nobody knows: unknown is written first, so that a kill before it proves that APPEND never began.
	d.State = tracker.DraftUnknown
	if err := a.store.SaveDraft(ctx, *d); err != nil {
		return nil, fmt.Errorf("write the intent of draft %s: %w", d.Key, err)
	}
	uid, appendErr := a.box.Append(ctx, d.Source, d.Changed)
	noteErr := a.noteTry(ctx, d.Changed, appendErr)
	switch {
	case a.failing.refused:
		return nil, errors.Join(fmt.Errorf("lay a draft into Drafts (tried again in %s): %w", mostRest, appendErr), noteErr)
	case appendErr != nil:
		return nil, errors.Join(fmt.Errorf("lay a draft into Drafts (looked for again in %s): %w", a.set.Settle, appendErr), noteErr)
	case noteErr != nil:
		return nil, noteErr
	}

	// LOOK again: only a FETCH that shows it makes it placed.
	state, lies, err = a.look(ctx, d.Floor)
	if err != nil {
		return nil, err
	}
	var ours, doomed []lying
	for _, l := range lies {
		switch {
		case l.key != d.Key && !(answersTo(l.message, d.Answers) && l.message.ID == d.MessageID):
		case l.deleted:
			doomed = append(doomed, l)
		default:
			ours = append(ours, l)
		}
	}
	switch {
	case len(ours) == 0 && a.set.AtMostOnce: // nothing could show it: the server's word is all there is
		if err := a.mark(ctx, d, tracker.DraftPlaced, state, lying{Item: mail.Item{UID: uid}}); err != nil {
			return nil, err
		}
		placed.Draft = *d
		return placed, nil
	case len(ours) == 0:
		return nil, fmt.Errorf("the server took a draft but does not show it; it is looked for again in %s", a.set.Settle)
	}
	if err := a.found(ctx, d, state, ours, doomed, opt); err != nil {
		return nil, err
	}
	a.draftsChanged = true // our own change: the next sweep notes it
	a.log.Info("draft placed", slog.String("thread", string(st.Thread)), slog.String("draft", d.Key),
		slog.Int("step", d.Step), slog.String("approach", d.Approach))
	placed.Draft = *d
	return placed, nil
}

// threwAway says whether a draft of this key outside Drafts means that the rep threw it away. at is the server's time of it.
// A server without UIDPLUS has what we take back in Trash as well: that is an earlier draft than the one we are about to lay
// down again.
func threwAway(d tracker.Draft, at time.Time) bool {
	switch d.State {
	case tracker.DraftWithdrawn, tracker.DraftDiscarded: // known, and due again since
		return false
	case tracker.DraftIntent, tracker.DraftUnknown:
		return !at.Before(d.Created.Truncate(time.Second))
	}
	return true
}

// discard notes that the rep threw this very draft away before a state that knew of it was lost: it lies in another
// folder, Trash most likely.
func (a *Agent) discard(ctx context.Context, d *tracker.Draft) error {
	d.State, d.Source, d.Changed = tracker.DraftDiscarded, nil, a.now()
	if err := a.store.SaveDraft(ctx, *d); err != nil {
		return fmt.Errorf("note that draft %s was thrown away: %w", d.Key, err)
	}
	a.log.Info("draft was thrown away before", slog.String("thread", string(d.Thread)), slog.String("draft", d.Key))
	return nil
}

// floorOf gives the UID from which a look can find a draft: its own floor, or the end of Drafts as last swept.
func (a *Agent) floorOf(d tracker.Draft) mail.UID {
	if d.Floor > 0 && d.Validity == a.drafts.Validity {
		return d.Floor
	}
	return 0
}

// prepare gives the journal entry of a due step, with its bytes: the frozen ones of an earlier try, or newly written.
// A nil draft means that no text may be written; the journal says why. errBeingWritten means that it is on its way.
func (a *Agent) prepare(ctx context.Context, st tracker.Standing, opt Options) (*tracker.Draft, playbook.Text, error) {
	journal, err := a.store.Drafts(ctx)
	if err != nil {
		return nil, playbook.Text{}, fmt.Errorf("read the journal of drafts: %w", err)
	}
	key := Key(a.set.Rep.Address, anchor(st.Thread, *st.Silence), st.Next.Step)
	var before tracker.DraftState // of the same step, in this journal
	for _, d := range journal {
		if d.Key == key {
			before = d.State
		}
		if (d.Key == key || isRevision(key, d.Key)) && len(d.Source) > 0 && (d.State == tracker.DraftIntent || d.State == tracker.DraftUnknown) {
			return &d, playbook.Text{Body: d.Body, Approach: d.Approach, Asset: d.Asset, Template: d.Template, Why: d.Why}, nil
		}
	}
	if a.othersFirst(key, opt) {
		return nil, playbook.Text{}, errOthersFirst
	}
	req, err := a.request(ctx, st, journal)
	if err != nil {
		return nil, playbook.Text{}, err
	}
	text, err := a.write(ctx, key, req, opt)
	var none *playbook.NoText
	if errors.As(err, &none) {
		return nil, playbook.Text{}, a.refuse(ctx, st, key, none)
	}
	if err != nil {
		return nil, playbook.Text{}, fmt.Errorf("write a follow-up for thread %s: %w", st.Thread, err)
	}
	now := a.now()
	d := &tracker.Draft{
		Key: key, Thread: st.Thread, Answers: st.Silence.Message.ID, Step: st.Next.Step, Action: st.Next.Action,
		Approach: text.Approach, Asset: text.Asset, Template: text.Template, Body: text.Body, State: before,
		Why: append(append([]string{}, st.Reasons...), text.Why...), Created: now, Changed: now,
	}
	linked, err := a.signalled(ctx, *d, text, opt)
	if err != nil {
		return nil, playbook.Text{}, err
	}
	if err := a.compose(ctx, st, req, linked, d); err != nil {
		return nil, playbook.Text{}, err
	}
	return d, text, nil
}

// compose freezes the message of a draft.
func (a *Agent) compose(ctx context.Context, st tracker.Standing, req playbook.Request, text playbook.Text, d *tracker.Draft) error {
	m := st.Silence.Message
	from := a.set.Rep
	if len(m.From) > 0 && slices.Contains(a.set.Policy.Me, m.From[0].Address) {
		from = m.From[0]
	}
	refs := m.References
	if len(refs) == 0 {
		refs = m.InReplyTo
	}
	reply := mail.Reply{
		Key: d.Key, From: from, Subject: m.Subject, InReplyTo: m.ID, References: refs,
		To: others(m.To, a.set.Policy.Me), Cc: others(m.Cc, a.set.Policy.Me),
		Date: d.Created.In(zone(a.set.Policy.Calendar)), Text: text.Body,
	}
	if len(reply.To) == 0 {
		reply.To, reply.Cc = st.Prospects, nil
	}
	if c := req.Contents[st.Silence.Row]; c != nil {
		sample, err := a.quotingSample(ctx)
		if err != nil {
			return err
		}
		reply.Quote = mail.Quote(c.Text, from, st.Silence.Received.In(reply.Date.Location()), st.Silence.Reading.Language, sample)
	}
	// The seal covers what a person will see, so the message is composed once to be read, and once more sealed.
	plain, err := mail.Compose(reply)
	if err != nil {
		return fmt.Errorf("compose a draft for thread %s: %w", st.Thread, err)
	}
	reply.Seal = seal(d.Key, d.Approach, mail.Parse(plain))
	d.Source, err = mail.Compose(reply)
	if err != nil {
		return fmt.Errorf("compose a draft for thread %s: %w", st.Thread, err)
	}
	d.MessageID = mail.ParseHeader(d.Source).ID
	return nil
}

// refuse notes that no text may be written for a step: the thread goes to review with the rules' names.
func (a *Agent) refuse(ctx context.Context, st tracker.Standing, key string, none *playbook.NoText) error {
	why := none.Error()
	if a.refused[key] == why {
		return nil
	}
	a.refused[key] = why
	now := a.now()
	d := tracker.Draft{
		Key: key, Thread: st.Thread, Answers: st.Silence.Message.ID, Step: st.Next.Step, Action: st.Next.Action,
		State: draftRefused, Why: []string{why}, Created: now, Changed: now,
	}
	if err := a.store.SaveDraft(ctx, d); err != nil {
		return fmt.Errorf("note that no text kept the house rules: %w", err)
	}
	a.log.Warn("no text keeps the house rules", slog.String("thread", string(st.Thread)), slog.Int("step", d.Step))
	return nil
}

// request gathers what a writer is told.
func (a *Agent) request(ctx context.Context, st tracker.Standing, journal []tracker.Draft) (playbook.Request, error) {
	t := a.threads.Thread(st.Thread)
	req := playbook.Request{
		Thread: t, Standing: st, Contents: make(map[int64]*mail.Content), Rep: a.set.Rep,
		Calendar: a.set.Policy.PaceOf(st).Calendar, Now: a.now(), Seed: seed(st), Mailed: a.mailed.Reach(t),
	}
	for _, l := range t.Messages {
		c, err := a.store.Content(ctx, l.Row)
		if err != nil {
			return req, fmt.Errorf("read a stored body: %w", err)
		}
		req.Contents[l.Row] = c
	}
	words, err := a.store.Words(ctx)
	if err != nil {
		return req, fmt.Errorf("read the rep's words: %w", err)
	}
	people := make(map[mail.Address]bool)
	for _, p := range st.Prospects {
		people[p.Address] = true
	}
	for _, w := range words {
		if !people[w.Address] && w.Thread != st.Thread {
			continue
		}
		req.Words = append(req.Words, w)
		if w.Kind == tracker.WordNote {
			req.Notes = append(req.Notes, w)
		}
	}
	edits, err := a.store.Edits(ctx)
	if err != nil {
		return req, fmt.Errorf("read what became of drafts: %w", err)
	}
	req.Habits = hand.Learn(journal, edits, a.now())
	const recent = 50
	for i := len(journal) - 1; i >= 0; i-- {
		d := journal[i]
		if d.Body == "" {
			continue
		}
		if len(req.Recent) < recent {
			req.Recent = append(req.Recent, d)
		}
		if d.Thread == st.Thread || a.reaches(d.Thread, people) {
			req.Given = append(req.Given, d)
		}
	}
	if _, ok := a.set.Writer.(SlowWriter); ok {
		if req.Samples, err = a.samples(ctx, t); err != nil {
			return req, err
		}
	}
	req.Signature, err = a.signature(ctx)
	return req, err
}

// reaches says whether one of the people is addressed in a thread.
func (a *Agent) reaches(id tracker.ThreadID, people map[mail.Address]bool) bool {
	t := a.threads.Thread(id)
	if t == nil {
		return false
	}
	for _, l := range t.Messages {
		if l.Direction != tracker.Out {
			continue
		}
		for _, p := range append(append([]mail.Person{}, l.Message.To...), l.Message.Cc...) {
			if people[p.Address] {
				return true
			}
		}
	}
	return false
}

// seed decides between texts of equal worth: the same thread and step always get the same one.
func seed(st tracker.Standing) uint64 {
	h := fnv.New64a()
	step := 0 // nothing comes next in a closed thread, of which tasks are told all the same
	if st.Next != nil {
		step = st.Next.Step
	}
	fmt.Fprintf(h, "%s %d", st.Thread, step)
	return h.Sum64()
}

// others gives the people of a list who are not the rep.
func others(list []mail.Person, me []mail.Address) []mail.Person {
	var out []mail.Person
	for _, p := range list {
		if !slices.Contains(me, p.Address) {
			out = append(out, p)
		}
	}
	return out
}

func zone(c tracker.Calendar) *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}
