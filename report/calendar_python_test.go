package report

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"followupd/playbook"
	"followupd/tracker"

	"github.com/google/go-cmp/cmp"
)

// readCalendar reads a calendar on stdin with whichever parser Python has and prints its entries as JSON.
const readCalendar = `
import json, sys
data = sys.stdin.buffer.read()
entries = []
try:
    import icalendar
    cal = icalendar.Calendar.from_ical(data)
    assert not cal.errors, cal.errors
    for e in cal.walk("VEVENT"):
        assert not e.errors, e.errors
        assert e["DTSTAMP"].dt.utcoffset().total_seconds() == 0
        entries.append([str(e["UID"]), e["DTSTART"].dt.isoformat(), str(e["SUMMARY"]), str(e.get("DESCRIPTION", ""))])
except ImportError:
    import vobject
    for e in vobject.readOne(data.decode()).vevent_list:
        assert e.dtstamp.value.utcoffset().total_seconds() == 0
        entries.append([e.uid.value, e.dtstart.value.isoformat(), e.summary.value, e.description.value])
json.dump(entries, sys.stdout)
`

// TestCalendar_AnIndependentParserReadsTheSame holds folding, escaping and times against a parser that shares nothing with the
// writer, and with hostile subjects.
func TestCalendar_AnIndependentParserReadsTheSame(t *testing.T) {
	python := ""
	for _, one := range []string{"python3", "/usr/bin/python3"} { // the second has what Debian's packages bring
		for _, reader := range []string{"import icalendar", "import vobject"} {
			if python == "" && exec.CommandContext(t.Context(), one, "-c", reader).Run() == nil {
				python = one
			}
		}
	}
	if python == "" {
		t.Skip("no python3 with icalendar or vobject to read the calendar with; on Debian: apt install python3-icalendar")
	}
	due := digestThread("Ben", "Customs; duties, a \\ slash and\nmore: \"quoted\"", tracker.Due)
	due.Next = &tracker.Next{Action: tracker.FollowUp, Step: 2, At: digestNow.AddDate(0, 0, -1)}
	ahead := digestThread("Lena", "END:VEVENT\r\nBEGIN:VALARM\r\n"+strings.Repeat("ü€😀", 60), tracker.Due)
	ahead.Next, ahead.Check = &tracker.Next{Action: tracker.BreakUp, Step: 3}, digestNow.AddDate(0, 0, 4)
	tasks := []playbook.Task{{Thread: "Per", At: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC), What: "Call Per", Why: "They went quiet", Ask: []string{"What changed?"}}}
	read := func(now time.Time) (entries [][]string) {
		t.Helper()
		var out strings.Builder
		if err := Calendar(&out, []tracker.Standing{due}, []tracker.Standing{ahead}, tasks, now); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), python, "-c", readCalendar)
		cmd.Stdin = strings.NewReader(out.String())
		text, err := cmd.Output()
		if err != nil {
			t.Fatalf("the calendar cannot be read: %v\n%s", err, out.String())
		}
		if err := json.Unmarshal(text, &entries); err != nil {
			t.Fatal(err)
		}
		return entries
	}
	got := read(digestNow)
	want := [][]string{
		{"Ben-follow_up-2@followupd", "2026-11-22T07:45:00+00:00", "Follow-up 2 is due: Ben", Cut(Clean(due.Subject), 500)},
		{"Lena-break_up-3@followupd", "2026-11-27T07:45:00+00:00", "break-up is due: Lena", Cut(Clean(ahead.Subject), 500)},
		{tasks[0].Key() + "@followupd", "2026-11-24", "Call Per", "They went quiet; What changed?"},
	}
	if d := cmp.Diff(got, want); d != "" {
		t.Errorf("got (-), want (+):\n%s", d)
	}
	if d := cmp.Diff(read(digestNow.Add(time.Hour)), got); d != "" {
		t.Errorf("an hour later the same entries are others:\n%s", d)
	}
}
