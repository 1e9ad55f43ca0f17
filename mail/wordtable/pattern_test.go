package wordtable_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"followupd/mail/wordtable"
)

func TestPattern_GivesItsPlacesInOrder(t *testing.T) {
	long := strings.Repeat("x", 255)
	type place struct {
		kind  wordtable.Kind
		takes []string
		not   []string
	}
	places := []place{
		{wordtable.Words, []string{"hello", "hi"}, []string{"", "h", "hell", "hello you", "hallo", "hi!"}},
		{wordtable.Gap, nil, []string{"", "anything"}},
		{wordtable.Optional, []string{"old"}, []string{"older", "ol"}},
		{wordtable.Words, []string{"friend", "friends", "friendly", long}, []string{"frien", long[1:], long + "x"}},
	}
	var p wordtable.Pattern
	for _, add := range []struct {
		kind  wordtable.Kind
		words []wordtable.Word
	}{
		{wordtable.Words, []wordtable.Word{{Text: "hello"}, {Text: "hi"}}},
		{wordtable.Gap, nil},
		{wordtable.Optional, []wordtable.Word{{Text: "old"}}},
		{wordtable.Words, []wordtable.Word{{Text: "friend", Begin: true}, {Text: long}}},
	} {
		var err error
		if p, err = p.With(add.kind, add.words...); err != nil {
			t.Fatal(err)
		}
	}
	rest := wordtable.Packed([]wordtable.Pattern{"", p, p})[2]
	for i, want := range places {
		if rest == "" {
			t.Fatalf("%d places, want %d", i, len(places))
		}
		var got wordtable.Place
		got, rest = rest.Next()
		if got.Kind != want.kind {
			t.Errorf("place %d is of kind %d, want %d", i, got.Kind, want.kind)
		}
		for _, word := range want.takes {
			if !got.Takes(word) {
				t.Errorf("place %d does not take %q", i, word)
			}
		}
		for _, word := range want.not {
			if got.Takes(word) {
				t.Errorf("place %d takes %q", i, word)
			}
		}
	}
	if rest != "" {
		t.Errorf("%d bytes are left", len(rest))
	}
}

func TestPattern_RefusesWhatDoesNotFit(t *testing.T) {
	for name, words := range map[string][]wordtable.Word{
		"a long word": {{Text: strings.Repeat("x", 256)}},
		"many words":  slices.Repeat([]wordtable.Word{{Text: strings.Repeat("x", 255)}}, 256),
	} {
		if p, err := wordtable.Pattern("").With(wordtable.Words, words...); err == nil {
			t.Errorf("%s: taken, %d bytes", name, len(p))
		}
	}
}

func TestPacked_GivesTheSamePatterns(t *testing.T) {
	patterns := []wordtable.Pattern{"a", "", "bcd"}
	if diff := cmp.Diff(patterns, wordtable.Packed(patterns)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
