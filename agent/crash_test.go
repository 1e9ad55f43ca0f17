package agent

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"followupd/imapwatch"
	"followupd/imapwatch/faultserver"
	"followupd/imapwatch/imaptest"
	"followupd/mail"
	"followupd/tracker"
	"followupd/tracker/sqlite"
)

// wholeRun is the environment variable with which every crash point is tried, and not only a part of them.
const wholeRun = "FOLLOWUPD_FAULTS"

// rig is a mailbox on a real server, a state directory and a clock that outlive the programs working on them.
type rig struct {
	t        *testing.T
	mailbox  imaptest.Account // acts as the rep's own hand
	username string           // the program logs in as
	tapped   imaptest.Account // the mailbox as the program reaches it
	death    *death
	dir      string
	now      time.Time
	settle   time.Duration
	err      error // of the last pass
}

func newRig(t *testing.T, mailbox imaptest.Account) *rig {
	t.Helper()
	d, username := &death{}, mailbox.Username
	if username == faultserver.Hand {
		username = imaptest.FaultyUser
	}
	return &rig{
		t: t, mailbox: mailbox, username: username, tapped: tapOf(t, mailbox, d), death: d, dir: t.TempDir(),
		// A Dovecot takes no time of delivery that lies ahead, so the clock goes in the past.
		now: time.Date(2025, 5, 12, 9, 0, 0, 0, time.UTC), settle: 2 * time.Minute,
	}
}

// program runs something with a program of its own, from start to end or death; it says whether it died.
func (r *rig) program(do func(a *Agent) error) (died bool) {
	r.t.Helper()
	ctx := context.Background()
	store, err := sqlite.Open(ctx, r.dir, sqlite.Options{})
	if err != nil {
		r.t.Fatal(err)
	}
	box := imapwatch.New(imapwatch.Config{
		Host: r.mailbox.Host, Port: r.tapped.Port, Security: "none", Username: r.username, Me: []mail.Address{rep},
		Password: func(context.Context) (string, error) { return r.mailbox.Password, nil },
	})
	a := New(plainSettings(r.t, r.settle), wiredBox{box}, mortalStore{store, r.death}, func() time.Time { return r.now }, slog.New(slog.DiscardHandler))
	r.err = do(a)
	died = r.death.died()
	r.death.reborn(false) // a killed program says no farewell
	if err := box.Close(); err != nil {
		r.t.Error(err)
	}
	if err := store.Close(); err != nil {
		r.t.Error(err)
	}
	return died
}

func (r *rig) pass() (died bool) {
	return r.program(func(a *Agent) error { _, err := a.Pass(context.Background(), Options{}); return err })
}

// wiredBox makes an imapwatch.Mailbox the agent's.
type wiredBox struct{ *imapwatch.Mailbox }

func (m wiredBox) Look(ctx context.Context, floor mail.UID) (DraftsState, []mail.Item, error) {
	state, items, err := m.Mailbox.Look(ctx, floor)
	return DraftsState(state), items, err
}

// passes lets settle times go by, each with a pass that must do well.
func (r *rig) passes(n int) {
	r.t.Helper()
	for range n {
		if r.pass(); r.err != nil {
			r.t.Fatalf("a pass without any fault: %v", r.err)
		}
		r.now = r.now.Add(r.settle + time.Second)
	}
}

// letter lays a mail into a folder as delivery or the rep's client would.
func (r *rig) letter(folder string, from, to mail.Address, id, answers, body string, at time.Time) {
	r.t.Helper()
	r.mailbox.Append(folder, nil, at, written(from, to, id, answers, body, at))
}

// offer lays an offer of two weeks ago into Sent.
func (r *rig) offer(to mail.Address) {
	r.t.Helper()
	r.letter("Sent", rep, to, "offer-"+string(to), "", offered, r.now.AddDate(0, 0, -14))
}

func (r *rig) answer(from mail.Address) {
	r.t.Helper()
	r.letter("INBOX", from, rep, "answer-"+string(from), "offer-"+string(from), "Yes, let us start on Monday. Who will join?", r.now)
}

// send does what a mail client does when the rep sends the one draft that lies there.
func (r *rig) send() {
	r.t.Helper()
	drafts := r.mailbox.Read("Drafts")
	if len(drafts) != 1 {
		r.t.Fatalf("%d drafts before the rep sends one", len(drafts))
	}
	r.mailbox.Append("Sent", []string{`\Seen`}, r.now, drafts[0].Raw)
	r.mailbox.Delete("Drafts", drafts[0].UID)
}

// say stores a word of the rep.
func (r *rig) say(w tracker.Word) {
	r.t.Helper()
	r.program(func(a *Agent) error { w.At = r.now; return a.store.AddWord(context.Background(), w) })
}

// message is a message as two runs of the same story can be compared: one of the rep's by its very bytes, a draft of ours
// without its date, which depends on when a killed program was started again.
type message struct {
	Folder, Flags string
	Bytes         [32]byte
	Draft, Says   string
}

