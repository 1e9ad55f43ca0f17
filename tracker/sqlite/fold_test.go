package sqlite

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	"followupd/mail"
	"followupd/tracker"
)

// stored fills a store with n batches of 100 messages of 8 KiB each.
func stored(t *testing.T, s *Store, n int) {
	t.Helper()
	filler := bytes.Repeat([]byte("X-Filler: 0123456789012345678901234567890123456789\r\n"), 160)
	uid := mail.UID(1)
	for range n {
		b := mail.Batch{}
		for range 100 {
			header := fmt.Appendf(nil, "Message-ID: <%d@prospect.example>\r\n%s\r\n", uid, filler)
			b.Items = append(b.Items, mail.Item{UID: uid, Received: time.Unix(1_790_000_000, 0), Header: header})
			uid++
		}
		b.Cursor = mail.Cursor{UIDValidity: 1, UIDNext: uid}
		if _, err := s.SaveBatch(t.Context(), mail.Folder{Name: "INBOX", Role: mail.RoleInbox}, b, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStore_FoldsItsJournalBesideAReading(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	before := size(t, s.path)
	stored(t, s, 6) // 4.8 MiB: less than a commit folds by itself
	s.folding.all.Wait()
	if after := size(t, s.path); after < before+foldAfter/2 {
		t.Errorf("the file grew from %d to %d bytes, want most of what was stored in it", before, after)
	}
}

func TestStore_LosesNothingWhileItsJournalIsFolded(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	stored(t, s, 12)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), dir, Options{}); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n := 0
	if err := s.Seen(t.Context(), 0, func(tracker.Seen) error { n++; return nil }); err != nil || n != 1200 {
		t.Errorf("%d messages, %v, want 1200", n, err)
	}
}

// Forget cuts the journal to nothing, and SQLite does not wait for another checkpoint.
func TestStore_CutsItsJournalRightAfterAReading(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 3 {
		stored(t, s, 6)
		if err := s.checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		if left := size(t, s.path+"-wal"); left != 0 {
			t.Errorf("the journal still holds %d bytes", left)
		}
	}
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
