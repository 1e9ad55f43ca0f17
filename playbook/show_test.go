package playbook

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"testing"
)

var show = flag.Bool("show", false, "print the drafts for the made-up threads, to be read aloud")

// TestShow prints whole drafts; it proves nothing and is skipped unless asked for.
func TestShow(t *testing.T) {
	if !*show {
		t.Skip("run with -show to read the drafts")
	}
	for name, p := range map[string]*Playbook{"starter library": starter(t), "no library": bare(t)} {
		all := threads()
		for _, key := range slices.Sorted(maps.Keys(all)) {
			r := all[key]
			for seed := range uint64(2) {
				r.Seed = seed
				text, err := p.Write(r)
				fmt.Printf("=== %s, %s, %s, seed %d\n", key, name, r.Standing.Situation, seed)
				if err != nil {
					fmt.Printf("!!! %v\n", err)
					for _, v := range err.(*NoText).Broken {
						fmt.Printf("    %+v\n", v)
					}
					continue
				}
				fmt.Printf("%s\n--- %s %s [%s] %q\n", text.Body, text.Approach, text.Asset, text.Template, text.Why)
			}
		}
	}
}
