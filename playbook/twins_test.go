package playbook

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestWrite_DraftsOfOneMorningAreNoTwins writes one draft to each made-up thread, as on one morning, and holds how many
// runs of five words two of them share.
func TestWrite_DraftsOfOneMorningAreNoTwins(t *testing.T) {
	p := starter(t)
	all := threads()
	runs := map[string]map[string]bool{}
	r := Request{}
	for i, name := range slices.Sorted(maps.Keys(all)) {
		recent := r.Recent
		r = all[name]
		r.Seed, r.Recent = uint64(i)*7919, recent
		text, err := p.Write(r)
		if err != nil {
			t.Fatal(err)
		}
		r.Recent = append(slices.Clone(recent), placed(text, r))
		runs[name] = fives(strings.TrimSuffix(text.Body, r.Signature))
	}
	pairs, twins, worst := 0, 0, 0.0
	for a, inA := range runs {
		for b, inB := range runs {
			if a >= b {
				continue
			}
			shared := 0
			for run := range inA {
				if inB[run] {
					shared++
				}
			}
			part := float64(shared) / float64(max(1, min(len(inA), len(inB))))
			pairs++
			if part > 0.4 {
				twins++
			}
			worst = max(worst, part)
		}
	}
	t.Logf("%d of %d pairs share more than 40 %% of their five-word runs; the worst pair %.0f %%", twins, pairs, 100*worst)
	if twins*50 > pairs {
		t.Errorf("%d of %d pairs are twins, want at most one in fifty", twins, pairs)
	}
}
