package playbook

import (
	"strings"
	"time"

	"followupd/mail"
	"followupd/playbook/hand"
	"followupd/playbook/rules"
	"followupd/tracker"
)

// Request is what a writer is told of a thread and its next step.
type Request struct {
	Thread    *tracker.Thread
	Standing  tracker.Standing
	Contents  map[int64]*mail.Content // by Seen.Row, as far as loaded
	Notes     []tracker.Word          // on the prospects of this thread
	Words     []tracker.Word          // everything the rep said of this thread or its prospects
	Given     []tracker.Draft         // every draft ever placed for this person: nothing in it is repeated
	Recent    []tracker.Draft         // the last drafts to anybody, newest first: openers vary
	Habits    hand.Habits             // what the rep makes of drafts, by the text they were made of
	Mailed    int                     // to how many people a text of the rep in this thread went, see Mailings.Reach; 0: to these only
	Rep       mail.Person
	Signature string   // "" = none
	Samples   []Sample // a few of the rep's latest mails elsewhere, for their style alone; none where nobody asks for them
	Calendar  tracker.Calendar
	Now       time.Time
	Seed      uint64 // decides between equals; the same seed gives the same text
}

// Sample is a mail that the rep wrote by hand to somebody else.
type Sample struct {
	Text     string // the new text
	Language string // ISO 639-1, "" unknown
	To       []mail.Person
}

// Text is a follow-up ready to become a draft: it has passed the house rules.
type Text struct {
	Body     string // greeting to closing, signature included, no quote; "\n" lines
	Approach string
	Asset    string   // file name, "" for none
	Template string   // which text, and which of its parts
	Why      []string // plain sentences: why this approach, why this asset
}

// NoText is the error of Write where no text kept the house rules: the thread goes to review with it.
type NoText struct {
	Broken []Violation // of every candidate, each rule once
}

// Error names the rules, and says what the rep can do.
func (e *NoText) Error() string {
	if len(e.Broken) == 0 {
		return "no text fits this step; write it by hand"
	}
	var said []string
	for _, v := range e.Broken {
		s := v.Rule
		if v.Where != "" {
			s += " (" + brief(v.Where) + ")"
		}
		said = append(said, s)
	}
	what := "write this one by hand, or add an asset or a text of your own; it is tried again at every pass"
	if v := e.Broken[0]; v.Rule == somethingNew {
		what = v.Say
	}
	return "no text keeps the house rules: " + strings.Join(said, ", ") + "; " + what
}

// somethingNew is the rule that every approach brings something the person has not had.
const somethingNew = "something-new"

func brief(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// bounds gives the lengths that an action's text keeps.
func bounds(a tracker.Action) rules.Bounds {
	switch a {
	case tracker.BreakUp:
		return rules.BreakUp
	case tracker.Nurture, tracker.ThankYou:
		return rules.ShortNote
	default:
		return rules.FollowUp
	}
}
