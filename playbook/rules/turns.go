package rules

import (
	"cmp"
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"

	"followupd/playbook/rarely"
)

//go:embed turns/*.txt
var turnFiles embed.FS

// A turn is a way to say one of the things a follow-up never says, told by the words that carry it rather than by its
// wording: SORRY .. BOTHER finds "sorry if this is getting on your nerves" as well as "forgive me for pestering you". The
// tables stand in turns, a file a language:
//
//	SORRY = sorry apolog* pardon      a class of words; a star stands for any ending
//	no-apology                        the rule that the turns below it belong to
//	    SORRY .. BOTHER|nudge         words in this order in one sentence; | between words of which any will do
//	    hope* you well !audit         !: found nowhere in the sentence
//	    ^still waiting                ^: the sentence begins with it, or with words of the class FILLERS before it
//
// Between two words stand at most one other, ".." allows six, "..." fourteen. Words are folded (see fold) and parted at
// apostrophes. All tables together are some thousand words, held once: a text is read word by word, and a turn is tried
// only where its first word stands.
type turns struct {
	words    map[string]int32 // whole words → their number
	stems    map[string]int32 // beginnings of words → their number
	shortest int              // the shortest stem, in bytes
	longest  int              // the longest
	starts   map[int32][]int32
	all      []turn
}

// turn is one line of a table.
type turn struct {
	rule  string
	first bool    // ^
	skip  []int32 // what may stand before the first word of such a turn
	steps []turnStep
	not   []int32 // sorted
}

// turnStep is a word of a turn: any of the numbers, at most gap words after the one before.
type turnStep struct {
	any []int32 // sorted
	gap int
}

// maxSentence is how many words of a sentence are looked at together: what goes on for longer is cut.
const maxSentence = 120

var turnTable = rarely.Made(func() *turns {
	t := &turns{words: map[string]int32{}, stems: map[string]int32{}, shortest: maxSentence, starts: map[int32][]int32{}}
	files, err := turnFiles.ReadDir("turns")
	if err != nil {
		panic(err)
	}
	for _, f := range files {
		data, err := turnFiles.ReadFile(path.Join("turns", f.Name()))
		if err != nil {
			panic(err)
		}
		if err := t.read(string(data)); err != nil {
			panic(fmt.Errorf("turns/%s: %w", f.Name(), err))
		}
	}
	return t
})

// read takes in a table. An error names the line: the tables are part of the program, and a test reads them all.
func (t *turns) read(table string) error {
	classes := map[string][]int32{}
	rule := ""
	n := 0
	for line := range strings.Lines(table) {
		n++
		line, _, _ = strings.Cut(strings.TrimRight(line, "\r\n"), "#")
		name, members, isClass := strings.Cut(line, " = ")
		switch {
		case strings.TrimSpace(line) == "":
		case isClass:
			var ids []int32
			for _, w := range strings.Fields(members) {
				more, err := t.numbers(w, classes)
				if err != nil {
					return fmt.Errorf("line %d: %w", n, err)
				}
				ids = append(ids, more...)
			}
			slices.Sort(ids)
			classes[strings.TrimSpace(name)] = slices.Compact(ids)
		case !strings.HasPrefix(line, " "):
			rule = strings.TrimSpace(line)
			if !slices.ContainsFunc(phraseRules, func(r phraseRule) bool { return r.name == rule }) {
				return fmt.Errorf("line %d: there is no rule %q", n, rule)
			}
		default:
			if err := t.add(rule, strings.Fields(line), classes); err != nil {
				return fmt.Errorf("line %d: %w", n, err)
			}
		}
	}
	return nil
}

// add takes in one turn.
func (t *turns) add(rule string, words []string, classes map[string][]int32) error {
	u := turn{rule: rule, skip: classes["FILLERS"]}
	gap := 1
	for _, w := range words {
		switch {
		case w == "..":
			gap = 6
			continue
		case w == "...":
			gap = 14
			continue
		case w[0] == '!':
			ids, err := t.numbers(w[1:], classes)
			if err != nil {
				return err
			}
			u.not = append(u.not, ids...)
			continue
		case w[0] == '^' && len(u.steps) == 0:
			u.first, w = true, w[1:]
		}
		ids, err := t.numbers(w, classes)
		if err != nil {
			return err
		}
		u.steps = append(u.steps, turnStep{ids, gap})
		gap = 1
	}
	if rule == "" || len(u.steps) == 0 {
		return fmt.Errorf("a turn needs a rule and words")
	}
	slices.Sort(u.not)
	for _, id := range u.steps[0].any {
		t.starts[id] = append(t.starts[id], int32(len(t.all)))
	}
	t.all = append(t.all, u)
	return nil
}

