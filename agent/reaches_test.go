package agent

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"followupd/tracker"
)

// By far most passes find nothing new, and a process may make thousands of them in an hour.
func TestPass_WritesNothingAndOpensNothingWhereNothingHappened(t *testing.T) {
	w := newWorld(t)
	w.silent()
	a, stop := w.start()
	defer stop()
	state := filepath.Join(w.dir, "state.db")
	// pass gives the writes of a pass, and whether it opened the database: its journal lies beside it then.
	pass := func() (writes []string, opened bool) {
		t.Helper()
		info, err := os.Stat(state)
		if err != nil {
			t.Fatal(err)
		}
		// What was written a moment ago is looked at again; so the file is made older after each write.
		if past := time.Now().Add(-time.Hour); info.ModTime().After(past) {
			if err := os.Chtimes(state, past, past); err != nil {
				t.Fatal(err)
			}
		}
		w.passed = nil
		if _, err := a.pass(t.Context(), Options{}); err != nil {
			t.Fatal(err)
		}
		_, err = os.Stat(state + "-wal")
		a.store.(fakeStore).Rest()
		return w.passed, err == nil
	}
	for _, c := range []struct {
		name           string
		later          time.Duration
		happens        func()
		writes, opened bool
	}{
		{"the first pass", 0, nil, true, true},
		{"after a pass that judged", 5 * time.Minute, nil, true, true},
		{"what was written is looked at", 5 * time.Minute, nil, false, true},
		{"nothing happened", 5 * time.Minute, nil, false, false},
		{"nor now", 5 * time.Minute, nil, false, false},
		{"an answer came", 5 * time.Minute, func() {
			w.deliver("INBOX", person, rep, "answer@nordbau.example", "offer@acme.example", "Yes, please.", w.now)
		}, true, true},
		{"after the answer was judged", 5 * time.Minute, nil, true, true},
		{"the answer is looked at", 5 * time.Minute, nil, false, true},
		{"nothing happened after the answer", 5 * time.Minute, nil, false, false},
		{"the rep said something", 5 * time.Minute, func() {
			w.word(tracker.Word{At: w.now, Kind: tracker.WordNote, Address: person, Text: "met at the fair"})
		}, false, true},
		{"for an hour nothing was written", readNoted, nil, true, true},
		{"the clock was set back", -readNoted, nil, true, true},
	} {
		w.now = w.now.Add(c.later)
		if c.happens != nil {
			c.happens()
		}
		if writes, opened := pass(); len(writes) > 0 != c.writes || opened != c.opened {
			t.Errorf("%s: it wrote %q, want %v; the database was opened %v, want %v", c.name, writes, c.writes, opened, c.opened)
		}
		reaches, err := a.farRead(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.answering() {
			if got := reaches[f.Name].ReadAt; !got.Equal(w.now) {
				t.Errorf("%s: %s was read at %s, want %s", c.name, f.Name, got, w.now)
			}
		}
	}
}

// Whoever looks into the store from outside judges by when the folders were read: a thread whose window has closed would be
// shown as one that waits for them to be read.
func TestPass_TellsTheStoreThatFoldersWereReadWhenAThreadComesDue(t *testing.T) {
	w := newWorld(t)
	w.deliver("Sent", rep, person, "offer@acme.example", "", offered, w.now)
	a, stop := w.start()
	defer stop()
	var wake time.Time
	for range 4 {
		w.now = w.now.Add(5 * time.Minute)
		res, err := a.pass(t.Context(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		wake = res.Wake
	}
	w.now = wake
	if _, err := a.pass(t.Context(), Options{}); err != nil {
		t.Fatal(err)
	}
	reaches, err := a.store.Reaches(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.answering() {
		if got := reaches[f.Name].ReadAt; got.Before(wake) {
			t.Errorf("%s was read at %s, a thread came due at %s", f.Name, got, wake)
		}
	}
}
