package playbook

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCoach(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"nothing to say":         {"Hi Lena,\n\nthe plan for the second gate is ready, with the costs of both ways. Shall I send it to you by Thursday, so that you can show it on Friday?\n\nAnna", nil},
		"apology":                {"Hi Lena,\n\nsorry for bothering you again. The plan for the second gate is ready, with the costs of both ways. Shall I send it to you by Thursday?\n\nAnna", []string{"no-apology"}},
		"no next step":           {"Hi Lena,\n\nthe plan for the second gate is ready, with the costs of both ways. It turned out cheaper than the first one. I will send it tomorrow, as you wished.\n\nAnna", []string{"no-next-step"}},
		"no leave, no next step": {"Hi Lena,\n\nthe plan for the second gate is ready, with the costs of both ways. It turned out a little cheaper than the first one was.\n\nAnna", []string{"no-next-step", "no-permission"}},
		"German":                 {"Guten Tag Frau Vogt,\n\nentschuldigen Sie, dass ich schon wieder störe. Der Plan für das zweite Tor ist fertig, mit den Kosten beider Wege. Soll ich Ihnen den Plan bis Donnerstag schicken?\n\nAnna", []string{"no-apology"}},
		"a line":                 {"Thanks, will do. Anna", nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, a := range Coach(c.text) {
				got = append(got, a.Rule)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("advice (-want +got):\n%s", diff)
			}
		})
	}
}
