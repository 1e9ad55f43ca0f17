package rules

import (
	"fmt"
	"strings"

	"followupd/playbook/prose"
)

const adviceLength = "sales advice and measured practice: 50 to 125 words get read, a goodbye is shorter still"

func tooLong(b Bounds, n int) Violation {
	return Violation{
		Rule: "length", Where: fmt.Sprintf("%d words", n), Source: adviceLength,
		Say: fmt.Sprintf("at most %d words: keep the recap, the one useful thing and the question", b.Max),
	}
}

func tooShort(b Bounds, n int) Violation {
	return Violation{
		Rule: "length", Where: fmt.Sprintf("%d words", n), Source: adviceLength,
		Say: fmt.Sprintf("at least %d words: recall in a sentence what it was about, bring something, then ask", b.Min),
	}
}

// request finds an ask that is no question: "let me know which …", "please send".
var request = expressions.New(`(?i)\b(let me know|please (send|tell|give|choose|pick|reply|forward|say)|(send|tell|give) me|reply with|just (reply|answer|say)|one word|` +
	`geben sie mir|gib mir|sagen sie mir|sag mir|schreiben sie mir|ein wort|dites-moi|dis-moi|envoyez-moi|un mot|d[ií]game|dime|una palabra|laat (het )?(me|mij)|` +
	`geef me|stuur me|een woord|h[oö]r av dig|s[aä]g till|skicka|ett ord)\b`)

// questionMark ends a question; the Greek and the Arabic mark count, the inverted one of Spanish does not.
var questionMark = expressions.New(`[?？؟]+`)

// asks holds a text against one-ask and next-step: exactly one question, or without one, a request that can be answered.
func asks(text string) []Violation {
	const source = "sales advice: one clear ask, and every mail ends in one concrete next step"
	var questions []prose.Sentence
	for _, s := range prose.Sentences(text) {
		if questionMark.MatchString(prose.WithoutLinks(s.Text)) {
			questions = append(questions, s)
		}
	}
	switch {
	case len(questions) > 1:
		return []Violation{{
			Rule: "one-ask", Where: questions[1].Text, Line: questions[1].Line, Source: source,
			Say: "keep the question whose answer moves things on, and make statements of the others",
		}}
	case len(questions) == 1 && len(questionMark.FindAllString(prose.WithoutLinks(questions[0].Text), -1)) > 1:
		return []Violation{{Rule: "one-ask", Where: questions[0].Text, Line: questions[0].Line, Source: source, Say: "one question mark is enough"}}
	case len(questions) == 0 && !request.MatchString(text):
		return []Violation{{
			Rule: "next-step", Source: source,
			Say: "end with one question that names the next step: what happens, when, and who does it",
		}}
	}
	return nil
}

// HasNextStep says whether a text asks for something that can be answered.
func HasNextStep(text string) bool {
	for _, s := range prose.Sentences(withoutQuote(text)) {
		if questionMark.MatchString(prose.WithoutLinks(s.Text)) {
			return true
		}
	}
	return request.MatchString(text)
}

// valueFirst holds a draft against value-first: what they get stands before what is asked of them.
func valueFirst(text string) []Violation {
	sentences := prose.Sentences(text)
	for i, s := range sentences {
		if !strings.HasSuffix(s.Text, "?") {
			continue
		}
		before := 0
		for _, b := range sentences[:i] {
			before += prose.CountWords(b.Text)
		}
		// A greeting and a bare opening come to less than that.
		if before < 14 {
			return []Violation{{
				Rule: "value-first", Where: s.Text, Line: s.Line, Source: adviceThem,
				Say: "say first what it was about and what they get, then ask",
			}}
		}
		return nil
	}
	return nil
}

// readable holds a text against the length of sentence that a person on a telephone reads without going back.
func readable(text string) []Violation {
	const most, mean = 45, 28
	var out []Violation
	words, long := 0, 0
	for _, s := range prose.Sentences(text) {
		if n := prose.CountWords(s.Text); n > 5 { // greetings and signatures are no prose
			words, long = words+n, long+1
		}
		if n := prose.CountWords(s.Text); n > most {
			out = append(out, Violation{
				Rule: "readable", Where: s.Text, Line: s.Line,
				Say: fmt.Sprintf("part this sentence of %d words into two", n), Source: "plain writing: one thought a sentence",
			})
		}
	}
	if len(out) == 0 && long > 2 && words > mean*long {
		out = append(out, Violation{
			Rule: "readable", Where: fmt.Sprintf("%d words a sentence", words/long),
			Say: "write shorter sentences: twenty words or fewer on average", Source: "plain writing: one thought a sentence",
		})
	}
	return out
}

// leftover finds what a template or a mail merge leaves behind.
var leftover = expressions.New(`(?i)\{\{|\}\}|\{%|%\}|\$\{|` +
	`\[\s*(first ?name|last ?name|your ?name|name|vorname|nachname|prénom|nombre|naam|namn|company|firma|url|link|date|datum|topic|product|x|xx+|insert[^\]]*)\s*\]|` +
	`<\s*(first ?name|last ?name|your ?name|name|company|link|topic|insert[^>]*)\s*>|` +
	`\{\s*(first_?name|last_?name|name|company)\s*\}|` +
	`(?-i:\bTODO\b)|\bFIXME\b|\bTBD\b|lorem ipsum|<no value>|<nil>|%!\w?\(|\bNaN\b|\bundefined\b|_{4,}|\bX{3,}\b`)

func placeholders(text string) []Violation {
	var out []Violation
	for i, l := range strings.Split(text, "\n") {
		for _, m := range leftover.FindAllString(l, 5) {
			out = append(out, Violation{
				Rule: "no-placeholder", Where: m, Line: i + 1,
				Say: "fill it in, or take the sentence out", Source: "a text that shows its template is deleted unread",
			})
		}
	}
	return out
}
