package mail

import "time"

// Kind says who or what wrote a message. Values are part of the contract (inspect --json).
type Kind string

// The kinds of message.
const (
	KindHuman     Kind = "human"
	KindAutoReply Kind = "auto_reply"
	KindBounce    Kind = "bounce"
	KindCalendar  Kind = "calendar"
	KindReceipt   Kind = "receipt"
	KindBulk      Kind = "bulk"
	KindSystem    Kind = "system"
)

// Sub refines a Kind; "" where the kind has none.
type Sub string

// The refinements of auto_reply, bounce and calendar.
const (
	SubOutOfOffice     Sub = "out_of_office"
	SubLeftCompany     Sub = "left_company"
	SubAcknowledgement Sub = "acknowledgement"
	SubChallenge       Sub = "challenge"
	SubOther           Sub = "other"

	SubHard   Sub = "hard"
	SubSoft   Sub = "soft"
	SubPolicy Sub = "policy"
	SubDelay  Sub = "delay"

	SubRequest   Sub = "request"
	SubAccepted  Sub = "accepted"
	SubDeclined  Sub = "declined"
	SubTentative Sub = "tentative"
	SubCancelled Sub = "cancelled"
)

// Intent says what a person's message wants; "" for machines.
type Intent string

// The intents. Unclear counts as answered and is shown for review.
const (
	IntentAnswer      Intent = "answer"
	IntentDeclined    Intent = "declined"
	IntentOptOut      Intent = "opt_out"
	IntentWrongPerson Intent = "wrong_person"
	IntentNotNow      Intent = "not_now"
	IntentWillReply   Intent = "will_reply"
	IntentThanks      Intent = "thanks"
	IntentUnclear     Intent = "unclear"
)

// Reading is what a message was found to be, with the rules that decided. It is a pure function of the
// message and its Context, so a better rule re-judges the past.
type Reading struct {
	Kind   Kind
	Sub    Sub
	Intent Intent
	// Until is the first day on which the person may be written to again: the day of return, or the day after an
	// absence whose last day was named as such ("bis einschließlich 6. Mai" gives 7 May; "back on 6 May", and "until 6 May",
	// which leaves it open, give 6 May); of a not_now or will_reply the day named ("ask me in March": 1 March); of an accepted
	// meeting its end. Midnight in the sender's zone, but for meetings. Zero: none named.
	Until       time.Time
	NewText     string    // what the person newly wrote: quotes and signature stripped; at most MaxNewText bytes
	Attachments []string  // names of attached files
	Quoted      bool      // a quoted earlier message follows the new text
	Language    string    // ISO 639-1 of the new text, "" if it is too short to tell
	Asks        bool      // the new text asks for something: a question, a request, a proposal that wants an answer
	Failed      []Address // bounce: the recipients that failed or are delayed
	Original    MessageID // bounce or receipt: the message it speaks of
	Successor   *Person   // left_company, wrong_person: whom the writer names instead; never written to unasked
	Reasons     []string  // plain words, the deciding rule first: "Auto-Submitted: auto-replied (RFC 3834)"
}

// Context is what the mailbox knows around a message and the message itself does not say. The zero value is fine.
type Context struct {
	Received     time.Time     // the server's time; base for dates where the Date header is missing or absurd
	Me           []Address     // the rep's identities
	Outbound     bool          // the rep wrote it: Kind is human, and only NewText, Language and Asks are judged
	AfterOurs    time.Duration // since our last message to that person; 0: unknown
	OurSubject   string        // subject of the message it answers; "" unknown
	SameAsBefore bool          // the same new text came from this sender before
}

// MaxNewText bounds Reading.NewText, in bytes.
const MaxNewText = 8 << 10
