package agent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"followupd/mail"
	"followupd/playbook"
	"followupd/tracker"
)

// slowWriter is a writer that asks a model which takes as long as the test wants: forever where hang is set for the thread's
// prospect, not at all otherwise.
type slowWriter struct {
	book      *playbook.Playbook
	hang      map[mail.Address]chan struct{}
	begun     atomic.Int32
	cancelled atomic.Int32
	err       error
}

func newSlow(t *testing.T) *slowWriter {
	t.Helper()
	book, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	return &slowWriter{book: book, hang: map[mail.Address]chan struct{}{}}
}

func (w *slowWriter) Write(r playbook.Request) (playbook.Text, error) { return w.book.Write(r) }

func (w *slowWriter) Begin(r playbook.Request) (playbook.Text, func(context.Context) (playbook.Text, error), error) {
	plan, err := w.book.Write(r)
	w.begun.Add(1)
	wait := w.hang[r.Standing.Prospects[0].Address]
	return plan, func(ctx context.Context) (playbook.Text, error) {
		if wait != nil {
			select {
			case <-wait:
			case <-ctx.Done():
				w.cancelled.Add(1)
				return playbook.Text{}, ctx.Err()
			}
		}
		said := plan
		said.Template, said.Body = "slow", strings.Replace(plan.Body, "\n\n", "\n\nThe model says: ", 1)
		return said, w.err
	}, err
}

// watched runs an agent in a bubble until the test is over.
func (w *world) watched(ctx context.Context, writer Writer, adviser Adviser) (events chan Event, stop func()) {
	w.t.Helper()
	a, closeStore := w.start()
	a.now = time.Now
	a.set.Writer, a.set.Adviser = writer, adviser
	ctx, cancel := context.WithCancel(ctx)
	events, ended := make(chan Event), make(chan struct{})
	go func() {
		defer close(ended)
		if err := a.Run(ctx, events, func(time.Time) {}); err != nil {
			w.t.Error(err)
		}
	}()
	return events, func() {
		cancel()
		<-ended
		closeStore()
	}
}

const bo = mail.Address("bo@isarlog.example")

// twoSilent are two threads that nobody answered.
func (w *world) twoSilent() {
	w.silent()
	w.deliver("Sent", rep, bo, "tariff@acme.example", "", strings.ReplaceAll(offered, "Lena", "Bo"), w.now.AddDate(0, 0, -13))
}

// hanging has a test look, in a bubble, at threads that nobody answered and a model that hangs on the text for the first of
// the people until the test closes its channel.
func hanging(t *testing.T, threads func(*world), test func(t *testing.T, w *world, model *slowWriter)) {
	synctest.Test(t, func(t *testing.T) {
		w, model := newWorld(t), newSlow(t)
		w.now = time.Now()
		threads(w)
		model.hang[person] = make(chan struct{})
		test(t, w, model)
	})
}

func TestDesk_AnAnswerDuringTheCallCancelsIt(t *testing.T) {
	hanging(t, (*world).silent, func(t *testing.T, w *world, model *slowWriter) {
		events, stop := w.watched(t.Context(), model, nil)
		defer stop()
		synctest.Wait()
		if model.begun.Load() != 1 || len(w.drafts()) != 0 {
			t.Fatalf("%d texts begun, %d drafts, want one being written", model.begun.Load(), len(w.drafts()))
		}
		w.deliver("INBOX", person, rep, "yes@nordbau.example", "offer@acme.example", "Yes please, call me tomorrow. Who would come with you?", time.Now())
		events <- Event{Why: "mail came"}
		synctest.Wait()
		if model.cancelled.Load() != 1 {
			t.Error("the call goes on although an answer came")
		}
		close(model.hang[person])
		events <- Event{}
		synctest.Wait()
		if n := len(w.drafts()); n != 0 {
			t.Errorf("%d drafts after an answer", n)
		}
	})
}

func TestDesk_ASlowModelKeepsNobodyElseWaiting(t *testing.T) {
	hanging(t, (*world).twoSilent, func(t *testing.T, w *world, model *slowWriter) {
		events, stop := w.watched(t.Context(), model, nil)
		defer stop()
		synctest.Wait()
		if all := w.drafts(); len(all) != 1 || !strings.Contains(string(all[0]), string(bo)) {
			t.Fatalf("%d drafts while one text is being written, want the other thread's", len(all))
		}
		w.deliver("INBOX", "cy@elblog.example", rep, "hello@elblog.example", "", "Hello, I have a question about your audits.", time.Now())
		events <- Event{Why: "mail came"} // taken at once: the loop does not wait for the model
		close(model.hang[person])
		synctest.Wait()
		if all := w.drafts(); len(all) != 2 || !strings.Contains(string(all[1]), "The model says") {
			t.Errorf("%d drafts after the text came, want both, the second the model's", len(all))
		}
		time.Sleep(time.Hour) // a dozen polls
		synctest.Wait()
		if begun := model.begun.Load(); begun != 2 || len(w.drafts()) != 2 {
			t.Errorf("%d texts begun and %d drafts for two threads", begun, len(w.drafts()))
		}
	})
}

