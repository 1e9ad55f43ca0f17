package dates

import (
	"os"
	"strings"
	"testing"
	"time"

	"followupd/mail/mailtest"
)

func TestFind_OpenPhrases(t *testing.T) {
	data, err := os.ReadFile("../../../shared/corpus/date_phrases.tsv")
	if err != nil {
		t.Skipf("the shared corpus is not there: %v", err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n")[1:] {
		f := strings.Split(line, "\t")
		base, err := time.Parse(time.DateOnly, f[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, hint := range []string{f[1], ""} {
			got := ""
			found, ok := Find(f[2], base.Add(10*time.Hour), hint)
			if ok {
				got = found.Day.Format(time.DateOnly)
			}
			if got != f[3] {
				t.Errorf("Find(%q, %s, %q) = %q (%q), want %q", f[2], f[0], hint, got, found.Phrase, f[3])
			}
		}
	}
}

func TestVocabulary_StaysSmall(t *testing.T) {
	got := mailtest.Kept(func() *vocabulary {
		v, err := readVocabulary()
		if err != nil {
			t.Fatal(err)
		}
		return v
	})
	if most := 200_000; got > most {
		t.Errorf("the words hold %d bytes, want at most %d", got, most)
	}
}
