package rules

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLint_NamesWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"checking in": {
			"Hi Max,\n\nI am just checking in to see whether you had time to read my proposal for the three depots in the north. Let me know what you think about it when you find a minute.\n\nAnna\n",
			[]string{"no-checking-in", "no-did-you-see"},
		},
		"apology, top of the inbox, never heard, did you see": {
			"Hi Max,\n\nsorry for bothering you again. I wanted to move this to the top of your inbox, since I never heard back about the depots. Did you see my last email?\n\nAnna\n",
			[]string{"no-apology", "no-bumping", "no-never-heard", "no-did-you-see"},
		},
		"two asks": {
			"Hello Eva,\n\nthe new gate opens in March and would save your drivers the southern loop every night of the week. Shall I send the tariff? Or would you rather talk on Thursday?\n\nAnna",
			[]string{"one-ask"},
		},
		"no ask": {
			"Hello Eva,\n\nthe new gate opens in March and would save your drivers the southern loop every night of the week, and the tariff is lower than that of the old gate.\n\nAnna",
			[]string{"next-step"},
		},
		"placeholder": {
			"Hello [first name],\n\nthe new gate opens in March and would save your drivers the southern loop every night of the week. Shall I send the tariff for {{company}}?\n\nAnna",
			[]string{"no-placeholder"},
		},
		"too short": {"Hi Max,\n\nwhich gate do you use for the three depots?", []string{"length"}},
		"good": {
			"Hi Max,\n\nwhen we spoke in March you were comparing the pass with the ferry. Nordfrakt faced the same choice and wrote down what each option cost them in one winter. Their figures are here: https://acme.example/cases/nordfrakt\n\nWhich of the two is closer to your own costs?\n\nAnna\n",
			nil,
		},
		"a quoted sin is the other's": {
			"Hi Max,\n\nthe new gate opens in March and would save your drivers the southern loop every night of the week. Shall I send the tariff of it?\n\n> sorry for bothering you, did you see my last mail?\n",
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, rulesOf(Lint(c.text))); diff != "" {
				t.Errorf("rules broken (-want +got):\n%s", diff)
			}
		})
	}
}

// rulesOf gives the rules broken, each once, in the order they were found.
func rulesOf(v []Violation) []string {
	var out []string
	for _, x := range v {
		if !slices.Contains(out, x.Rule) {
			out = append(out, x.Rule)
		}
	}
	return out
}

func TestLint_GivesWordsLineAndRemedy(t *testing.T) {
	for _, v := range Lint("Hi Max,\n\nI thought I would\ntouch   base\nabout the depots in the north, the gate there, and the tariff of it.\n\nShall I send the tariff by Thursday?") {
		if v.Rule != "no-circling-back" || v.Where != "touch base" || v.Line != 4 || v.Say == "" || v.Source == "" {
			t.Errorf("violation %+v, want no-circling-back at line 4 with a remedy and a source", v)
		}
	}
}
