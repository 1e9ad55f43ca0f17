package gist

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"followupd/playbook/prose"
	"followupd/playbook/rules"
)

var (
	// about is what a subject says before its topic.
	about = expressions.New(`(?i)^((a )?(quick |short )?(question|questions|info|information|some information|ideas?|thoughts?|note|details|frage|fragen|infos?|question|pregunta|vraag|fr[åa]ga)|regarding|concerning|about|re|betreff|betr\.?)( on| about| for| regarding| concerning| to| zu| zur| zum| sur| sobre| over| om)?:? `)
	// sentence finds subjects that are no noun phrase.
	sentence = expressions.New(`(?i)^(good|great|nice|pleasure|hello|hi|hey|dear|thanks?|thank|follow|following|meeting you|welcome|happy|can|could|would|will|do|does|is|are|how|what|why|when|where|who|which|let|let's|we|you|i|it|they|please|just|see|join|get|make|stop|save|next steps?|update|news|last|final|test|no subject|invitation|invite)\b`)
	// counted begins a noun phrase that needs no article.
	counted = expressions.New(`(?i)^(the|a|an|our|your|my|this|these|their|two|three|four|five|six|seven|eight|nine|ten|\d+|all|both|some|more|fewer|less|how|why) `)
)

// topic gives what a subject says a mail is about, as it stands after "about" in English, else in quotation marks.
func topic(m Mail, seen map[string]bool) string {
	s := printable(m.Subject)
	if s == "" {
		return ""
	}
	s = strings.TrimSpace(about.ReplaceAllString(s, ""))
	if !m.Own {
		// A stranger chose these words: they are used only where every one of them is the rep's, too.
		ours := map[string]bool{}
		for _, text := range append([]string{m.Text}, m.Rep...) {
			for t := range prose.TermSet(text) {
				ours[t] = true
			}
		}
		terms := prose.Terms(s)
		for _, t := range terms {
			if !ours[t] {
				return ""
			}
		}
		if len(terms) == 0 {
			return ""
		}
		s = turned(s)
	}
	n := prose.CountWords(s)
	if n == 0 || n > 9 || len(prose.Terms(s)) == 0 || utf8.RuneCountInString(s) > 70 || strings.ContainsAny(s, "<>[]{}|@") || prose.Link.MatchString(s) || len(rules.Phrases(s)) > 0 {
		return ""
	}
	if m.Language != "en" {
		if strings.ContainsAny(s, `"?!„“”«»`) {
			return ""
		}
		return s
	}
	if strings.ContainsAny(s, `?!"“”„«»`) || sentence.MatchString(s) {
		return ""
	}
	if before, _, cut := strings.Cut(s, ": "); cut && prose.CountWords(before) >= 2 {
		s = before
	}
	quoted := `"` + s + `"`
	if strings.ContainsAny(s, ":;,–—/&|()") || strings.Contains(s, " - ") || strings.Contains(s, " x ") || foreign(s) {
		return quoted
	}
	first, rest, _ := strings.Cut(s, " ")
	if counted.MatchString(s + " ") {
		if stale.MatchString(s) {
			return quoted
		}
		return strings.ToLower(first) + " " + rest
	}
	lower, ok := smallNoun(s, seen)
	if !ok {
		return quoted
	}
	return "the " + lower
}

// smallNoun gives a noun phrase as it stands after "the". Its first word loses the capital where the rep writes it, or a
// word of its family, without one; an abbreviation or a name with a common noun after it keeps its own.
func smallNoun(s string, seen map[string]bool) (string, bool) {
	first, _, _ := strings.Cut(s, " ")
	r, n := utf8.DecodeRuneInString(s)
	if !unicode.IsUpper(r) {
		return s, true
	}
	if utf8.RuneCountInString(first) > 1 && strings.ToUpper(first) == first {
		return s, true
	}
	word := strings.ToLower(first)
	if seen[word] {
		return string(unicode.ToLower(r)) + s[n:], true
	}
	stem := prose.Stem(word)
	for w := range seen {
		if len(w) > 3 && prose.Stem(w) == stem {
			return string(unicode.ToLower(r)) + s[n:], true
		}
	}
	return s, false
}

// foreign says whether a phrase holds letters that plain English does not: then its grammar is another's.
func foreign(s string) bool {
	for _, r := range s {
		if r > unicode.MaxASCII && unicode.IsLetter(r) {
			return true
		}
	}
	return false
}

// printable gives a subject without emoji, marks of direction and control characters; "" where it is written in another
// script than the texts are, for words of both in one sentence would run against each other.
func printable(subject string) string {
	var b strings.Builder
	for _, r := range subject {
		switch {
		case unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r):
			return ""
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.So, r), unicode.Is(unicode.Sk, r), r == utf8.RuneError, r == '\ufe0f':
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	s := strings.Join(strings.Fields(b.String()), " ")
	return strings.Trim(s, " .,;:-–—*_#!")
}

// turned gives a phrase of the prospect from the rep's side: their "your" is our "our".
func turned(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		switch strings.ToLower(w) {
		case "your":
			words[i] = "our"
		case "our", "my":
			words[i] = "your"
		}
	}
	return strings.Join(words, " ")
}
