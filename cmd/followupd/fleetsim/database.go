package fleetsim

import (
	"container/heap"
	"maps"
	"math"
	"slices"
	"time"
)

// database is a server whose cores are shared evenly by all that it is asked at a time.
type database struct {
	*clock
	cores   float64
	up      bool
	jobs    jobs
	each    float64       // nanoseconds of processor that every job under way has had since the start
	at      time.Duration // as of when
	busy    time.Duration // processor time spent
	planned time.Duration // when the next job is looked for; 0: not planned
	tally   *tally

	holder  map[int32]uint32 // the locks
	session map[uint32]*worker
	pids    uint32
	changed func()       // is told that a session ended
	slots   [][]*looking // who looks, and who waits for that, by place
}

type job struct {
	end  float64 // by each
	seq  uint64
	done func(ok bool)
}

type jobs []job

func (j jobs) Len() int { return len(j) }

func (j jobs) Swap(a, b int) { j[a], j[b] = j[b], j[a] }

func (j jobs) Less(a, b int) bool {
	return j[a].end < j[b].end || j[a].end == j[b].end && j[a].seq < j[b].seq
}

func (j *jobs) Push(x any) { *j = append(*j, x.(job)) }

func (j *jobs) Pop() any {
	last := (*j)[len(*j)-1]
	*j = (*j)[:len(*j)-1]
	return last
}

// advance lets the jobs under way have what time has passed.
func (d *database) advance() {
	if n := float64(len(d.jobs)); n > 0 {
		passed := float64(d.now - d.at)
		share := min(1, d.cores/n)
		d.each += passed * share
		d.busy += time.Duration(passed * min(n, d.cores))
		d.tally.busy(d.at, d.now, min(n, d.cores))
	}
	d.at = d.now
}

// ask does something of a cost; done is told when it is done, or that the server went away.
func (d *database) ask(c Cost, done func(ok bool)) { d.asked(c, done) }

// asked is ask, and gives by what it can be cancelled.
func (d *database) asked(c Cost, done func(ok bool)) (id uint64) {
	if !d.up {
		d.after(time.Millisecond, func() { done(false) })
		return 0
	}
	d.tally.queries.add(d.now, c.Transactions)
	d.tally.rows.add(d.now, c.Rows)
	d.advance()
	d.seq++
	id = d.seq
	heap.Push(&d.jobs, job{d.each + float64(c.Processor), id, done})
	d.tally.open(len(d.jobs))
	d.plan()
	return id
}

// cancel takes something back that was asked; false: it has ended.
func (d *database) cancel(id uint64) bool {
	i := slices.IndexFunc(d.jobs, func(j job) bool { return j.seq == id })
	if i < 0 {
		return false
	}
	d.advance()
	heap.Remove(&d.jobs, i)
	d.plan()
	return true
}

func (d *database) plan() {
	if len(d.jobs) == 0 {
		return
	}
	left := max(d.jobs[0].end-d.each, 0) * max(1, float64(len(d.jobs))/d.cores)
	at := d.now + time.Duration(math.Ceil(left))
	if d.planned > d.now && d.planned <= at {
		return // it is looked at before, and planned anew then
	}
	d.planned = at
	d.clock.at(at, d.finish)
}

// finish ends the jobs that have had what they need.
func (d *database) finish() {
	if d.planned != d.now { // an older plan
		return
	}
	d.planned = 0
	d.advance()
	var done []job
	for len(d.jobs) > 0 && d.jobs[0].end <= d.each+1 {
		done = append(done, heap.Pop(&d.jobs).(job))
	}
	d.plan()
	for _, j := range done {
		j.done(true)
	}
}

// stop ends everything under way, and with the sessions all locks.
func (d *database) stop() {
	d.advance()
	d.up = false
	ended, waiting := d.jobs, d.slots
	d.jobs = nil
	d.slots = make([][]*looking, len(d.slots))
	for _, pid := range slices.Sorted(maps.Keys(d.session)) {
		d.end(pid)
	}
	for _, queue := range waiting {
		for _, l := range queue[min(1, len(queue)):] {
			l.done(false)
		}
	}
	for _, j := range ended {
		j.done(false)
	}
}

// end ends a session.
func (d *database) end(pid uint32) {
	w := d.session[pid]
	if w == nil {
		return
	}
	delete(d.session, pid)
	d.changed()
	for id, by := range d.holder {
		if by == pid {
			d.free(id)
		}
	}
	for i, queue := range d.slots {
		for k, l := range queue {
			if l.w == w {
				d.slots[i] = append(queue[:k:k], queue[k+1:]...)
				if k == 0 {
					d.nextLook(i)
				}
				break
			}
		}
	}
}

func (d *database) free(id int32) {
	delete(d.holder, id)
	d.tally.freed(d.now, id)
}
