// Package report shows people where they stand: as JSON for scripts, as tables and timelines for a terminal. It only
// formats: every conclusion in it was drawn by tracker. Text that strangers wrote is shown with its control and
// direction-changing characters made visible.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"
	"unicode/utf8"

	"followupd/tracker"
)

// Thread is what `threads --json` says of a thread. Its keys are part of the contract.
type Thread struct {
	ID           tracker.ThreadID    `json:"id"`
	Subject      string              `json:"subject"`
	Prospects    []string            `json:"prospects"`
	Company      string              `json:"company"`
	State        tracker.State       `json:"state"`
	Outcome      *tracker.Outcome    `json:"outcome"`
	HeldUntil    *time.Time          `json:"held_until"`
	HoldReason   *tracker.HoldReason `json:"hold_reason"`
	Step         int                 `json:"step"`
	LastOutbound *time.Time          `json:"last_outbound"`
	LastInbound  *time.Time          `json:"last_inbound"`
	Situation    tracker.Situation   `json:"situation"`
	Grade        string              `json:"grade"`
	Next         *Next               `json:"next"`
	Draft        *Draft              `json:"draft"`
	Reasons      []string            `json:"reasons"`
}

// Next is the step that comes next.
type Next struct {
	Action   tracker.Action `json:"action"`
	Step     int            `json:"step"`
	Approach string         `json:"approach,omitempty"`
	At       time.Time      `json:"at"`                 // when the window is over
	DraftAt  *time.Time     `json:"draft_at,omitempty"` // when its draft is to be expected
}

// Draft is the draft that waits in Drafts.
type Draft struct {
	MessageID string `json:"message_id"`
	Step      int    `json:"step"`
	Approach  string `json:"approach"`
	Asset     string `json:"asset"`
	Edited    bool   `json:"edited"`
}

// NewThread puts a standing into the contract's form, its times in the rep's zone.
func NewThread(s tracker.Standing, zone *time.Location) Thread {
	t := Thread{
		ID: s.Thread, Subject: s.Subject, Prospects: []string{}, Company: s.Company, State: s.State, Step: s.Step,
		LastOutbound: moment(s.LastOutbound, zone), LastInbound: moment(s.LastInbound, zone),
		Situation: s.Situation, Grade: s.Grade, Reasons: s.Reasons,
	}
	for _, p := range s.Prospects {
		t.Prospects = append(t.Prospects, string(p.Address))
	}
	if t.Reasons == nil {
		t.Reasons = []string{}
	}
	if s.SituationWhy != "" {
		t.Reasons = append(slices.Clone(t.Reasons), fmt.Sprintf("The situation is %s: %s.", s.Situation, s.SituationWhy))
	}
	if s.State == tracker.Closed {
		t.Outcome = &s.Outcome
	}
	if s.State == tracker.Held {
		t.HeldUntil, t.HoldReason = moment(s.HeldUntil, zone), &s.HoldReason
	}
	if n := s.Next; n != nil {
		t.Next = &Next{Action: n.Action, Step: n.Step, Approach: n.Approach, At: n.At.In(zone), DraftAt: moment(n.Expected, zone)}
	}
	if d := s.Draft; d != nil && (d.State == tracker.DraftPlaced || d.State == tracker.DraftEdited) {
		t.Draft = &Draft{
			MessageID: d.MessageID.String(), Step: d.Step, Approach: d.Approach, Asset: d.Asset,
			Edited: d.State == tracker.DraftEdited,
		}
	}
	return t
}

func moment(t time.Time, zone *time.Location) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.In(zone).Truncate(time.Second)
	return &t
}

// JSON writes a value as one indented JSON document, HTML left as it is, and characters that a terminal would obey as codes.
func JSON(w io.Writer, v any) error {
	enc := json.NewEncoder(Codes(w))
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// Codes gives a writer for JSON that writes hidden characters as \u codes. In JSON they can stand only within strings, where
// a code says the same. Each Write must hold whole characters, as json.Encoder's do.
func Codes(w io.Writer) io.Writer { return codes{w} }

type codes struct{ w io.Writer }

func (c codes) Write(text []byte) (int, error) {
	safe := make([]byte, 0, len(text))
	for _, r := range string(text) {
		if r != '\n' && hidden(r) {
			safe = fmt.Appendf(safe, "\\u%04x", r)
			continue
		}
		safe = utf8.AppendRune(safe, r)
	}
	if _, err := c.w.Write(safe); err != nil {
		return 0, err
	}
	return len(text), nil
}
