package llm

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// daysKept is how many days the count goes back.
const daysKept = 31

// Usage is what a model used on one day of the rep's calendar.
type Usage struct {
	Day    string  `json:"day"` // 2006-01-02
	Calls  int     `json:"calls"`
	Tokens int     `json:"tokens"` // as the endpoint counts them; estimated where it does not
	Money  float64 `json:"money"`  // by the prices of the config; 0 without any
}

// Limits are what a day may cost; 0: as much as it likes.
type Limits struct {
	Tokens int
	Money  float64
}

// Price is what a million tokens cost, those that are sent and those that come; 0: nothing.
type Price struct{ In, Out float64 }

func (p Price) of(in, out int) float64 { return (p.In*float64(in) + p.Out*float64(out)) / 1e6 }

// Totals is what a model was asked since the count was opened, whatever the day.
type Totals struct {
	Calls, Errors int // Errors: calls that came to nothing
	Tokens        int
	Money         float64
}

// Meter counts tokens by the day, over restarts.
type Meter struct {
	path   string // "" keeps the count in memory only
	mu     sync.Mutex
	days   []Usage // oldest first
	totals Totals
}

// OpenMeter reads the count from a file of the state directory. A missing or unreadable count begins at 0.
func OpenMeter(path string) (*Meter, error) {
	m := &Meter{path: path}
	if path == "" {
		return m, nil
	}
	return m, m.load()
}

// load reads the count anew, for a command may have asked the model while the daemon runs.
func (m *Meter) load() error {
	if m.path == "" {
		return nil
	}
	b, err := os.ReadFile(m.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("read the count of tokens: %w", err)
	}
	if json.Unmarshal(b, &m.days) != nil {
		m.days = nil // written by a hand or cut off: it only bounds a cost
	}
	return nil
}

// Today gives what was used on the day of now.
func (m *Meter) Today(now time.Time) Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.load(); err != nil {
		return *m.today(now) // the next call fails for the same reason and says so
	}
	return *m.today(now)
}

// Days gives what was used on the last days on which anything was, oldest first.
func (m *Meter) Days() []Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.load() != nil {
		return nil
	}
	return append([]Usage(nil), m.days...)
}

// Totals gives what was counted since it was opened.
func (m *Meter) Totals() Totals {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.totals
}

// failed counts a call that came to nothing.
func (m *Meter) failed() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.totals.Errors++
}

// use adds to the count of a day, and to what was counted in all.
func (m *Meter) use(u *Usage, calls, tokens int, money float64) {
	u.Calls, u.Tokens, u.Money = u.Calls+calls, max(0, u.Tokens+tokens), max(0, u.Money+money)
	t := &m.totals
	t.Calls, t.Tokens, t.Money = t.Calls+calls, t.Tokens+max(0, tokens), t.Money+max(0, money)
}

// today gives the count of a day, which it begins where there is none.
func (m *Meter) today(now time.Time) *Usage {
	day := now.Format(time.DateOnly)
	if n := len(m.days); n == 0 || m.days[n-1].Day != day {
		m.days = append(m.days, Usage{Day: day})
	}
	m.days = m.days[max(0, len(m.days)-daysKept):]
	return &m.days[len(m.days)-1]
}

// spent is the error of a call for which nothing of the day is left.
type spent struct{ what string }

func (s spent) Error() string { return "today's " + s.what + " for the model are used up" }

// begin counts a call that sends so many tokens, before it is made, so that calls side by side keep the limits together. An
// error is spent where it may not be made, or says that the count cannot be kept.
func (m *Meter) begin(now time.Time, in int, l Limits, p Price) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.load(); err != nil {
		return err
	}
	u := m.today(now)
	switch {
	case l.Tokens > 0 && u.Tokens+in > l.Tokens:
		return spent{fmt.Sprintf("%d tokens", l.Tokens)}
	case l.Money > 0 && u.Money+p.of(in, 0) > l.Money:
		return spent{fmt.Sprintf("%.2f of money", l.Money)}
	}
	m.use(u, 1, in, p.of(in, 0))
	return m.save()
}

// end counts what a call used beyond what it was begun with.
func (m *Meter) end(now time.Time, begun, in, out int, p Price) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.load(); err != nil {
		return err
	}
	m.use(m.today(now), 0, in-begun+out, p.of(in-begun, out))
	return m.save()
}

func (m *Meter) save() error {
	if m.path == "" {
		return nil
	}
	b, err := json.Marshal(m.days)
	if err != nil {
		return fmt.Errorf("keep the count of tokens: %w", err)
	}
	temp := filepath.Join(filepath.Dir(m.path), ".llm-usage.tmp")
	if err := os.WriteFile(temp, append(b, '\n'), 0o600); err != nil {
		return fmt.Errorf("keep the count of tokens: %w", err)
	}
	if err := os.Rename(temp, m.path); err != nil {
		return fmt.Errorf("keep the count of tokens: %w", err)
	}
	return nil
}
