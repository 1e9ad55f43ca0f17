package hand

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChanges_TellWordsApart(t *testing.T) {
	const draft = "Hi Lena,\n\nNordfrakt cut its disputes by a third. Shall we talk on Tuesday at ten?\n\nAnna"
	for name, c := range map[string]struct {
		sent string
		want []Change
		more int
	}{
		"as it was":          {sent: draft},
		"a word for another": {sent: strings.Replace(draft, "Tuesday", "Friday", 1), want: []Change{{"Tuesday", "Friday"}}},
		"words put in":       {sent: strings.Replace(draft, "at ten?", "at ten, your time?", 1), want: []Change{{"ten?", "ten, your time?"}}},
		"words taken out":    {sent: strings.Replace(draft, " at ten?", "?", 1), want: []Change{{"Tuesday at ten?", "Tuesday?"}}},
		"a paragraph put in": {sent: strings.Replace(draft, "Anna", "PS: I am in Ulm.\n\nAnna", 1), want: []Change{{"", "PS: I am in Ulm."}}},
		"a paragraph less":   {sent: strings.Replace(draft, "Hi Lena,\n\n", "", 1), want: []Change{{"Hi Lena,", ""}}},
		"more than are told": {
			sent: "Dear Lena,\n\nNordfrakt reduced its disputes by half. Shall we speak on Tuesday at ten?\n\nAnna",
			want: []Change{{"Hi", "Dear"}, {"cut", "reduced"}}, more: 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, diff := Compare(draft, c.sent)
			got, more := Changes(diff, 2)
			if d := cmp.Diff(c.want, got); d != "" || more != c.more {
				t.Errorf("%d more, want %d (-want +got):\n%s", more, c.more, d)
			}
		})
	}
}

func FuzzChanges(f *testing.F) {
	f.Add("- a b\n+ a c\n- d", 3)
	f.Fuzz(func(t *testing.T, diff string, most int) {
		if len(diff) > maxDiff || most < 0 {
			t.Skip()
		}
		changes, _ := Changes(diff, most)
		for _, c := range changes {
			if c.Out == "" && c.In == "" || c.Out == c.In {
				t.Errorf("a change that changes nothing: %+v", c)
			}
		}
	})
}
