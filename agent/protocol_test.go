package agent

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"followupd/mail"
	"followupd/tracker"
)

// exactlyOne fails unless Drafts holds one draft.
func exactlyOne(t *testing.T, w *world, after string) {
	t.Helper()
	if n := len(w.drafts()); n != 1 {
		t.Errorf("%s: %d drafts in Drafts, want exactly 1", after, n)
	}
}

func TestDraft_OnePerStepHoweverOftenItPasses(t *testing.T) {
	w := newWorld(t)
	w.silent()
	for range 3 {
		if _, err, _ := w.pass(); err != nil {
			t.Fatal(err)
		}
	}
	exactlyOne(t, w, "three passes")
}

// TestDraft_KilledAtEveryPoint ends the program at each write to disk or mailbox of a pass, starts it again, and looks at
// the whole of Drafts.
func TestDraft_KilledAtEveryPoint(t *testing.T) {
	probe := newWorld(t)
	probe.silent()
	if _, err, _ := probe.pass(); err != nil {
		t.Fatal(err)
	}
	if probe.points < 12 {
		t.Fatalf("only %d crash points in a drafting pass: the path is not covered", probe.points)
	}
	for at := 1; at <= probe.points; at++ {
		w := newWorld(t)
		w.silent()
		w.killAt = at
		if _, _, died := w.pass(); !died {
			t.Fatalf("point %d was never reached", at)
		}
		where := w.where
		w.calm()
		exactlyOne(t, w, "killed "+where)
	}
}

func TestDraft_UnknownOutcomeOfAppend(t *testing.T) {
	cases := []struct {
		name     string
		onAppend func(w *world) func([]byte) (bool, error)
	}{
		{"cut before the last byte: nothing stored", func(*world) func([]byte) (bool, error) {
			return func([]byte) (bool, error) { return false, errCut }
		}},
		{"cut after the last byte: stored, the answer lost", func(*world) func([]byte) (bool, error) {
			return func([]byte) (bool, error) { return true, errCut }
		}},
		{"OK, but nothing stored", func(*world) func([]byte) (bool, error) {
			return func([]byte) (bool, error) { return false, nil }
		}},
		{"NO, yet stored", func(*world) func([]byte) (bool, error) {
			return func([]byte) (bool, error) { return true, errCut }
		}},
		{"stored twice", func(w *world) func([]byte) (bool, error) {
			return func(s []byte) (bool, error) {
				w.folders["Drafts"].add(s, w.now, []string{`\Draft`})
				return true, nil
			}
		}},
		{"cut, and shown only after a while", func(w *world) func([]byte) (bool, error) {
			return func(s []byte) (bool, error) { w.late = append(w.late, s); return false, errCut }
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.silent()
			w.onAppend = c.onAppend(w)
			w.pass()
			w.calm()
			exactlyOne(t, w, c.name)
		})
	}
}

func TestDraft_SameBytesAgainAfterTwoLooksASettleTimeApart(t *testing.T) {
	for name, ends := range map[string]func() (bool, error){
		"the line broke":         func() (bool, error) { return false, errCut },
		"the program was killed": func() (bool, error) { panic(killed{"APPEND"}) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.silent()
			var tries [][]byte
			var at []time.Time
			w.onAppend = func(s []byte) (bool, error) {
				tries, at = append(tries, s), append(at, w.now)
				return ends()
			}
			for range 20 {
				w.pass()
				w.now = w.now.Add(30 * time.Second)
			}
			if len(tries) < 2 {
				t.Fatalf("%d tries in ten minutes, want the draft tried again", len(tries))
			}
			if !bytes.Equal(tries[0], tries[1]) {
				t.Error("the second try sends other bytes than the first")
			}
			if rest := at[1].Sub(at[0]); rest < 2*w.settle {
				t.Errorf("tried again after %s, want two looks a settle time (%s) apart first", rest, w.settle)
			}
		})
	}
}

