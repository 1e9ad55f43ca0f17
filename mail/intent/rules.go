package intent

import (
	"embed"
	"fmt"
	"strings"
)

// The rules, one file a language, named by its ISO 639-1 code. A line is
//
//	kind | pattern | example
//
// and the example is its test. A pattern is words in lower case: "a|b" either of them, "interess-" any word that begins
// so, "*" up to maxGap words of any kind, "[x]" perhaps the word x, "^" in front that the sentence says nothing else. It never reaches over the end of a sentence. In
// languages written without spaces it is a piece of text, with "*" between pieces. "not KIND | …" withdraws KIND in the sentence
// it matches. A new language is a new file; no code changes.
//
//go:embed rules/*.txt
var ruleFiles embed.FS

// kind is what a rule says of a sentence. Intents are kinds; these are the others.
const (
	kindLater   = "later"   // asks to be written to again: a not_now that even "not interested" does not outweigh
	kindLeft    = "left"    // the person has left the company
	kindAbsent  = "absent"  // the writer is away
	kindAuto    = "auto"    // only automatic replies say so
	kindGone    = "name"    // what stands before the name of the person to write to instead
	kindAsks    = "asks"    // an outbound mail wants something
	kindNoReply = "noreply" // an outbound mail says that it wants no answer
	kindClosing = "closing" // an outbound mail ends a conversation
)

var kinds = []string{
	Answer, Declined, OptOut, WrongPerson, NotNow, WillReply, Thanks,
	kindLater, kindLeft, kindAbsent, kindAuto, kindGone, kindAsks, kindNoReply, kindClosing,
}

// maxGap is how many words a "*" may stand for; maxGapBytes how many bytes in a language without spaces.
const (
	maxGap      = 5
	maxGapBytes = 45
)

type rule struct {
	language string
	kind     string
	veto     bool // "not KIND"
	pattern  string
	example  string
	words    []matcher // nil where pieces are set
	whole    bool      // "^ stop": nothing else may stand in the sentence
	pieces   []string  // for languages without spaces
}

// matcher is one place of a pattern.
type matcher struct {
	words    []string // any of them; a trailing "-" makes it a beginning
	gap      bool     // up to maxGap words
	optional bool
}

func (m matcher) matches(word string) bool {
	for _, w := range m.words {
		if begin, ok := strings.CutSuffix(w, "-"); ok && len(begin) > 0 {
			if strings.HasPrefix(word, begin) {
				return true
			}
		} else if w == word {
			return true
		}
	}
	return false
}

// book is the rules, found by the first word of their pattern.
type book struct {
	all     []rule
	byWord  map[string][]int
	byStart map[string][]int // by the first three bytes, for patterns that begin with "interess-"
	spaced  []int            // rules of pieces
}

var rules = mustRead()

// mustRead cannot fail for rules that pass the tests: they are part of the program.
func mustRead() book {
	entries, err := ruleFiles.ReadDir("rules")
	if err != nil {
		panic(err)
	}
	b := book{byWord: map[string][]int{}, byStart: map[string][]int{}}
	for _, entry := range entries {
		data, err := ruleFiles.ReadFile("rules/" + entry.Name())
		if err != nil {
			panic(err)
		}
		read, err := parseRules(strings.TrimSuffix(entry.Name(), ".txt"), string(data))
		if err != nil {
			panic(err)
		}
		b.all = append(b.all, read...)
	}
	for i, r := range b.all {
		if r.pieces != nil {
			b.spaced = append(b.spaced, i)
			continue
		}
		for _, first := range r.words[0].words {
			if begin, ok := strings.CutSuffix(first, "-"); ok {
				b.byStart[begin[:3]] = append(b.byStart[begin[:3]], i)
			} else {
				b.byWord[first] = append(b.byWord[first], i)
			}
		}
	}
	return b
}

// parseRules reads one rule file.
func parseRules(language, text string) ([]rule, error) {
	var rules []rule
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		cells := strings.Split(line, " | ")
		if len(cells) != 3 {
			return nil, fmt.Errorf("read rule %s:%d: want KIND | PATTERN | EXAMPLE, have %q", language, n+1, line)
		}
		r := rule{language: language, kind: strings.TrimSpace(cells[0]), pattern: strings.TrimSpace(cells[1]), example: strings.TrimSpace(cells[2])}
		r.kind, r.veto = strings.TrimPrefix(r.kind, "not "), strings.HasPrefix(r.kind, "not ")
		if err := r.compile(); err != nil {
			return nil, fmt.Errorf("read rule %s:%d: %w", language, n+1, err)
		}
		rules = append(rules, r)
	}
	return rules, nil
}

func (r *rule) compile() error {
	if !contains(kinds, r.kind) {
		return fmt.Errorf("no such kind: %q", r.kind)
	}
	if hasUnspacedScript(r.pattern) {
		for piece := range strings.SplitSeq(r.pattern, "*") {
			r.pieces = append(r.pieces, strings.TrimSpace(piece))
		}
		return nil
	}
	pattern, whole := strings.CutPrefix(r.pattern, "^ ")
	r.whole = whole
	for field := range strings.FieldsSeq(pattern) {
		m := matcher{gap: field == "*"}
		if strings.HasPrefix(field, "[") && strings.HasSuffix(field, "]") {
			m.optional = true
		}
		m.words = strings.Split(strings.Trim(field, "[]"), "|")
		r.words = append(r.words, m)
	}
	if len(r.words) == 0 || r.words[0].gap || r.words[0].optional {
		return fmt.Errorf("pattern %q must begin with a word", r.pattern)
	}
	for _, first := range r.words[0].words {
		if strings.HasSuffix(first, "-") && len(first) < 4 {
			return fmt.Errorf("pattern %q: the first word needs three letters before %q", r.pattern, "-")
		}
	}
	return nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
