package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"followupd/config"
	"followupd/tracker"
)

// paced gives the policy of a file with a [cadence] like this.
func paced(t *testing.T, cadence string) tracker.Policy {
	t.Helper()
	cfg, err := config.Parse(strings.NewReader(`mailbox.address = "anna@acme.example"
mailbox.timezone = "Europe/Stockholm"
imap.host = "imap.acme.example"
imap.password_env = "PW"
`+cadence), "anna.toml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPolicy_DaysAwayAreWholeDaysOfTheRepsZone(t *testing.T) {
	p := paced(t, "[cadence]\naway = [\"2026-12-21..2027-01-06\"]\n[cadence.grade.hot]\nhours = \"\"\n")
	zone := p.Calendar.Zone
	for _, tt := range []struct {
		at   time.Time
		away bool
	}{
		{time.Date(2026, 12, 20, 23, 59, 0, 0, zone), false},
		{time.Date(2026, 12, 21, 0, 0, 0, 0, zone), true},
		{time.Date(2027, 1, 6, 23, 59, 0, 0, zone), true},
		{time.Date(2027, 1, 7, 0, 0, 0, 0, zone), false},
	} {
		for _, grade := range []string{"", "hot"} {
			if _, away := p.PaceOf(tracker.Standing{Grade: grade}).Calendar.AwayUntil(tt.at); away != tt.away {
				t.Errorf("at %s, grade %q: away is %t, want %t", tt.at, grade, away, tt.away)
			}
		}
	}
}

func TestPolicy_HoldsTheRulesAndLimits(t *testing.T) {
	p := paced(t, `
[cadence]
people_per_company = 3
[cadence.grade.hot]
[[grade]]
name = "hot"
people = ["@nordbau.example"]
did = "put_off"
`)
	want := []tracker.GradeRule{{Grade: "hot", People: []string{"@nordbau.example"}, Did: tracker.DidPutOff}}
	if d := cmp.Diff(p.Rules, want); d != "" {
		t.Errorf("got (-), want (+):\n%s", d)
	}
	if p.PeoplePerCompany != 3 || p.PerPersonMonth != 4 {
		t.Errorf("%d people of a company and %d follow-ups a month, want 3 and 4", p.PeoplePerCompany, p.PerPersonMonth)
	}
}

func TestPolicy_GradeAndSituationAreMergedKeyByKey(t *testing.T) {
	p := paced(t, `
[cadence]
holidays = ["SE"]
[cadence.grade.hot]
follow_up_after = ["1bd"]
drafts_per_day = 20
[cadence.situation.proposal]
follow_up_after = ["5bd", "8bd"]
break_up_after = "2w"
hours = "10:00-12:00"
holidays = []
`)
	xmas := time.Date(2026, 12, 25, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name, grade string
		situation   tracker.Situation
		windows     int
		breakUp     tracker.Window
		hours       time.Duration // when they begin
		works       bool          // on Christmas Day
		quota       string
		whose       string // whose break-up window
	}{
		{"neither", "", tracker.General, 2, tracker.Window{BusinessDays: 7}, 8 * time.Hour, false, "", ""},
		{"a grade", "hot", tracker.General, 1, tracker.Window{BusinessDays: 7}, 8 * time.Hour, false, "grade hot", ""},
		{"a situation", "", tracker.Proposal, 2, tracker.Window{Days: 14}, 10 * time.Hour, true, "", "situation proposal"},
		{"both", "hot", tracker.Proposal, 1, tracker.Window{Days: 14}, 10 * time.Hour, true, "grade hot", "situation proposal"},
		{"a grade that is not in the file any more", "gone", tracker.Proposal, 2, tracker.Window{Days: 14}, 10 * time.Hour, true, "", "situation proposal"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := p.PaceOf(tracker.Standing{Grade: tt.grade, Situation: tt.situation})
			if len(got.Cadence.FollowUpAfter) != tt.windows {
				t.Errorf("windows %v, want %d of them", got.Cadence.FollowUpAfter, tt.windows)
			}
			if d := cmp.Diff(got.Cadence.BreakUpAfter, tt.breakUp); d != "" {
				t.Errorf("break-up: got (-), want (+):\n%s", d)
			}
			if got.Calendar.From != tt.hours {
				t.Errorf("hours from %s, want %s", got.Calendar.From, tt.hours)
			}
			if works := got.Calendar.Working(xmas); works != tt.works {
				t.Errorf("Christmas Day is a working day: %t, want %t", works, tt.works)
			}
			if got.Quota != tt.quota || got.Whose[tracker.BreakUp] != tt.whose {
				t.Errorf("set by %q and %q, want %q and %q", got.Quota, got.Whose[tracker.BreakUp], tt.quota, tt.whose)
			}
		})
	}
}
