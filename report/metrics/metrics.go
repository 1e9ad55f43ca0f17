// Package metrics tells Prometheus how the mailboxes of a process fare, by its own client library and on a registry of its own.
//
// It guarantees that a mailbox has a bounded number of series (Most), whatever lies in it; that the only label that tells
// mailboxes apart is the name that their administrator gave them; and that nothing of a prospect or a mail is told: no
// address, no subject, no server's words.
package metrics

import (
	"time"

	"followupd/tracker"
)

// Process is what there is to tell of a process at one moment.
type Process struct {
	Version   string
	GoVersion string
	Files     int       // mailboxes that its files name
	Mailboxes []Mailbox // those that it works, in the order of their names
	Worker    *Worker   // what it is in a fleet; nil: it is in none
}

// Worker is how a worker of a fleet fares.
type Worker struct {
	Joined bool   // its session with the database stands: the database is reachable, and locks can be held
	Lost   uint64 // sessions that were lost, or did not come about
}

// Mailbox is what there is to tell of a mailbox. Counts are since the process began to work it.
type Mailbox struct {
	Name     string    // its file's, without .toml
	Up       bool      // a pass has done all it should since the start, and so did the last: as /readyz has it
	Watchers []Watcher // that were heard of
	Epoch    int64     // of the lock by which a worker holds it; 0: it is in no fleet

	LastPass            time.Time     // the last that did all it should, of this process or one before; zero: none
	Passes, PassesWrong uint64        // that did all they should, and that did not
	Passing             time.Duration // spent in passes

	Threads map[string]int // by state, after the last pass; nil: there was none. It is not changed any more
	Drafts  Drafts
	IMAP    IMAP
	Model   *Model   // nil: none is asked
	Webhook *Webhook // nil: none is told
}

// Watcher is a connection that waits for news.
type Watcher struct {
	Folder    string // "INBOX" or "Sent", whatever the server calls them
	Connected bool   // or the server has no room or no way for one: then it is asked at intervals
}

// Drafts is how many there are, and what became of them.
type Drafts struct {
	Waiting, Unknown           int // in Drafts; sent there, and nobody knows whether they came
	Due                        int // threads that are due and get none now: it is no hour for it, the day's number is reached …
	Placed, Withdrawn, Refused uint64
	AppendsFailed              uint64
}

// IMAP is the traffic with the server.
type IMAP struct {
	Commands, Received, Sent uint64 // Received and Sent in bytes, encryption included
	Logins, Lost             uint64
	Failed                   []Failure
}

// Failure is how often a connection did not come about for a cause.
type Failure struct {
	Cause string
	Count uint64
}

// Model is what a language model was asked and cost.
type Model struct {
	Calls, Errors, Tokens uint64
	Cost                  float64 // in the currency of the prices that the file gives
}

// Webhook is how the telling of a CRM fares.
type Webhook struct {
	Waiting                 int
	Told, Failures, GivenUp uint64 // notices taken, tries that failed, notices given up
}

// Most is how many series a mailbox has at most. A thousand mailboxes are 42,000 series, which Prometheus takes from one
// target without ado.
const Most = 42

// threadStates are the states that a thread can have.
func threadStates() [8]tracker.State {
	return [...]tracker.State{
		tracker.Waiting, tracker.Due, tracker.Drafted, tracker.Answered, tracker.Held, tracker.Review, tracker.Closed, tracker.Ignored,
	}
}
