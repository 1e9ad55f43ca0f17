package config

import (
	"strings"
	"testing"
	"time"
)

func TestHolidays_OfTheCountriesNamed(t *testing.T) {
	is, err := Holidays([]string{"SE", "us", "DE-BY"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		day  string
		want bool
		why  string
	}{
		{"2026-06-06", true, "Swedish national day"},
		{"2026-07-03", true, "Independence Day, a Saturday in 2026, observed on Friday"},
		{"2026-11-26", true, "Thanksgiving"},
		{"2026-01-06", true, "Epiphany in Sweden and Bavaria"},
		{"2027-05-27", true, "Corpus Christi in Bavaria"},
		{"2026-07-14", false, "Bastille Day, and France is not named"},
		{"2026-11-24", false, "a Tuesday"},
	} {
		day, err := time.Parse(time.DateOnly, tc.day)
		if err != nil {
			t.Fatal(err)
		}
		name, got := is(day)
		if got != tc.want || got != (name != "") {
			t.Errorf("%s (%s): got %v %q", tc.day, tc.why, got, name)
		}
	}
}

func TestHolidays_DayIsThatOfItsZone(t *testing.T) {
	is, err := Holidays([]string{"US"})
	if err != nil {
		t.Fatal(err)
	}
	auckland := time.FixedZone("NZDT", 13*60*60)
	if _, got := is(time.Date(2026, 12, 25, 1, 0, 0, 0, auckland)); !got { // still the 24th in UTC
		t.Error("Christmas is missed just after midnight")
	}
	if _, got := is(time.Date(2026, 12, 26, 1, 0, 0, 0, auckland)); got {
		t.Error("the 26th is taken for Christmas")
	}
}

func TestHolidays_EveryCodeOfTheListIsKnown(t *testing.T) {
	is, err := Holidays(holidayCodes())
	if err != nil {
		t.Fatal(err)
	}
	if _, got := is(time.Date(2026, 12, 25, 0, 0, 0, 0, time.UTC)); !got {
		t.Error("no Christmas anywhere")
	}
}

func TestHolidays_UnknownCodes(t *testing.T) {
	for code, want := range map[string]string{
		"AU": "AU-NSW", "UK": `"GB"`, "XX": "AR AT BE", "": "AR AT BE", "DE-XX": "AR AT BE",
	} {
		if _, err := Holidays([]string{code}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", code, err)
		}
	}
}
