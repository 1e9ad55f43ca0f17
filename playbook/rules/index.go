package rules

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
)

// phraseIndex finds which patterns may match at a place by the first letters there. All rules together are some 750
// patterns; run one after the other over a draft they take 10 ms, looked up at the beginning of each word well below one.
type phraseIndex struct {
	patterns []indexed
	byStart  map[string][]int // the first letters → patterns, in order
}

// indexed is one pattern, anchored, and its rule. It is compiled when a text first begins like it somewhere: most texts are
// in one language, and all patterns compiled are 2.3 MB.
type indexed struct {
	rule    int
	pattern func() *regexp.Regexp
}

// startLetters is how many letters the index looks at.
const startLetters = 3

// newPhraseIndex enters the patterns of all rules. It panics where one does not parse.
func newPhraseIndex(rules []phraseRule) *phraseIndex {
	x := &phraseIndex{byStart: map[string][]int{}}
	for i, r := range rules {
		for _, p := range r.patterns {
			n := len(x.patterns)
			x.patterns = append(x.patterns, indexed{i, sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\A(?:` + p + `)`) })})
			for _, start := range starts(p) {
				x.byStart[start] = append(x.byStart[start], n)
			}
		}
	}
	return x
}

// hit is where a rule's pattern matched in a folded text.
type hit struct{ rule, from, to int }

// find gives the matches of all rules, in order of place. A pattern matches at the beginning of a word only; of the
// patterns of one rule the first that matches at a place counts, and none inside it.
func (x *phraseIndex) find(text string) []hit {
	var out []hit
	until := map[int]int{} // rule → end of its last match
	for i := range len(text) {
		if !wordByte(text[i]) || i > 0 && wordByte(text[i-1]) {
			continue
		}
		for n := 1; n <= startLetters && i+n <= len(text); n++ {
			for _, p := range x.byStart[text[i:i+n]] {
				c := x.patterns[p]
				if i < until[c.rule] {
					continue
				}
				if m := c.pattern().FindStringIndex(text[i:]); m != nil && m[1] > 0 {
					out = append(out, hit{c.rule, i, i + m[1]})
					until[c.rule] = i + m[1]
				}
			}
		}
	}
	return out
}

func wordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '_' || b >= 0x80
}

// starts gives every beginning, startLetters long or as long as the whole match, with which a pattern can match. It walks
// the pattern's program (see regexp/syntax) and panics where the beginning is anything, for such a pattern would have to
// be tried everywhere.
func starts(pattern string) []string {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		panic(err)
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		panic(err)
	}
	found := map[string]bool{}
	var walk func(pc uint32, sofar string, depth int)
	walk = func(pc uint32, sofar string, depth int) {
		if depth > 200 {
			return
		}
		inst := &prog.Inst[pc]
		switch inst.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			walk(inst.Out, sofar, depth+1)
			walk(inst.Arg, sofar, depth+1)
		case syntax.InstCapture, syntax.InstNop, syntax.InstEmptyWidth:
			walk(inst.Out, sofar, depth+1)
		case syntax.InstMatch:
			found[sofar] = true
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			letters := runes(inst)
			if letters == nil {
				found[sofar] = true // anything may follow: the letters so far are the key
				return
			}
			for _, r := range letters {
				next := sofar + string(r)
				if len(next) >= startLetters {
					found[next[:startLetters]] = true
					continue
				}
				walk(inst.Out, next, depth+1)
			}
		}
	}
	walk(uint32(prog.Start), "", 0)
	var out []string
	for s := range found {
		if strings.TrimSpace(s) == "" {
			panic("the pattern " + pattern + " can begin with anything")
		}
		out = append(out, s)
	}
	return out
}

// runes gives the letters that an instruction takes; nil for too many to name.
func runes(inst *syntax.Inst) []rune {
	switch inst.Op {
	case syntax.InstRune1:
		return inst.Rune[:1]
	case syntax.InstRune:
		if len(inst.Rune) == 1 {
			return inst.Rune
		}
		var out []rune
		for i := 0; i+1 < len(inst.Rune); i += 2 {
			for r := inst.Rune[i]; r <= inst.Rune[i+1]; r++ {
				if out = append(out, r); len(out) > 16 {
					return nil
				}
			}
		}
		return out
	}
	return nil
}
