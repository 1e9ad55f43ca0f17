package fleetsim

import (
	"fmt"
	"time"
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

// Validate says what of a setup cannot be played.
func (s Setup) Validate() error {
	switch {
	case s.Mailboxes < 1 || s.Workers < 1 || s.Cores <= 0:
		return fmt.Errorf("%d mailboxes, %d workers and a database of %g cores: want more than none of each", s.Mailboxes, s.Workers, s.Cores)
	case s.Looks < 0 || s.Loads < 0:
		return fmt.Errorf("%d looks and %d loads at once: want more than none, or 0 for the daemon's own number", s.Looks, s.Loads)
	}
	for _, h := range s.Happenings {
		there := s.Workers
		if h.What == Throttling {
			there = len(s.Providers)
		}
		if h.Who >= there {
			return fmt.Errorf("%s: that is number %d of %d: want more", h.Name, h.Who+1, there)
		}
	}
	return nil
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
