package postgres

import (
	"sync"
	"time"
)

// Fares is how the Work on a database fares.
type Fares struct {
	Joined bool      // the session that holds the locks stands: the server answered within the last beats
	Lost   uint64    // how often it was lost, or did not come about
	Turned time.Time // when the loop last turned, which it does whether or not the server answers; zero: it has not yet
}

// fares keeps them for whoever asks.
type fares struct {
	mu sync.Mutex
	is Fares
}

func (f *fares) note(change func(*Fares)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.is)
}

// Fares says how Work fares.
func (d *Database) Fares() Fares {
	d.work.mu.Lock()
	defer d.work.mu.Unlock()
	return d.work.is
}
