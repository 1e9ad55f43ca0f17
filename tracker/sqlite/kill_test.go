package sqlite_test

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"followupd/mail"
	"followupd/tracker"
	"followupd/tracker/sqlite"
)

// TestSaveBatch_KillLosesNothingThatTheCursorClaims kills a reading process at random times: what is below the cursor is
// there, nothing is there twice, and nothing above the cursor is.
func TestSaveBatch_KillLosesNothingThatTheCursorClaims(t *testing.T) {
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(1, 2))
	last := mail.UID(0)
	for range 20 {
		cmd, said := child(t, "reads", dir)
		if !said.Scan() {
			t.Fatal("the child does not begin")
		}
		// Real time: the child is another process.
		<-time.After(time.Duration(random.IntN(20_000)) * time.Microsecond)
		kill(cmd)

		s, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		reaches, err := s.Reaches(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		next := max(1, reaches[benchFolder.Name].Cursor.UIDNext)
		if next < last {
			t.Errorf("the cursor went back from %d to %d", last, next)
		}
		uid := mail.UID(0)
		if err := s.Seen(t.Context(), 0, func(one tracker.Seen) error {
			if uid++; uid < last {
				return nil // looked at before
			}
			places, err := s.Lies(t.Context(), one.Row)
			if err != nil {
				return err
			}
			if len(places) != 1 || places[0].UID != uid {
				t.Errorf("message %d lies at %v", uid, places)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if uid+1 != next {
			t.Fatalf("%d messages and a cursor of %d", uid, next)
		}
		last = next
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if last == 1 {
		t.Error("no child ever saved a batch")
	}
}

// TestSaveDraft_KillRightAfterItReturned kills a process as soon as it said that a draft is safe.
func TestSaveDraft_KillRightAfterItReturned(t *testing.T) {
	for n := range 5 {
		dir := t.TempDir()
		cmd, said := child(t, "drafts", dir)
		safe := -1
		for safe < n && said.Scan() {
			var err error
			if safe, err = strconv.Atoi(said.Text()); err != nil {
				t.Fatal(err)
			}
		}
		kill(cmd)
		drafts, err := open(t, dir).Drafts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(drafts) <= safe || safe < n {
			t.Errorf("%d drafts, but %d was said to be safe", len(drafts), safe)
		}
		for i, d := range drafts {
			if d.Key != strconv.Itoa(i) || len(d.Source) != 3000 {
				t.Errorf("draft %d is %q with %d bytes", i, d.Key, len(d.Source))
			}
		}
	}
}
