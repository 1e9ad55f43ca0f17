package steer

import (
	"testing"
	"time"

	"followupd/tracker"
)

// Monday 23 November 2026, a quarter past ten in Stockholm.
var (
	stockholm = func() *time.Location {
		zone, err := time.LoadLocation("Europe/Stockholm")
		if err != nil {
			panic(err)
		}
		return zone
	}()
	monday = time.Date(2026, 11, 23, 10, 15, 0, 0, stockholm)
)

var gestures = []Gesture{{"Hold 1 week", "hold 1w"}, {"Återkom i januari", "hold until 2027-01-11"}, {"Stop", "stop"}}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"stop":                    "close stopped",
		" Stop ":                  "close stopped",
		"won":                     "close won",
		"LOST":                    "close lost",
		"chase":                   "chase",
		"another":                 "another",
		"hold 1w":                 "hold 2026-11-30 00:00",
		"Hold 1 week":             "hold 2026-11-30 00:00",
		"hold  1  week":           "hold 2026-11-30 00:00",
		"hold 2 weeks":            "hold 2026-12-07 00:00",
		"hold for a month":        "hold 2026-12-23 00:00",
		"hold 1mo":                "hold 2026-12-23 00:00",
		"hold 3 months":           "hold 2027-02-23 00:00",
		"hold 5d":                 "hold 2026-11-28 00:00",
		"hold 3 business days":    "hold 2026-11-26 00:00",
		"hold 12h":                "hold 2026-11-23 22:15",
		"hold until 2027-01-11":   "hold 2027-01-11 00:00",
		"hold until 11 January":   "hold 2027-01-11 00:00",
		"hold till March":         "hold 2027-03-01 00:00",
		"återkom i januari":       "hold 2027-01-11 00:00",
		"hold until Friday":       "hold 2026-11-27 00:00",
		"hold":                    "",
		"hold on":                 "",
		"hold 0 weeks":            "",
		"hold -1 week":            "",
		"hold until 2026-11-23":   "",
		"hold until 1999-01-01":   "",
		"hold 9999 months":        "",
		"hold 99999999999 weeks":  "",
		"hold until the cows ...": "",
		"stop it":                 "",
		"":                        "",
	} {
		o, err := Parse(text, gestures, monday, tracker.Calendar{Zone: stockholm})
		got := string(o.Kind)
		switch o.Kind {
		case tracker.WordClose:
			got += " " + string(o.Outcome)
		case tracker.WordHold:
			got += o.Until.In(stockholm).Format(" 2006-01-02 15:04")
		}
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestParse_AMonthThatIsShorter(t *testing.T) {
	o, err := Parse("hold 1 month", nil, time.Date(2027, 1, 31, 9, 0, 0, 0, stockholm), tracker.Calendar{Zone: stockholm})
	if got := o.Until.Format(time.DateOnly); err != nil || got != "2027-02-28" {
		t.Errorf("a month after 31 January is %s, %v", got, err)
	}
}

func TestLine(t *testing.T) {
	for text, want := range map[string]string{
		"// stop\nHi Lena,":               "stop|Hi Lena,",
		"\n  //hold 2 weeks\r\n\nHi Lena": "hold 2 weeks|\nHi Lena",
		"// another":                      "another|",
		"//":                              "|",
		"Hi Lena,\n// stop":               "none",
		"see https://acme.example\n":      "none",
		"":                                "none",
	} {
		word, rest, ok := Line(text)
		got := word + "|" + rest
		if !ok {
			got = "none"
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"hold 2 weeks", "hold until 2027-01-11", "stop", "hold until next week", "hold until \u00a0\xff", "// hold a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if word, _, ok := Line(text); ok {
			text = word
		}
		o, err := Parse(text, gestures, monday, tracker.Calendar{Zone: stockholm})
		if (err == nil) != (o.Kind != "") {
			t.Errorf("%q: %+v, %v", text, o, err)
		}
		if o.Kind == tracker.WordHold && (!o.Until.After(monday) || o.Until.After(monday.AddDate(0, 0, longestHold))) {
			t.Errorf("%q holds until %s", text, o.Until)
		}
	})
}
