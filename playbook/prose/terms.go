// Package prose takes texts apart: into sentences, and into terms that can be compared. A term is a word in lower case,
// none of those that every text holds, cut to a light stem so that "invoices", "invoice" and "invoicing" meet. It knows English, German, French, Spanish, Dutch
// and Swedish well enough to rank a small library; it is no linguist.
package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxLetters bounds a word: what is longer (base64, hashes) is no word.
const MaxLetters = 40

// Words gives the words of a text in lower case, in order, stop words included. A hyphen or an apostrophe inside a
// word parts it.
func Words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
	})
}

// Terms gives the terms of a text in order: stems of its words without stop words, pure numbers and single letters.
func Terms(text string) []string {
	words := Words(text)
	out := words[:0]
	for _, w := range words {
		if n := utf8.RuneCountInString(w); n < 2 || n > MaxLetters || stop[w] || isNumber(w) {
			continue
		}
		out = append(out, Stem(w))
	}
	return out
}

// TermSet gives the distinct terms of a text.
func TermSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, t := range Terms(text) {
		set[t] = true
	}
	return set
}

func isNumber(w string) bool {
	for _, r := range w {
		if !unicode.IsDigit(r) {
			return false
		}
	}
	return true
}

// suffixes are cut once, the longest first; what stays must keep at least the runes named.
var suffixes = []struct {
	end, by string
	keep    int
}{
	{"ements", "", 5},
	{"ement", "", 5},
	{"ments", "", 4},
	{"ment", "", 4},
	{"ations", "", 5},
	{"ation", "", 5},
	{"ungen", "", 4},
	{"ung", "", 5},
	{"ingly", "", 4},
	{"ings", "", 4},
	{"ing", "", 4},
	{"ies", "y", 3},
	{"ied", "y", 3},
	{"eds", "", 4},
	{"ed", "", 4},
	{"ern", "", 5},
	{"en", "", 4},
	{"es", "", 4},
	{"s", "", 3},
	{"n", "", 5},
	{"e", "", 4},
}

// Stem cuts a lower-case word to a light stem: plural and verb endings of English, the commonest endings of German.
// Two words of one family mostly meet; two of different families mostly do not.
func Stem(word string) string {
	word = strings.TrimSuffix(word, "'s")
	if strings.HasSuffix(word, "ss") {
		return word
	}
	for _, s := range suffixes {
		stem, cut := strings.CutSuffix(word, s.end)
		if !cut || utf8.RuneCountInString(stem) < s.keep {
			continue
		}
		word = stem + s.by
		break
	}
	// "shipping" leaves "shipp", "planned" leaves "plann".
	if n := len(word); n > 4 && word[n-1] == word[n-2] && strings.IndexByte("bdgmnprt", word[n-1]) >= 0 {
		word = word[:n-1]
	}
	// "invoice" and "invoicing" differ by the e that the other endings take along.
	if utf8.RuneCountInString(word) > 4 {
		word = strings.TrimSuffix(word, "e")
	}
	return word
}
