package metrics

import (
	"runtime/metrics"
	"time"
)

// own is what the system tells of this process. The names are those of the Prometheus client libraries
// (https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics). A negative value is not known here.
type own struct {
	cpu                  time.Duration
	resident, virtual    int64 // bytes
	openFiles, mostFiles int64
}

// runtimeSamples are what Go's runtime tells without halting the program, by its own names (package runtime/metrics).
var runtimeSamples = [...]struct {
	name, of string
	kind     kind
	help     string
}{
	{"go_goroutines", "/sched/goroutines:goroutines", gauge, "Goroutines that exist."},
	{"go_memstats_heap_alloc_bytes", "/memory/classes/heap/objects:bytes", gauge, "Memory of live and not yet collected objects."},
	{"go_memstats_sys_bytes", "/memory/classes/total:bytes", gauge, "Memory that the runtime has mapped, what it gave back included."},
	{"go_memstats_heap_released_bytes", "/memory/classes/heap/released:bytes", gauge, "Memory that the runtime has given back."},
	{"go_gc_cycles_total", "/gc/cycles/total:gc-cycles", counter, "Garbage collections."},
}

// self writes the figures of the process itself.
func (e *exposition) self(p *Process) {
	is := look()
	e.one("go_info", gauge, "Always 1; which Go the program was built with.").with("version", p.GoVersion).count(1)
	e.one("process_start_time_seconds", gauge, "When the process started, in Unix time.").whole(p.Started.Unix())
	if is.cpu >= 0 {
		e.one("process_cpu_seconds_total", counter, "Processor time, in user and system mode.").real(is.cpu.Seconds())
	}
	for _, m := range []struct {
		name, help string
		value      int64
	}{
		{"process_resident_memory_bytes", "Resident memory.", is.resident},
		{"process_virtual_memory_bytes", "Virtual memory.", is.virtual},
		{"process_open_fds", "Open files, sockets among them.", is.openFiles},
		{"process_max_fds", "How many files may be open.", is.mostFiles},
	} {
		if m.value >= 0 {
			e.one(m.name, gauge, m.help).whole(m.value)
		}
	}
	var samples [len(runtimeSamples)]metrics.Sample
	for i, r := range runtimeSamples {
		samples[i].Name = r.of
	}
	metrics.Read(samples[:])
	for i, r := range runtimeSamples {
		if v := samples[i].Value; v.Kind() == metrics.KindUint64 {
			e.one(r.name, r.kind, r.help).count(v.Uint64())
		}
	}
}
