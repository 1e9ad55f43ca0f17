package agent

import (
	"context"
	"fmt"
	"slices"

	"followupd/playbook"
	"followupd/tracker"
)

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
