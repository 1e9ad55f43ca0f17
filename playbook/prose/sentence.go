package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"followupd/playbook/rarely"
)

// expressions are those of this package.
var expressions rarely.Patterns

// Rest lets go of them; the next use makes them anew.
func Rest() { expressions.Drop() }

// Sentence is one sentence of a text and where it begins.
type Sentence struct {
	Text string // white space run together, with its closing mark
	Line int    // 1-based
}

// abbreviations are followed by a full stop that ends no sentence.
var abbreviations = map[string]bool{
	"mr": true, "mrs": true, "ms": true, "dr": true, "prof": true, "no": true, "nr": true, "st": true, "e.g": true, "i.e": true, "vs": true,
	"approx": true, "ca": true, "inc": true, "ltd": true, "co": true, "z.b": true, "bzw": true, "u.a": true, "evtl": true, "ggf": true,
	"hr": true, "fr": true, "tel": true, "art": true, "mme": true, "mlle": true, "sr": true, "sra": true, "dhr": true, "mevr": true, "t.ex": true,
	"bl.a": true, "ung": true, "min": true, "max": true, "etc": true, "p.m": true, "a.m": true, "jan": true, "feb": true, "aug": true,
	"sept": true, "oct": true, "okt": true, "nov": true, "dec": true, "dez": true,
}

// maxSentence bounds the bytes of one sentence; a longer run of text is not prose.
const maxSentence = 2000

// Sentences parts a text into sentences. A sentence ends at ".", "!", "?" or "…" before white space, unless a known
// abbreviation, a lone letter or an ordinal number stands before the full stop, and at an empty line. A line break inside a
// paragraph is white space. Linear in the length of the text.
func Sentences(text string) []Sentence {
	var out []Sentence
	var b strings.Builder
	line, begun := 1, 1
	flush := func() {
		if s := strings.Join(strings.Fields(b.String()), " "); s != "" {
			out = append(out, Sentence{Text: s, Line: begun})
		}
		b.Reset()
	}
	blank := true // the current line holds nothing so far
	for i, r := range text {
		if r == '\n' {
			if blank || endsParagraph(text[i+1:]) {
				flush()
			} else if b.Len() > 0 {
				b.WriteByte(' ')
			}
			line++
			blank = true
			continue
		}
		if !unicode.IsSpace(r) {
			blank = false
			if b.Len() == 0 {
				begun = line
			}
		}
		if b.Len() == 0 && unicode.IsSpace(r) {
			continue
		}
		b.WriteRune(r)
		if b.Len() > maxSentence {
			flush()
			continue
		}
		if !strings.ContainsRune(".!?…", r) {
			continue
		}
		next, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(r):])
		if next != utf8.RuneError && !unicode.IsSpace(next) && !strings.ContainsRune(`"'”’»)`, next) {
			continue
		}
		if r == '.' && stopsNothing(b.String(), text[i+1:]) {
			continue
		}
		if next == utf8.RuneError || unicode.IsSpace(next) {
			flush()
		}
	}
	flush()
	return out
}

// endsParagraph says whether the next line is empty.
func endsParagraph(rest string) bool {
	for _, r := range rest {
		if r == '\n' {
			return true
		}
		if !unicode.IsSpace(r) {
			return false
		}
	}
	return true
}

// ordinalMonth is what follows the ordinal of a day: "8. November".
var ordinalMonth = expressions.New(`^\s?(?i:jan|feb|m[aä]r|apr|ma[ijy]|jun|jul|aug|sep|o[ck]t|nov|de[czs])`)

// stopsNothing says whether the full stop at the end of s belongs to an abbreviation, an initial or the ordinal of a day;
// rest is what follows.
func stopsNothing(s, rest string) bool {
	s = strings.TrimSuffix(s, ".")
	word := s[strings.LastIndexFunc(s, unicode.IsSpace)+1:]
	word = strings.TrimLeft(strings.ToLower(word), `("'„“`)
	if word == "" {
		return false
	}
	if first, n := utf8.DecodeRuneInString(word); abbreviations[word] || n == len(word) && unicode.IsLetter(first) {
		return true
	}
	return len(word) <= 2 && isNumber(word) && ordinalMonth.MatchString(rest)
}

// Words in a mail that count for its length: a link counts as one.
var countable = expressions.New(`[\p{L}\p{N}_]+(?:['’\-][\p{L}\p{N}_]+)*`)

// Link finds links in a text.
var Link = expressions.New(`(?i)(?:https?://|www\.)[^\s<>"')\]]+`)

// WithoutLinks gives a text with a plain word in place of each link, so that its marks and capitals do not count. The mark
// that ends a sentence stays.
func WithoutLinks(text string) string {
	return Link.ReplaceAllStringFunc(text, func(link string) string {
		return "link" + link[len(strings.TrimRight(link, ".,;:!?")):]
	})
}

// CountWords counts the words of a text as a reader would; a link is one word.
func CountWords(text string) int {
	return len(countable.FindAllStringIndex(WithoutLinks(text), -1))
}
