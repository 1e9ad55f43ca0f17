// Package gist finds what a rep's mail was about, so that the next one can recall it in a sentence: the question the rep
// asked, what stood before it, and the topic the subject names. It takes words from the rep's own mail only; what a
// prospect wrote is never copied. It would rather find nothing than something that does not stand on its own.
package gist

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"followupd/playbook/prose"
	"followupd/playbook/rarely"
	"followupd/playbook/rules"
)

// expressions are those of this package.
var expressions rarely.Patterns

// Rest lets go of them; the next use makes them anew.
func Rest() { expressions.Drop() }

// Gist is what was found. Every field may be empty.
type Gist struct {
	// Topic is what the mail was about, as it stands after "about": "the demurrage in Apapa", or the subject in quotation
	// marks where it is no plain noun phrase.
	Topic string
	// Question is the rep's own question, whole, where it stands on its own and has not gone stale.
	Question string
	// Asked is what the rep did by asking, after "I": "asked which carriers you use", "offered to send you the tariff".
	// English only.
	Asked string
	// Claim is what the rep said right before, after "that": "the night ferry has thirty sockets for cooled trailers".
	// English only.
	Claim string
	// AskedOfClaim is what the rep asked of Claim, and makes sense only after it: "asked whether that is enough".
	AskedOfClaim string
	// You is what the rep recalled of them: "you mentioned a backlog of disputed freight invoices". English only.
	You string
	// Event is where they met, by the rep's own words: "the Black Sea Logistics Conference". English only.
	Event string
}

// Mail is what of a mail of the rep is looked at.
type Mail struct {
	Text     string   // the new text
	Subject  string   // without reply prefixes
	Language string   // ISO 639-1
	Own      bool     // the rep chose the subject, not the prospect
	Rep      []string // everything else the rep wrote in the thread: proves that a word of a foreign subject is the rep's, too
}

// stale finds words whose meaning moves with the day, so that they may not be said again later.
var stale = expressions.New(`(?i)\b(today|tomorrow|tonight|yesterday|now|this (week|month|morning|afternoon|evening|quarter|year|spring|summer|autumn|fall|winter)|` +
	`(next|last|coming|past) (week|month|quarter|year|days?|spring|summer|autumn|winter|monday|tuesday|wednesday|thursday|friday)|ago|soon|recently|just|` +
	`(mon|tues|wednes|thurs|fri|satur|sun)day|(in|until|by|before|from|of|on|end of) (january|february|march|april|may|june|july|august|september|october|november|december)|` +
	`(january|february|march|april|may|june|july|august|september|october|november|december) \d+|\d+(st|nd|rd|th)?( of)? (january|february|march|april|may|june|july|august|september|october|november|december)|` +
	`heute|morgen|gestern|n[äa]chste[rnms]?|kommende[rnms]?|diese[rs]? (woche|monat|jahr)|montag|dienstag|mittwoch|donnerstag|freitag|samstag|jetzt|bald|` +
	`aujourd'hui|demain|hier|prochaine?|lundi|mardi|mercredi|jeudi|vendredi|maintenant|` +
	`hoy|ma[ñn]ana|ayer|pr[óo]xim[oa]|lunes|martes|mi[ée]rcoles|jueves|viernes|ahora|` +
	`vandaag|morgen|gisteren|volgende|maandag|dinsdag|woensdag|donderdag|vrijdag|nu|` +
	`idag|i dag|imorgon|i morgon|ig[åa]r|n[äa]sta|m[åa]ndag|tisdag|onsdag|torsdag|fredag|nu)\b|\d{1,2}[:.]\d\d|\d+ ?(am|pm|uhr)\b`)

// pointing finds words that point outside the sentence they stand in, by language.
var pointing = map[string]*rarely.Pattern{
	"de": expressions.New(`(?i)\b(das|dies|diese[rmns]?|es|davon|dazu|damit|daf[üu]r|dabei|dort|er|ihm|beides?|anbei|unten|oben)\b`),
	"fr": expressions.New(`(?i)\b(cela|[çc]a|c'est|celui|celle|ceux|celles|y|en|il|elle|ils|elles|ci-\w+)\b`),
	"es": expressions.New(`(?i)\b(eso|esto|ello|ese|esa|este|esta|[ée]l|ella|ellos|ellas|abajo|arriba)\b`),
	"nl": expressions.New(`(?i)\b(dit|deze|hij|hen|ervan|ermee|daarvan|daarmee|hiermee|^\w+ (dat|het)|onderstaande?|bovenstaande?)\b`),
	"sv": expressions.New(`(?i)\b(detta|denna|dessa|dem|han|hon|^\w+ det|nedan|ovan)\b`),
}

