// Package playbook says what a good follow-up says: which approach a step takes, which asset of the library fits, the
// texts, and the house rules that every text must keep before it may become a draft. It is pure but for reading its own
// files (library, templates): no network, no database, no clock.
package playbook

import (
	"time"

	"followupd/mail"
	"followupd/tracker"
)

// Asset is one piece of the rep's library.
type Asset struct {
	File     string
	Kind     string // article whitepaper case_study testimonial introduction insight event personal
	Title    string
	URL      string
	Fits     []string
	Language string // "" fits any
	Expires  time.Time
	Text     string // one to three sentences that may stand in a mail
}

// Problem is a file of the library or of the templates that is not used, and why.
type Problem struct {
	File string
	Line int    // 0 unknown
	Text string // what is wrong and what would be right
}

// Playbook is everything loaded: an immutable value, swapped whole on reload.
type Playbook struct{}

// Load reads the library and the template overrides. A missing folder is an empty one. Files that are wrong are left out
// and reported; Load itself fails only where a folder cannot be read (a file where a folder should be, no permission).
func Load(libraryDir, templatesDir string) (*Playbook, []Problem, error) { panic("not built yet") }

// Assets gives the library in order of file name.
func (p *Playbook) Assets() []Asset { panic("not built yet") }

// Request is what a writer is told of a thread and its next step.
type Request struct {
	Thread    *tracker.Thread
	Standing  tracker.Standing
	Contents  map[int64]*mail.Content // by Seen.Row, as far as loaded
	Notes     []tracker.Word          // on the prospects of this thread
	Given     []tracker.Draft         // every draft ever placed for this person: nothing in it is repeated
	Recent    []tracker.Draft         // the last drafts to anybody, newest first: openers vary
	Rep       mail.Person
	Signature string // "" = none
	Calendar  tracker.Calendar
	Now       time.Time
	Seed      uint64 // decides between equals; the same seed gives the same text
}

// Text is a follow-up ready to become a draft: it has passed the house rules.
type Text struct {
	Body     string // greeting to closing, signature included, no quote; "\n" lines
	Approach string
	Asset    string // file name, "" for none
	Template string
	Why      []string // plain sentences: why this approach, why this asset
}

// Write chooses approach and asset and gives the text. A *NoText error says which rules every candidate broke.
func (p *Playbook) Write(r Request) (Text, error) { panic("not built yet") }

// NoText is the error of Write where no text kept the house rules: the thread goes to review with it.
type NoText struct{ Broken []Violation }

func (e *NoText) Error() string { panic("not built yet") }

// Violation is a house rule that a text breaks.
type Violation struct {
	Rule   string // its name: no-checking-in, one-ask, …
	Where  string // the words that break it
	Line   int    // 1-based, 0 for the whole text
	Say    string // what to write instead
	Source string // the seed or reason behind the rule
}

// Lint holds any follow-up against the house rules that need no knowledge of the thread.
func Lint(text string) []Violation { panic("not built yet") }

// Approach gives the approach that a step would likely take, for Next.Approach, without writing.
func (p *Playbook) Approach(r Request) string { panic("not built yet") }

// Situation finds what kind of silence a thread is, with the reason in plain words. It reads subjects and Reading.NewText,
// Reading.Attachments of the thread's messages; agent hands it to tracker.NewMailbox.
func Situation(t *tracker.Thread) (tracker.Situation, string) { panic("not built yet") }
