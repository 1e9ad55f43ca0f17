package mail

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"followupd/mail/wordtable"
)

// phrasebook finds the phrases of a rules file in a text, in time linear in the text. See rules/automatic.txt for the
// language of phrases. It is kept small, for a daemon holds it all day: as slices of slices of words it was 1.2 MB.
type phrasebook struct {
	sections []string
	phrases  []phrase
	byWord   wordtable.Index[uint16] // first word → positions in phrases
	byStart  wordtable.Index[uint16] // likewise by its first letters, where it is a prefix
}

// startLength is how many letters of a prefix byStart keys on; no first word may be a shorter prefix.
const startLength = 4

// phrase is one of a line of them.
type phrase struct {
	source  string // as written, for reasons
	words   wordtable.Pattern
	section uint8 // in phrasebook.sections
	start   bool  // has to stand at the beginning
}

// maxGap is how many words a "*" may stand for.
const maxGap = 6

//go:embed rules/automatic.txt
var automaticRules string

var automatic = sync.OnceValue(func() *phrasebook {
	book, err := parsePhrases(automaticRules)
	if err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	return book
})

// parsePhrases compiles a rules file.
func parsePhrases(file string) (*phrasebook, error) {
	book := new(phrasebook)
	byWord, byStart := make(map[string][]uint16), make(map[string][]uint16)
	n := 0
	for line := range strings.Lines(file) {
		n++
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case strings.HasPrefix(line, "== "):
			book.sections = append(book.sections, strings.TrimSpace(line[3:]))
			continue
		}
		language, list, ok := strings.Cut(line, ": ")
		if !ok || len(book.sections) == 0 || len(language) != 2 {
			return nil, fmt.Errorf("rules line %d: not \"LANGUAGE: phrase; phrase\" in a section", n)
		}
		for source := range strings.SplitSeq(list, ";") {
			source = strings.TrimSpace(source)
			if source == "" {
				continue
			}
			p, err := parsePhrase(source)
			if err != nil {
				return nil, fmt.Errorf("rules line %d: phrase %q: %w", n, source, err)
			}
			p.section = uint8(len(book.sections) - 1)
			id := uint16(len(book.phrases))
			book.phrases = append(book.phrases, p)
			first, _ := nextRule(p.source)
			for word := range strings.SplitSeq(first, "|") {
				if begin, ok := strings.CutSuffix(word, "~"); ok {
					byStart[begin[:startLength]] = append(byStart[begin[:startLength]], id)
				} else {
					byWord[word] = append(byWord[word], id)
				}
			}
		}
	}
	book.phrases = slices.Clone(book.phrases) // without the room that appending left
	patterns := make([]wordtable.Pattern, len(book.phrases))
	for i, p := range book.phrases {
		patterns[i] = p.words
	}
	for i, p := range wordtable.Packed(patterns) {
		book.phrases[i].words = p
	}
	book.byWord, book.byStart = wordtable.Of(byWord), wordtable.Of(byStart)
	return book, nil
}

// parsePhrase reads a phrase. Its words are to be written as those of a text are read (tokensOf).
func parsePhrase(source string) (phrase, error) {
	p := phrase{}
	p.source, p.start = strings.CutPrefix(source, "^")
	for rule, rest := nextRule(p.source); rule != ""; rule, rest = nextRule(rest) {
		kind := wordtable.Words
		var words []wordtable.Word
		for word := range strings.SplitSeq(rule, "|") {
			if rule == "*" {
				kind = wordtable.Gap
				break
			}
			word, begin := strings.CutSuffix(word, "~")
			if tokens := tokensOf(word); word != anyNumber && (len(tokens) != 1 || tokens[0].word != word) {
				return p, fmt.Errorf("%q is not how a word of a text is read", word)
			}
			if p.words == "" && (word == anyNumber || begin && len(word) < startLength) {
				return p, fmt.Errorf("it begins with %q, which is too little", word)
			}
			words = append(words, wordtable.Word{Text: word, Begin: begin})
		}
		if kind == wordtable.Gap && (p.words == "" || rest == "") {
			return p, errors.New("it begins or ends with a gap")
		}
		var err error
		if p.words, err = p.words.With(kind, words...); err != nil {
			return p, err
		}
	}
	if p.words == "" {
		return p, errors.New("no words")
	}
	return p, nil
}

// anyNumber stands for every number in a phrase.
const anyNumber = "#"

// nextRule cuts off what says which word may stand at the first place of a phrase. A Chinese or Japanese sign is a word.
func nextRule(phrase string) (rule, rest string) {
	if r, size := utf8.DecodeRuneInString(phrase); isSign(r) {
		return phrase[:size], strings.TrimLeft(phrase[size:], " ")
	}
	rule, rest, _ = strings.Cut(phrase, " ")
	return rule, strings.TrimLeft(rest, " ")
}

// token is one word of a text, folded: lower case, no accents. The end of a sentence is a token with an empty word.
type token struct {
	word string
	at   int // byte offset in the text
}

// hit is a phrase found in a text.
type hit struct {
	section string
	source  string
	word    int // index of its first token
	end     int // index after its last token
}

// find gives every phrase that stands in the tokens, in their order.
func (b *phrasebook) find(tokens []token) []hit {
	var hits []hit
	for i, t := range tokens {
		if t.word == "" {
			continue
		}
		try := func(candidates []uint16) {
			for _, c := range candidates {
				p := &b.phrases[c]
				if p.start && i > 0 {
					continue
				}
				if end, ok := match(p.words, tokens, i); ok {
					hits = append(hits, hit{b.sections[p.section], p.source, i, end})
				}
			}
		}
		try(b.byWord.Find(t.word))
		if len(t.word) >= startLength {
			try(b.byStart.Find(t.word[:startLength]))
		}
		if len(hits) > 500 {
			break
		}
	}
	return hits
}

