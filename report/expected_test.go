package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"followupd/tracker"
)

func TestNext_NamesWhenTheDraftIsToBeExpectedBesideTheWindow(t *testing.T) {
	evening := time.Date(2026, 11, 20, 19, 30, 0, 0, time.UTC)
	morning := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name            string
		state           tracker.State
		next            tracker.Next
		table, timeline string
		json            map[string]any
	}{
		{
			name: "known", state: tracker.Waiting, next: tracker.Next{Action: tracker.FollowUp, Step: 1, At: evening, Expected: morning},
			table: "follow-up Mon 23 Nov 2026", timeline: "the window ends Fri 20 Nov 2026 19:30; the draft is to be expected Mon 23 Nov 2026 08:00\n",
			json: map[string]any{"action": "follow_up", "step": 1., "at": "2026-11-20T19:30:00Z", "draft_at": "2026-11-23T08:00:00Z"},
		},
		{
			name: "another draft must be sent first", state: tracker.Due, next: tracker.Next{Action: tracker.BreakUp, Step: 3, At: evening},
			table: "break-up due since Fri 20 Nov 2026", timeline: "the window ended Fri 20 Nov 2026 19:30\n",
			json: map[string]any{"action": "break_up", "step": 3., "at": "2026-11-20T19:30:00Z"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := digestThread("Lena", "Sockets", c.state)
			s.Next = &c.next
			var table, timeline bytes.Buffer
			if err := Table(&table, []tracker.Standing{s}, time.UTC, Screen{}); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(table.String(), c.table) {
				t.Errorf("the table says\n%s, not %q", &table, c.table)
			}
			if err := Timeline(&timeline, Story{Standing: s}, time.UTC); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(timeline.String(), c.timeline) {
				t.Errorf("show says\n%s, not %q", &timeline, c.timeline)
			}
			text, err := json.Marshal(NewThread(s, time.UTC).Next)
			if err != nil {
				t.Fatal(err)
			}
			var got map[string]any
			if err := json.Unmarshal(text, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.json, got); diff != "" {
				t.Errorf("JSON (-want +got)\n%s", diff)
			}
		})
	}
}
