// Package share decides how the mailboxes of a fleet are shared out among its workers. It is pure: it knows no database and
// no clock but the beats that its caller counts, so that a simulation runs the same code as the fleet.
//
// Every worker decides for itself from what all see alike; where two want the same mailbox, its lock decides. Looking at all
// locks costs the server in proportion to the mailboxes, not to what changed (docs/fleet.md), so each worker tells the
// others how many it holds, and the locks are looked at only where these numbers say that there is something to do.
package share

import (
	"cmp"
	"slices"
)

// Member is a worker as the others see it each beat, known by the server's process for the session that holds its locks.
type Member struct {
	PID     uint32
	Holds   int  // mailboxes; unsaid where an older version says nothing of it
	Leaving bool // it gives its mailboxes back and takes none
}

// Unsaid is the number of a member that does not tell how many mailboxes it holds.
const Unsaid = -1

// Sight is what the locks say at one moment.
type Sight struct {
	Me      uint32
	Workers []uint32         // who live and are not leaving
	Holder  map[int32]uint32 // who holds each mailbox that somebody holds
}

// Counted in beats, of which there is one a second.
const (
	patience  = 8   // a free mailbox is left so long to those who have fewer before anybody takes it
	restFor   = 60  // a mailbox whose work ended by itself is left alone so long
	lookAgain = 900 // all locks are looked at so often though the numbers say that there is nothing to do
	lookOld   = 15  // and so often where a member does not tell its number
	mostWait  = 60  // the longest time between looks that come to nothing
)

// How many mailboxes a worker takes at one look: few while workers come and go, for of many that start together the first ones
// do not see the others yet, and would give back most of what they took; then twice as many each time, up to what keeps a
// look's work well within a beat.
const (
	mostFirst = 100
	mostLater = 500
)

// Of so many mailboxes one must be free for a guess: ten tries cost 30 us of the server. And somebody must have taken one within
// so many beats, or who lacks mailboxes has no file for those that are free.
const (
	guessing = 10
	guesses  = 3
)

// Balance decides which mailboxes one worker takes and which it leaves, so that every mailbox is worked, all workers have the
// same number but for one, and as few mailboxes as possible move. The zero value has nothing to share out.
type Balance struct {
	mine []int32 // the mailboxes of this worker's files

	beat    int
	members []Member // at the last beat
	looked  bool     // since the list changed or the worker joined
	last    int      // the beat of the last look
	next    int      // the beat before which none is worth while, after looks that came to nothing
	misses  int      // how many such there were in a row
	total   int      // mailboxes that there are, as of the last look
	idle    int      // the beat since which some are free that this worker does not lack; 0: none are
	free    int      // how many were free at the last beat
	gained  int      // the beat at which fewer were free than before: those who have fewer are taking them
	wanting bool     // what wants said of these members
	judged  bool     // wanting is of these members and this total
	excess  int      // the beat since which more are held than there were at the last look; 0: no more are
	lacked  bool     // at the last beat some were free and this worker had too few

	most    int            // how many are taken at the next look
	crew    []uint32       // who lived at the last look
	since   map[int32]int  // the beat at which each free mailbox was first seen so
	keeps   map[int32]bool // what nobody who had fewer took: they have no file for it
	resting map[int32]int  // the beat until which a mailbox is left alone
}

// List sets the mailboxes of this worker's files.
func (b *Balance) List(mine []int32) {
	b.mine = slices.Sorted(slices.Values(mine))
	b.looked = false
}

// Join begins anew with another session. What failed keeps its rest.
func (b *Balance) Join() {
	b.members, b.crew, b.since, b.keeps = nil, nil, nil, nil
	b.looked, b.judged, b.misses, b.idle, b.excess, b.lacked = false, false, 0, 0, 0, false
}

// Failed notes that the work on a mailbox ended by itself: it is left alone for a minute.
func (b *Balance) Failed(id int32) {
	if b.resting == nil {
		b.resting = make(map[int32]int)
	}
	b.resting[id] = b.beat + restFor
}

