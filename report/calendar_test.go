package report

import (
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"followupd/tracker"
)

func TestCalendar_IsOneThatOthersRead(t *testing.T) {
	due := digestThread("Ben", "Customs", tracker.Due)
	due.Next = &tracker.Next{Action: tracker.FollowUp, Step: 2, At: digestNow.AddDate(0, 0, -1)}
	ahead := digestThread("Lena", "Hi, you; all\r\nBEGIN:VALARM\r\n"+strings.Repeat("ü", 300), tracker.Due)
	ahead.Next, ahead.Check = &tracker.Next{Action: tracker.BreakUp, Step: 3}, digestNow.AddDate(0, 0, 4)
	held := digestThread("Ida", "Offer", tracker.Waiting)
	held.Check = digestNow.AddDate(0, 0, 9)
	closed := digestThread("Per", "Tolls", tracker.Closed)
	closed.Check = held.Check
	var out strings.Builder
	if err := Calendar(&out, []tracker.Standing{due}, []tracker.Standing{ahead, ahead, held, closed}, nil, digestNow); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\r\n")
	for _, line := range lines {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("a line of %d octets, or one that ends otherwise: %q", len(line), line)
		}
		if strings.HasPrefix(line, "BEGIN:VALARM") {
			t.Error("a stranger's subject became a component")
		}
	}
	cal, err := ics.ParseCalendar(strings.NewReader(out.String()))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range cal.Events() {
		at, err := e.GetStartAt()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e.Id()+" "+at.UTC().Format(time.DateOnly)+" "+e.GetProperty(ics.ComponentPropertySummary).Value)
	}
	want := "Ben-follow_up-2@followupd 2026-11-22 Follow-up 2 is due: Ben\nLena-break_up-3@followupd 2026-11-27 break-up is due: Lena\nIda-hold-ends@followupd 2026-12-02 A hold ends: Ida"
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}
