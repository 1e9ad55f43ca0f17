package sqlite_test

import (
	"testing"

	"followupd/tracker"
	"followupd/tracker/sqlite"
	"followupd/tracker/storetest"
)

func TestStore_Contract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) tracker.Store { return open(t, t.TempDir()) })
}

// open opens a store and closes it when the test ends.
func open(t testing.TB, dir string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
