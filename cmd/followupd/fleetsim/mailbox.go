package fleetsim

import (
	"fmt"
	"math"
	"time"

	"followupd/mail"
	"followupd/tracker"
)

// box is a mailbox as its provider has it, with the threads that come due on the day.
type box struct {
	id       int32
	at       *provider
	messages int
	due      []thread // the soonest first
	epoch    int64
	claim    *claim
	arrival  time.Duration // of the next mail
}

// thread is one that comes due.
type thread struct {
	standing tracker.Standing
	due      time.Duration // when its draft may be there: the window's end, or when working hours begin after it
	placed   bool
	over     time.Duration // when a pass first found it due, and the hours over; 0: none did
	full     bool          // a pass found it due, and the day's number of drafts written
	passed   bool          // a pass found it due and nothing that spoke against it, and left it
}

// missed says that the draft was not laid when it should have been and is not the next day's. It is the next day's where the day's
// number was written, or where the hours ended before anybody who was on time could lay it: a pass reads the mailbox before it
// decides, so that a window which closes in the last moments of the hours is judged after them. Who comes later than that
// finds the hours over, too, but has missed it.
func (t *thread) missed() bool {
	tomorrow := t.full || t.over > 0 && t.over-t.due <= onTime
	return t.passed || !t.placed && !tomorrow
}

// fill makes the mailbox's day: threads whose silence began some working days ago, at the hours at which reps write.
func (b *box) fill(w *world) {
	n := poisson(w.dice.Float64, w.SilencesAWeek)
	for i := range n {
		wrote := w.day.AddDate(0, 0, -7+w.dice.IntN(7)).Add(w.hour())
		at := w.policy.Calendar.Add(wrote, w.policy.Cadence.FollowUpAfter[0], nil)
		due := w.policy.Calendar.NextOpen(at).Sub(w.day)
		if due < w.From || due >= w.To {
			continue // another day's
		}
		st := tracker.Standing{
			Thread: tracker.ThreadID(fmt.Sprintf("%d-%d", b.id, i)), State: tracker.Due, LastOutbound: wrote,
			Next:      &tracker.Next{Action: tracker.FollowUp, Step: 1, At: at},
			Prospects: []mail.Person{{Address: mail.Address(fmt.Sprintf("p%d@prospect%d.example", i, i))}},
		}
		b.due = append(b.due, thread{standing: st, due: due})
	}
}

// poisson gives a number with a mean.
func poisson(dice func() float64, mean float64) int {
	n, p, end := 0, dice(), math.Exp(-mean)
	for p > end {
		p *= dice()
		n++
	}
	return n
}
