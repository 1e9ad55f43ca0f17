package tracker

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func in(zone, text string) time.Time {
	loc := must(time.LoadLocation(zone))
	return must(time.ParseInLocation("2006-01-02 15:04", text, loc))
}

func TestFault_38_BusinessDaysOverDSTAndLeapDays(t *testing.T) {
	swedish := func(d time.Time) (string, bool) {
		switch d.Format("01-02") {
		case "01-01", "01-06", "05-01", "06-06", "12-25", "12-26":
			return "holiday", true
		}
		return "", false
	}
	tests := []struct {
		name, zone, start string
		window            Window
		holiday           func(time.Time) (string, bool)
		held, away        [][2]string
		want              string
	}{
		{name: "within a week", start: "2026-11-09 10:15", window: Window{BusinessDays: 3}, want: "2026-11-12 10:15"},
		{name: "over a weekend", start: "2026-11-12 10:15", window: Window{BusinessDays: 3}, want: "2026-11-17 10:15"},
		{name: "begun on Saturday it begins with Monday", start: "2026-11-14 10:15", window: Window{BusinessDays: 1}, want: "2026-11-17 00:00"},
		{name: "a whole week begun on Sunday ends before Monday's work", start: "2026-11-15 18:00", window: Window{BusinessDays: 5}, want: "2026-11-23 00:00"},
		{name: "Friday evening", start: "2026-11-13 23:30", window: Window{BusinessDays: 1}, want: "2026-11-16 23:30"},
		{name: "over the turn of the year, with holidays", start: "2026-12-23 09:00", window: Window{BusinessDays: 5}, holiday: swedish, want: "2026-12-31 09:00"},
		{name: "over new year's day and epiphany", start: "2026-12-30 09:00", window: Window{BusinessDays: 5}, holiday: swedish, want: "2027-01-08 09:00"},
		{name: "the clock goes back in between", start: "2026-10-23 15:00", window: Window{BusinessDays: 2}, want: "2026-10-27 15:00"},
		{name: "the clock goes forward in between", start: "2026-03-27 15:00", window: Window{BusinessDays: 2}, want: "2026-03-31 15:00"},
		{name: "the clock goes forward on a working day", zone: "Asia/Amman", start: "2022-02-24 10:00", window: Window{BusinessDays: 2}, want: "2022-02-28 10:00"},
		{name: "days keep the wall clock over a change", start: "2026-10-24 10:00", window: Window{Days: 2}, want: "2026-10-26 10:00"},
		{name: "a time the clocks leap over", start: "2026-03-28 02:30", window: Window{Days: 1}, want: "2026-03-29 03:30"},
		{name: "a leap day", start: "2028-02-28 10:00", window: Window{Days: 2}, want: "2028-03-01 10:00"},
		{name: "hours are real time over a change", start: "2026-10-24 20:00", window: Window{Duration: 12 * time.Hour}, want: "2026-10-25 07:00"},
		{name: "east of the date line", zone: "Pacific/Auckland", start: "2026-11-13 08:00", window: Window{BusinessDays: 1}, want: "2026-11-16 08:00"},
		{name: "a held day is not used up", start: "2026-11-09 10:00", window: Window{BusinessDays: 3}, held: [][2]string{{"2026-11-10 10:00", "2026-11-11 10:00"}}, want: "2026-11-13 10:00"},
		{name: "a held weekend costs nothing more", start: "2026-11-12 10:00", window: Window{BusinessDays: 3}, held: [][2]string{{"2026-11-14 00:00", "2026-11-16 00:00"}}, want: "2026-11-17 10:00"},
		{name: "overlapping holds count once", start: "2026-11-09 10:00", window: Window{BusinessDays: 2}, held: [][2]string{{"2026-11-11 00:00", "2026-11-13 00:00"}, {"2026-11-10 00:00", "2026-11-12 00:00"}}, want: "2026-11-16 10:00"},
		{name: "held from before the start", start: "2026-11-10 10:00", window: Window{Days: 1}, held: [][2]string{{"2026-11-01 00:00", "2026-11-12 08:00"}}, want: "2026-11-13 08:00"},
		{name: "held after the end does not matter", start: "2026-11-09 10:00", window: Window{BusinessDays: 1}, held: [][2]string{{"2026-11-10 10:00", "2026-11-20 10:00"}}, want: "2026-11-10 10:00"},
		{name: "no day counts on which the rep is away", start: "2026-12-17 10:00", window: Window{BusinessDays: 3}, away: [][2]string{{"2026-12-21 00:00", "2027-01-07 00:00"}}, want: "2027-01-08 10:00"},
		{name: "begun while the rep is away", start: "2026-12-22 10:00", window: Window{BusinessDays: 1}, away: [][2]string{{"2026-12-21 00:00", "2027-01-07 00:00"}}, want: "2027-01-08 00:00"},
		{name: "a window that ends as the rep leaves ends when they are back", start: "2026-12-19 10:00", window: Window{BusinessDays: 2}, away: [][2]string{{"2026-12-23 00:00", "2027-01-07 00:00"}}, want: "2027-01-07 00:00"},
		{name: "days stand still while the rep is away", start: "2026-12-19 10:00", window: Window{Days: 5}, away: [][2]string{{"2026-12-21 00:00", "2026-12-28 00:00"}}, want: "2026-12-31 10:00"},
		{name: "away and held at once costs once", start: "2026-12-17 10:00", window: Window{BusinessDays: 2}, held: [][2]string{{"2026-12-18 10:00", "2026-12-24 00:00"}}, away: [][2]string{{"2026-12-21 00:00", "2026-12-28 00:00"}}, want: "2026-12-29 00:00"},
		{name: "hours stand still, too", start: "2026-11-09 10:00", window: Window{Duration: 4 * time.Hour}, held: [][2]string{{"2026-11-09 11:00", "2026-11-09 13:00"}}, want: "2026-11-09 16:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.zone == "" {
				tt.zone = "Europe/Stockholm"
			}
			c := Calendar{Zone: must(time.LoadLocation(tt.zone)), Holiday: tt.holiday}
			var held []Span
			for _, h := range tt.held {
				held = append(held, Span{in(tt.zone, h[0]), in(tt.zone, h[1])})
			}
			for _, a := range tt.away {
				c.Away = append(c.Away, Span{in(tt.zone, a[0]), in(tt.zone, a[1])})
			}
			if got, want := c.Add(in(tt.zone, tt.start), tt.window, held), in(tt.zone, tt.want); !got.Equal(want) {
				t.Errorf("%s + %s = %s, want %s", tt.start, tt.window, got, want)
			}
		})
	}
}

