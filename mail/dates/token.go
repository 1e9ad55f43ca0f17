package dates

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word, a number or a sign of a text.
type token struct {
	text       string // lower case
	start, end int    // in the text
	number     int    // of a number, else -1
	width      int    // digits of a number
	ordinal    bool   // "6th", "6º", "6:e"; a number followed by "." is judged by its neighbours
	word       bool
	spaced     bool // white space stands before it
}

// maxTokens bounds the work for a text; return dates stand at its beginning.
const maxTokens = 1000

// scan splits a text into tokens. Letters and digits part: "5jan" is two tokens.
func scan(text string) []token {
	tokens := make([]token, 0, min(len(text)/4+4, maxTokens))
	spaced := true
	for i := 0; i < len(text) && len(tokens) < maxTokens; {
		r, size := utf8.DecodeRuneInString(text[i:])
		start := i
		switch {
		case unicode.IsSpace(r):
			i += size
			spaced = true
			if r == '\n' && strings.HasPrefix(strings.TrimLeft(text[i:], " \t\r"), "\n") {
				tokens = append(tokens, token{text: "\n", start: start, end: i, number: -1, spaced: true})
			}
			continue
		case isDigit(r):
			n := 0
			for i < len(text) && text[i] >= '0' && text[i] <= '9' {
				if i-start < 9 {
					n = n*10 + int(text[i]-'0')
				}
				i++
			}
			t := token{text: text[start:i], start: start, number: n, width: i - start, spaced: spaced}
			if mark := ordinalMark(text[i:]); mark > 0 {
				t.ordinal = true
				i += mark
			}
			t.end = i
			tokens = append(tokens, t)
		case unicode.IsLetter(r):
			i += size
			for i < len(text) {
				r, size := utf8.DecodeRuneInString(text[i:])
				if !unicode.IsLetter(r) && !unicode.IsMark(r) && !((r == '\'' || r == '’') && joins(text[i+size:])) {
					break
				}
				i += size
			}
			tokens = append(tokens, token{text: strings.ReplaceAll(strings.ToLower(text[start:i]), "’", "'"), start: start, end: i, number: -1, word: true, spaced: spaced})
		default:
			i += size
			sign := text[start:i]
			switch r {
			case '–', '—', '−', '‑':
				sign = "-"
			}
			tokens = append(tokens, token{text: sign, start: start, end: i, number: -1, spaced: spaced})
		}
		spaced = false
	}
	return tokens
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// joins tells whether an apostrophe binds what follows: "o'clock", "l'été", "new year's".
func joins(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return unicode.IsLetter(r)
}

// ordinalMark gives the length of an ordinal ending right behind a number: 6th, 1er, 3º, 7:e.
func ordinalMark(rest string) int {
	for _, mark := range []string{"st", "nd", "rd", "th", "er", "ère", "e", "º", "ª", "°", ":e", ":a", "de", "ste", "-го", "-е", ":nde"} {
		if len(rest) >= len(mark) && strings.EqualFold(rest[:len(mark)], mark) {
			r, _ := utf8.DecodeRuneInString(rest[len(mark):])
			if !unicode.IsLetter(r) && !isDigit(r) {
				return len(mark)
			}
		}
	}
	return 0
}

// tagged is a token, or several that make one phrase, with what it can mean.
type tagged struct {
	token
	last     int // index of the last token of the phrase
	meanings []meaning
}

// has gives the value of the first meaning with a tag.
func (t tagged) has(want tag) (value int, ok bool) {
	for _, m := range t.meanings {
		if m.tag == want {
			return int(m.value), true
		}
	}
	return 0, false
}

func (t tagged) is(want ...tag) bool {
	for _, m := range t.meanings {
		for _, w := range want {
			if m.tag == w {
				return true
			}
		}
	}
	return false
}

// isIn is is in the languages given.
func (t tagged) isIn(spoken languages, want tag) bool {
	for _, m := range t.meanings {
		if m.tag == want && m.language&spoken != 0 {
			return true
		}
	}
	return false
}

// tagTokens joins tokens into known phrases, the longest first, and gives their meanings in the languages spoken.
func tagTokens(tokens []token, spoken languages) []tagged {
	out := make([]tagged, 0, len(tokens))
	var phrase []byte
	vocab := vocab()
	for i := 0; i < len(tokens); {
		t := tagged{token: tokens[i], last: i}
		for n := min(vocab.longestFrom(tokens[i].text), len(tokens)-i); n > 0; n-- {
			phrase = phrase[:0]
			for j := range n {
				if j > 0 {
					phrase = append(phrase, ' ')
				}
				phrase = append(phrase, tokens[i+j].text...)
			}
			if found := speak(vocab.phrases.Find(string(phrase)), spoken); found != nil {
				t.meanings, t.last, t.end = found, i+n-1, tokens[i+n-1].end
				break
			}
		}
		if t.meanings == nil && t.word {
			t.meanings = speak(vocab.stem(t.text), spoken)
		}
		out = append(out, t)
		i = t.last + 1
	}
	return out
}

// speak keeps the meanings of the languages spoken.
func speak(all []meaning, spoken languages) []meaning {
	n := 0
	for _, m := range all {
		if m.language&spoken != 0 {
			n++
		}
	}
	if n == 0 || n == len(all) {
		return all[:n]
	}
	kept := make([]meaning, 0, n)
	for _, m := range all {
		if m.language&spoken != 0 {
			kept = append(kept, m)
		}
	}
	return kept
}
