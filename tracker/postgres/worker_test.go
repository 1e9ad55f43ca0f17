package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"followupd/tracker"
	"followupd/tracker/postgres"
	"followupd/tracker/postgres/pgtest"
)

// crew is workers in this process, each with connections of its own, and what they work.
type crew struct {
	t     *testing.T
	url   string
	boxes []string

	mu      sync.Mutex
	working map[string][]string // workers by mailbox: two would be wrong
	changed chan struct{}
	wrong   []string
	claims  map[string]postgres.Claim
}

func newCrew(t *testing.T, mailboxes int) *crew { return newCrewOn(t, pgtest.Database(t), mailboxes) }

func newCrewOn(t *testing.T, url string, mailboxes int) *crew {
	c := &crew{t: t, url: url, working: make(map[string][]string), changed: make(chan struct{}, 1), claims: make(map[string]postgres.Claim)}
	for i := range mailboxes {
		c.boxes = append(c.boxes, fmt.Sprintf("rep%d@acme.example", i))
	}
	t.Cleanup(func() {
		for _, w := range c.wrong {
			t.Error(w)
		}
	})
	return c
}

// start lets a worker begin; stop tells it to end and waits until it has.
func (c *crew) start(name string) (stop func()) {
	c.t.Helper()
	db := openDatabase(c.t, c.url)
	ctx, cancel := context.WithCancel(c.t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		db.Work(ctx, c.boxes, nil, slog.New(slog.DiscardHandler), func(ctx context.Context, claim postgres.Claim) {
			c.note(claim.Address, func(who []string) []string { return append(who, name) })
			c.mu.Lock()
			c.claims[claim.Address] = claim
			c.mu.Unlock()
			<-ctx.Done()
			c.note(claim.Address, func(who []string) []string {
				return slices.DeleteFunc(who, func(w string) bool { return w == name })
			})
		})
	})
	stop = func() { cancel(); running.Wait() }
	c.t.Cleanup(stop)
	return stop
}

func (c *crew) note(mailbox string, change func([]string) []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.working[mailbox] = change(c.working[mailbox])
	if len(c.working[mailbox]) > 1 {
		c.wrong = append(c.wrong, fmt.Sprintf("%s is worked by %v at once", mailbox, c.working[mailbox]))
	}
	select {
	case c.changed <- struct{}{}:
	default:
	}
}

// await returns when each worker works so many mailboxes and all are worked.
func (c *crew) await(want map[string]int) {
	c.t.Helper()
	late := time.After(20 * time.Second)
	for {
		c.mu.Lock()
		got := make(map[string]int)
		for _, who := range c.working {
			for _, w := range who {
				got[w]++
			}
		}
		c.mu.Unlock()
		if fmt.Sprint(got) == fmt.Sprint(want) {
			return
		}
		select {
		case <-c.changed:
		case <-late:
			c.t.Fatalf("mailboxes by worker: %v, want %v", got, want)
		}
	}
}

func (c *crew) exec(statement string, args ...any) {
	c.t.Helper()
	conn, err := pgx.Connect(c.t.Context(), c.url)
	if err != nil {
		c.t.Fatal(err)
	}
	defer conn.Close(c.t.Context())
	if _, err := conn.Exec(c.t.Context(), statement, args...); err != nil {
		c.t.Fatal(err)
	}
}

func TestWork_SharesEvenlyAsWorkersComeAndGo(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 12)
	first := c.start("a")
	c.await(map[string]int{"a": 12})
	c.start("b")
	c.await(map[string]int{"a": 6, "b": 6})
	c.start("c")
	c.await(map[string]int{"a": 4, "b": 4, "c": 4})
	first()
	c.await(map[string]int{"b": 6, "c": 6})
}

// A session that says nothing is how a frozen process looks to the server: its socket stands, and nobody answers.
func TestWork_MailboxOfAFrozenSessionIsTakenOver(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 1)
	db := openDatabase(t, c.url)
	openMailbox(t, db, c.boxes[0])
	frozen, err := pgx.Connect(t.Context(), c.url+"&idle_session_timeout=2000")
	if err != nil {
		t.Fatal(err)
	}
	defer frozen.Close(context.WithoutCancel(t.Context()))
	if _, err := frozen.Exec(t.Context(), `SELECT pg_advisory_lock(x'666f6c32'::int, id) FROM mailbox`); err != nil {
		t.Fatal(err)
	}
	c.start("a")
	c.await(map[string]int{"a": 1})
}

