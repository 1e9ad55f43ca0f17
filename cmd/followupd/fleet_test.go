package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"followupd/imapwatch/imaptest"
	"followupd/tracker/postgres/pgtest"
)

// wholeFleet is the environment variable that has workers killed and frozen for as long as `make test-fleet` does.
const wholeFleet = "FOLLOWUPD_FLEET"

// mostTakeover is how long a mailbox may be without a worker after its own was killed, or froze.
const mostTakeover = 10 * time.Second

// fleet is mailboxes on a Dovecot, a database, and workers, each as on a machine of its own.
type fleet struct {
	t       *testing.T
	dir     string // of the mailbox files
	url     string // of the database, without its password
	boxes   []*desk
	workers []*watching
	homes   []*desk // the workers' machines
	people  []string
	db      *pgx.Conn
}

func newFleet(t *testing.T, mailboxes, workers int) *fleet {
	t.Helper()
	return newFleetOn(t, pgtest.Database(t), mailboxes, workers)
}

// newFleetOn makes a fleet on the database of a URL.
func newFleetOn(t *testing.T, whole string, mailboxes, workers int) *fleet {
	t.Helper()
	server := imaptest.Dovecot(t)
	db, err := pgx.Connect(t.Context(), whole)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close(t.Context()) })
	u, err := url.Parse(whole)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.User(u.User.Username())
	f := &fleet{t: t, dir: t.TempDir(), url: u.String(), db: db}
	for i := range mailboxes {
		d := newDesk(t, server.User(t))
		d.mailbox.Read("Sent") // a Dovecot makes the folders at the first login, and two at once may stumble over each other
		d.env = []string{"PGPASSWORD=" + pgtest.Password}
		d.configure("state.dir", "", "state.url", quoted(f.url), "cadence.drafts_per_day", "1000", "imap.poll", quoted("10s"),
			"mailbox.address", quoted(fmt.Sprintf("rep%d@acme.example", i)), "mailbox.aliases", "["+quoted(repAddress)+"]",
			"content.library", quoted(filepath.Join(d.dir, "library")), "imap.password_file", quoted(filepath.Join(d.dir, "password")))
		if err := os.Symlink(d.file(), filepath.Join(f.dir, fmt.Sprintf("rep%d.toml", i))); err != nil {
			t.Fatal(err)
		}
		f.boxes = append(f.boxes, d)
	}
	f.workers = make([]*watching, workers)
	for i := range workers {
		f.homes = append(f.homes, &desk{t: t, dir: t.TempDir(), env: []string{"PGPASSWORD=" + pgtest.Password}})
		f.launch(i)
	}
	return f
}

// launch starts a worker on its machine.
func (f *fleet) launch(worker int) {
	f.t.Helper()
	f.workers[worker] = f.homes[worker].start("run", "-c", f.dir)
}

// write has every rep write to somebody who is due at once.
func (f *fleet) write(to string) {
	f.t.Helper()
	f.people = append(f.people, to)
	for _, d := range f.boxes {
		d.offer(to)
	}
}

var joined = regexp.MustCompile(`joined the fleet.* session=(\d+)`)

// session gives the server's process for what a worker holds, as the worker last said.
func (f *fleet) session(worker int) int {
	all := joined.FindAllStringSubmatch(f.workers[worker].said(), -1)
	if len(all) == 0 {
		return 0
	}
	pid, err := strconv.Atoi(all[len(all)-1][1])
	if err != nil {
		f.t.Fatal(err)
	}
	return pid
}

// held gives how many mailboxes each session holds, but for one session.
func (f *fleet) held(but int) map[int]int {
	f.t.Helper()
	rows, err := f.db.Query(f.t.Context(), `SELECT pid, count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = x'666f6c32'::int::oid
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> $1 GROUP BY pid`, but)
	if err != nil {
		f.t.Fatal(err)
	}
	counts := make(map[int]int)
	var pid, n int
	if _, err := pgx.ForEachRow(rows, []any{&pid, &n}, func() error { counts[pid] = n; return nil }); err != nil {
		f.t.Fatal(err)
	}
	return counts
}

