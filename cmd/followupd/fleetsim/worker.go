package fleetsim

import (
	"cmp"
	"slices"
	"time"

	"followupd/imapwatch/pacing"
	"followupd/tracker/postgres/share"
)

// worker is one process of the fleet. It does what Database.Work does (tracker/postgres), with the same decisions.
type worker struct {
	*world
	alive   bool
	life    int // raised when it dies: what was under way means nothing then
	told    int // how many mailboxes it last said that it holds
	leaving bool
	frozen  bool
	listed  bool
	pid     uint32 // of its session; 0: none
	balance share.Balance
	logins  pacing.Queue
	claims  map[int32]*claim

	connections gate // besides the session's
	loads       gate // mailboxes that read all their messages
}

// still gives do as it is done only if the worker has not died and its session has not ended meanwhile.
func (w *worker) still(do func(ok bool)) func(ok bool) {
	life, pid := w.life, w.pid
	return func(ok bool) {
		if w.alive && w.life == life && w.pid == pid {
			do(ok)
		}
	}
}

// later is after, unless the worker has died or its session has ended meanwhile.
func (w *worker) later(d time.Duration, do func()) {
	unless := w.still(func(bool) { do() })
	w.after(d, func() { unless(true) })
}

// start begins a life: nothing is left of an earlier one.
func (w *worker) start() {
	w.alive, w.leaving, w.frozen, w.listed = true, false, false, false
	w.life++
	w.balance = share.Balance{}
	w.logins = pacing.Queue{}
	w.claims = make(map[int32]*claim)
	w.connections, w.loads = gate{most: share.Connections}, gate{most: w.Loads}
	w.balance.List(w.all)
	w.attend()
}

// attend lists the mailboxes, once, connects, and begins to beat.
func (w *worker) attend() {
	w.pid = 0
	if !w.listed {
		w.db.ask(Cost{w.costs.List, 2, 0}, w.still(func(ok bool) {
			if w.listed = ok; !ok {
				w.later(share.Beat, w.attend)
				return
			}
			w.attend()
		}))
		return
	}
	w.db.ask(Cost{w.costs.Session, 2, 0}, w.still(func(ok bool) {
		if !ok {
			w.later(share.Beat, w.attend)
			return
		}
		w.db.pids++
		w.pid, w.told = w.db.pids, 0
		w.db.session[w.pid], w.seen = w, nil
		w.balance.Join()
		w.tick(w.now + share.Beat)
	}))
}

// lost gives everything up, because the session is gone or its answer did not come, and joins anew.
func (w *worker) lost() {
	w.tally.lost.add(w.now, 1)
	w.db.end(w.pid)
	for _, c := range w.sorted() {
		c.end()
	}
	w.pid = 0
	w.rejoin()
}

// rejoin waits until the work has ended.
func (w *worker) rejoin() {
	w.later(share.Beat, func() {
		if len(w.claims) > 0 {
			w.rejoin()
			return
		}
		w.attend()
	})
}

// sorted gives its mailboxes in an order that does not depend on chance.
func (w *worker) sorted() []*claim {
	var all []*claim
	for _, c := range w.claims {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *claim) int { return cmp.Compare(a.id, b.id) })
	return all
}

// kill ends it without a word.
func (w *worker) kill() {
	w.alive = false
	w.life++
	for _, c := range w.sorted() {
		c.vanish()
	}
	w.db.end(w.pid)
	w.pid = 0
}

// freeze stops it where it stands: the server ends its session when that has said nothing for long enough. It is not woken.
func (w *worker) freeze() {
	w.frozen = true
	pid := w.pid
	for _, c := range w.sorted() {
		w.tally.freed(w.now, c.id) // though its lock is held still
		c.vanish()
	}
	w.after(share.Fallen, func() { w.db.end(pid); w.alive = false; w.life++ })
}

// drain lets it end as SIGTERM does.
func (w *worker) drain() {
	w.leaving, w.seen = true, nil
	for _, c := range w.sorted() {
		c.end()
	}
	w.parted()
}

// parted ends the worker when it has given all its mailboxes back.
func (w *worker) parted() {
	if len(w.claims) == 0 {
		w.kill()
		return
	}
	w.later(100*time.Millisecond, w.parted)
}

// query asks the database over one of the few connections, in its turn.
func (w *worker) query(c Cost, done func(ok bool)) {
	life := w.life
	w.connections.enter(func() {
		w.db.ask(c, func(ok bool) {
			if w.life != life {
				return // its gates are another life's
			}
			w.connections.leave()
			done(ok)
		})
	})
}

// load reads all messages of a mailbox, few mailboxes at a time.
func (w *worker) load(c Cost, done func(ok bool)) {
	w.loads.enter(func() {
		w.query(c, func(ok bool) {
			w.loads.leave()
			done(ok)
		})
	})
}
