package tracker

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"followupd/mail"
)

// rested gives a mailbox of so many threads, each a mail of the rep's to somebody else: the first of them fall due at tick,
// the others a month later. Every tenth has been followed up by hand.
func rested(threads, due int, tick time.Time) *Mailbox {
	m := NewMailbox(anyPolicy(), nil)
	sent := []mail.Folder{{Name: "Sent", Role: mail.RoleSent}}
	rep := []mail.Person{{Name: "Anna Berg", Address: "anna@acme.example"}}
	row := int64(0)
	for n := range threads {
		at := tick.Add(-2 * day) // the window is over later
		if n < due {
			at = tick.Add(-3*day + time.Minute) // three business days, over a minute after the tick
		}
		to := []mail.Person{{Name: fmt.Sprint("Person ", n), Address: mail.Address(fmt.Sprintf("person@firm%d.example", n))}}
		first := mail.MessageID(fmt.Sprintf("%032d@mail.acme.example", n))
		for k := range 1 + n%10/9 {
			row++
			s := Seen{Row: row, Received: at.Add(-time.Duration(1-k) * 20 * day), Folders: sent, HasBody: true}
			s.Message = mail.Message{ID: first, Subject: fmt.Sprintf("About lane %d and what it costs", n), Date: s.Received, From: rep, To: to}
			if n%10 != 9 {
				s.Received = at
			}
			if k == 1 {
				s.Message.ID, s.Message.References, s.Message.InReplyTo = "2."+first, []mail.MessageID{first}, []mail.MessageID{first}
			}
			s.Reading = mail.Reading{Kind: mail.KindHuman, NewText: "Would that suit you?", Language: "en", Asks: true}
			m.Add(s)
		}
	}
	return m
}

// tickAt is a Thursday on which the windows of business days in rested end as they should.
var tickAt = thursday

// TestDocket_ATickJudgesWhatIsDueAndNothingElse counts, so that no clock can blur it.
func TestDocket_ATickJudgesWhatIsDueAndNothingElse(t *testing.T) {
	const mostAllocs = 120.0 // of a thread that falls due: its judgement, and its turn on the agenda
	for _, threads := range []int{1000, 4000} {
		for _, due := range []int{0, 1, 100} {
			m := rested(threads, due, tickAt)
			k := NewDocket(m)
			f := Facts{ReadAt: tickAt.Add(day)}
			if r := k.Update(f, tickAt, nil); !r.Whole || r.Judged != threads {
				t.Fatalf("at first %d of %d threads were judged", r.Judged, threads)
			}
			if r := k.Update(f, tickAt, nil); r.Judged != 0 {
				t.Errorf("%d threads were judged with nothing changed", r.Judged)
			}
			after := tickAt.Add(time.Hour)
			r := k.Update(f, after, nil)
			if r.Judged != due || k.Counts()[Due] != due {
				t.Errorf("of %d threads %d were judged and %d are due, want %d", threads, r.Judged, k.Counts()[Due], due)
			}
			k.Update(f, tickAt, nil)
			now := tickAt
			allocs := testing.AllocsPerRun(1, func() {
				now = now.Add(2 * time.Hour) // the first run, which is not counted, has them fall due; the second finds them due
				k.Update(f, now, nil)
				k.Agenda(k.Open(), true)
			})
			if most := 40 + mostAllocs*float64(due); allocs > most {
				t.Errorf("a tick with %d due of %d threads makes %.0f allocations, want at most %.0f", due, threads, allocs, most)
			}
		}
	}
}

// TestDocket_QuietPassMakesNoGarbage holds that a pass in which nothing changed and nothing is due costs nothing.
func TestDocket_QuietPassMakesNoGarbage(t *testing.T) {
	k := NewDocket(rested(1000, 0, tickAt))
	f := Facts{ReadAt: tickAt}
	k.Update(f, tickAt, nil)
	now := tickAt
	m := k.m
	m.Wanted()
	allocs := testing.AllocsPerRun(10, func() {
		now = now.Add(time.Minute)
		f.ReadAt = now
		k.Update(f, now, nil)
		m.Follow(nil)
		if m.Called() != nil || m.Wanted() != nil {
			t.Error("a body is wanted")
		}
	})
	if allocs > 8 {
		t.Errorf("%.0f allocations, want at most 8", allocs)
	}
}

// BenchmarkMailbox_Tick is what a moment costs at which some windows end, among a million threads: judging those and making
// up the agenda. Between two rounds the clock is set back, untimed.
func BenchmarkMailbox_Tick(b *testing.B) {
	const threads = 1_000_000
	for _, due := range []int{1, 100, 10_000} {
		b.Run(fmt.Sprintf("threads=%d/due=%d", threads, due), func(b *testing.B) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			k := NewDocket(rested(threads, due, tickAt))
			f := Facts{ReadAt: tickAt.Add(day)}
			k.Update(f, tickAt, nil)
			runtime.GC()
			runtime.ReadMemStats(&after)
			later := tickAt.Add(time.Hour)
			judged := 0
			b.ReportAllocs()
			for b.Loop() {
				judged = k.Update(f, later, nil).Judged
				if draft, _ := k.Agenda(k.Open(), false); len(draft) == 0 {
					b.Fatal("nothing is drafted")
				}
				b.StopTimer()
				k.Update(f, tickAt, nil)
				b.StartTimer()
			}
			b.ReportMetric(float64(judged), "judged/op")
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB")
			runtime.KeepAlive(k)
		})
	}
}

// BenchmarkMailbox_JudgeFromNothing judges 100,000 threads that were never judged.
func BenchmarkMailbox_JudgeFromNothing(b *testing.B) {
	const threads = 100_000
	m := rested(threads, 100, tickAt)
	m.Changed()
	b.ReportAllocs()
	for b.Loop() {
		NewDocket(m).Update(Facts{ReadAt: tickAt}, tickAt, nil)
	}
	b.ReportMetric(float64(threads)*float64(b.N)/b.Elapsed().Seconds(), "threads/s")
}
