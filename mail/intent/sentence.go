package intent

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds on what is read of a text; what matters stands at its beginning.
const (
	maxText     = 16 << 10 // bytes
	maxSentence = 120      // words; a longer sentence goes on as the next one
)

// sentence is one sentence, prepared for matching.
type sentence struct {
	raw      string   // as written, white space normalised
	words    []string // lower case, bare of punctuation, apostrophes straight
	written  []string // the same words as written, with the punctuation around them
	question bool
}

// sentences splits a text. A line break ends a sentence where a blank line follows, or where the line ended in a comma after
// a greeting; wrapped lines are joined.
func sentences(text string) []sentence {
	if len(text) > maxText {
		text = text[:maxText]
	}
	text = strings.ToValidUTF8(text, " ")
	var all []sentence
	for paragraph := range strings.SplitSeq(strings.ReplaceAll(text, "\r", ""), "\n\n") {
		all = appendSentences(all, paragraph)
	}
	return all
}

func appendSentences(all []sentence, paragraph string) []sentence {
	start := 0
	runes := paragraph
	for i := 0; i < len(runes); {
		r, size := utf8.DecodeRuneInString(runes[i:])
		i += size
		if !endsHere(runes, i, r) {
			continue
		}
		all = add(all, runes[start:i])
		start = i
	}
	return add(all, runes[start:])
}

// endsHere tells whether the sentence ends before byte i, r being the letter before it.
func endsHere(s string, i int, r rune) bool {
	switch r {
	case '?', '!', '。', '？', '！', ';', '；':
		return true
	case '.':
		// a point inside an address, a number, a date or "z.B." ends nothing
		if i >= len(s) {
			return true
		}
		if s[i] != ' ' && s[i] != '\n' && s[i] != '\t' {
			return false
		}
		before := strings.LastIndexAny(s[:i-1], " \n\t.") + 1
		word := s[before : i-1]
		if utf8.RuneCountInString(word) <= 1 || isAbbreviation(word) {
			return false
		}
		return !isDigits(word) // "am 5. Mai": the point makes the number an ordinal
	case '\n':
		// a short line that stands alone: a greeting, a name, a list item
		rest := strings.TrimLeft(s[i:], " \t")
		return strings.HasPrefix(rest, "-") || strings.HasPrefix(rest, "*") || strings.HasPrefix(rest, "•")
	}
	return false
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func isAbbreviation(word string) bool {
	switch strings.ToLower(word) {
	case "mr", "mrs", "ms", "dr", "st", "no", "nr", "ca", "bzw", "usw", "inkl", "evtl", "ggf", "tel", "vgl", "approx", "sra", "sr", "prof", "hr", "fr", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "okt", "nov", "dec", "dez":
		return true
	}
	return false
}

func add(all []sentence, raw string) []sentence {
	raw = strings.Join(strings.Fields(raw), " ")
	if raw == "" {
		return all
	}
	expected := strings.Count(raw, " ") + 1
	s := sentence{raw: raw, question: strings.ContainsAny(raw[max(0, len(raw)-3):], "?？"), words: make([]string, 0, expected), written: make([]string, 0, expected)}
	for field := range strings.FieldsSeq(raw) {
		if strings.Contains(field, "://") {
			continue
		}
		for word := range strings.FieldsFuncSeq(field, notInWord) {
			word = strings.Trim(strings.ReplaceAll(strings.ToLower(word), "’", "'"), "'-.@_")
			if word != "" {
				s.words = append(s.words, word)
				s.written = append(s.written, field)
			}
		}
	}
	if len(s.words) == 0 && !hasUnspacedScript(raw) && !s.question {
		return all
	}
	for len(s.words) > maxSentence {
		all = append(all, sentence{raw: s.raw, words: s.words[:maxSentence:maxSentence], written: s.written[:maxSentence:maxSentence]})
		s.words, s.written = s.words[maxSentence:], s.written[maxSentence:]
		s.raw = ""
	}
	return append(all, s)
}

func notInWord(r rune) bool {
	if r < 0x80 {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '\'' && r != '-' && r != '@' && r != '.' && r != '_'
	}
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '’'
}

// hasUnspacedScript tells whether s holds Han or kana.
func hasUnspacedScript(s string) bool {
	for _, r := range s {
		if r >= 0x3040 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) {
			return true
		}
	}
	return false
}