// shared waits until all mailboxes are worked by sessions besides one, and gives how long that took.
func (f *fleet) shared(what string, but int) time.Duration {
	f.t.Helper()
	began := time.Now()
	until(f.t, what, func() bool {
		total := 0
		for _, n := range f.held(but) {
			total += n
		}
		return total == len(f.boxes)
	})
	return time.Since(began)
}

// drafted waits until everybody who was written to has a draft in every mailbox.
func (f *fleet) drafted() {
	f.t.Helper()
	for i, d := range f.boxes {
		until(f.t, fmt.Sprintf("drafts for %v in mailbox %d", f.people, i), func() bool {
			lies := make(map[string]bool)
			for _, m := range d.mailbox.Read("Drafts") {
				lies[strings.Trim(header(m.Raw, "To"), "<>")] = true
			}
			return !slices.ContainsFunc(f.people, func(p string) bool { return !lies[p] })
		})
	}
}

// strike kills or freezes workers in turn while mail comes, and gives how long mailboxes were without a worker.
func (f *fleet) strike(rounds int) (took []time.Duration) {
	f.t.Helper()
	const seed = 7
	dice := rand.New(rand.NewPCG(seed, seed))
	for round := range rounds {
		victim := f.workers[round%len(f.workers)]
		pid := f.session(round % len(f.workers))
		f.write(fmt.Sprintf("lena@prospect%d.example", round))
		<-time.After(time.Duration(dice.IntN(500)) * time.Millisecond) // somewhere in what the mail sets off
		freeze := (round+round/len(f.workers))%2 == 1
		what := syscall.SIGKILL
		if freeze {
			what = syscall.SIGSTOP
		}
		if err := victim.cmd.Process.Signal(what); err != nil {
			f.t.Fatal(err)
		}
		took = append(took, f.shared(fmt.Sprintf("round %d: the others take over", round), pid))
		f.write(fmt.Sprintf("ben@prospect%d.example", round))
		f.drafted()
		if freeze {
			if err := victim.cmd.Process.Signal(syscall.SIGCONT); err != nil {
				f.t.Fatal(err)
			}
		} else {
			<-victim.done
			f.launch(round % len(f.workers))
		}
		until(f.t, "the worker joins again", func() bool { return f.session(round%len(f.workers)) != pid && f.session(round%len(f.workers)) != 0 })
	}
	return took
}

func (f *fleet) endsWithOneEach() {
	f.t.Helper()
	f.drafted()
	for _, w := range f.workers {
		if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			f.t.Fatal(err)
		}
	}
	for _, w := range f.workers {
		if status := w.ended(longEnough); status != 0 {
			f.t.Errorf("a worker that was told to stop ends with %d", status)
		}
	}
	if held := f.held(0); len(held) > 0 {
		f.t.Errorf("mailboxes are held after all workers stopped: %v", held)
	}
	for _, d := range f.boxes {
		d.mustRun("once") // what a process did that woke too late is swept up
		d.oneEach(f.people...)
	}
}

func TestFleet_NoDraftLostAndNoneTwice(t *testing.T) {
	for _, workers := range []int{2, 3} {
		t.Run(fmt.Sprintf("%d_workers", workers), func(t *testing.T) {
			t.Parallel()
			rounds, whole := 2, os.Getenv(wholeFleet) == "full"
			if whole {
				rounds = 24
			}
			f := newFleet(t, 4, workers)
			f.shared("the fleet works all mailboxes", 0)
			took := f.strike(rounds)
			f.endsWithOneEach()
			t.Logf("without a worker for %v", took)
			if slowest := slices.Max(took); whole && slowest > mostTakeover {
				t.Errorf("a mailbox was without a worker for %s, want at most %s", slowest, mostTakeover)
			}
		})
	}
}

