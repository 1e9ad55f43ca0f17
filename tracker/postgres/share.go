package postgres

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"slices"
)

// sight is what a worker sees of the fleet at one moment. Workers are known by the server's process for the session that
// holds their locks.
type sight struct {
	me      uint32
	workers []uint32         // who live
	holder  map[int32]uint32 // who holds each mailbox that somebody holds
}

// patience is for how many looks a mailbox is left to those who have fewer before anybody takes it.
const patience = 8

// balance decides which mailboxes a worker takes and which it leaves, so that every mailbox is worked, all have the same
// number but for one, and as few as possible move. Every worker decides for itself, from what all see alike; where two want
// the same mailbox the lock decides. The zero value has nothing to share out.
type balance struct {
	mine    []int32        // the mailboxes of this worker's files
	crew    []uint32       // who lived at the last look
	waiting map[int32]int  // for how many looks each mailbox was free
	keeps   map[int32]bool // what nobody who had fewer took: they have no file for it
}

// decide gives what to take, in the order in which to try, and what to leave. settled says that nothing is left to do until
// a worker comes or goes.
func (b *balance) decide(s sight) (take, leave []int32, settled bool) {
	crew := slices.Sorted(slices.Values(s.workers))
	if !slices.Equal(crew, b.crew) {
		b.crew, b.keeps, b.waiting = crew, make(map[int32]bool), nil
	}
	free, held := b.look(s)
	has, target := targets(s, len(s.holder)+len(free))
	settled = len(free) == 0
	waits := has[s.me] < target[s.me] // for somebody to leave one
	short := slices.ContainsFunc(crew, func(w uint32) bool { return has[w] < target[w] })

	lack := target[s.me] - has[s.me]
	for _, id := range ordered(free, s.me) {
		if b.waiting[id] > patience {
			b.keeps[id] = true
		} else if lack <= 0 {
			continue
		}
		take = append(take, id)
		lack--
	}
	if len(take) > 0 || !short {
		return take, nil, settled && !waits
	}
	movable := slices.DeleteFunc(ordered(held, s.me), func(id int32) bool { return b.keeps[id] })
	if over := len(movable) - target[s.me]; over > 0 {
		leave = movable[:over]
	}
	return nil, leave, settled && len(leave) == 0 && !waits
}

// look gives this worker's mailboxes that nobody holds, and those that it holds itself.
func (b *balance) look(s sight) (free, held []int32) {
	waiting := make(map[int32]int)
	for _, id := range b.mine {
		switch holder, ok := s.holder[id]; {
		case !ok:
			free = append(free, id)
			waiting[id] = b.waiting[id] + 1
		case holder == s.me:
			held = append(held, id)
		}
	}
	b.waiting = waiting
	return free, held
}

// targets gives how many mailboxes each worker has and how many it should have. Where they do not go up evenly, those who
// have most keep one more.
func targets(s sight, mailboxes int) (has, target map[uint32]int) {
	has, target = make(map[uint32]int), make(map[uint32]int)
	for _, w := range s.holder {
		has[w]++
	}
	order := slices.Clone(s.workers)
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Or(cmp.Compare(has[b], has[a]), cmp.Compare(a, b)) })
	for i, w := range order {
		target[w] = mailboxes / len(order)
		if i < mailboxes%len(order) {
			target[w]++
		}
	}
	return has, target
}

// ordered gives the mailboxes in an order that differs from worker to worker, so that they do not all try the same first.
func ordered(ids []int32, worker uint32) []int32 {
	rank := make(map[int32]uint64, len(ids))
	for _, id := range ids {
		h := fnv.New64a()
		_ = binary.Write(h, binary.LittleEndian, worker) // a hash takes everything
		_ = binary.Write(h, binary.LittleEndian, id)
		rank[id] = h.Sum64()
	}
	list := slices.Clone(ids)
	slices.SortFunc(list, func(a, b int32) int { return cmp.Or(cmp.Compare(rank[a], rank[b]), cmp.Compare(a, b)) })
	return list
}
