// Package wordtable keeps tables of words, and of patterns of words, small: what a map of slices makes of some thousand words, each under a key of its own,
// is several times the words themselves, and a daemon keeps it all day.
package wordtable

import (
	"hash/maphash"
	"maps"
	"math"
	"slices"
	"strings"
)

// Index gives what was entered under a word. It is made once and then only read, by any number of goroutines; the zero value
// holds nothing.
type Index[V any] struct {
	seed   maphash.Seed
	slots  []uint16 // by hash: 1 + the position of the word, 0 where free; never more than half full
	text   string   // the words, one behind the other, sorted
	begins []uint32 // where each begins in text, and where the last ends
	first  []uint16 // the i-th word has values[first[i]:first[i+1]]
	values []V
}

// Of packs a table. It panics where that has 65,535 words or values and more: it is for tables that are part of the program.
func Of[V any](table map[string][]V) Index[V] {
	total := 0
	for _, values := range table {
		total += len(values)
	}
	if max(len(table), total) >= math.MaxUint16 {
		panic("wordtable: too large a table")
	}
	slots := 1
	for slots < 2*len(table) {
		slots *= 2
	}
	words := slices.Sorted(maps.Keys(table))
	x := Index[V]{
		seed: maphash.MakeSeed(), slots: make([]uint16, slots), text: strings.Join(words, ""),
		begins: make([]uint32, 1, len(words)+1), first: make([]uint16, 1, len(words)+1), values: make([]V, 0, total),
	}
	for i, word := range words {
		x.values = append(x.values, table[word]...)
		x.first = append(x.first, uint16(len(x.values)))
		x.begins = append(x.begins, x.begins[i]+uint32(len(word)))
		at, _ := x.slot(word)
		x.slots[at] = uint16(i + 1)
	}
	return x
}

// Find gives what was entered under a word, in its order; nil where that is nothing. It is not to be changed.
func (x *Index[V]) Find(word string) []V {
	if len(x.slots) == 0 {
		return nil
	}
	at, found := x.slot(word)
	if !found {
		return nil
	}
	i := x.slots[at] - 1
	from, to := x.first[i], x.first[i+1]
	return x.values[from:to:to]
}

// slot gives where a word is entered, or where it would be.
func (x *Index[V]) slot(word string) (at int, found bool) {
	last := len(x.slots) - 1
	for at = int(maphash.String(x.seed, word)) & last; x.slots[at] != 0; at = (at + 1) & last {
		i := x.slots[at] - 1
		if x.text[x.begins[i]:x.begins[i+1]] == word {
			return at, true
		}
	}
	return at, false
}
