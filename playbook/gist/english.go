package gist

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// report turns a question of the rep into what the rep did by asking it: "Shall I send you the tariff?" becomes "offered to
// send you the tariff", "Which carriers do you use?" becomes "asked which carriers you use". It reports only what it can
// report in good English; everything else gives "". The words between stay the rep's own.
func report(question string) string {
	q, ok := strings.CutSuffix(strings.TrimSpace(question), "?")
	if !ok || strings.ContainsAny(q, "?!;:\"“”()<>[]") {
		return ""
	}
	q = leadIn.ReplaceAllString(q, "")
	words := strings.Fields(q)
	if len(words) < 4 || len(words) > 28 {
		return ""
	}
	words[0] = strings.ToLower(words[0])
	if w := strings.Trim(words[0], ","); w != words[0] {
		return ""
	}
	if wh[words[0]] {
		return reportWh(words)
	}
	if modal[words[0]] || be[words[0]] || has[words[0]] || words[0] == "do" || words[0] == "does" {
		return reportYesNo(words)
	}
	return ""
}

// direct says whether a question begins as a main clause does, so that it stands on its own: not "If not, who …?".
func direct(question string) bool {
	first, rest, _ := strings.Cut(leadIn.ReplaceAllString(question, ""), " ")
	first = strings.ToLower(first)
	return rest != "" && (wh[first] || modal[first] || be[first] || has[first] || first == "do" || first == "does" || first == "did")
}

// leadIn is what may stand before a question without belonging to it.
var leadIn = expressions.New(`(?i)^(and|so|but|now|then|or|perhaps|maybe|also|by the way|in short|anyway|well),? `)

var (
	wh      = set("what which who whom whose when where why how")
	modal   = set("can could will would shall should may might must")
	be      = set("is are was were")
	has     = set("have has had")
	pronoun = set("i you we they it he she this that these those there")
	subject = set("you we they i it he she")
	// determiner begins a noun phrase after the verb: "which days are your trucks empty".
	determiner = set("a an the your our my his her its their this that these those some any all both each every no")
	// wordsOfOffer are verbs that do not follow "offered to": the rep asked to be allowed, or to be told.
	wordsOfOffer = set("ask assume count expect get have hear interest know rely take")
)

// verbs are base forms that are nothing but verbs, so that the end of a noun phrase is where one stands.
var verbs = set(`add affect allow apply arise be become begin belong bring choose come consider consist contain cover decide depend
	disappear enable exist explain fill fix follow give go happen have improve include interest involve keep lead let lie lose make matter
	meet occur pay prefer prevent provide reach reduce remain require save seem send serve simplify solve speak start stay suffice suit take tell think turn understand`)

// verbsAtEnd are nouns as well; they count as verbs where nothing or a preposition follows and no adjective stands before.
var verbsAtEnd = set("work fit help cost change count look mean need pass run stand stop last differ")

var preposition = set("for with in on at to from by of under over into through without within during against like as better more less well enough you us")

func reportYesNo(w []string) string {
	aux, rest := w[0], w[1:]
	switch {
	case rest[0] == "I" && (aux == "shall" || aux == "should" || aux == "may" || aux == "can" || aux == "could"):
		if wordsOfOffer[rest[1]] || len(rest) < 3 {
			return ""
		}
		return "offered to " + join(rest[1:])
	case rest[0] == "we" && modal[aux]:
		if len(rest) < 3 {
			return ""
		}
		return "suggested that we " + join(rest[1:])
	case aux == "do":
		return "asked whether " + join(rest)
	case aux == "does":
		if s := conjugated(rest); s != "" {
			return "asked whether " + s
		}
	case pronoun[strings.ToLower(rest[0])]:
		if (rest[0] == "that" || rest[0] == "this" || rest[0] == "these" || rest[0] == "those") && len(rest) > 1 && noun(rest[1]) {
			return ""
		}
		return "asked whether " + join([]string{rest[0], aux}, rest[1:])
	case modal[aux]:
		if i := verbAt(rest); i > 0 {
			return "asked whether " + join(rest[:i], []string{aux}, rest[i:])
		}
	}
	return ""
}

// noun says, of the word after "this" or "that", whether it may be a noun that the word points at.
func noun(word string) bool {
	return !preposition[word] && !determiner[word] && !verbs[word] && !verbsAtEnd[word] && word != "enough" && word != "still" && word != "something" && word != "possible" && word != "right" && word != "all"
}

