package dates

import "time"

// day gives midnight of a calendar day in a zone; false where there is no such day (31 February).
func day(year int, month time.Month, d int, zone *time.Location) (time.Time, bool) {
	if month < 1 || month > 12 || d < 1 || d > 31 {
		return time.Time{}, false
	}
	t := time.Date(year, month, d, 0, 0, 0, 0, zone)
	return t, t.Month() == month && t.Day() == d
}

// midnight gives the day of t in its own zone.
func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// addDays counts calendar days, over changes of summer time.
func addDays(t time.Time, n int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+n, 0, 0, 0, 0, t.Location())
}

// addMonths counts calendar months; a day that the month lacks becomes its last (31 January + 1 = 28 February).
func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, t.Location())
	last := lastOfMonth(first)
	if t.Day() > last.Day() {
		return last
	}
	return addDays(first, t.Day()-1)
}

func firstOfMonth(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
}

func lastOfMonth(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, t.Location())
}

// addWorkdays counts days from Monday to Friday; holidays are not known here.
func addWorkdays(t time.Time, n int) time.Time {
	for n > 0 {
		t = addDays(t, 1)
		if t.Weekday() != time.Saturday && t.Weekday() != time.Sunday {
			n--
		}
	}
	return t
}

// mondayOf gives the Monday of the week of t (weeks begin on Monday, ISO 8601).
func mondayOf(t time.Time) time.Time { return addDays(t, -((int(t.Weekday()) + 6) % 7)) }

// isoWeek gives the Monday of an ISO 8601 week; false where the year has no such week.
func isoWeek(year, week int, zone *time.Location) (time.Time, bool) {
	if week < 1 || week > 53 {
		return time.Time{}, false
	}
	fourth := time.Date(year, time.January, 4, 0, 0, 0, 0, zone) // always in week 1
	monday := addDays(mondayOf(fourth), 7*(week-1))
	y, w := addDays(monday, 3).ISOWeek()
	return monday, y == year && w == week
}

// easter gives Easter Sunday of the Gregorian calendar, by the method of Meeus, Jones and Butcher.
func easter(year int, zone *time.Location) time.Time {
	a := year % 19
	b, c := year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	month := (h + l - 7*m + 114) / 31
	d = (h+l-7*m+114)%31 + 1
	return time.Date(year, time.Month(month), d, 0, 0, 0, 0, zone)
}
