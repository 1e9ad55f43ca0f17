package playbook

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"followupd/mail"
	"followupd/tracker"
)

func TestMailings_TheSameTextToManyIsNoticedWhateverIsFilledIn(t *testing.T) {
	const text = "Hi %s,\n\nwe fill the empty return trips of carriers such as %s, three times a week, and the first week is free. How many of your trucks come back empty?\n\nAnna"
	var m Mailings
	var first, own Request
	for i, name := range []string{"Lena Vogt", "Max Obermann", "Eva Novak", "Olu Bello", "Ida Moen", "Sam Okafor"} {
		given, _, _ := strings.Cut(name, " ")
		r := request(person(name), letter{days: 10, subject: "Return trips", text: fmt.Sprintf(text, given, name+" GmbH")})
		m.Note(*r.Thread.Messages[0].Seen)
		if i == 0 {
			first = r
		}
	}
	own = request(person("Rhea Lambros"), letter{days: 10, subject: "Boats", text: "Hi Rhea,\n\nthe second boat leaves at nine and takes the crates that stay behind today. Which of the islands comes first?\n\nAnna"})
	m.Note(*own.Thread.Messages[0].Seen)
	if got := m.Reach(first.Thread); got != 6 {
		t.Errorf("the text went to %d people, want 6", got)
	}
	if got := m.Reach(own.Thread); got != 0 {
		t.Errorf("a letter to one person is said to have gone to %d", got)
	}
	first.Mailed = m.Reach(first.Thread)
	got, err := bare(t).Write(first)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(got.Why, func(s string) bool { return strings.Contains(s, "went to 6 people") }) {
		t.Errorf("reasons %q do not say that the text went to many", got.Why)
	}
}

func TestMailings_ShortTextsAreNobodysMailing(t *testing.T) {
	var m Mailings
	thread := &tracker.Thread{}
	for i := range 20 {
		s := tracker.Seen{Reading: mail.Reading{NewText: "Hi,\n\nthank you, that suits me well.\n\nAnna"}}
		s.Message.To = []mail.Person{{Address: mail.Address(fmt.Sprintf("p%d@x.example", i))}}
		m.Note(s)
		thread.Messages = []tracker.Linked{{Seen: &s, Direction: tracker.Out}}
	}
	if got := m.Reach(thread); got != 0 {
		t.Errorf("a thank-you is said to be a mailing to %d", got)
	}
}