// A mailbox with very much to write prepares a few texts at a time, and all get written in the end.
func TestDesk_BeginsAFewTextsAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.now = time.Now()
		const threads = 3*mostTexts + 1
		model, gate := newSlow(t), make(chan struct{})
		for i := range threads {
			to := mail.Address(fmt.Sprintf("lena@nordbau%02d.example", i))
			w.deliver("Sent", rep, to, fmt.Sprintf("offer%02d@acme.example", i), "", offered, w.now.AddDate(0, 0, -14))
			model.hang[to] = gate
		}
		events, stop := w.watched(t.Context(), model, nil)
		defer stop()
		synctest.Wait()
		for range 3 { // another pass begins no more
			events <- Event{Why: "mail came"}
			synctest.Wait()
		}
		if n := model.begun.Load(); n != mostTexts {
			t.Fatalf("%d texts begun, want %d", n, mostTexts)
		}
		for range threads {
			gate <- struct{}{}
			synctest.Wait()
			if most := int(model.begun.Load()) - len(w.drafts()); most > mostTexts {
				t.Fatalf("%d texts under way", most)
			}
		}
		if n := len(w.drafts()); n != threads {
			t.Errorf("%d drafts, want %d", n, threads)
		}
	})
}

// clumsy is a slowWriter whose asking is a mistake.
type clumsy struct{ *slowWriter }

func (w clumsy) Begin(r playbook.Request) (playbook.Text, func(context.Context) (playbook.Text, error), error) {
	plan, _, err := w.slowWriter.Begin(r)
	return plan, func(context.Context) (playbook.Text, error) { panic("index out of range") }, err
}

func TestDesk_AMistakeInAJobLeavesTheDraftToTheTemplate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.now = time.Now()
		w.silent()
		_, stop := w.watched(t.Context(), clumsy{newSlow(t)}, nil)
		defer stop()
		synctest.Wait()
		if n := len(w.drafts()); n != 1 {
			t.Errorf("%d drafts, want the template's", n)
		}
	})
}

func TestDesk_AChangedConfigBeginsAnew(t *testing.T) {
	hanging(t, (*world).silent, func(t *testing.T, w *world, model *slowWriter) {
		events, stop := w.watched(t.Context(), model, nil)
		defer stop()
		synctest.Wait()
		set := plainSettings(t, w.settle)
		set.Writer = model
		events <- Event{Settings: &set}
		synctest.Wait()
		if model.cancelled.Load() != 1 || model.begun.Load() != 2 {
			t.Errorf("%d cancelled and %d begun, want the first dropped and a second begun", model.cancelled.Load(), model.begun.Load())
		}
		close(model.hang[person])
		synctest.Wait()
		exactlyOne(t, w, "after the config changed")
	})
}

func TestDesk_WhatTheThreadSaysNewIsWrittenAnew(t *testing.T) {
	hanging(t, (*world).silent, func(t *testing.T, w *world, model *slowWriter) {
		a, closeStore := w.start()
		defer closeStore()
		defer a.desk.close()
		a.now, a.set.Writer = time.Now, model
		if _, err := a.Pass(t.Context(), Options{}); err != nil {
			t.Fatal(err)
		}
		if err := a.store.AddWord(t.Context(), tracker.Word{At: time.Now(), Kind: tracker.WordNote, Address: person, Text: "prefers to be called"}); err != nil {
			t.Fatal(err)
		}
		close(model.hang[person])
		synctest.Wait() // the first text is there, and was written without the note
		if _, err := a.Pass(t.Context(), Options{}); err != nil {
			t.Fatal(err)
		}
		if begun := model.begun.Load(); begun != 2 || len(w.drafts()) != 0 {
			t.Errorf("%d texts begun, %d drafts, want the first thrown away", begun, len(w.drafts()))
		}
		synctest.Wait()
		if _, err := a.Pass(t.Context(), Options{}); err != nil {
			t.Fatal(err)
		}
		exactlyOne(t, w, "after the second text")
	})
}

func TestDesk_KilledWhileATextIsWritten(t *testing.T) {
	hanging(t, (*world).twoSilent, func(t *testing.T, w *world, model *slowWriter) {
		a, closeStore := w.start()
		a.now, a.set.Writer = time.Now, model
		if _, err := a.Pass(t.Context(), Options{}); err != nil {
			t.Fatal(err)
		}
		a.desk.close() // what is left of a job after a kill: nothing
		closeStore()

		model = newSlow(t)
		a, closeStore = w.start()
		defer closeStore()
		a.now, a.set.Writer = time.Now, model
		res, err := a.Once(t.Context(), Options{})
		if err != nil || len(res.Placed) != 2 {
			t.Errorf("placed %d after the restart, error %v, want both", len(res.Placed), err)
		}
		if n := len(w.drafts()); n != 2 {
			t.Errorf("%d drafts for two threads", n)
		}
	})
}

