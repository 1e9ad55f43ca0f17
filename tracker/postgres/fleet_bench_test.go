package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"followupd/tracker/postgres/pgtest"
)

// The fleet whose costs are measured: what docs/fleet.md speaks of, on a server set up as it says.
const (
	benchMailboxes = 50_000
	benchWorkers   = 100
)

// benchFleet is sessions of workers that hold their share of the mailboxes each. Nothing is done to these.
type benchFleet struct {
	db       *Database
	boxes    []string
	ids      []int32
	sessions []*session
}

func newBenchFleet(b *testing.B) *benchFleet {
	own := pgtest.Server(b, "max_connections=200", "max_locks_per_transaction=512")
	db, err := Open(b.Context(), own.URL())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(db.Close)
	db.session.RuntimeParams["idle_session_timeout"] = "0" // nobody asks each second here
	f := &benchFleet{db: db}
	for i := range benchMailboxes {
		f.boxes = append(f.boxes, fmt.Sprintf("firstname.lastname%d@acme.example", i))
	}
	ids, err := db.mailboxes(b.Context(), db.pool, f.boxes)
	if err != nil {
		b.Fatal(err)
	}
	for _, a := range f.boxes {
		f.ids = append(f.ids, ids[a])
	}
	slices.Sort(f.ids)
	for i := range benchWorkers {
		s := f.session(b)
		share := len(f.ids) / benchWorkers
		got, err := s.take(f.ids[i*share:(i+1)*share], share)
		if err != nil || len(got) != share {
			b.Fatalf("worker %d took %d mailboxes, error %v", i, len(got), err)
		}
	}
	return f
}

func (f *benchFleet) session(b *testing.B) *session {
	s, err := f.db.newSession(b.Context(), workerName)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(s.close)
	if err := s.join(); err != nil {
		b.Fatal(err)
	}
	f.sessions = append(f.sessions, s)
	return s
}

// serverTime gives the processor time of the server's process for a session (proc(5), fields 14 and 15).
func serverTime(b *testing.B, s *session) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.pid))
	if err != nil {
		return 0 // not Linux: only the time on the wall is given
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	var ticks int
	for _, f := range fields[11:13] {
		n, err := strconv.Atoi(f)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100
}

// BenchmarkFleet gives what each question of a worker costs the server (server-ms, processor time) with 50,000 mailboxes
// held by 100 workers.
func BenchmarkFleet(b *testing.B) {
	f := newBenchFleet(b)
	measure := func(name string, do func(s *session) error) {
		b.Run(name, func(b *testing.B) {
			s := f.sessions[0]
			before := serverTime(b, s)
			for b.Loop() {
				if err := do(s); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((serverTime(b, s)-before).Microseconds())/1000/float64(b.N), "server-ms/op")
		})
	}
	measure("crew", func(s *session) error { _, err := s.crew(); return err })
	measure("look", func(s *session) error { _, err := s.look(); return err })
	measure("take_and_leave_500", func(s *session) error {
		mine := f.ids[:500]
		if err := s.leave(mine...); err != nil {
			return err
		}
		got, err := s.take(mine, len(mine))
		if err == nil && len(got) != len(mine) {
			err = fmt.Errorf("took %d", len(got))
		}
		return err
	})
	measure("list", func(s *session) error {
		return s.do(func(ctx context.Context) error {
			_, err := f.db.mailboxes(ctx, s.conn, f.boxes)
			return err
		})
	})
	b.Run("look_of_all_at_once", func(b *testing.B) {
		for b.Loop() {
			var slowest time.Duration
			var crowded int
			var mu sync.Mutex
			var looking sync.WaitGroup
			for _, s := range f.sessions {
				looking.Go(func() {
					began := time.Now()
					_, err := s.look()
					mu.Lock()
					defer mu.Unlock()
					slowest = max(slowest, time.Since(began))
					if errors.Is(err, errCrowded) {
						crowded++
					} else if err != nil {
						b.Error(err)
					}
				})
			}
			looking.Wait()
			b.ReportMetric(float64(slowest.Milliseconds()), "slowest-ms")
			b.ReportMetric(float64(crowded), "next-beat")
		}
	})
}
