package tracker

import (
	"time"

	"followupd/mail"
)

// State is where a thread stands. Values are part of the contract (threads --json).
type State string

// The states.
const (
	Waiting  State = "waiting"  // the rep wrote last, the window runs
	Due      State = "due"      // the window is over, no draft yet
	Drafted  State = "drafted"  // a draft waits in Drafts
	Answered State = "answered" // the prospect answered, the ball is with the rep
	Held     State = "held"     // not before HeldUntil
	Review   State = "review"   // doubtful, the rep decides
	Closed   State = "closed"   // see Outcome
	Ignored  State = "ignored"  // not a prospect's thread
)

// Outcome is how a closed thread ended.
type Outcome string

// The outcomes.
const (
	NoReply     Outcome = "no_reply"
	Declined    Outcome = "declined"
	OptedOut    Outcome = "opted_out"
	WrongPerson Outcome = "wrong_person"
	LeftCompany Outcome = "left_company"
	Bounced     Outcome = "bounced"
	Settled     Outcome = "settled"
	Won         Outcome = "won"
	Lost        Outcome = "lost"
	Stopped     Outcome = "stopped"
)

// HoldReason is why a thread is held.
type HoldReason string

// The reasons to hold.
const (
	HoldOutOfOffice HoldReason = "out_of_office"
	HoldNotNow      HoldReason = "not_now"
	HoldWillReply   HoldReason = "will_reply"
	HoldMeeting     HoldReason = "meeting"
	HoldRep         HoldReason = "rep"
	HoldSoftBounce  HoldReason = "soft_bounce"
)

// Situation is what kind of silence it is.
type Situation string

// The situations.
const (
	ColdEmail  Situation = "cold_email"
	Proposal   Situation = "proposal"
	Meeting    Situation = "meeting"
	Voicemail  Situation = "voicemail"
	Conference Situation = "conference"
	WasKeen    Situation = "was_keen"
	General    Situation = "general"
)

// Situations gives all of them, in the order of the contract.
func Situations() []Situation {
	return []Situation{ColdEmail, Proposal, Meeting, Voicemail, Conference, WasKeen, General}
}

// Action is what a next step does.
type Action string

// The actions.
const (
	FollowUp Action = "follow_up"
	BreakUp  Action = "break_up"
	Nurture  Action = "nurture"
	ThankYou Action = "thank_you"
)

// Standing is where a thread stands at one moment, and why.
type Standing struct {
	Thread       ThreadID
	Subject      string
	Prospects    []mail.Person
	Company      string // the prospects' domain, "" for free-mail or several
	State        State
	Outcome      Outcome    // for Closed
	HeldUntil    time.Time  // for Held
	HoldReason   HoldReason // for Held
	Step         int        // follow-ups sent so far in this silence
	LastOutbound time.Time
	LastInbound  time.Time // the last human answer; receipts, bounces and machines do not count
	Situation    Situation
	SituationWhy string // what shows it, in plain words; "" nothing in particular
	Grade        string
	Next         *Next
	Draft        *Draft // the draft that waits in Drafts (Placed or Edited), or the intent under way
	Reasons      []string

	// FollowedUp says when the follow-ups of this silence went out, those by hand included, the oldest first.
	FollowedUp []time.Time
	// Pause keeps a due thread from its draft for a while; zero: nothing does.
	Pause Pause

	// Followed are the visits to the links of this thread's drafts, the oldest first.
	Followed []Followed

	// Silence is the rep's message that still waits for an answer; nil where nothing is owed.
	Silence *Seen
	// Withdraw says that Draft was overtaken (an answer, a hold, the rep's own mail, a close) and, where untouched, is to
	// be taken back.
	Withdraw bool
	// Check is when this standing may change without new facts; zero: never.
	Check time.Time
}

// Next is what comes next in a thread.
type Next struct {
	Action   Action
	Step     int
	Approach string    // the likely approach; the playbook has the last word when it writes
	At       time.Time // when the window is over
	Expected time.Time // when its draft likely comes, at or after At, see Mailbox.Expected; zero: not known. No judgement fills it in
}

// Window says after how long a silence a step is due. Exactly one of the fields is set; all zero means never.
type Window struct {
	BusinessDays int
	Duration     time.Duration // wall time: "12h"
	Days         int           // calendar days: "5d", "2w"
}

// Cadence is when steps follow.
type Cadence struct {
	FollowUpAfter []Window
	BreakUpAfter  Window
	NurtureAfter  Window
	ThankYouAfter Window // after the end of a meeting that they accepted
}

// Policy is what the config says, as far as judging needs it.
type Policy struct {
	Me       []mail.Address // every address the rep writes from, the main one first
	Internal []string       // domains and addresses of colleagues
	Listed   bool           // prospects.who = "listed": only Include
	Include  []string       // addresses or @domains
	Exclude  []string
	Since    time.Duration // how old a silence may be at the first start and still get a draft

	// The pace for everybody, and what a grade ("" for none) and a situation change of it; nil: nothing.
	Cadence    Cadence
	Calendar   Calendar
	DraftsADay int
	Paces      func(grade string, s Situation) Pace

	Sooner Window // how long after a person followed a link a follow-up is due at the latest; zero: no sooner for it

	Rules []GradeRule // the first that fits gives a thread its grade, where the rep gave none

	// How many people of a company are followed up at once, and how many follow-ups a person has in 30 days; 0: no limit.
	PeoplePerCompany int
	PerPersonMonth   int
}
