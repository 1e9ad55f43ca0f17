// Package rules holds the house rules of a follow-up: what it may never say, and what it must hold. Every text keeps
// them before it may become a draft (Check), and a rep can hold their own texts against those that need no knowledge of
// the conversation (Lint). The rules speak English, German, French, Spanish, Dutch and Swedish.
package rules

import (
	"cmp"
	"slices"

	"followupd/playbook/prose"
	"followupd/playbook/rarely"
)

// Violation is a house rule that a text breaks.
type Violation struct {
	Rule   string // its name: no-checking-in, one-ask, …
	Where  string // the words that break it
	Line   int    // 1-based, 0 for the whole text
	Say    string // what to write instead
	Source string // the seed or reason behind the rule
}

// MaxLint bounds the text that Lint looks at, in bytes: no follow-up is longer.
const MaxLint = 64 << 10

// Bounds is how long a text may be, in words as a reader counts them.
type Bounds struct{ Min, Max int }

// The lengths. Any is what Lint asks of a person's text; the others are what a draft keeps.
var (
	Any       = Bounds{25, 150}
	FollowUp  = Bounds{50, 125}
	ShortNote = Bounds{25, 110} // thank-you and nurture
	BreakUp   = Bounds{25, 60}
)

// expressions are those of this package.
var expressions rarely.Patterns

// Rest lets go of the tables by which texts are checked; the next check makes them anew.
func Rest() {
	expressions.Drop()
	phraseFinder.Drop()
	turnTable.Drop()
}

// Lint holds any follow-up against the rules that need no knowledge of the thread, in order of line.
func Lint(text string) []Violation {
	if len(text) > MaxLint {
		return []Violation{tooLong(Any, len(text)/6)}
	}
	own := withoutQuote(text)
	out := phrases(own)
	out = append(out, placeholders(own)...)
	out = append(out, asks(own)...)
	out = append(out, length(own, Any)...)
	out = append(out, readable(own)...)
	sorted(out)
	return out
}

// Check holds a draft, without its signature, against every rule. g is the ground that its claims may stand on.
func Check(text string, b Bounds, g Ground) []Violation {
	out := phrases(text)
	out = append(out, placeholders(text)...)
	out = append(out, asks(text)...)
	out = append(out, length(text, b)...)
	out = append(out, readable(text)...)
	out = append(out, valueFirst(text)...)
	out = append(out, g.check(text)...)
	sorted(out)
	return out
}

// Phrases holds a fragment (an asset's text, say) against the rules on words alone.
func Phrases(text string) []Violation {
	return append(phrases(text), placeholders(text)...)
}

func sorted(v []Violation) {
	slices.SortStableFunc(v, func(a, b Violation) int { return cmp.Compare(a.Line, b.Line) })
}

func length(text string, b Bounds) []Violation {
	n := prose.CountWords(text)
	switch {
	case n > b.Max:
		return []Violation{tooLong(b, n)}
	case n < b.Min:
		return []Violation{tooShort(b, n)}
	}
	return nil
}
