package mail

import (
	"strings"
	"time"
)

// parseDate reads a Date header: RFC 5322 with its obsolete forms, and what programs write beside it (names of zones in
// brackets or without offset, asctime order, two-digit years, ISO 8601, missing seconds or zone). A date before 1980
// or after 2100 is no date.
func parseDate(value []byte) (time.Time, bool) {
	if len(value) > 200 {
		value = value[:200]
	}
	s := string(value)
	if t, err := time.Parse("Mon, 2 Jan 2006 15:04:05 -0700", s); err == nil { // nearly all mail
		if t, ok := plausible(t); ok {
			return t, true
		}
	}
	if len(s) >= 19 && s[4] == '-' && (s[10] == 'T' || s[10] == ' ') {
		for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05-07:00"} {
			if t, err := time.Parse(layout, s); err == nil {
				return plausible(t)
			}
		}
		if t, err := time.Parse("2006-01-02 15:04:05", strings.Replace(s[:19], "T", " ", 1)); err == nil {
			return plausible(t)
		}
	}
	return looseDate(s)
}

// looseDate reads the words of a date in any order that mail programs use.
func looseDate(s string) (time.Time, bool) {
	day, month, year := 0, time.Month(0), -1
	clock, hasClock, pm, hasPM := [3]int{}, false, false, false
	zone, hasZone := 0, false
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '(' || r == ')' }) {
		switch {
		case strings.Count(w, ":") >= 1 && !hasClock && isDigit(w[0]):
			clock, hasClock = clockOf(w), true
		case hasClock && !hasZone && (w[0] == '+' || w[0] == '-') && len(w) >= 5:
			zone, hasZone = offsetOf(w), true
		case isDigit(w[0]) && strings.Count(w, "-") == 2: // 3-Mar-2026
			parts := strings.Split(w, "-")
			day, month, year = number(parts[0]), monthNamed(parts[1]), number(parts[2])
		case isDigit(w[0]):
			n := number(w)
			switch {
			case n < 0:
			case day == 0 && n <= 31 && len(w) <= 2:
				day = n
			case year < 0:
				year = n
			}
		case monthNamed(w) != 0 && month == 0:
			month = monthNamed(w)
		case strings.EqualFold(w, "am"), strings.EqualFold(w, "pm"):
			pm, hasPM = strings.EqualFold(w, "pm"), true
		case hasClock && !hasZone:
			zone = zoneNamed(w)
			hasZone = zone != 0
		}
	}
	switch { // RFC 5322 section 4.3
	case year >= 0 && year < 50:
		year += 2000
	case year >= 50 && year < 1000:
		year += 1900
	}
	if hasPM && clock[0] <= 12 {
		clock[0] %= 12
		if pm {
			clock[0] += 12
		}
	}
	if day < 1 || month == 0 || year < 0 || clock[0] > 24 || clock[1] > 59 || clock[2] > 60 {
		return time.Time{}, false
	}
	loc := time.UTC
	if zone != 0 {
		loc = time.FixedZone("", zone)
	}
	t := time.Date(year, month, day, clock[0], clock[1], clock[2], 0, loc)
	if t.Day() != day && clock[0] != 24 && clock[2] != 60 {
		return time.Time{}, false // 31 February
	}
	return plausible(t)
}

func plausible(t time.Time) (time.Time, bool) {
	if t.Year() < 1980 || t.Year() > 2100 {
		return time.Time{}, false
	}
	return t, true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// number reads a short decimal number; -1 if it is none.
func number(s string) int {
	n := 0
	if s == "" || len(s) > 6 {
		return -1
	}
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}

func clockOf(w string) (clock [3]int) {
	for i, part := range strings.SplitN(w, ":", 4) {
		if i == len(clock) {
			break
		}
		whole, _, _ := strings.Cut(part, ".")
		if n := number(whole); n >= 0 {
			clock[i] = n
		}
	}
	return clock
}

// offsetOf reads "+0200" or "+02:00" in seconds; an absurd one is UTC.
func offsetOf(w string) int {
	digits := strings.Replace(w[1:], ":", "", 1)
	if len(digits) > 4 {
		digits = digits[:4]
	}
	n := number(digits)
	if n < 0 || n/100 > 15 || n%100 > 59 {
		return 0
	}
	seconds := n/100*3600 + n%100*60
	if w[0] == '-' {
		return -seconds
	}
	return seconds
}

func monthNamed(w string) time.Month {
	if len(w) < 3 {
		return 0
	}
	for m := time.January; m <= time.December; m++ {
		if strings.EqualFold(w[:3], m.String()[:3]) {
			return m
		}
	}
	return 0
}

// zoneNamed gives the offset of the zones that RFC 5322 section 4.3 names, and of a few more that stand in real mail, in seconds.
func zoneNamed(w string) int {
	switch strings.ToUpper(w) {
	case "EDT":
		return -4 * 3600
	case "EST", "CDT":
		return -5 * 3600
	case "CST", "MDT":
		return -6 * 3600
	case "MST", "PDT":
		return -7 * 3600
	case "PST":
		return -8 * 3600
	case "BST", "CET", "MET", "WEST":
		return 3600
	case "CEST", "MEST", "MESZ", "EET":
		return 2 * 3600
	case "JST", "KST":
		return 9 * 3600
	}
	return 0
}