// pointingEN is the same for English, where "that" and "it" may well point inside the sentence; only the places where they
// open a clause as its subject or end it as its object count.
var pointingEN = expressions.New(`(?i)\b(it|its|they|them|their|these|those|he|she|him|her|this|such|below|above|following|attached|enclosed|same)\b|` +
	`^[a-z]+ that\b|(^|\b(whether|to|of|for|with|about|do|does|is|would|think|like|how|what) )that\b( (is|are|was|would|will|could|can|means|work|works|sound|sounds|fit|fits|change|changes|help|helps|make|makes|suit|suits|be)\b|$|\?)|\b(do|so|either|the other) (so)?\?$`)

// Of finds the gist of a mail of the rep.
func Of(m Mail) Gist {
	sentences := body(m.Text)
	seen := lowerWords(m.Text + " " + strings.Join(m.Rep, " "))
	g := Gist{Topic: topic(m, seen)}
	ask := -1
	for i := len(sentences) - 1; i >= 0 && ask < 0; i-- {
		if s := sentences[i]; strings.HasSuffix(s, "?") && !stale.MatchString(s) && quotable(s) && (m.Language != "en" || direct(s)) {
			ask = i
		}
	}
	if ask >= 0 {
		q := sentences[ask]
		if n := len(strings.Fields(q)); n >= 4 && n <= 22 && !points(q, m.Language) {
			g.Question = capital(q)
		}
	}
	if m.Language != "en" {
		return g
	}
	if ask >= 0 {
		if asked := report(sentences[ask]); asked != "" {
			if points(sentences[ask], "en") {
				g.AskedOfClaim = asked
			} else {
				g.Asked = asked
			}
		}
	}
	g.Event = event(m.Text)
	for i, s := range sentences {
		if y := recalled(s); y != "" && g.You == "" {
			g.You = y
			if i == ask-1 && g.AskedOfClaim != "" {
				break
			}
		}
	}
	if ask > 0 {
		g.Claim = claim(sentences[ask-1], seen)
		if g.AskedOfClaim != "" && recalled(sentences[ask-1]) != "" && !points(sentences[ask-1], "en") {
			// "You wanted to ask the harbour office. What did they say?": the question rests on what is recalled.
			g.You = recalled(sentences[ask-1])
		} else if g.AskedOfClaim != "" && g.Claim == "" {
			g.AskedOfClaim = ""
		} else if g.AskedOfClaim != "" {
			g.You = ""
		}
	}
	if ask <= 0 {
		g.AskedOfClaim = ""
	}
	if g.Claim == "" && g.AskedOfClaim == "" {
		for _, s := range sentences {
			if g.Claim = claim(s, seen); g.Claim != "" {
				break
			}
		}
	}
	return g
}

// body gives the sentences of a mail between greeting and closing. A greeting that shares its line with the first
// sentence is cut off.
func body(text string) []string {
	var out []string
	for i, s := range prose.Sentences(text) {
		t := s.Text
		if i == 0 {
			t = greeting.ReplaceAllString(t, "")
		}
		if utf8.RuneCountInString(t) > 1 && strings.ContainsAny(t[len(t)-1:], ".?!") {
			out = append(out, t)
		}
		if len(out) >= 60 {
			break
		}
	}
	return out
}

var greeting = expressions.New(`(?i)^(hi|hello|hey|dear|good (morning|afternoon|evening|day)|hallo|guten (tag|morgen)|liebe[r]?|sehr geehrte[r]?|bonjour|ch[eè]re?|hola|estimad[oa]|beste|geachte|dag|hej|b[äa]sta)\b[^.?!,]{0,60}(,|$)\s*`)

func points(s, language string) bool {
	if language == "en" {
		return pointingEN.MatchString(s)
	}
	if p := pointing[language]; p != nil {
		return p.MatchString(s)
	}
	return true
}

