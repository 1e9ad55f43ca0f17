package prose

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSentences(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []Sentence
	}{
		"greeting and paragraph": {"Hi Lena,\n\nthe gate opens at 6. Shall I send\nthe tariff?\n\nAnna", []Sentence{
			{"Hi Lena,", 1}, {"the gate opens at 6.", 3}, {"Shall I send the tariff?", 3}, {"Anna", 6},
		}},
		"abbreviations":  {"Dr. Vogt meets Mr. Hale, e.g. in Kiel. Good.", []Sentence{{"Dr. Vogt meets Mr. Hale, e.g. in Kiel.", 1}, {"Good.", 1}}},
		"german ordinal": {"Am 8. November schrieb ich. Passt das?", []Sentence{{"Am 8. November schrieb ich.", 1}, {"Passt das?", 1}}},
		"links":          {"See https://acme.example/a?b=c. Fine?", []Sentence{{"See https://acme.example/a?b=c.", 1}, {"Fine?", 1}}},
		"quoted end":     {"She said \"stop.\" Then more.", []Sentence{{"She said \"stop.\" Then more.", 1}}},
		"empty":          {" \n\n ", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Sentences(c.text)); diff != "" {
				t.Errorf("sentences (-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzSentences_LosesNoWord(f *testing.F) {
	f.Add("Hi.\n\nSee z.B. the 8. of it?! Ok…")
	f.Add("\xff\xfe. \x00?")
	f.Fuzz(func(t *testing.T, text string) {
		var parts []string
		for _, s := range Sentences(text) {
			parts = append(parts, strings.Fields(s.Text)...)
		}
		if len(text) < maxSentence && strings.Join(parts, "") != strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), "") && strings.ToValidUTF8(text, "") == text {
			t.Errorf("%q came apart as %q", text, parts)
		}
	})
}
