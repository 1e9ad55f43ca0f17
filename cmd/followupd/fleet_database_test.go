package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"followupd/tracker/postgres/pgtest"
)

// evenly waits until every session that works mailboxes works so many.
func (f *fleet) evenly(what string, counts ...int) {
	f.t.Helper()
	until(f.t, what, func() bool {
		var got []int
		for _, n := range f.held(0) {
			got = append(got, n)
		}
		slices.Sort(got)
		return slices.Equal(got, counts)
	})
}

// A worker that is told to stop hands over, and one that comes gets its share, while mail arrives.
func TestFleet_StoppingAndStartingMovesMailboxes(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 4, 2)
	f.evenly("two workers share four mailboxes", 2, 2)
	f.write(lena)
	began := time.Now()
	if err := f.workers[0].cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status := f.workers[0].ended(longEnough); status != 0 {
		t.Errorf("a worker that was told to stop ends with %d", status)
	}
	f.evenly("the other works all four", 4)
	left := time.Since(began)
	f.write(ben)
	began = time.Now()
	f.launch(0)
	f.evenly("the worker that comes has its share", 2, 2)
	came := time.Since(began)
	t.Logf("handed over after %s, even after %s", left, came)
	if whole := os.Getenv(wholeFleet) == "full"; whole && max(left, came) > mostTakeover {
		t.Errorf("handed over after %s, even after %s; want at most %s", left, came, mostTakeover)
	}
	f.endsWithOneEach()
}

// The database goes away under working workers, as an administrator stops it and as it crashes, and comes back: they do
// nothing meanwhile, join anew by themselves, and every draft lies there once.
func TestFleet_DatabaseRestarts(t *testing.T) {
	t.Parallel()
	own := pgtest.Server(t)
	f := newFleetOn(t, own.URL(), 2, 2)
	f.evenly("two workers share two mailboxes", 1, 1)
	const lost = "database not reached"
	for i, how := range []pgtest.Mode{pgtest.Fast, pgtest.Immediate} {
		f.write(fmt.Sprintf("lena@prospect%d.example", i)) // what this sets off is under way
		var before []int
		for _, w := range f.workers {
			before = append(before, strings.Count(w.said(), lost))
		}
		own.Stop(how)
		for k, w := range f.workers {
			until(t, fmt.Sprintf("worker %d notices", k), func() bool { return strings.Count(w.said(), lost) > before[k] })
		}
		f.write(fmt.Sprintf("ben@prospect%d.example", i))
		own.Start()
		f.connect(own.URL())
		f.evenly("they share the mailboxes again", 1, 1)
		f.drafted()
	}
	f.endsWithOneEach()
}

// connect opens the test's own connection anew.
func (f *fleet) connect(whole string) {
	f.t.Helper()
	db, err := pgx.Connect(f.t.Context(), whole)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { db.Close(f.t.Context()) })
	f.db = db
}

func TestFleet_OlderProgramRefusesNewerTables(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 1, 0)
	d := f.boxes[0]
	d.mustRun("once")
	if _, err := f.db.Exec(t.Context(), `UPDATE followupd_schema SET version = 4711`); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"run", "once", "threads", "check"} {
		if o := d.run(command); o.status != 1 || !strings.Contains(o.err, "install that newer version") {
			t.Errorf("%s on newer tables ends with %d:\n%s", command, o.status, o.err)
		}
	}
}

// What a fleet makes of a database that is older than its mailboxes: two drafts were laid down since, of which the rep threw one
// away, and a third thread fell due.
func TestFleet_RestoredFromAnOlderBackup(t *testing.T) {
	t.Parallel()
	own := pgtest.Server(t)
	for _, program := range []string{"pg_dump", "pg_restore"} {
		if _, err := os.Stat(own.Program(program)); err != nil {
			t.Skipf("no %s beside the server", program)
		}
	}
	f := newFleetOn(t, own.URL(), 1, 0)
	d := f.boxes[0]
	d.offer("zoe@fjord.example")
	d.mustRun("once")
	backup := filepath.Join(t.TempDir(), "backup")
	tool := func(name string, args ...string) {
		t.Helper()
		if said, err := exec.Command(own.Program(name), args...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, said)
		}
	}
	tool("pg_dump", "--format=custom", "--file="+backup, own.URL())
	d.offer(lena)
	d.offer(ben)
	d.mustRun("once")
	d.oneEach("zoe@fjord.example", lena, ben)
	d.mailbox.Delete("Drafts", d.drafts(ben)[0].UID)
	tool("pg_restore", "--clean", "--if-exists", "--dbname="+own.URL(), backup)
	d.offer(cleo)
	for range 3 {
		d.mustRun("once")
	}
	for _, who := range []string{"zoe@fjord.example", lena} {
		if n := len(d.drafts(who)); n != 1 {
			t.Errorf("%d drafts for %s, which lay there before, want 1", n, who)
		}
	}
	for _, who := range []string{ben, cleo} { // cleo's was due before as well
		if state := d.stateOf(who); state != "review" {
			t.Errorf("the thread with %s is %s, want it to wait for the rep", who, state)
		}
	}
	d.mustRun("reopen", cleo)
	d.mustRun("once")
	d.oneEach("zoe@fjord.example", lena, cleo)
}
