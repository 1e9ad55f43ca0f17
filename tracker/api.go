package tracker

import (
	"time"

	"followupd/mail"
)

// Calendar is the rep's calendar: zone, working days, holidays, hours. All arithmetic with windows and working time
// in the program lives on it. The zero value is UTC, Monday to Friday, no holidays, always open.
type Calendar struct {
	Zone     *time.Location
	Holiday  func(day time.Time) (name string, is bool) // nil: none
	From, To time.Duration                              // the hours in which drafts appear, since midnight; both zero: always
}

// Add gives when a window that began at start is over, leaving out the held spans.
func (c Calendar) Add(start time.Time, w Window, held []Span) time.Time { panic("not built yet") }

// Working says whether the day is a working day.
func (c Calendar) Working(day time.Time) bool { panic("not built yet") }

// NextOpen gives the first moment at or after t at which drafts may appear.
func (c Calendar) NextOpen(t time.Time) time.Time { panic("not built yet") }

// Span is a time during which a window stands still.
type Span struct{ From, To time.Time }

// Mailbox holds every message seen, tied into threads. It is built anew from the store at start and kept up by Add; the
// result is the same for any order of Add.
type Mailbox struct{}

// NewMailbox gives an empty one. situate finds the situation of a thread (playbook.Situation); nil: always General.
func NewMailbox(p Policy, situate func(*Thread) (Situation, string)) *Mailbox { panic("not built yet") }

// SetPolicy puts an edited config in force: every thread is judged anew from then on.
func (m *Mailbox) SetPolicy(p Policy) { panic("not built yet") }

// Add takes a message in, or takes its newer form (a body was read, another folder). Its Reading is made by the caller.
func (m *Mailbox) Add(s Seen) { panic("not built yet") }

// Threads gives the ids of all threads with a message of the rep, those whose facts changed since the last call to Changed
// included. Order: oldest silence first.
func (m *Mailbox) Threads() []ThreadID { panic("not built yet") }

// Changed gives the threads whose standing may have changed through Add since the last call, and forgets them.
func (m *Mailbox) Changed() []ThreadID { panic("not built yet") }

// Thread gives a conversation, its messages in order of the server's time; nil if unknown.
func (m *Mailbox) Thread(id ThreadID) *Thread { panic("not built yet") }

// Wanted gives the rows of messages whose bodies matter and have not been read: those of threads with a prospect, mail of
// anybody the rep wrote to, reports of failed delivery.
func (m *Mailbox) Wanted() []int64 { panic("not built yet") }

// Thread is one conversation.
type Thread struct {
	ID       ThreadID
	Messages []Linked // by Received
}

// Linked is a message of a thread and how it came to belong to it.
type Linked struct {
	*Seen
	Direction Direction
	// Weak says that it was tied by its sender, quoted lines or subject, not by ids: it may be an answer, which is enough
	// to be silent, and Why says what tied it.
	Weak bool
	Why  string
}

// Facts are what was done and said, beside the messages.
type Facts struct {
	Origin Origin
	Drafts []Draft
	Words  []Word
	ReadAt time.Time // since when every folder in which an answer could lie has been read cleanly; the oldest of them; zero: never
}

// Judge says where a thread stands at a moment. It is pure: preview --at is the same function with another clock.
func (m *Mailbox) Judge(id ThreadID, f Facts, now time.Time) Standing { panic("not built yet") }

// JudgeAll judges every thread and lays the limits that reach across threads over them: one open draft per person.
func (m *Mailbox) JudgeAll(f Facts, now time.Time) []Standing { panic("not built yet") }

// Agenda picks which due threads get their draft now: oldest promise first, at most Policy.DraftsADay in the rep's day
// (those placed today count), one open draft per person, within hours. held says in words why each other due thread waits.
func Agenda(all []Standing, f Facts, p Policy, now time.Time, ignoreHours bool) (draft []Standing, held map[ThreadID]string) {
	panic("not built yet")
}

// Find gives the threads a word of the rep is about: by thread id (or an unambiguous start of one) or by address.
func Find(all []Standing, who string) []Standing { panic("not built yet") }

// IsProspect says whether an address may be chased at all, and why not.
func (p Policy) IsProspect(a mail.Address) (bool, string) { panic("not built yet") }
