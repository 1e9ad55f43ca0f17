package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"followupd/agent"
	"followupd/config"
)

// restName is the file in the state directory in which `once` notes that it left nothing to do. It can be deleted at any time.
const restName = "rest.json"

// restNotes keep what a pass of `once` notes for the next: by the program and the configuration that were in force.
type restNotes struct {
	path  string
	under string
}

// restNote is the file.
type restNote struct {
	Under string `json:"under"` // names program and configuration
	agent.Rest
}

// newRestNotes gives those of a mailbox; nil where its program or configuration cannot be named, or the state is no directory.
func newRestNotes(cfg config.Config) agent.RestNotes {
	if cfg.State.URL != "" {
		return nil
	}
	program, err := os.Executable()
	if err != nil {
		return nil
	}
	built, err := os.Stat(program)
	if err != nil {
		return nil
	}
	// The machine's zone, which is the default, may be another tomorrow by the same name, Local.
	clock := time.Now().In(cfg.Mailbox.Timezone).Format("MST -07:00")
	h := sha256.New()
	fmt.Fprintln(h, version, program, built.Size(), built.ModTime().UnixNano(), cfg.Mailbox.Timezone, clock, cfg.Sum())
	return &restNotes{path: filepath.Join(cfg.State.Dir, restName), under: hex.EncodeToString(h.Sum(nil))}
}

// Read implements agent.RestNotes.
func (n *restNotes) Read() (agent.Rest, bool) {
	text, err := os.ReadFile(n.path)
	if err != nil {
		return agent.Rest{}, false
	}
	var note restNote
	if json.Unmarshal(text, &note) != nil || note.Under != n.under {
		return agent.Rest{}, false // cut short, of another program or configuration: the pass looks at everything
	}
	return note.Rest, true
}

// Write implements agent.RestNotes.
func (n *restNotes) Write(r agent.Rest) error {
	text, err := json.Marshal(restNote{Under: n.under, Rest: r})
	if err == nil {
		next := n.path + ".next"
		if err = os.WriteFile(next, append(text, '\n'), 0o600); err == nil {
			err = os.Rename(next, n.path)
		}
	}
	if err != nil {
		return fmt.Errorf("note that nothing is left to do: %w", err)
	}
	return nil
}
