package intent

import (
	"fmt"
	"testing"
)

// Each rule line carries its test: the example must be found to be what the line says.
func TestRules_HoldOnTheirExamples(t *testing.T) {
	for _, r := range rules.all {
		t.Run(fmt.Sprintf("%s/%s/%s", r.language, r.kind, r.pattern), func(t *testing.T) {
			if r.veto {
				if f := find(r.example, r.language); f.has(r.kind) {
					t.Errorf("%q is still taken for %s: %q", r.example, r.kind, f.first(r.kind).rule.pattern)
				}
				return
			}
			var fired bool
			f := find(r.example, r.language)
			for _, h := range f.byKind[r.kind] {
				fired = fired || h.rule.pattern == r.pattern
			}
			if !fired {
				t.Errorf("the pattern does not match its example %q", r.example)
			}
		})
	}
}

// The example of an intent must also come out as that intent of a whole mail.
func TestOf_GivesTheIntentOfEveryExample(t *testing.T) {
	for _, r := range rules.all {
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
			t.Errorf("%s %s | %s: %q is %s (%s)", r.language, r.kind, r.pattern, r.example, got.Intent, got.Why)
		}
	}
}
