package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// longest bounds every window and duration: what is longer is a slip of the pen, and sums of them cannot overflow.
const longest = 10 * 366

// Window says how long a silence may last. At most one field is set; all zero means never. Its fields are those of
// tracker.Window, so that one converts into the other.
type Window struct {
	BusinessDays int
	Duration     time.Duration // wall time: "12h"
	Days         int           // calendar days: "5d", "2w"
}

// Zero says that the window is never over.
func (w Window) Zero() bool { return w == Window{} }

// String gives the window as the file writes it: "3bd", "5d", "12h", "" for never. ParseWindow reads it back.
func (w Window) String() string {
	switch {
	case w.BusinessDays != 0:
		return strconv.Itoa(w.BusinessDays) + "bd"
	case w.Days != 0 && w.Days%7 == 0:
		return strconv.Itoa(w.Days/7) + "w"
	case w.Days != 0:
		return strconv.Itoa(w.Days) + "d"
	case w.Duration != 0:
		return formatDuration(w.Duration)
	}
	return ""
}

// ParseWindow reads "3bd" (business days), "5d" (days), "2w" (weeks), "12h" or "30m"; "" is never. The number is whole
// and at least 1.
func ParseWindow(s string) (Window, error) {
	if strings.TrimSpace(s) == "" {
		return Window{}, nil
	}
	n, unit, err := countAndUnit(s)
	if err != nil {
		return Window{}, err
	}
	switch unit {
	case "bd":
		return Window{BusinessDays: n}, within(s, n)
	case "d":
		return Window{Days: n}, within(s, n)
	case "w":
		return Window{Days: 7 * n}, within(s, 7*n)
	case "h":
		return Window{Duration: time.Duration(n) * time.Hour}, within(s, n/24)
	case "m":
		return Window{Duration: time.Duration(n) * time.Minute}, within(s, n/24/60)
	}
	return Window{}, noWindow(s)
}

func countAndUnit(s string) (n int, unit string, err error) {
	at := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	switch {
	case strings.HasPrefix(s, "-"):
		return 0, "", mistake{fmt.Sprintf("%q is negative", s), `write how long to wait, such as "3bd"`}
	case at < 0:
		return 0, "", mistake{fmt.Sprintf("%q has no unit", s), fmt.Sprintf(`write "%[1]sbd" for business days, "%[1]sd", "%[1]sh" or "%[1]sw"`, s)}
	case at == 0:
		return 0, "", noWindow(s)
	}
	n, err = strconv.Atoi(s[:at])
	if err != nil {
		return 0, "", tooLong(s)
	}
	if n == 0 {
		return 0, "", mistake{fmt.Sprintf("%q is no time at all", s), `write at least "1h"`}
	}
	if n > longest*24*60 {
		return 0, "", tooLong(s)
	}
	return n, s[at:], nil
}

func within(s string, days int) error {
	if days > longest {
		return tooLong(s)
	}
	return nil
}

func tooLong(s string) error {
	return mistake{fmt.Sprintf("%q is longer than ten years", s), `write "" where you mean never`}
}

func noWindow(s string) error {
	return mistake{fmt.Sprintf("%q is no window", s), `write "3bd", "5d", "12h" or "2w"`}
}

// ParseDuration reads a span of wall time as the file writes it: "120s", "5m", "1h30m", "30d", "2w". A day is 24 hours.
func ParseDuration(s string) (time.Duration, error) {
	if strings.HasPrefix(s, "-") {
		return 0, mistake{fmt.Sprintf("%q is negative", s), `write it without the sign`}
	}
	if d, err := time.ParseDuration(s); err == nil && s != "0" {
		if d > longest*day {
			return 0, mistake{fmt.Sprintf("%q is longer than ten years", s), `write a shorter one`}
		}
		return d, nil
	}
	unit := time.Duration(0)
	digits := s
	switch {
	case strings.HasSuffix(s, "d"):
		unit, digits = day, strings.TrimSuffix(s, "d")
	case strings.HasSuffix(s, "w"):
		unit, digits = 7*day, strings.TrimSuffix(s, "w")
	}
	n, err := strconv.ParseUint(digits, 10, 31)
	switch {
	case err != nil:
		return 0, mistake{fmt.Sprintf("%q is no duration", s), `write "120s", "5m", "12h", "30d" or "2w"`}
	case unit == 0:
		return 0, mistake{fmt.Sprintf("%q has no unit", s), fmt.Sprintf(`write "%[1]ss", "%[1]sm", "%[1]sh" or "%[1]sd"`, s)}
	case n > uint64(longest*day/unit):
		return 0, mistake{fmt.Sprintf("%q is longer than ten years", s), `write a shorter one`}
	}
	return time.Duration(n) * unit, nil
}

// formatDuration is the inverse of ParseDuration, in the largest unit that keeps it whole.
func formatDuration(d time.Duration) string {
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{day, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if d != 0 && d%u.unit == 0 {
			return strconv.FormatInt(int64(d/u.unit), 10) + u.name
		}
	}
	return d.String()
}
