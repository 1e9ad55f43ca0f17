package report

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"followupd/mail"
	"followupd/tracker"
)

var noon = time.Date(2026, 11, 12, 12, 0, 0, 0, time.UTC)

// conversation gives a thread from lines such as "out -20 key" and "human -18": direction or kind, days, the draft's key.
func conversation(t *testing.T, lines ...string) *tracker.Thread {
	t.Helper()
	th := &tracker.Thread{}
	for _, line := range lines {
		var what, key string
		var days int
		if _, err := fmt.Sscan(line+" -", &what, &days, &key); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		seen := &tracker.Seen{Received: noon.AddDate(0, 0, days)}
		l := tracker.Linked{Seen: seen, Direction: tracker.In}
		switch what {
		case "out":
			l.Direction = tracker.Out
			seen.Message.DraftKey = key
		case "colleague":
			seen.Reading.Kind, l.Inside = mail.KindHuman, true
		case "doubtful":
			seen.Reading.Kind, l.Doubtful = mail.KindHuman, true
		default:
			seen.Reading.Kind = mail.Kind(what)
		}
		th.Messages = append(th.Messages, l)
	}
	return th
}

func sent(step int, approach, asset string, t *tracker.Thread) SentDraft {
	return SentDraft{Draft: tracker.Draft{Key: "k", Step: step, Approach: approach, Asset: asset, State: tracker.DraftSent, Changed: noon.AddDate(0, 0, -30)}, Thread: t}
}

func TestStats_WhatBecameOfAFollowUp(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  string // count, replies, open
	}{
		{"answered", []string{"out -30", "out -20 k", "human -18"}, "1 1 0"},
		{"nobody answered", []string{"out -30", "out -20 k"}, "1 0 0"},
		{"too new to tell", []string{"out -30", "out -3 k"}, "0 0 1"},
		{"new, and answered", []string{"out -30", "out -3 k", "human -1"}, "1 1 0"},
		{"answered before it went out", []string{"out -30", "human -25", "out -20 k"}, "1 0 0"},
		{"the next mail was answered", []string{"out -30", "out -20 k", "out -10 other", "human -9"}, "1 0 0"},
		{"new, but the rep wrote on", []string{"out -30", "out -3 k", "out -2 other"}, "1 0 0"},
		{"an automatic reply is none", []string{"out -20 k", "auto_reply -19"}, "1 0 0"},
		{"an accepted meeting is one", []string{"out -20 k", "calendar -19"}, "1 1 0"},
		{"a colleague's mail is none", []string{"out -20 k", "colleague -19"}, "1 0 0"},
		{"a doubtful mail is none", []string{"out -20 k", "doubtful -19"}, "1 0 0"},
		{"sent, but the mail is not to be seen", []string{"out -40", "human -28"}, "1 1 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := Stats([]SentDraft{sent(1, "question", "", conversation(t, tt.lines...))}, nil, noon)[0]
			if got := fmt.Sprint(r.Count, r.Replies.Count, r.Open); got != tt.want {
				t.Errorf("counted %s, want %s", got, tt.want)
			}
		})
	}
}

func TestStats_GroupsAndPipeline(t *testing.T) {
	yes, no := conversation(t, "out -20 k", "human -18"), conversation(t, "out -20 k")
	rows := Stats([]SentDraft{
		sent(1, "case_study", "nordfrakt.md", yes), sent(1, "question", "", no), sent(10, "break_up", "", no), sent(2, "question", "", yes),
		{Draft: tracker.Draft{Step: 1}}, // its conversation was forgotten
	}, []tracker.Standing{
		{State: tracker.Waiting},
		{State: tracker.Closed, Outcome: tracker.NoReply},
		{State: tracker.Closed, Outcome: tracker.Won},
		{State: tracker.Closed, Outcome: tracker.NoReply},
		{State: tracker.Ignored},
		{State: tracker.Review},
	}, noon)
	var got []string
	for _, r := range rows {
		line := fmt.Sprint(r.Group, " ", r.Name, " ", r.Count)
		if r.Replies != nil {
			line += fmt.Sprint(" ", r.Replies.Count)
		}
		got = append(got, line)
	}
	want := []string{
		"all all 4 2", "step 1 2 1", "step 2 1 1", "step 10 1 0", "approach question 2 1", "approach break_up 1 0", "approach case_study 1 1",
		"weekday Friday 4 2", "asset nordfrakt.md 1 1", "state review 1", "state waiting 1", "state closed 3", "outcome no_reply 2", "outcome won 1",
	}
	if d := cmp.Diff(got, want); d != "" {
		t.Errorf("got (-), want (+):\n%s", d)
	}
}

// The figures are those of the method's own formula, worked out by hand to four places.
func TestWilson(t *testing.T) {
	tests := []struct {
		k, n      int
		low, high float64
	}{
		{0, 10, 0, 0.2775}, {1, 10, 0.0179, 0.4042}, {10, 10, 0.7225, 1}, {5, 10, 0.2366, 0.7634}, {15, 100, 0.0931, 0.2328},
	}
	for _, tt := range tests {
		low, high := wilson(tt.k, tt.n)
		if math.Abs(low-tt.low) > 0.0001 || math.Abs(high-tt.high) > 0.0001 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", tt.k, tt.n, low, high, tt.low, tt.high)
		}
	}
}

func TestStatsTable_SaysWhereDataIsShort(t *testing.T) {
	var all []SentDraft
	for i := range 20 {
		lines := []string{"out -20 k"}
		if i < 5 {
			lines = append(lines, "human -19")
		}
		all = append(all, sent(1+i/19, "question", "", conversation(t, lines...)))
	}
	var b bytes.Buffer
	if err := StatsTable(&b, Stats(all, []tracker.Standing{{State: tracker.Due}, {State: tracker.Due}, {State: tracker.Held}}, noon), Screen{}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(b.String()) {
		got = append(got, strings.Join(strings.Fields(line), " "))
	}
	want := []string{
		"FOLLOW-UPS SENT COUNT ANSWERED RATE 95 % BETWEEN 0 100% TOO NEW",
		"all 20 5 25 % 11 % and 47 % ··━━━●━━━━·········· 0",
		"", "BY STEP",
		"1 19 5 not enough data 0",
		"2 1 0 not enough data 0",
		"", "BY APPROACH",
		"question 20 5 25 % 11 % and 47 % ··━━━●━━━━·········· 0",
		"", "BY WEEKDAY SENT",
		"Friday 20 5 25 % 11 % and 47 % ··━━━●━━━━·········· 0",
		"", "WHERE THEY STAND",
		"due 2 ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇", "held 1 ▇▇▇▇▇▇▇▇▇▇",
	}
	if d := cmp.Diff(got, want); d != "" {
		t.Errorf("got (-), want (+):\n%s", d)
	}
}
