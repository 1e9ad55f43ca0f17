package main

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"followupd/agent/llm"
	"followupd/playbook"
	"followupd/report/dashboard"
	"followupd/tracker/sqlite"
)

// rester gives the memory back that passes have left, once the process has nothing to do: a pass leaves as much garbage as it
// pleases the collector to wait for, and then nothing happens for minutes. It does so for all mailboxes at once, because the
// cost is that of the whole process: some 40 ms of one processor at 20,000 messages.
type rester struct {
	passes chan struct{}
	since  uint64 // bytes that the process had allocated in all when it last collected
}

// Between passes shorter apart than quiet nothing is given back, but for once in atMost.
const (
	restQuiet  = time.Second
	restAtMost = 30 * time.Second
)

func newRester() *rester { return &rester{passes: make(chan struct{}, 1)} }

// passed tells of the end of a pass.
func (r *rester) passed() {
	select {
	case r.passes <- struct{}{}:
	default: // told already
	}
}

// run gives back until ctx ends, at most once in restAtMost: of a hundred mailboxes whose polls are spread, each would be the only
// pass for seconds, and giving back costs more than such a pass.
func (r *rester) run(ctx context.Context) {
	var last time.Time
	for r.calm(ctx) && waits(ctx, restAtMost-time.Since(last), nil) {
		last = time.Now()
		sqlite.Trim()
		if allocated, live := heap(); worthCollecting(allocated-r.since, live) {
			playbook.Rest()
			llm.Rest()
			dashboard.Rest()
			runtime.GC() // what pools and finalizers hold goes in the collection after that
			debug.FreeOSMemory()
			r.since, _ = heap()
		}
		restPages()
	}
}

// worthCollecting says whether there can be enough garbage for two collections, given the bytes allocated since the last and
// those that live. A process with a thousand mailboxes ends passes all the time, each leaves some 100 KB, and a collection
// goes through what all of them keep.
func worthCollecting(allocated, live uint64) bool {
	const least = 1 << 20
	return allocated >= max(least, live/4)
}

// heap gives the bytes that were allocated since the process began, and those that lived after the last collection.
func heap() (allocated, live uint64) {
	all := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(all)
	return all[0].Value.Uint64(), all[1].Value.Uint64()
}

// calm waits for the end of a pass that no other follows soon; false: ctx ended.
func (r *rester) calm(ctx context.Context) bool {
	var quiet, late <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return false
		case <-r.passes:
			quiet = time.After(restQuiet)
			if late == nil {
				late = time.After(restAtMost)
			}
		case <-quiet:
			return true
		case <-late:
			return true
		}
	}
}
