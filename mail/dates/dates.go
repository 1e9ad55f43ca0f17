// Package dates finds the date a person names for the future in a mail: "back on 5 January", "bis 6.", "end of next
// week", "after Q2", "ask me in March", "de retour le 3". It is pure, needs no locale data but its own, and takes well
// under 1 ms a text.
package dates

import (
	"strings"
	"time"

	"followupd/mail/language"
)

// Found is a date named in a text.
//
// Day is the day that was named, not the day after it: "back on 5 January" and "until 5 January" both give 5 January.
// A period named as a point in time gives its first day ("in March", "next week": the Monday), "after" a period
// the day behind it ("after Q2": 1 July), its end the last day ("end of next week": the Friday), and a period of absence its
// last day with Inclusive ("on vacation next week": the Friday).
type Found struct {
	Day    time.Time // midnight, in the zone of the base
	Phrase string    // the words that named it
	// Inclusive says that the named day itself is still part of the absence ("until and including the 6th", "bis 6.",
	// "3–12 May"), so that the person is there the day after. Where the words leave it open, as the English "until"
	// does, it is false.
	Inclusive bool
}

// Bounds on what is believed and read.
const (
	maxAhead = 400     // days
	maxText  = 8 << 10 // bytes
)

// Find gives the date that ends an absence or a wish to be left alone, relative to base, the time the text was
// written, in the sender's zone. language is an ISO 639-1 hint, "" where unknown. ok is false where the text names
// none, where what it names is past, contradicts itself, or lies over 400 days off.
func Find(text string, base time.Time, language string) (found Found, ok bool) {
	if len(text) > maxText {
		text = text[:maxText]
	}
	text = strings.ToValidUTF8(text, " ")
	if hasEastAsian(text) {
		if found, ok := findEastAsian(text, midnight(base)); ok {
			return found, true
		}
	}
	p := parser{text: text, base: midnight(base)}
	spoken, main := spokenIn(text, language)
	p.dayFirst = main != "en" && main != ""
	if p.main = vocab().bits[main]; p.main == 0 {
		p.main = spoken
	}
	p.tokens = tagTokens(scan(text), spoken)
	candidates, leads := p.candidates()
	p.settle(candidates)
	sentences := p.sentenceNumbers()

	var best, past judged
	bestLead := 0
	for i, c := range candidates {
		wrong := c.contradicts(&p)
		s := span{candidate: c, lead: leads[i], before: -1, after: len(p.tokens) + cueAfter, sentences: sentences}
		if i > 0 {
			s.before = candidates[i-1].last
		}
		if i+1 < len(candidates) {
			s.after = leads[i+1]
		}
		j := p.judge(s)
		if j.worth < enough {
			continue
		}
		if wrong || j.day.Before(p.base) || j.day.After(addDays(p.base, maxAhead)) {
			if past.worth == 0 || j.beats(past) {
				past = j
			}
			continue
		}
		if best.worth == 0 || j.beats(best) {
			best, bestLead = j, leads[i]
		}
	}
	if best.worth == 0 || past.worth > 0 && past.purpose >= best.purpose && past.worth > best.worth {
		return Found{}, false
	}
	return Found{Day: best.day, Phrase: p.phrase(best.candidate, bestLead), Inclusive: best.inclusive}, true
}

// spokenIn gives the languages whose words are believed: the hint, the guess, and English, which people mix into all
// others; all of them where neither is known.
func spokenIn(text, hint string) (spoken languages, main string) {
	guess, sure := language.Guess(text)
	main = hint
	if vocab().bits[main] == 0 || sure {
		main = guess
	}
	if vocab().bits[main] == 0 {
		return ^languages(0), ""
	}
	return vocab().bits["en"] | vocab().bits[hint] | vocab().bits[guess], main
}
