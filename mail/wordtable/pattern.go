package wordtable

import (
	"fmt"
	"math"
	"strings"
)

// Pattern is what words may follow each other, place by place, packed: about as many bytes as the pattern has when written.
//
// A place is its Kind (1 byte), the length of its words (2 bytes), and the words: each its length (1 byte), whether it is a
// beginning only (1 byte), and itself.
type Pattern string

// Kind says what a place of a pattern is.
type Kind byte

const (
	Words    Kind = iota // one of the words stands here
	Optional             // one of them may stand here
	Gap                  // some words may stand here, which are not named
)

// Place is one place of a pattern.
type Place struct {
	Kind
	words string
}

// Word is one that may stand at a place.
type Word struct {
	Text  string
	Begin bool // every word that begins so
}

// With gives the pattern with a further place. A word longer than 255 bytes, or more of them than 64 KiB, are an error.
func (p Pattern) With(kind Kind, words ...Word) (Pattern, error) {
	var b strings.Builder
	for _, w := range words {
		if len(w.Text) > math.MaxUint8 {
			return "", fmt.Errorf("word of %d bytes", len(w.Text))
		}
		b.WriteByte(byte(len(w.Text)))
		if w.Begin {
			b.WriteByte(1)
		} else {
			b.WriteByte(0)
		}
		b.WriteString(w.Text)
	}
	if b.Len() > math.MaxUint16 {
		return "", fmt.Errorf("%d words at one place", len(words))
	}
	return p + Pattern([]byte{byte(kind), byte(b.Len() >> 8), byte(b.Len())}) + Pattern(b.String()), nil
}

// Next gives the first place and the pattern behind it. An empty pattern has none.
func (p Pattern) Next() (Place, Pattern) {
	const head = 3
	end := head + int(p[1])<<8 + int(p[2])
	return Place{Kind(p[0]), string(p[head:end])}, p[end:]
}

// Takes tells whether a word may stand at the place.
func (p Place) Takes(word string) bool {
	const head = 2
	for rest := p.words; rest != ""; {
		n := int(rest[0])
		if n == len(word) || n < len(word) && rest[1] == 1 {
			if rest[head:head+n] == word[:n] {
				return true
			}
		}
		rest = rest[head+n:]
	}
	return false
}

// Packed gives the same patterns in one piece of memory: some thousand small pieces take a third more.
func Packed(patterns []Pattern) []Pattern {
	var b strings.Builder
	for _, p := range patterns {
		b.WriteString(string(p))
	}
	rest := Pattern(strings.Clone(b.String()))
	packed := make([]Pattern, len(patterns))
	for i, p := range patterns {
		packed[i], rest = rest[:len(p)], rest[len(p):]
	}
	return packed
}
