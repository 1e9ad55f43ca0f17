package metrics

import (
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// value gives the one series of a metric.
func value(t *testing.T, all prometheus.Gatherer, name string) (value float64, ok bool) {
	t.Helper()
	families, err := all.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			m := f.GetMetric()[0]
			return m.GetGauge().GetValue() + m.GetCounter().GetValue(), true
		}
	}
	return 0, false
}

func TestRegistry_TellsOfTheProcessItself(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("which of these a system tells of a process differs: they are those of Linux")
	}
	all := NewRegistry(func(*Process) {}, NewPasses(), time.Unix(1_900_000_000, 0))
	for name, least := range map[string]float64{
		"process_start_time_seconds": 1_700_000_000, "process_cpu_seconds_total": 0, "process_resident_memory_bytes": 1 << 20,
		"process_virtual_memory_bytes": 1 << 20, "process_open_fds": 3, "process_max_fds": 3, "go_goroutines": 2,
		"go_memstats_heap_alloc_bytes": 1 << 10, "go_memstats_sys_bytes": 1 << 20, "go_info": 1,
	} {
		if n, ok := value(t, all, name); !ok || n < least {
			t.Errorf("%s is %g (there: %v), want at least %g", name, n, ok, least)
		}
	}
}

// Two of them in one program, as tests make, do not know of each other.
func TestRegistry_StandsAlone(t *testing.T) {
	for range 2 {
		all := NewRegistry(func(p *Process) { p.Files = 3 }, NewPasses(), time.Now())
		if n, _ := value(t, all, "followupd_mailbox_files"); n != 3 {
			t.Errorf("%g files", n)
		}
	}
}

// Where the system hides when the process started, as systemd's ProcSubset=pid does, what the process itself knows is told; and
// never both.
func TestRegistry_TellsTheStartWhereTheSystemHidesIt(t *testing.T) {
	start := time.Unix(1_900_000_000, 500_000_000)
	hidden := collectors.NewProcessCollector(collectors.ProcessCollectorOpts{PidFn: func() (int, error) { return 0, errors.New("no such process") }})
	all := prometheus.NewRegistry()
	registerUsed(all, hidden, start)
	if n, ok := value(t, all, startTime); !ok || n != 1_900_000_000.5 {
		t.Errorf("started at %f (there: %v)", n, ok)
	}
	known := prometheus.NewGauge(prometheus.GaugeOpts{Name: startTime, Help: "As the system has it."})
	known.Set(7)
	all = prometheus.NewRegistry()
	registerUsed(all, known, start)
	if n, ok := value(t, all, startTime); !ok || n != 7 {
		t.Errorf("what the system tells is %f (there: %v)", n, ok)
	}
}
