package mail

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"followupd/mail/mailtest"
)

func TestPhrases_Find(t *testing.T) {
	book, err := parsePhrases("# a comment\n\n== greeting\nen: good morning|evening; ^hello * friend; auto~ reply\n== number\nde: noch #|zwei tage\nja: 不在 * 休暇\n")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]string{
		"Good evening, all":              {"good morning|evening"},
		"good night":                     nil,
		"good. Morning":                  nil,
		"Hello my old dear friend":       {"hello * friend"},
		"hello friend":                   {"hello * friend"},
		"Well, hello my friend":          nil,
		"hello a b c d e f friend":       {"hello * friend"},
		"hello a b c d e f g friend":     nil,
		"hello. My friend":               nil,
		"Automatic reply":                {"auto~ reply"},
		"aut reply":                      nil,
		"noch 14 Tage":                   {"noch #|zwei tage"},
		"noch zwei Tage, noch drei Tage": {"noch #|zwei tage"},
		"不在です。不在のため休暇をいただきます":                    {"不在 * 休暇"},
		"good morning good evening good weekend": {"good morning|evening", "good morning|evening"},
	} {
		var got []string
		for _, h := range book.find(tokensOf(text)) {
			got = append(got, h.source)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestParsePhrases_SaysWhatIsWrong(t *testing.T) {
	for source, want := range map[string]string{
		"en: good morning":         "section",
		"== a\neng: good morning":  "LANGUAGE",
		"== a\ngood morning":       "LANGUAGE",
		"== a\nen: good *":         "gap",
		"== a\nen: * morning":      "gap",
		"== a\nen: # mornings":     "too little",
		"== a\nen: goo~ morning":   "too little",
		"== a\nen: ^":              "no words",
		"== a\nen: Good morning":   "how a word of a text is read",
		"== a\nfr: déjà vu":        "how a word of a text is read",
		"== a\nen: e-mail":         "how a word of a text is read",
		"== a\nja: 不在|外出":          "how a word of a text is read",
		"== a\nen: good|* morning": "how a word of a text is read",
	} {
		if _, err := parsePhrases(source); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want it to speak of %q", source, err, want)
		}
	}
}

func TestPhrases_StaySmall(t *testing.T) {
	got := mailtest.Kept(func() *phrasebook {
		book, err := parsePhrases(automaticRules)
		if err != nil {
			t.Fatal(err)
		}
		return book
	})
	if most := 330_000; got > most {
		t.Errorf("the phrases hold %d bytes, want at most %d", got, most)
	}
}