func TestDraft_AFullMailboxIsTriedEverMoreSeldom(t *testing.T) {
	w := newWorld(t)
	w.silent()
	w.deliver("Sent", rep, "ben@isarlog.example", "other@acme.example", "", "Hi Ben,\n\nwould an audit make sense for you?\n\nAnna", w.now.AddDate(0, 0, -13))
	var at []time.Time
	full := true
	w.onAppend = func([]byte) (bool, error) {
		at = append(at, w.now)
		if full {
			return false, errCut
		}
		return true, nil
	}
	a, stop := w.start()
	defer stop()
	hours := func(n int) {
		for range n * 120 {
			_, _ = a.Pass(t.Context(), Options{}) // fails as long as the mailbox is full
			w.now = w.now.Add(30 * time.Second)
		}
	}
	hours(2)
	if len(at) < 8 || len(at) > 11 {
		t.Errorf("%d tries in two hours, want them ever more seldom, up to a quarter of an hour apart", len(at))
	}
	if rest := at[len(at)-1].Sub(at[len(at)-2]); rest < mostRest {
		t.Errorf("the last two tries are %s apart, want %s", rest, mostRest)
	}
	full = false
	hours(1)
	if n := len(w.drafts()); n != 2 {
		t.Errorf("%d drafts once there is room, want one for each of two threads", n)
	}
}

// A service manager starts a program that ends over and over, and cron starts a new one each time.
func TestDraft_AFullMailboxIsNotStormedByRestarts(t *testing.T) {
	w := newWorld(t)
	w.silent()
	for _, id := range []string{"b", "c", "d", "e", "f"} {
		w.deliver("Sent", rep, mail.Address(id+"@"+id+"-isarlog.example"), id+"@acme.example", "", "Hi,\n\nwould an audit make sense for you?\n\nAnna", w.now.AddDate(0, 0, -13))
	}
	var at []time.Time
	w.onAppend = func([]byte) (bool, error) { at = append(at, w.now); return false, errCut }
	for range 240 {
		w.pass() // fails
		w.now = w.now.Add(30 * time.Second)
	}
	if len(at) < 6 || len(at) > 13 {
		t.Errorf("%d tries in two hours with a restart every half minute, want them ever more seldom", len(at))
	}
	w.calm()
	w.now = w.now.Add(mostRest)
	w.calm()
	if n := len(w.drafts()); n != 6 {
		t.Errorf("%d drafts once there is room, want 6", n)
	}
}

// notTaken is the server's answer that it takes no draft.
type notTaken struct{}

func (notTaken) Error() string { return "NO [NOPERM] permission denied" }
func (notTaken) Refused() bool { return true }

// Another try would only hear the same: a program started anew rests as long as the one that heard it.
func TestDraft_ARefusalIsNotForgottenOverARestart(t *testing.T) {
	w := newWorld(t)
	w.twoSilent()
	var at []time.Time
	w.onAppend = func([]byte) (bool, error) { at = append(at, w.now); return false, notTaken{} }
	for range 60 {
		w.pass() // started anew each time
		w.now = w.now.Add(30 * time.Second)
	}
	if len(at) != 2 || at[1].Sub(at[0]) < mostRest {
		t.Errorf("tried at %v in half an hour, want twice, %s apart", at, mostRest)
	}
	w.now = w.now.Add(-10 * time.Minute)
	a, stop := w.start()
	for range 3 {
		_, _ = a.Pass(t.Context(), Options{IgnoreHours: true})
	}
	stop()
	if len(at) != 3 {
		t.Errorf("%d tries, want one more for somebody who asks for drafts at once, and only one", len(at)-2)
	}
	w.now = w.now.Add(10 * time.Minute)
	w.calm()
	if n := len(w.drafts()); n != 2 {
		t.Errorf("%d drafts once they are taken, want 2", n)
	}
	a, stop = w.start()
	defer stop()
	if err := a.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a.failing != (failing{}) {
		t.Errorf("after two drafts were laid down a restart knows of %+v", a.failing)
	}
}

