package tracker

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMailbox_ComingTellsWhatChangesByItself(t *testing.T) {
	s := tell(t, `offer rep writes -1d09:40 to=lena
		away rep writes -1d10:00 to=bo about=Tolls
		auto bo is-away -1d10:01 re=away until=+5d
		old rep writes -14d10:00 to=kim about=Lanes`)
	type moment struct{ Thread, At, Stands string }
	var got []moment
	for _, c := range s.mailbox().Coming(s.facts, thursday, thursday.Add(14*24*time.Hour)) {
		for _, name := range []string{"offer", "away", "old"} {
			if s.of(name).Thread == c.Thread {
				got = append(got, moment{name, c.Check.In(stockholm).Format("2 Jan 15:04"), string(c.State)})
			}
		}
	}
	want := []moment{
		{"offer", "16 Nov 09:40", "due"}, // three business days
		{"away", "18 Nov 00:00", "waiting"},
		{"away", "20 Nov 23:59", "due"}, // one minute of the three days was used up before
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestMailbox_ComingEndsWithItsHorizon(t *testing.T) {
	s := tell(t, `offer rep writes -1d09:40 to=lena`)
	if got := s.mailbox().Coming(s.facts, thursday, thursday.Add(24*time.Hour)); len(got) != 0 {
		t.Errorf("got %d changes within a day, want none: the window ends after four", len(got))
	}
}

// BenchmarkMailbox_Coming2000 is what a look four weeks ahead costs the loop.
func BenchmarkMailbox_Coming2000(b *testing.B) {
	m := NewMailbox(anyPolicy(), nil)
	for _, s := range bigMailbox() {
		m.Add(s)
	}
	b.ReportAllocs()
	for b.Loop() {
		m.Coming(Facts{ReadAt: thursday}, thursday, thursday.Add(28*24*time.Hour))
	}
}
