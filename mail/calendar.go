package mail

import (
	"strings"
	"time"
	_ "time/tzdata" // invitations name IANA zones, and a rep's Windows machine has no zone files
)

// calendar reads an iTIP message (RFC 5546): its method and its first event. It reports false where the part is no
// iTIP message: a file without a METHOD is an attachment.
func (w *walk) calendar(p part) bool {
	c := Calendar{Method: strings.ToUpper(strings.TrimSpace(p.params["method"]))}
	inEvent, nested := false, 0
	for line := range contentLines(p.text()) {
		name, params, value := line.name, line.params, line.value
		switch {
		case name == "BEGIN" && strings.EqualFold(value, "VEVENT") && !inEvent && c.UID == "":
			inEvent = true
			continue
		case name == "BEGIN" && inEvent:
			nested++ // an alarm
			continue
		case name == "END" && inEvent && nested > 0:
			nested--
			continue
		case name == "END" && inEvent:
			inEvent = false
			continue
		case name == "METHOD" && !inEvent:
			if m := strings.ToUpper(strings.TrimSpace(value)); m != "" {
				c.Method = m
			}
			continue
		case !inEvent || nested > 0:
			continue
		}
		switch name {
		case "UID":
			c.UID = clip(value, 500)
		case "SUMMARY":
			c.Summary = clip(unescapeText(value), 500)
		case "DTSTART":
			c.Start = calendarTime(value, params)
		case "DTEND":
			c.End = calendarTime(value, params)
		case "DURATION":
			if d, ok := duration(value); ok && c.End.IsZero() && !c.Start.IsZero() {
				c.End = c.Start.Add(d)
			}
		case "ATTENDEE":
			if a, ok := addrSpec([]byte(strings.TrimSpace(value))); ok && (c.Attendee == "" || c.PartStat == "") {
				c.Attendee, c.PartStat = a, strings.ToUpper(params["PARTSTAT"])
			}
		}
	}
	if c.Method == "" || w.content.Calendar != nil {
		return c.Method != ""
	}
	if c.Method != "REPLY" {
		c.PartStat = "" // in a request it says what the organiser assumes of one of many
	}
	w.content.Calendar = &c
	return true
}

// contentLine is one unfolded line of iCalendar text (RFC 5545 section 3.1); names are in upper case.
type contentLine struct {
	name   string
	params map[string]string
	value  string
}

// contentLines walks over the lines of iCalendar text.
func contentLines(text string) func(yield func(contentLine) bool) {
	return func(yield func(contentLine) bool) {
		text = strings.ReplaceAll(text, "\r\n", "\n")
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\n ", ""), "\n\t", "")
		for line := range strings.SplitSeq(text, "\n") {
			head, value, ok := cutUnquoted(clip(line, maxValue), ':')
			if !ok {
				continue
			}
			name, rest, _ := strings.Cut(head, ";")
			var params map[string]string
			for rest != "" {
				var item string
				item, rest, _ = cutUnquoted(rest, ';')
				if k, v, ok := strings.Cut(item, "="); ok {
					if params == nil {
						params = make(map[string]string)
					}
					params[strings.ToUpper(k)] = strings.Trim(v, `"`)
				}
			}
			if !yield(contentLine{strings.ToUpper(strings.TrimSpace(name)), params, strings.TrimRight(value, "\r")}) {
				return
			}
		}
	}
}

// cutUnquoted cuts s at the first sep outside quotation marks.
func cutUnquoted(s string, sep byte) (before, after string, found bool) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// calendarTime reads a DATE-TIME or DATE (RFC 5545 section 3.3): UTC with a Z, else in the zone of TZID, else as UTC.
func calendarTime(value string, params map[string]string) time.Time {
	value = strings.TrimSpace(value)
	if t, err := time.Parse("20060102T150405Z", value); err == nil {
		return t
	}
	loc := zone(params["TZID"])
	for _, layout := range []string{"20060102T150405", "20060102"} {
		if t, err := time.ParseInLocation(layout, value, loc); err == nil {
			return t
		}
	}
	return time.Time{}
}