func TestFailingIn_TellsAKillFromAFailure(t *testing.T) {
	at := func(minutes int) time.Time { return time.Date(2026, 11, 12, 9, minutes, 0, 0, time.UTC) }
	tried := func(minutes int, state tracker.DraftState) tracker.Draft {
		return tracker.Draft{Key: fmt.Sprint(minutes), State: state, Created: at(minutes), Changed: at(minutes)}
	}
	noted := func(minutes, tries int, state tracker.DraftState) tracker.Draft {
		return tracker.Draft{Key: failingKey, State: state, Step: tries, Created: at(minutes), Changed: at(minutes)}
	}
	const settle = 2 * time.Minute
	for name, c := range map[string]struct {
		journal []tracker.Draft
		until   time.Time // zero: at once
	}{
		"nothing was tried":                     {},
		"killed once":                           {journal: []tracker.Draft{tried(1, tracker.DraftUnknown)}},
		"killed over and over":                  {journal: []tracker.Draft{tried(1, tracker.DraftUnknown), tried(9, tracker.DraftUnknown), tried(17, tracker.DraftUnknown)}, until: at(17).Add(settle)},
		"killed before one was laid down":       {journal: []tracker.Draft{tried(1, tracker.DraftUnknown), tried(9, tracker.DraftUnknown), tried(17, tracker.DraftPlaced)}},
		"the line broke once":                   {journal: []tracker.Draft{tried(1, tracker.DraftUnknown), noted(1, 1, draftsBroken)}, until: at(1).Add(2 * settle)},
		"the line broke thrice":                 {journal: []tracker.Draft{tried(1, tracker.DraftUnknown), noted(20, 3, draftsBroken)}, until: at(20).Add(mostRest)},
		"refused":                               {journal: []tracker.Draft{tried(1, tracker.DraftUnknown), noted(1, 1, draftsRefused)}, until: at(1).Add(mostRest)},
		"refused, then killed":                  {journal: []tracker.Draft{noted(1, 1, draftsRefused), tried(20, tracker.DraftUnknown)}, until: at(20).Add(2 * settle)},
		"refused, yet laid down":                {journal: []tracker.Draft{noted(1, 1, draftsRefused), tried(5, tracker.DraftPlaced)}},
		"failed once, and well since":           {journal: []tracker.Draft{noted(1, 0, draftsBroken), tried(1, tracker.DraftSent)}},
		"killed twice after it went well again": {journal: []tracker.Draft{noted(1, 0, draftsBroken), tried(5, tracker.DraftUnknown), tried(9, tracker.DraftUnknown)}, until: at(9).Add(settle)},
	} {
		f := failingIn(c.journal)
		if got := f.until(settle); c.until.IsZero() != got.Before(at(0)) || !c.until.IsZero() && !got.Equal(c.until) {
			t.Errorf("%s: the next try may come %s, want %s", name, got, c.until)
		}
	}
}

// Where nothing of a draft is kept, what is unknown is the rep's to tell.
func TestDraft_AtMostOnceWhereNothingIsKeptOfIt(t *testing.T) {
	w := newWorld(t)
	w.atMostOnce = true
	w.silent()
	tries := 0
	w.onAppend = func(source []byte) (bool, error) {
		tries++
		w.folders["Drafts"].add(stripped(source), w.now, []string{`\Draft`})
		return false, errCut
	}
	var res Result
	for range 10 {
		res, _, _ = w.pass()
		w.now = w.now.Add(w.settle + time.Second)
	}
	if tries != 1 {
		t.Errorf("%d tries, want one: nobody knows whether it is there", tries)
	}
	st := res.Standings[0]
	if st.State != tracker.Review || !strings.Contains(strings.Join(st.Reasons, " "), "cannot be told") {
		t.Errorf("the thread is %s, %q, want review", st.State, st.Reasons)
	}

	w.folders["Drafts"].items = nil // the rep looks, finds nothing, and says so
	a, stop := w.start()
	err := a.store.AddWord(t.Context(), tracker.Word{Kind: tracker.WordReopen, Thread: st.Thread, At: w.now})
	stop()
	if err != nil {
		t.Fatal(err)
	}
	w.onAppend = func(source []byte) (bool, error) {
		tries++
		w.folders["Drafts"].add(stripped(source), w.now, nil)
		return false, nil
	}
	for range 6 {
		res, _, _ = w.pass()
		w.now = w.now.Add(mostRest)
	}
	if tries != 2 || res.Standings[0].State != tracker.Drafted {
		t.Errorf("%d tries and %s after the rep reopened it, want a second and drafted", tries, res.Standings[0].State)
	}
}

// stripped is a draft as a server keeps it that drops what it does not know and makes up the rest.
func stripped(source []byte) []byte {
	head, body, _ := strings.Cut(string(source), "\r\n\r\n")
	var kept []string
	for _, l := range strings.Split(head, "\r\n") {
		if strings.HasPrefix(l, "From:") || strings.HasPrefix(l, "To:") || strings.HasPrefix(l, "Subject:") {
			kept = append(kept, l)
		}
	}
	return []byte(strings.Join(kept, "\r\n") + "\r\n\r\n" + body)
}