func reportWh(w []string) string {
	aux := -1
	for i := 1; i < len(w) && aux < 0; i++ {
		if modal[w[i]] || be[w[i]] || has[w[i]] || w[i] == "do" || w[i] == "does" || w[i] == "did" {
			aux = i
		}
	}
	if aux < 0 {
		// "How many of your trucks cross …": the question word is the subject. "How about …" and "Why not …" are no questions.
		if w[0] == "who" || w[0] == "which" || w[0] == "what" && w[1] != "about" || w[0] == "how" && (w[1] == "many" || w[1] == "much") {
			return "asked " + join(w)
		}
		return ""
	}
	head, verb, rest := w[:aux], w[aux], w[aux+1:]
	if len(rest) == 0 {
		return ""
	}
	next := strings.ToLower(rest[0])
	switch {
	case verb == "do":
		if len(rest) < 2 {
			return ""
		}
		return "asked " + join(head, rest)
	case verb == "does":
		if s := conjugated(rest); s != "" {
			return "asked " + join(head, []string{s})
		}
	case verb == "did":
		if past := irregular[last(rest)]; past != "" && subject[next] && len(rest) == 2 {
			return "asked " + join(head, rest[:1], []string{past})
		}
	case subject[next]:
		return "asked " + join(head, rest[:1], []string{verb}, rest[1:])
	case modal[verb] && (verbs[next] || verbsAtEnd[next]):
		return "asked " + join(w)
	case modal[verb]:
		if i := verbAt(rest); i > 0 && (w[0] == "when" || w[0] == "where" || w[0] == "how" || w[0] == "why") {
			return "asked " + join(head, rest[:i], []string{verb}, rest[i:])
		}
	case be[verb] && len(head) > 1 && !determiner[next] && !pronoun[next]:
		return "asked " + join(w)
	case be[verb] && len(head) == 1 && (w[0] == "what" || w[0] == "where" || w[0] == "when" || w[0] == "who") && determiner[next] && len(rest) <= 6 && !pronoun[next]:
		return "asked " + join(head, rest, []string{verb})
	}
	return ""
}

var irregular = map[string]string{"say": "said", "think": "thought", "decide": "decided", "find": "found", "choose": "chose", "answer": "answered", "prefer": "preferred"}

// conjugated takes what follows "does" and gives it with its verb in the third person.
func conjugated(rest []string) string {
	i := verbAt(rest)
	if subject[strings.ToLower(rest[0])] || (rest[0] == "that" || rest[0] == "this") && len(rest) > 1 && !noun(rest[1]) {
		i = 1
	}
	if i <= 0 || i >= len(rest) {
		return ""
	}
	return join(rest[:i], []string{thirdPerson(rest[i])}, rest[i+1:])
}

func thirdPerson(verb string) string {
	switch {
	case verb == "have":
		return "has"
	case verb == "be":
		return "is"
	case strings.HasSuffix(verb, "s"), strings.HasSuffix(verb, "sh"), strings.HasSuffix(verb, "ch"), strings.HasSuffix(verb, "x"), verb == "go", verb == "do":
		return verb + "es"
	case len(verb) > 2 && strings.HasSuffix(verb, "y") && !strings.ContainsRune("aeiou", rune(verb[len(verb)-2])):
		return verb[:len(verb)-1] + "ies"
	}
	return verb + "s"
}

// verbAt gives where the noun phrase at the start of w ends: the place of its verb, or -1 where that is not sure.
func verbAt(w []string) int {
	for i := 1; i < len(w); i++ {
		word := strings.ToLower(w[i])
		before := strings.ToLower(w[i-1])
		if determiner[before] || preposition[before] || strings.HasSuffix(w[i-1], ",") {
			continue
		}
		if word == "that" || word == "which" || word == "who" || word == "if" || word == "and" {
			return -1
		}
		if verbs[word] {
			return i
		}
		if verbsAtEnd[word] && (i == len(w)-1 || preposition[strings.ToLower(w[i+1])]) {
			return i
		}
	}
	return -1
}

func join(parts ...[]string) string {
	var all []string
	for _, p := range parts {
		all = append(all, p...)
	}
	return strings.Join(all, " ")
}

func last(w []string) string { return w[len(w)-1] }

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// safeSmall are words that begin a sentence with a capital only because they begin it.
var safeSmall = set(`a about after all also an and another any as at because before behind below besides both by currently during each every
	fewer five for four from here how if in inside instead it its many more most my no not nobody of on once one other our over several since six
	some such ten that the their then there these they this those three through to today two under until up we what when where which while with within
	without you your usually normally typically`)

// small gives a sentence with its first letter as it stands inside another sentence. A name keeps its capital; where nothing
// tells whether the first word is one, ok is false.
func small(s string, seen map[string]bool) (string, bool) {
	first, _, _ := strings.Cut(s, " ")
	r, n := utf8.DecodeRuneInString(s)
	if !unicode.IsUpper(r) || first == "I" || strings.HasPrefix(first, "I'") {
		return s, true
	}
	lower := string(unicode.ToLower(r)) + s[n:]
	word := strings.ToLower(strings.Trim(first, ",.;:'’"))
	if strings.ToUpper(first) == first && utf8.RuneCountInString(first) > 1 {
		return s, true // an abbreviation
	}
	if safeSmall[word] || seen[word] {
		return lower, true
	}
	return s, false
}

// capital gives a sentence with a capital at its beginning.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
