package report

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"followupd/mail"
	"followupd/playbook"
	"followupd/tracker"
)

func TestBook_SaysWhoGotWhatAndWhatCameOfIt(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	day := func(n int) time.Time { return now.AddDate(0, 0, -n) }
	message := func(d tracker.Direction, id mail.MessageID, ago int) tracker.Linked {
		s := &tracker.Seen{Received: day(ago)}
		s.Message.ID = id
		s.Message.To = []mail.Person{{Address: "lena@nordbau.example"}}
		s.Reading.Kind = mail.KindHuman
		return tracker.Linked{Seen: s, Direction: d}
	}
	threads := map[tracker.ThreadID]*tracker.Thread{
		"a": {Messages: []tracker.Linked{message(tracker.Out, "first", 40), message(tracker.Out, "draft", 30), message(tracker.In, "answer", 28)}},
		"b": {Messages: []tracker.Linked{message(tracker.Out, "other", 40), message(tracker.Out, "draft2", 30)}},
	}
	journal := []tracker.Draft{
		{Key: "1", Thread: "a", Answers: "first", Asset: "case.md", Body: "x", State: tracker.DraftSent, MessageID: "draft", Created: day(31), Step: 1},
		{Key: "2", Thread: "b", Answers: "other", Asset: "case.md", Body: "x", State: tracker.DraftSent, MessageID: "draft2", Created: day(32), Step: 1},
		{Key: "3", Thread: "b", Answers: "other", Asset: "gone.md", Approach: "article", Body: "x", State: tracker.DraftDiscarded, Created: day(10), Step: 2},
		{Key: "4", Thread: "b", Approach: "recap", Body: "x", State: tracker.DraftPlaced, Created: day(1)},
	}
	assets := []playbook.Asset{
		{File: "case.md", Kind: "case_study", Title: "A case"},
		{File: "old.md", Kind: "article", Title: "An article", Expires: day(3)},
	}
	b := NewBook(assets, []playbook.Problem{{File: "bad.md", Line: 3, Text: "has no kind"}}, journal, func(id tracker.ThreadID) *tracker.Thread { return threads[id] }, now)
	var got []string
	for _, a := range b.Assets {
		line := a.File
		if a.Expired {
			line += " expired"
		}
		if a.Missing {
			line += " missing"
		}
		for _, g := range a.Given {
			line += " " + strings.Join(g.To, ",") + ":" + g.Came
		}
		got = append(got, line)
	}
	want := []string{"case.md lena@nordbau.example:answered lena@nordbau.example:silence", "old.md expired", "gone.md missing lena@nordbau.example:discarded"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("book (-want +got):\n%s", diff)
	}
	var out strings.Builder
	if err := BookTable(&out, b, time.UTC, Screen{}); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"(over)", "not in the library", "answered", "bad.md:3: has no kind"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("the table does not say %q:\n%s", part, out.String())
		}
	}
	if only := b.For("nobody@x.example", ""); len(only.Assets) != 0 {
		t.Errorf("somebody who was given nothing got %v", only.Assets)
	}
}
