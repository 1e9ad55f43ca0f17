package webhook

import (
	"encoding/json"
	"fmt"
	"time"

	"followupd/mail"
	"followupd/report"
	"followupd/tracker"
)

// Event is what the receiver is told of a change of a thread's state. Its fields are those of `threads --json` where they
// bear the same name; nothing of a mail's or a draft's text is among them but what the reasons quote.
type Event struct {
	Type      string           `json:"type"` // always "thread.state"
	ID        string           `json:"id"`   // the same for every try
	Timestamp time.Time        `json:"timestamp"`
	Mailbox   mail.Address     `json:"mailbox"`
	Thread    tracker.ThreadID `json:"thread"`
	Old       *tracker.State   `json:"old"` // null for a thread that was not known before
	New       tracker.State    `json:"new"`
	Outcome   *tracker.Outcome `json:"outcome"`
	HeldUntil *time.Time       `json:"held_until"`
	Subject   string           `json:"subject"`
	Prospects []string         `json:"prospects"`
	Company   string           `json:"company"`
	Next      *report.Next     `json:"next"`
	Reasons   []string         `json:"reasons"`
}

// Changes gives the notices of the threads whose state is another than was told, and the states they then have. Nothing was
// told before begun: then all states are noted and nothing is told, so that a first reading of a mailbox is no flood. A
// thread that is not a prospect's is told of only where it was one's before.
func Changes(mailbox mail.Address, standings []tracker.Standing, told map[tracker.ThreadID]tracker.State, begun bool, now time.Time, zone *time.Location, newID func() string) (map[tracker.ThreadID]tracker.State, []tracker.Notice, error) {
	states := make(map[tracker.ThreadID]tracker.State)
	var notices []tracker.Notice
	for _, st := range standings {
		old, known := told[st.Thread]
		if known && old == st.State || !known && begun && st.State == tracker.Ignored {
			continue
		}
		states[st.Thread] = st.State
		if !begun {
			continue
		}
		as := report.NewThread(st, zone)
		e := Event{
			Type: "thread.state", ID: newID(), Timestamp: now.UTC(), Mailbox: mailbox, Thread: st.Thread, New: st.State,
			Outcome: as.Outcome, HeldUntil: as.HeldUntil, Subject: as.Subject, Prospects: as.Prospects, Company: as.Company, Next: as.Next, Reasons: as.Reasons,
		}
		if known {
			e.Old = &old
		}
		body, err := json.Marshal(e)
		if err != nil {
			return nil, nil, fmt.Errorf("write a notice of thread %s: %w", st.Thread, err)
		}
		notices = append(notices, tracker.Notice{ID: e.ID, At: now, Thread: st.Thread, Body: body})
	}
	return states, notices, nil
}
