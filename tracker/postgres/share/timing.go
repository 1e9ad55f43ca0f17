package share

import "time"

// How a worker keeps ahead of the server: a session that answered at some moment is asked again after a Beat, and given up
// where it does not answer within Answer, before the server gives it up for having said nothing for as long as Fallen and
// lets others have its mailboxes. So a worker that is cut off stops before another begins.
const (
	Beat   = time.Second
	Answer = 3 * time.Second // Beat + Answer < Fallen
	Fallen = 5 * time.Second
)

// Looks is how many workers look at all locks at once. With 50,000 locks a look costs the server 40 ms; a hundred at once, as
// after a loss that all notice in the same second, would leave a small one no time to answer anybody within the limit, so that
// all lost their sessions over it. Turn is how long one waits for its turn, and LookLimit how long it looks, before it tries
// again at the next beat: a server that is busy otherwise costs nobody the session.
const (
	Looks     = 4
	Turn      = time.Second
	LookLimit = 1500 * time.Millisecond // Turn + LookLimit < Answer
)

// Connections is how many connections a process has at most besides the one that holds its locks. Nobody holds one and waits
// for another, so few serve many mailboxes. Loads is how many of its mailboxes read all their messages at a time, as each does
// once when it was taken: after a restart of the database every mailbox of the fleet wants to, and more at a time make none of
// them faster, but leave the server no time for those who have begun to work, and for the sharing out.
const (
	Connections = 8
	Loads       = 2
)
