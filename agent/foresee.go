package agent

import (
	"context"
	"fmt"
	"slices"
	"time"

	"followupd/playbook"
	"followupd/tracker"
)

// expectedAhead is how far ahead the limits are reckoned with: as far as the dashboard's "Coming up" looks.
const expectedAhead = 4 * 7 * 24 * time.Hour

// Expect fills in when the draft of each next step will likely come. all are the standings of every thread at now.
func (a *Agent) Expect(ctx context.Context, all []tracker.Standing, now time.Time) error {
	facts, _, err := a.facts(ctx)
	if err != nil {
		return err
	}
	expected := a.threads.Expected(facts, all, now, now.Add(expectedAhead))
	for i := range all {
		if at := expected[all[i].Thread]; all[i].Next != nil && !at.IsZero() {
			next := *all[i].Next
			next.Expected = at
			all[i].Next = &next
		}
	}
	return nil
}

// expectAlone fills in when the drafts of threads may come at the soonest, without a look at the others: in working hours.
func (a *Agent) expectAlone(all []tracker.Standing, now time.Time) {
	for i := range all {
		if st := &all[i]; st.Next != nil && (st.State == tracker.Waiting || st.State == tracker.Due) && st.Draft == nil {
			next := *st.Next
			from := next.At
			if from.Before(now) {
				from = now
			}
			next.Expected = a.set.Policy.PaceOf(*st).Calendar.NextOpen(from)
			st.Next = &next
		}
	}
}

// Foresee fills in the approach that each next follow-up would likely take, as far as it is not told by the action. It is for
// showing: the playbook has the last word when it writes.
func (a *Agent) Foresee(ctx context.Context, all []tracker.Standing) error {
	journal, err := a.store.Drafts(ctx)
	if err != nil {
		return fmt.Errorf("read the journal of drafts: %w", err)
	}
	for i := range all {
		st := &all[i]
		if n := a.mailed.Reach(a.threads.Thread(st.Thread)); n > 0 {
			st.Reasons = append(slices.Clone(st.Reasons), playbook.SentToMany(n))
		}
		if st.Next == nil || st.Next.Approach != "" || st.Silence == nil {
			continue
		}
		req, err := a.request(ctx, *st, journal)
		if err != nil {
			return err
		}
		next := *st.Next
		next.Approach = a.set.Playbook.Approach(req)
		st.Next = &next
	}
	return nil
}
