package sqlite_test

import (
	"testing"
	"time"

	"followupd/mail"
	"followupd/tracker"
	"followupd/tracker/sqlite"
)

// Counted and not timed, so that no other work on the machine blurs it: what a first reading costs a message in the store. A
// walk parses the header besides, most of what it makes (see mail).
func TestStore_AllocatesLittleForAMessage(t *testing.T) {
	const n, mostSaved, mostWalked = 1000, 10, 5
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	from := 0
	saved := testing.AllocsPerRun(3, func() {
		if _, err := s.SaveBatch(t.Context(), benchFolder, benchBatch(from, n), time.Now()); err != nil {
			t.Fatal(err)
		}
		from += n
	})
	made := testing.AllocsPerRun(3, func() { benchBatch(0, n) })
	if each := (saved - made) / n; each > mostSaved {
		t.Errorf("storing a message makes %.1f allocations, want at most %d", each, mostSaved)
	}
	walked := testing.AllocsPerRun(3, func() {
		if err := s.Seen(t.Context(), int64(from-n), func(tracker.Seen) error { return nil }); err != nil {
			t.Fatal(err)
		}
	})
	parsed := testing.AllocsPerRun(3, func() {
		for _, item := range benchBatch(0, n).Items {
			mail.ParseHeader(item.Header)
		}
	})
	if each := (walked - (parsed - made)) / n; each > mostWalked {
		t.Errorf("walking over a message makes %.1f allocations, want at most %d", each, mostWalked)
	}
}