func TestCalendar_AWindowOfNothingNeverEnds(t *testing.T) {
	if got := (Calendar{}).Add(thursday, Window{}, nil); !got.IsZero() {
		t.Errorf("got %s, want no time at all", got)
	}
}

func TestCalendar_ComesToAnEndThoughEveryDayIsAHoliday(t *testing.T) {
	c := Calendar{Holiday: func(time.Time) (string, bool) { return "always", true }, From: time.Hour}
	if got := c.Add(thursday, Window{BusinessDays: 1}, nil); got.Before(thursday.AddDate(1, 0, 0)) {
		t.Errorf("a window that cannot end ended on %s", got)
	}
	if got := c.NextOpen(thursday); got.Before(thursday.AddDate(1, 0, 0)) {
		t.Errorf("a calendar without working days opens on %s", got)
	}
}

func TestCalendar_NextOpen(t *testing.T) {
	c := Calendar{
		Zone: stockholm, From: 8 * time.Hour, To: 18 * time.Hour,
		Holiday: func(d time.Time) (string, bool) { return "", d.Format("01-02") == "11-16" },
	}
	tests := []struct{ name, at, want string }{
		{"within hours at once", "2026-11-12 12:00", "2026-11-12 12:00"},
		{"before hours the same morning", "2026-11-12 06:00", "2026-11-12 08:00"},
		{"the hour of opening is open", "2026-11-12 08:00", "2026-11-12 08:00"},
		{"the hour of closing is closed", "2026-11-12 18:00", "2026-11-13 08:00"},
		{"after Friday, and a holiday on Monday", "2026-11-13 19:00", "2026-11-17 08:00"},
		{"a Sunday", "2026-11-15 12:00", "2026-11-17 08:00"},
		{"the Sunday on which the clock goes forward", "2026-03-29 12:00", "2026-03-30 08:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, want := c.NextOpen(in("Europe/Stockholm", tt.at)), in("Europe/Stockholm", tt.want); !got.Equal(want) {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
	c.Away = []Span{{in("Europe/Stockholm", "2026-11-18 00:00"), in("Europe/Stockholm", "2026-11-21 00:00")}}
	if got, want := c.NextOpen(in("Europe/Stockholm", "2026-11-18 12:00")), in("Europe/Stockholm", "2026-11-23 08:00"); !got.Equal(want) {
		t.Errorf("away until a Saturday it opens on %s, want %s", got, want)
	}
	always := Calendar{Zone: stockholm, Away: c.Away}
	if got, want := always.NextOpen(in("Europe/Stockholm", "2026-11-18 12:00")), in("Europe/Stockholm", "2026-11-21 00:00"); !got.Equal(want) {
		t.Errorf("away without hours it opens on %s, want %s", got, want)
	}
	if got := (Calendar{}).NextOpen(in("UTC", "2026-11-15 03:00")); !got.Equal(in("UTC", "2026-11-15 03:00")) {
		t.Errorf("without hours it opens on %s, want at once", got)
	}
}

// worked counts the wall-clock time on working days between two moments, without the held part: by minutes, the slow way.
func worked(c Calendar, from, to time.Time, held []Span) (minutes int) {
	a, b := wall(from, c.zone()), wall(to, c.zone())
	spans := c.wallSpans(held)
	for t := a; t.Before(b); t = t.Add(time.Minute) {
		still := false
		for _, h := range spans {
			still = still || !t.Before(h.From) && t.Before(h.To)
		}
		if !still && c.workingWall(t) {
			minutes++
		}
	}
	return minutes
}

func TestCalendar_HeldTimeIsNeverUsedUp(t *testing.T) {
	zones := []string{"UTC", "Europe/Stockholm", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"}
	rapid.Check(t, func(t *rapid.T) {
		c := Calendar{Zone: must(time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone")))}
		start := time.Date(2026, 1, 1, 0, rapid.IntRange(0, 365*24*60).Draw(t, "start"), 0, 0, time.UTC)
		days := rapid.IntRange(1, 4).Draw(t, "days")
		var held []Span
		for range rapid.IntRange(0, 2).Draw(t, "holds") {
			from := start.Add(time.Duration(rapid.IntRange(-2000, 6000).Draw(t, "from")) * time.Minute)
			held = append(held, Span{from, from.Add(time.Duration(rapid.IntRange(0, 4000).Draw(t, "for")) * time.Minute)})
		}
		still := held
		for range rapid.IntRange(0, 1).Draw(t, "absences") {
			from := midnight(wall(start, c.Zone)).AddDate(0, 0, rapid.IntRange(-3, 4).Draw(t, "away"))
			c.Away = append(c.Away, Span{c.clock(from), c.clock(from.AddDate(0, 0, rapid.IntRange(1, 20).Draw(t, "days away")))})
		}
		still = append(still, c.Away...)
		end := c.Add(start, Window{BusinessDays: days}, held)
		if end.Before(start) {
			t.Fatalf("the window ends at %s, before it began", end)
		}
		// A clock that goes back shows an hour twice, on a Sunday in these zones: nothing is lost or won.
		if got, want := worked(c, start, end, still), days*24*60; got != want {
			t.Fatalf("from %s to %s there are %d minutes of working days, want %d", start.In(c.Zone), end, got, want)
		}
		if longer := c.Add(start, Window{BusinessDays: days + 1}, held); !longer.After(end) {
			t.Fatalf("a longer window ends at %s, not after %s", longer, end)
		}
	})
}
