package postgres_test

import (
	"errors"
	"testing"
	"time"

	"followupd/tracker"
	"followupd/tracker/postgres"
	"followupd/tracker/postgres/pgtest"
)

// A worker that was frozen in the middle of telling, and wakes when another has told the same and more.
func TestOutbox_IsOnlyTheirsWhoHoldTheMailbox(t *testing.T) {
	t.Parallel()
	db := openDatabase(t, pgtest.Database(t))
	const box = "anna@acme.example"
	hold := func() (s *postgres.Store, release func()) {
		t.Helper()
		_, s, release, err := db.Hold(t.Context(), box, 20*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		return s, release
	}
	notices := func(ids ...string) (list []tracker.Notice) {
		for _, id := range ids {
			list = append(list, tracker.Notice{ID: id, At: time.Now(), Thread: "t", Body: []byte(`{}`)})
		}
		return list
	}
	next := func(s *postgres.Store, want string, waiting int) {
		t.Helper()
		n, w, err := s.NextNotice(t.Context())
		if err != nil || n == nil || n.ID != want || w != waiting {
			t.Errorf("next is %v of %d, error %v; want %s of %d", n, w, err, want, waiting)
		}
	}
	first, release := hold()
	if _, err := first.Tell(t.Context(), map[tracker.ThreadID]tracker.State{"t": tracker.Due}, notices("a", "b")); err != nil {
		t.Fatal(err)
	}
	next(first, "a", 2)
	release()

	second, release := hold()
	defer release()
	next(second, "a", 2)
	_, tellErr := first.Tell(t.Context(), map[tracker.ThreadID]tracker.State{"t": tracker.Closed}, notices("c"))
	_, _, nextErr := first.NextNotice(t.Context())
	for what, err := range map[string]error{
		"Tell": tellErr, "NextNotice": nextErr,
		"TakeOut": first.TakeOut(t.Context(), "a"), "Postpone": first.Postpone(t.Context(), "a", 9, time.Now()),
		"Unwanted": first.Unwanted(t.Context(), "https://crm.acme.example/", time.Now()), "TellNobody": first.TellNobody(t.Context()),
	} {
		if !errors.Is(err, postgres.ErrFenced) {
			t.Errorf("%s of who lost the mailbox: error %v, want ErrFenced", what, err)
		}
	}
	next(second, "a", 2)
	if err := second.TakeOut(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	next(second, "b", 1)
	told, begun, err := second.Told(t.Context())
	if err != nil || !begun || told["t"] != tracker.Due {
		t.Errorf("told %v (begun %v), error %v", told, begun, err)
	}
}

// The copy that a preview works on is nobody's to tell of, and what one mailbox tells is none of another's.
func TestOutbox_IsOfOneMailbox(t *testing.T) {
	t.Parallel()
	db := openDatabase(t, pgtest.Database(t))
	anna, ben := openMailbox(t, db, "anna@acme.example"), openMailbox(t, db, "ben@acme.example")
	same := []tracker.Notice{{ID: "a", Thread: "t", Body: []byte(`{}`)}}
	for _, s := range []*postgres.Store{anna, ben} {
		if _, err := s.Tell(t.Context(), map[tracker.ThreadID]tracker.State{"t": tracker.Due}, same); err != nil {
			t.Fatal(err)
		}
	}
	if err := anna.TellNobody(t.Context()); err != nil {
		t.Fatal(err)
	}
	preview, drop, err := db.Copy(t.Context(), "ben@acme.example")
	if err != nil {
		t.Fatal(err)
	}
	defer drop()
	for name, s := range map[string]*postgres.Store{"the other mailbox": anna, "the copy": preview} {
		if n, waiting, err := s.NextNotice(t.Context()); n != nil || waiting != 0 || err != nil {
			t.Errorf("in the outbox of %s lies %v of %d, error %v", name, n, waiting, err)
		}
	}
	if n, waiting, err := ben.NextNotice(t.Context()); n == nil || waiting != 1 || err != nil {
		t.Errorf("in the mailbox's own lies %v of %d, error %v", n, waiting, err)
	}
}