func TestDraft_CommitLaterThanSettleIsSweptToOne(t *testing.T) {
	w := newWorld(t)
	w.silent()
	first := true
	w.onAppend = func(s []byte) (bool, error) {
		if first { // the server process stalls for longer than any settle time
			first = false
			w.late = append(w.late, s)
			return false, errCut
		}
		return true, nil
	}
	for range 8 {
		w.pass()
		w.now = w.now.Add(w.settle + time.Second)
	}
	if n := len(w.drafts()); n != 1 {
		t.Fatalf("%d drafts before the late one shows, want 1", n)
	}
	w.arrive()
	w.calm()
	exactlyOne(t, w, "the late copy showed")
	if uid := w.folders["Drafts"].items[0].uid; uid != 1 {
		t.Errorf("copy %d stays, want the lowest UID, 1", uid)
	}
}

func TestDraft_TwoPlacesOfWorkOneMailbox(t *testing.T) {
	w := newWorld(t)
	w.silent()
	other := newWorld(t)
	other.folders = w.folders // another state directory, the same mailbox
	w.onAppend = func([]byte) (bool, error) {
		// The other one passes between our last look and our APPEND.
		if _, err, _ := other.pass(); err != nil {
			t.Error(err)
		}
		return true, nil
	}
	if _, err, _ := w.pass(); err != nil {
		t.Fatal(err)
	}
	w.calm()
	other.now = w.now
	other.calm()
	exactlyOne(t, w, "two daemons drafted at once")
}

func TestDraft_LostStateAdoptsItsOwn(t *testing.T) {
	w := newWorld(t)
	w.silent()
	w.pass()
	if err := os.RemoveAll(w.dir); err != nil {
		t.Fatal(err)
	}
	res, err, _ := w.pass()
	if err != nil {
		t.Fatal(err)
	}
	exactlyOne(t, w, "state deleted")
	st := res.Standings[0]
	if st.State != tracker.Drafted || st.Draft == nil || st.Draft.State != tracker.DraftPlaced {
		t.Fatalf("the thread is %s with draft %+v, want drafted, untouched", st.State, st.Draft)
	}
	if st.Draft.Step != 1 || st.Draft.Approach == "" {
		t.Errorf("adopted draft has step %d, approach %q", st.Draft.Step, st.Draft.Approach)
	}
}

func TestDraft_DeletedIsNeverWrittenAgain(t *testing.T) {
	w := newWorld(t)
	w.silent()
	w.pass()
	w.folders["Drafts"].items = nil
	w.calm()
	if n := len(w.drafts()); n != 0 {
		t.Errorf("%d drafts after the rep deleted it, want none", n)
	}
}

func TestDraft_EditedByAClientStays(t *testing.T) {
	w := newWorld(t)
	w.silent()
	w.pass()
	ours := w.drafts()[0]
	w.folders["Drafts"].items = nil
	edited := strings.Replace(string(ours), "Hi Lena", "Dear Lena", 1)
	head, body, _ := strings.Cut(edited, "\r\n\r\n")
	var kept []string
	for _, l := range strings.Split(head, "\r\n") {
		switch {
		case strings.HasPrefix(l, mail.KeyHeader):
		case strings.HasPrefix(l, "Message-ID:"):
			kept = append(kept, "Message-ID: <client-1@laptop.example>")
		default:
			kept = append(kept, l)
		}
	}
	w.folders["Drafts"].add([]byte(strings.Join(kept, "\r\n")+"\r\n\r\n"+body), w.now, []string{`\Draft`})
	w.deliver("INBOX", person, rep, "answer@nordbau.example", "offer@acme.example", "Yes, let us start on Monday. Who will join?", w.now.Add(time.Minute))
	w.calm()
	exactlyOne(t, w, "an answer came to an edited draft")
}

func TestDraft_WithdrawnWhenAnAnswerComes(t *testing.T) {
	w := newWorld(t)
	w.silent()
	w.pass()
	exactlyOne(t, w, "one pass")
	w.deliver("INBOX", person, rep, "answer@nordbau.example", "offer@acme.example", "Yes, let us start on Monday. Who will join?", w.now.Add(time.Minute))
	w.calm()
	if n := len(w.drafts()); n != 0 {
		t.Errorf("%d drafts after the answer, want the untouched one withdrawn", n)
	}
}

