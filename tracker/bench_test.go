package tracker

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"followupd/mail"
)

// bigMailbox makes a mailbox as a rep has it: 2,000 conversations with prospects of four mails each, in 700 companies, and
// 12,000 mails of machines and strangers.
func bigMailbox() []Seen {
	all := make([]Seen, 0, 20000)
	add := func(s Seen) {
		s.Row = int64(len(all) + 1)
		all = append(all, s)
	}
	sent, inbox := []mail.Folder{{Name: "Sent", Role: mail.RoleSent}}, []mail.Folder{{Name: "INBOX", Role: mail.RoleInbox}}
	rep := []mail.Person{{Name: "Anna Berg", Address: "anna@acme.example"}}
	for n := range 2000 {
		them := []mail.Person{{Name: fmt.Sprintf("Person Number%d", n), Address: mail.Address(fmt.Sprintf("person%d@firm%d.example", n, n%700))}}
		at := thursday.Add(-time.Duration(n) * 2 * time.Hour)
		subject := fmt.Sprintf("About lane %d and what it costs", n%300)
		var refs []mail.MessageID
		for k := range 4 {
			s := Seen{Received: at.Add(time.Duration(k) * 24 * time.Hour), HasBody: true}
			s.Message = mail.Message{ID: mail.MessageID(fmt.Sprintf("CAF%032d.%d@mail.firm.example", n, k)), Subject: "Re: " + subject, Date: s.Received, References: refs}
			if k > 0 {
				s.Message.InReplyTo = refs[len(refs)-1:]
			}
			s.Reading = mail.Reading{Kind: mail.KindHuman, NewText: fmt.Sprintf("Text %d-%d of the usual length, which in most mails is about two hundred characters until the signature begins, and asks something at its end. Would that suit you?", n, k), Language: "en", Reasons: []string{"nothing speaks for a machine"}}
			if k == 1 {
				s.Message.From, s.Message.To, s.Folders, s.Reading.Intent = them, rep, inbox, mail.IntentAnswer
			} else {
				s.Message.From, s.Message.To, s.Folders, s.Reading.Asks = rep, them, sent, true
			}
			refs = append(refs[:len(refs):len(refs)], s.Message.ID)
			add(s)
		}
	}
	for n := range 12000 {
		s := Seen{Received: thursday.Add(-time.Duration(n) * 20 * time.Minute), Folders: inbox}
		s.Message = mail.Message{
			ID: mail.MessageID(fmt.Sprintf("%040d@bulk.example", n)), Subject: fmt.Sprintf("Newsletter number %d with things to buy", n), Date: s.Received,
			From: []mail.Person{{Name: "Shop", Address: mail.Address(fmt.Sprintf("news@shop%d.example", n%400))}}, To: rep,
		}
		s.Reading = mail.Reading{Kind: mail.KindBulk, Reasons: []string{"List-Unsubscribe"}}
		add(s)
	}
	return all
}

func BenchmarkMailbox_Add20000(b *testing.B) {
	all := bigMailbox()
	b.ReportAllocs()
	for b.Loop() {
		m := NewMailbox(anyPolicy(), nil)
		for _, s := range all {
			m.Add(s)
		}
		m.Changed()
	}
	b.ReportMetric(float64(len(all))*float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

func BenchmarkMailbox_JudgeAll2000(b *testing.B) {
	m := NewMailbox(anyPolicy(), nil)
	for _, s := range bigMailbox() {
		m.Add(s)
	}
	b.ReportAllocs()
	for b.Loop() {
		m.JudgeAll(Facts{ReadAt: thursday}, thursday)
	}
}

// BenchmarkMailbox_AddOne is what one new mail costs in a large mailbox: it must not grow with the mailbox.
func BenchmarkMailbox_AddOne(b *testing.B) {
	all := bigMailbox()
	m := NewMailbox(anyPolicy(), nil)
	for _, s := range all {
		m.Add(s)
	}
	m.Changed()
	b.ReportAllocs()
	for n := int64(0); b.Loop(); n++ {
		one := all[n%2000*4+1] // another answer in the next conversation
		one.Row = n + 1<<20
		one.Message.ID = mail.MessageID(fmt.Sprint(one.Row))
		m.Add(one)
		for _, id := range m.Changed() {
			m.Judge(id, Facts{}, thursday)
		}
	}
}

func TestMailbox_KeepsAMessageInLessThanAKilobyte(t *testing.T) {
	all := bigMailbox()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	m := NewMailbox(anyPolicy(), nil)
	for _, s := range all {
		m.Add(s)
	}
	m.Changed()
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / int64(len(all))
	t.Logf("%d bytes a message, %d messages", each, len(all))
	if each > 1024 {
		t.Errorf("a message takes %d bytes, want at most 1024", each)
	}
	runtime.KeepAlive(m)
	runtime.KeepAlive(all)
}
