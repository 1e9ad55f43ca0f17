package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"followupd/tracker"
)

// columns are those of the CSV export. A record is a thread or a draft of the ledger; a column that does not concern it is
// empty. Their names and order are only ever added to.
var columns = []string{
	"record", "thread", "prospects", "company", "subject", "state", "outcome", "held_until", "hold_reason", "step",
	"last_outbound", "last_inbound", "situation", "grade", "next", "next_at", "action", "approach", "asset", "created", "changed", "reasons",
}

// CSV writes threads and ledger as RFC 4180 has it: a header line, CRLF, quotes where needed. No field can be taken for a
// formula by a spreadsheet, and none holds a character that a terminal obeys.
func CSV(w io.Writer, e Export) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(columns); err != nil {
		return err
	}
	write := func(fields map[string]string) error {
		row := make([]string, len(columns))
		for i, name := range columns {
			row[i] = cell(fields[name])
		}
		return out.Write(row)
	}
	for _, t := range e.Threads {
		f := map[string]string{
			"record": "thread", "thread": string(t.ID), "prospects": strings.Join(t.Prospects, " "), "company": t.Company,
			"subject": t.Subject, "state": string(t.State), "step": strconv.Itoa(t.Step), "situation": string(t.Situation), "grade": t.Grade,
			"held_until": stamp(t.HeldUntil), "last_outbound": stamp(t.LastOutbound), "last_inbound": stamp(t.LastInbound),
			"reasons": strings.Join(t.Reasons, " "),
		}
		if t.Outcome != nil {
			f["outcome"] = string(*t.Outcome)
		}
		if t.HoldReason != nil {
			f["hold_reason"] = string(*t.HoldReason)
		}
		if t.Next != nil {
			f["next"], f["next_at"] = string(t.Next.Action), stamp(&t.Next.At)
		}
		if err := write(f); err != nil {
			return err
		}
	}
	for _, d := range e.Ledger {
		if err := write(map[string]string{
			"record": "draft", "thread": string(d.Thread), "prospects": strings.Join(d.Prospects, " "), "state": string(d.State),
			"step": strconv.Itoa(d.Step), "action": string(d.Action), "approach": d.Approach, "asset": d.Asset,
			"created": stamp(&d.Created), "changed": stamp(&d.Changed), "reasons": strings.Join(d.Why, " "),
		}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func stamp(t *time.Time) string {
	if t == nil || t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// cell makes a text safe in a spreadsheet: one that begins like a formula gets a leading apostrophe (OWASP ASVS 1.2.10;
// full-width signs, which some spreadsheets read alike, too), and hidden characters become codes.
func cell(s string) string {
	bad := strings.HasPrefix(s, "\x00") // lost to Clean's codes below; so asked first
	if s != "" {
		switch []rune(s)[0] {
		case '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠':
			bad = true
		}
	}
	s = Clean(s)
	if !bad && strings.HasPrefix(strings.TrimLeft(s, " "), "=") {
		bad = true // some programs trim what they read
	}
	if bad {
		return "'" + s
	}
	return s
}

// Export is what `export` gives for a CRM.
type Export struct {
	Threads []Thread `json:"threads"`
	Ledger  []Entry  `json:"ledger"`
}

// Entry is one draft of the ledger: what was laid into Drafts, what it brought, and what became of it.
type Entry struct {
	Thread    tracker.ThreadID   `json:"thread"`
	Prospects []string           `json:"prospects"`
	Step      int                `json:"step"`
	Action    tracker.Action     `json:"action"`
	Approach  string             `json:"approach"`
	Asset     string             `json:"asset"`
	State     tracker.DraftState `json:"state"`
	MessageID string             `json:"message_id"`
	Created   time.Time          `json:"created"`
	Changed   time.Time          `json:"changed"`
	Why       []string           `json:"why"`
	Text      string             `json:"text,omitempty"` // only in the export of one person
}

// NewEntry puts a draft into the export's form.
func NewEntry(d tracker.Draft, prospects []string, zone *time.Location) Entry {
	e := Entry{
		Thread: d.Thread, Prospects: prospects, Step: d.Step, Action: d.Action, Approach: d.Approach, Asset: d.Asset, State: d.State,
		MessageID: d.MessageID.String(), Created: d.Created.In(zone).Truncate(time.Second), Changed: d.Changed.In(zone).Truncate(time.Second), Why: d.Why,
	}
	if e.Prospects == nil {
		e.Prospects = []string{}
	}
	if e.Why == nil {
		e.Why = []string{}
	}
	return e
}

// Held is everything that is held on one person.
type Held struct {
	Address  string        `json:"address"`
	Threads  []Thread      `json:"threads"`
	Messages []HeldMessage `json:"messages"`
	Ledger   []Entry       `json:"ledger"`
	Words    []HeldWord    `json:"words"`
}

// HeldMessage is a message that names the person, as stored.
type HeldMessage struct {
	Folders   []string  `json:"folders"`
	Received  time.Time `json:"received"`
	MessageID string    `json:"message_id"`
	From      []string  `json:"from"`
	To        []string  `json:"to"`
	Cc        []string  `json:"cc"`
	Subject   string    `json:"subject"`
	Body      any       `json:"body"` // what is kept of it; null where it was not read
}

// HeldWord is what the rep said of the person or a thread with them.
type HeldWord struct {
	At      time.Time        `json:"at"`
	Kind    tracker.WordKind `json:"kind"`
	Thread  tracker.ThreadID `json:"thread,omitempty"`
	Address string           `json:"address,omitempty"`
	Until   *time.Time       `json:"until,omitempty"`
	Outcome tracker.Outcome  `json:"outcome,omitempty"`
	Text    string           `json:"text"`
	Source  string           `json:"source,omitempty"` // how it was said in a mail client
}

// NewHeldMessage puts a stored message into the export's form. body is nil where none was read.
func NewHeldMessage(s tracker.Seen, body any, zone *time.Location) HeldMessage {
	m := HeldMessage{
		Received: s.Received.In(zone).Truncate(time.Second), MessageID: s.Message.ID.String(), Subject: s.Message.Subject, Body: body,
		Folders: []string{}, From: []string{}, To: []string{}, Cc: []string{},
	}
	for _, f := range s.Folders {
		m.Folders = append(m.Folders, f.Name)
	}
	for _, p := range s.Message.From {
		m.From = append(m.From, fmt.Sprintf("%s <%s>", p.Name, p.Address))
	}
	for _, p := range s.Message.To {
		m.To = append(m.To, fmt.Sprintf("%s <%s>", p.Name, p.Address))
	}
	for _, p := range s.Message.Cc {
		m.Cc = append(m.Cc, fmt.Sprintf("%s <%s>", p.Name, p.Address))
	}
	return m
}
