package playbook

import (
	"fmt"
	"strings"

	"followupd/playbook/prose"
	"followupd/playbook/rules"
	"followupd/tracker"
)

// Advice is what a rep may do better in the next mail. It is shown, and nothing is made of it.
type Advice struct {
	Rule  string // no-next-step, no-permission, or the name of a house rule
	Where string // the words it is about, "" the mail as a whole
	Say   string // what to write instead
}

// Coach reads a mail that the rep wrote by hand, its new text, with the rules that follow-ups keep: an apology or another
// phrase no follow-up may say, no next step, no leave asked to write again. A note of a few words is left alone.
func Coach(text string) []Advice {
	if prose.CountWords(text) < 20 || len(text) > rules.MaxLint {
		return nil
	}
	var out []Advice
	seen := map[string]bool{}
	for _, v := range rules.Phrases(text) {
		if !seen[v.Rule] {
			seen[v.Rule] = true
			out = append(out, Advice{Rule: v.Rule, Where: brief(v.Where), Say: v.Say})
		}
	}
	if !rules.HasNextStep(text) {
		out = append(out, Advice{Rule: "no-next-step", Say: "end with one question or a date, so that they know what comes next"})
	}
	if !asksLeave.MatchString(text) {
		out = append(out, Advice{Rule: "no-permission", Say: "say what you will send them and when, and ask whether that is all right: then your next mail is expected"})
	}
	return out
}

// CoachThread reads the rep's newest mail of a thread that was no draft of ours.
func CoachThread(t *tracker.Thread, ours func(tracker.Linked) bool) []Advice {
	if t == nil {
		return nil
	}
	for i := len(t.Messages) - 1; i >= 0; i-- {
		m := t.Messages[i]
		if m.Seen == nil || m.Direction != tracker.Out || ours != nil && ours(m) {
			continue
		}
		return Coach(m.Reading.NewText)
	}
	return nil
}

// String puts an advice in one line.
func (a Advice) String() string {
	if a.Where == "" {
		return fmt.Sprintf("%s: %s", a.Rule, a.Say)
	}
	return fmt.Sprintf("%s (%q): %s", a.Rule, strings.TrimSpace(a.Where), a.Say)
}
