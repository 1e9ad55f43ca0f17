package config

import (
	"fmt"
	"strings"
	"time"
)

// Days is a run of whole days, the first and the last included, by the rep's calendar. Both are kept as midnight UTC.
type Days struct {
	First, Last time.Time
}

const dayFormat = "2006-01-02"

// In gives the moments at which the days begin and are over in a zone.
func (d Days) In(zone *time.Location) (from, to time.Time) {
	at := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone) }
	return at(d.First), at(d.Last.AddDate(0, 0, 1))
}

// String gives the days as the file writes them. ParseDays reads it back.
func (d Days) String() string {
	if d.First.Equal(d.Last) {
		return d.First.Format(dayFormat)
	}
	return d.First.Format(dayFormat) + ".." + d.Last.Format(dayFormat)
}

// ParseDays reads "2026-12-21..2027-01-06", or a single day. A run lasts at most a year: a longer one is a slip of the pen.
func ParseDays(s string) (Days, error) {
	first, last, ok := strings.Cut(s, "..")
	if !ok {
		last = first
	}
	var d Days
	for _, part := range []struct {
		text string
		into *time.Time
	}{{first, &d.First}, {last, &d.Last}} {
		t, err := time.Parse(dayFormat, strings.TrimSpace(part.text))
		if err != nil {
			return Days{}, mistake{fmt.Sprintf("%q is no run of days", s), `write "2026-12-21..2027-01-06", first and last day, or one day alone`}
		}
		*part.into = t
	}
	switch {
	case d.Last.Before(d.First):
		return Days{}, mistake{fmt.Sprintf("%q ends before it begins", s), fmt.Sprintf("write %q", Days{d.Last, d.First})}
	case d.Last.Sub(d.First) > 366*day:
		return Days{}, mistake{fmt.Sprintf("%q is longer than a year", s), "to have no drafts for so long, stop the service"}
	}
	return d, nil
}
