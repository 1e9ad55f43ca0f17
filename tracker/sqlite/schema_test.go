package sqlite

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"

	"followupd/tracker"
)

// later are the migrations with steps that a later version may add.
func later(steps ...string) []migration {
	all := slices.Clone(migrations)
	for _, step := range steps {
		all = append(all, migration{name: "later", sql: step})
	}
	return all
}

func schemaOf(t *testing.T, db *sql.DB) (version int) {
	t.Helper()
	if err := db.QueryRow(`PRAGMA user_version`).Scan(&version); err != nil {
		t.Fatal(err)
	}
	return version
}

func openWith(t *testing.T, dir string, steps []migration) *Store {
	t.Helper()
	s, err := open(t.Context(), dir, Options{}, steps)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestMigrate_EmptyDirectoryToNewest(t *testing.T) {
	s := openWith(t, t.TempDir(), migrations)
	if got := schemaOf(t, s.reading); got != len(migrations) {
		t.Errorf("schema %d, want %d", got, len(migrations))
	}
}

func TestMigrate_OlderToNewestKeepsTheFacts(t *testing.T) {
	dir := t.TempDir()
	old := openWith(t, dir, migrations)
	if err := old.SaveDraft(t.Context(), tracker.Draft{Key: "k", State: tracker.DraftIntent}); err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	s := openWith(t, dir, later(`CREATE TABLE a (x)`, `CREATE TABLE b (x)`))
	if got, want := schemaOf(t, s.reading), len(migrations)+2; got != want {
		t.Errorf("schema %d, want %d", got, want)
	}
	drafts, err := s.Drafts(t.Context())
	if err != nil || len(drafts) != 1 || drafts[0].State != tracker.DraftIntent {
		t.Errorf("drafts %v, error %v after the upgrade", drafts, err)
	}

	// And back: the older program refuses.
	if _, err := open(t.Context(), dir, Options{}, migrations); !errors.Is(err, ErrNewer) {
		t.Errorf("error %v of the older program, want ErrNewer", err)
	}
}

func TestFault_48_FailingUpgradeIsUndoneWhole(t *testing.T) {
	dir := t.TempDir()
	steps := later(`CREATE TABLE a (x)`, `CREATE TABLE b (x); INSERT INTO nowhere VALUES (1)`)
	if _, err := open(t.Context(), dir, Options{}, steps); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Fatalf("error %v, want that of the step", err)
	}
	s := openWith(t, dir, later(`CREATE TABLE a (x)`)) // a is there, or this would create it again
	if got, want := schemaOf(t, s.reading), len(migrations)+1; got != want {
		t.Errorf("schema %d, want %d", got, want)
	}
	var n int
	if err := s.reading.QueryRow(`SELECT count(*) FROM sqlite_schema WHERE name = 'b'`).Scan(&n); err != nil || n != 0 {
		t.Errorf("half a step stayed: %d, error %v", n, err)
	}
}

// TestPools_Settings holds what each connection promises. A commit with synchronous FULL (2) waits for the disk.
func TestPools_Settings(t *testing.T) {
	s := openWith(t, t.TempDir(), migrations)
	for _, c := range []struct {
		pool   *sql.DB
		name   string
		pragma string
		want   string
	}{
		{s.durable, "durable", "synchronous", "2"},
		{s.durable, "durable", "journal_mode", "wal"},
		{s.durable, "durable", "foreign_keys", "1"},
		{s.durable, "durable", "busy_timeout", "10000"},
		{s.quick, "quick", "synchronous", "1"},
		{s.quick, "quick", "journal_mode", "wal"},
		{s.quick, "quick", "foreign_keys", "1"},
		{s.quick, "quick", "busy_timeout", "10000"},
		{s.quick, "quick", "temp_store", "2"},
		{s.reading, "reading", "query_only", "1"},
		{s.reading, "reading", "busy_timeout", "10000"},
	} {
		var got string
		if err := c.pool.QueryRow("PRAGMA " + c.pragma).Scan(&got); err != nil || got != c.want {
			t.Errorf("%s of %s is %q, error %v; want %q", c.pragma, c.name, got, err, c.want)
		}
	}
}

// TestSeen_IsOneWalk holds the query plans that keep a walk over the messages light: each table is read once, in order.
func TestSeen_IsOneWalk(t *testing.T) {
	s := openWith(t, t.TempDir(), migrations)
	for _, query := range []string{headersQuery, bodiesQuery, sightingsQuery} {
		rows, err := s.reading.Query("EXPLAIN QUERY PLAN "+query, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, detail)
		}
		if len(plan) != 1 || !strings.HasPrefix(plan[0], "SEARCH ") || !strings.HasSuffix(plan[0], ">?)") {
			t.Errorf("plan of %s:\n%s", query, strings.Join(plan, "\n"))
		}
	}
}
