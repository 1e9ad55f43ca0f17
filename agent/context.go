package agent

import (
	"strings"
	"time"

	"followupd/mail"
	"followupd/tracker"
)

// judge says what a message is: from its header alone, or, once it was taken in, from its body and what lies around it in
// its thread.
func (a *Agent) judge(s tracker.Seen, content *mail.Content) mail.Reading {
	m := s.Message
	m.Content = content
	c := mail.Context{Received: s.Received, Me: a.set.Policy.Me, Outbound: a.set.Policy.Direction(s) == tracker.Out}
	if content == nil || c.Outbound || len(m.From) == 0 {
		return mail.Read(m, c)
	}
	t := a.threads.Thread(a.threads.Of(s.Row))
	c.AfterOurs, c.OurSubject = afterOurs(t, s)
	r := mail.Read(m, c)
	if saidBefore(t, s, r.NewText) {
		c.SameAsBefore = true
		r = mail.Read(m, c)
	}
	return r
}

// afterOurs gives how long after the rep's last mail of a thread a message came, and that mail's subject; zeros where there
// is none.
func afterOurs(t *tracker.Thread, s tracker.Seen) (after time.Duration, subject string) {
	if t == nil {
		return 0, ""
	}
	for _, l := range t.Messages {
		if l.Direction == tracker.Out && l.Received.Before(s.Received) {
			after, subject = s.Received.Sub(l.Received), l.Message.Subject
		}
	}
	return after, subject
}

// saidBefore says whether the sender of a message wrote the same text in the thread before. The thread keeps the start of
// long texts only.
func saidBefore(t *tracker.Thread, s tracker.Seen, text string) bool {
	if t == nil || text == "" {
		return false
	}
	for _, l := range t.Messages {
		said := l.Reading.NewText
		if l.Direction == tracker.In && l.Row != s.Row && l.Received.Before(s.Received) && said != "" &&
			strings.HasPrefix(text, said) && len(l.Message.From) > 0 && l.Message.From[0].Address == s.Message.From[0].Address {
			return true
		}
	}
	return false
}
