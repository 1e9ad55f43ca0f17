package intent

import (
	"fmt"
	"strings"
	"testing"

	"followupd/mail/mailtest"
)

// Each rule line carries its test: the example must be found to be what the line says.
func TestRules_HoldOnTheirExamples(t *testing.T) {
	for _, r := range examples(t) {
		t.Run(fmt.Sprintf("%s/%s/%s", r.language, r.kind, r.written), func(t *testing.T) {
			if r.veto {
				if f := find(r.example, r.language); f.has(r.kind) {
					t.Errorf("%q is still taken for %s: %q", r.example, r.kind, f.first(r.kind).phrase)
				}
				return
			}
			var fired bool
			f := find(r.example, r.language)
			for _, h := range f.byKind[r.kind] {
				fired = fired || h.rule.pattern == r.pattern && h.rule.pieces == r.pieces
			}
			if !fired {
				t.Errorf("the pattern does not match its example %q", r.example)
			}
		})
	}
}

// The example of an intent must also come out as that intent of a whole mail.
func TestOf_GivesTheIntentOfEveryExample(t *testing.T) {
	for _, r := range examples(t) {
		want := r.kind
		switch r.kind {
		case kindLater:
			want = NotNow
		case Answer, Declined, OptOut, WrongPerson, NotNow, WillReply, Thanks:
		default:
			continue
		}
		got := Of(r.example, r.language)
		if !r.veto && got.Intent != want {
			t.Errorf("%s %s | %s: %q is %s (%s)", r.language, r.kind, r.written, r.example, got.Intent, got.Why)
		}
	}
}

func examples(t *testing.T) []line {
	t.Helper()
	lines, err := readRules()
	if err != nil || len(lines) < 1000 {
		t.Fatalf("%d rules read: %v", len(lines), err)
	}
	return lines
}

func TestParseRules_SaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"answer | send me":                     "want KIND",
		"answers | send me | Send me that.":    "no such kind",
		"answer | * me | Send me that.":        "begin with a word",
		"answer | [so] me | Send me that.":     "begin with a word",
		"answer |  | Send me that.":            "begin with a word",
		"answer | send |me | Send me that.":    "a word is missing",
		"answer | send [me|] | Send me that.":  "a word is missing",
		"answer | se- me | Send me that.":      "three letters",
		"answer | x|se- me | Send me that.":    "three letters",
		"\n# comment\nno | yes | Yes, please.": ":3:",
	} {
		if _, err := parseRules("en", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want it to speak of %q", text, err, want)
		}
	}
}

func TestRules_StaySmall(t *testing.T) {
	if got, most := mailtest.Kept(func() *book { return newBook(examples(t)) }), 310_000; got > most {
		t.Errorf("the rules hold %d bytes, want at most %d", got, most)
	}
}
