package fleetsim

import (
	"time"

	"followupd/tracker/postgres/share"
)

// looking is a worker's turn at looking at all locks.
type looking struct {
	w       *worker
	done    func(ok bool)
	crowded func()
}

// look waits for a turn, at most as long as the server lets one wait, and looks.
func (d *database) look(w *worker, wait time.Duration, cost time.Duration, done func(ok bool), crowded func()) {
	place := int(w.pid) % len(d.slots)
	l := &looking{w, done, crowded}
	d.slots[place] = append(d.slots[place], l)
	d.tally.looks.add(d.now, 1)
	if len(d.slots[place]) == 1 {
		d.began(place, cost)
		return
	}
	d.after(wait, func() {
		for k, other := range d.slots[place] {
			if other == l && k > 0 {
				d.slots[place] = append(d.slots[place][:k:k], d.slots[place][k+1:]...)
				crowded()
				return
			}
		}
	})
}

// began lets the first in a place look.
func (d *database) began(place int, cost time.Duration) {
	l := d.slots[place][0]
	over := false
	id := d.asked(Cost{cost, 1, 0}, func(ok bool) {
		over = true
		if len(d.slots[place]) > 0 && d.slots[place][0] == l {
			d.slots[place] = d.slots[place][1:]
			d.nextLook(place)
		}
		l.done(ok)
	})
	d.after(share.LookLimit, func() {
		if over || !d.cancel(id) {
			return
		}
		if len(d.slots[place]) > 0 && d.slots[place][0] == l {
			d.slots[place] = d.slots[place][1:]
			d.nextLook(place)
		}
		l.crowded()
	})
}

func (d *database) nextLook(place int) {
	if len(d.slots[place]) > 0 && d.up {
		d.began(place, d.tally.lookCost)
	}
}
