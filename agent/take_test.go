package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"followupd/mail"
	"followupd/tracker"
	"followupd/tracker/sqlite"

	"github.com/google/go-cmp/cmp"
)

// piecewise is a mailbox that hands each folder over in batches of one message, and calls between before each but the first.
type piecewise struct {
	fakeBox
	between func() error
}

func (b piecewise) Sync(ctx context.Context, f mail.Folder, c mail.Cursor, since time.Time, store func(mail.Batch) error) error {
	return b.fakeBox.Sync(ctx, f, c, since, func(whole mail.Batch) error {
		for i, item := range whole.Items {
			if i > 0 {
				if err := b.between(); err != nil {
					return err
				}
			}
			one := whole
			one.Items, one.Left = whole.Items[i:i+1], len(whole.Items)-i-1
			if one.Left > 0 {
				one.Cursor = mail.Cursor{UIDValidity: whole.Cursor.UIDValidity, UIDNext: item.UID + 1}
			}
			if err := store(one); err != nil {
				return err
			}
		}
		if len(whole.Items) == 0 {
			return store(whole)
		}
		return nil
	})
}

// walked is a store that tells when a walk over what it holds has ended.
type walked struct {
	tracker.Store
	done chan<- int // messages walked
}

func (s walked) Seen(ctx context.Context, after int64, each func(tracker.Seen) error) error {
	n := 0
	err := s.Store.Seen(ctx, after, func(m tracker.Seen) error {
		n++
		return each(m)
	})
	if n > 0 {
		s.done <- n
	}
	return err
}

// talks lays ten talks into a world: half answered, each answer also in Archive, each offer also in INBOX, and circulars
// between them.
func talks(t *testing.T) *world {
	w := newWorld(t)
	for i := range 10 {
		at := w.now.AddDate(0, 0, -30+i)
		to := mail.Address(fmt.Sprintf("lena@nordbau%d.example", i))
		id := fmt.Sprintf("offer%d@acme.example", i)
		for _, folder := range []string{"Sent", "INBOX"} {
			w.deliver(folder, rep, to, id, "", offered, at)
		}
		w.deliver("INBOX", "news@weekly.example", rep, fmt.Sprintf("news%d@weekly.example", i), "", "Tolls rise.", at)
		if i%2 == 0 {
			for _, folder := range []string{"INBOX", "Archive"} {
				w.deliver(folder, to, rep, fmt.Sprintf("answer%d@nordbau.example", i), id, "Yes, let us talk.", at.Add(time.Hour))
			}
		}
	}
	return w
}

