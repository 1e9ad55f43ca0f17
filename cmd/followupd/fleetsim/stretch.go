package fleetsim

import (
	"slices"
	"time"
)

// Stretch is what a part of the day came to.
type Stretch struct {
	Name      string
	Drafts    int
	OnTime    float64 // the share that was there a minute after its moment
	P50, P95  time.Duration
	P99, Most time.Duration

	LoginsPeak           int
	LoginsMean           float64
	QueriesMean          float64
	QueriesPeak          int
	RowsMean             float64
	RowsPeak             int
	CoresMean, CoresPeak float64
	Looks, Moves, Lost   int
	Away                 time.Duration // how long the database was away
	Unworked             time.Duration // the longest that a mailbox had no worker
	SlowestBeat          time.Duration // a worker's question each second, of which Answer is the end
	Even                 time.Duration // until all was even again after the event; negative: not by the end of the stretch
}

// onTime is how late a draft may be to be on time.
const onTime = time.Minute

// stretch sums up what fell between two times; a draft is of the stretch in which it came due.
func (t *tally) stretch(name string, from, to time.Duration) Stretch {
	s := Stretch{Name: name}
	var late []time.Duration
	good := 0
	for _, d := range t.drafts {
		if d.due < from || d.due >= to {
			continue
		}
		late = append(late, d.placed-d.due)
		if d.placed-d.due <= onTime {
			good++
		}
	}
	slices.Sort(late)
	s.Drafts = len(late)
	if len(late) > 0 {
		s.OnTime = float64(good) / float64(len(late))
		at := func(q float64) time.Duration { return late[min(int(q*float64(len(late))), len(late)-1)] }
		s.P50, s.P95, s.P99, s.Most = at(0.5), at(0.95), at(0.99), late[len(late)-1]
	}
	s.LoginsMean, s.LoginsPeak = t.logins.within(from, to)
	s.QueriesMean, s.QueriesPeak = t.queries.within(from, to)
	s.RowsMean, s.RowsPeak = t.rows.within(from, to)
	sum := func(p perSecond) (n int) {
		for _, x := range p[int(from/time.Second):int(to/time.Second)] {
			n += int(x)
		}
		return n
	}
	s.Looks, s.Moves, s.Lost = sum(t.looks), sum(t.moves), sum(t.lost)
	for _, x := range t.processor[int(from/time.Second):int(to/time.Second)] {
		s.CoresMean += x / (to - from).Seconds()
		s.CoresPeak = max(s.CoresPeak, x)
	}
	for _, g := range t.gaps {
		if g.at >= from && g.at < to {
			s.Unworked = max(s.Unworked, g.long)
		}
	}
	for _, h := range t.slowest {
		if h.at >= from && h.at < to {
			s.SlowestBeat = max(s.SlowestBeat, h.took)
		}
	}
	return s
}
