package sqlite_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"followupd/mail"
	"followupd/tracker"
	"followupd/tracker/sqlite"
)

const lena = mail.Address("lena@nordbau.example")

var (
	inbox    = mail.Folder{Name: "INBOX", Role: mail.RoleInbox}
	sentMail = mail.Folder{Name: "Sent", Role: mail.RoleSent}
)

// letter is one mail of the correspondence below.
type letter struct {
	folder mail.Folder
	header string
	text   string
}

// correspondence holds a thread with Lena alone, one with Lena and Bo, and one with Bo alone.
func correspondence() []letter {
	return []letter{
		{sentMail, "Message-ID: <1@acme.example>\r\nFrom: anna@acme.example\r\nTo: Lena Holm <lena@nordbau.example>\r\nSubject: Your audit, Lena", "Hi Lena, about the zebra stripes"},
		{inbox, "Message-ID: <2@nordbau.example>\r\nIn-Reply-To: <1@acme.example>\r\nFrom: Lena Holm <lena@nordbau.example>\r\nTo: anna@acme.example\r\nSubject: Re: Your audit, Lena", "my quagga is ill"},
		{sentMail, "Message-ID: <3@acme.example>\r\nFrom: anna@acme.example\r\nTo: Lena Holm <lena@nordbau.example>, Bo Berg <bo@nordbau.example>\r\nSubject: For both, Lena Holm", "Hi Lena and Bo, the okapi"},
		{inbox, "Message-ID: <4@nordbau.example>\r\nIn-Reply-To: <3@acme.example>\r\nFrom: Lena Holm <lena@nordbau.example>\r\nTo: anna@acme.example, Bo Berg <bo@nordbau.example>\r\nSubject: Re: For both", "we want the bongo"},
		{sentMail, "Message-ID: <5@acme.example>\r\nFrom: anna@acme.example\r\nTo: Bo Berg <bo@nordbau.example>\r\nSubject: For Bo", "Hi Bo, the gnu"},
		{inbox, "Message-ID: <6@nordbau.example>\r\nIn-Reply-To: <5@acme.example>\r\nFrom: Bo Berg <bo@nordbau.example>\r\nTo: anna@acme.example\r\nSubject: Re: For Bo", "The gnu is fine.\n\nAm Montag schrieb Lena Holm <lena@nordbau.example>:\n> ask Bo"},
	}
}

