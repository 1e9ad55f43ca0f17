package main

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"followupd/imapwatch/faultserver"
	"followupd/imapwatch/imaptest"
)

// wholeRun is the environment variable that has the storms blow at full length: `make test-faults` sets it to "full".
const wholeRun = "FOLLOWUPD_FAULTS"

// mostRestart is how long a killed program may take until it is at work again.
const mostRestart = 5 * time.Second

// storm is a row of kills of the real program, each at another moment, while new threads fall due.
type storm struct {
	t       *testing.T
	rand    *rand.Rand
	threads int
	kills   int
	hand    imaptest.Account // the rep's, which no fault touches
	desks   []*desk          // one daemon each, all on one mailbox
	age     time.Duration    // of the mails the rep wrote

	people  []string
	slowest time.Duration // of all restarts
}

func newStorm(t *testing.T, threads, kills, wholeThreads, wholeKills int, mailbox imaptest.Account, daemons int) *storm {
	t.Helper()
	if os.Getenv(wholeRun) == "full" {
		threads, kills = wholeThreads, wholeKills
	}
	mailbox.Read("Sent") // a Dovecot makes the folders at the first login, and two at once may stumble over each other
	const seed = 5
	s := &storm{t: t, hand: mailbox, rand: rand.New(rand.NewPCG(seed, seed)), threads: threads, kills: kills, age: 14 * 24 * time.Hour}
	for range daemons {
		d := newDesk(t, mailbox)
		d.configure("cadence.drafts_per_day", "1000", "imap.poll", quoted("10s"))
		s.desks = append(s.desks, d)
	}
	return s
}

// write has the rep write to people until there are so many, all of whom are due.
func (s *storm) write(threads int) {
	s.t.Helper()
	var letters []imaptest.Message
	for len(s.people) < threads {
		n := len(s.people)
		person := fmt.Sprintf("lena@nordbau%03d.example", n)
		s.people = append(s.people, person)
		at := time.Now().Add(-s.age)
		letters = append(letters, imaptest.Message{Flags: []string{`\Seen`}, Received: at, Raw: letter(
			"From: Anna Berg <"+repAddress+">", "To: "+person, fmt.Sprintf("Subject: Freight invoices of site %d", n),
			fmt.Sprintf("Message-ID: <offer-%d@acme.example>", n), "Date: "+at.Format(time.RFC1123Z), "", "Hello,", "",
			fmt.Sprintf("an audit of the %d invoices of your site takes a week and costs nothing until it finds something.", 100+n),
			"Would a pilot with your two biggest carriers make sense for you?", "", "Anna Berg")})
	}
	if len(letters) > 0 {
		s.hand.AppendAll("Sent", letters...)
	}
}