// numbers gives the numbers of a word, or of several with bars between; a name in capitals stands for its class.
func (t *turns) numbers(alternatives string, classes map[string][]int32) ([]int32, error) {
	if ids, ok := classes[alternatives]; ok {
		return ids, nil
	}
	var out []int32
	for w := range strings.SplitSeq(alternatives, "|") {
		if w == strings.ToUpper(w) && strings.ContainsFunc(w, func(r rune) bool { return 'A' <= r && r <= 'Z' }) {
			ids, ok := classes[w]
			if !ok {
				return nil, fmt.Errorf("there is no class %s above", w)
			}
			out = append(out, ids...)
			continue
		}
		stem := strings.TrimSuffix(w, "*")
		if stem == "" || fold(stem).text != stem {
			return nil, fmt.Errorf("%q is no folded word", w)
		}
		known := t.words
		if stem != w {
			known = t.stems
			t.shortest, t.longest = min(t.shortest, len(stem)), max(t.longest, len(stem))
		}
		id, ok := known[stem]
		if !ok {
			id = int32(len(t.words) + len(t.stems))
			known[stem] = id
		}
		out = append(out, id)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// token is a word of a text: where it stands in the folded text, and which words and stems of the tables it is.
type token struct {
	from, to int
	ids      []int32
}

func (k token) is(any []int32) bool {
	for _, id := range k.ids {
		if _, ok := slices.BinarySearch(any, id); ok {
			return true
		}
	}
	return false
}

// turnHit is a turn found: its rule, and the place in the folded text.
type turnHit struct {
	rule     string
	from, to int
}

// find gives the turns in a text, in order of place; of one rule at most one a sentence.
func (t *turns) find(f folded) []turnHit {
	var out []turnHit
	for sentence := range t.sentences(f) {
		hits := t.inSentence(sentence)
		slices.SortStableFunc(hits, func(a, b turnHit) int { return cmp.Compare(a.from, b.from) })
		out = append(out, hits...)
	}
	return out
}

func (t *turns) inSentence(s []token) []turnHit {
	var hits []turnHit
	tried := map[[2]int32]bool{}
	for i, k := range s {
		for _, id := range k.ids {
			for _, n := range t.starts[id] {
				u := &t.all[n]
				if tried[[2]int32{n, int32(i)}] || u.first && !begins(s[:i], u.skip) || slices.ContainsFunc(hits, func(h turnHit) bool { return h.rule == u.rule }) {
					continue
				}
				tried[[2]int32{n, int32(i)}] = true
				if end := u.end(s, i); end >= 0 && !slices.ContainsFunc(s, func(k token) bool { return k.is(u.not) }) {
					hits = append(hits, turnHit{u.rule, k.from, s[end].to})
				}
			}
		}
	}
	return hits
}

// begins says whether words are but what may stand before the beginning.
func begins(before []token, fillers []int32) bool {
	return !slices.ContainsFunc(before, func(k token) bool { return !k.is(fillers) })
}

// end gives the last word of a turn that begins at word i, -1 where it is not said there. Every place where the words so
// far can end is followed at once, so the cost is that of the words looked at.
func (u *turn) end(s []token, i int) int {
	at := []int{i}
	for _, step := range u.steps[1:] {
		var next []int
		for _, p := range at {
			from := p + 1
			if len(next) > 0 {
				from = max(from, next[len(next)-1]+1)
			}
			for j := from; j <= p+1+step.gap && j < len(s); j++ {
				if s[j].is(step.any) {
					next = append(next, j)
				}
			}
		}
		if len(next) == 0 {
			return -1
		}
		at = next
	}
	return at[0]
}

// sentences gives the words of each sentence. A full stop ends one, so do a colon and an empty line; a comma does not.
func (t *turns) sentences(f folded) func(yield func([]token) bool) {
	return func(yield func([]token) bool) {
		var s []token
		flush := func() bool {
			ok := len(s) == 0 || yield(s)
			s = nil
			return ok
		}
		text := f.text
		for i := 0; i < len(text); {
			switch c := text[i]; {
			case wordByte(c):
				from := i
				for i < len(text) && wordByte(text[i]) {
					i++
				}
				s = append(s, token{from, i, t.numbersOf(text[from:i])})
				if len(s) == maxSentence && !flush() {
					return
				}
			case c == '.' || c == '!' || c == '?' || c == ';' || c == ':' || c == ' ' && f.paragraph(i):
				if !flush() {
					return
				}
				i++
			default:
				i++
			}
		}
		flush()
	}
}

// numbersOf gives which words and stems of the tables a word is.
func (t *turns) numbersOf(w string) []int32 {
	var ids []int32
	if id, ok := t.words[w]; ok {
		ids = append(ids, id)
	}
	for n := t.shortest; n <= min(t.longest, len(w)); n++ {
		if id, ok := t.stems[w[:n]]; ok {
			ids = append(ids, id)
		}
	}
	return ids
}
