package report

import (
	"strings"
	"testing"
	"time"

	"followupd/mail"
	"followupd/playbook"
	"followupd/tracker"
)

func TestAddTasks_TodaysAloneAndCleanOfStrangersTricks(t *testing.T) {
	lena := digestThread("Lena", "Sockets", tracker.Waiting)
	call := playbook.Task{
		Thread: lena.Thread, Who: mail.Person{Name: "Lena\r\nBcc: x", Address: "lena@nordbau.example"}, At: digestNow, Channel: playbook.Call,
		What: "Call Lena", Why: "3 mails went unanswered", Ask: []string{"Are thirty sockets enough?"},
	}
	later := call
	later.At, later.What = digestNow.AddDate(0, 0, 2), "Call her later"
	d := NewDigest(nil, nil, digestNow)
	d.AddTasks([]playbook.Task{call, later}, []tracker.Standing{lena})
	text := d.Text()
	if !strings.Contains(text, "Call Lena") || !strings.Contains(text, "Are thirty sockets enough?") || strings.Contains(text, "later") || strings.Contains(text, "\r") {
		t.Errorf("the digest says\n%s", text)
	}
	if d.Empty() || d.Subject != "Follow-ups: 1 to do by telephone or card" {
		t.Errorf("subject %q", d.Subject)
	}
	var cal strings.Builder
	if err := Calendar(&cal, nil, nil, []playbook.Task{call, call, later}, digestNow); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(cal.String(), "BEGIN:VEVENT"); n != 2 || !strings.Contains(cal.String(), "DTSTART;VALUE=DATE:"+digestNow.Format("20060102")) {
		t.Errorf("%d entries in\n%s", n, cal.String())
	}
}

func TestNewTold_HoldsWhatIsForTheRepAlone(t *testing.T) {
	s := digestThread("Lena", "Sockets", tracker.Waiting)
	s.Situation, s.SituationWhy = tracker.Voicemail, "you said so"
	told := NewTold(NewThread(s, time.UTC), []playbook.Advice{{Rule: "no-next-step", Say: "end with a question"}}, nil)
	if len(told.Coaching) != 1 || told.Tasks == nil || !strings.Contains(strings.Join(told.Reasons, " "), "voicemail: you said so") {
		t.Errorf("told %+v", told)
	}
}
