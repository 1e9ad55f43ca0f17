package agent

import (
	"testing"
	"time"

	"followupd/mail"
)

// TestRead_WhatLiesAroundAMessageCounts holds that a reading knows our mail before it, the same after a restart: a few words
// without a single telling header are a machine's if they came seconds after ours, and may be a person's otherwise.
func TestRead_WhatLiesAroundAMessageCounts(t *testing.T) {
	for after, want := range map[time.Duration]mail.Kind{12 * time.Second: mail.KindAutoReply, 5 * time.Hour: mail.KindHuman} {
		w := newWorld(t)
		w.silent()
		sent := w.now.AddDate(0, 0, -14)
		w.deliver("INBOX", person, rep, "notice@nordbau.example", "offer@acme.example", "I am away from my desk at the moment.", sent.Add(after))
		for _, when := range []string{"first pass", "after a restart"} {
			a, stop := w.start()
			if err := a.Load(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := a.read(t.Context()); err != nil {
				t.Fatal(err)
			}
			got := kindOf(a, "notice@nordbau.example")
			stop()
			if got != want {
				t.Errorf("%s, %s after ours: the notice is %q, want %q", when, after, got, want)
			}
		}
	}
}

// kindOf gives what a message of the rep's threads was found to be, "" if it is in none.
func kindOf(a *Agent, id mail.MessageID) mail.Kind {
	for _, thread := range a.threads.Threads() {
		for _, l := range a.threads.Thread(thread).Messages {
			if l.Message.ID == id {
				return l.Reading.Kind
			}
		}
	}
	return ""
}
