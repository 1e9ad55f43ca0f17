package mail

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"unicode"
)

// phrasebook finds the phrases of a rules file in a text, in time linear in the text. See rules/automatic.txt for the
// language of phrases.
type phrasebook struct {
	byWord  map[string][]phrase // by first word
	byStart map[string][]phrase // by the first letters of the first word, where that is a prefix
}

// startLength is how many letters of a prefix byStart keys on; no first word may be a shorter prefix.
const startLength = 4

// phrase is one compiled line of words.
type phrase struct {
	section string
	source  string // as written, for reasons
	start   bool   // has to stand at the beginning
	words   []wordRule
}

// wordRule says which words may stand at one place of a phrase.
type wordRule struct {
	any      bool // up to maxGap words of the same sentence
	number   bool
	words    []string
	prefixes []string
}

// maxGap is how many words a "*" may stand for.
const maxGap = 6

//go:embed rules/automatic.txt
var automaticRules string

var automatic = sync.OnceValue(func() phrasebook {
	book, err := parsePhrases(automaticRules)
	if err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	return book
})

// parsePhrases compiles a rules file.
func parsePhrases(source string) (phrasebook, error) {
	book := phrasebook{byWord: make(map[string][]phrase), byStart: make(map[string][]phrase)}
	section := ""
	for n, line := range strings.Split(source, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case strings.HasPrefix(line, "== "):
			section = strings.TrimSpace(line[3:])
			continue
		}
		language, list, ok := strings.Cut(line, ": ")
		if !ok || section == "" || len(language) != 2 {
			return book, fmt.Errorf("rules line %d: not \"LANGUAGE: phrase; phrase\" in a section", n+1)
		}
		for source := range strings.SplitSeq(list, ";") {
			source = strings.TrimSpace(source)
			if source == "" {
				continue
			}
			p, err := parsePhrase(source)
			if err != nil {
				return book, fmt.Errorf("rules line %d: phrase %q: %w", n+1, source, err)
			}
			p.section = section
			first := p.words[0]
			if first.any || first.number || len(first.words)+len(first.prefixes) == 0 {
				return book, fmt.Errorf("rules line %d: phrase %q does not begin with a word", n+1, source)
			}
			for _, w := range first.prefixes {
				if len(w) < startLength {
					return book, fmt.Errorf("rules line %d: phrase %q begins with too short a part of a word", n+1, source)
				}
				book.byStart[w[:startLength]] = append(book.byStart[w[:startLength]], p)
			}
			for _, w := range first.words {
				book.byWord[w] = append(book.byWord[w], p)
			}
		}
	}
	return book, nil
}

func parsePhrase(source string) (phrase, error) {
	p := phrase{source: strings.TrimPrefix(source, "^"), start: strings.HasPrefix(source, "^")}
	for field := range strings.FieldsSeq(p.source) {
		if field == "*" {
			p.words = append(p.words, wordRule{any: true})
			continue
		}
		var rule wordRule
		var chain []wordRule // the signs of a Chinese or Japanese word
		for w := range strings.SplitSeq(field, "|") {
			prefix := strings.HasSuffix(w, "~")
			if w == "#" {
				rule.number = true
				continue
			}
			tokens := tokensOf(strings.TrimSuffix(w, "~"))
			switch {
			case len(tokens) == 0:
			case len(tokens) > 1 && strings.Contains(field, "|"):
				return p, fmt.Errorf("%q is more than one word", w)
			case len(tokens) > 1:
				for _, t := range tokens {
					chain = append(chain, wordRule{words: []string{t.word}})
				}
			case prefix:
				rule.prefixes = append(rule.prefixes, tokens[0].word)
			default:
				rule.words = append(rule.words, tokens[0].word)
			}
		}
		switch {
		case chain != nil:
			p.words = append(p.words, chain...)
		case rule.number || rule.words != nil || rule.prefixes != nil:
			p.words = append(p.words, rule)
		}
	}
	for len(p.words) > 0 && p.words[len(p.words)-1].any {
		p.words = p.words[:len(p.words)-1]
	}
	if len(p.words) == 0 {
		return p, fmt.Errorf("no words")
	}
	return p, nil
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
func (b phrasebook) find(tokens []token) []hit {
	var hits []hit
	for i, t := range tokens {
		if t.word == "" {
			continue
		}
		try := func(candidates []phrase) {
			for _, p := range candidates {
				if p.start && i > 0 {
					continue
				}
				if end, ok := p.match(tokens, i); ok {
					hits = append(hits, hit{p.section, p.source, i, end})
				}
			}
		}
		try(b.byWord[t.word])
		if len(t.word) >= startLength {
			try(b.byStart[t.word[:startLength]])
		}
		if len(hits) > 500 {
			break
		}
	}
	return hits
}

// match tells whether the phrase stands at token i. After a gap it goes back once per gap, never nested, so that the work is
// bounded by maxGap times the words of the phrase.
func (p phrase) match(tokens []token, i int) (end int, ok bool) {
	gap := 0 // words that the open gap may still skip
	for _, rule := range p.words {
		if rule.any {
			gap = maxGap
			continue
		}
		for {
			if i >= len(tokens) || tokens[i].word == "" {
				return 0, false
			}
			if rule.accepts(tokens[i].word) {
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

func (r wordRule) accepts(word string) bool {
	if r.number && isDigit(word[0]) {
		return true
	}
	for _, w := range r.words {
		if w == word {
			return true
		}
	}
	for _, prefix := range r.prefixes {
		if strings.HasPrefix(word, prefix) {
			return true
		}
	}
	return false
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
