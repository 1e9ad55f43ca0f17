package agent

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"followupd/playbook"
	"followupd/tracker"
)

// taskBack is how old the rep's last mail of a thread may be for it to be worth a call.
const taskBack = 60 * 24 * time.Hour

// Tasks gives what the rep may do by other channels in some threads, the soonest first; see playbook.Tasks.
func (a *Agent) Tasks(ctx context.Context, threads []tracker.Standing) ([]playbook.Task, error) {
	journal, err := a.store.Drafts(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the journal of drafts: %w", err)
	}
	thanked := make(map[tracker.ThreadID]bool)
	for _, d := range journal {
		thanked[d.Thread] = thanked[d.Thread] || d.Action == tracker.ThankYou && d.State == tracker.DraftSent
	}
	var out []playbook.Task
	for _, st := range threads {
		// Reading a thread's bodies costs; most threads have no task.
		open := st.State == tracker.Waiting || st.State == tracker.Due || st.State == tracker.Drafted
		tried := len(st.FollowedUp) > 0 || st.Situation == tracker.Voicemail || thanked[st.Thread]
		won := st.State == tracker.Closed && st.Outcome == tracker.Won
		if a.threads.Thread(st.Thread) == nil || !won && (!open || !tried || a.now().Sub(st.LastOutbound) > taskBack) {
			continue
		}
		req, err := a.request(ctx, st, journal)
		if err != nil {
			return nil, err
		}
		out = append(out, a.set.Playbook.Tasks(req, a.set.Policy.PaceOf(st).Cadence.NurtureAfter)...)
	}
	slices.SortStableFunc(out, func(x, y playbook.Task) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Key(), y.Key()))
	})
	return out, nil
}