// match tells whether the words of a phrase stand at token i. After a gap it goes back once per gap, never nested, so that the
// work is bounded by maxGap times the words of the phrase.
func match(words wordtable.Pattern, tokens []token, i int) (end int, ok bool) {
	gap := 0 // words that the open gap may still skip
	for words != "" {
		var place wordtable.Place
		place, words = words.Next()
		if place.Kind == wordtable.Gap {
			gap = maxGap
			continue
		}
		for {
			if i >= len(tokens) || tokens[i].word == "" {
				return 0, false
			}
			if word := tokens[i].word; place.Takes(word) || isDigit(word[0]) && place.Takes(anyNumber) {
				break
			}
			if gap == 0 {
				return 0, false
			}
			gap--
			i++
		}
		gap = 0
		i++
	}
	return i, true
}

// tokensOf cuts a text into folded words; Chinese and Japanese signs are words of their own. Sentences and paragraphs end with an
// empty token. English short forms are written out ("I'm" is "i am"), so that a phrase needs to know one form only.
func tokensOf(text string) []token {
	tokens := make([]token, 0, len(text)/5+1)
	var word []byte
	start := 0
	apostrophe := false // stands before the word being read
	flush := func() {
		if len(word) == 0 {
			return
		}
		w := string(word)
		if apostrophe {
			switch w {
			case "m":
				w = "am"
			case "ll":
				w = "will"
			case "ve":
				w = "have"
			case "re":
				w = "are"
			}
		}
		if w == "t" && apostrophe && len(tokens) > 0 && tokens[len(tokens)-1].word == "won" {
			tokens[len(tokens)-1].word, w = "will", "not"
		}
		tokens = append(tokens, token{w, start})
		word = word[:0]
		apostrophe = false
	}
	stop := func(at int) {
		flush()
		if n := len(tokens); n > 0 && tokens[n-1].word != "" {
			tokens = append(tokens, token{"", at})
		}
		apostrophe = false
	}
	newlines := 0
	for i, r := range text {
		if r == '\n' {
			flush()
			apostrophe = false
			if newlines++; newlines == 2 {
				stop(i)
			}
			continue
		}
		if r != ' ' && r != '\t' && r != '>' {
			newlines = 0
		}
		switch {
		case r < 0x80 && ('a' <= r && r <= 'z' || '0' <= r && r <= '9'):
			if len(word) == 0 {
				start = i
			}
			word = append(word, byte(r))
		case 'A' <= r && r <= 'Z':
			if len(word) == 0 {
				start = i
			}
			word = append(word, byte(r)+'a'-'A')
		case r == '\'' || r == '’' || r == '´' || r == '`':
			flush()
			apostrophe = true
		case r == '!' || r == '?' || r == ';' || r == '。' || r == '！' || r == '？':
			stop(i)
		case r == '.':
			// A full stop ends a sentence only before white space: not in "03.01.2012" or "v.berg@acme.example".
			if i+1 >= len(text) || text[i+1] == ' ' || text[i+1] == '\n' || text[i+1] == '\t' {
				if len(word) > 2 || len(word) > 0 && !isDigit(word[0]) && len(word) != 1 {
					stop(i)
					continue
				}
			}
			flush()
			apostrophe = false
		case isSign(r):
			flush()
			tokens = append(tokens, token{string(r), i})
			apostrophe = false
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if len(word) == 0 {
				start = i
			}
			word = append(word, foldRune(r)...)
		case unicode.Is(unicode.Mn, r):
			// a combining accent
		default:
			flush()
			apostrophe = false
		}
		if len(word) > 60 {
			flush()
		}
	}
	flush()
	return tokens
}

// isSign says that r is a letter of a script that is written without spaces.
func isSign(r rune) bool {
	return r >= 0x3040 && r <= 0x30ff || r >= 0x3400 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7af || r == '々'
}

// folded maps letters with accents, U+00C0 to U+017F, to what stands in phrases.
var folded = func() map[rune]string {
	table := make(map[rune]string)
	for plain, letters := range map[string]string{
		"a": "ÀÁÂÃÄÅàáâãäåĀāĂăĄą", "c": "ÇçĆćĈĉĊċČč", "d": "ĎďĐđÐð", "e": "ÈÉÊËèéêëĒēĔĕĖėĘęĚě", "g": "ĜĝĞğĠġĢģ", "h": "ĤĥĦħ",
		"i": "ÌÍÎÏìíîïĨĩĪīĬĭĮįİı", "j": "Ĵĵ", "k": "Ķķ", "l": "ĹĺĻļĽľĿŀŁł", "n": "ÑñŃńŅņŇň", "o": "ÒÓÔÕÖØòóôõöøŌōŎŏŐő", "r": "ŔŕŖŗŘř",
		"s": "ŚśŜŝŞşŠš", "t": "ŢţŤťŦŧ", "u": "ÙÚÛÜùúûüŨũŪūŬŭŮůŰűŲų", "w": "Ŵŵ", "y": "ÝýÿŶŷŸ", "z": "ŹźŻżŽž", "ss": "ß", "ae": "Ææ", "oe": "Œœ",
	} {
		for _, r := range letters {
			table[r] = plain
		}
	}
	return table
}()

func foldRune(r rune) string {
	if plain, ok := folded[r]; ok {
		return plain
	}
	if r >= 0xff10 && r <= 0xff19 { // full-width digits
		return string(r - 0xff10 + '0')
	}
	return string(unicode.ToLower(r))
}
