package rules

import (
	"strings"
	"unicode"

	"followupd/playbook/prose"
)

// Ground is what the claims of a draft may stand on. Its zero value is no ground at all: then a draft may say no number,
// no foreign name, no link, no shared past.
type Ground struct {
	Rep       []string // what the rep wrote in the thread: new text and subjects
	Prospects []string // what the prospects wrote
	Notes     []string // what the rep noted of them
	Asset     []string // title, link and text of the asset the draft brings
	Names     []string // people and companies of the thread, the rep's own included
	Own       []string // words the writer itself answers for: the dates it proposes, the wording of its template
	Language  string   // ISO 639-1: capitals tell names only where the language does not write every noun so
	Talked    bool     // a call, a meeting or a voicemail is known from the thread or the notes
	Said      []string // bodies that these people were sent before: no sentence comes twice
}

const adviceGround = "law of the house: no claim without ground in the thread, the notes or the library"

// check holds a draft against the rules that need the thread.
func (g Ground) check(text string) []Violation {
	var out []Violation
	out = append(out, g.links(text)...)
	out = append(out, g.claims(text)...)
	out = append(out, g.numbers(text)...)
	out = append(out, g.names(text)...)
	out = append(out, g.mentions(text)...)
	out = append(out, g.repeats(text)...)
	return out
}

// links holds a text against known-links: a link comes from the asset or from the rep's own mail in this thread.
func (g Ground) links(text string) []Violation {
	known := map[string]bool{}
	for _, source := range [][]string{g.Rep, g.Asset, g.Notes} {
		for _, s := range source {
			for _, l := range prose.Link.FindAllString(s, -1) {
				known[bare(l)] = true
			}
		}
	}
	var out []Violation
	for i, line := range strings.Split(text, "\n") {
		for _, l := range prose.Link.FindAllString(line, -1) {
			if !known[bare(l)] {
				out = append(out, Violation{
					Rule: "known-links", Where: l, Line: i + 1, Source: adviceGround,
					Say: "a link comes from the library or from your own mail in this thread",
				})
			}
		}
	}
	return out
}

func bare(link string) string { return strings.TrimRight(link, ".,;:!?") }

// sharedPast finds calls, talks and meetings claimed; document finds attachments and documents claimed.
var (
	sharedPast = oneOf(`
		\b(as|like|what|when|since|after) (we|you and i) (discussed|spoke|talked|agreed|said|met|chatted|saw)\b
		\b(on|over|during|in|after|from|since|following) (the|our|your|a|that|this) (phone|call|calls|conversation|conversations|talk|meeting|chat|discussion|demo|visit|lunch)\b
		\bour (recent |last |first )?(call|conversation|talk|meeting|chat|discussion|demo|lunch)\b
		\b(great|good|nice|lovely|pleasure) (to )?(speak|talk|meet|chat|see|speaking|talking|meeting|chatting|seeing)\w* (to|with|you)
		\bwe (met|spoke|talked)\b
		\b(wie|was) (wir )?(am telefon|telefonisch|besprochen|vereinbart|abgesprochen)
		\b(unser|unserem|unseres) (telefonat|gesprach|treffen|termin)\w*
		\b(lors de|suite a|pendant|apres|comme convenu) (notre|l'|au|par telephone)
		\b(nuestra (llamada|conversacion|reunion)|como (hablamos|acordamos|comentamos))
		\b(ons (gesprek|telefoongesprek|telefoontje)|onze afspraak|zoals (besproken|afgesproken))
		\b(vart (samtal|mote)|som vi (pratade|sa|kom overens))`)
	attachment = oneOf(`
		\b(attach(ed|ing|ment|ments)?|enclos(ed|ing|ure))\b
		\b(im anhang|anbei|angehangt|beigefugt|anliegend|beiliegend)\b
		\b(ci-joint\w*|piece jointe|en annexe|joins a)\b
		\b(adjunt\w*|anex[oa])\b
		\b(bijgevoegd|bijlage|bijgesloten|hierbij stuur)\b
		\b(bifog\w*|bilaga|bilagt|bilagd)\b`)
)

// claims holds a text against no-invented-past and no-invented-attachment.
func (g Ground) claims(text string) []Violation {
	f := fold(text)
	var out []Violation
	if !g.Talked {
		for _, m := range sharedPast.FindAllStringIndex(f.text, 5) {
			if g.quotedFromRep(f.words(m[0], m[1])) {
				continue
			}
			out = append(out, Violation{
				Rule: "no-invented-past", Where: f.words(m[0], m[1]), Line: f.line(m[0]), Source: adviceGround,
				Say: "name only talks and meetings that the thread or your notes hold",
			})
		}
	}
	// A draft of ours never carries a file.
	for _, m := range attachment.FindAllStringIndex(f.text, 5) {
		out = append(out, Violation{
			Rule: "no-invented-attachment", Where: f.words(m[0], m[1]), Line: f.line(m[0]), Source: adviceGround,
			Say: "this mail carries no file: offer to send it, or give the link",
		})
	}
	return out
}

// quotedFromRep says whether the rep used these very words in the thread.
func (g Ground) quotedFromRep(words string) bool {
	want := fold(words).text
	for _, s := range g.Rep {
		if strings.Contains(fold(s).text, want) {
			return true
		}
	}
	return false
}

var number = expressions.New(`\d+(?:[.,:]\d+)*`)

// all gives everything a claim may stand on.
func (g Ground) all() []string {
	var out []string
	for _, s := range [][]string{g.Rep, g.Prospects, g.Notes, g.Asset, g.Names, g.Own} {
		out = append(out, s...)
	}
	return out
}

