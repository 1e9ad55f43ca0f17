package intent

import (
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"followupd/mail/wordtable"
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

// rule is one line.
type rule struct {
	language string
	kind     string
	pattern  wordtable.Pattern
	pieces   string // instead, for languages without spaces
	veto     bool   // "not KIND"
	whole    bool   // "^ stop": nothing else may stand in the sentence
}

// line is a rule as it is written, and its test.
type line struct {
	rule
	written string
	example string
}

// book is the rules, found by the first word of their pattern. It is kept small, for a daemon holds it all day: as slices of
// slices of words it was 0.9 MB.
type book struct {
	all      []rule
	byWord   wordtable.Index[uint16]
	byStart  wordtable.Index[uint16] // by the first three bytes, for patterns that begin with "interess-"
	unspaced []uint16                // rules of pieces
}

// startLength is how many bytes of a beginning byStart keys on.
const startLength = 3

// rules cannot fail for files that pass the tests: they are part of the program.
var rules = sync.OnceValue(func() *book {
	lines, err := readRules()
	if err != nil {
		panic(err)
	}
	return newBook(lines)
})

func newBook(lines []line) *book {
	b := &book{all: make([]rule, 0, len(lines))}
	byWord, byStart := map[string][]uint16{}, map[string][]uint16{}
	var patterns []wordtable.Pattern
	for i, l := range lines {
		id := uint16(i)
		b.all = append(b.all, l.rule)
		patterns = append(patterns, l.pattern)
		if l.pieces != "" {
			b.unspaced = append(b.unspaced, id)
			continue
		}
		first, _, _ := strings.Cut(strings.TrimPrefix(l.written, "^ "), " ")
		for word := range strings.SplitSeq(first, "|") {
			word = strings.Clone(word) // the file, of which most is examples, is let go
			if begin, ok := strings.CutSuffix(word, "-"); ok {
				byStart[begin[:startLength]] = append(byStart[begin[:startLength]], id)
			} else {
				byWord[word] = append(byWord[word], id)
			}
		}
	}
	for i, p := range wordtable.Packed(patterns) {
		b.all[i].pattern = p
	}
	b.byWord, b.byStart = wordtable.Of(byWord), wordtable.Of(byStart)
	return b
}

// readRules reads all rule files.
func readRules() ([]line, error) {
	entries, err := ruleFiles.ReadDir("rules")
	if err != nil {
		return nil, err
	}
	var all []line
	for _, entry := range entries {
		data, err := ruleFiles.ReadFile("rules/" + entry.Name())
		if err != nil {
			return nil, err
		}
		lines, err := parseRules(strings.TrimSuffix(entry.Name(), ".txt"), string(data))
		if err != nil {
			return nil, err
		}
		all = append(all, lines...)
	}
	return all, nil
}

// parseRules reads one rule file.
func parseRules(language, text string) ([]line, error) {
	var lines []line
	n := 0
	for source := range strings.Lines(text) {
		n++
		source = strings.TrimSpace(source)
		if source == "" || source[0] == '#' {
			continue
		}
		cells := strings.Split(source, " | ")
		if len(cells) != 3 {
			return nil, fmt.Errorf("read rule %s:%d: want KIND | PATTERN | EXAMPLE, have %q", language, n, source)
		}
		kind, veto := strings.CutPrefix(strings.TrimSpace(cells[0]), "not ")
		known := slices.Index(kinds, kind)
		if known < 0 {
			return nil, fmt.Errorf("read rule %s:%d: no such kind: %q", language, n, kind)
		}
		l := line{rule{language: language, kind: kinds[known], veto: veto}, strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2])}
		if err := l.compile(); err != nil {
			return nil, fmt.Errorf("read rule %s:%d: pattern %q: %w", language, n, l.written, err)
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// compile reads the pattern.
func (l *line) compile() error {
	if hasUnspacedScript(l.written) {
		l.pieces = strings.Clone(l.written)
		return nil
	}
	written, whole := strings.CutPrefix(l.written, "^ ")
	l.whole = whole
	for i, field := range strings.Fields(written) {
		kind := wordtable.Words
		switch {
		case field == "*":
			kind, field = wordtable.Gap, ""
		case field[0] == '[' && field[len(field)-1] == ']':
			kind, field = wordtable.Optional, field[1:len(field)-1]
		}
		if i == 0 && kind != wordtable.Words {
			return errors.New("it must begin with a word")
		}
		var words []wordtable.Word
		for word := range strings.SplitSeq(field, "|") {
			begin, ok := strings.CutSuffix(word, "-")
			if i == 0 && ok && len(begin) < startLength {
				return errors.New(`the first word needs three letters before "-"`)
			}
			if begin == "" && kind != wordtable.Gap {
				return errors.New("a word is missing")
			}
			words = append(words, wordtable.Word{Text: begin, Begin: ok})
		}
		var err error
		if l.pattern, err = l.pattern.With(kind, words...); err != nil {
			return err
		}
	}
	if l.pattern == "" {
		return errors.New("it must begin with a word")
	}
	return nil
}
