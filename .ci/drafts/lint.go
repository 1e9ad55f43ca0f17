package main

import (
	"fmt"
	"followupd/playbook/rules"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// lint measures the rules on words: how many of the bad sentences they find, how many of the good ones they flag. The
// patterns were written with bad.txt in view; bad-fresh.txt was written afterwards, to be different, and no pattern may be
// written for it.
func (f *floors) lint(dir string, verbose bool) error {
	fmt.Println("\nlint")
	for _, l := range []struct {
		file  string
		bad   bool
		floor float64
		asked string
	}{
		{"bad.txt", true, 98, "asked for: 98 % of 300"},
		{"good.txt", false, 99, "asked for: 99 % of 300 left alone"},
		{"bad-fresh.txt", true, freshBad, "nothing asked for: sentences that nothing was fitted to"},
	} {
		data, err := os.ReadFile(filepath.Join(dir, l.file))
		if err != nil {
			return err
		}
		right, of := map[string]int{}, map[string]int{}
		n, all := 0, 0
		for line := range strings.Lines(strings.TrimSpace(string(data))) {
			language, sentence, _ := strings.Cut(strings.TrimSpace(line), "\t")
			found := rules.Phrases("Hi Max,\n\n" + sentence)
			all++
			of[language]++
			if (len(found) > 0) == l.bad {
				n++
				right[language]++
			} else if verbose {
				fmt.Println("  wrong:", l.file, language, sentence, names(found))
			}
		}
		var by []string
		for _, language := range slices.Sorted(maps.Keys(of)) {
			by = append(by, fmt.Sprintf("%s %d/%d", language, right[language], of[language]))
		}
		f.say(fmt.Sprintf("%s: %d of %d judged right", l.file, n, all), percent(n, all), l.floor, l.asked)
		fmt.Println("  ", strings.Join(by, ", "))
	}
	return nil
}

// freshBad is the share of the fresh list, 42 far-fetched idioms and 60 plain sentences, that was found when it was written,
// rounded down: nothing may be fitted to it.
const freshBad = 45

func names(found []rules.Violation) []string {
	var out []string
	for _, v := range found {
		out = append(out, v.Rule+": "+v.Where)
	}
	return out
}
