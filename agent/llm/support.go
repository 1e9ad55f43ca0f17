package llm

import (
	"slices"
	"strings"

	"followupd/playbook"
	"followupd/playbook/prose"
)

// A statement can be false although each of its words stands in the material: they stand in different places there, of
// different people, or denied. So each clause of a statement must be supported by one sentence of the material that holds
// what the clause is about, speaks of the same side, and denies what the clause denies.

// support is one sentence of the material.
type support struct {
	words    []string // in order, in lower case
	terms    map[string]bool
	ours     bool // it speaks of us
	theirs   bool // it speaks of the reader
	question bool
}

var (
	// clauseEnds part a sentence into what can be true or false by itself.
	clauseEnds = expressions.New(`(?i)[,;:–—]\s+|\s+(?:and|but|which|who|because|und|aber|weil|et|mais|parce|y|pero|porque|en|maar|omdat|och|men)\s+`)
	// leftOpen finds clauses that claim nothing: conditions, possibilities, what is only asked or proposed.
	leftOpen = rx(`\bhelps? (you )?to\b|\b(if|whether|whatever|whichever|may|might|could|would|should|shall|let|let's|want|wants|like|perhaps|maybe|either|instead|ob|falls|wenn|vielleicht|kann|können|könn\w+|würd\w+|sollen|soll|möcht\w*|si|peut\w*|pourr\w+|podr\w+|quizá|als|zou\w*|misschien|om|kanske|skulle)\b`)
	// reported finds sentences that tell of what was asked or proposed: a question of the material supports those.
	reported = rx(`\b(ask|asked|asks|question|suggest|suggested|offer|offered|propose|proposed|described|wrote|mail|mentioned|about|shows?|fragte|frage|mail|schrieb|vorschlag|demand\w+|question|pregunt\w+|vroeg|vraag|frågade|fråga)\b`)
	ourSide  = expressions.New(`(?i)^(?:(?:so|then|today|now|there|here|already) )?(?:we|our|i|my|wir|unser\w*|ich|nous|notre|nos|nosotros|nuestr\w+|wij|onze|vi|vår\w*)\b`)
	readers  = expressions.New(`(?i)^(?:(?:so|then|today|now|already) )?(?:you|your|sie|ihr|ihre\w*|vous|votre|vos|usted|su|sus|u|uw|du|ni|er|din\w*|ditt)\b`)
	weWords  = set("we our ours us i my me wir unser unsere unserem unseren unserer uns ich mein meine nous notre nos je nosotros nuestro nuestra yo wij onze ons ik vi vår vårt våra oss jag")
	youWords = set("you your yours sie ihr ihre ihrem ihren ihrer ihnen vous votre vos usted su sus le u uw je jullie du ni er din ditt dina")
	denials  = set("no not never nothing nobody none without cannot don't doesn't didn't isn't wasn't won't kein keine keinen keinem keiner nicht nichts niemand nie ohne pas rien jamais sans aucun aucune nunca nada nadie sin ninguna niet niets nooit geen zonder inte inget ingen aldrig utan")
	// times bind what happens to when: "after six weeks" is not "until six weeks".
	times = set("until after before since bis nach bevor seit vor hasta después antes tot voor na jusqu'à après avant tills efter före")
	spans = set("minute hour day week month quarter year season minut stund tag woch monat quartal jahr")
)

// supports gives the sentences of the material; what the reader wrote speaks of the reader where it says "we".
func (p *prompt) supports(o playbook.Outline) []support {
	var out []support
	add := func(text string, heard bool) {
		for _, s := range prose.Sentences(prose.WithoutLinks(text)) {
			one := support{words: spoken(s.Text), terms: contents(s.Text), question: strings.Contains(s.Text, "?")}
			for _, w := range one.words {
				one.ours = one.ours || (weWords[w] && !heard) || (youWords[w] && heard)
				one.theirs = one.theirs || (youWords[w] && !heard) || (weWords[w] && heard)
			}
			out = append(out, one)
		}
	}
	for _, text := range append(slices.Clone(p.ground.Rep), o.Plan) {
		add(text, false)
	}
	for _, text := range p.ground.Notes {
		from := len(out)
		add(text, false)
		for i := range out[from:] { // a note tells of the reader without saying so
			out[from+i].theirs = true
		}
	}
	add(strings.Join(p.ground.Asset, ". "), false)
	for _, text := range p.ground.Prospects {
		add(text, true)
	}
	return out
}

