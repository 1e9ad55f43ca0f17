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
// after a loss that all notice in the same second, would leave it no time to answer anybody within the limit, so that all lost
// their sessions over it. Turn is how long one waits for its turn before it tries again at the next beat.
const (
	Looks = 2
	Turn  = time.Second
)

// Connections is how many connections a process has at most besides the one that holds its locks. Nobody holds one and waits
// for another, so few serve many mailboxes.
const Connections = 8