// Again asks for another look at the next beat, where one could not be had.
func (b *Balance) Again() { b.looked = false }

// Beat takes in what the members say, this worker among them, and says whether the locks are to be looked at now.
func (b *Balance) Beat(me uint32, members []Member) (look bool) {
	b.beat++
	moved := !slices.Equal(members, b.members)
	if !slices.EqualFunc(members, b.members, func(x, y Member) bool { return x.PID == y.PID && x.Leaving == y.Leaving }) {
		b.misses, b.next, b.gained = 0, 0, b.beat
	}
	if moved {
		b.members = slices.Clone(members)
	}
	for id, until := range b.resting {
		if b.beat >= until {
			delete(b.resting, id)
			b.looked = false
		}
	}
	since := b.beat - b.last
	if moved || !b.judged || b.idle > 0 || b.excess > 0 {
		b.wanting, b.judged = b.wants(me, b.members), true
	}
	switch {
	case !b.looked, since >= lookAgain+int(me%lookOld):
		return true
	case slices.ContainsFunc(members, func(m Member) bool { return m.Holds == Unsaid }):
		return since >= lookOld
	}
	return b.wanting && (moved && b.misses == 0 || b.beat >= b.next)
}

// wants says whether the numbers give this worker something to do.
func (b *Balance) wants(me uint32, members []Member) bool {
	has, free := make(map[uint32]int), b.total
	var workers []uint32
	for _, m := range members {
		free -= m.Holds
		if !m.Leaving {
			has[m.PID] = m.Holds
			workers = append(workers, m.PID)
		}
	}
	if free < b.free {
		b.gained = b.beat
	}
	b.free = free
	target := targets(has, workers, b.total)
	lacks := free > 0 && has[me] < target[me]
	if lacks && !b.lacked { // what earlier looks did not find is there now
		b.misses, b.next = 0, 0
	}
	b.lacked = lacks
	if lacks {
		return true
	}
	if free >= 0 {
		b.excess = 0
	} else if b.excess == 0 {
		b.excess = b.beat
	}
	if free <= 0 {
		b.idle = 0
		if b.excess > 0 && b.beat-b.excess > patience { // longer than a move takes: others work what is new to this worker
			return true
		}
		return has[me] > target[me] && isShort(has, target)
	}
	if b.idle == 0 {
		b.idle = b.beat
	}
	return b.beat-max(b.idle, b.gained) > patience || has[me] > target[me] && isShort(has, target)
}

// Guess gives what to take without a look at the locks, where so many are free that trying is cheaper: as after a start of the
// whole fleet, when everybody wants to look at once. ok is false where a look is needed. holds says what this worker has.
func (b *Balance) Guess(me uint32, holds func(id int32) bool) (take []int32, most int, ok bool) {
	has, free, total := make(map[uint32]int), 0, max(b.total, len(b.mine))
	var workers []uint32
	free = total
	for _, m := range b.members {
		free -= max(m.Holds, 0)
		if !m.Leaving {
			has[m.PID] = max(m.Holds, 0)
			workers = append(workers, m.PID)
		}
	}
	if free*guessing < total || free <= 0 || b.beat-b.gained > guesses {
		return nil, 0, false
	}
	b.among(workers)
	lack := targets(has, workers, total)[me] - has[me]
	if lack <= 0 {
		return nil, 0, true
	}
	for _, id := range b.mine {
		if !holds(id) && b.resting[id] <= b.beat {
			take = append(take, id)
		}
	}
	most = min(lack, b.most)
	b.most = min(2*b.most, mostLater)
	return ordered(take, me), most, true
}

// among notes who lives.
func (b *Balance) among(workers []uint32) {
	crew := slices.Sorted(slices.Values(workers))
	if !slices.Equal(crew, b.crew) {
		b.crew, b.keeps, b.since, b.most = crew, make(map[int32]bool), nil, mostFirst
	}
}

