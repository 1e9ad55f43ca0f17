package intent

import "strings"

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
	try := func(candidates []int, at int) {
		for _, c := range candidates {
			r := &rules.all[c]
			if !heard(r.language, language) {
				continue
			}
			if end, ok := matchWords(r.words, s.words, at); ok && (!r.whole || at == 0 && end == len(s.words)) {
				hits = append(hits, hit{rule: r, phrase: strings.Join(s.words[at:end], " "), sentence: index, at: at, end: end})
			}
		}
	}
	for at, word := range s.words {
		try(rules.byWord[word], at)
		if len(word) >= 3 {
			try(rules.byStart[word[:3]], at)
		}
	}
	if hasUnspacedScript(s.raw) {
		for _, c := range rules.spaced {
			r := &rules.all[c]
			if at, end, ok := matchPieces(r.pieces, s.raw); ok {
				hits = append(hits, hit{rule: r, phrase: s.raw[at:end], sentence: index, at: at, end: end})
			}
		}
	}
	return hits
}

// matchWords tells whether the pattern stands at words[at:] and where it ends. Gaps are short, so that the work for a
// pattern is bounded whatever the text.
func matchWords(pattern []matcher, words []string, at int) (end int, ok bool) {
	if len(pattern) == 0 {
		return at, true
	}
	m := pattern[0]
	if m.gap {
		for skip := 0; skip <= maxGap && at+skip <= len(words); skip++ {
			if end, ok := matchWords(pattern[1:], words, at+skip); ok {
				return end, true
			}
		}
		return 0, false
	}
	if at < len(words) && m.matches(words[at]) {
		if end, ok := matchWords(pattern[1:], words, at+1); ok {
			return end, true
		}
	}
	if m.optional {
		return matchWords(pattern[1:], words, at)
	}
	return 0, false
}

// matchPieces is matchWords for scripts without spaces.
func matchPieces(pieces []string, text string) (at, end int, ok bool) {
	at = strings.Index(text, pieces[0])
	if at < 0 {
		return 0, 0, false
	}
	end = at + len(pieces[0])
	for _, piece := range pieces[1:] {
		i := strings.Index(text[end:min(len(text), end+maxGapBytes+len(piece))], piece)
		if i < 0 {
			return 0, 0, false
		}
		end += i + len(piece)
	}
	return at, end, true
}