func TestWork_LostSessionStopsTheWorkAndIsJoinedAnew(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 2)
	c.start("a")
	c.await(map[string]int{"a": 2})
	c.mu.Lock()
	old := c.claims[c.boxes[0]].Store
	c.mu.Unlock()
	c.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'followupd worker%' AND datname = current_database()`)
	c.await(map[string]int{})
	c.await(map[string]int{"a": 2})
	if err := old.SaveDraft(t.Context(), tracker.Draft{Key: "k"}); !errors.Is(err, postgres.ErrFenced) {
		t.Errorf("a write under the epoch of before: error %v, want ErrFenced", err)
	}
	if err := old.Holds(t.Context()); !errors.Is(err, postgres.ErrFenced) {
		t.Errorf("Holds under the epoch of before: error %v, want ErrFenced", err)
	}
}

func TestWork_HearsWhatTheRepSaysElsewhere(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 1)
	c.start("a")
	c.await(map[string]int{"a": 1})
	elsewhere := openMailbox(t, openDatabase(t, c.url), strings.ToUpper(c.boxes[0]))
	if err := elsewhere.AddWord(t.Context(), tracker.Word{Kind: tracker.WordNote, Address: "lena@nordbau.example", Text: "likes sailing"}); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	spoken := c.claims[c.boxes[0]].Spoken
	c.mu.Unlock()
	select {
	case <-spoken:
	case <-time.After(20 * time.Second):
		t.Error("the worker heard nothing")
	}
}

// A transaction that the frozen process left open must not keep its mailbox from the next: it is left out until the server
// ends it.
func TestWork_MailboxWhoseRowIsHeldComesLater(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 2)
	db := openDatabase(t, c.url)
	for _, b := range c.boxes {
		openMailbox(t, db, b)
	}
	conn, err := pgx.Connect(t.Context(), c.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `SELECT FROM mailbox WHERE address = $1 FOR UPDATE`, c.boxes[0]); err != nil {
		t.Fatal(err)
	}
	c.start("a")
	c.await(map[string]int{"a": 1})
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.await(map[string]int{"a": 2})
}

func TestOpen_OneMigratesWhileOthersWait(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	var opening sync.WaitGroup
	for range 8 {
		opening.Go(func() {
			db, err := postgres.Open(t.Context(), url)
			if err != nil {
				t.Error(err)
				return
			}
			db.Close()
		})
	}
	opening.Wait()
}

func TestOpen_NewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 1)
	openDatabase(t, c.url)
	c.exec(`UPDATE followupd_schema SET version = 4711`)
	if _, err := postgres.Open(t.Context(), c.url); !errors.Is(err, postgres.ErrNewer) || !strings.Contains(err.Error(), "4711") {
		t.Errorf("error %v, want ErrNewer with the version", err)
	}
}

func TestHold_OnePassAtATime(t *testing.T) {
	t.Parallel()
	db := openDatabase(t, pgtest.Database(t))
	const box = "anna@acme.example"
	worked := func(want bool) {
		t.Helper()
		if is, err := db.Worked(t.Context(), box); err != nil || is != want {
			t.Errorf("worked is %t, error %v; want %t", is, err, want)
		}
	}
	worked(false)
	_, first, release, err := db.Hold(t.Context(), box, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	worked(true)
	if _, _, _, err := db.Hold(t.Context(), box, time.Millisecond); !errors.Is(err, postgres.ErrHeld) {
		t.Errorf("error %v while it is held, want ErrHeld", err)
	}
	if err := first.SaveDraft(t.Context(), tracker.Draft{Key: "k"}); err != nil {
		t.Error(err)
	}
	release()
	_, _, again, err := db.Hold(t.Context(), box, 20*time.Second) // the server may take a moment to notice
	if err != nil {
		t.Fatal(err)
	}
	again()
	if err := first.SaveDraft(t.Context(), tracker.Draft{Key: "k"}); !errors.Is(err, postgres.ErrFenced) {
		t.Errorf("error %v under the epoch of before, want ErrFenced", err)
	}
}

func TestLook_ChangesNothing(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	s, err := postgres.Look(t.Context(), url)
	if err != nil || s.Schema != 0 || s.Mailboxes != 0 || s.Locks < 64 || s.Server == "" {
		t.Errorf("an empty database: %+v, error %v", s, err)
	}
	openMailbox(t, openDatabase(t, url), "anna@acme.example")
	if s, err = postgres.Look(t.Context(), url); err != nil || s.Schema == 0 || s.Mailboxes != 1 || s.Workers != 0 {
		t.Errorf("one with a mailbox: %+v, error %v", s, err)
	}
}

// The lock is lost while a pass goes on that does not notice: once another has the mailbox, nothing that the pass writes
// counts.
func TestWork_NothingIsWrittenOnceAnotherHasTheMailbox(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	const box = "anna@acme.example"
	begun := make(chan postgres.Claim)
	var working sync.WaitGroup
	// work is a worker whose pass goes on until finish is closed, whatever it is told.
	work := func(finish chan struct{}) (stop context.CancelFunc) {
		db := openDatabase(t, url)
		ctx, stop := context.WithCancel(t.Context())
		working.Go(func() {
			db.Work(ctx, []string{box}, nil, slog.New(slog.DiscardHandler), func(ctx context.Context, c postgres.Claim) {
				begun <- c
				<-ctx.Done()
				<-finish
			})
		})
		return stop
	}
	pass, none := make(chan struct{}), make(chan struct{})
	close(none)
	stopFirst := work(pass)
	first := (<-begun).Store
	if err := first.SaveDraft(t.Context(), tracker.Draft{Key: "before"}); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = x'666f6c32'::int::oid
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`); err != nil {
		t.Fatal(err)
	}
	stopSecond := work(none)
	second := (<-begun).Store
	late := map[string]error{
		"Holds":     first.Holds(t.Context()),
		"SaveDraft": first.SaveDraft(t.Context(), tracker.Draft{Key: "late"}),
		"AddWord":   first.AddWord(t.Context(), tracker.Word{Kind: tracker.WordNote, Address: "lena@nordbau.example", Text: "late"}),
		"MarkRead":  first.MarkRead(t.Context(), "INBOX", time.Unix(1, 0)),
	}
	for name, err := range late {
		if !errors.Is(err, postgres.ErrFenced) {
			t.Errorf("%s of the pass that goes on: error %v, want ErrFenced", name, err)
		}
	}
	drafts, err := second.Drafts(t.Context())
	if err != nil || len(drafts) != 1 || drafts[0].Key != "before" {
		t.Errorf("the next worker finds the drafts %v, error %v; want the one of before alone", drafts, err)
	}
	close(pass)
	stopFirst()
	stopSecond()
	working.Wait()
}