// blow kills one of the daemons so often, each time when fuse says so, and starts it again. fuse is told of the kill to
// come and gives a channel that is closed when its moment has come.
func (s *storm) blow(fuse func(kill int) <-chan struct{}) {
	s.t.Helper()
	running := make([]*watching, len(s.desks))
	for i := range s.desks {
		running[i] = s.restart(i)
	}
	for kill := range s.kills {
		s.write(s.threads * (kill + 1) / s.kills) // all by the last kill
		blown := fuse(kill)
		late := time.NewTimer(3 * time.Second)
		select {
		case <-blown:
		case <-late.C: // it waits for a settle time, say
		}
		late.Stop()
		i := s.rand.IntN(len(s.desks))
		_ = running[i].cmd.Process.Kill()
		<-running[i].done
		running[i] = s.restart(i)
	}
	for _, p := range running {
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// restart starts a daemon and waits until it is at work.
func (s *storm) restart(i int) *watching {
	s.t.Helper()
	start := time.Now()
	p := s.desks[i].start()
	p.line(0, "ready")
	s.slowest = max(s.slowest, time.Since(start))
	return p
}

// atRest is how long a daemon may take to lay down all that is due, on a machine that does much else.
const atRest = 15 * time.Minute

// rest lets a daemon work until nothing is due, and gives the states of all threads by person.
func (s *storm) rest(d *desk) map[string]thread {
	s.t.Helper()
	p := d.start()
	defer func() {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		p.ended(longEnough)
	}()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	var open int
	for deadline := time.Now().Add(atRest); time.Now().Before(deadline); <-tick.C {
		all := d.threads()
		open = len(s.people) - len(all)
		for _, th := range all {
			if th.State != "drafted" && th.State != "review" {
				open++
			}
		}
		if open == 0 {
			return all
		}
	}
	s.t.Errorf("%d of %d threads are neither drafted nor in review %s after the last kill", open, len(s.people), atRest)
	return d.threads()
}

// settled lets every daemon come to rest and checks that nothing was lost, nothing doubled, and no state damaged.
func (s *storm) settled() {
	s.t.Helper()
	var all map[string]thread
	for _, d := range s.desks {
		s.t.Cleanup(func() {
			if s.t.Failed() {
				s.t.Logf("what it says of the threads:\n%s", d.run("threads", "--all").out)
			}
		})
		all = s.rest(d)
	}
	for _, d := range s.desks { // the one's last word is the other's news
		d.mustRun("once")
	}
	s.counted(all)
	if s.slowest > mostRestart {
		s.t.Errorf("a restart took %s, want at most %s", s.slowest, mostRestart)
	}
}

// counted checks that everybody has exactly one draft, but for those whose threads wait for the rep, and that no state is
// damaged. all are the threads by person.
func (s *storm) counted(all map[string]thread) {
	s.t.Helper()
	lies, lost, doubled, review := make(map[string]int), 0, 0, 0
	for _, m := range s.desks[0].mailbox.Read("Drafts") {
		lies[strings.Trim(header(m.Raw, "To"), "<>")]++
	}
	for _, person := range s.people {
		switch n := lies[person]; {
		case n == 0 && all[person].State == "review":
			review++
			if why := strings.Join(all[person].Reasons, " "); strings.Contains(why, "house rules") {
				s.t.Errorf("no text was left for %s: %s", person, why)
			}
		case n == 0:
			lost++
		case n > 1:
			doubled++
		}
		delete(lies, person)
	}
	for _, d := range s.desks {
		if verdict := integrity(s.t, d.state()); verdict != "ok" {
			s.t.Errorf("integrity_check of %s: %s", d.state(), verdict)
		}
	}
	s.t.Logf("%d threads, %d kills, %d daemons: lost %d, doubled %d, in review %d, slowest restart %s", len(s.people), s.kills, len(s.desks), lost, doubled, review,
		s.slowest.Round(time.Millisecond))
	if lost > 0 || doubled > 0 || len(lies) > 0 {
		s.t.Errorf("lost %d, doubled %d, to nobody who was written to %v", lost, doubled, lies)
	}
}

// integrity asks SQLite for the whole check of a state.
func integrity(t *testing.T, dir string) string {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "state.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil {
		t.Fatal(err)
	}
	return verdict
}

// roughWeather is what a server may do wrong and still keep every draft it took. What it says in an APPEND strikes once.
func roughWeather(r *rand.Rand) faultserver.Faults {
	f := faultserver.Faults{Times: 1, Late: time.Duration(r.IntN(3000)) * time.Millisecond}
	appends := faultserver.Appends()
	if r.IntN(2) == 0 {
		f.Append = appends[r.IntN(len(appends))]
		f.Answer = "NO [OVERQUOTA] the mailbox is full"
	}
	switch r.IntN(8) {
	case 0:
		f.Search = faultserver.SearchEmpty
	case 1:
		f.FetchShuffled, f.FetchRepeated = true, true
	case 2:
		f.FetchUnasked = true
	case 3:
		f.IdleBye = true
	case 4:
		f.NextLow = true
	}
	return f
}

// onFaultServer arms a fuse that blows at a random command to come, in weather that changes with every kill.
func (s *storm) onFaultServer(server *faultserver.Server) func(int) <-chan struct{} {
	return func(int) <-chan struct{} {
		server.Set(roughWeather(s.rand))
		blown, left := make(chan struct{}), 1+s.rand.IntN(60)
		var mu sync.Mutex
		server.OnEach(func(faultserver.Command) {
			mu.Lock()
			defer mu.Unlock()
			if left--; left == 0 {
				close(blown)
			}
		})
		return blown
	}
}

func TestStorm_OnAFaultServer(t *testing.T) {
	t.Parallel()
	server, hand := imaptest.Faulty(t, faultserver.Options{})
	s := newStorm(t, 12, 8, 500, 200, hand, 1)
	s.desks[0].configure("imap.username", quoted(imaptest.FaultyUser))
	s.blow(s.onFaultServer(server))
	server.OnEach(nil)
	server.Arrive()
	server.Heal()
	s.settled()
}

func TestStorm_TwoDaemonsOnOneFaultServer(t *testing.T) {
	t.Parallel()
	server, hand := imaptest.Faulty(t, faultserver.Options{})
	s := newStorm(t, 8, 6, 100, 50, hand, 2)
	for _, d := range s.desks {
		d.configure("imap.username", quoted(imaptest.FaultyUser), "cadence.follow_up_after", `["1h"]`)
	}
	// Whoever meets a draft it does not know believes that its state was lost, and leaves what was due before to the rep. So
	// the two meet first, and all that follows falls due after that.
	s.age = time.Hour - 2*time.Second
	for i := range s.desks {
		s.write(i + 1)
		until(t, "a draft", func() bool { s.desks[i].mustRun("once"); return len(hand.Read("Drafts")) == i+1 })
		s.desks[1-i].mustRun("once")
	}
	s.blow(s.onFaultServer(server))
	server.OnEach(nil)
	server.Arrive()
	server.Heal()
	s.settled()
}

// TestMorning_SixtyFirstFollowUpsAreAllDrafted has sixty people fall due at once who were all written the same: more than the
// window of drafts that a new one must differ from, and the texts do not run out.
func TestMorning_SixtyFirstFollowUpsAreAllDrafted(t *testing.T) {
	t.Parallel()
	server, hand := imaptest.Faulty(t, faultserver.Options{})
	s := newStorm(t, 60, 0, 60, 0, hand, 1)
	s.desks[0].configure("imap.username", quoted(imaptest.FaultyUser))
	s.write(s.threads)
	server.Arrive()
	for person, th := range s.rest(s.desks[0]) {
		if th.State != "drafted" {
			t.Errorf("the thread with %s is in %s: %s", person, th.State, strings.Join(th.Reasons, " "))
		}
	}
	if n := len(hand.Read("Drafts")); n != s.threads {
		t.Errorf("%d drafts lie in Drafts, want %d", n, s.threads)
	}
}

// cutter is a proxy that lets so many bytes through, in both directions and on all connections together, and then cuts
// every connection at once.
type cutter struct {
	server string

	mu    sync.Mutex
	left  int           // bytes until the cut; 0: none is due
	blown chan struct{} // closed at the cut
	open  map[net.Conn]bool
}

// fuse sets the next cut.
func (c *cutter) fuse(bytes int) <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left, c.blown = bytes, make(chan struct{})
	return c.blown
}

