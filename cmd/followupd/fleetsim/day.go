package fleetsim

import "time"

// play lets the day pass, stretch by stretch.
func (w *world) play() Result {
	var r Result
	names := []Happening{{At: w.From, Name: starting}}
	for _, h := range w.Happenings {
		names = append(names, h)
		w.at(h.At, func() { w.befall(h) })
	}
	evens := make([]time.Duration, len(names))
	for i, h := range names {
		evens[i] = -1
		w.at(h.At+1, func() { w.await(h.At, func(took time.Duration) { evens[i] = took }) })
	}
	w.run(w.To)
	r.Even = w.even()
	for i, h := range names {
		to := w.To
		if i+1 < len(names) {
			to = names[i+1].At
		}
		s := w.tally.stretch(h.Name, h.At, to)
		if h.What == Restart {
			s.Away = h.For
		}
		if s.Even = evens[i]; h.At+s.Even >= to {
			s.Even = -1
		}
		r.Stretches = append(r.Stretches, s)
	}
	r.Whole = w.tally.stretch("the whole day", w.From, w.To)
	w.judge(&r)
	r.Twice, r.Fenced, r.Sharing, r.Sessions, r.Locks = w.tally.twice, w.tally.fenced, w.tally.together, w.tally.openMost, len(w.db.holder)+len(w.db.session)
	return r
}

// judge says of every draft that is not there whether it is missed, and else why it waits for tomorrow; and of those that are
// there whether they came within the hours. What is decided within them may be there a little later.
func (w *world) judge(r *Result) {
	for _, d := range w.tally.drafts {
		if !w.open(d.placed) && !w.open(d.placed-onTime) {
			r.Outside++
		}
	}
	for _, b := range w.boxes[1:] {
		for i := range b.due {
			switch t := &b.due[i]; {
			case t.due >= w.To-settling:
			case t.missed():
				r.Undone = append(r.Undone, Undone{b.id, t.due})
			case t.placed:
			case t.full:
				r.Full++
			default:
				r.Over++
			}
		}
	}
}

// open says that a time is within the hours.
func (w *world) open(at time.Duration) bool {
	t := w.day.Add(at)
	return !w.policy.Calendar.NextOpen(t).After(t)
}

// await tells how long it took from an event until all mailboxes were worked and evenly so.
func (w *world) await(since time.Duration, even func(took time.Duration)) {
	if w.even() {
		even(w.now - since)
		return
	}
	w.after(250*time.Millisecond, func() { w.await(since, even) })
}

// even says that every mailbox is worked and no worker has more than one more than another.
func (w *world) even() bool {
	if len(w.db.holder) < w.Mailboxes || !w.db.up {
		return false
	}
	least, most, all := w.Mailboxes, 0, 0
	for _, k := range w.workers {
		if k.alive && !k.frozen {
			n := len(k.claims)
			least, most, all = min(least, n), max(most, n), all+n
		}
	}
	return all == w.Mailboxes && most-least <= 1
}

// befall has something happen.
func (w *world) befall(h Happening) {
	switch h.What {
	case Kill:
		w.workers[h.Who].kill()
	case Freeze:
		w.workers[h.Who].freeze()
	case Drain:
		w.workers[h.Who].drain()
	case Join:
		w.workers[h.Who].start()
	case Restart:
		w.db.stop()
		w.after(h.For, func() { w.db.up = true })
	case Throttling:
		p := w.providers[h.Who]
		p.most = h.Most
		p.drop(h.Part)
		w.after(h.For, func() { p.most = 0 })
	}
}
