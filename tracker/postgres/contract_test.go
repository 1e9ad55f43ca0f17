package postgres_test

import (
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"followupd/tracker"
	"followupd/tracker/postgres"
	"followupd/tracker/postgres/pgtest"
	"followupd/tracker/storetest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// Every case has a mailbox of its own in one database, so it also shows that none sees another's.
func TestStore_Contract(t *testing.T) {
	db := openDatabase(t, pgtest.Database(t))
	var n atomic.Int64
	storetest.Run(t, func(t *testing.T) tracker.Store {
		return openMailbox(t, db, fmt.Sprintf("rep%d@acme.example", n.Add(1)))
	})
}

func TestTrails_Contract(t *testing.T) {
	db := openDatabase(t, pgtest.Database(t))
	var n atomic.Int64
	storetest.RunTrails(t, func(t *testing.T) storetest.TrailStore {
		return openMailbox(t, db, fmt.Sprintf("rep%d@acme.example", n.Add(1)))
	})
}

func TestOutbox_Contract(t *testing.T) {
	db := openDatabase(t, pgtest.Database(t))
	var n atomic.Int64
	storetest.RunOutbox(t, func(t *testing.T) storetest.OutboxStore {
		return openMailbox(t, db, fmt.Sprintf("rep%d@acme.example", n.Add(1)))
	})
}

func openDatabase(t testing.TB, url string) *postgres.Database {
	t.Helper()
	db, err := postgres.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

func openMailbox(t testing.TB, db *postgres.Database, address string) *postgres.Store {
	t.Helper()
	s, err := db.Mailbox(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
