package playbook

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// acquaintances are the words by which somebody else is promised, in the six languages.
var acquaintances = regexp.MustCompile(`(?i)introduc|some(one|body)|jemand|kontakt|quelqu'un|présentation|alguien|presenta|iemand|contact|presenter|någon (jag|som)`)

// TestNurture_PromisesNobodyWhomNothingGrounds: long after the goodbye no note and no asset names anybody, so that a text of the
// rep's own words alone must not offer an acquaintance.
func TestNurture_PromisesNobodyWhomNothingGrounds(t *testing.T) {
	files, err := filepath.Glob("texts/*/nurture-*.txt")
	if err != nil {
		t.Fatal(err)
	}
	bare := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), `{{lacks "AssetText"}}`) {
			continue
		}
		bare++
		if at := acquaintances.Find(text); at != nil {
			t.Errorf("%s promises somebody: %q", file, at)
		}
	}
	if bare < 12 {
		t.Errorf("%d texts without an asset were looked at, want two in each of six languages at least", bare)
	}
}
