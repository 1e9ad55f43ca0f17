// Package tracker knows where every thread stands, and why. What was seen, done and said are facts (this file);
// where a thread stands is a pure function of facts, policy and time (Judge). The package knows no network, no
// database and no clock; the Store interface says what it needs of one.
package tracker

import (
	"time"

	"followupd/mail"
)

// ThreadID names a conversation, the same across passes, restarts and a lost database: it is derived from the
// Message-ID of the thread's first message (the first of the oldest message's References, where it has any).
type ThreadID string

// Direction is whose message it is.
type Direction string

// The directions. Unknown is a mail that bears the rep's name but does not lie in Sent: it changes nothing, for
// anybody can forge a From.
const (
	In      Direction = "in"
	Out     Direction = "out"
	Unknown Direction = "unknown"
)

// Seen is a message as the mailbox holds or held it: the unit of what was seen. A message that lies in several
// folders (Gmail's labels, a copy in INBOX) is one Seen.
type Seen struct {
	Row      int64         // the store's name for it; grows with time of arrival in the store
	Folders  []mail.Folder // every folder it was ever seen in
	Received time.Time     // the server's time (INTERNALDATE), the earliest of its copies; zero never happens: the store falls back to Date, then to the time it was read
	Message  mail.Message  // Content is nil while the body was not read, or not asked for
	Reduced  bool          // it named somebody whom the rep had forgotten: the header was written anew, of the body the verdict is kept
	HasBody  bool          // the body has been read, by a program that reads as this one does (mail.ContentVersion)
	Outdated bool          // there is a Content, but of an older program's reading: HasBody is false
	Reading  mail.Reading  // what it is; of the header alone while HasBody is false. NewText is kept for short
}

// Draft is one follow-up that was, or is about to be, laid into Drafts: what was done.
type Draft struct {
	Key      string // names mailbox, answered message and step; see agent.Key
	Thread   ThreadID
	Answers  mail.MessageID // the rep's last message, which it continues
	Step     int            // 1 for the first follow-up of a silence
	Action   Action
	Approach string
	Asset    string // file name in the library, "" for none
	Template string // which text wrote it
	Body     string // the new text without signature and quote, for variety and for "edited?"
	Why      []string

	State     DraftState
	MessageID mail.MessageID // as it lies in Drafts now: ours, or the one a client gave an edited copy
	Source    []byte         // the frozen bytes; the same bytes for every try
	Validity  uint32         // UIDVALIDITY of Drafts when the intent was written
	Floor     mail.UID       // UIDNEXT of Drafts then: ours lies at or above it
	UID       mail.UID       // where it lies; 0 unknown
	Created   time.Time
	Changed   time.Time // the last change of State
	LookedAt  time.Time // the last look after an unknown outcome; zero: none yet
	Looks     int       // clean looks that did not find it since the last try
}

// DraftState is how far a draft has come.
type DraftState string

// The states of a draft (RELIABILITY 2.3). Unknown is an intent whose outcome nobody knows: it is looked for, twice
// and after a rest, before the same bytes are tried again. All but Intent and UnknownOutcome are final or the rep's.
const (
	DraftIntent    DraftState = "intent"
	DraftUnknown   DraftState = "unknown"
	DraftPlaced    DraftState = "placed"    // lies in Drafts, untouched
	DraftEdited    DraftState = "edited"    // lies in Drafts, the rep changed it: theirs for good
	DraftSent      DraftState = "sent"      // found in Sent
	DraftDiscarded DraftState = "discarded" // the rep deleted it: never written again
	DraftWithdrawn DraftState = "withdrawn" // we took it back: an answer came, or the rep closed the thread
)

// Word is something the rep said: a hold, a close, a reopen, a note, a grade. Words beat everything the machine
// concludes; the newest of a kind counts.
type Word struct {
	ID      int64
	At      time.Time
	Kind    WordKind
	Thread  ThreadID     // whom it is about: a thread …
	Address mail.Address // … or a person in all their threads
	Until   time.Time    // hold
	Outcome Outcome      // close: won, lost, stopped
	Text    string       // why (hold), the note, the grade's name, the situation, the sentence (unheard)
	Source  string       // how it was said in a mail client: `you moved a mail into "Stop"`; "" for a command or a page
}

// WordKind is what kind of word.
type WordKind string

// The words a rep can say.
const (
	WordHold   WordKind = "hold"
	WordClose  WordKind = "close"
	WordReopen WordKind = "reopen"
	WordNote   WordKind = "note"
	WordGrade  WordKind = "grade"
	// WordSituation says what kind of silence it is, in Text; "auto" leaves it to what is found in the thread again.
	WordSituation WordKind = "situation"
	// WordChase reopens a thread, and has it tracked although nobody on it is a prospect by the config (prospects.exclude,
	// prospects.who). Colleagues, machines and circulars stay out.
	WordChase WordKind = "chase"
	// WordAnother wants the draft that lies ready replaced by one with another approach.
	WordAnother WordKind = "another"
	// WordDone says that a task of a thread was done, or is not wanted: its Text names it (playbook.Task.Name). It changes
	// nothing of where the thread stands.
	WordDone WordKind = "done"
	// WordUnheard is a gesture that could not be understood or carried out. It changes nothing; its Text says why.
	WordUnheard WordKind = "unheard"
)

// Reach is how well the mailbox has been read.
type Reach struct {
	Folder mail.Folder
	Cursor mail.Cursor
	ReadAt time.Time // when it was last read to the end without an error; zero: never
}

// Origin is when this store began to watch, and whether it began anew over an older one's drafts.
type Origin struct {
	FirstStart time.Time
	Recovered  time.Time // drafts of ours were found that this store did not know: state was lost or is older; zero: never
}
