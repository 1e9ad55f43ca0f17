package playbook

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
)

// An opening is a sentence that may stand before any text of its kind and needs nothing of the thread. A text whose own first
// words have been used up by the last drafts gets one, so that fresh-opening never leaves a thread without a draft: of n
// openings that differ in their first words at most rolling/mostOpenings can be used up at a time, and every kind has more.

// openingPart is the part that the openings are wordings of: "opening/straight", "opening.break_up/tidy".
const openingPart = "opening"

// opened are the openings for a text of an approach: those written for it, else the general ones.
func (w *wording) opened(approach string) []string {
	if own := w.names[openingPart+"."+approach]; len(own) > 0 {
		return own
	}
	return w.names[openingPart]
}

// opener is an opening in the words of one conversation.
type opener struct{ name, text string }

// openers gives the openings for a text of an approach that are not used up, the least used of late first; between equals the
// seed decides.
func (c *conversation) openers(w *wording, approach string, said echo, seed uint64) []opener {
	rng := rand.New(rand.NewPCG(seed, 0xc2b2ae3d27d4eb4f))
	f := &filling{words: w, data: map[string]any{}, rng: rng, familiar: c.familiar()}
	if _, err := f.bind(nil); err != nil {
		return nil
	}
	var out []opener
	for _, name := range w.opened(approach) {
		var b strings.Builder
		if err := f.parts.Lookup(name).Execute(&b, f.data); err != nil {
			continue // one of the rep's own, say, that names a field
		}
		if o := (opener{name, tidy(b.String())}); o.text != "" && said.worn(o.text) == nil {
			out = append(out, o)
		}
	}
	rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	slices.SortStableFunc(out, func(a, b opener) int {
		return cmp.Compare(said.openings[opening(a.text)], said.openings[opening(b.text)])
	})
	return out
}

// after gives a candidate that begins with an opening.
func (cand candidate) after(o opener) candidate {
	cand.text = o.text + " " + cand.text
	cand.took = append([]string{o.name}, cand.took...)
	return cand
}
