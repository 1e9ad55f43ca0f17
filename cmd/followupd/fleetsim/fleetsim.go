// Package fleetsim plays a fleet's working day: far more mailboxes and workers than one machine can hold, event after
// event. What decides is the daemon's own code: who works which mailbox (tracker/postgres/share), when a
// thread is due and may be drafted (tracker.Calendar, tracker.Agenda), when a server is asked again and in which turn
// (imapwatch/pacing), how long a failed pass rests (agent.BackoffBy). The database and the mail providers are models, whose
// costs are measured or assumed (docs/fleet.md). A run depends on its Setup alone.
package fleetsim

import (
	"fmt"
	"math/rand/v2"
	"time"

	"followupd/tracker"
	"followupd/tracker/postgres/share"
)

// Setup is what is played.
type Setup struct {
	Mailboxes, Workers int
	Seed               uint64
	Cores              float64       // of the database's machine
	From, To           time.Duration // of the day
	Costs              Costs
	Looks              int     // how many look at all locks at once; 0: as the daemon
	Loads              int     // how many mailboxes of a worker load at once; 0: as the daemon
	SilencesAWeek      float64 // that begin in a mailbox; a working day has a seventh of them due
	MailsADay          float64 // that arrive in a mailbox
	Providers          []Provider
	Happenings         []Happening
}

// Happening is something that befalls the fleet.
type Happening struct {
	At   time.Duration
	Name string
	What What
	For  time.Duration // how long: the database is away, the provider throttles
	Who  int           // which worker, or which provider
	Most int           // logins a second that the provider takes meanwhile
	Part float64       // of the provider's connections that end
}

// What is a kind of happening.
type What int

// The kinds.
const (
	Hour       What = iota // nothing but the clock: a new stretch begins
	Kill                   // a worker dies
	Freeze                 // a worker stands still
	Drain                  // a worker is told to stop
	Join                   // a worker that had ended comes back
	Restart                // the database is away for a while
	Throttling             // a provider ends connections and takes few logins for a while
)

// poll is how often a mailbox is read without any event (imap.poll's default).
const poll = 5 * time.Minute

// world is everything.
type world struct {
	Setup
	*clock
	day       time.Time // its midnight
	dice      *rand.Rand
	db        *database
	tally     *tally
	costs     Costs
	policy    tracker.Policy
	providers []*provider
	workers   []*worker
	boxes     []*box // by number, from 1
	all       []int32

	seen []share.Member // what members gives; nil: something has changed
}

// Result is what a day came to.
type Result struct {
	Stretches []Stretch
	Whole     Stretch
	Undone    []Undone // drafts whose moment came and that were not laid, or later than they could
	Twice     int      // drafts that were laid twice
	Fenced    int      // drafts that a worker wanted to lay that had lost the mailbox
	Sharing   int      // mailboxes that a worker began with while another had not noticed that its own right was over
	Sessions  int      // connections to the database at work at a time, at most
	Locks     int
}

// Undone is a draft that was not laid, though nothing says that it is the next day's.
type Undone struct {
	Mailbox int32
	Due     time.Duration
}

// settling is how long before the end of what is played a draft must have come due to be counted on: after a restart of the
// database the latest takes 2 to 3 minutes.
const settling = 10 * time.Minute

// Run plays a day.
func Run(s Setup) Result { return newWorld(s).play() }

