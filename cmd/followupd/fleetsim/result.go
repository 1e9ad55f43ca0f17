package fleetsim

import (
	"fmt"
	"time"
)

// Result is what a day came to.
type Result struct {
	Stretches []Stretch
	Whole     Stretch
	Undone    []Undone // drafts whose moment came and that were not laid, or later than they could
	Full      int      // drafts that wait for tomorrow because the day's number was written
	Over      int      // drafts that wait for tomorrow because the hours ended before they could be laid
	Twice     int      // drafts that were laid twice
	Outside   int      // drafts that were laid outside the hours
	Fenced    int      // drafts that a worker wanted to lay that had lost the mailbox
	Sharing   int      // mailboxes that a worker began with while another worked them in a session that lived
	Even      bool     // whether the mailboxes were shared out evenly at the end
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
	if r.Outside > 0 {
		say("%d drafts were laid outside the hours", r.Outside)
	}
	if r.Sharing > 0 {
		say("%d times a mailbox had two workers", r.Sharing)
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
	if !r.Even {
		say("the mailboxes are not shared out evenly at the end")
	}
	return all
}
