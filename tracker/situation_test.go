package tracker

import (
	"testing"
	"time"

	"followupd/mail"
)

// TestSaid_TheNewestWordOnTheSituationCounts shows that the rep's word beats the machine's, and can be taken back.
func TestSaid_TheNewestWordOnTheSituationCounts(t *testing.T) {
	at := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	word := func(hours int, text string) Word {
		return Word{Kind: WordSituation, Thread: "t", Text: text, At: at.Add(time.Duration(hours) * time.Hour)}
	}
	for name, c := range map[string]struct {
		words []Word
		want  Situation
	}{
		"none":              {nil, ""},
		"one":               {[]Word{word(0, "proposal")}, Proposal},
		"the newest":        {[]Word{word(2, "voicemail"), word(1, "proposal")}, Voicemail},
		"taken back":        {[]Word{word(0, "proposal"), word(1, "auto")}, ""},
		"one we do not use": {[]Word{word(0, "divorce")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			l := &ledger{words: map[ThreadID][]Word{"t": c.words}, people: map[mail.Address][]Word{}}
			if got := l.said("t", nil).situation; got != c.want {
				t.Errorf("situation %q, want %q", got, c.want)
			}
		})
	}
}
