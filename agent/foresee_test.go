package agent

import (
	"testing"
	"time"
)

func TestExpect_OneDraftADayPutsTheSecondThreadOffToTomorrow(t *testing.T) {
	w := newWorld(t)
	w.twoSilent()
	a, stop := w.start()
	defer stop()
	set := a.set
	set.Policy.DraftsADay = 1
	a.SetSettings(set)
	if _, err := a.Pass(t.Context(), Options{DryRun: true}); err != nil {
		t.Fatal(err)
	}
	all, err := a.Standings(t.Context(), w.now)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Expect(t.Context(), all, w.now); err != nil {
		t.Fatal(err)
	}
	got := make(map[string]int)
	for _, st := range all {
		got[string(st.Prospects[0].Address)] = int(st.Next.Expected.Sub(w.now).Truncate(time.Hour).Hours())
	}
	if first, second := got[string(person)], got[string(bo)]; first != 0 || second < 1 || second > 24 {
		t.Errorf("their drafts are expected in %d and %d hours, want the older promise's now and the other's tomorrow", first, second)
	}
}
