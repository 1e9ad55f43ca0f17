package config

import (
	"fmt"
	"strings"
	"time"
)

// TimeOfDay is a time of the rep's clock, as the span since midnight.
type TimeOfDay time.Duration

// String gives "07:45".
func (t TimeOfDay) String() string {
	m := int(time.Duration(t) / time.Minute)
	return fmt.Sprintf("%02d:%02d", m/60, m%60)
}

// ParseTimeOfDay reads "07:45"; "24:00" is the end of the day.
func ParseTimeOfDay(s string) (TimeOfDay, error) {
	var h, m int
	if len(s) != len("07:45") || s[2] != ':' || !digits(s[:2]+s[3:]) {
		return 0, mistake{fmt.Sprintf("%q is no time of day", s), `write it as "07:45"`}
	}
	h = int(s[0]-'0')*10 + int(s[1]-'0')
	m = int(s[3]-'0')*10 + int(s[4]-'0')
	if h > 24 || m > 59 || h == 24 && m > 0 {
		return 0, mistake{fmt.Sprintf("%q is no time of day", s), "a day goes from 00:00 to 24:00"}
	}
	return TimeOfDay(time.Duration(h)*time.Hour + time.Duration(m)*time.Minute), nil
}

func digits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// Hours is a part of a working day, as spans since midnight by the rep's clock. The zero value means always.
type Hours struct {
	From, To time.Duration
}

// Always says that no hour is left out.
func (h Hours) Always() bool { return h == Hours{} }

// String gives "08:00-18:00", or "" for always.
func (h Hours) String() string {
	if h.Always() {
		return ""
	}
	return TimeOfDay(h.From).String() + "-" + TimeOfDay(h.To).String()
}

// ParseHours reads "08:00-18:00"; "" is always. The end lies after the beginning on the same day.
func ParseHours(s string) (Hours, error) {
	if strings.TrimSpace(s) == "" {
		return Hours{}, nil
	}
	from, to, ok := strings.Cut(s, "-")
	if !ok {
		return Hours{}, mistake{fmt.Sprintf("%q is no range of hours", s), `write "08:00-18:00", or "" for always`}
	}
	f, err := ParseTimeOfDay(strings.TrimSpace(from))
	if err != nil {
		return Hours{}, err
	}
	t, err := ParseTimeOfDay(strings.TrimSpace(to))
	if err != nil {
		return Hours{}, err
	}
	if t <= f {
		return Hours{}, mistake{fmt.Sprintf("%q ends before it begins", s), `write hours of one day, such as "08:00-18:00", or "" for always`}
	}
	return Hours{From: time.Duration(f), To: time.Duration(t)}, nil
}
