package fleetsim

import (
	"strings"
	"testing"
	"time"

	"followupd/tracker"
)

// calm is the last of the working hours and the one after it, on which nothing happens but what a test plants.
func calm() Setup {
	s := Day(20, 2, 1)
	s.From, s.To, s.Happenings = 17*time.Hour, 19*time.Hour, nil
	return s
}

// only makes a thread the only one of its mailbox that comes due.
func (b *box) only(w *world, due time.Duration) *thread {
	at := w.day.Add(due)
	b.due = []thread{{due: due, standing: tracker.Standing{
		Thread: "only", State: tracker.Due, LastOutbound: at.AddDate(0, 0, -5), Next: &tracker.Next{Action: tracker.FollowUp, Step: 1, At: at},
	}}}
	return &b.due[0]
}

func TestViolations_HoldTheLastMomentsOfTheHours(t *testing.T) {
	const evening = 18 * time.Hour
	cases := []struct {
		name   string
		due    time.Duration
		plant  func(w *world, b *box)
		placed bool
		want   int
	}{
		{"there is time", evening - 30*time.Second, nil, true, 0},
		{"the hours end while the mailbox is read", evening - 60*time.Millisecond, nil, false, 0},
		{"nobody decides it within the last minute", evening - 30*time.Second, func(_ *world, b *box) { b.due[0].standing.State = tracker.Held }, false, 1},
		{"the worker comes minutes after the hours", evening - 60*time.Millisecond, func(w *world, b *box) {
			w.at(evening-time.Minute, func() { b.claim.passing = true })
			w.at(evening+2*time.Minute, func() { b.claim.passing = false; b.claim.pass() })
		}, false, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(calm())
			b := w.boxes[7]
			due := b.only(w, c.due)
			if c.plant != nil {
				c.plant(w, b)
			}
			r := w.play()
			if due.placed != c.placed || len(r.Undone) != c.want {
				t.Errorf("laid: %t, undone: %v; want %t and %d", due.placed, r.Undone, c.placed, c.want)
			}
			if fired := strings.Contains(strings.Join(r.Violations(), "\n"), "never laid, one of mailbox 7"); fired != (c.want > 0) {
				t.Errorf("violations: %q", r.Violations())
			}
		})
	}
}
