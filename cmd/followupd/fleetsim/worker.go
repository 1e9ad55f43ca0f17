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
	asking  int      // connections in use besides the session's
	waiting []func() // for one
	loading int      // mailboxes that read all their messages
	wanting []func() // to load
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

func (w *worker) start() {
	w.alive, w.leaving, w.frozen, w.listed = true, false, false, false
	w.life++
	w.balance = share.Balance{}
	w.logins = pacing.Queue{}
	w.claims = make(map[int32]*claim)
	w.asking, w.waiting, w.loading, w.wanting = 0, nil, 0, nil
	w.balance.List(w.all)
	w.attend()
}

// attend lists the mailboxes, once, connects, and begins to beat.
func (w *worker) attend() {
	w.pid = 0
	if !w.listed {
		w.db.ask(Cost{w.costs.List, 2, 0}, w.still(func(ok bool) {
			if w.listed = ok; !ok {
				w.after(share.Beat, func() { w.still(func(bool) { w.attend() })(true) })
				return
			}
			w.attend()
		}))
		return
	}
	w.db.ask(Cost{w.costs.Session, 2, 0}, w.still(func(ok bool) {
		if !ok {
			again := w.still(func(bool) { w.attend() })
			w.after(share.Beat, func() { again(true) })
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
	again := w.still(func(bool) {
		if len(w.claims) > 0 {
			w.rejoin()
			return
		}
		w.attend()
	})
	w.after(share.Beat, func() { again(true) })
}

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

func (w *worker) parted() {
	if len(w.claims) == 0 {
		w.kill()
		return
	}
	again := w.still(func(bool) { w.parted() })
	w.after(100*time.Millisecond, func() { again(true) })
}

// query asks the database over one of the few connections; at its end the next who waits has its turn.
func (w *worker) query(c Cost, done func(ok bool)) {
	life := w.life
	ask := func() {
		w.db.ask(c, func(ok bool) {
			if w.life != life {
				return
			}
			w.asking--
			if len(w.waiting) > 0 {
				next := w.waiting[0]
				w.waiting = w.waiting[1:]
				w.asking++
				next()
			}
			done(ok)
		})
	}
	if w.asking >= share.Connections {
		w.waiting = append(w.waiting, ask)
		return
	}
	w.asking++
	ask()
}

// load reads all messages of a mailbox, few mailboxes at a time.
func (w *worker) load(c Cost, done func(ok bool)) {
	begin := func() {
		w.query(c, func(ok bool) {
			w.loading--
			if len(w.wanting) > 0 {
				next := w.wanting[0]
				w.wanting = w.wanting[1:]
				w.loading++
				next()
			}
			done(ok)
		})
	}
	if w.loading >= w.Loads {
		w.wanting = append(w.wanting, begin)
		return
	}
	w.loading++
	begin()
}