func TestDesk_OnceWaitsNoLongerThanTheDeadline(t *testing.T) {
	hanging(t, (*world).silent, func(t *testing.T, w *world, model *slowWriter) {
		a, closeStore := w.start()
		defer closeStore()
		a.now, a.set.Writer = time.Now, model
		began := time.Now()
		res, err := a.Once(t.Context(), Options{})
		if err != nil || len(res.Placed) != 1 {
			t.Fatalf("placed %d, error %v, want the template's text", len(res.Placed), err)
		}
		if took := time.Since(began); took > jobDeadline+time.Second {
			t.Errorf("took %s, want no more than %s", took, jobDeadline)
		}
		if d := res.Placed[0].Draft; d.Template == "slow" || !slices.ContainsFunc(d.Why, func(s string) bool { return strings.Contains(s, "written from the template") }) {
			t.Errorf("template %q, why %q", d.Template, d.Why)
		}
		close(model.hang[person])
	})
}

// adviser says of every answer what it is told to.
type adviser struct {
	says  tracker.Opinion
	err   error
	asked []string
}

func (a *adviser) Advise(_ *tracker.Thread, _ int64, text string) func(context.Context) (tracker.Opinion, error) {
	a.asked = append(a.asked, text)
	return func(context.Context) (tracker.Opinion, error) { return a.says, a.err }
}

const mumbled = "Let me see."

func TestOpinion_AskedOnceAndKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.now = time.Now()
		w.silent()
		w.deliver("INBOX", person, rep, "hm@nordbau.example", "offer@acme.example", mumbled, w.now.AddDate(0, 0, -2))
		model := &adviser{says: tracker.Opinion{Model: "small", Intent: mail.IntentNotNow, Until: w.now.AddDate(0, 1, 0)}}
		for _, when := range []string{"first", "after a restart"} {
			a, closeStore := w.start()
			a.now, a.set.Adviser = time.Now, model
			res, err := a.Once(t.Context(), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if st := res.Standings[0]; st.State != tracker.Held || st.HoldReason != tracker.HoldNotNow {
				t.Errorf("%s: %s, want held: %v", when, st.State, st.Reasons)
			}
			a.set.Adviser = nil // switched off: as if nobody had ever been asked
			all, err := a.Standings(t.Context(), time.Now())
			if err != nil || all[0].State != tracker.Review {
				t.Errorf("%s, switched off: %s, error %v, want review", when, all[0].State, err)
			}
			closeStore()
		}
		if len(model.asked) != 1 || model.asked[0] != mumbled {
			t.Errorf("asked %q, want once, the new text alone", model.asked)
		}
		if n := len(w.drafts()); n != 0 {
			t.Errorf("%d drafts", n)
		}
	})
}

func TestOpinion_ThatDoesNotComeIsAskedForAgainLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.now = time.Now()
		w.silent()
		w.deliver("INBOX", person, rep, "hm@nordbau.example", "offer@acme.example", mumbled, w.now.AddDate(0, 0, -2))
		model := &adviser{err: errors.New("the model cannot be reached")}
		_, stop := w.watched(t.Context(), nil, model)
		defer stop()
		time.Sleep(opinionRest - time.Second)
		synctest.Wait()
		if n := len(model.asked); n != 1 {
			t.Errorf("asked %d times within %s, want once", n, opinionRest)
		}
		time.Sleep(opinionRest)
		synctest.Wait()
		if n := len(model.asked); n < 2 || n > 3 {
			t.Errorf("asked %d times in two hours", n)
		}
	})
}

// TestDesk_TwinsWrittenSideBySide holds that texts which do not know of each other do not become twins.
func TestDesk_TwinsWrittenSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.now = time.Now()
		w.twoSilent()
		same := fmt.Sprintf("Hi,\n\n%s\n\nBest regards\nAnna", strings.Repeat("One text for all of you who read it. ", 4))
		a, closeStore := w.start()
		defer closeStore()
		a.now, a.set.Writer = time.Now, parrot{newSlow(t).book, same}
		res, err := a.Once(t.Context(), Options{})
		if err != nil || len(res.Placed) != 2 {
			t.Fatalf("placed %d, error %v", len(res.Placed), err)
		}
		if res.Placed[0].Draft.Body == res.Placed[1].Draft.Body {
			t.Error("two drafts say the same")
		}
	})
}

// parrot says the same to everybody.
type parrot struct {
	*playbook.Playbook
	body string
}

func (p parrot) Begin(r playbook.Request) (playbook.Text, func(context.Context) (playbook.Text, error), error) {
	plan, err := p.Write(r)
	said := plan
	said.Body = p.body
	return plan, func(context.Context) (playbook.Text, error) { return said, nil }, err
}
