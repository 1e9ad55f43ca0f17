package storetest

import (
	"testing"
	"time"

	"followupd/mail"
	"followupd/tracker"
)

func opinions(t *testing.T, s tracker.Store) []tracker.Opinion {
	t.Helper()
	all, err := s.Opinions(t.Context())
	check(t, err)
	return all
}

func edits(t *testing.T, s tracker.Store) []tracker.Edit {
	t.Helper()
	all, err := s.Edits(t.Context())
	check(t, err)
	return all
}

func opinionOnce(t *testing.T, s tracker.Store) {
	row := saveMany(t, s, 1)[0]
	first := tracker.Opinion{Row: row, At: day, Model: "small", Intent: mail.IntentNotNow, Until: day.AddDate(0, 1, 0)}
	second := first
	second.Intent, second.Until = mail.IntentUnclear, time.Time{}
	for _, o := range []tracker.Opinion{first, second, {Row: row + 1000, At: day, Model: "small", Intent: mail.IntentAnswer}} {
		check(t, s.SaveOpinion(t.Context(), o))
	}
	equal(t, "opinions", opinions(t, s), []tracker.Opinion{first})
}

func opinionForgotten(t *testing.T, s tracker.Store) {
	about(t, s)
	for _, one := range seen(t, s) {
		check(t, s.SaveOpinion(t.Context(), tracker.Opinion{Row: one.Row, At: day, Model: "small", Intent: mail.IntentAnswer}))
	}
	forgetLena(t, s)
	kept := seen(t, s)
	all := opinions(t, s)
	if len(all) != len(kept) {
		t.Errorf("%d opinions on %d messages that are left", len(all), len(kept))
	}
}

func editsRoundTrip(t *testing.T, s tracker.Store) {
	check(t, s.SaveDraft(t.Context(), fullDraft("k")))
	want := tracker.Edit{Draft: "k", At: day, Kept: 0.25, Diff: "- Hi Lena\n+ Dear Lena"}
	for _, e := range []tracker.Edit{{Draft: "k", At: day, Kept: 1}, want, {Draft: "unknown", At: day, Kept: 1, Diff: "x"}} {
		check(t, s.SaveEdit(t.Context(), e))
	}
	equal(t, "edits", edits(t, s), []tracker.Edit{want})
}

func editsErased(t *testing.T, s tracker.Store) {
	about(t, s)
	for _, key := range []string{"k1", "k2", "k3"} {
		check(t, s.SaveEdit(t.Context(), tracker.Edit{Draft: key, At: day, Kept: 0.5, Diff: "- about the zebra"}))
	}
	forgetLena(t, s)
	for _, e := range edits(t, s) { // k3 is Bo's, and no draft about zebras would say Lena's name
		if want := e.Draft == "k3"; (e.Diff != "") != want || e.Kept != 0.5 {
			t.Errorf("after Lena was forgotten: %+v, want its words kept: %t", e, want)
		}
	}
	check(t, s.SaveEdit(t.Context(), tracker.Edit{Draft: "k1", At: day, Kept: 0.5, Diff: "- about the zebra"}))
	check(t, s.Expire(t.Context(), nil, []string{"k3"}))
	for _, e := range edits(t, s) {
		if e.Diff != "" {
			t.Errorf("after its texts were erased: %+v", e)
		}
	}
}
