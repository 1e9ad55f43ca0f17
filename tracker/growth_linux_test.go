package tracker

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"followupd/mail"
)

// growing fails where four times as many take more than eight times the processor: in proportion it were four times, with the
// square of their number sixteen. What is read is the processor time of this thread, which other work on the machine does not
// lengthen; each number is tried three times, for the least counts.
func growing(t *testing.T, few int, add func(n int)) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	least := func(n int) time.Duration {
		best := time.Duration(math.MaxInt64)
		for range 3 {
			runtime.GC()
			before := threadTime(t)
			add(n)
			best = min(best, threadTime(t)-before)
		}
		return best
	}
	one, four := least(few), least(4*few)
	t.Logf("%d take %s, %d take %s: %.1f times", few, one, 4*few, four, float64(four)/float64(one))
	if four > 8*max(one, time.Millisecond) {
		t.Errorf("%d take %s of the processor, %d take %s, want at most eight times as much", few, one, 4*few, four)
	}
}

// threadTime is the processor time that this thread has taken since its start.
func threadTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_THREAD, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// TestMailbox_HostileMailStaysCheap adds what strangers can send to be slow: thousands of mails under one id, in one thread,
// from one company, with long chains, to a crowd.
func TestMailbox_HostileMailStaysCheap(t *testing.T) {
	inbox := []mail.Folder{{Name: "INBOX", Role: mail.RoleInbox}}
	var chain []mail.MessageID
	for k := range 5000 {
		chain = append(chain, mail.MessageID(fmt.Sprintf("%d@chain.example", k)))
	}
	var crowdOf []mail.Person
	for k := range 5000 {
		crowdOf = append(crowdOf, mail.Person{Address: mail.Address(fmt.Sprintf("p%d@crowd.example", k))})
	}
	shapes := map[string]func(k int, s *Seen){
		"one id":          func(_ int, s *Seen) { s.Message.ID = "same@x.example" },
		"one parent":      func(_ int, s *Seen) { s.Message.InReplyTo = []mail.MessageID{"offer@mail.example"} },
		"one company":     func(k int, s *Seen) { s.Message.From[0].Address = mail.Address(fmt.Sprintf("a%d@lena.example", k)) },
		"long references": func(_ int, s *Seen) { s.Message.References = chain },
		"a crowd":         func(_ int, s *Seen) { s.Message.To = crowdOf },
		"answers and fresh mails": func(k int, s *Seen) {
			if k%2 == 0 {
				s.Message.InReplyTo = []mail.MessageID{"offer@mail.example"}
			}
		},
		"bounces": func(_ int, s *Seen) {
			s.Reading = mail.Reading{Kind: mail.KindBounce, Sub: mail.SubHard, Failed: []mail.Address{"lena@lena.example"}, Original: "offer@mail.example"}
		},
	}
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			growing(t, 2000, func(n int) {
				s := tell(t, "offer rep writes -20d to=lena\n other rep writes -19d to=lena about=Tolls")
				m := s.mailbox()
				for k := range n {
					x := Seen{Row: int64(k + 10), Received: thursday.Add(-time.Duration(k%1000) * time.Minute), Folders: inbox, HasBody: true, Reading: mail.Reading{Kind: mail.KindHuman}}
					x.Message = mail.Message{ID: mail.MessageID(fmt.Sprintf("%d@h.example", k)), Subject: fmt.Sprint("s", k), From: []mail.Person{{Address: "lena@lena.example"}}, To: []mail.Person{{Address: "anna@acme.example"}}}
					shape(k, &x)
					m.Add(x)
				}
				m.Wanted()
				m.JudgeAll(s.facts, s.now)
			})
		})
	}
}

// TestArchive_HostileMailStaysCheap adds what could make a careless search slow: one subject, one line, for all.
func TestArchive_HostileMailStaysCheap(t *testing.T) {
	line := "The pass is closed for trailers until the spring."
	for name, shape := range map[string]func(k int, p *post){
		"one subject":      func(_ int, p *post) { p.subject = "Closed roads this week" },
		"one answer":       func(_ int, p *post) { p.subject = "Re: Closed roads this week" },
		"one line":         func(_ int, p *post) { p.text = line },
		"one quote":        func(_ int, p *post) { p.text = strings.Repeat("> "+line+"\n", 500) },
		"everybody's line": func(k int, p *post) { p.text = line + "\n> " + line },
	} {
		t.Run(name, func(t *testing.T) {
			growing(t, 2000, func(n int) {
				a := NewArchive()
				for k := range n {
					p := post{id: fmt.Sprint(k), from: "ann", subject: fmt.Sprint("s", k)}
					shape(k, &p)
					a.Add(p.seen(k + 1))
				}
				a.Of(1)
			})
		})
	}
}
