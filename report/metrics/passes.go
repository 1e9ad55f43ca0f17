package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Passes is how long passes took, of all mailboxes of the process together: a histogram for each mailbox would be most of its
// series. It is safe for several goroutines.
type Passes struct{ took prometheus.Histogram }

// NewPasses gives one that has seen none. Its buckets reach from a pass over a mailbox without changes (some milliseconds and a
// few round trips) to the first over a large one.
func NewPasses() *Passes {
	return &Passes{prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "followupd_pass_duration_seconds", Help: "How long passes took, of all mailboxes.",
		Buckets: []float64{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300},
	})}
}

// Took counts a pass.
func (p *Passes) Took(d time.Duration) { p.took.Observe(d.Seconds()) }