func openStore(t *testing.T, w *world) *sqlite.Store {
	t.Helper()
	store, err := sqlite.Open(t.Context(), w.dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func readPass(t *testing.T, w *world, box Mailbox, store tracker.Store) ([]tracker.Standing, *Agent, error) {
	t.Helper()
	a := New(plainSettings(t, w.settle), box, store, func() time.Time { return w.now }, slog.New(slog.DiscardHandler))
	res, err := a.Pass(t.Context(), Options{DryRun: true})
	return res.Standings, a, err
}

func TestPass_ThreadsWhatItReadWhileMoreIsOnItsWay(t *testing.T) {
	w := talks(t)
	done := make(chan int, 100)
	taken := 0
	box := piecewise{fakeBox{w}, func() error {
		if taken > 0 {
			return nil
		}
		select { // the folder is not read on before something of it was taken in
		case taken = <-done:
			return nil
		case <-time.After(time.Minute):
			return errors.New("nothing was taken in beside the reading")
		}
	}}
	if _, _, err := readPass(t, w, box, walked{openStore(t, w), done}); err != nil {
		t.Fatal(err)
	}
	for len(done) > 0 {
		taken += <-done
	}
	if want := 10 + 10 + 5; taken != want {
		t.Errorf("%d messages were taken in, want each of %d once", taken, want)
	}
}

// clumsyStore is a store with a mistake that the first stored message brings out.
type clumsyStore struct{ tracker.Store }

func (s clumsyStore) Seen(ctx context.Context, after int64, each func(tracker.Seen) error) error {
	return s.Store.Seen(ctx, after, func(m tracker.Seen) error {
		return each([]tracker.Seen{}[m.Row])
	})
}

// A mail that brings out a mistake must not end the other mailboxes of the process: only who waits for the helpers can see to that.
func TestPass_AMistakeBesideTheReadingIsTheCallersToContain(t *testing.T) {
	w := talks(t)
	said := func() (said any) {
		defer func() { said = recover() }()
		_, _, err := readPass(t, w, fakeBox{w}, clumsyStore{openStore(t, w)})
		return err
	}()
	if text, _ := said.(string); !strings.Contains(text, "index out of range") || !strings.Contains(text, "take_test.go") {
		t.Errorf("the pass came to %v, want the mistake and where it is", said)
	}
}

// sentMany is a store of so many mails of the rep's that its reader runs far ahead of their being judged.
func sentMany(t *testing.T, w *world) (store *sqlite.Store, mails int) {
	t.Helper()
	store = openStore(t, w)
	var batch mail.Batch
	for i := range 20 * atOnce {
		batch.Items = append(batch.Items, mail.Item{UID: mail.UID(i + 1), Received: w.now, Header: written(rep, person, fmt.Sprintf("%d@acme.example", i), "", "", w.now)})
	}
	if _, err := store.SaveBatch(t.Context(), mail.Folder{Name: "Sent", Role: mail.RoleSent}, batch, w.now); err != nil {
		t.Fatal(err)
	}
	return store, len(batch.Items)
}

func TestLoad_TakesInWhatIsReadFarAhead(t *testing.T) {
	w := newWorld(t)
	store, mails := sentMany(t, w)
	a := New(plainSettings(t, w.settle), fakeBox{w}, store, func() time.Time { return w.now }, slog.New(slog.DiscardHandler))
	if err := a.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := len(a.threads.Threads()); got != mails {
		t.Errorf("%d threads of %d mails", got, mails)
	}
}

// Where judging what was read ends in a mistake, the store is not left with a reader that nobody waits for.
func TestLoad_AMistakeInJudgingEndsTheReader(t *testing.T) {
	w := newWorld(t)
	store, mails := sentMany(t, w)
	ended := make(chan int, 1)
	a := New(plainSettings(t, w.settle), fakeBox{w}, walked{store, ended}, func() time.Time { return w.now }, slog.New(slog.DiscardHandler))
	a.threads = nil // the mistake
	func() {
		defer func() { _ = recover() }()
		_ = a.Load(t.Context())
		t.Error("messages were taken into no threads")
	}()
	select {
	case n := <-ended:
		if n == mails {
			t.Errorf("all %d messages were read for nobody", n)
		}
	default:
		t.Error("the reader is still at work")
	}
}

// However the mailbox comes in pieces, and wherever the connection ends between them, the threads are the same.
func TestPass_FindsTheSameInAnyPieces(t *testing.T) {
	whole := talks(t)
	want, _, err := readPass(t, whole, fakeBox{whole}, openStore(t, whole))
	if err != nil {
		t.Fatal(err)
	}
	if len(want) != 10 {
		t.Fatalf("%d threads, want 10", len(want))
	}
	for cut := 0; cut < 30; cut += 3 {
		w := talks(t)
		pieces := 0
		box := piecewise{fakeBox{w}, func() error {
			if pieces++; pieces == cut {
				return errCut
			}
			return nil
		}}
		store := openStore(t, w)
		got, a, err := readPass(t, w, box, store)
		if cut > 0 && !errors.Is(err, errCut) && cut <= pieces {
			t.Fatalf("cut before piece %d: %v", cut, err)
		}
		if err != nil {
			res, err := a.Pass(t.Context(), Options{DryRun: true})
			if err != nil {
				t.Fatalf("after a cut before piece %d: %v", cut, err)
			}
			got = res.Standings
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("cut before piece %d (-got +want):\n%s", cut, diff)
		}
	}
}
