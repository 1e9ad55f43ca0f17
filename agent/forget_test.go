package agent

import (
	"context"
	"strings"
	"testing"
	"time"

	"followupd/mail"
	"followupd/tracker"
)

const other = mail.Address("bo@fjordgods.example")

// keepTexts is state.keep of these tests.
const keepTexts = 180 * 24 * time.Hour

// endings are threads that ended in different ways, and what the text said that ended them.
var endings = []struct {
	who     mail.Address
	said    string
	outcome tracker.Outcome
}{
	{"a@nordbau.example", "Please remove me from your list and do not write to me again.", tracker.OptedOut},
	{"b@isarlog.example", "Thank you, but we are not interested.", tracker.Declined},
}

func (w *world) ended() {
	for i, e := range endings {
		id := "end" + string(rune('a'+i)) + "@acme.example"
		w.deliver("Sent", rep, e.who, id, "", "Hello,\n\nwould a pilot with your two biggest carriers make sense for you?\n\nAnna", w.now.AddDate(0, 0, -20))
		w.deliver("INBOX", e.who, rep, "answer-"+id, id, e.said, w.now.AddDate(0, 0, -18))
	}
}

// told gives all text that the store holds, bodies and drafts.
func (w *world) told() string {
	w.t.Helper()
	a, stop := w.start()
	defer stop()
	var all []string
	if err := a.store.Contents(context.Background(), func(_ int64, c *mail.Content) error {
		all = append(all, c.Text)
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
	drafts, err := a.store.Drafts(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, d := range drafts {
		all = append(all, d.Body, string(d.Source))
	}
	return strings.Join(all, "\n")
}

func (w *world) standings() map[mail.Address]tracker.Standing {
	w.t.Helper()
	a, stop := w.start()
	defer stop()
	all, err := a.Standings(context.Background(), w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	by := make(map[mail.Address]tracker.Standing)
	for _, st := range all {
		for _, p := range st.Prospects {
			by[p.Address] = st
		}
	}
	return by
}

func (w *world) expire() int {
	w.t.Helper()
	a, stop := w.start()
	defer stop()
	n, err := a.Expire(context.Background(), keepTexts)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func TestExpire_KeepsTheOutcomeAndDropsTheText(t *testing.T) {
	w := newWorld(t)
	w.ended()
	if _, err, _ := w.pass(); err != nil {
		t.Fatal(err)
	}
	if n := w.expire(); n != 0 {
		t.Errorf("%d texts of threads that ended days ago are erased", n)
	}
	w.now = w.now.AddDate(0, 7, 0)
	w.deliver("Sent", rep, other, "new@acme.example", "", "Hello Bo,\n\nwould the fjord pilot make sense for you?\n\nAnna", w.now.AddDate(0, 0, -1))
	if _, err, _ := w.pass(); err != nil {
		t.Fatal(err)
	}
	if n := w.expire(); n != 2*len(endings) {
		t.Errorf("%d texts erased, want %d", n, 2*len(endings))
	}
	if n := w.expire(); n != 0 {
		t.Errorf("%d texts erased once more", n)
	}
	told := w.told()
	for _, gone := range []string{"biggest carriers", "remove me", "not interested"} {
		if strings.Contains(told, gone) {
			t.Errorf("%q is still held", gone)
		}
	}
	if !strings.Contains(told, "fjord pilot") {
		t.Error("the text of a thread under way is erased")
	}
	for range 2 { // a pass must not read the texts in again
		if _, err, _ := w.pass(); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(w.told(), "remove me") {
		t.Error("the next pass has read the text in again")
	}
	by := w.standings()
	for _, e := range endings {
		if st := by[e.who]; st.State != tracker.Closed || st.Outcome != e.outcome {
			t.Errorf("%s is %s %s, want closed %s: %v", e.who, st.State, st.Outcome, e.outcome, st.Reasons)
		}
	}

	// A wish to be left alone outlives its text: a new thread to the same person is closed, too.
	w.deliver("Sent", rep, endings[0].who, "again@acme.example", "", "Hello,\n\nwould another pilot make sense for you?\n\nAnna", w.now.AddDate(0, 0, -10))
	res, err, _ := w.pass()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range res.Placed {
		if p.Standing.Prospects[0].Address == endings[0].who {
			t.Error("a draft to somebody who asked to be left alone")
		}
	}
	for _, st := range res.Standings {
		if len(st.Prospects) > 0 && st.Prospects[0].Address == endings[0].who && st.Outcome != tracker.OptedOut {
			t.Errorf("thread %s is %s %s", st.Thread, st.State, st.Outcome)
		}
	}
}

func TestForget_WhileTheLoopHoldsThemInMemory(t *testing.T) {
	w := newWorld(t)
	w.silent()
	a, stop := w.start()
	defer stop()
	if err := a.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
	// Another process forgets her right before the last check of her draft.
	w.onTail = func() {
		b, stop := w.start()
		defer stop()
		if _, err := b.Forget(context.Background(), person); err != nil {
			t.Fatal(err)
		}
	}
	res, err := a.Pass(context.Background(), Options{})
	if err != nil {
		t.Logf("the pass said: %v", err)
	}
	if len(res.Placed) > 0 || len(w.drafts()) > 0 {
		t.Error("a draft to somebody who was forgotten meanwhile")
	}
	if res, err = a.Pass(context.Background(), Options{}); err != nil || len(res.Placed) > 0 {
		t.Errorf("the next pass: %d drafts, error %v", len(res.Placed), err)
	}
	if told := w.told(); strings.Contains(told, "Lena") {
		t.Errorf("held of her: %q", told)
	}
}

func TestForget_OneOfTwoEndsTheirThreadOnly(t *testing.T) {
	w := newWorld(t)
	both := "Hello Lena and Bo,\n\nwould a pilot with your two biggest carriers make sense for you?\n\nAnna"
	w.deliver("Sent", rep, person+">, <"+other, "both@acme.example", "", both, w.now.AddDate(0, 0, -14))
	w.deliver("Sent", rep, other, "one@acme.example", "", "Hello Bo,\n\nwould the fjord pilot make sense for you?\n\nAnna", w.now.AddDate(0, 0, -13))
	if _, err, _ := w.pass(); err != nil {
		t.Fatal(err)
	}
	a, stop := w.start()
	erased, err := a.Forget(context.Background(), person)
	stop()
	if err != nil || erased.Shared != 1 {
		t.Fatalf("erased %+v, error %v", erased, err)
	}
	for range 3 {
		w.now = w.now.Add(time.Hour)
		if _, err, _ := w.pass(); err != nil {
			t.Fatal(err)
		}
	}
	if told := w.told(); strings.Contains(told, "Lena") {
		t.Errorf("held of her: %q", told)
	}
	for _, source := range w.drafts() {
		if m := mail.ParseHeader(source); len(m.InReplyTo) > 0 && m.InReplyTo[0] == "both@acme.example" {
			t.Errorf("a draft in the thread she was in, to %v", m.To)
		}
	}
	if n := len(w.drafts()); n != 1 {
		t.Errorf("%d drafts, want the one to Bo alone", n)
	}
}

func TestForget_ADraftOfALostStateIsNotTakenIn(t *testing.T) {
	w := newWorld(t)
	w.silent()
	if _, err, _ := w.pass(); err != nil || len(w.drafts()) != 1 {
		t.Fatal(len(w.drafts()), err)
	}
	w.dir = t.TempDir()
	a, stop := w.start()
	if _, err := a.Forget(context.Background(), person); err != nil {
		t.Fatal(err)
	}
	stop()
	if _, err, _ := w.pass(); err != nil {
		t.Fatal(err)
	}
	if told := strings.TrimSpace(w.told()); told != "" {
		t.Errorf("held of her: %q", told)
	}
	if n := len(w.drafts()); n != 1 {
		t.Errorf("%d drafts lie in Drafts, want the old one, which is the rep's", n)
	}
}