func TestDraft_AnswerBetweenDecisionAndAppend(t *testing.T) {
	for _, folder := range []string{"INBOX", "Archive", "Customers"} {
		t.Run(folder, func(t *testing.T) {
			w := newWorld(t)
			w.silent()
			w.onTail = func() {
				w.deliver(folder, person, rep, "answer@nordbau.example", "offer@acme.example", "Yes, let us start on Monday. Who will join?", w.now)
			}
			if _, err, _ := w.pass(); err != nil {
				t.Fatal(err)
			}
			if n := len(w.drafts()); n != 0 {
				t.Errorf("%d drafts, want none: the answer lay in %s before APPEND", n, folder)
			}
		})
	}
}

func TestDraft_NotBesideTheRepsOwn(t *testing.T) {
	w := newWorld(t)
	w.silent()
	w.deliver("Drafts", rep, person, "begun@laptop.example", "offer@acme.example", "Hi Lena,", w.now)
	res, err, _ := w.pass()
	if err != nil {
		t.Fatal(err)
	}
	exactlyOne(t, w, "the rep had begun a mail")
	if res.Standings[0].State != tracker.Review {
		t.Errorf("the thread is %s, want review", res.Standings[0].State)
	}
}

func TestDraft_UIDValidityChangeKeepsItOne(t *testing.T) {
	w := newWorld(t)
	w.silent()
	w.pass()
	box := w.folders["Drafts"]
	box.validity, box.next = 999, 1
	old := box.items
	box.items = nil
	for _, s := range old {
		box.add(s.source, s.received, s.flags)
	}
	w.calm()
	exactlyOne(t, w, "Drafts got a new UIDVALIDITY")
}

func TestDraft_DryRunWritesNothing(t *testing.T) {
	w := newWorld(t)
	w.silent()
	a, stop := w.start()
	defer stop()
	res, err := a.Pass(context.Background(), Options{DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Placed) != 1 || len(w.drafts()) != 0 {
		t.Errorf("a dry run tells of %d drafts and wrote %d, want 1 and 0", len(res.Placed), len(w.drafts()))
	}
}

func TestDraft_NotBesideOneBegunMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.silent()
	w.onTail = func() { // the rep begins to write after we looked through Drafts, before our APPEND
		w.deliver("Drafts", rep, person, "begun@laptop.example", "offer@acme.example", "Hi Lena,", w.now)
	}
	if _, err, _ := w.pass(); err != nil {
		t.Fatal(err)
	}
	exactlyOne(t, w, "the rep began a mail between sweep and APPEND")
	w.calm()
	exactlyOne(t, w, "and later")
}

func TestDraft_ThrownAwayBeforeTheStateWasLost(t *testing.T) {
	w := newWorld(t)
	w.silent()
	w.pass()
	box := w.folders["Drafts"]
	w.folders["Customers"].add(box.items[0].source, w.now, nil) // moved, as into Trash
	box.items = nil
	if err := os.RemoveAll(w.dir); err != nil {
		t.Fatal(err)
	}
	w.calm()
	if n := len(w.drafts()); n != 0 {
		t.Errorf("%d drafts, want none: the rep threw it away before the state was lost", n)
	}
}

func TestDraft_OneForEachThreadWhereNoMessageHasAnID(t *testing.T) {
	w := newWorld(t)
	body := "Hello,\n\nthe two slots at the terminal are free from March. Which of them would suit your vessel better?\n\nAnna"
	w.deliver("Sent", rep, person, "", "", body, w.now.AddDate(0, 0, -14))
	w.deliver("Sent", rep, "omar@brightway.example", "", "", body, w.now.AddDate(0, 0, -13))
	w.calm()
	if n := len(w.drafts()); n != 2 {
		t.Fatalf("%d drafts, want one for each of two threads", n)
	}
	if err := os.RemoveAll(w.dir); err != nil {
		t.Fatal(err)
	}
	w.calm()
	if n := len(w.drafts()); n != 2 {
		t.Errorf("%d drafts after the state was lost, want 2", n)
	}
}