// The commands look at the database as they look at a file, from any machine, and what the rep says wakes the worker.
func TestFleet_CommandsWorkFromAnyMachine(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 1, 0)
	d := f.boxes[0]
	d.offer(lena)
	if said := d.mustRun("check"); !strings.Contains(said, "an empty database") {
		t.Errorf("check of an empty database says:\n%s", said)
	}
	if said := d.mustRun("preview"); !strings.Contains(said, lena) {
		t.Errorf("preview says:\n%s", said)
	}
	if n := len(d.mailbox.Read("Drafts")); n != 0 {
		t.Fatalf("%d drafts after a preview", n)
	}
	d.mustRun("once")
	d.oneEach(lena)
	if said := d.mustRun("check"); !strings.Contains(said, "1 mailboxes, 0 workers") {
		t.Errorf("check says:\n%s", said)
	}

	f.homes = append(f.homes, &desk{t: t, dir: t.TempDir(), env: []string{"PGPASSWORD=" + pgtest.Password}})
	f.workers = append(f.workers, nil)
	f.launch(0)
	f.shared("the worker has the mailbox", 0)
	if o := d.run("once"); o.status != 1 || !strings.Contains(o.err, "another followupd works on this mailbox") {
		t.Errorf("once beside a worker ends with %d:\n%s", o.status, o.err)
	}
	d.mustRun("close", lena, "--outcome", "won") // takes the draft back
	d.withdrawn(lena)
}

func TestFleet_WrongDatabasesAreToldApart(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	d.env = []string{"PGPASSWORD=x", "PGCONNECT_TIMEOUT=2"}
	d.configure("state.dir", "", "state.url", quoted("postgres://nobody@127.0.0.1:1/followupd?sslmode=disable"))
	for _, command := range []string{"run", "once", "threads", "check"} {
		if o := d.run(command); o.status != 1 || !strings.Contains(o.err, "the database of state.url: failed to connect") {
			t.Errorf("%s without a database ends with %d:\n%s", command, o.status, o.err)
		}
	}
	other := newDesk(t, imaptest.Memory(t))
	if o := d.run("run", "-c", d.file(), "-c", other.file()); o.status != 2 || !strings.Contains(o.err, "one process works on one database") {
		t.Errorf("run of two kinds of state ends with %d:\n%s", o.status, o.err)
	}
}

// A receiver that is away while the mailbox moves to another worker is told by that one, in order and nothing left out.
func TestFleet_WebhookGoesOnWithTheNextWorker(t *testing.T) {
	t.Parallel()
	c := newCRM(t)
	f := newFleet(t, 1, 0)
	d := f.boxes[0]
	d.write("hook-secret", hookSecret+"\n")
	d.configure("webhook.url", quoted(c.url+"/hooks/followupd"), "webhook.secret_file", quoted(filepath.Join(d.dir, "hook-secret")))
	for range 2 {
		f.homes = append(f.homes, &desk{t: t, dir: t.TempDir(), env: []string{"PGPASSWORD=" + pgtest.Password}})
		f.workers = append(f.workers, nil)
	}
	f.launch(0)
	f.write(lena)
	f.drafted()
	d.passed(ben) // after the first pass, of which nothing is told
	until(t, "it is told of the second thread", func() bool { list, _ := c.changes(ben); return len(list) > 0 })

	_, before := c.changes(lena)
	c.answers(http.StatusServiceUnavailable)
	d.answer(lena)
	until(t, "it was tried in vain", func() bool { _, asked := c.changes(lena); return asked > before })
	if err := f.workers[0].cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	f.workers[0].ended(longEnough)
	d.mustRun("close", lena, "--outcome", "lost") // while nobody works the mailbox
	c.answers(http.StatusNoContent)
	f.launch(1)
	until(t, "both changes are told", func() bool { list, _ := c.changes(lena); return len(list) == 2 })
	if list, _ := c.changes(lena); !slices.Equal(list, []string{"drafted>answered", "answered>closed"}) {
		t.Errorf("told %q", list)
	}
}
