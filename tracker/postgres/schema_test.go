package postgres

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"followupd/mail"
	"followupd/tracker"
	"followupd/tracker/postgres/pgtest"
)

func openWith(t *testing.T, url string, steps []migration) *Database {
	t.Helper()
	d, err := open(t.Context(), url, steps)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// Whoever adds a table decides whether a copy has it.
func TestCopy_HasEveryTable(t *testing.T) {
	t.Parallel()
	d := openWith(t, pgtest.Database(t), migrations)
	rows, err := d.pool.Query(t.Context(), `SELECT table_name::text, string_agg(column_name::text, ' ' ORDER BY column_name) FROM information_schema.columns
		WHERE table_schema = 'public' AND is_identity = 'NO' AND column_name <> 'mailbox' AND table_name NOT IN ('mailbox', 'followupd_schema') GROUP BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	left := []string{"digest", "visitor_salt", "told", "notice", "webhook"} // of the day, of no preview, and told once
	var table, columns string
	if _, err := pgx.ForEachRow(rows, []any{&table, &columns}, func() error {
		if slices.Contains(left, table) {
			return nil
		}
		for _, c := range copied {
			if c.table != table {
				continue
			}
			names := strings.Split(c.columns, ", ")
			slices.Sort(names)
			if got := strings.Join(names, " "); got != columns {
				t.Errorf("%s: a copy has the columns %q of %q", table, got, columns)
			}
			return nil
		}
		t.Errorf("a copy has no %s", table)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestCopy_IsApartAndDropped(t *testing.T) {
	t.Parallel()
	d := openWith(t, pgtest.Database(t), migrations)
	s, err := d.Mailbox(t.Context(), "anna@acme.example")
	if err != nil {
		t.Fatal(err)
	}
	folder := mail.Folder{Name: "INBOX", Role: mail.RoleInbox}
	batch := mail.Batch{Items: []mail.Item{{UID: 1, Header: []byte("Message-ID: <a@x.example>\r\nFrom: ann@x.example\r\n\r\n")}}, Cursor: mail.Cursor{UIDValidity: 1}}
	if _, err := s.SaveBatch(t.Context(), folder, batch, moment(1)); err != nil {
		t.Fatal(err)
	}
	c, drop, err := d.Copy(t.Context(), "anna@acme.example")
	if err != nil {
		t.Fatal(err)
	}
	seen, err := c.SeenRows(t.Context(), []int64{1})
	if err != nil || len(seen) != 1 || len(seen[0].Folders) != 1 || seen[0].Folders[0] != folder {
		t.Errorf("the copy gives %v, error %v", seen, err)
	}
	if err := c.SaveDraft(t.Context(), tracker.Draft{Key: "k"}); err != nil {
		t.Error(err)
	}
	if list, err := s.Drafts(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("what the copy was given is in the mailbox: %v, error %v", list, err)
	}
	mailboxes := func() (n int) {
		if err := d.pool.QueryRow(t.Context(), `SELECT count(*) FROM mailbox`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	_, dropSecond, err := d.Copy(t.Context(), "anna@acme.example")
	if err != nil {
		t.Fatal(err)
	}
	if n := mailboxes(); n != 3 { // the second did not take the first for one that was left
		t.Errorf("%d mailboxes with two copies", n)
	}
	drop()
	dropSecond()
	if n := mailboxes(); n != 1 {
		t.Errorf("%d mailboxes after the copies were dropped", n)
	}
}

func TestMigrate_OlderToNewestKeepsTheFacts(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	old := openWith(t, url, migrations)
	s, err := old.Mailbox(t.Context(), "anna@acme.example")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SaveDraft(t.Context(), tracker.Draft{Key: "k", State: tracker.DraftIntent}); err != nil {
		t.Fatal(err)
	}
	later := append(slices.Clone(migrations), migration{"later", `CREATE TABLE a (x int)`}, migration{"later still", `CREATE TABLE b (x int)`})
	d := openWith(t, url, later)
	if v, err := schemaVersion(t.Context(), d.pool); err != nil || v != len(later) {
		t.Errorf("schema %d, error %v; want %d", v, err, len(later))
	}
	if list, err := s.Drafts(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("drafts %v, error %v after the upgrade", list, err)
	}
	if _, err := open(t.Context(), url, migrations); !errors.Is(err, ErrNewer) {
		t.Errorf("error %v of the older program, want ErrNewer", err)
	}
}

func TestMigrate_FailingStepUndoesAll(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	broken := append(slices.Clone(migrations), migration{"broken", `CREATE TABLE a (x int); SELECT nonsense`})
	if _, err := open(t.Context(), url, broken); err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Fatalf("error %v, want that of the step", err)
	}
	openWith(t, url, migrations) // or a table would be there already
}

// Mail may hold bytes that are no UTF-8, and NUL; a thread's name comes out of it.
func TestStore_KeepsWhatIsNoText(t *testing.T) {
	t.Parallel()
	d := openWith(t, pgtest.Database(t), migrations)
	s, err := d.Mailbox(t.Context(), "anna@acme.example")
	if err != nil {
		t.Fatal(err)
	}
	const odd = "a\x00b\xff\xfe"
	if err := s.SaveDraft(t.Context(), tracker.Draft{Key: "k", Thread: odd, Answers: odd, Body: odd, Asset: odd, MessageID: odd, Source: []byte(odd), Why: []string{odd}}); err != nil {
		t.Error(err)
	}
	if err := s.AddWord(t.Context(), tracker.Word{Kind: tracker.WordNote, Thread: odd, Address: odd, Text: odd, Source: odd}); err != nil {
		t.Error(err)
	}
	if err := s.Hear(t.Context(), []tracker.Heard{{Place: odd, Signs: []string{odd}, Word: tracker.Word{Kind: tracker.WordHold, Thread: odd}}}); err != nil {
		t.Error(err)
	}
	list, err := s.Drafts(t.Context())
	if err != nil || len(list) != 1 || list[0].Thread != odd || list[0].Body != odd || list[0].Asset != odd {
		t.Errorf("drafts %+v, error %v", list, err)
	}
	words, err := s.Words(t.Context())
	if err != nil || len(words) != 2 || words[0].Text != odd {
		t.Errorf("words %+v, error %v", words, err)
	}
}
