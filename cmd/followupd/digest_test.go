package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"followupd/agent"
	"followupd/config"
	"followupd/imapwatch/imaptest"
	"followupd/playbook"
	"followupd/report"
	"followupd/tracker"
	"followupd/tracker/sqlite"
)

// digestDay is a rep's day with a state of its own; put takes what is made.
func digestDay(t *testing.T, put func([]byte) error) *day {
	t.Helper()
	store, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	if _, err := store.Origin(t.Context(), monday.AddDate(0, 0, -30)); err != nil {
		t.Fatal(err)
	}
	cfg := config.Default()
	cfg.Mailbox.Address, cfg.Mailbox.Timezone = repAddress, monday.Location()
	return &day{
		w:       &wired{cfg: cfg, store: store, log: slog.New(slog.DiscardHandler), now: func() time.Time { return monday }},
		working: func(at time.Time) bool { return at.Weekday() != time.Sunday },
		put:     func(_ context.Context, source []byte, _ time.Time) error { return put(source) },
		tasks:   func(context.Context, []tracker.Standing) ([]playbook.Task, error) { return nil, nil },
		thread:  func(tracker.ThreadID) *tracker.Thread { return nil },
	}
}

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func passAt(at time.Time, states ...tracker.State) agent.Last {
	last := agent.Last{At: at, Result: agent.Result{Whole: true}}
	for _, s := range states {
		last.Result.Standings = append(last.Result.Standings, tracker.Standing{Subject: "Your depot", State: s})
	}
	return last
}

func TestFault_46_DigestOnceAWorkingDay(t *testing.T) {
	made := 0
	d := digestDay(t, func([]byte) error { made++; return nil })
	failed := passAt(monday, tracker.Answered)
	failed.Err = errors.New("not read")
	for _, step := range []struct {
		name string
		last agent.Last
		want int
	}{
		{"before its time", passAt(monday.Add(-2*time.Hour), tracker.Answered), 0},
		{"after a pass that failed", failed, 0},
		{"an empty day", passAt(monday, tracker.Waiting), 0},
		{"it is time", passAt(monday, tracker.Answered), 1},
		{"again the same day", passAt(monday.Add(time.Hour), tracker.Answered), 1},
		{"a Sunday", passAt(monday.AddDate(0, 0, 6), tracker.Answered), 1},
		{"the next day", passAt(monday.AddDate(0, 0, 1), tracker.Answered), 2},
	} {
		d.afterPass(t.Context(), step.last)
		if made != step.want {
			t.Fatalf("%s: %d digests so far, want %d", step.name, made, step.want)
		}
	}
	first := *d // as after a restart
	first.first = time.Time{}
	first.afterPass(t.Context(), passAt(monday.AddDate(0, 0, 1).Add(time.Hour), tracker.Answered))
	if made != 2 {
		t.Error("a restart made a second one")
	}
}

func TestFault_46_DigestFailsOrTimesOut(t *testing.T) {
	tries := 0
	var err error
	d := digestDay(t, func([]byte) error { tries++; return err })
	err = &report.NotSentError{Err: errors.New("refused")}
	d.afterPass(t.Context(), passAt(monday, tracker.Answered))
	err = errors.New("the connection broke")
	d.afterPass(t.Context(), passAt(monday, tracker.Answered))
	err = nil
	d.afterPass(t.Context(), passAt(monday, tracker.Answered))
	if tries != 2 {
		t.Errorf("%d tries, want 2: a refusal is tried again, an unknown outcome is not", tries)
	}
}

func TestDigest_NoneOnTheDayOfTheFirstStart(t *testing.T) {
	made := 0
	d := digestDay(t, func([]byte) error { made++; return nil })
	d.first = monday.Add(-time.Minute)
	d.afterPass(t.Context(), passAt(monday, tracker.Answered))
	if made != 0 {
		t.Error("the rep had seen it all a minute ago")
	}
}

// A digest in a real INBOX: new, to the rep, and no thread of it after the next pass.
func TestDigest_LiesInTheInboxAndIsNoThread(t *testing.T) {
	for name, mailbox := range map[string]func(*testing.T) imaptest.Account{
		"Dovecot":  func(t *testing.T) imaptest.Account { return imaptest.Dovecot(t).User(t) },
		"embedded": func(t *testing.T) imaptest.Account { return imaptest.Memory(t) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, mailbox(t))
			a := &app{errs: t.Output(), configs: []string{d.file()}}
			cfg, err := a.load()
			if err != nil {
				t.Fatal(err)
			}
			w, err := a.openMailbox(t.Context(), cfg, cfg.State.Dir, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			defer w.close()
			if _, err := w.agent.Pass(t.Context(), agent.Options{}); err != nil {
				t.Fatal(err)
			}
			today := newDay(w)
			if err := today.make(t.Context(), passAt(monday, tracker.Answered).Result.Standings, time.Now().AddDate(0, 0, 1)); err != nil {
				t.Fatal(err)
			}
			got := d.mailbox.Read("INBOX")
			if len(got) != 1 || len(got[0].Flags) > 0 && !strings.EqualFold(got[0].Flags[0], `\Recent`) {
				t.Fatalf("INBOX holds %d messages, want one without flags: %v", len(got), got)
			}
			res, err := w.agent.Pass(t.Context(), agent.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(res.Standings) > 0 {
				t.Errorf("the digest became a thread: %+v", res.Standings[0])
			}
		})
	}
}