// Decide gives the mailboxes to take, most of them at most and in the order in which to try, and those to leave.
func (b *Balance) Decide(s Sight) (take []int32, most int, leave []int32) {
	b.looked, b.last, b.judged = true, b.beat, false
	b.among(s.Workers)
	take, most, leave = b.decide(s)
	if len(take) > 0 || len(leave) > 0 {
		b.misses, b.next = 0, 0
	} else {
		wait := mostWait
		if b.lacked { // and must not leave it to those who have enough
			wait = patience / 2
		}
		b.misses = min(b.misses+1, 16)
		b.next = b.beat + min(1<<b.misses, wait)
	}
	return take, most, leave
}

func (b *Balance) decide(s Sight) (take []int32, most int, leave []int32) {
	free, held := b.survey(s)
	has := make(map[uint32]int)
	for _, w := range s.Holder {
		has[w]++
	}
	b.total = len(s.Holder) + len(free)
	target := targets(has, s.Workers, b.total)
	lack := max(target[s.Me]-has[s.Me], 0)
	var left []int32 // by all who have fewer
	for _, id := range ordered(free, s.Me) {
		switch {
		case b.resting[id] > b.beat:
		case b.beat-max(b.since[id], b.gained) > patience:
			left = append(left, id)
		case lack > 0:
			take = append(take, id)
		}
	}
	for _, id := range left[:min(len(left), b.most)] {
		b.keeps[id] = true
	}
	if take = append(left, take...); len(take) > 0 {
		most = min(max(lack, len(left)), b.most)
		b.most = min(2*b.most, mostLater)
		return take, most, nil
	}
	if !isShort(has, target) {
		return nil, 0, nil
	}
	movable := slices.DeleteFunc(held, func(id int32) bool { return b.keeps[id] })
	if over := len(movable) - target[s.Me]; over > 0 {
		leave = ordered(movable, s.Me)[:over]
	}
	return nil, 0, leave
}

// survey gives this worker's mailboxes that nobody holds, and those that it holds itself.
func (b *Balance) survey(s Sight) (free, held []int32) {
	since := make(map[int32]int)
	for _, id := range b.mine {
		switch holder, ok := s.Holder[id]; {
		case !ok:
			free = append(free, id)
			if since[id] = b.beat; b.since[id] > 0 {
				since[id] = b.since[id]
			}
		case holder == s.Me:
			held = append(held, id)
		}
	}
	b.since = since
	return free, held
}

// targets gives how many mailboxes each worker should have. Where they do not go up evenly, those who have most keep one
// more.
func targets(has map[uint32]int, workers []uint32, mailboxes int) map[uint32]int {
	target := make(map[uint32]int, len(workers))
	order := slices.Clone(workers)
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Or(cmp.Compare(has[b], has[a]), cmp.Compare(a, b)) })
	for i, w := range order {
		target[w] = mailboxes / len(order)
		if i < mailboxes%len(order) {
			target[w]++
		}
	}
	return target
}

// isShort says whether somebody has fewer than they should.
func isShort(has, target map[uint32]int) bool {
	for w, n := range target {
		if has[w] < n {
			return true
		}
	}
	return false
}

// ordered gives the mailboxes in an order that differs from worker to worker, so that they do not all try the same first.
func ordered(ids []int32, worker uint32) []int32 {
	type ranked struct {
		rank uint64
		id   int32
	}
	list := make([]ranked, len(ids))
	for i, id := range ids {
		list[i] = ranked{mixed(uint64(worker)<<32 | uint64(uint32(id))), id}
	}
	slices.SortFunc(list, func(a, b ranked) int { return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.id, b.id)) })
	order := make([]int32, len(list))
	for i, r := range list {
		order[i] = r.id
	}
	return order
}

// mixed spreads numbers that lie close together (the finalizer of SplitMix64, Steele, Lea and Flood 2014).
func mixed(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