// zone finds the time zone that an iCalendar TZID means: an IANA name, possibly behind a path ("/mozilla.org/…/Europe/Berlin"),
// or a Windows name as Outlook and Exchange write it. An unknown one is UTC, which errs by hours, not days.
func zone(tzid string) *time.Location {
	if tzid == "" || len(tzid) > 100 {
		return time.UTC
	}
	if name, ok := windowsZone(tzid); ok {
		tzid = name
	}
	for parts := strings.Split(strings.Trim(tzid, "/"), "/"); len(parts) > 0; parts = parts[1:] {
		name := strings.Join(parts, "/")
		if name == "" || name == "Local" {
			break
		}
		if loc, err := time.LoadLocation(name); err == nil {
			return loc
		}
	}
	return time.UTC
}

// windowsZone maps the Windows zone names that business mail carries most to the IANA zones of CLDR's table.
func windowsZone(name string) (iana string, ok bool) {
	switch name {
	case "W. Europe Standard Time":
		return "Europe/Berlin", true
	case "Central Europe Standard Time":
		return "Europe/Budapest", true
	case "Central European Standard Time":
		return "Europe/Warsaw", true
	case "Romance Standard Time":
		return "Europe/Paris", true
	case "GMT Standard Time":
		return "Europe/London", true
	case "Greenwich Standard Time":
		return "Atlantic/Reykjavik", true
	case "FLE Standard Time":
		return "Europe/Helsinki", true
	case "GTB Standard Time":
		return "Europe/Bucharest", true
	case "E. Europe Standard Time":
		return "Europe/Chisinau", true
	case "Turkey Standard Time":
		return "Europe/Istanbul", true
	case "Russian Standard Time":
		return "Europe/Moscow", true
	case "Israel Standard Time":
		return "Asia/Jerusalem", true
	case "Arabian Standard Time":
		return "Asia/Dubai", true
	case "Arab Standard Time":
		return "Asia/Riyadh", true
	case "India Standard Time":
		return "Asia/Kolkata", true
	case "China Standard Time":
		return "Asia/Shanghai", true
	case "Singapore Standard Time":
		return "Asia/Singapore", true
	case "Tokyo Standard Time":
		return "Asia/Tokyo", true
	case "Korea Standard Time":
		return "Asia/Seoul", true
	case "AUS Eastern Standard Time":
		return "Australia/Sydney", true
	case "New Zealand Standard Time":
		return "Pacific/Auckland", true
	case "South Africa Standard Time":
		return "Africa/Johannesburg", true
	case "Eastern Standard Time":
		return "America/New_York", true
	case "Central Standard Time":
		return "America/Chicago", true
	case "Mountain Standard Time":
		return "America/Denver", true
	case "Pacific Standard Time":
		return "America/Los_Angeles", true
	case "Atlantic Standard Time":
		return "America/Halifax", true
	case "E. South America Standard Time":
		return "America/Sao_Paulo", true
	case "Argentina Standard Time":
		return "America/Buenos_Aires", true
	case "Central Standard Time (Mexico)":
		return "America/Mexico_City", true
	}
	return "", false
}

// duration reads an RFC 5545 section 3.3.6 duration: "PT1H30M", "P1D".
func duration(value string) (time.Duration, bool) {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(strings.TrimSpace(value), "+"), "P")
	if !ok {
		return 0, false
	}
	units := map[byte]time.Duration{'W': 7 * 24 * time.Hour, 'D': 24 * time.Hour, 'H': time.Hour, 'M': time.Minute, 'S': time.Second}
	var total time.Duration
	n := 0
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == 'T':
		case isDigit(c) && n < 100000:
			n = n*10 + int(c-'0')
		case units[c] != 0:
			total += time.Duration(n) * units[c]
			n = 0
		default:
			return 0, false
		}
	}
	return total, total > 0 && total < 400*24*time.Hour
}

// unescapeText undoes RFC 5545 section 3.3.11.
func unescapeText(s string) string {
	return oneLine(strings.NewReplacer(`\n`, " ", `\N`, " ", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(s))
}
