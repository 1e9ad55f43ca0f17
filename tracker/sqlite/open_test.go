package sqlite_test

import (
	"crypto/sha256"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"followupd/mail"
	"followupd/tracker"
	"followupd/tracker/sqlite"
)

// stateFile gives the path of the file in a state directory.
func stateFile(dir string) string { return filepath.Join(dir, "state.db") }

// foreign opens the file past the store, as another program would.
func foreign(t *testing.T, path string, statements ...string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	return db
}

// fill opens a store, saves n messages and a draft, and closes it.
func fill(t *testing.T, dir string, n int) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.SaveBatch(t.Context(), benchFolder, benchBatch(0, n), time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveDraft(t.Context(), tracker.Draft{Key: "k"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func checksum(t *testing.T, path string) [32]byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(data)
}

func count(t *testing.T, s *sqlite.Store) int {
	t.Helper()
	n := 0
	if err := s.Seen(t.Context(), 0, func(tracker.Seen) error { n++; return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestOpen_NobodyElseMayRead(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "anna@acme.example")
	s := open(t, dir)
	if _, err := s.SaveBatch(t.Context(), benchFolder, benchBatch(0, 1), time.Now()); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]fs.FileMode{
		dir:                     fs.ModeDir | 0o700,
		stateFile(dir):          0o600,
		stateFile(dir) + "-wal": 0o600,
		stateFile(dir) + "-shm": 0o600,
	} {
		info, err := os.Stat(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if info.Mode() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode(), want)
		}
	}
}

func TestOpen_AnyDirectoryName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), `a?mode=memory&b#c %41;é'"`)
	fill(t, dir, 3)
	if _, err := os.Stat(stateFile(dir)); err != nil {
		t.Error(err)
	}
	if n := count(t, open(t, dir)); n != 3 {
		t.Errorf("%d messages after opening again, want 3", n)
	}
}

func TestOpen_ManyAtOnceOnAnEmptyDirectory(t *testing.T) {
	dir := t.TempDir()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			s, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.AddWord(t.Context(), tracker.Word{Kind: tracker.WordNote}); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	words, err := open(t, dir).Words(t.Context())
	if err != nil || len(words) != 8 {
		t.Errorf("%d words, error %v; want 8", len(words), err)
	}
}

// TestOpen_Refuses holds that what cannot be used is refused with its cause and a way out, and not changed.
func TestOpen_Refuses(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(t *testing.T, path string) // path does not exist yet
		want error
		says string
	}{
		{"NewerSchema", func(t *testing.T, path string) {
			fill(t, filepath.Dir(path), 5)
			foreign(t, path, `PRAGMA user_version = 999`, `CREATE TABLE later (x)`).Close()
		}, sqlite.ErrNewer, "install that newer version again"},
		{"NewerSchemaStillInTheJournal", func(t *testing.T, path string) {
			dir := filepath.Dir(path)
			fill(t, dir, 5)
			crashed := t.TempDir()
			db := foreign(t, path, `PRAGMA wal_autocheckpoint = 0`, `PRAGMA user_version = 999`)
			// What a killed program leaves: the journal is there, the file does not know the change.
			for _, suffix := range []string{"", "-wal"} {
				data, err := os.ReadFile(path + suffix)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(stateFile(crashed)+suffix, data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			db.Close()
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(crashed, dir); err != nil {
				t.Fatal(err)
			}
		}, sqlite.ErrNewer, "install that newer version again"},
		{"AnotherProgramsDatabase", func(t *testing.T, path string) {
			foreign(t, path, `CREATE TABLE bookmarks (url)`).Close()
		}, sqlite.ErrForeign, "state.dir"},
		{"NoDatabase", func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(strings.Repeat("no database at all\n", 1000)), 0o600); err != nil {
				t.Fatal(err)
			}
		}, sqlite.ErrDamaged, "move it aside"},
		{"Truncated", func(t *testing.T, path string) {
			fill(t, filepath.Dir(path), 500)
			if err := os.Truncate(path, 150_000); err != nil {
				t.Fatal(err)
			}
		}, sqlite.ErrDamaged, "move it aside"},
		{"PagesOverwritten", func(t *testing.T, path string) {
			fill(t, filepath.Dir(path), 500)
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if _, err := f.WriteAt([]byte(strings.Repeat("\xde\xad\xbe\xef", 5000)), 80_000); err != nil {
				t.Fatal(err)
			}
		}, sqlite.ErrDamaged, "move it aside"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "state")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			path := stateFile(dir)
			c.make(t, path)
			before := checksum(t, path)
			for range 2 { // the first try must not change what the second finds
				s, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
				if err == nil {
					s.Close()
					t.Fatal("opened")
				}
				if !errors.Is(err, c.want) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), c.says) {
					t.Errorf("error %q, want one of %v with %q and %q", err, c.want, path, c.says)
				}
			}
			if checksum(t, path) != before {
				t.Error("the file was changed")
			}
		})
	}
}

func TestOpen_DirectoryInPlaceOfTheFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(stateFile(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	if !errors.Is(err, sqlite.ErrNotFile) || !strings.Contains(err.Error(), "directory") {
		t.Errorf("error %v, want ErrNotFile that says what is there", err)
	}
}

func TestOpen_FileInPlaceOfTheDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(t.Context(), dir, sqlite.Options{}); !errors.Is(err, sqlite.ErrReadOnly) {
		t.Errorf("error %v, want ErrReadOnly", err)
	}
}

// TestFault_26_StoreWithoutItsJournal is fault 26 of a hard restore: the file without its journal is an older state, not a broken one.
func TestFault_26_StoreWithoutItsJournal(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, 3)
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Remove(stateFile(dir) + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if n := count(t, open(t, dir)); n != 3 {
		t.Errorf("%d messages, want 3", n)
	}
}

func TestStore_BusyIsSaidAndPasses(t *testing.T) {
	dir := t.TempDir()
	s, err := sqlite.Open(t.Context(), dir, sqlite.Options{Wait: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	other := foreign(t, stateFile(dir), `BEGIN IMMEDIATE`)
	if err := s.AddWord(t.Context(), tracker.Word{Kind: tracker.WordNote}); !errors.Is(err, sqlite.ErrBusy) {
		t.Errorf("error %v, want ErrBusy", err)
	}
	if _, err := s.Words(t.Context()); err != nil {
		t.Errorf("reading beside a writer: %v", err)
	}
	if _, err := other.Exec(`COMMIT`); err != nil {
		t.Fatal(err)
	}
	if err := s.AddWord(t.Context(), tracker.Word{Kind: tracker.WordNote}); err != nil {
		t.Errorf("after the other was done: %v", err)
	}
}

// TestStore_DaemonAndCommandLineAtOnce lets two stores write the same messages and their own words.
func TestStore_DaemonAndCommandLineAtOnce(t *testing.T) {
	const rounds = 25
	dir := t.TempDir()
	var group sync.WaitGroup
	for who, s := range []*sqlite.Store{open(t, dir), open(t, dir)} {
		folder := mail.Folder{Name: []string{"INBOX", "All"}[who], Role: mail.RoleAlso}
		group.Go(func() {
			for i := range rounds {
				if _, err := s.SaveBatch(t.Context(), folder, benchBatch(i*10, 10), time.Now()); err != nil {
					t.Error(err)
				}
				if err := s.AddWord(t.Context(), tracker.Word{Kind: tracker.WordNote}); err != nil {
					t.Error(err)
				}
			}
		})
		group.Go(func() {
			last := 0
			for range rounds {
				n := 0
				if err := s.Seen(t.Context(), 0, func(tracker.Seen) error { n++; return nil }); err != nil {
					t.Error(err)
				}
				if n < last || n%10 != 0 {
					t.Errorf("a walk saw %d messages after one that saw %d: half a batch", n, last)
				}
				last = n
			}
		})
	}
	group.Wait()

	s := open(t, dir)
	words, err := s.Words(t.Context())
	if err != nil || len(words) != 2*rounds {
		t.Errorf("%d words, error %v; want %d", len(words), err, 2*rounds)
	}
	seen, err := s.SeenRows(t.Context(), []int64{1})
	if err != nil || len(seen) != 1 || len(seen[0].Folders) != 2 {
		t.Errorf("first message %+v, error %v; want it in both folders", seen, err)
	}
	if n := count(t, s); n != rounds*10 {
		t.Errorf("%d messages, want %d", n, rounds*10)
	}
}
