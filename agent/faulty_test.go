package agent

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"followupd/imapwatch"
	"followupd/imapwatch/faultserver"
	"followupd/imapwatch/imaptest"
	"followupd/mail"
	"followupd/tracker"
	"followupd/tracker/sqlite"
)

// place is a mailbox on the fault server, a state directory and a clock: the real parts of the program work on them, and
// each pass is a program of its own, as after a restart.
type place struct {
	t      *testing.T
	server *faultserver.Server
	clock  *atomic.Int64 // nanoseconds since 1970, shared by the places of one mailbox
	dir    string
	settle time.Duration
	limit  time.Duration // of an IMAP command
	policy func(*tracker.Policy)
}

// newPlace starts a mailbox in which nothing lies. The clock stands at a Monday morning.
func newPlace(t *testing.T, faults faultserver.Faults) *place {
	t.Helper()
	t.Parallel() // they wait far more than they compute
	p := &place{t: t, clock: new(atomic.Int64), dir: t.TempDir(), settle: 2 * time.Minute, limit: 5 * time.Second}
	p.at(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	p.server, _ = imaptest.Faulty(t, faultserver.Options{Faults: faults, Now: p.now})
	return p
}

// another is a second place of work on the same mailbox: another machine, with a state of its own.
func (p *place) another() *place {
	q := *p
	q.dir = p.t.TempDir()
	return &q
}

func (p *place) now() time.Time       { return time.Unix(0, p.clock.Load()).UTC() }
func (p *place) at(t time.Time)       { p.clock.Store(t.UnixNano()) }
func (p *place) wait(d time.Duration) { p.clock.Add(int64(d)) }

// deliver lays a message into a folder, received so long ago; headers are further header lines.
func (p *place) deliver(folder string, from, to mail.Address, id, answers, body string, ago time.Duration, headers ...string) {
	p.t.Helper()
	received := p.now().Add(-ago)
	lines := append([]string{
		"From: <" + string(from) + ">", "To: <" + string(to) + ">", "Subject: " + map[bool]string{true: "Re: "}[answers != ""] + "Freight audit",
		"Message-ID: <" + id + ">", "Date: " + received.Format(time.RFC1123Z),
	}, headers...)
	if answers != "" {
		lines = append(lines, "In-Reply-To: <"+answers+">", "References: <"+answers+">")
	}
	if !strings.Contains(strings.Join(headers, "\n"), "Content-Type") {
		lines = append(lines, "Content-Type: text/plain; charset=utf-8")
	}
	lines = append(lines, "", strings.ReplaceAll(body, "\n", "\r\n"), "")
	p.server.Deliver(folder, []string{`\Seen`}, received, []byte(strings.Join(lines, "\r\n")))
}

const pitch = "an audit of your freight invoices takes a week and costs nothing until it finds something. Would a pilot with your two biggest carriers make sense for you?\n\nAnna"

const otherPerson = mail.Address("ben@isarlog.example")

// silent lays two due threads into the mailbox: offers of two weeks ago that nobody answered.
func (p *place) silent() {
	p.t.Helper()
	p.deliver("Sent", rep, person, "offer@acme.example", "", "Hi Lena,\n\n"+pitch, 14*24*time.Hour)
	p.deliver("Sent", rep, otherPerson, "other@acme.example", "", "Hi Ben,\n\n"+pitch, 13*24*time.Hour)
}

// start builds the program on the place. Whoever stops it looks at what its connections did.
func (p *place) start() (*Agent, func()) {
	p.t.Helper()
	store, err := sqlite.Open(context.Background(), p.dir, sqlite.Options{})
	if err != nil {
		p.t.Fatal(err)
	}
	book, err := builtIn()
	if err != nil {
		p.t.Fatal(err)
	}
	box := imapwatch.New(imapwatch.Config{
		Host: p.server.Addr().IP.String(), Port: p.server.Addr().Port, Security: "none", Username: imaptest.FaultyUser,
		Password: func(context.Context) (string, error) { return "secret", nil },
		Limit:    p.limit, Now: p.now, Me: []mail.Address{rep},
	})
	set := Settings{
		Rep: mail.Person{Name: "Anna Berg", Address: rep}, Signature: "Anna Berg\nAcme",
		Policy: tracker.Policy{
			Me: []mail.Address{rep}, Internal: []string{"acme.example"}, Since: 90 * 24 * time.Hour, DraftsADay: 100,
			Cadence: tracker.Cadence{FollowUpAfter: []tracker.Window{{BusinessDays: 3}, {BusinessDays: 5}}, BreakUpAfter: tracker.Window{BusinessDays: 7}},
		},
		Playbook: book, Settle: p.settle, Poll: 5 * time.Minute, Reach: 200 * 24 * time.Hour,
	}
	if p.policy != nil {
		p.policy(&set.Policy)
	}
	a := New(set, realBox{box}, store, p.now, slog.New(slog.DiscardHandler))
	return a, func() {
		if err := errors.Join(box.Close(), store.Close()); err != nil {
			p.t.Error(err)
		}
	}
}

// realBox is imapwatch's Mailbox as the agent wants it.
type realBox struct{ *imapwatch.Mailbox }

func (b realBox) Look(ctx context.Context, floor mail.UID) (DraftsState, []mail.Item, error) {
	state, items, err := b.Mailbox.Look(ctx, floor)
	return DraftsState(state), items, err
}

// pass starts the program, lets it pass once and ends it.
func (p *place) pass() (Result, error) {
	p.t.Helper()
	a, stop := p.start()
	defer stop()
	return a.Pass(context.Background(), Options{})
}

// passes lets the program pass n times, a settle time apart, whatever comes of it.
func (p *place) passes(n int) {
	p.t.Helper()
	for range n {
		_, _ = p.pass() // a fault is on
		p.wait(p.settle + time.Second)
	}
}

// calm switches the faults off, shows what was held back, and lets passes go by that have to succeed.
func (p *place) calm() {
	p.t.Helper()
	p.server.Heal()
	p.server.Arrive()
	p.goOn()
}

// goOn is calm on a server that stays as it is.
func (p *place) goOn() {
	p.t.Helper()
	for range 5 {
		p.wait(p.settle + time.Second)
		if _, err := p.pass(); err != nil {
			p.t.Fatalf("a pass after all faults: %v", err)
		}
	}
}

// drafts gives what lies in Drafts, but for what is marked \Deleted: a removal that was cut in two leaves such a mark, and
// nobody but the rep removes what bears one.
func (p *place) drafts() []faultserver.Message {
	return slices.DeleteFunc(p.server.Snapshot()["Drafts"], func(m faultserver.Message) bool { return m.Has(`\Deleted`) })
}

// draftsTo gives what lies in Drafts for somebody.
func (p *place) draftsTo(to mail.Address) []faultserver.Message {
	var found []faultserver.Message
	for _, m := range p.drafts() {
		if people := mail.ParseHeader(m.Raw).To; len(people) == 1 && people[0].Address == to {
			found = append(found, m)
		}
	}
	return found
}

// oneEach checks that Drafts holds exactly one draft for each of the people, and nothing else.
func (p *place) oneEach(people ...mail.Address) {
	p.t.Helper()
	for _, who := range people {
		if n := len(p.draftsTo(who)); n != 1 {
			p.t.Errorf("%d drafts to %s, want exactly 1", n, who)
		}
	}
	if n := len(p.drafts()); n != len(people) {
		p.t.Errorf("%d messages in Drafts, want %d", n, len(people))
	}
}

// state gives where the thread with somebody stands.
func (p *place) standing(who mail.Address) tracker.Standing {
	p.t.Helper()
	a, stop := p.start()
	defer stop()
	all, err := a.Standings(context.Background(), p.now())
	if err != nil {
		p.t.Fatal(err)
	}
	found := tracker.Find(all, string(who))
	if len(found) != 1 {
		p.t.Fatalf("%d threads with %s", len(found), who)
	}
	return found[0]
}

// copyState puts a copy of the state directory somewhere else.
func (p *place) copyState() string {
	p.t.Helper()
	to := filepath.Join(p.t.TempDir(), "state")
	if err := os.CopyFS(to, os.DirFS(p.dir)); err != nil {
		p.t.Fatal(err)
	}
	return to
}

// each runs a test for each of the faults, by name.
func each(t *testing.T, faults map[string]faultserver.Faults, test func(t *testing.T, p *place)) {
	t.Helper()
	for name, f := range faults {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) { test(t, newPlace(t, f)) })
	}
}

// appends gives a fault of each way of an APPEND to go wrong that is named.
func appends(ways ...faultserver.Append) map[string]faultserver.Faults {
	all := make(map[string]faultserver.Faults)
	for _, way := range ways {
		all[string(way)] = faultserver.Faults{Append: way, Times: 1}
	}
	return all
}