// What a worker was told is stored survives a crash of the server, and the work goes on by itself.
func TestWork_ServerRestarts(t *testing.T) {
	for name, how := range map[string]pgtest.Mode{"fast": pgtest.Fast, "immediate": pgtest.Immediate} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			own := pgtest.Server(t)
			c := newCrewOn(t, own.URL(), 4)
			c.start("a")
			c.start("b")
			c.await(map[string]int{"a": 2, "b": 2})
			c.mu.Lock()
			writer := c.claims[c.boxes[0]].Store
			c.mu.Unlock()
			var stored []string
			var crashed error
			var writing sync.WaitGroup
			enough := make(chan struct{})
			writing.Go(func() { // until the server goes away
				for i := 0; crashed == nil; i++ {
					key := fmt.Sprint("draft ", i)
					if crashed = writer.SaveDraft(t.Context(), tracker.Draft{Key: key}); crashed == nil {
						stored = append(stored, key)
					}
					if i == 20 {
						close(enough)
					}
				}
			})
			<-enough
			own.Stop(how)
			writing.Wait()
			c.await(map[string]int{})
			own.Start()
			c.await(map[string]int{"a": 2, "b": 2})
			c.mu.Lock()
			reader := c.claims[c.boxes[0]].Store
			c.mu.Unlock()
			drafts, err := reader.Drafts(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			found := make(map[string]int)
			for _, d := range drafts {
				found[d.Key]++
			}
			for _, key := range stored {
				if found[key] != 1 {
					t.Errorf("%q was stored, and is there %d times", key, found[key])
				}
			}
			if len(found) > len(stored)+1 { // the last may have been stored without an answer
				t.Errorf("%d drafts are there, %d were stored", len(found), len(stored))
			}
		})
	}
}
