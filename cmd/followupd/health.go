package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"followupd/agent"
	"followupd/imapwatch"
	"followupd/mail"
	"followupd/report"
	"followupd/report/probe"
	"followupd/report/webhook"
	"followupd/tracker"
	"followupd/tracker/sqlite"
)

// healthName is the file in the state directory in which the daemon says how it fares. It is a file of its own, so that it
// can be read while the daemon runs, after it died, and when the database is the trouble. It names nobody but the rep.
const healthName = "status.json"

// health is how a mailbox fares. Its keys are those of `status --json`.
type health struct {
	Mailbox     string             `json:"mailbox"`
	Version     string             `json:"version"`
	PID         int                `json:"pid"`
	Started     time.Time          `json:"started"`
	Written     time.Time          `json:"written"`
	Stopped     bool               `json:"stopped"`    // it ended in good order
	Why         string             `json:"why"`        // it was told to stop, "" where the whole program was
	File        string             `json:"file_error"` // what is wrong with the mailbox's file; "" nothing
	Connections []connectionHealth `json:"connections"`
	Pass        passHealth         `json:"pass"`
	Folders     []folderHealth     `json:"folders"`
	Mode        string             `json:"mode"` // how drafts are laid down
	Waiting     int                `json:"drafts_waiting"`
	Unknown     int                `json:"drafts_unknown"` // whose outcome nobody knows yet
	Threads     map[string]int     `json:"threads"`        // by state
	Unheard     []string           `json:"not_understood"` // what the rep did in a mail client of late, oldest first
	Signals     signalsHealth      `json:"signals"`
	Webhook     webhook.Health     `json:"webhook"`
	Trouble     []string           `json:"trouble"` // what happened to the state, newest last
}

type connectionHealth struct {
	Watcher string     `json:"watcher"`
	OK      bool       `json:"ok"`
	What    string     `json:"what"`
	Since   time.Time  `json:"since"`
	Retry   *time.Time `json:"retry"`
}

type passHealth struct {
	Last    *time.Time `json:"last"`     // the last pass, whatever came of it
	LastOK  *time.Time `json:"last_ok"`  // the last that did all it should
	Next    *time.Time `json:"next"`     // when the next is due
	Error   string     `json:"error"`    // of the last; "" where it was fine
	Since   *time.Time `json:"since"`    // since when passes fail
	Failing int        `json:"failures"` // in a row
}

type folderHealth struct {
	Name string     `json:"name"`
	Role string     `json:"role"`
	Read *time.Time `json:"read"` // last read to its end without an error
}

// recorder keeps the health of a mailbox written down.
type recorder struct {
	mu   sync.Mutex
	path string
	now  func() time.Time
	h    health
	last error // of the last write, so that it is reported once

	tally tally
}

// newRecorder takes over what an earlier run wrote of its passes.
func newRecorder(stateDir, mailbox string, now func() time.Time) *recorder {
	r := &recorder{path: filepath.Join(stateDir, healthName), now: now}
	if old, err := readHealth(stateDir); err == nil {
		r.h = old
	}
	r.h.Mailbox, r.h.Version, r.h.PID, r.h.Started, r.h.Stopped = mailbox, version, os.Getpid(), now(), false
	r.h.Connections, r.h.Why, r.h.File = nil, "", ""
	r.h.Pass.Next = when(now()) // the first pass begins at once
	r.tally.noted = now()
	return r
}

// connection notes a change of a watcher's health.
func (r *recorder) connection(s imapwatch.Status) error {
	return r.change(func(h *health) {
		c := connectionHealth{Watcher: s.Watcher, OK: s.OK, What: s.What, Since: r.now(), Retry: when(s.Retry)}
		for i, old := range h.Connections {
			if old.Watcher == s.Watcher {
				if old.OK == c.OK {
					c.Since = old.Since
				}
				h.Connections[i] = c
				return
			}
		}
		h.Connections = append(h.Connections, c)
	})
}

// passed notes what a pass came to. journal is the drafts.
func (r *recorder) passed(last agent.Last, journal []tracker.Draft, mode string) error {
	return r.change(func(h *health) {
		r.tally.passed(last, journal)
		h.Pass.Last, h.Pass.Next = when(last.At), when(last.Again)
		if last.Err != nil {
			if h.Pass.Failing == 0 {
				h.Pass.Since = when(last.At)
			}
			h.Pass.Failing++
			h.Pass.Error = withHint(last.Err)
			return
		}
		h.Pass.LastOK, h.Pass.Error, h.Pass.Since, h.Pass.Failing = when(last.At), "", nil, 0
		if mode != "" {
			h.Mode = mode
		}
		h.Threads = make(map[string]int)
		for state, n := range last.Result.Counts {
			if n > 0 {
				h.Threads[string(state)] = n
			}
		}
		h.Waiting, h.Unknown = 0, 0
		for _, d := range journal {
			switch d.State {
			case tracker.DraftPlaced, tracker.DraftEdited:
				h.Waiting++
			case tracker.DraftUnknown:
				h.Unknown++
			}
		}
		h.Folders = nil
		for name, reach := range last.Reaches {
			if reach.Folder.Role != mail.RoleDrafts {
				h.Folders = append(h.Folders, folderHealth{Name: name, Role: string(reach.Folder.Role), Read: when(reach.ReadAt)})
			}
		}
		slices.SortFunc(h.Folders, func(a, b folderHealth) int { return strings.Compare(a.Name, b.Name) })
	})
}

