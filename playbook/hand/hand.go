// Package hand learns from what the rep does to drafts: sends them as they are, rewrites them, deletes them, leaves them. It
// is pure, and asks no model: everything it knows are the journal and the edits in the store.
package hand

import (
	"hash/fnv"
	"strings"
	"time"

	"followupd/tracker"
)

// Fate is what became of a draft.
type Fate string

// The fates. Open is one of which it is too early to tell, or that was taken back before the rep decided.
const (
	Open      Fate = ""
	AsIs      Fate = "as_is"
	Edited    Fate = "edited"
	Rewritten Fate = "rewritten" // less than half of it was sent
	Deleted   Fate = "deleted"
	Left      Fate = "left" // lies in Drafts since two weeks
	Sent      Fate = "sent" // and how much of it cannot be told: the texts were erased, or one was never read
)

const (
	leftAfter = 14 * 24 * time.Hour
	rewritten = 0.5   // of the words in common, below which little is left of a draft
	same      = 0.995 // from which on only white space or a mark differs
)

// Fates gives what became of each draft, in the order of the journal.
func Fates(journal []tracker.Draft, edits []tracker.Edit, now time.Time) []Fate {
	by := make(map[string]tracker.Edit, len(edits))
	for _, e := range edits {
		by[e.Draft] = e
	}
	out := make([]Fate, len(journal))
	for i, d := range journal {
		e, known := by[d.Key]
		switch {
		case d.State == tracker.DraftSent && !known:
			out[i] = Sent
		case d.State == tracker.DraftSent && e.Kept >= same:
			out[i] = AsIs
		case d.State == tracker.DraftSent && e.Kept < rewritten:
			out[i] = Rewritten
		case d.State == tracker.DraftSent:
			out[i] = Edited
		case d.State == tracker.DraftDiscarded:
			out[i] = Deleted
		case (d.State == tracker.DraftPlaced || d.State == tracker.DraftEdited) && now.Sub(d.Created) >= leftAfter:
			out[i] = Left
		}
	}
	return out
}

// Writer says who wrote a draft, by its Template: "template", or "llm" and the model's name.
func Writer(template string) string {
	if by, _, ok := strings.Cut(template, ", after "); ok {
		return by
	}
	return "template"
}

// Variant names the text that a draft was made of, without its parts. A model's text tells nothing of the one it began with:
// it has none.
func Variant(template string) string {
	if Writer(template) != "template" {
		return ""
	}
	name, _, _ := strings.Cut(template, " ")
	return name
}

// Tally counts fates.
type Tally struct {
	AsIs      int `json:"as_is"`
	Edited    int `json:"edited"`
	Rewritten int `json:"rewritten"`
	Deleted   int `json:"deleted"`
	Left      int `json:"left"`
	Sent      int `json:"sent"` // whether edited cannot be told
}

// Add counts one.
func (t *Tally) Add(f Fate) {
	switch f {
	case AsIs:
		t.AsIs++
	case Edited:
		t.Edited++
	case Rewritten:
		t.Rewritten++
	case Deleted:
		t.Deleted++
	case Left:
		t.Left++
	case Sent:
		t.Sent++
	}
}

// Judged is of how many it is known what the rep made of them; Unwanted, how many of these were rewritten or deleted.
func (t Tally) Judged() int   { return t.AsIs + t.Edited + t.Rewritten + t.Deleted }
func (t Tally) Unwanted() int { return t.Rewritten + t.Deleted }

// Habits is what the rep's hand did to each variant.
type Habits map[string]Tally

// Learn counts the fates of all drafts by variant.
func Learn(journal []tracker.Draft, edits []tracker.Edit, now time.Time) Habits {
	h := make(Habits)
	for i, f := range Fates(journal, edits, now) {
		if v := Variant(journal[i].Template); v != "" && f != Open {
			t := h[v]
			t.Add(f)
			h[v] = t
		}
	}
	return h
}

const (
	enough  = 5   // drafts that must have been judged before a variant is used less
	benefit = 4   // of the doubt: so many imagined drafts that were welcome
	floor   = 0.2 // how often the least welcome variant comes all the same: tastes change, and so do texts
)

// Weight is how often a variant comes first where it might: 1, unless the rep rewrote or deleted many of at least five drafts
// made of it; never less than one in five.
func (h Habits) Weight(variant string) float64 {
	t := h[variant]
	n := t.Judged()
	if n < enough {
		return 1
	}
	return max(floor, float64(benefit+n-t.Unwanted())/float64(benefit+n))
}

// Rests says whether a variant stands back this time, by a seed: for the same seed always the same.
func (h Habits) Rests(variant string, seed uint64) bool {
	w := h.Weight(variant)
	if w >= 1 {
		return false
	}
	sum := fnv.New64a()
	var b [8]byte
	for i := range b {
		b[i] = byte(seed >> (8 * i))
	}
	sum.Write(b[:])
	sum.Write([]byte(variant))
	x := sum.Sum64() // whose high bits mix badly (FNV), so that they are folded once more
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return float64(x>>11)/(1<<53) >= w
}