// newWorld makes the morning of a day, of which nothing has been played.
func newWorld(s Setup) *world {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		zone = time.UTC
	}
	w := &world{Setup: s, clock: &clock{}, costs: s.Costs, tally: newTally(), dice: rand.New(rand.NewPCG(s.Seed, s.Seed))}
	w.day = time.Date(2026, time.March, 10, 0, 0, 0, 0, zone) // a Tuesday
	w.policy = tracker.Policy{
		DraftsADay: 10, Cadence: tracker.Cadence{FollowUpAfter: []tracker.Window{{BusinessDays: 3}}},
		Calendar: tracker.Calendar{Zone: zone, From: 8 * time.Hour, To: 18 * time.Hour},
	}
	w.tally.lookCost = s.Costs.Look
	if s.Looks == 0 {
		w.Looks = share.Looks
	}
	if s.Loads == 0 {
		w.Loads = share.Loads
	}
	w.db = &database{
		clock: w.clock, cores: s.Cores, up: true, tally: w.tally, holder: make(map[int32]uint32), session: make(map[uint32]*worker),
		slots: make([][]*looking, w.Looks), changed: func() { w.seen = nil },
	}
	w.people()
	w.now = s.From
	w.db.at = s.From
	for range s.Workers {
		k := &worker{world: w}
		w.workers = append(w.workers, k)
		w.after(time.Duration(w.dice.Float64()*float64(10*time.Second)), k.start)
	}
	return w
}

// people makes the providers and the mailboxes.
func (w *world) people() {
	for _, p := range w.Providers {
		w.providers = append(w.providers, &provider{Provider: p, clock: w.clock, dice: w.dice, tally: w.tally})
	}
	w.boxes = append(w.boxes, nil)
	for id := int32(1); int(id) <= w.Mailboxes; id++ {
		b := &box{id: id, messages: 500 + int(w.dice.ExpFloat64()*2500)}
		pick, which := w.dice.Float64(), 0
		for which < len(w.providers)-1 && pick >= w.providers[which].Share {
			pick -= w.providers[which].Share
			which++
		}
		b.at = w.providers[which]
		b.at.boxes = append(b.at.boxes, b)
		b.fill(w)
		w.boxes = append(w.boxes, b)
		w.all = append(w.all, id)
		w.tally.freed(w.From, id)
	}
}

// hour gives a time of day at which a rep writes: 85 of 100 mails within working hours, the rest around them.
func (w *world) hour() time.Duration {
	if w.dice.Float64() < 0.85 {
		return 8*time.Hour + time.Duration(w.dice.Float64()*float64(10*time.Hour))
	}
	return 6*time.Hour + time.Duration(w.dice.Float64()*float64(17*time.Hour))
}

// nextMail gives when the next mail arrives: nine in ten within working hours.
func (w *world) nextMail(now time.Duration) time.Duration {
	rate := w.MailsADay * 0.9 / (10 * time.Hour).Seconds()
	if now < 8*time.Hour || now >= 18*time.Hour {
		rate = w.MailsADay * 0.1 / (14 * time.Hour).Seconds()
	}
	return now + time.Duration(w.dice.ExpFloat64()/rate*float64(time.Second))
}

// play lets the day pass, stretch by stretch.
func (w *world) play() Result {
	var r Result
	names := []Happening{{At: w.From, Name: starting}}
	for _, h := range w.Happenings {
		names = append(names, h)
		w.at(h.At, func() { w.befall(h) })
	}
	evens := make([]time.Duration, len(names))
	for i, h := range names {
		evens[i] = -1
		w.at(h.At+1, func() { w.await(h.At, func(took time.Duration) { evens[i] = took }) })
	}
	w.run(w.To)
	for i, h := range names {
		to := w.To
		if i+1 < len(names) {
			to = names[i+1].At
		}
		s := w.tally.stretch(h.Name, h.At, to)
		if h.What == Restart {
			s.Away = h.For
		}
		if s.Even = evens[i]; h.At+s.Even >= to {
			s.Even = -1
		}
		r.Stretches = append(r.Stretches, s)
	}
	r.Whole = w.tally.stretch("the whole day", w.From, w.To)
	for _, b := range w.boxes[1:] {
		for i := range b.due {
			if t := &b.due[i]; t.due < w.To-settling && t.missed() {
				r.Undone = append(r.Undone, Undone{b.id, t.due})
			}
		}
	}
	r.Twice, r.Fenced, r.Sharing, r.Sessions, r.Locks = w.tally.twice, w.tally.fenced, w.tally.together, w.tally.openMost, len(w.db.holder)+len(w.db.session)
	return r
}

