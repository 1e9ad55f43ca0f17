package playbook

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"followupd/tracker"
)

// told puts tasks in lines: day, channel, what is to be asked.
func told(tasks []Task) []string {
	var out []string
	for _, t := range tasks {
		out = append(out, strings.Join(append([]string{t.At.Format("2 January"), string(t.Channel), t.What}, t.Ask...), " | "))
	}
	return out
}

// TestTasks_OtherChannels shows what the seeds ask for: call, paper card, what they publish.
func TestTasks_OtherChannels(t *testing.T) {
	const socket = "Hi Max,\n\nthe night ferry has sockets for cooled trailers. Are thirty sockets enough for your fruit?\n\nAnna"
	at := func(s tracker.Situation, state tracker.State, r Request) Request {
		r.Standing.Situation, r.Standing.State, r.Standing.Thread = s, state, "t"
		if n := len(r.Thread.Messages); n > 0 {
			r.Standing.LastOutbound = r.Thread.Messages[n-1].Received
		}
		return r
	}
	noted := func(r Request, notes ...string) Request {
		for _, n := range notes {
			r.Notes = append(r.Notes, tracker.Word{Kind: tracker.WordNote, Text: n})
		}
		return r
	}
	max := person("Max Ruiz")
	voicemail := request(max, letter{days: 4, subject: "Sockets", text: "Hi Max,\n\nI left you a voicemail today. Is thirty sockets enough for your fruit?\n\nAnna"})
	three := request(max, letter{days: 20, subject: "Sockets", text: socket}, letter{days: 12, text: "Hi Max,\n\nthe tariff is out.\n\nAnna"}, letter{days: 4, text: "Hi Max,\n\nthe winter ferry is booked out by half.\n\nAnna"})
	two := request(max, letter{days: 12, subject: "Sockets", text: socket}, letter{days: 4, text: "Hi Max,\n\nthe tariff is out.\n\nAnna"})
	thanked := request(max, letter{days: 4, subject: "Sockets", text: socket})
	thanked.Given = []tracker.Draft{{Thread: "t", Action: tracker.ThankYou, State: tracker.DraftSent, Changed: now.AddDate(0, 0, -3)}}
	won := request(max, letter{days: 100, subject: "Sockets", text: socket})
	won.Standing.Outcome = tracker.Won
	won.Words = []tracker.Word{{Kind: tracker.WordClose, Outcome: tracker.Won, At: now.AddDate(0, 0, -90)}}
	old := request(max, letter{days: 80, subject: "Sockets", text: socket}, letter{days: 70, text: "Hi Max,\n\nthe tariff is out.\n\nAnna"}, letter{days: 60, text: "Hi Max,\n\nbooked.\n\nAnna"})
	for name, c := range map[string]struct {
		request Request
		want    []string
	}{
		"a voicemail that was not returned": {at(tracker.Voicemail, tracker.Waiting, voicemail), []string{"20 November | call | Call Max Ruiz again | Is thirty sockets enough for your fruit?"}},
		"three mails, and what the rep noted": {
			at(tracker.ColdEmail, tracker.Due, noted(three, "prefers the telephone", "agreed: he asks the harbour office")),
			[]string{"19 November | call | Call Max Ruiz | agreed: he asks the harbour office | Are thirty sockets enough for your fruit? | your note: prefers the telephone"},
		},
		"two mails to a stranger": {at(tracker.ColdEmail, tracker.Waiting, two), []string{"19 November | social | Look at what Max Ruiz publishes"}},
		"after a thank-you":       {at(tracker.Meeting, tracker.Waiting, thanked), []string{"20 November | card | Write Max Ruiz a paper card | Are thirty sockets enough for your fruit?"}},
		"long after it was won":   {at(tracker.General, tracker.Closed, won), []string{"23 November | refer | Ask Max Ruiz who else it may help"}},
		"one mail":                {at(tracker.ColdEmail, tracker.Waiting, request(max, letter{days: 4, subject: "Sockets", text: socket})), nil},
		"up for decision":         {at(tracker.ColdEmail, tracker.Review, three), nil},
		"answered":                {at(tracker.ColdEmail, tracker.Answered, three), nil},
		"held":                    {at(tracker.Voicemail, tracker.Held, voicemail), nil},
		"long ago":                {at(tracker.ColdEmail, tracker.Due, old), nil},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, told(starter(t).Tasks(c.request, tracker.Window{Days: 89}))); diff != "" {
				t.Errorf("tasks (-want +got):\n%s", diff)
			}
		})
	}
	if got := starter(t).Tasks(at(tracker.General, tracker.Closed, won), tracker.Window{}); got != nil {
		t.Errorf("with nurture_after empty they are asked for referrals: %v", told(got))
	}
}

func TestTasks_WhatIsDoneIsNamedNoMore(t *testing.T) {
	r := request(person("Max Ruiz"), letter{days: 4, subject: "Sockets", text: "Hi Max,\n\nI left you a voicemail today. Is thirty sockets enough for your fruit?\n\nAnna"})
	r.Standing.Situation, r.Standing.State = tracker.Voicemail, tracker.Waiting
	r.Standing.LastOutbound = r.Thread.Messages[0].Received
	tasks := starter(t).Tasks(r, tracker.Window{})
	if len(tasks) != 1 {
		t.Fatalf("tasks %v, want a call", told(tasks))
	}
	r.Words = []tracker.Word{{Kind: tracker.WordDone, Text: "call 2026-01-01"}}
	if got := starter(t).Tasks(r, tracker.Window{}); len(got) != 1 {
		t.Error("another call's tick hides this one")
	}
	r.Words = append(r.Words, tracker.Word{Kind: tracker.WordDone, Text: tasks[0].Name()})
	if got := starter(t).Tasks(r, tracker.Window{}); len(got) != 0 {
		t.Errorf("what is done is named still: %v", told(got))
	}
}

func TestTasks_StandOnTheThreadAlone(t *testing.T) {
	for name, r := range threads() {
		r.Standing.State, r.Standing.Situation = tracker.Waiting, tracker.Voicemail
		var said []string
		for _, m := range r.Thread.Messages {
			said = append(said, strings.Join(strings.Fields(m.Reading.NewText), " "))
			r.Standing.LastOutbound = m.Received
		}
		for _, task := range starter(t).Tasks(r, tracker.Window{}) {
			for _, ask := range task.Ask {
				if !slices.ContainsFunc(said, func(s string) bool { return strings.Contains(strings.ToLower(s), strings.ToLower(ask)) }) {
					t.Errorf("%s: %q stands nowhere in the thread", name, ask)
				}
			}
		}
	}
}

// TestWrite_AfterTheThankYouAnOrdinaryFollowUp shows what comes a week after a thank-you: not another one.
func TestWrite_AfterTheThankYouAnOrdinaryFollowUp(t *testing.T) {
	r := threads()["20 thank-you"]
	thanks := write(t, r)
	r.Given = []tracker.Draft{placedAs(thanks, r)}
	r.Now = r.Now.Add(7 * 24 * time.Hour)
	r.Standing.Next = &tracker.Next{Action: tracker.FollowUp, Step: 1}
	next := write(t, r)
	if next.Approach == ThankYou || next.Body == thanks.Body {
		t.Errorf("a week after the thank-you comes\n%s", next.Body)
	}
}
