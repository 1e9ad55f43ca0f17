package mail

import "time"

// Verdict is what a message was found to be, kept when its text is erased: so that somebody who said no stays left alone.
// It is the one conclusion that is stored, because the fact it was drawn from is gone.
type Verdict struct {
	Kind     Kind      `json:"kind"`
	Sub      Sub       `json:"sub,omitempty"`
	Intent   Intent    `json:"intent,omitempty"`
	Until    time.Time `json:"until,omitzero"`
	Asks     bool      `json:"asks,omitempty"`
	Said     bool      `json:"said,omitempty"` // there was new text
	Failed   []Address `json:"failed,omitempty"`
	Original MessageID `json:"original,omitempty"`
	Why      string    `json:"why"` // why the text is gone, as a sentence
}

// Reduced gives the content that stays of a message whose text is erased. why says what for, as a sentence.
func Reduced(r Reading, why string) *Content {
	return &Content{Version: ContentVersion, Verdict: &Verdict{
		Kind: r.Kind, Sub: r.Sub, Intent: r.Intent, Until: r.Until, Asks: r.Asks, Said: r.NewText != "",
		Failed: r.Failed, Original: r.Original, Why: why,
	}}
}

// Erased is the NewText of a message whose text was erased: not nothing, for something was said.
const Erased = "…"

func (v *Verdict) reading() Reading {
	r := Reading{
		Kind: v.Kind, Sub: v.Sub, Intent: v.Intent, Until: v.Until, Asks: v.Asks, Failed: v.Failed, Original: v.Original,
		Reasons: []string{v.Why},
	}
	if v.Said {
		r.NewText = Erased
	}
	return r
}
