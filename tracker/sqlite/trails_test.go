package sqlite

import (
	"bytes"
	"testing"
	"time"

	"followupd/tracker"
	"followupd/tracker/storetest"
)

func TestTrails_KeepsTheContract(t *testing.T) {
	storetest.RunTrails(t, func(t *testing.T) storetest.TrailStore { return openWith(t, t.TempDir(), migrations) })
}

func TestLink_IsFoundByItsTokenAlone(t *testing.T) {
	s := openWith(t, t.TempDir(), migrations)
	want, err := s.SaveLink(t.Context(), tracker.Link{Token: "tok", Draft: "d", Thread: "t", URL: "https://acme.example/"})
	if err != nil {
		t.Fatal(err)
	}
	if got, found, err := s.Link(t.Context(), "tok"); got != want || !found || err != nil {
		t.Errorf("got %v, %v, %v", got, found, err)
	}
	if got, found, err := s.Link(t.Context(), "d"); found || err != nil {
		t.Errorf("got %v, %v, %v for a token there is not", got, found, err)
	}
}

func TestVisitorSalt_IsAnotherEachDayAndTheOldOneIsGone(t *testing.T) {
	s := openWith(t, t.TempDir(), migrations)
	at := time.Date(2026, 11, 23, 23, 59, 0, 0, time.UTC)
	salt := func(at time.Time) []byte {
		t.Helper()
		b, err := s.VisitorSalt(t.Context(), at)
		if err != nil || len(b) != 32 {
			t.Fatalf("a salt of %d bytes, error %v", len(b), err)
		}
		return b
	}
	monday := salt(at)
	if !bytes.Equal(monday, salt(at.Add(-time.Hour))) {
		t.Error("the salt changed within a day")
	}
	if bytes.Equal(monday, salt(at.Add(2*time.Minute))) {
		t.Error("the next day has the same salt")
	}
	var n int
	if err := s.reading.QueryRow(`SELECT count(*) FROM visitor_salt`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d salts are kept, error %v", n, err)
	}
}

func TestOutbox_KeepsTheContract(t *testing.T) {
	storetest.RunOutbox(t, func(t *testing.T) storetest.OutboxStore { return openWith(t, t.TempDir(), migrations) })
}
