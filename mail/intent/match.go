package intent

import (
	"strings"

	"followupd/mail/wordtable"
)

// hit is a rule that matched a sentence.
type hit struct {
	rule     *rule
	phrase   string // the words of the text that matched
	sentence int
	at       int // the word at which it matched, or the byte in a language without spaces
	end      int
}

// findings is what the rules say of a text.
type findings struct {
	sentences []sentence
	byKind    map[string][]hit
}

func find(text, language string) findings {
	f := findings{sentences: sentences(text), byKind: map[string][]hit{}}
	var hits []hit
	for i := range f.sentences {
		hits = matchSentence(hits[:0], &f.sentences[i], i, language)
		for _, h := range hits {
			if !h.rule.veto && !vetoed(hits, h) {
				f.byKind[h.rule.kind] = append(f.byKind[h.rule.kind], h)
			}
		}
	}
	return f
}

func vetoed(hits []hit, h hit) bool {
	for _, v := range hits {
		if v.rule.veto && v.rule.kind == h.rule.kind {
			return true
		}
	}
	return false
}

func (f findings) has(kind string) bool { return len(f.byKind[kind]) > 0 }

func (f findings) first(kind string) hit { return f.byKind[kind][0] }

// heard tells whether a rule of that language is to be listened to: the language of the text, English, which people
// mix into all others, and all where the language is unknown.
func heard(rule, text string) bool {
	return text == "" || rule == text || rule == "en" || kin(rule, text)
}

// kin are languages that a guess confuses in a short text.
func kin(a, b string) bool {
	scandinavian := func(s string) bool { return s == "no" || s == "da" || s == "sv" || s == "nb" || s == "nn" }
	iberian := func(s string) bool { return s == "es" || s == "pt" || s == "it" }
	slavic := func(s string) bool { return s == "pl" || s == "cs" }
	return scandinavian(a) && scandinavian(b) || iberian(a) && iberian(b) || slavic(a) && slavic(b)
}

func matchSentence(hits []hit, s *sentence, index int, language string) []hit {
	book := rules()
	try := func(candidates []uint16, at int) {
		for _, c := range candidates {
			r := &book.all[c]
			if !heard(r.language, language) {
				continue
			}
			if end, ok := matchWords(r.pattern, s.words, at); ok && (!r.whole || at == 0 && end == len(s.words)) {
				hits = append(hits, hit{rule: r, phrase: strings.Join(s.words[at:end], " "), sentence: index, at: at, end: end})
			}
		}
	}
	for at, word := range s.words {
		try(book.byWord.Find(word), at)
		if len(word) >= startLength {
			try(book.byStart.Find(word[:startLength]), at)
		}
	}
	if hasUnspacedScript(s.raw) {
		for _, c := range book.unspaced {
			r := &book.all[c]
			if at, end, ok := matchPieces(r.pieces, s.raw); ok {
				hits = append(hits, hit{rule: r, phrase: s.raw[at:end], sentence: index, at: at, end: end})
			}
		}
	}
	return hits
}

// matchWords tells whether the pattern stands at words[at:] and where it ends. Gaps are short, so that the work for a
// pattern is bounded whatever the text.
func matchWords(pattern wordtable.Pattern, words []string, at int) (end int, ok bool) {
	for pattern != "" {
		var place wordtable.Place
		place, pattern = pattern.Next()
		switch {
		case place.Kind == wordtable.Gap:
			for skip := 0; skip <= maxGap && at+skip <= len(words); skip++ {
				if end, ok := matchWords(pattern, words, at+skip); ok {
					return end, true
				}
			}
			return 0, false
		case at < len(words) && place.Takes(words[at]):
			if place.Kind == wordtable.Optional {
				if end, ok := matchWords(pattern, words, at+1); ok {
					return end, true
				}
				continue // without it
			}
			at++
		case place.Kind != wordtable.Optional:
			return 0, false
		}
	}
	return at, true
}

// matchPieces is matchWords for scripts without spaces.
func matchPieces(pieces, text string) (at, end int, ok bool) {
	for piece := range strings.SplitSeq(pieces, "*") {
		piece = strings.TrimSpace(piece)
		within := text[end:]
		if ok { // a further piece, for which the gap is bounded
			within = within[:min(len(within), maxGapBytes+len(piece))]
		}
		i := strings.Index(within, piece)
		if i < 0 {
			return 0, 0, false
		}
		if !ok {
			at, ok = i, true
		}
		end += i + len(piece)
	}
	return at, end, ok
}
