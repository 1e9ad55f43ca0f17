package agent

import (
	"context"
	"time"

	"followupd/mail"
	"followupd/tracker"
)

// tidings are the standings that were judged since the last pass told of them.
type tidings struct {
	whole bool // all of them were
	late  bool // and some once more
	list  []tracker.Standing
	at    map[tracker.ThreadID]int // in list
	gone  map[tracker.ThreadID]bool
}

func (t *tidings) judged(s tracker.Standing) {
	if i, known := t.at[s.Thread]; known {
		t.list[i] = s
		return
	}
	if t.at == nil {
		t.at = make(map[tracker.ThreadID]int)
	}
	t.at[s.Thread] = len(t.list)
	t.list = append(t.list, s)
	delete(t.gone, s.Thread)
}

// update brings the docket up to the facts and to a moment, at the cost of what changed, and gives what a pass may act on,
// without the writers' refusals: those are tried again, for the library may be richer by then.
func (a *Agent) update(ctx context.Context, now time.Time) ([]tracker.Standing, tracker.Facts, error) {
	if err := a.Load(ctx); err != nil {
		return nil, tracker.Facts{}, err
	}
	facts, own, err := a.facts(ctx)
	if err != nil {
		return nil, tracker.Facts{}, err
	}
	a.judgedBy = a.known
	t := &a.tidings
	var anew tidings
	round := a.docket.Update(facts, now, anew.judged)
	a.reading.judged = a.reading.judged || round.Judged > 0
	if round.Whole {
		anew.whole, anew.gone = true, t.gone
		*t = anew
	} else {
		t.late = t.late || round.Judged > 0
		for _, s := range anew.list {
			t.judged(s)
		}
	}
	for _, id := range round.Gone {
		if t.gone == nil {
			t.gone = make(map[tracker.ThreadID]bool)
		}
		t.gone[id] = true
		delete(a.states, id)
	}
	open := a.docket.Open()
	a.overlay(open, facts, own)
	return open, facts, nil
}

// overlay lays over standings what the journal and the server's ways have to say.
func (a *Agent) overlay(all []tracker.Standing, facts tracker.Facts, own map[mail.MessageID]bool) {
	for i := range all {
		overlayOwn(&all[i], own)
		a.overlayDoubt(&all[i], facts.Words)
	}
}

// tellSoon logs, before a pass goes on, the threads that reading has changed, so that what woke the loop is told at once. A
// first pass, which judged them all, leaves it to its end; so does a thread that is due, over which notes in the journal may
// still be laid.
func (a *Agent) tellSoon() {
	if len(a.states) == 0 || a.tidings.whole {
		return
	}
	for _, st := range a.tidings.list {
		if st.State != tracker.Due {
			a.tellChanges([]tracker.Standing{st})
		}
	}
}

// conclude fills in what a pass found: of open, with all that is laid over it, and of what was judged besides.
func (a *Agent) conclude(res *Result, open []tracker.Standing, now time.Time) {
	t := &a.tidings
	res.Counts = a.docket.Counts()
	judged := len(t.list)
	plain := make(map[tracker.ThreadID]tracker.State, len(open)) // as the docket has it
	for _, st := range a.docket.Open() {
		plain[st.Thread] = st.State
	}
	for _, st := range open {
		if was := plain[st.Thread]; was != st.State {
			res.Counts[was]--
			res.Counts[st.State]++
		}
		t.judged(st)
	}
	a.expectAlone(t.list, now)
	a.tellChanges(t.list)
	res.Standings, res.Whole, res.Gone = t.list, t.whole, nil
	res.exact = t.whole && !t.late && judged == len(t.list)
	for id := range t.gone {
		if _, back := t.at[id]; !back {
			res.Gone = append(res.Gone, id)
		}
	}
	a.tidings = tidings{}
	res.Wake = a.wake(open, now)
}

// everything puts the standings of all threads in the place of those that changed.
func (a *Agent) everything(ctx context.Context, res *Result) error {
	if res.exact {
		return nil
	}
	now := a.now()
	all, err := a.Standings(ctx, now)
	if err != nil {
		return err
	}
	a.expectAlone(all, now)
	res.Standings, res.Whole = all, true
	return nil
}
