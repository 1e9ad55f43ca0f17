package wordtable_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"followupd/mail/wordtable"
)

func TestIndex_GivesWhatTheTableHoldsAndNothingElse(t *testing.T) {
	for _, size := range []int{0, 1, 2, 3, 64, 1000} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			table := map[string][]int{}
			for i := range size {
				for n := range i%4 + 1 {
					table[fmt.Sprintf("word %d", i)] = append(table[fmt.Sprintf("word %d", i)], i*10+n)
				}
			}
			x := wordtable.Of(table)
			got := map[string][]int{}
			for word := range table {
				got[word] = x.Find(word)
			}
			if diff := cmp.Diff(table, got); diff != "" {
				t.Errorf("(-entered +found):\n%s", diff)
			}
			for _, word := range []string{"", "word", "word -1", fmt.Sprintf("word %d", size)} {
				if found := x.Find(word); found != nil {
					t.Errorf("under %q, which was not entered, stands %v", word, found)
				}
			}
		})
	}
}

func TestIndex_ZeroValueHoldsNothing(t *testing.T) {
	var x wordtable.Index[int]
	if found := x.Find("word"); found != nil {
		t.Errorf("found %v", found)
	}
}

func TestIndex_AppendingToWhatWasFoundChangesNothing(t *testing.T) {
	x := wordtable.Of(map[string][]int{"a": {1}, "b": {2}})
	_ = append(x.Find("a"), 3)
	if diff := cmp.Diff([]int{2}, x.Find("b")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOf_RefusesATableThatDoesNotFit(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("65,535 values are taken")
		}
	}()
	wordtable.Of(map[string][]struct{}{"": make([]struct{}, 1<<16-1)})
}

func BenchmarkFind(b *testing.B) {
	table := map[string][]uint16{}
	for i := range 1000 {
		table[strings.Repeat(string(rune('a'+i%26)), i%9+1)+fmt.Sprint(i)] = []uint16{1, 2}
	}
	x := wordtable.Of(table)
	words := slices.Collect(maps.Keys(table))
	i := 0
	for b.Loop() {
		x.Find(words[i%len(words)])
		i++
	}
}
