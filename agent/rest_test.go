package agent

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"followupd/mail"
	"followupd/playbook"
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
	res, err := a.Once(context.Background(), Options{RestNotes: notes})
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
		{"the rep edits the draft", func(w *world, _ *keptRest) {
			drafts := w.folders["Drafts"]
			was := drafts.items[0]
			drafts.items = nil
			drafts.add(bytes.Replace(was.source, []byte("Anna Berg"), []byte("Your Anna"), 1), w.now, was.flags)
		}, false},
		{"the rep sends the draft", func(w *world, _ *keptRest) { w.move("Drafts", 0, "Sent") }, false},
		{"the rep begins a mail by hand", func(w *world, _ *keptRest) {
			w.deliver("Drafts", rep, person, "own@acme.example", "offer@acme.example", "Hi Lena", w.now)
		}, false},
		{"the rep writes to somebody else", func(w *world, _ *keptRest) {
			w.deliver("Sent", rep, "piet@veld.example", "piet@acme.example", "", offered, w.now)
		}, false},
		{"a folder gets another part", func(w *world, _ *keptRest) { w.folders["Customers"].Role = mail.RoleAlso }, false},
		{"a folder is made anew", func(w *world, _ *keptRest) { w.folders["INBOX"].validity++ }, false},
		{"mail comes into a folder without a part", func(w *world, _ *keptRest) { // no pass reads it before something is due
			w.deliver("Customers", person, rep, "answer@nordbau.example", "offer@acme.example", "Yes, please.", w.now)
		}, true},
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

func TestOnce_DoesNotRestWhileSomethingIsLeftToDo(t *testing.T) {
	closed := func(a *Agent) { // of the rep's hours, no moment of the week is one
		a.set.Policy.Calendar.From, a.set.Policy.Calendar.To = 3*time.Hour, 4*time.Hour
		a.SetSettings(a.set)
	}
	for _, c := range []struct {
		name string
		with func(w *world, a *Agent)
	}{
		{"the server takes no draft", func(w *world, _ *Agent) {
			w.onAppend = func([]byte) (bool, error) { return false, errRefusedByAll{} }
		}},
		{"no text keeps the house rules: the library may hold one tomorrow", func(_ *world, a *Agent) { a.set.Writer = noWriter{} }},
		{"it is night", func(_ *world, a *Agent) { closed(a) }},
		{"the rep is writing", func(w *world, _ *Agent) {
			w.deliver("Drafts", rep, person, "own@acme.example", "offer@acme.example", "Hi Lena", w.now)
		}},
		{"answers are shown to a model", func(w *world, a *Agent) {
			w.deliver("INBOX", person, rep, "answer@nordbau.example", "offer@acme.example", "Yes, please.", w.now)
			a.set.Adviser = nobodyAsked{}
		}},
		{"the rep may steer", func(w *world, a *Agent) {
			w.deliver("INBOX", person, rep, "answer@nordbau.example", "offer@acme.example", "Yes, please.", w.now)
			a.set.Steering = &Steering{}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.folders[stopFolder] = &folder{Folder: mail.Folder{Name: stopFolder}, validity: 200, next: 1}
			w.silent()
			notes := &keptRest{}
			for range 3 {
				a, stop := w.start()
				c.with(w, a)
				res, _ := a.Once(context.Background(), Options{RestNotes: notes})
				stop()
				if res.Rested || notes.found {
					t.Fatalf("rested %v, a note of it %v", res.Rested, notes.found)
				}
			}
		})
	}
}

// noWriter finds no text.
type noWriter struct{}

func (noWriter) Write(playbook.Request) (playbook.Text, error) {
	return playbook.Text{}, &playbook.NoText{}
}

// nobodyAsked is an adviser who is told nothing.
type nobodyAsked struct{}

func (nobodyAsked) Advise(*tracker.Thread, int64, string) func(context.Context) (tracker.Opinion, error) {
	return nil
}

func TestOnce_DraftsInTheFirstRunAfterTheWindowEnds(t *testing.T) {
	w := newWorld(t)
	w.deliver("Sent", rep, person, "offer@acme.example", "", offered, w.now)
	ends := w.now.AddDate(0, 0, 3) // Monday to Thursday, three business days
	notes, rested := &keptRest{}, 0
	for {
		res := w.once(notes)
		if res.Rested {
			rested++
		}
		if placed := len(res.Placed) == 1; placed != !w.now.Before(ends) {
			t.Fatalf("at %s: %d drafts placed, and the window ends at %s", w.now, len(res.Placed), ends)
		} else if placed {
			break
		}
		w.now = w.now.Add(time.Hour)
	}
	if rested < 60 {
		t.Errorf("%d of 72 runs before had nothing to load, want nearly all", rested)
	}
}

func TestOnce_DoesNotRestWhileBodiesAreToBeRead(t *testing.T) {
	w := newWorld(t)
	w.silent()
	notes := &keptRest{}
	w.once(notes)
	a, stop := w.start()
	defer stop()
	if _, err := a.Pass(context.Background(), Options{}); err != nil {
		t.Fatal(err)
	}
	if a.unsettled() {
		t.Fatal("a draft lies there, and something is to be done")
	}
	// Reports that name one another want body after body, and one pass reads so many of them.
	a.threads.Add(tracker.Seen{Row: 99, Received: w.now, Reading: mail.Reading{Kind: mail.KindBounce}, Message: mail.Message{ID: "report@x.example"}})
	if !a.unsettled() {
		t.Error("a body is to be read, and the next run would not read it")
	}
}

// lookedAt counts how often Drafts is looked through from its beginning.
type lookedAt struct {
	fakeBox
	times *int
}

func (b lookedAt) Look(ctx context.Context, floor mail.UID) (DraftsState, []mail.Item, error) {
	if floor == 0 {
		*b.times++
	}
	return b.fakeBox.Look(ctx, floor)
}

func TestOnce_LooksThroughDraftsAgainWhereTheStateIsOlder(t *testing.T) {
	w := newWorld(t)
	w.silent()
	notes := &keptRest{}
	w.once(notes)
	w.once(notes)
	state := filepath.Join(w.dir, "state.db")
	backup, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	w.word(tracker.Word{At: w.now, Kind: tracker.WordNote, Address: person, Text: "met at the fair"})
	if err := os.WriteFile(state, backup, 0o600); err != nil {
		t.Fatal(err)
	}

	a, stop := w.start()
	defer stop()
	looks := 0
	a.box = lookedAt{fakeBox{w}, &looks}
	a.now = func() time.Time { w.now = w.now.Add(time.Second); return w.now } // no two questions come at one moment
	res, err := a.Once(context.Background(), Options{RestNotes: notes})
	if err != nil {
		t.Fatal(err)
	}
	if res.Rested || a.origin.Recovered.IsZero() {
		t.Errorf("rested %v, recovered at %v: want that it is noticed", res.Rested, a.origin.Recovered)
	}
	if looks != 1 {
		t.Errorf("Drafts was looked through %d times, want once, though its cursor says that nothing changed", looks)
	}
}

// errRefusedByAll is a server's answer that it takes no draft.
type errRefusedByAll struct{}

func (errRefusedByAll) Error() string { return "NO over quota" }
func (errRefusedByAll) Refused() bool { return true }