// deliver saves letters, as a first reading does: headers of a folder, then bodies.
func deliver(t *testing.T, s *sqlite.Store, letters []letter) {
	t.Helper()
	for i, l := range letters {
		item := mail.Item{UID: mail.UID(i + 1), Received: time.Date(2026, 3, i+1, 9, 0, 0, 0, time.UTC), Header: []byte(l.header + "\r\n\r\n")}
		rows, err := s.SaveBatch(t.Context(), l.folder, mail.Batch{Items: []mail.Item{item}, Cursor: mail.Cursor{UIDValidity: 7, UIDNext: item.UID + 1}}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if err := s.SaveContent(t.Context(), row, &mail.Content{Version: mail.ContentVersion, Text: l.text}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// traces gives which of the words stand in any file below dir, whatever their case.
func traces(t *testing.T, dir string, words ...string) (found []string) {
	t.Helper()
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		data = bytes.ToLower(data)
		for _, w := range words {
			if bytes.Contains(data, []byte(strings.ToLower(w))) {
				found = append(found, filepath.Base(path)+": "+w)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// hers are the words by which anything of Lena's would be known again.
var hers = []string{"lena@nordbau", "lena holm", "zebra", "quagga", "okapi", "bongo", "giraffe", "impala", "kudu", "oryx"}

func forgetLena(t *testing.T, s *sqlite.Store) tracker.Erased {
	t.Helper()
	e, err := s.Forget(t.Context(), tracker.Forgetting{
		Who: lena, Alone: []tracker.ThreadID{"alone"}, Shared: []tracker.ThreadID{"both"}, At: time.Now(),
		Reduce: func(_ tracker.Seen, c *mail.Content) *mail.Content {
			return mail.Reduced(mail.Reading{Kind: mail.KindHuman, Intent: mail.IntentAnswer, NewText: c.Text}, "erased")
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func openStore(t *testing.T, dir string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestForget_NothingOfThePersonStaysInAnyFile(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	deliver(t, s, correspondence())
	source := "From: anna@acme.example\r\nTo: Lena Holm <lena@nordbau.example>\r\n\r\nHi Lena, giraffe"
	for _, d := range []tracker.Draft{
		{Key: "k1", Thread: "alone", Answers: "1@acme.example", State: tracker.DraftPlaced, Body: "Hi Lena, giraffe", Source: []byte(source), Why: []string{"giraffe"}},
		{Key: "k2", Thread: "both", Answers: "3@acme.example", State: tracker.DraftUnknown, Body: "Hi Lena and Bo, impala", Source: []byte("impala")},
		{Key: "k3", Thread: "bo", Answers: "5@acme.example", State: tracker.DraftPlaced, Body: "Hi Bo", Source: []byte("bo's")},
	} {
		if err := s.SaveDraft(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	for _, w := range []tracker.Word{
		{Kind: tracker.WordNote, Address: lena, Text: "likes kudu"},
		{Kind: tracker.WordClose, Thread: "alone", Outcome: tracker.Lost, Text: "oryx"},
		{Kind: tracker.WordHold, Thread: "both", Until: time.Now(), Text: "oryx"},
		{Kind: tracker.WordNote, Address: "bo@nordbau.example", Text: "works for Lena Holm"},
	} {
		if err := s.AddWord(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
	if made, err := s.Backup(t.Context(), time.Now()); err != nil || !made {
		t.Fatal(made, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "damaged-20260101T000000.000Z.db"), []byte(lena), 0o600); err != nil {
		t.Fatal(err)
	}
	if found := traces(t, dir, hers...); len(found) == 0 {
		t.Fatal("the test would not find them")
	}

	got := forgetLena(t, s)
	want := tracker.Erased{Messages: 2, Shared: 3, Words: 4, Drafts: 2, Waiting: 2, Copies: 2}
	if got != want {
		t.Errorf("erased %+v, want %+v", got, want)
	}
	if found := traces(t, dir, hers...); len(found) > 0 {
		t.Errorf("while open: %v", found)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if found := traces(t, dir, hers...); len(found) > 0 {
		t.Errorf("closed: %v", found)
	}

	// The others are as they were.
	s = openStore(t, dir)
	if found := traces(t, dir, "the gnu is fine", "Hi Bo", "bo@nordbau"); len(found) != 3 {
		t.Errorf("of Bo stays only %v", found)
	}
	drafts, err := s.Drafts(t.Context())
	if err != nil || len(drafts) != 3 || drafts[2].Body != "Hi Bo" || string(drafts[2].Source) != "bo's" {
		t.Errorf("drafts %+v, error %v", drafts, err)
	}
}

func TestForget_TheMailboxDoesNotBringThemBack(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	deliver(t, s, correspondence())
	forgetLena(t, s)
	count := func() (n int) {
		if err := s.Seen(t.Context(), 0, func(tracker.Seen) error { n++; return nil }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := count()
	for round := range 2 { // every mail read again, and once more
		deliver(t, s, correspondence())
		if found := traces(t, dir, hers...); len(found) > 0 {
			t.Fatalf("round %d: %v", round, found)
		}
	}
	// Of the thread with her alone her answer may leave a stub (its thread may hold others), and no more.
	if after := count(); after > before+1 {
		t.Errorf("%d messages, %d after reading again", before, after)
	}

	// What she says and is told from now on stays out, too.
	deliver(t, s, []letter{
		{sentMail, "Message-ID: <7@acme.example>\r\nFrom: anna@acme.example\r\nTo: Lena Holm <LENA@nordbau.example>\r\nSubject: zebra", "zebra"},
		{inbox, "Message-ID: <8@nordbau.example>\r\nIn-Reply-To: <5@acme.example>\r\nFrom: Lena Holm <lena@nordbau.example>\r\nTo: anna@acme.example\r\nSubject: quagga", "quagga"},
	})
	if found := traces(t, dir, hers...); len(found) > 0 {
		t.Errorf("later mail: %v", found)
	}
	if err := s.AddWord(t.Context(), tracker.Word{Kind: tracker.WordNote, Address: lena, Text: "kudu"}); !errors.Is(err, tracker.ErrForgotten) {
		t.Errorf("a note on her: %v", err)
	}
	draft := tracker.Draft{Key: "k9", State: tracker.DraftIntent, Source: []byte("From: anna@acme.example\r\nTo: bo@nordbau.example\r\nCc: lena@nordbau.example\r\n\r\n")}
	if err := s.SaveDraft(t.Context(), draft); !errors.Is(err, tracker.ErrForgotten) {
		t.Errorf("the intent of a draft to her: %v", err)
	}
}

func TestForget_APassUnderWayCannotWriteTextsBack(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	d := tracker.Draft{Key: "k", Thread: "both", State: tracker.DraftPlaced, Body: "Hi Lena, giraffe"}
	if err := s.SaveDraft(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	forgetLena(t, s)
	d.State = tracker.DraftSent
	if err := s.SaveDraft(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	drafts, err := s.Drafts(t.Context())
	if err != nil || len(drafts) != 1 || drafts[0].State != tracker.DraftSent {
		t.Errorf("drafts %+v, error %v", drafts, err)
	}
	if found := traces(t, dir, hers...); len(found) > 0 {
		t.Error(found)
	}
}

// TestForget_HashNamesNobody holds that the file alone does not confirm a guessed address: another state gives another hash.
func TestForget_HashNamesNobody(t *testing.T) {
	hash := func() string {
		dir := t.TempDir()
		s := openStore(t, dir)
		forgetLena(t, s)
		var h string
		if err := foreign(t, stateFile(dir)).QueryRow(`SELECT hex(hash) FROM forgotten`).Scan(&h); err != nil {
			t.Fatal(err)
		}
		return h
	}
	if a, b := hash(), hash(); a == b || len(a) != 64 {
		t.Errorf("hashes %s and %s", a, b)
	}
}

func TestForget_WhileAnotherProcessReads(t *testing.T) {
	dir := t.TempDir()
	s, daemon := openStore(t, dir), openStore(t, dir)
	deliver(t, s, correspondence())
	if n, err := daemon.Forgets(t.Context()); err != nil || n != 0 {
		t.Fatal(n, err)
	}
	forgetLena(t, s)
	if n, err := daemon.Forgets(t.Context()); err != nil || n == 0 {
		t.Errorf("the daemon does not hear of it: %d, %v", n, err)
	}
	if found := traces(t, dir, hers...); len(found) > 0 {
		t.Error(found)
	}
}

func TestBackup_OnceADayForAWeek(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	day := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for d := range 10 {
		for again := range 2 {
			made, err := s.Backup(t.Context(), day.AddDate(0, 0, d).Add(time.Duration(again)*time.Hour))
			if err != nil || made != (again == 0) {
				t.Fatalf("day %d, try %d: made %v, error %v", d, again, made, err)
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "backup", "*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != sqlite.BackupsKept || filepath.Base(files[0]) != "state-2026-03-05.db" {
		t.Errorf("%d backups: %v", len(files), files)
	}
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, error %v", f, info.Mode(), err)
		}
	}
}

// damage overwrites the middle of the state file.
func damage(t *testing.T, dir string, at int64) {
	t.Helper()
	f, err := os.OpenFile(stateFile(dir), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(bytes.Repeat([]byte{0xde, 0xad}, 4096), at); err != nil {
		t.Fatal(err)
	}
}

func TestOpenAnew(t *testing.T) {
	for _, c := range []struct {
		name   string
		at     int64 // where the file is overwritten
		backup bool
		saved  int
		from   string
	}{
		{"words are read from the damaged file", 200_000, false, 1, "damaged-"},
		{"words are read from the backup where the file gives none", 0, true, 1, "state-"},
		{"nothing can be read", 0, false, 0, "."},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			fill(t, dir, 500)
			s := openStore(t, dir)
			if err := s.AddWord(t.Context(), tracker.Word{Kind: tracker.WordNote, Address: "bo@nordbau.example", Text: "likes gnus"}); err != nil {
				t.Fatal(err)
			}
			forgetLena(t, s)
			if c.backup {
				if _, err := s.Backup(t.Context(), time.Now()); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			damage(t, dir, c.at)
			now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
			s, aside, err := sqlite.OpenAnew(t.Context(), dir, sqlite.Options{}, now)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			if aside == nil || aside.Saved != c.saved || !strings.HasPrefix(filepath.Base(aside.From), c.from) {
				t.Fatalf("aside %+v", aside)
			}
			if _, err := os.Stat(aside.File); err != nil {
				t.Error(err)
			}
			if origin, err := s.Origin(t.Context(), now.Add(time.Hour)); err != nil || !origin.Recovered.Equal(now) {
				t.Errorf("what was due by now would not wait for the rep: origin %+v, error %v", origin, err)
			}
			words, err := s.Words(t.Context())
			if err != nil || len(words) != c.saved {
				t.Errorf("words %v, error %v", words, err)
			}
			if c.saved > 0 {
				if text, err := os.ReadFile(aside.Words); err != nil || !strings.Contains(string(text), "likes gnus") {
					t.Errorf("%s, error %v", text, err)
				}
				if forgot, err := s.Forgot(t.Context(), []mail.Address{lena}); err != nil || !forgot {
					t.Errorf("she is no longer forgotten: %v", err)
				}
			}
			if reaches, err := s.Reaches(t.Context()); err != nil || len(reaches) != 0 {
				t.Errorf("the mailbox would not be read anew: %v, error %v", reaches, err)
			}
		})
	}
}

func TestOpenAnew_LeavesASoundFileAlone(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, 5)
	s, aside, err := sqlite.OpenAnew(t.Context(), dir, sqlite.Options{}, time.Now())
	if err != nil || aside != nil {
		t.Fatal(fmt.Sprint(aside), err)
	}
	s.Close()
}