// lies gives the whole mailbox. Where the server can only move, our own drafts in Trash are left out: how many copies were
// taken out of Drafts is no promise.
func (r *rig) lies() []message {
	r.t.Helper()
	var all []message
	for _, folder := range []string{"INBOX", "Sent", "Drafts", "Junk", "Trash", "Archive"} {
		for _, m := range r.mailbox.Read(folder) {
			flags := slices.DeleteFunc(m.Flags, func(f string) bool { return f == `\Recent` })
			slices.Sort(flags)
			one := message{Folder: folder, Flags: strings.Join(flags, " ")}
			parsed := mail.Parse(m.Raw)
			if key, _ := split(parsed); key != "" && folder != "Sent" {
				if folder == "Trash" {
					continue
				}
				one.Draft, one.Says = key, essence(parsed)
			} else {
				one.Bytes = sha256.Sum256(m.Raw)
			}
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(a, b message) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return all
}

// story is what happens to a mailbox, with a part that may be cut short anywhere.
type story struct {
	name    string
	before  func(r *rig)             // as far as nothing is interrupted
	during  func(r *rig) (died bool) // nil: a pass
	after   func(r *rig)             // what the rep does when the program runs again; nil: nothing
	drafts  int                      // how many lie in Drafts at the end
	removes bool                     // it needs a server that can remove one message
}

const (
	second = mail.Address("omar@brightway.example")
	third  = mail.Address("ines@fjordgods.example")
)

var stories = []story{
	{name: "first draft", before: func(r *rig) { r.offer(person) }, drafts: 1},
	{name: "three drafts in a pass", before: func(r *rig) { r.offer(person); r.offer(second); r.offer(third) }, drafts: 3},
	{name: "second step", before: func(r *rig) { r.offer(person); r.sent(1) }, drafts: 1},
	{name: "goodbye", before: func(r *rig) { r.offer(person); r.sent(2) }, drafts: 1},
	{name: "withdrawn when answered", removes: true, before: func(r *rig) {
		r.offer(person)
		r.passes(1)
		r.answer(person)
	}},
	{name: "withdrawn for a hold, drafted again after it", removes: true, before: func(r *rig) {
		r.offer(person)
		r.passes(1)
		r.say(tracker.Word{Kind: tracker.WordHold, Address: person, Until: r.now.AddDate(0, 0, 7)})
	}, after: func(r *rig) {
		r.passes(2)
		r.now = r.now.AddDate(0, 0, 14)
	}, drafts: 1},
	{name: "a second copy collapsed", removes: true, before: func(r *rig) {
		r.offer(person)
		r.passes(1)
		r.mailbox.Append("Drafts", []string{`\Draft`, `\Seen`}, r.now, r.mailbox.Read("Drafts")[0].Raw)
	}, drafts: 1},
	{name: "adopted by a new state", before: func(r *rig) {
		r.offer(person)
		r.passes(1)
		r.lose()
	}, drafts: 1},
	{name: "an unknown outcome looked for and tried again", before: func(r *rig) { r.offer(person) }, during: func(r *rig) bool {
		// The program dies before the first byte of the APPEND; what it does about that is what may be interrupted.
		r.death.reborn(false)
		r.dieBefore("before APPEND")
		for range 4 {
			r.now = r.now.Add(r.settle + time.Second)
			r.death.reborn(true)
			if r.pass() {
				return true
			}
		}
		return false
	}, drafts: 1},
	{name: "sent by the rep", before: func(r *rig) {
		r.offer(person)
		r.passes(1)
		r.send()
	}},
	{name: "thrown away by the rep", before: func(r *rig) {
		r.offer(person)
		r.passes(1)
		r.mailbox.Delete("Drafts", r.mailbox.Read("Drafts")[0].UID)
	}},
	{name: "changed by the rep, then answered", before: func(r *rig) {
		r.offer(person)
		r.passes(1)
		ours := r.mailbox.Read("Drafts")[0]
		r.mailbox.Append("Drafts", []string{`\Draft`}, r.now, bytes.Replace(ours.Raw, []byte("\r\n\r\n"), []byte("\r\n\r\nDear Lena,\r\n"), 1))
		r.mailbox.Delete("Drafts", ours.UID)
		r.answer(person)
	}, drafts: 1},
	{name: "forgotten", before: func(r *rig) {
		r.offer(person)
		r.offer(second)
		r.passes(1)
	}, during: func(r *rig) bool { return r.forget() }, after: func(r *rig) { r.forget() }, drafts: 2},
}

// sent has the rep send so many follow-ups, each when it was due, and comes back when the next one is.
func (r *rig) sent(steps int) {
	r.t.Helper()
	for range steps {
		r.passes(1)
		r.send()
		r.passes(1)
		r.now = r.now.AddDate(0, 0, 14)
	}
}

// lose deletes the state.
func (r *rig) lose() {
	r.t.Helper()
	files, err := filepath.Glob(filepath.Join(r.dir, "*"))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range files {
		if err := os.RemoveAll(f); err != nil {
			r.t.Fatal(err)
		}
	}
}

func (r *rig) forget() (died bool) {
	return r.program(func(a *Agent) error { _, err := a.Forget(context.Background(), person); return err })
}

// dieBefore kills a pass at the first moment of a name.
func (r *rig) dieBefore(name string) {
	r.t.Helper()
	r.death.mu.Lock()
	r.death.named = name
	r.death.mu.Unlock()
	if !r.pass() {
		r.t.Fatalf("a pass never came to %q", name)
	}
}

// play lets a story happen, with a death at one of its moments (0: none), and gives the mailbox as it is in the end, the
// moments, and whether death came.
func (s story) play(r *rig, at int) (lies []message, points []string, died bool) {
	r.t.Helper()
	s.before(r)
	r.death.reborn(true)
	r.death.points, r.death.at = nil, at
	if s.during != nil {
		died = s.during(r)
	} else {
		died = r.pass()
	}
	points, r.death.at = r.death.points, 0
	if s.after != nil {
		s.after(r)
	}
	for i := range 7 {
		rest := r.settle + time.Second
		if i == 5 { // a draft that failed before and then met its death is not tried at once again
			rest = mostRest
		}
		r.now = r.now.Add(rest)
		if r.pass(); r.err != nil {
			r.t.Fatalf("a pass after the death: %v", r.err)
		}
	}
	return r.lies(), points, died
}

// kinds of servers. The hostile one finds nothing when asked to search, names a wrong APPENDUID and UIDNEXT, and answers a
// FETCH out of order, twice, and with what nobody asked for. Exchange has UIDPLUS and no MOVE; many old servers have neither.
var kinds = []struct {
	name    string
	mailbox func(t *testing.T) imaptest.Account
	removes bool
}{
	{"Dovecot", func(t *testing.T) imaptest.Account { return imaptest.Dovecot(t).User(t) }, true},
	{"without UIDPLUS", func(t *testing.T) imaptest.Account {
		return imaptest.Dovecot(t).User(t, imaptest.Capability("IMAP4rev1 IDLE MOVE NAMESPACE SPECIAL-USE LITERAL+"))
	}, true},
	{"without UIDPLUS and MOVE", func(t *testing.T) imaptest.Account {
		return imaptest.Dovecot(t).User(t, imaptest.Capability("IMAP4rev1 IDLE NAMESPACE SPECIAL-USE"))
	}, false},
	{"embedded", func(t *testing.T) imaptest.Account { return imaptest.Memory(t) }, true},
	{"hostile", func(t *testing.T) imaptest.Account {
		_, hand := imaptest.Faulty(t, faultserver.Options{Faults: faultserver.Faults{
			Append: faultserver.AppendWrongUID, Search: faultserver.SearchEmpty,
			FetchShuffled: true, FetchRepeated: true, FetchUnasked: true, NextLow: true,
		}})
		return hand
	}, true},
}

// Every write of a program to the disk or to the mailbox is a numbered point. The program is killed at each, before and
// after its effect, and started again; then the whole mailbox must be what it is without a death.
func TestCrash_AtEveryWriteLeavesTheMailboxAsWithoutIt(t *testing.T) {
	whole := os.Getenv(wholeRun) == "full"
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			total, tried := 0, 0
			t.Cleanup(func() {
				t.Logf("%d crash points in %d stories, %d of them tried", total, len(stories), tried)
			})
			for i, s := range stories {
				if s.removes && !kind.removes {
					continue
				}
				calm := newRig(t, kind.mailbox(t))
				want, points, died := s.play(calm, 0)
				if died {
					t.Fatalf("%s: died without being killed", s.name)
				}
				drafts := 0
				for _, m := range want {
					if m.Folder == "Drafts" {
						drafts++
					}
				}
				if drafts != s.drafts {
					t.Fatalf("%s: %d drafts at the end without any death, want %d: %v", s.name, drafts, s.drafts, want)
				}
				total += len(points)
				for at := 1; at <= len(points); at++ {
					if !whole && !worthWhile(points[at-1], at+i) {
						continue
					}
					tried++
					t.Run(fmt.Sprintf("%s/%03d %s", s.name, at, points[at-1]), func(t *testing.T) {
						t.Parallel()
						r := newRig(t, kind.mailbox(t))
						got, _, died := s.play(r, at)
						if !died {
							t.Fatalf("point %d of %d was never reached", at, len(points))
						}
						if diff := cmp.Diff(want, got); diff != "" {
							t.Errorf("the mailbox in the end (-without a death +with one):\n%s", diff)
						}
					})
				}
			}
			if whole && total < 40 {
				t.Errorf("%d crash points, want 40 or more: the path is not covered", total)
			}
		})
	}
}

// worthWhile picks the points that are tried where not all are: those of the mailbox and the journal in turn.
func worthWhile(point string, turn int) bool {
	if strings.Contains(point, "batch") || strings.Contains(point, "was read") || strings.Contains(point, "body") || strings.Contains(point, "first start") {
		return turn%24 == 0
	}
	return turn%6 == 0
}
