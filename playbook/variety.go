package playbook

import (
	"strings"

	"followupd/playbook/prose"
	"followupd/tracker"
)

// rolling is how many of the last drafts a new one should differ from.
const rolling = 50

// echo counts what the last drafts said: their openings, and their runs of five words.
type echo struct {
	openings, runs map[string]int
	drafts         []map[string]bool // the runs of each
}

// heard listens to the last drafts, newest first.
func heard(recent []tracker.Draft) echo {
	e := echo{openings: map[string]int{}, runs: map[string]int{}}
	for _, d := range recent[:min(len(recent), rolling)] {
		text := d.Body
		if greeting, rest, ok := strings.Cut(text, "\n\n"); ok && len(greeting) < 80 {
			text = rest
		}
		e.openings[opening(text)]++
		runs := fives(text)
		for run := range runs {
			e.runs[run]++
		}
		e.drafts = append(e.drafts, runs)
	}
	return e
}

// mostOpenings is how often one opening may stand in the rolling window: a tenth of it.
const mostOpenings = rolling / 10

// worn holds a text against fresh-opening.
func (e echo) worn(text string) []Violation {
	o := opening(text)
	if e.openings[o] < mostOpenings {
		return nil
	}
	return []Violation{{
		Rule: "fresh-opening", Where: o, Line: 1, Say: "begin in other words: the last drafts have begun like this often enough",
		Source: "nobody who sees two of the mails should see a template",
	}}
}

// twinned is the share of its runs of five words that a draft may have in common with another.
const twinned = 0.35

// likeness is the largest share of its runs of five words that a text has in common with one of the last drafts.
func (e echo) likeness(text string) float64 {
	runs := fives(text)
	most := 0.0
	for _, d := range e.drafts {
		shared := 0
		for run := range runs {
			if d[run] {
				shared++
			}
		}
		most = max(most, float64(shared)/float64(max(1, min(len(runs), len(d)))))
	}
	return most
}

// Twin says whether a text has so much in common with one of some drafts that people who compare their mail would notice.
func Twin(text string, drafts []tracker.Draft) bool { return heard(drafts).likeness(text) > alike }

// wear says how worn a text is. An opening weighs as much as a sentence, for it is what makes twins of two drafts.
func (e echo) wear(text string) int {
	worn := 10 * e.openings[opening(text)]
	for run := range fives(text) {
		worn += e.runs[run]
	}
	return worn
}

// opening is what a text begins with: its first three words that are no numbers.
func opening(text string) string {
	var out []string
	for _, w := range prose.Words(text) {
		if len(out) == 3 {
			break
		}
		if strings.Trim(w, "0123456789") != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

// fives gives the runs of five words of a text.
func fives(text string) map[string]bool {
	words := prose.Words(text)
	runs := map[string]bool{}
	for i := range max(0, len(words)-4) {
		runs[strings.Join(words[i:i+5], " ")] = true
	}
	return runs
}