// spoken gives the words of a text as they are compared.
func spoken(text string) []string {
	var out []string
	for _, w := range strings.Fields(lower(text)) {
		if w = strings.Trim(w, `.,;:!?()"'“”„«»`); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// contents gives the terms of a text, numbers as figures.
func contents(text string) map[string]bool {
	out := make(map[string]bool)
	for _, w := range prose.Words(text) {
		if n := numberWords[w]; n != "" {
			out[n] = true
			continue
		}
		for _, t := range prose.Terms(w) {
			out[t] = true
		}
	}
	for _, n := range figure.FindAllString(text, -1) {
		out[n] = true
	}
	return out
}

// unsupported gives the first clause of a statement that no sentence of the material supports; "" where there is none. dates
// are terms that every sentence may bring: when something was written, and the days proposed.
func (m *material) unsupported(sentence string, all []support, dates map[string]bool) string {
	told := reported.MatchString(lower(sentence))
	for _, clause := range clauseEnds.Split(sentence, -1) {
		low := lower(clause)
		if leftOpen.MatchString(low) {
			continue
		}
		about := readers.MatchString(clause) && !youSaid.MatchString(low)
		ofUs := ourSide.MatchString(clause) && !told
		var need []string
		for t := range contents(clause) {
			counted := figure.MatchString(t) || spans[t]
			if m.terms[t] && !dates[t] && (!neutral()[t] || counted) || counted && !dates[t] || about && !dates[t] && neutral()[t] {
				need = append(need, t)
			}
		}
		if len(need) < 2 {
			continue
		}
		if !slices.ContainsFunc(all, func(s support) bool {
			return (!s.question || told) && (!about || s.theirs) && (!ofUs || s.ours) && s.holds(need, about) && s.denies(spoken(clause))
		}) {
			return clause
		}
	}
	return ""
}

// holds says whether a sentence holds what a clause is about: of four things all but one, of the reader everything.
func (s support) holds(need []string, strict bool) bool {
	missing := 0
	for _, t := range need {
		if !s.terms[t] && !kinIn(s.terms, t) {
			missing++
			if strict || figure.MatchString(t) || missing > len(need)/4 {
				return false
			}
		}
	}
	return true
}

// kinIn says whether a term of the same beginning is among others: "invoiced" and "invoicing".
func kinIn(terms map[string]bool, term string) bool {
	if len(term) < 6 {
		return false
	}
	head := term[:len(term)*3/4]
	for t := range terms {
		if strings.HasPrefix(t, head) {
			return true
		}
	}
	return false
}

// denies says whether a sentence denies as a clause does: where the clause denies, the sentence does so beside one of the same
// words; and what binds it to a time does the same.
func (s support) denies(clause []string) bool {
	for i, w := range clause {
		// What is so within a quarter is so after it.
		within := (w == "after" || w == "nach") && slices.ContainsFunc(s.words, func(v string) bool { return v == "within" || v == "in" || v == "innerhalb" })
		if times[w] && !within && !slices.Contains(s.words, w) {
			return false
		}
		if !denials[w] {
			continue
		}
		beside := func(words []string, at int) map[string]bool {
			near := make(map[string]bool)
			for _, n := range words[max(0, at-1):min(len(words), at+3)] {
				for _, t := range prose.Terms(n) {
					near[t] = true
				}
			}
			return near
		}
		mine := beside(clause, i)
		found := false
		for j, v := range s.words {
			if denials[v] {
				for t := range beside(s.words, j) {
					found = found || mine[t]
				}
			}
		}
		if !found {
			return false
		}
	}
	return true
}