// probe is what machines are told that ask over HTTP whether the mailbox is worked.
func (r *recorder) probe() probe.State {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	return probe.State{Alive: !r.h.hangs(now), Ready: r.h.ready(now), Wrong: r.h.wrong(true, now)}
}

// ready says that a pass has done all it should since the start, and so did the last, and that nothing hangs.
func (h *health) ready(now time.Time) bool {
	done := h.Pass.LastOK
	return !h.hangs(now) && h.Pass.Error == "" && done != nil && !done.Before(h.Started.Truncate(time.Second))
}

// newlyDamaged says that a pass failed because the state is damaged, for the first time in a row: if opening it anew finds
// nothing to set aside, that is not tried over and over.
func (r *recorder) newlyDamaged(err error) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return errors.Is(err, sqlite.ErrDamaged) && r.h.Pass.Failing == 1
}

// unheardKept is how many words that were not understood are shown, and unheardFor how long.
const (
	unheardKept = 10
	unheardFor  = 7 * 24 * time.Hour
)

// notUnderstood notes what could not be understood of what the rep did in a mail client.
func (r *recorder) notUnderstood(words []tracker.Word) error {
	list := []string{}
	for _, w := range report.Unheard(words, r.now().Add(-unheardFor)) {
		list = append(list, w.At.Format(time.RFC3339)+" "+w.Text)
	}
	list = list[max(0, len(list)-unheardKept):]
	r.mu.Lock()
	same := slices.Equal(list, r.h.Unheard)
	r.mu.Unlock()
	if same {
		return nil
	}
	return r.change(func(h *health) { h.Unheard = list })
}

// troubleKept is how many troubles are kept.
const troubleKept = 5

// trouble notes something that happened to the state, to be read in `status` long after.
func (r *recorder) trouble(what string) error {
	return r.change(func(h *health) {
		h.Trouble = append(h.Trouble, r.now().Format(time.RFC3339)+" "+what)
		if over := len(h.Trouble) - troubleKept; over > 0 {
			h.Trouble = h.Trouble[over:]
		}
	})
}

// ended notes that the mailbox is left alone in good order, and why, where it is this one only.
func (r *recorder) ended(why string) error {
	return r.change(func(h *health) { h.Stopped, h.Why, h.Connections = true, why, nil })
}

// configuration notes what is wrong with the mailbox's file, so that the settings of before stay in force; nil: nothing.
func (r *recorder) configuration(wrong error) error {
	r.mu.Lock()
	same := r.h.File == reason(wrong)
	r.mu.Unlock()
	if same {
		return nil
	}
	return r.change(func(h *health) { h.File = reason(wrong) })
}

// failed notes that the mailbox could not be worked at all, and when that is tried again.
func (r *recorder) failed(err error, again time.Time) error {
	return r.change(func(h *health) {
		now := r.now()
		if h.Pass.Failing == 0 {
			h.Pass.Since = when(now)
		}
		h.Pass.Failing++
		h.Pass.Last, h.Pass.Next, h.Pass.Error, h.Connections = when(now), when(again), withHint(err), nil
	})
}

// change changes the health and writes it down; the error is given once for a row of the same.
func (r *recorder) change(do func(h *health)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	do(&r.h)
	r.h.Written = r.now()
	err := writeHealth(r.path, r.h)
	first := r.last == nil
	r.last = err
	if err != nil && first {
		return fmt.Errorf("write down how the mailbox fares: %w", err)
	}
	return nil
}

// writeHealth puts the file in place whole: a reader sees the old one or the new one.
func writeHealth(path string, h health) error {
	text, err := json.MarshalIndent(h, "", "  ")
	if err != nil {
		return err
	}
	next := path + ".next"
	if err := os.WriteFile(next, append(text, '\n'), 0o600); err != nil {
		return errors.Join(err, os.RemoveAll(next))
	}
	return os.Rename(next, path)
}

func readHealth(stateDir string) (health, error) {
	var h health
	text, err := os.ReadFile(filepath.Join(stateDir, healthName))
	if err != nil {
		return h, err
	}
	if err := json.Unmarshal(text, &h); err != nil {
		return h, fmt.Errorf("read %s: %w", filepath.Join(stateDir, healthName), err)
	}
	return h, nil
}

func when(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.Truncate(time.Second)
	return &t
}
