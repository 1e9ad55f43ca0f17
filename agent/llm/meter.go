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

// Usage is what a model used on one day of the rep's calendar.
type Usage struct {
	Day    string `json:"day"` // 2006-01-02
	Calls  int    `json:"calls"`
	Tokens int    `json:"tokens"` // as the endpoint counts them; estimated where it does not
}

// Meter counts tokens by the day, over restarts.
type Meter struct {
	path string // "" keeps the count in memory only
	mu   sync.Mutex
	used Usage
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
	if json.Unmarshal(b, &m.used) != nil {
		m.used = Usage{} // written by a hand or cut off: it only bounds a cost
	}
	return nil
}

// Today gives what was used on the day of now.
func (m *Meter) Today(now time.Time) Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.load() != nil {
		m.turn(now) // add fails for the same reason and says so
		return m.used
	}
	m.turn(now)
	return m.used
}

func (m *Meter) turn(now time.Time) {
	if day := now.Format(time.DateOnly); m.used.Day != day {
		m.used = Usage{Day: day}
	}
}

// add counts a call.
func (m *Meter) add(now time.Time, tokens int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.load(); err != nil {
		return err
	}
	m.turn(now)
	m.used.Calls++
	m.used.Tokens += max(tokens, 0)
	if m.path == "" {
		return nil
	}
	b, err := json.Marshal(m.used)
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
