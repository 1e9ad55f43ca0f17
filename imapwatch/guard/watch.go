package guard

import (
	"sync"
	"time"
)

// stride is how many bytes of an unfinished response count as progress. With a limit of 60 s it asks for 70 bytes a
// second, so that a server cannot hold a connection for ever at a byte a minute.
const stride = 4 << 10

// defaultLimit bounds a response that began before any limit was given.
const defaultLimit = time.Minute

// watch measures how long the client has been waiting for the server without progress. Time in which nobody reads does
// not count: then it is the client that is slow.
type watch struct {
	silent func() // called once when the limit is over

	mu      sync.Mutex
	limit   time.Duration // 0: nothing is expected
	last    time.Duration // the last limit that was not 0
	within  bool          // inside a response
	since   time.Time     // of the last progress
	reading bool          // a Read waits on the server
	left    time.Time     // when the last Read came back
	bytes   int           // since the last progress
	timer   *time.Timer
	armed   bool
	stopped bool
}

func (w *watch) expect(limit time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.limit = limit
	if limit > 0 {
		w.last = limit
	}
	w.progress()
	w.arm(true)
}

// begin and end say that a response begins and has ended.
func (w *watch) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.within = true
	if w.limit == 0 { // the silence before it was none that counts
		w.progress()
	}
	w.arm(false)
}

func (w *watch) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.within = false
	w.progress()
}

// moved says that the client got something out to the server.
func (w *watch) moved() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.progress()
}

// waiting and came are called before and after each Read of the server.
func (w *watch) waiting() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if !w.left.IsZero() {
		w.since = w.since.Add(now.Sub(w.left))
		if w.since.After(now) {
			w.since = now
		}
	}
	w.reading = true
}

func (w *watch) came(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reading = false
	w.left = time.Now()
	if w.bytes += n; w.bytes >= stride {
		w.since, w.bytes = w.left, 0
	}
}

func (w *watch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = true
	if w.timer != nil {
		w.timer.Stop()
	}
}

func (w *watch) progress() {
	w.since, w.bytes = time.Now(), 0
}

// allowed is the limit in force; 0: none.
func (w *watch) allowed() time.Duration {
	switch {
	case w.limit > 0:
		return w.limit
	case !w.within:
		return 0
	case w.last > 0:
		return w.last
	}
	return defaultLimit
}

// arm sets the timer for when the limit will be over if nothing happens; anew even where it is set already.
func (w *watch) arm(anew bool) {
	limit := w.allowed()
	if limit == 0 || w.stopped || w.armed && !anew {
		return
	}
	w.armed = true
	if w.timer == nil {
		w.timer = time.AfterFunc(limit, w.check)
		return
	}
	w.timer.Reset(limit)
}

// check is the timer's: it gives up on the server, or sets the timer for the rest of the limit. Progress need not touch
// the timer that way.
func (w *watch) check() {
	w.mu.Lock()
	w.armed = false
	limit := w.allowed()
	if limit == 0 || w.stopped {
		w.mu.Unlock()
		return
	}
	rest := limit
	if w.reading {
		rest = limit - time.Since(w.since)
	}
	if rest > 0 {
		w.armed = true
		w.timer.Reset(rest)
		w.mu.Unlock()
		return
	}
	w.stopped = true
	w.mu.Unlock()
	w.silent()
}
