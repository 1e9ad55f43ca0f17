package playbook

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"followupd/mail/language"
	"followupd/playbook/rules"
	"followupd/tracker"
)

// Outline is a text of the playbook together with everything that another writer needs to say it in other words: what it
// may stand on, and the rules it must keep. Whoever writes, approach, asset, greeting and closing stay the playbook's.
type Outline struct {
	Text     Text   // as the playbook says it: the plan, and what is used where nobody says it better
	Plan     string // Text between greeting and closing, but for Leave
	Greeting string
	Leave    string // the line that asks leave to write again, "" where the text has none: it stands last, as it is
	Closing  string // with the signature
	Language string // ISO 639-1 of the text
	Facts    []Fact // what to recall, and the days that may be proposed
	Asset    *Asset // nil: none
	Bounds   rules.Bounds
	Ground   rules.Ground // what claims may stand on; the newest texts first

	signature string
	recent    []tracker.Draft
}

// Fact is a piece of what a recap may say.
type Fact struct{ Name, Value string }

// factNames are the fields that are facts, in the order of telling.
var factNames = []string{"On", "Topic", "Question", "Asked", "Claim", "You", "Event", "Answered", "Meeting", "Day", "OtherDay", "By"}

// outline keeps what a candidate rests on.
func (c *conversation) outline(r Request, cand candidate, text Text, greeting, closing, plan string, ground rules.Ground) Outline {
	o := Outline{Text: text, Plan: plan, Greeting: greeting, Closing: closing, Language: c.written, Bounds: bounds(c.action), Ground: ground, signature: c.signature, recent: r.Recent}
	days := []string{plan}
	if at := strings.LastIndex(plan, "\n\n"); at > 0 && slices.ContainsFunc(cand.took, asksPermission) {
		o.Plan, o.Leave = plan[:at], plan[at+2:]
	}
	data := c.data(cand.choice)
	for _, name := range factNames {
		v, ok := data[name].(string)
		if !ok {
			continue
		}
		o.Facts = append(o.Facts, Fact{name, v})
		days = append(days, v)
	}
	if m := cand.choice.match; m != nil {
		asset := m.Asset
		o.Asset = &asset
		o.Ground.Asset = []string{asset.Title, asset.URL, asset.Text}
	}
	o.Ground.Own = days
	o.Ground.Names = append(slices.Clone(ground.Names), c.signature)
	return o
}

// Body gives a whole follow-up out of what stands between greeting and closing.
func (o Outline) Body(middle string) string {
	return o.text(middle) + "\n\n" + o.Closing
}

func (o Outline) text(middle string) string {
	text := o.Greeting + "\n\n" + begin(middle, o.Greeting, o.Language)
	if o.Leave != "" {
		text += "\n\n" + o.Leave
	}
	return text
}

// Check holds what stands between greeting and closing against the house rules, the ground and the last drafts.
func (o Outline) Check(middle string) []Violation {
	whole := o.text(middle) + "\n\n" + withoutSignature(o.Closing, o.signature)
	out := rules.Check(whole, o.Bounds, o.Ground)
	if iso, sure := language.Guess(middle); sure && iso != o.Language {
		out = append(out, Violation{Rule: "language", Say: "write in the language of the conversation, " + languageNames[o.Language], Source: "a person is answered in the language they write"})
	}
	return append(out, o.twins(middle)...)
}

var languageNames = map[string]string{"en": "English", "de": "German", "fr": "French", "es": "Spanish", "nl": "Dutch", "sv": "Swedish"}

// alike is the share of runs of five words from which on two drafts are twins.
const alike = 0.3

// twins holds a text against variety: it neither opens as one of the last drafts did nor repeats its words.
func (o Outline) twins(middle string) []Violation {
	const source = "people of one company compare their mail"
	own, first := fives(middle), opening(middle)
	for _, d := range o.recent[:min(len(o.recent), rolling)] {
		text := d.Body
		if greeting, rest, ok := strings.Cut(text, "\n\n"); ok && len(greeting) < 80 {
			text = rest
		}
		if first != "" && opening(text) == first {
			line, _, _ := strings.Cut(middle, "\n")
			return []Violation{{Rule: "variety", Where: line, Line: 1, Say: "begin in another way: another draft began with these words of late", Source: source}}
		}
		same := 0
		for run := range fives(text) {
			if own[run] {
				same++
			}
		}
		if len(own) > 0 && float64(same) > alike*float64(len(own)) {
			return []Violation{{Rule: "variety", Say: fmt.Sprintf("say it in other words: it repeats much of a draft of %s", d.Created.Format("2 January")), Source: source}}
		}
	}
	return nil
}

// isNameLine says that a mail may end on a line: a name, a company.
func isNameLine(line string) bool {
	letters := 0
	for i, r := range line {
		if !unicode.IsLetter(r) && (i == 0 || !strings.ContainsRune(".&' -", r)) {
			return false
		}
		letters++
	}
	return 1 <= letters && letters <= 41
}

// Between takes greeting, closing and signature off a text that somebody wrote whole.
func (o Outline) Between(text string) string {
	paragraphs := strings.Split(strings.TrimSpace(text), "\n\n")
	first, rest, more := strings.Cut(strings.TrimSpace(paragraphs[0]), "\n")
	if g := greetings[o.Language]; len(first) <= 60 && strings.HasSuffix(strings.TrimSpace(first), ",") && g != nil && (g.MatchString(first) || first == o.Greeting) {
		if more {
			paragraphs[0] = rest
		} else {
			paragraphs = paragraphs[1:]
		}
	}
	lines := strings.Split(strings.TrimSpace(strings.Join(paragraphs, "\n\n")), "\n")
	signed := map[string]bool{}
	for l := range strings.SplitSeq(o.Closing, "\n") {
		signed[strings.ToLower(strings.Trim(l, " ,."))] = true
	}
	if first, _, _ := strings.Cut(o.signature, " "); first != "" {
		signed[strings.ToLower(first)] = true
	}
	// From the end upwards: the lines of the signature, then one closing line.
	for len(lines) > 1 {
		last := strings.TrimSpace(lines[len(lines)-1])
		switch {
		case last == "", signed[strings.ToLower(strings.Trim(last, " ,."))]:
			lines = lines[:len(lines)-1]
			continue
		case closings.MatchString(last):
			lines = lines[:len(lines)-1]
		case isNameLine(last) && len(lines) > 2 && closings.MatchString(strings.TrimSpace(lines[len(lines)-2])):
			lines = lines[:len(lines)-2]
		}
		break
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