// numbers holds a text against no-invented-number.
func (g Ground) numbers(text string) []Violation {
	known := map[string]bool{}
	for _, s := range g.all() {
		for _, n := range number.FindAllString(s, -1) {
			known[n] = true
		}
	}
	var out []Violation
	for i, line := range strings.Split(prose.WithoutLinks(text), "\n") {
		for _, n := range number.FindAllString(line, -1) {
			if !known[n] {
				out = append(out, Violation{
					Rule: "no-invented-number", Where: n, Line: i + 1, Source: adviceGround,
					Say: "give only figures that stand in the thread, in your notes or in the asset",
				})
			}
		}
	}
	return out
}

// germanName finds what names somebody in German, where a capital alone does not: a title before, a legal form behind.
var germanName = expressions.New(`\b(?:Herrn?|Frau|Dr\.|Prof\.|Firma|Familie) (?:Dr\. |Prof\. )?(\p{Lu}[\p{L}-]+)|(\p{Lu}[\p{L}-]+) (?:GmbH|AG|KG|SE|UG|e\.V\.)`)

// germanNames is names for German.
func (g Ground) germanNames(text string, known map[string]bool) []Violation {
	var out []Violation
	for i, line := range strings.Split(prose.WithoutLinks(text), "\n") {
		for _, m := range germanName.FindAllStringSubmatch(line, 10) {
			for _, part := range prose.Words(m[1] + " " + m[2]) {
				if !known[part] {
					out = append(out, Violation{
						Rule: "no-invented-name", Where: m[0], Line: i + 1, Source: adviceGround,
						Say: "name only people and companies that the thread, your notes or the asset hold",
					})
					break
				}
			}
		}
	}
	return out
}

// names holds a text against no-invented-name: a capital inside a sentence names somebody or something, and that must
// be known. German writes every noun so; there a title or a legal form tells.
func (g Ground) names(text string) []Violation {
	known := map[string]bool{"i": true, "ok": true}
	for _, s := range g.all() {
		for _, w := range prose.Words(s) {
			known[w] = true
		}
	}
	if g.Language == "de" {
		return g.germanNames(text, known)
	}
	var out []Violation
	for _, s := range prose.Sentences(prose.WithoutLinks(text)) {
		first := true
		for _, w := range strings.Fields(s.Text) {
			opening := first || strings.ContainsAny(w[:1], `"'(`) || strings.HasPrefix(w, "„") || strings.HasPrefix(w, "“") || strings.HasPrefix(w, "¿")
			first = strings.HasSuffix(w, ":") || strings.HasSuffix(w, ",") && s.Line == 1
			if opening || !unicode.IsUpper([]rune(w)[0]) {
				continue
			}
			for _, part := range prose.Words(w) {
				if !known[part] && len(part) > 1 {
					out = append(out, Violation{
						Rule: "no-invented-name", Where: strings.Trim(w, ".,;:!?\"'()"), Line: s.Line, Source: adviceGround,
						Say: "name only people, companies and things that the thread, your notes or the asset hold",
					})
					break
				}
			}
		}
	}
	return out
}

// mentioned finds what they are said to have said.
var mentioned = expressions.New(`(?i)\b(?:that |which )?you (?:had |have |once |also |already )?(?:mentioned|described|told me|told us|said|wrote|asked (?:about|for)|were asking about|talked about|spoke of)\b`)

// mentions holds a text against no-invented-word: what "you mentioned" must be something that they, the rep or the notes
// spoke of. An asset's text may be wrong about this person, so the asset is no ground here.
func (g Ground) mentions(text string) []Violation {
	ground := map[string]bool{}
	for _, source := range [][]string{g.Rep, g.Prospects, g.Notes} {
		for _, s := range source {
			for t := range prose.TermSet(s) {
				ground[t] = true
			}
		}
	}
	var out []Violation
	for _, s := range prose.Sentences(text) {
		m := mentioned.FindStringIndex(s.Text)
		if m == nil {
			continue
		}
		said := prose.Terms(clause(s.Text[m[1]:]))
		if before := prose.Terms(s.Text[:m[0]]); len(said) == 0 || strings.HasPrefix(strings.ToLower(s.Text[m[0]:]), "that ") || strings.HasPrefix(strings.ToLower(s.Text[m[0]:]), "which ") {
			said = append(said, before[max(0, len(before)-2):]...)
		}
		if !anyOf(said, ground) {
			out = append(out, Violation{
				Rule: "no-invented-word", Where: s.Text, Line: s.Line, Source: adviceGround,
				Say: "put words into their mouth only where the thread or your notes hold them",
			})
		}
	}
	return out
}

func clause(s string) string {
	if i := strings.IndexAny(s, ",;:"); i > 0 {
		return s[:i]
	}
	return s
}

func anyOf(terms []string, set map[string]bool) bool {
	for _, t := range terms {
		if set[t] {
			return true
		}
	}
	return false
}

// repeats holds a text against never-twice: no sentence that the person has had.
func (g Ground) repeats(text string) []Violation {
	had := map[string]bool{}
	for _, s := range g.Said {
		for _, x := range prose.Sentences(s) {
			had[fold(x.Text).text] = true
		}
	}
	if len(had) == 0 {
		return nil
	}
	var out []Violation
	sentences := prose.Sentences(text)
	for i, s := range sentences {
		// A greeting and a closing may come again.
		if i == 0 || prose.CountWords(s.Text) < 4 || !had[fold(s.Text).text] {
			continue
		}
		out = append(out, Violation{
			Rule: "never-twice", Where: s.Text, Line: s.Line, Say: "say it in other words, or say something new",
			Source: "sales advice: when something does not work, change the approach",
		})
	}
	return out
}
