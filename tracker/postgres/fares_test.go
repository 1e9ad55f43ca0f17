package postgres_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"followupd/tracker/postgres"
)

func TestFares_TellsWhetherTheDatabaseIsReached(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 1)
	db := openDatabase(t, c.url)
	if f := db.Fares(); f.Joined || f.Lost != 0 || !f.Turned.IsZero() {
		t.Errorf("before the work: %+v", f)
	}
	type seen struct {
		epoch       int64
		taken, left postgres.Fares
	}
	taken, left := make(chan struct{}), make(chan seen)
	ctx, stop := context.WithCancel(t.Context())
	var working sync.WaitGroup
	defer working.Wait()
	defer stop()
	working.Go(func() {
		db.Work(ctx, c.boxes, nil, slog.New(slog.DiscardHandler), func(ctx context.Context, claim postgres.Claim) {
			s := seen{epoch: claim.Epoch, taken: db.Fares()}
			taken <- struct{}{}
			<-ctx.Done()
			s.left = db.Fares()
			left <- s
		})
	})
	late := time.After(20 * time.Second)
	wait := func(what string) (s seen) {
		t.Helper()
		select {
		case <-taken:
		case s = <-left:
		case <-late:
			t.Fatal(what)
		}
		return s
	}
	wait("no mailbox is taken")
	c.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'followupd worker%' AND datname = current_database()`)
	first := wait("the lost session ends no work")
	wait("the mailbox is not taken again")
	stop()
	second := wait("the work does not end")
	if !first.taken.Joined || first.taken.Lost != 0 || first.taken.Turned.IsZero() || first.left.Joined {
		t.Errorf("the first time: %+v", first)
	}
	if !second.taken.Joined || second.taken.Lost == 0 || second.epoch <= first.epoch || second.left.Turned.Before(first.left.Turned) {
		t.Errorf("after the loss: %+v, and before %+v", second, first)
	}
}
