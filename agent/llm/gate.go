package llm

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"followupd/mail/language"
	"followupd/playbook"
	"followupd/playbook/prose"
)

// maxMiddle bounds what stands between greeting and closing, in runes.
const maxMiddle = 1200

// gate holds an answer against everything that a text must be. It gives what stands between greeting and closing, or what
// is wrong, the gravest first.
func (p *prompt) gate(said string, o playbook.Outline) (string, []playbook.Violation) {
	a, err := read(said)
	if err != nil {
		return "", []playbook.Violation{{Rule: "shape", Say: err.Error()}}
	}
	middle, known := p.mask.show(o.Between(a.Body))
	if !known {
		return "", []playbook.Violation{{Rule: "unknown-token", Say: "use only the words in capitals that the material holds, and [LINK] only where the plan holds it"}}
	}
	if broken := shape(middle); len(broken) > 0 {
		return "", broken
	}
	middle = tidy(middle)
	var out []playbook.Violation
	if p.mask.link != "" && strings.Count(middle, p.mask.link) != 1 {
		out = append(out, playbook.Violation{Rule: "the-link", Say: "put [LINK] into the text, once"})
	}
	out = append(out, p.sources(a.Claims)...)
	out = append(out, p.claims(middle, o)...)
	o.Ground = p.ground
	out = append(out, o.Check(middle)...)
	return middle, out
}

// tidy runs blank lines together, so that paragraphs stand an empty line apart.
func tidy(s string) string {
	var lines []string
	for l := range strings.SplitSeq(s, "\n") {
		l = strings.TrimRight(l, " \t")
		if l == "" && (len(lines) == 0 || lines[len(lines)-1] == "") {
			continue
		}
		lines = append(lines, l)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

var (
	markup = expressions.New("(?m)</?[a-zA-Z!][^>]*>|&[a-z]{2,8};|&#\\d+;|\\*\\*|__|`|\\]\\(|!\\[|^\\s*#{1,6} |^\\s*(?:[-*•–]|\\d{1,2}[.)]) |[{}|\\\\]|^\\s*[\\]\\[]|^>|={3,}|-{3,}|\\*\\w")
	header = expressions.New(`(?im)^\s*(?:subject|betreff|objet|asunto|onderwerp|ämne|to|from|cc|bcc|an|von|date|datum|reply-to|content-[a-z]+|x-[a-z-]+|body|claims|source|greeting|closing)\s*:`)
)

// shape holds a text against what plain mail looks like.
func shape(s string) []playbook.Violation {
	one := func(where, say string) []playbook.Violation {
		return []playbook.Violation{{Rule: "shape", Where: where, Say: say}}
	}
	switch n := utf8.RuneCountInString(s); {
	case s == "":
		return one("", "write the text: there was none between greeting and closing")
	case n > maxMiddle:
		return one("", "write one short mail of two to four paragraphs")
	case !utf8.ValidString(s):
		return one("", "write plain text")
	}
	for _, r := range s {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) || unicode.Is(unicode.So, r) && r != '°') || r == utf8.RuneError {
			return one("", "write letters, figures and the usual marks only")
		}
		if unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) && !unicode.Is(unicode.Greek, r) && !unicode.Is(unicode.Cyrillic, r) && !unicode.IsOneOf([]*unicode.RangeTable{unicode.Hebrew, unicode.Arabic, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul}, r) {
			return one("", "write letters, figures and the usual marks only")
		}
	}
	if m := header.FindString(s); m != "" {
		return one(strings.TrimSpace(m), "write the text alone, without lines of a header")
	}
	if m := markup.FindString(s); m != "" {
		return one(strings.TrimSpace(m), "write plain text in paragraphs, without marks of layout")
	}
	if last, _ := utf8.DecodeLastRuneInString(s); !strings.ContainsRune(".?!)”\"«»", last) && !prose.Link.MatchString(s[strings.LastIndexAny(s, "\n ")+1:]) {
		return one(s[max(0, strings.LastIndexByte(s, '\n')+1):], "end with a whole sentence")
	}
	return nil
}

// sources holds the model's own account against what it was sent: each claim rests on words that are there.
func (p *prompt) sources(claims []claim) []playbook.Violation {
	sent := flat(p.sent)
	for _, c := range claims[:min(len(claims), 40)] {
		for part := range strings.SplitSeq(c.Source, "...") {
			if part = flat(part); part != "" && !strings.Contains(sent, part) {
				return []playbook.Violation{{Rule: "claim-without-source", Where: clip(c.Claim, 120), Say: "say only what stands in the material, and give its very words as the source"}}
			}
		}
	}
	return nil
}

// flat gives the words of a text, in lower case, a blank apart.
func flat(s string) string {
	s = strings.ReplaceAll(s, "…", "...")
	return strings.Join(prose.Words(s), " ")
}

// runs gives the runs of n words of a text.
func runs(s string, n int) map[string]bool {
	words := prose.Words(s)
	out := make(map[string]bool)
	for i := range max(0, len(words)-n+1) {
		out[strings.Join(words[i:i+n], " ")] = true
	}
	return out
}

// foreign says whether a sentence is in another language than it should be.
func foreign(sentence, lang string) bool {
	if prose.CountWords(sentence) < 6 {
		return false
	}
	iso, sure := language.Guess(sentence)
	return sure && iso != lang
}
