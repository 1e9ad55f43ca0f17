// Package fleetsim plays a fleet's working day: far more mailboxes and workers than one machine can hold, event after
// event. What decides is the daemon's own code: who works which mailbox (tracker/postgres/share), when a
// thread is due and may be drafted (tracker.Calendar, tracker.Agenda), when a server is asked again and in which turn
// (imapwatch/pacing), how long a failed pass rests (agent.BackoffBy). The database and the mail providers are models, whose
// costs are measured or assumed (docs/fleet.md). A run depends on its Setup alone.
package fleetsim

import (
	"math/rand/v2"
	"time"

	"followupd/tracker"
	"followupd/tracker/postgres/share"
)

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

// Run plays a day.
func Run(s Setup) Result { return newWorld(s).play() }

// newWorld makes the morning of a day, of which nothing has been played.
func newWorld(s Setup) *world {
	w := &world{Setup: s, clock: &clock{}, costs: s.Costs, tally: newTally(), dice: rand.New(rand.NewPCG(s.Seed, s.Seed))}
	w.day = time.Date(2026, time.March, 10, 0, 0, 0, 0, time.UTC) // a Tuesday
	w.policy = tracker.Policy{
		DraftsADay: 10, Cadence: tracker.Cadence{FollowUpAfter: []tracker.Window{{BusinessDays: 3}}},
		Calendar: tracker.Calendar{From: 8 * time.Hour, To: 18 * time.Hour},
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
