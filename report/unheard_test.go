package report

import (
	"strings"
	"testing"
	"time"

	"followupd/tracker"
)

func TestDigest_TellsWhatWasNotUnderstood(t *testing.T) {
	lena := digestThread("Lena", "Your depot", tracker.Held)
	words := []tracker.Word{
		{Kind: tracker.WordUnheard, At: digestNow.Add(-100 * time.Hour), Text: "too long ago"},
		{Kind: tracker.WordUnheard, At: digestNow.Add(-time.Hour), Thread: lena.Thread, Text: "The first line of your draft was not understood."},
		{Kind: tracker.WordUnheard, At: digestNow.Add(-time.Hour), Text: "A mail from news@press.example lies in \"Stop\"."},
		{Kind: tracker.WordClose, At: digestNow.Add(-time.Hour), Text: "heard"},
	}
	d := NewDigest([]tracker.Standing{lena}, nil, digestNow)
	d.AddUnheard(Unheard(words, digestNow.Add(-24*time.Hour)), []tracker.Standing{lena})
	page, err := d.HTML()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Lena", "Your depot", "was not understood", "news@press.example"} {
		if !strings.Contains(d.Text(), want) || !strings.Contains(page, want) {
			t.Errorf("the digest lacks %q:\n%s", want, d.Text())
		}
	}
	if text := d.Text(); strings.Contains(text, "too long ago") || strings.Contains(text, "heard\n") || d.Subject != "Follow-ups: 2 not understood" {
		t.Errorf("%s\n%s", d.Subject, text)
	}
}
