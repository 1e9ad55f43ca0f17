package fleetsim

import "time"

// Costs are what the database's processor spends on each question, and how many transactions and rows that is.
type Costs struct {
	Crew     time.Duration // a worker's question each second
	Look     time.Duration // at all locks; grows with the mailboxes
	Take     time.Duration // a lock and an epoch
	List     time.Duration // the numbers of all mailboxes, at a worker's start
	Session  time.Duration // a connection
	Load     time.Duration // a thousand messages, when a worker begins with a mailbox
	Pass     Cost          // one without change
	Mail     Cost          // what one with new mail costs besides
	Draft    Cost          // what a draft costs besides
	LoadedBy int           // transactions of a load
}

// Cost is what something costs the database.
type Cost struct {
	Processor    time.Duration
	Transactions int
	Rows         int // written
}

// Measured are the costs as BenchmarkFleet (tracker/postgres) and TestFleetCost (cmd/followupd) gave them on a machine with two
// cores: docs/fleet.md has the figures and how to repeat them. Look and List are for so many mailboxes.
func Measured(mailboxes int) Costs {
	each := func(d time.Duration) time.Duration { return d * time.Duration(mailboxes) / 50_000 }
	return Costs{
		Crew: 500 * time.Microsecond, Look: each(40 * time.Millisecond), Take: 9 * time.Microsecond, List: each(125 * time.Millisecond),
		Session: 5 * time.Millisecond, Load: 4 * time.Millisecond, LoadedBy: 11,
		Pass:  Cost{1300 * time.Microsecond, 14, 4},
		Mail:  Cost{1700 * time.Microsecond, 3, 4},
		Draft: Cost{5500 * time.Microsecond, 18, 18},
	}
}
