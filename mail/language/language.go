// Package language guesses the language of a mail from its commonest words and its letters. It is pure, linear in the
// length of the text, and reads at most its first few kilobytes.
package language

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"followupd/mail/wordtable"
)

// maxRead bounds how much of a text is looked at, in bytes: more does not change the answer.
const maxRead = 4 << 10

// Least evidence for an answer. A word known to a single language counts 1, one shared by n counts 1/n².
const (
	leastScore = 1.0 // below it: ""
	sureScore  = 2.5 // and sureLead times the runner-up: sure
	sureLead   = 1.5
)

// weights gives what a word says for each language; made once from commonWords.
var weights = sync.OnceValue(newWeights)

func newWeights() *wordtable.Index[vote] {
	speakers := map[string][]string{}
	for iso, words := range commonWords {
		for word := range strings.FieldsSeq(words) {
			if !slices.Contains(speakers[word], iso) {
				speakers[word] = append(speakers[word], iso)
			}
		}
	}
	votes := make(map[string][]vote, len(speakers))
	for word, isos := range speakers {
		share := 1 / float64(len(isos)*len(isos))
		for _, iso := range isos {
			votes[word] = append(votes[word], vote{iso, share})
		}
	}
	x := wordtable.Of(votes)
	return &x
}

type vote struct {
	iso   string
	share float64
}

// letterHints are letters that few of the languages have.
var letterHints = map[rune][]vote{
	'ß': {{"de", 1}}, 'ñ': {{"es", 1}}, '¿': {{"es", 1}}, '¡': {{"es", 1}}, 'ã': {{"pt", 1}}, 'õ': {{"pt", 1}},
	'ç': {{"fr", .3}, {"pt", .3}}, 'œ': {{"fr", 1}}, 'ê': {{"fr", .3}, {"pt", .3}}, 'è': {{"fr", .2}, {"it", .2}},
	'ø': {{"no", .3}, {"da", .3}}, 'æ': {{"no", .2}, {"da", .4}}, 'å': {{"sv", .2}, {"no", .2}, {"da", .2}},
	'ä': {{"de", .1}, {"sv", .2}, {"fi", .3}}, 'ö': {{"de", .1}, {"sv", .2}, {"fi", .1}}, 'ü': {{"de", .4}},
	'ł': {{"pl", 1}}, 'ą': {{"pl", 1}}, 'ę': {{"pl", 1}}, 'ś': {{"pl", 1}}, 'ż': {{"pl", 1}}, 'ź': {{"pl", 1}}, 'ć': {{"pl", 1}},
	'ř': {{"cs", 1}}, 'ě': {{"cs", 1}}, 'ů': {{"cs", 1}}, 'č': {{"cs", .5}}, 'š': {{"cs", .4}}, 'ž': {{"cs", .4}}, 'ý': {{"cs", .5}},
}

// Guess gives the ISO 639-1 code of the language that text is written in, "" where it is too short or too mixed to
// tell. sure says that the evidence is ample and the second language far behind. Norwegian is "no", whatever its form.
func Guess(text string) (iso string, sure bool) {
	text = clip(text)
	if iso, sure, ok := byScript(text); ok {
		return iso, sure
	}
	score := map[string]float64{}
	words := 0
	weights := weights()
	for field := range strings.FieldsSeq(text) {
		if isAddress(field) {
			continue
		}
		for word := range strings.FieldsFuncSeq(field, notInWord) {
			words++
			word = strings.ToLower(strings.ReplaceAll(strings.Trim(word, "'’"), "’", "'"))
			for _, v := range weights.Find(word) {
				score[v.iso] += v.share
			}
			for _, r := range word {
				if r < 0x80 {
					continue
				}
				for _, v := range letterHints[r] {
					score[v.iso] += v.share
				}
			}
		}
	}
	best, second := "", ""
	for iso, s := range score {
		switch {
		case best == "" || s > score[best] || s == score[best] && iso < best:
			best, second = iso, best
		case second == "" || s > score[second]:
			second = iso
		}
	}
	if words < 2 || score[best] < leastScore || score[best] <= score[second] {
		return "", false
	}
	return best, score[best] >= sureScore && score[best] >= sureLead*score[second]
}

// byScript decides what letters alone decide: Japanese, Chinese, Russian. A few foreign letters, a name say, decide nothing.
func byScript(text string) (iso string, sure, ok bool) {
	var letters, kana, han, cyrillic, ukrainian int
	for _, r := range text {
		switch {
		case r < 0x80:
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
				letters++
			}
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			kana++
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic++
			if strings.ContainsRune("іїєґІЇЄҐ", r) {
				ukrainian++
			}
		case unicode.IsLetter(r):
			letters++
		}
	}
	asian := kana + han
	switch {
	case asian >= 2 && asian*3 >= letters: // a Han sign says as much as three letters
		if kana*10 >= asian {
			return "ja", asian >= 6, true
		}
		return "zh", asian >= 6, true
	case cyrillic >= 4 && cyrillic > letters:
		if ukrainian > 0 {
			return "uk", cyrillic >= 12, true
		}
		return "ru", cyrillic >= 12, true
	}
	return "", false, false
}

func notInWord(r rune) bool {
	if r < 0x80 {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '\''
	}
	return !unicode.IsLetter(r) && !strings.ContainsRune("'’¿¡", r)
}

// isAddress keeps mail and web addresses out: their words say nothing of their sender's language.
func isAddress(field string) bool {
	return strings.ContainsRune(field, '@') || strings.Contains(field, "://") || strings.HasPrefix(field, "www.")
}

func clip(text string) string {
	if len(text) <= maxRead {
		return text
	}
	text = text[:maxRead]
	for len(text) > 0 && !utf8.ValidString(text[len(text)-1:]) { // do not end inside a letter
		text = text[:len(text)-1]
	}
	return text
}
