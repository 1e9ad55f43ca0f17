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
}

// heard listens to the last drafts, newest first.
func heard(recent []tracker.Draft) echo {
	e := echo{map[string]int{}, map[string]int{}}
	for _, d := range recent[:min(len(recent), rolling)] {
		text := d.Body
		if greeting, rest, ok := strings.Cut(text, "\n\n"); ok && len(greeting) < 80 {
			text = rest
		}
		e.openings[opening(text)]++
		for run := range fives(text) {
			e.runs[run]++
		}
	}
	return e
}

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
