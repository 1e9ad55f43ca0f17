package rules

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tableOf reads a table of its own, which stands for one language.
func tableOf(t *testing.T, table string) *turns {
	t.Helper()
	words := &turns{words: map[string]int32{}, stems: map[string]int32{}, shortest: maxSentence, starts: map[int32][]int32{}}
	if err := words.read(table); err != nil {
		t.Fatal(err)
	}
	return words
}

func TestTurns_FindWordsInOrderWithinTheirGaps(t *testing.T) {
	words := tableOf(t, "SORRY = sorry apolog*\nFILLERS = hi\n"+
		"no-apology\n    SORRY .. bother*|nag\n    ^me again\nno-bumping\n    push this up !button\n")
	for text, want := range map[string][]string{
		"My apologies if this is starting to bother you.": {"no-apology"},
		"Sorry. The dogs bother the drivers.":             nil,
		"Sorry\n\nThe dogs bother the drivers.":           nil,
		"Sorry, one two three four five six nag":          {"no-apology"},
		"Sorry, one two three four five six seven nag":    nil,
		"It bothers nobody, sorry.":                       nil,
		"Hi, me again":                                    {"no-apology"},
		"They call me again":                              nil,
		"Push this up and say sorry to bother":            {"no-bumping", "no-apology"},
		"Push this up with the button":                    nil,
	} {
		var got []string
		for _, h := range words.find(fold(text)) {
			got = append(got, h.rule)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestTurns_AWrongTableIsNamedByLine(t *testing.T) {
	for table, want := range map[string]string{
		"no-such-rule\n    a b\n":                "line 1",
		"no-apology\n    NOBODY b\n":             "line 2",
		"no-apology\n    désolé\n":               "line 2",
		"no-apology\n\n    !a\n":                 "line 3",
		"A = b\n    c d\n":                       "line 2",
		"# a note\nno-apology\n    a b # why\n":  "",
		"no-apology\n    a|b* .. c|d ... e !f\n": "",
	} {
		err := (&turns{words: map[string]int32{}, stems: map[string]int32{}, starts: map[int32][]int32{}}).read(table)
		if got := err == nil; got != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want it to name %q", table, err, want)
		}
	}
}

// TestPhrases_LeaveTheBuiltInTextsAlone holds each wording of the texts against the rules on words: what a wording breaks
// can never be drafted, and nobody would notice that it is missing.
func TestPhrases_LeaveTheBuiltInTextsAlone(t *testing.T) {
	action := regexp.MustCompile(`\{\{.*?\}\}`)
	comment := regexp.MustCompile(`(?s)\{\{/\*.*?\*/\}\}`)
	files, err := filepath.Glob("../texts/*/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no texts: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(comment.ReplaceAllString(string(data), "")) {
			for _, v := range Phrases(action.ReplaceAllString(line, "Oslo")) {
				t.Errorf("%s breaks %s with %q:\n%s", file, v.Rule, v.Where, line)
			}
		}
	}
}

func BenchmarkPhrases(b *testing.B) {
	text := strings.Repeat("Nordfrakt faced the same choice and wrote down what each option cost them in one winter. Shall I send you the tariff by Thursday? ", 4)
	phrases(text)
	b.ReportAllocs()
	for b.Loop() {
		phrases(text)
	}
}

func TestTurns_BoundedOnHostileText(t *testing.T) {
	text := strings.Repeat("sorry sorry bother again you ", MaxLint/28)
	if got := Phrases(text); len(got) > 2*mostFound || !slices.ContainsFunc(got, func(v Violation) bool { return v.Rule == "no-apology" }) {
		t.Errorf("%d violations in a text of nothing but apologies", len(got))
	}
}
