package fleetsim

import (
	"slices"
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
			if wait := !c.placed && c.want == 0; (r.Over == 1) != wait {
				t.Errorf("%d drafts wait for tomorrow because the hours are over, want that: %t", r.Over, wait)
			}
			if due.placed != c.placed || len(r.Undone) != c.want {
				t.Errorf("laid: %t, undone: %v; want %t and %d", due.placed, r.Undone, c.placed, c.want)
			}
			if fired := strings.Contains(strings.Join(r.Violations(), "\n"), "never laid, one of mailbox 7"); fired != (c.want > 0) {
				t.Errorf("violations: %q", r.Violations())
			}
		})
	}
}

// Each fault is planted into an hour that keeps all promises without it, so that a promise which nothing can break is noticed.
func TestViolations_NameThePlantedFault(t *testing.T) {
	const due = 17*time.Hour + 30*time.Minute
	other := func(w *world, b *box) *worker {
		if b.claim.w == w.workers[0] {
			return w.workers[1]
		}
		return w.workers[0]
	}
	cases := []struct {
		name  string
		plant func(w *world, b *box)
		want  []string // the beginnings of what is said
	}{
		{"none", func(*world, *box) {}, nil},
		{"two workers take one mailbox", func(w *world, b *box) {
			w.at(due-time.Minute, func() { other(w, b).begin(b) })
		}, []string{"1 times a mailbox had two workers", "the mailboxes are not shared out evenly"}},
		{"two workers take one mailbox while one drafts, and the epoch keeps one of them off", func(w *world, b *box) {
			w.at(due+300*time.Millisecond, func() { other(w, b).begin(b) })
		}, []string{"1 times a mailbox had two workers", "the mailboxes are not shared out evenly"}},
		{"two workers take one mailbox while one drafts, and no epoch is compared", func(w *world, b *box) {
			w.at(due+300*time.Millisecond, func() {
				first := b.claim
				other(w, b).begin(b)
				first.epoch = b.epoch
			})
		}, []string{"1 drafts were laid twice", "1 times a mailbox had two workers", "the mailboxes are not shared out evenly"}},
		{"a pass hangs", func(w *world, b *box) {
			w.at(due-time.Minute, func() { b.claim.passing = true })
		}, []string{"1 drafts were never laid"}},
		{"a draft comes in the evening", func(w *world, b *box) {
			w.at(due-time.Minute, func() { b.claim.passing = true })
			w.at(18*time.Hour+30*time.Minute, func() { b.claim.lay("only") })
		}, []string{"1 drafts were laid outside the hours"}},
		{"a worker has forgotten a mailbox and keeps its lock when something happens", func(w *world, b *box) {
			w.at(due-11*time.Minute, func() {
				b.claim.vanish()
				delete(b.claim.w.claims, b.id)
			})
		}, []string{"1 drafts were never laid", "17:20: the mailboxes were not even again", "the mailboxes are not shared out evenly"}},
		{"a worker forgets a mailbox and keeps its lock", func(w *world, b *box) {
			w.at(due-time.Minute, func() {
				b.claim.vanish()
				delete(b.claim.w.claims, b.id)
			})
		}, []string{"1 drafts were never laid", "the mailboxes are not shared out evenly"}},
		{"a lock stays with a session that is gone", func(w *world, b *box) {
			w.at(due-time.Minute, func() {
				gone := b.claim.w
				gone.kill()
				w.db.holder[b.id] = gone.pid
			})
		}, []string{"1 drafts were never laid", "the mailboxes are not shared out evenly"}},
		{"a lock lies for twenty seconds with nobody", func(w *world, b *box) {
			w.at(due-time.Minute, func() {
				w.db.holder[b.id] = 1 << 20
				b.claim.vanish()
				delete(b.claim.w.claims, b.id)
				w.tally.freed(w.now, b.id)
			})
			w.at(due-40*time.Second, func() { w.db.free(b.id) })
		}, []string{"17:20: a mailbox had no worker"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			setup := calm()
			setup.Happenings = []Happening{{At: due - 10*time.Minute, Name: "17:20", What: Hour}}
			w := newWorld(setup)
			b := w.boxes[7]
			b.only(w, due)
			c.plant(w, b)
			got := w.play().Violations()
			if !slices.EqualFunc(got, c.want, strings.HasPrefix) {
				t.Errorf("violations: %q, want %q", got, c.want)
			}
		})
	}
}
