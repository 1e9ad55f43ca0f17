package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"followupd/tracker"
)

// fixtures gives what a program of a schema wrote: testdata/since-N.sql holds what the Nth brought. A step that adds something
// to keep adds such a file.
func fixtures(t *testing.T, schema int) []string {
	t.Helper()
	var all []string
	for n := 1; n <= schema; n++ {
		text, err := os.ReadFile(filepath.Join("testdata", fmt.Sprintf("since-%d.sql", n)))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		all = append(all, string(text))
	}
	return all
}

// TestFault_48_UpgradeFromEverySchema upgrades what each older schema held, as its program wrote it, in the middle of an
// intent: the frozen bytes, from where they are looked for, and how often they were, are what decides between one draft and two.
func TestFault_48_UpgradeFromEverySchema(t *testing.T) {
	for schema := 1; schema < len(migrations); schema++ {
		t.Run(fmt.Sprintf("from_%d", schema), func(t *testing.T) {
			dir := t.TempDir()
			old := openWith(t, dir, migrations[:schema])
			for _, statements := range fixtures(t, schema) {
				if _, err := old.durable.Exec(statements); err != nil {
					t.Fatalf("%s: %v", statements, err)
				}
			}
			if err := old.Close(); err != nil {
				t.Fatal(err)
			}
			s := openWith(t, dir, migrations)
			keepsFacts(t, s, schema)
		})
	}
}

// keepsFacts checks what the fixtures up to a schema hold.
func keepsFacts(t *testing.T, s *Store, schema int) {
	t.Helper()
	seen, err := s.SeenRows(t.Context(), []int64{1})
	if err != nil || len(seen) != 1 || seen[0].Reduced || !seen[0].HasBody || seen[0].Message.From[0].Address != "bo@nordbau.example" {
		t.Errorf("messages %+v, error %v", seen, err)
	}
	drafts, err := s.Drafts(t.Context())
	if err != nil || len(drafts) != 2 {
		t.Fatalf("drafts %+v, error %v", drafts, err)
	}
	for _, d := range drafts {
		if d.Key == "unknown" && (d.State != tracker.DraftUnknown || string(d.Source) != "Frozen" || d.Validity != 7 || d.Floor != 41 ||
			d.Looks != 1 || !d.Changed.Equal(time.UnixMilli(2000)) || !d.LookedAt.Equal(time.UnixMilli(3000))) {
			t.Errorf("the draft under way is %+v", d)
		}
	}
	d := tracker.Draft{Key: "placed", Thread: "t", Step: 1, State: tracker.DraftSent, Body: "text"}
	if err := s.SaveDraft(t.Context(), d); err != nil {
		t.Error(err)
	}
	words, err := s.Words(t.Context())
	if err != nil || len(words) != 1 || words[0].Text != "likes gnus" || (words[0].Source != "") != (schema >= 4) {
		t.Errorf("words %+v, error %v", words, err)
	}
	if n, err := s.Forgets(t.Context()); err != nil || (n > 0) != (schema >= 2) {
		t.Errorf("forgets %d, error %v", n, err)
	}
	if claimed, err := s.ClaimDigest(t.Context(), "2026-11-23", someDay); err != nil || claimed != (schema < 3) {
		t.Errorf("a digest that was made could be claimed again: %v, error %v", claimed, err)
	}
	if opinions, err := s.Opinions(t.Context()); err != nil || (len(opinions) == 1) != (schema >= 5) {
		t.Errorf("opinions %+v, error %v", opinions, err)
	}
	if edits, err := s.Edits(t.Context()); err != nil || (len(edits) == 1) != (schema >= 5) {
		t.Errorf("edits %+v, error %v", edits, err)
	}
	if links, err := s.Links(t.Context()); err != nil || (len(links) == 1) != (schema >= 6) {
		t.Errorf("links %+v, error %v", links, err)
	}
	if visits, err := s.Visits(t.Context()); err != nil || (len(visits) == 1) != (schema >= 6) {
		t.Errorf("visits %+v, error %v", visits, err)
	}
	if origin, err := s.Origin(t.Context(), someDay); err != nil || !origin.FirstStart.Equal(time.UnixMilli(1000)) || !origin.Recovered.IsZero() {
		t.Errorf("origin %+v, error %v: an upgrade is no recovery", origin, err)
	}
}
