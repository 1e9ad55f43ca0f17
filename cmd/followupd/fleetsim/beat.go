package fleetsim

import (
	"cmp"
	"slices"
	"time"

	"followupd/tracker/postgres/share"
)

// tick plans the next beat. One that is overdue comes at once, as a ticker's.
func (w *worker) tick(at time.Duration) {
	w.later(at-w.now, func() { w.beat(at) })
}

// beat asks who lives, and looks at the locks where the numbers say that there is something to do.
func (w *worker) beat(at time.Duration) {
	if w.frozen {
		return
	}
	if w.db.session[w.pid] != w {
		w.lost()
		return
	}
	if w.told != len(w.claims) {
		w.told = len(w.claims)
		w.seen = nil
	}
	began, answered := w.now, false
	next := func() {
		answered = true
		w.tally.slowest = append(w.tally.slowest, heartbeat{began, w.now - began})
		w.tick(max(at+share.Beat, w.now))
	}
	w.later(share.Answer, func() {
		if !answered {
			w.lost()
		}
	})
	w.db.ask(Cost{w.costs.Crew, 1, 0}, w.still(func(ok bool) {
		switch {
		case answered:
		case !ok:
			w.lost()
		case w.leaving || !w.balance.Beat(w.pid, w.members()):
			next()
		default:
			answered = true
			w.even(next)
		}
	}))
}

// members gives what every worker is told of all, in order.
func (w *world) members() []share.Member {
	if w.seen == nil {
		for pid, o := range w.db.session {
			w.seen = append(w.seen, share.Member{PID: pid, Holds: o.told, Leaving: o.leaving})
		}
		slices.SortFunc(w.seen, func(a, b share.Member) int { return cmp.Compare(a.PID, b.PID) })
	}
	return w.seen
}

// even looks at the locks, and takes and leaves what the balance asks for.
func (w *worker) even(next func()) {
	if take, most, ok := w.balance.Guess(w.pid, func(id int32) bool { return w.claims[id] != nil }); ok {
		w.take(take, most, next)
		return
	}
	began, answered := w.now, false
	w.later(share.Answer, func() {
		if !answered {
			w.lost()
		}
	})
	crowded := w.still(func(bool) {
		answered = true
		w.balance.Again()
		next()
	})
	w.db.look(w, share.Turn, w.costs.Look, w.still(func(ok bool) {
		if answered = true; !ok {
			w.lost()
			return
		}
		w.tally.slowest = append(w.tally.slowest, heartbeat{began, w.now - began})
		var workers []uint32
		for _, m := range w.members() {
			if !m.Leaving {
				workers = append(workers, m.PID)
			}
		}
		take, most, leave := w.balance.Decide(share.Sight{Me: w.pid, Workers: workers, Holder: w.db.holder})
		for _, id := range leave {
			if c := w.claims[id]; c != nil {
				c.end()
			}
		}
		w.take(take, most, next)
	}), func() { crowded(true) })
}

// take begins to work as many of these mailboxes as it can have. What it tries in vain costs as much.
func (w *worker) take(ids []int32, most int, next func()) {
	if len(ids) == 0 || most <= 0 {
		next()
		return
	}
	tries := min(len(ids), most*w.Mailboxes/max(w.Mailboxes-len(w.db.holder), 1))
	w.db.ask(Cost{time.Duration(tries) * w.costs.Take, 2, most}, w.still(func(ok bool) {
		if !ok {
			w.lost()
			return
		}
		for _, id := range ids {
			if most == 0 {
				break
			}
			if _, held := w.db.holder[id]; !held {
				most--
				w.db.holder[id] = w.pid
				w.begin(w.boxes[id])
			}
		}
		next()
	}))
}

// begin works a mailbox.
func (w *worker) begin(b *box) {
	w.tally.worked(w.now, b.id)
	if c := b.claim; c != nil && !c.ended && c.w != w && w.db.session[c.w.pid] == c.w {
		w.tally.together++ // who has lost its session may not know yet; its epoch is over
	}
	b.epoch++
	c := newClaim(w, b)
	w.claims[b.id], b.claim = c, c
	c.start()
}
