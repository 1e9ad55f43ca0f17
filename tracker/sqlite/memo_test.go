package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"followupd/mail"
	"followupd/tracker"
	"followupd/tracker/sqlite"
)

// Most passes find nothing new. What they ask of the store is answered without the database then, which would have to be opened
// and its journal made and removed; until somebody writes, by whichever process.
func TestStore_OpensNothingToAnswerWhatNobodyCanHaveChanged(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	s, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	if _, err := s.SaveBatch(ctx, mail.Folder{Name: "INBOX", Role: mail.RoleInbox}, mail.Batch{Cursor: mail.Cursor{UIDValidity: 1, UIDNext: 1}}, now); err != nil {
		t.Fatal(err)
	}
	ask := func() (forgets int64, revision string, reaches map[string]tracker.Reach) {
		t.Helper()
		forgets, err := s.Forgets(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if revision, err = s.Revision(ctx); err != nil {
			t.Fatal(err)
		}
		if reaches, err = s.Reaches(ctx); err != nil {
			t.Fatal(err)
		}
		return forgets, revision, reaches
	}
	opened := func() bool { // a database in use has its journal beside it
		_, err := os.Stat(filepath.Join(dir, "state.db-wal"))
		return err == nil
	}
	// A file that was written a moment ago cannot be told by its time from one that is written in the same moment.
	aged := func() {
		t.Helper()
		s.Rest()
		past := time.Now().Add(-time.Hour)
		if err := os.Chtimes(filepath.Join(dir, "state.db"), past, past); err != nil {
			t.Fatal(err)
		}
	}

	ask()
	s.Rest()
	if ask(); !opened() {
		t.Error("right after a write the answers came from memory")
	}
	aged()
	if ask(); !opened() {
		t.Fatal("the answers were known before anybody asked")
	}
	s.Rest()
	_, before, reaches := ask()
	if opened() {
		t.Error("the database was opened for answers that are known")
	}
	delete(reaches, "INBOX")
	if _, _, again := ask(); len(again) != 1 {
		t.Error("whoever was given the answer can change it")
	}

	other, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	if err := other.AddWord(ctx, tracker.Word{At: now, Kind: tracker.WordNote, Thread: "t", Text: "n"}); err != nil {
		t.Fatal(err)
	}
	if _, after, _ := ask(); after == before {
		t.Error("what another process wrote a moment ago is not seen")
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	s.Rest()
	if _, after, _ := ask(); after == before {
		t.Error("what another process wrote is not seen once it has ended")
	}
}