// passes says how many of n bytes may still go through; fewer than n: the cut is to be made behind them.
func (c *cutter) passes(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left == 0 {
		return n
	}
	if n < c.left {
		c.left -= n
		return n
	}
	n, c.left = c.left-1, 0
	return n
}

func (c *cutter) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn := range c.open {
		conn.Close()
	}
	clear(c.open)
	if c.blown != nil {
		close(c.blown)
		c.blown = nil
	}
}

func (c *cutter) listen(t *testing.T) (port int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.open = make(map[net.Conn]bool)
	var running sync.WaitGroup
	carry := func(to, from net.Conn) {
		defer to.Close()
		defer from.Close()
		for buf := make([]byte, 4096); ; {
			n, err := from.Read(buf)
			if err != nil {
				return
			}
			through := c.passes(n)
			if _, err := to.Write(buf[:through]); err != nil {
				return
			}
			if through < n {
				c.cut()
				return
			}
		}
	}
	running.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", c.server)
			if err != nil {
				client.Close()
				continue
			}
			c.mu.Lock()
			c.open[client], c.open[server] = true, true
			c.mu.Unlock()
			running.Go(func() { carry(server, client) })
			running.Go(func() { carry(client, server) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		c.cut()
		running.Wait()
	})
	return listener.Addr().(*net.TCPAddr).Port
}

// A real server behind a line that breaks at any byte; the program is killed as it breaks.
func TestStorm_OnDovecotBehindABreakingLine(t *testing.T) {
	t.Parallel()
	mailbox := imaptest.Dovecot(t).User(t)
	c := &cutter{server: mailbox.Addr()}
	s := newStorm(t, 8, 6, 200, 100, mailbox, 1)
	s.desks[0].configure("imap.port", strconv.Itoa(c.listen(t)))
	s.blow(func(int) <-chan struct{} { return c.fuse(1 + s.rand.IntN(25_000+1_500*len(s.people))) })
	s.desks[0].configure("imap.port", strconv.Itoa(mailbox.Port))
	s.settled()
}