// await tells how long it took from an event until all mailboxes were worked and evenly so.
func (w *world) await(since time.Duration, even func(took time.Duration)) {
	if w.even() {
		even(w.now - since)
		return
	}
	w.after(250*time.Millisecond, func() { w.await(since, even) })
}

func (w *world) even() bool {
	if len(w.db.holder) < w.Mailboxes || !w.db.up {
		return false
	}
	least, most, all := w.Mailboxes, 0, 0
	for _, k := range w.workers {
		if k.alive && !k.frozen {
			n := len(k.claims)
			least, most, all = min(least, n), max(most, n), all+n
		}
	}
	return all == w.Mailboxes && most-least <= 1
}

func (w *world) befall(h Happening) {
	switch h.What {
	case Kill:
		w.workers[h.Who].kill()
	case Freeze:
		w.workers[h.Who].freeze()
	case Drain:
		w.workers[h.Who].drain()
	case Join:
		w.workers[h.Who].start()
	case Restart:
		w.db.stop()
		w.after(h.For, func() { w.db.up = true })
	case Throttling:
		p := w.providers[h.Who]
		p.most = h.Most
		p.drop(h.Part)
		w.after(h.For, func() { p.most = 0 })
	}
}

// Day is a working day of a fleet with everything that may befall it.
func Day(mailboxes, workers int, seed uint64) Setup {
	at := func(hour, minute int) time.Duration {
		return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
	}
	big := func(n int) int { return max(n*mailboxes/50_000, 1) }
	return Setup{
		Mailboxes: mailboxes, Workers: workers, Seed: seed, Cores: 8, From: at(6, 0), To: at(19, 0), Costs: Measured(mailboxes),
		SilencesAWeek: 21, MailsADay: 40,
		Providers: []Provider{{"A", 0.4, false}, {"B", 0.35, false}, {"others", 0.25, true}},
		Happenings: []Happening{
			{At: at(8, 0), Name: "08:00: hours begin, provider A ends all connections", What: Throttling, Who: 0, Part: 1},
			{At: at(9, 30), Name: "09:30: a worker is killed", What: Kill, Who: 1},
			{At: at(9, 45), Name: "09:45: it comes back", What: Join, Who: 1},
			{At: at(10, 0), Name: "10:00: a worker freezes", What: Freeze, Who: 2},
			{At: at(10, 15), Name: "10:15: another comes in its place", What: Join, Who: 2},
			{At: at(11, 0), Name: "11:00: the database restarts, 5 s", What: Restart, For: 5 * time.Second},
			{At: at(13, 0), Name: "13:00: provider B throttles for half an hour", What: Throttling, Who: 1, For: 30 * time.Minute, Most: big(20), Part: 0.5},
			{At: at(15, 0), Name: "15:00: a worker is told to stop", What: Drain, Who: 3},
			{At: at(15, 15), Name: "15:15: it is started again", What: Join, Who: 3},
			{At: at(16, 0), Name: "16:00: nothing happens", What: Hour},
		},
	}
}

// starting is the first stretch of a day.
const starting = "all workers start"

// mostUnworked is how long a mailbox may be without a worker while the database is there.
const mostUnworked = 10 * time.Second

// Violations says what must never happen and did.
func (r Result) Violations() []string {
	var all []string
	say := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if r.Twice > 0 {
		say("%d drafts were laid twice", r.Twice)
	}
	if n := len(r.Undone); n > 0 {
		say("%d drafts were never laid, one of mailbox %d that was due at %s", n, r.Undone[0].Mailbox, r.Undone[0].Due)
	}
	for _, s := range r.Stretches {
		if s.Name != starting && s.Unworked > mostUnworked+s.Away {
			say("%s: a mailbox had no worker for %s", s.Name, s.Unworked.Round(time.Millisecond))
		}
		if s.Even < 0 {
			say("%s: the mailboxes were not even again by the end", s.Name)
		}
	}
	return all
}