// quotable says whether a sentence may be said again: prose of sane length that keeps the house rules and holds no link,
// address or quotation.
func quotable(s string) bool {
	if n := prose.CountWords(s); n > 30 || strings.ContainsAny(s, "<>[]{}|@\"“”„«»") || prose.Link.MatchString(s) {
		return false
	}
	for _, r := range s {
		if !unicode.Is(unicode.Latin, r) && unicode.IsLetter(r) || unicode.IsControl(r) || r > 0xffff {
			return false
		}
	}
	return len(rules.Phrases(s)) == 0
}

// thin finds sentences that open a mail, thank, introduce or hand over, and say nothing to recall.
var thin = expressions.New(`(?i)^(thanks?|thank you|many thanks|i hope|hope|please|as (promised|agreed|discussed|requested)|here (is|are|you)|see |let me|my name|i |i'|it was|it is|nice|good|great|sorry|` +
	`welcome|congrat|looking|and |but |or |so |then |however|also|therefore|if |this |that |these |those |they |he |she |it |there )`)

// announces finds what may stand before a colon when the point comes after it.
var announces = expressions.New(`(?i)\b(here is|here's|this is how|looks? like|works? like this|in short|the idea|the offer|our offer|the plan|my proposal|our proposal|what we do)\b`)

// claim gives a statement of the rep as it stands after "that", or "".
func claim(s string, seen map[string]bool) string {
	s, ok := strings.CutSuffix(s, ".")
	if !ok {
		return ""
	}
	// "Here is what an audit would look like: we take three months of invoices …": what counts comes after the colon.
	if before, after, cut := strings.Cut(s, ": "); cut {
		if !announces.MatchString(before) || prose.CountWords(after) < 6 || prose.CountWords(before) > 25 {
			return ""
		}
		s = after
	}
	n := prose.CountWords(s)
	if n < 6 || n > 28 || strings.ContainsAny(s, "!?;") || thin.MatchString(s) || stale.MatchString(s) || points(s, "en") || !quotable(s) || recalled(s+".") != "" {
		return ""
	}
	s, ok = small(s, seen)
	if !ok {
		return ""
	}
	return s
}

var recall = expressions.New(`(?i)^you (mentioned|said|told (me|us)|wanted|asked|wrote|described|spoke|were (looking|planning|comparing|thinking|considering)|are (looking|planning|comparing|considering)) `)

// recalled gives what a sentence of the rep recalls of them ("you said that …"), without its full stop, or "".
func recalled(s string) string {
	s, ok := strings.CutSuffix(s, ".")
	if !ok || !recall.MatchString(s) || prose.CountWords(s) > 22 || stale.MatchString(s) || strings.ContainsAny(s, ";:!?") || !quotable(s) {
		return ""
	}
	return strings.ToLower(s[:1]) + s[1:]
}

var meet = expressions.New(`\b(?:[Mm]et|[Mm]eet(?:ing)?|[Ss]ee(?:ing)?|saw|[Tt]alk(?:ed|ing)?|[Cc]hat(?:ted|ting)?|conversation|spoke|speak(?:ing)?)\b[^.?!\n]{0,40}? at ((?:the |our |your )?(?:[\p{Lu}\d][\p{L}\d'&-]*|of|and|in|for|the)(?: (?:[\p{Lu}\d][\p{L}\d'&-]*|of|and|for|the))*)`)

// event gives the fair or conference at which the rep says they met, or "".
func event(text string) string {
	for _, s := range prose.Sentences(text) {
		m := meet.FindStringSubmatch(s.Text)
		if m == nil {
			continue
		}
		name := strings.TrimRight(m[1], " ")
		for _, tail := range []string{" of", " and", " in", " for", " the"} {
			name = strings.TrimSuffix(name, tail)
		}
		if n := len(strings.Fields(name)); n <= 8 && strings.ToLower(name) != name && quotable(name) {
			return name
		}
	}
	return ""
}

// lowerWords gives the words that stand in a text in lower case: no names.
func lowerWords(text string) map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if strings.ToLower(w) == w {
			words[w] = true
		}
		if len(words) > 2000 {
			break
		}
	}
	return words
}
