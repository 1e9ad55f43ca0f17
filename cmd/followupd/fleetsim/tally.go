package fleetsim

import "time"

// perSecond counts something by the second of the day.
type perSecond []int32

func (p perSecond) add(at time.Duration, n int) {
	if i := int(at / time.Second); i < len(p) {
		p[i] += int32(n)
	}
}

// within gives the mean and the peak of a stretch of the day.
func (p perSecond) within(from, to time.Duration) (mean float64, peak int) {
	sum := 0
	stretch := p[int(from/time.Second):int(to/time.Second)]
	for _, n := range stretch {
		sum += int(n)
		peak = max(peak, int(n))
	}
	return float64(sum) / float64(max(len(stretch), 1)), peak
}

// tally is what is counted.
type tally struct {
	queries, rows, logins, looks, moves, lost perSecond
	processor                                 []float64 // seconds of it, by the second
	lookCost                                  time.Duration

	since    map[int32]time.Duration // since when each mailbox without a worker has had none
	gaps     []gap
	slowest  []heartbeat
	openMost int
	drafts   []draft
	twice    int
	together int
	fenced   int
}

// gap is how long a mailbox had no worker, until at.
type gap struct{ at, long time.Duration }

// heartbeat is how long a worker waited for an answer to what it asked at at.
type heartbeat struct{ at, took time.Duration }

// draft is one that was laid down.
type draft struct{ due, placed time.Duration }

func newTally() *tally {
	day := func() perSecond { return make(perSecond, 24*3600) }
	return &tally{
		queries: day(), rows: day(), logins: day(), looks: day(), moves: day(), lost: day(), processor: make([]float64, 24*3600),
		since: make(map[int32]time.Duration),
	}
}

// open is told how many questions to the database are under way.
func (t *tally) open(n int) { t.openMost = max(t.openMost, n) }

// busy counts so many cores at work.
func (t *tally) busy(from, to time.Duration, cores float64) {
	for from < to {
		i := int(from / time.Second)
		end := min(to, time.Duration(i+1)*time.Second)
		if i < len(t.processor) {
			t.processor[i] += (end - from).Seconds() * cores
		}
		from = end
	}
}

// freed counts from now on how long a mailbox has no worker.
func (t *tally) freed(at time.Duration, id int32) {
	if _, ok := t.since[id]; !ok {
		t.since[id] = at
	}
}

// worked is told that a worker begins with a mailbox.
func (t *tally) worked(at time.Duration, id int32) {
	if since, ok := t.since[id]; ok {
		t.gaps = append(t.gaps, gap{at, at - since})
		delete(t.since, id)
	}
	t.moves.add(at, 1)
}
