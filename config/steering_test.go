package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse_SteeringIsOffUntilSwitchedOn(t *testing.T) {
	if s := mustParse(t, least).Steering; s.Enabled || s.Folder != "Followups" || len(s.Gestures) != 6 || len(s.Keywords) != 6 {
		t.Errorf("the default is %+v", s)
	}
}

func TestParse_GesturesOfAFileReplaceTheDefault(t *testing.T) {
	s := mustParse(t, least+`[steering]
enabled = true
folder = "Uppföljning"
[steering.gestures]
"Vänta en vecka" = "hold 1w"
"Nej tack" = "stop"
`).Steering
	want := Gestures{{"Nej tack", "stop"}, {"Vänta en vecka", "hold 1w"}}
	if diff := cmp.Diff(want, s.Gestures); diff != "" || !s.Enabled || len(s.Keywords) != 6 {
		t.Errorf("steering %+v (-want +got):\n%s", s, diff)
	}
}

func TestParse_SteeringThatCannotBe(t *testing.T) {
	for text, want := range map[string]string{
		`folder = ""`:                                        "steering.folder: is empty",
		`folder = "A/B"`:                                     "a character that servers give a meaning",
		`glance = "1s"`:                                      "out of bounds",
		`gestures = "Stop"`:                                  "is a table, not text",
		`gestures = { "Stop" = true }`:                       "wants text",
		`gestures = { "Stop" = "halt" }`:                     `"halt" is not known`,
		`gestures = { "Later" = "hold" }`:                    "names no time",
		`gestures = { "Later" = "hold 0w" }`:                 "names no time",
		`gestures = { "" = "stop" }`:                         "is empty",
		`gestures = { "Hold 1.5 w" = "hold 1w" }`:            "a character that servers give a meaning",
		`gestures = { "Stop" = "stop", "stop " = "won" }`:    "differs from another only by case or spaces",
		`keywords = { "two words" = "stop" }`:                "is no IMAP keyword",
		`keywords = { "\\Seen" = "stop" }`:                   "is no IMAP keyword",
		`keywords = { "Återkom" = "stop" }`:                  "is no IMAP keyword",
		`keywords = { "$FollowupHold1Month" = "hold 100mo"}`: "names no time",
	} {
		_, err := parse([]byte(least+"[steering]\n"+text+"\n"), "/etc/followupd/anna.toml", home)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), ":5:") {
			t.Errorf("%s: %v, want %q on line 5", text, err, want)
		}
	}
}
