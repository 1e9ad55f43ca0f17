package agent

import (
	"context"
	"testing"
	"time"

	"followupd/tracker"
)

// TestDraft_OneFriendlyWordLongAfterTheGoodbye goes through a whole silence by hand, lets half a year pass, sends what is
// drafted, and lets two more years pass.
func TestDraft_OneFriendlyWordLongAfterTheGoodbye(t *testing.T) {
	w := newWorld(t)
	w.silent()
	last, at := "offer@acme.example", w.now.AddDate(0, 0, -14)
	say := func(id, body string, after time.Duration) {
		at = at.Add(after)
		w.deliver("Sent", rep, person, id, last, body, at)
		last = id
	}
	const day = 24 * time.Hour
	say("one@acme.example", "Hi Lena,\n\nwhich of your carriers sends the most invoices?\n\nAnna", 4*day)
	say("two@acme.example", "Hi Lena,\n\nwould Tuesday or Thursday suit you for twenty minutes?\n\nAnna", 5*day)
	say("bye@acme.example", "Hi Lena,\n\nshall I close this, or is it only a busy time?\n\nAnna", 4*day)

	drafted := 0
	pass := func() {
		t.Helper()
		a, stop := w.start()
		defer stop()
		set := a.set
		set.Policy.Cadence.NurtureAfter = tracker.Window{Days: 90}
		a.SetSettings(set)
		res, err := a.Pass(context.Background(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range res.Placed {
			drafted++
			if p.Draft.Action != tracker.Nurture || p.Draft.Approach != "nurture" || p.Draft.Step != 4 {
				t.Errorf("drafted %s by %s as step %d, want the friendly word, step 4", p.Draft.Action, p.Draft.Approach, p.Draft.Step)
			}
		}
	}
	pass() // a day after the goodbye
	if drafted != 0 {
		t.Fatal("a draft right after the goodbye")
	}
	w.now = w.now.AddDate(0, 6, 0)
	pass()
	pass()
	exactlyOne(t, w, "half a year after the goodbye")

	source := w.drafts()[0]
	w.folders["Drafts"].items = nil
	w.folders["Sent"].add(source, w.now, []string{`\Seen`})
	for range 8 {
		w.now = w.now.AddDate(0, 3, 0)
		pass()
	}
	if drafted != 1 || len(w.drafts()) != 0 {
		t.Errorf("%d drafts in all, %d lie in Drafts; want one, sent long ago", drafted, len(w.drafts()))
	}
	a, stop := w.start()
	defer stop()
	all, err := a.Standings(context.Background(), w.now)
	if err != nil {
		t.Fatal(err)
	}
	if st := all[0]; st.State != tracker.Closed || st.Outcome != tracker.NoReply || st.Next != nil {
		t.Errorf("two years later it stands %s %s, next %v; want closed for good", st.State, st.Outcome, st.Next)
	}
}
