package metrics

import (
	"strconv"
	"sync"
	"time"
)

// passBounds are the upper bounds of the buckets of Passes, in seconds: from a pass over a mailbox without changes (some
// milliseconds and a few round trips) to the first over a large one.
var passBounds = [...]float64{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300}

// Passes is how long passes took, of all mailboxes of the process together: a histogram for each mailbox would be most of its
// series. The zero value has seen none; it is safe for several goroutines.
type Passes struct {
	mu    sync.Mutex
	upTo  [len(passBounds) + 1]uint64 // passes by the first bound that they kept; the last: by none
	total time.Duration
}

// Took counts a pass.
func (p *Passes) Took(d time.Duration) {
	i := 0
	for i < len(passBounds) && d.Seconds() > passBounds[i] {
		i++
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.upTo[i]++
	p.total += d
}

// passes writes the histogram.
func (e *exposition) passes(p *Passes) {
	const name = "followupd_pass_duration_seconds"
	p.mu.Lock()
	upTo, total := p.upTo, p.total
	p.mu.Unlock()
	e.head(name, "histogram", "How long passes took, of all mailboxes.")
	sum := uint64(0)
	for i, n := range upTo {
		sum += n
		bound := "+Inf"
		if i < len(passBounds) {
			bound = strconv.FormatFloat(passBounds[i], 'g', -1, 64)
		}
		series{e: e, name: name + "_bucket"}.with("le", bound).count(sum)
	}
	series{e: e, name: name + "_sum"}.real(total.Seconds())
	series{e: e, name: name + "_count"}.count(sum)
}
