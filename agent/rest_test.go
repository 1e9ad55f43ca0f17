package agent

import (
	"context"
	"testing"
	"time"

	"followupd/mail"
	"followupd/tracker"
)

// keptRest is a note in memory, as the file is between two runs.
type keptRest struct {
	rest  Rest
	found bool
}

func (k *keptRest) Read() (Rest, bool) { return k.rest, k.found }

func (k *keptRest) Write(r Rest) error {
	k.rest, k.found = r, true
	return nil
}

// once runs the program once, as cron does.
func (w *world) once(notes RestNotes) Result {
	w.t.Helper()
	a, stop := w.start()
	defer stop()
	a.set.RestNotes = notes
	res, err := a.Once(context.Background(), Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	if res.Rested == a.loaded {
		w.t.Errorf("rested %v and the threads loaded %v", res.Rested, a.loaded)
	}
	return res
}

func (w *world) word(word tracker.Word) {
	w.t.Helper()
	a, stop := w.start()
	defer stop()
	if err := a.store.AddWord(context.Background(), word); err != nil {
		w.t.Fatal(err)
	}
}

func TestOnce_RestsUntilSomethingHappens(t *testing.T) {
	for _, c := range []struct {
		name    string
		happens func(w *world, notes *keptRest)
		rests   bool
	}{
		{"nothing", func(*world, *keptRest) {}, true},
		{"an hour goes by", func(w *world, _ *keptRest) { w.now = w.now.Add(time.Hour) }, true},
		{"a day and more goes by", func(w *world, _ *keptRest) { w.now = w.now.Add(25 * time.Hour) }, false},
		{"the clock is set back", func(w *world, _ *keptRest) { w.now = w.now.Add(-time.Hour) }, false},
		{"an answer comes", func(w *world, _ *keptRest) {
			w.deliver("INBOX", person, rep, "answer@nordbau.example", "offer@acme.example", "Yes, please.", w.now)
		}, false},
		{"mail comes into the archive", func(w *world, _ *keptRest) {
			w.deliver("Archive", person, rep, "answer@nordbau.example", "offer@acme.example", "Yes, please.", w.now)
		}, false},
		{"the rep deletes the draft", func(w *world, _ *keptRest) { w.folders["Drafts"].items = nil }, false},
		{"the rep says something", func(w *world, _ *keptRest) {
			w.word(tracker.Word{At: w.now, Kind: tracker.WordClose, Address: person, Outcome: tracker.Stopped})
		}, false},
		{"a window ends", func(w *world, notes *keptRest) { notes.rest.Wake = w.now }, false},
		{"the note is lost, or of another configuration", func(_ *world, notes *keptRest) { notes.found = false }, false},
		{"a crash left mail stored and not judged", func(w *world, notes *keptRest) {
			a, stop := w.start()
			defer stop()
			if _, err := a.store.SaveBatch(context.Background(), w.folders["INBOX"].Folder, mail.Batch{
				Cursor: mail.Cursor{UIDValidity: w.folders["INBOX"].validity, UIDNext: 1},
				Items:  []mail.Item{{UID: 9, Received: w.now, Header: []byte("Message-ID: <x@y.example>\r\nFrom: " + string(person) + "\r\n\r\n")}},
			}, w.now); err != nil {
				w.t.Fatal(err)
			}
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.silent()
			notes := &keptRest{}
			drafted := w.once(notes)
			if len(drafted.Placed) != 1 || notes.found && drafted.Rested {
				t.Fatalf("the first run placed %d drafts", len(drafted.Placed))
			}
			w.once(notes) // reads its own draft
			if before := w.once(notes); !before.Rested || before.Counts[tracker.Drafted] != 1 {
				t.Fatalf("a run with nothing to do: rested %v, counts %v", before.Rested, before.Counts)
			}
			c.happens(w, notes)
			if got := w.once(notes).Rested; got != c.rests {
				t.Errorf("rested %v, want %v", got, c.rests)
			}
		})
	}
}

func TestOnce_DoesNotRestWhileSomethingIsDue(t *testing.T) {
	w := newWorld(t)
	w.silent()
	w.onAppend = func([]byte) (bool, error) { return false, errRefusedByAll{} }
	notes := &keptRest{}
	for range 2 {
		a, stop := w.start()
		a.set.RestNotes = notes
		res, _ := a.Once(context.Background(), Options{})
		stop()
		if res.Rested || notes.found {
			t.Fatal("a thread is due, and its draft was never laid down")
		}
	}
}

// errRefusedByAll is a server's answer that it takes no draft.
type errRefusedByAll struct{}

func (errRefusedByAll) Error() string { return "NO over quota" }
func (errRefusedByAll) Refused() bool { return true }
