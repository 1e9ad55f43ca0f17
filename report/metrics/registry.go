package metrics

import (
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	dto "github.com/prometheus/client_model/go"
)

// NewRegistry gives one of the process's own: what collect tells of it (see [NewCollector]), how long its passes took, and what
// every Go program tells of itself and of what it uses. started is when the process did.
func NewRegistry(collect func(p *Process), passes *Passes, started time.Time) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(NewCollector(collect), passes.took, collectors.NewGoCollector())
	registerUsed(r, collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), started)
	return r
}

// registerUsed registers what tells of the process what the system knows, and when it started where that is hidden.
func registerUsed(r *prometheus.Registry, used prometheus.Collector, started time.Time) {
	r.MustRegister(used)
	if !tells(used, startTime) {
		r.MustRegister(began(started))
	}
}

// startTime is one of the names that all client libraries give what the system tells of a process
// (https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics).
const startTime = "process_start_time_seconds"

// tells says whether a collector tells of a metric here.
func tells(c prometheus.Collector, name string) bool {
	alone := prometheus.NewRegistry()
	alone.MustRegister(c)
	there, _ := alone.Gather() // an error is told at each scrape
	return slices.ContainsFunc(there, func(f *dto.MetricFamily) bool { return f.GetName() == name })
}

// began tells when the process started where the library does not: on Linux it reckons from /proc/stat, which systemd's
// ProcSubset=pid hides from the service. It describes nothing, since the library's describes that metric in any case.
type began time.Time

func (began) Describe(chan<- *prometheus.Desc) {}

func (b began) Collect(ch chan<- prometheus.Metric) {
	desc := prometheus.NewDesc(startTime, "Start time of the process since unix epoch in seconds.", nil, nil)
	ch <- prometheus.MustNewConstMetric(desc, gauge, float64(time.Time(b).UnixMilli())/1000)
}
