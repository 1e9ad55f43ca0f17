package rules

import (
	"os"
	"strings"
	"testing"
)

// lines gives the sentences of a data file: a language and a sentence a line.
func lines(t *testing.T, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(data)), "\n")
}

// TestPhrases_FindBadSentencesAndLeaveGoodOnesAlone asks for what lint promises: at least 98 of 100 bad sentences found, at
// most one of 100 good ones flagged.
func TestPhrases_FindBadSentencesAndLeaveGoodOnesAlone(t *testing.T) {
	bad, missed := lines(t, "testdata/bad.txt"), 0
	for _, l := range bad {
		_, s, _ := strings.Cut(l, "\t")
		if len(Phrases("Hi Max,\n\n"+s)) == 0 {
			missed++
			t.Logf("not found: %s", l)
		}
	}
	if missed*50 > len(bad) {
		t.Errorf("%d of %d bad sentences were not found", missed, len(bad))
	}
	good, flagged := lines(t, "testdata/good.txt"), 0
	for _, l := range good {
		_, s, _ := strings.Cut(l, "\t")
		for _, v := range Phrases(s) {
			flagged++
			t.Logf("flagged as %s (%s): %s", v.Rule, v.Where, l)
		}
	}
	if flagged*100 > len(good) {
		t.Errorf("%d of %d good sentences were flagged", flagged, len(good))
	}
}

func TestPhrases_SeeThroughDress(t *testing.T) {
	for _, s := range []string{"I'm just CHECKING   in", "I’m just checking‑in", "just\nchecking\nin", "che\u00adcking in", "Désolé de vous déranger", "DESOLE DE VOUS DERANGER"} {
		if len(Phrases(s)) == 0 {
			t.Errorf("%q passed", s)
		}
	}
}

func FuzzLint(f *testing.F) {
	f.Add("Hi,\n\njust checking in?\n> quoted\n-- \nsig")
	f.Add("\xff\u0130ﬃ’")
	f.Fuzz(func(t *testing.T, text string) {
		for _, v := range Lint(text) {
			if v.Rule == "" || v.Say == "" || v.Line < 0 || v.Line > strings.Count(text, "\n")+1 {
				t.Errorf("violation %+v", v)
			}
		}
	})
}
