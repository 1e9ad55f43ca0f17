package sqlite

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"followupd/tracker"
)

// worked gives a state directory in which a draft was placed, and a copy of its state from before that.
func worked(t *testing.T) (dir, before string) {
	t.Helper()
	dir, before = t.TempDir(), t.TempDir()
	s := openWith(t, dir, migrations)
	if _, err := s.Origin(t.Context(), someDay); err != nil {
		t.Fatal(err)
	}
	if err := s.CopyTo(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveDraft(t.Context(), tracker.Draft{Key: "k", State: tracker.DraftPlaced}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, before
}

var someDay = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func TestOrigin_RecoveredWhereTheStateIsOlderThanItsEpoch(t *testing.T) {
	replace := func(t *testing.T, dir, with string) {
		t.Helper()
		for _, name := range []string{fileName, fileName + "-wal", fileName + "-shm"} {
			if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		if with == "" {
			return
		}
		text, err := os.ReadFile(filepath.Join(with, fileName))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fileName), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		to        func(t *testing.T, dir, before string) (now string)
		recovered bool
	}{
		"nothing happened":    {func(_ *testing.T, dir, _ string) string { return dir }, false},
		"older copy restored": {func(t *testing.T, dir, before string) string { replace(t, dir, before); return dir }, true},
		"database deleted":    {func(t *testing.T, dir, _ string) string { replace(t, dir, ""); return dir }, true},
		"directory moved": {func(t *testing.T, dir, _ string) string {
			to := filepath.Join(t.TempDir(), "elsewhere")
			if err := os.Rename(dir, to); err != nil {
				t.Fatal(err)
			}
			return to
		}, false},
		"witness lost": {func(t *testing.T, dir, _ string) string {
			if err := os.Remove(filepath.Join(dir, epochName)); err != nil {
				t.Fatal(err)
			}
			return dir
		}, false},
		"witness cut short by a power failure": {func(t *testing.T, dir, _ string) string {
			if err := os.WriteFile(filepath.Join(dir, epochName), make([]byte, 7), 0o600); err != nil {
				t.Fatal(err)
			}
			return dir
		}, false},
		"crash between commit and witness": {func(t *testing.T, dir, _ string) string {
			if err := os.WriteFile(filepath.Join(dir, epochName), []byte("1\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			return dir
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir, before := worked(t)
			dir = c.to(t, dir, before)
			for day := range 2 { // what was noticed stays so, and is noticed once
				s := openWith(t, dir, migrations)
				origin, err := s.Origin(t.Context(), someDay.AddDate(0, 0, day+1))
				if err != nil {
					t.Fatal(err)
				}
				want := time.Time{}
				if c.recovered {
					want = someDay.AddDate(0, 0, 1)
				}
				if !origin.Recovered.Equal(want) {
					t.Errorf("start %d: recovered %v, want %v", day+1, origin.Recovered, want)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
