package signals

import (
	"net/netip"
	"sync"
	"time"
)

// Bounds on who asks: a company behind one address stays far below, whoever tries tokens gets nowhere.
const (
	burst    = 30               // requests of one network at once
	refill   = 2 * time.Second  // after which it may ask once more
	forAll   = 300              // requests of everybody within a second
	networks = 8192             // networks remembered
	again    = 10 * time.Second // when somebody who asked too much is told to come back
)

// limiter counts requests by network. A network is forgotten once it may ask as often as a new one.
type limiter struct {
	mu     sync.Mutex
	spent  map[netip.Prefix]time.Time // when a network will have all its requests back
	second time.Time
	count  int
}

// allow says whether a request may be answered. A network without an address (a web server that does not say whom it asks
// for) is bounded by what everybody may ask alone.
func (l *limiter) allow(from netip.Prefix, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.second) >= time.Second || now.Before(l.second) {
		l.second, l.count = now, 0
	}
	if l.count++; l.count > forAll {
		return false
	}
	if !from.IsValid() || from.Addr().IsLoopback() {
		return true
	}
	if l.spent == nil {
		l.spent = make(map[netip.Prefix]time.Time)
	}
	full, known := l.spent[from]
	if !known && len(l.spent) >= networks {
		for p, t := range l.spent {
			if !t.After(now) {
				delete(l.spent, p)
			}
		}
		if len(l.spent) >= networks {
			return false
		}
	}
	if full.Before(now) {
		full = now
	}
	if full.Sub(now) > (burst-1)*refill {
		return false
	}
	l.spent[from] = full.Add(refill)
	return true
}
