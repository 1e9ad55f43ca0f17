package sqlite_test

import (
	"testing"
	"time"

	"followupd/mail"
	"followupd/tracker"
	"followupd/tracker/sqlite"
)

// What a daemon or a run for cron keeps in memory, or does not even load, rests on these being another after every change.
func TestRevision_IsAnotherAfterEveryChange(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	open := func() *sqlite.Store {
		s, err := sqlite.Open(ctx, dir, sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	s, other := open(), open() // another process, as a command of the rep's is
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	inbox := mail.Folder{Name: "INBOX", Role: mail.RoleInbox}
	batch := func(next mail.UID, items ...mail.Item) func() error {
		return func() error {
			_, err := other.SaveBatch(ctx, inbox, mail.Batch{Items: items, Cursor: mail.Cursor{UIDValidity: 1, UIDNext: next}}, now)
			return err
		}
	}
	item := mail.Item{UID: 1, Received: now, Header: []byte("Message-ID: <a@x.example>\r\nFrom: a@x.example\r\n\r\n")}
	draft := tracker.Draft{Key: "k", Thread: "t", State: tracker.DraftPlaced, Created: now, Changed: now}
	revision, basis := "", ""
	for _, step := range []struct {
		name            string
		do              func() error
		revised, rested bool // another revision; another basis
	}{
		{"the first start", func() error { _, err := s.Origin(ctx, now); return err }, true, true},
		{"a later start", func() error { _, err := other.Origin(ctx, now); return err }, false, false},
		{"mail", batch(2, item), false, true},
		{"a folder was read, and nothing came", func() error { return other.MarkRead(ctx, "INBOX", now.Add(time.Hour)) }, false, false},
		{"a folder changed, and nothing new came", batch(3), false, true},
		{"a draft", func() error { return other.SaveDraft(ctx, draft) }, true, true},
		{"a draft was sent", func() error { draft.State = tracker.DraftSent; return other.SaveDraft(ctx, draft) }, true, true},
		{"a word", func() error {
			return other.AddWord(ctx, tracker.Word{At: now, Kind: tracker.WordNote, Thread: "t", Text: "n"})
		}, true, true},
		{"an opinion", func() error { return other.SaveOpinion(ctx, tracker.Opinion{Row: 1, At: now, Model: "m"}) }, true, true},
		{"a link", func() error {
			_, err := other.SaveLink(ctx, tracker.Link{Token: "l", Draft: "k", Thread: "t", Asset: "a.md", URL: "https://x.example/", Created: now})
			return err
		}, true, true},
		{"a visit", func() error { return other.AddVisit(ctx, tracker.Visit{Token: "l", At: now}) }, true, true},
		{"old visits erased, and another", func() error {
			if err := other.ExpireVisits(ctx, now.Add(time.Hour)); err != nil {
				return err
			}
			return other.AddVisit(ctx, tracker.Visit{Token: "l", At: now.Add(2 * time.Hour)})
		}, true, true},
		{"nothing", func() error { return nil }, false, false},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		r, err := s.Revision(ctx)
		if err != nil {
			t.Fatal(err)
		}
		b, err := s.Basis(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if (r != revision) != step.revised || (b != basis) != step.rested {
			t.Errorf("after %s: another revision %v, another basis %v; want %v, %v", step.name, r != revision, b != basis, step.revised, step.rested)
		}
		revision, basis = r, b
	}
}
