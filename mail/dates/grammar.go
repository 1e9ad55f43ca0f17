package dates

import "time"

// form is how a day was named; it decides how much must stand around it before it is believed.
type form int

const (
	formBareDay  form = iota // "the 6th"
	formSlash                // 3/4
	formShort                // 3.4. without a year
	formMonth                // "March"
	formWeekday              // "Thursday"
	formWeek                 // "week 12"
	formSeason               // "autumn", "Easter"
	formThis                 // "this week", "today"
	formSpan                 // "for two weeks"
	formQuarter              // "Q2"
	formDayMonth             // "5 January"
	formFull                 // with a year
	formRelative             // "in two weeks", "next week", "tomorrow"
)

// believed is what a form is worth on its own; see choose.go.
var believed = map[form]int{
	formBareDay: 0, formSlash: 0, formShort: 1, formMonth: 1, formWeekday: 1, formWeek: 1, formSeason: 1, formThis: 1,
	formSpan: 1, formQuarter: 1, formDayMonth: 2, formFull: 2, formRelative: 3,
}

// candidate is a day, or a period, that some words may name.
type candidate struct {
	first, last int       // the tagged tokens
	from, to    time.Time // first and last day; equal for a day
	other       time.Time // the day if day and month are to be read the other way round; zero where only one reading is possible
	form        form
	edge        bool // the end, middle or beginning of a period was named: from is to
	ranged      bool // the end of "from … to …"
	yearless    bool
	weekday     int // 0 none, else weekday+1 that stands beside it
}

// parser reads the phrases of one text.
type parser struct {
	text     string
	tokens   []tagged
	main     languages // whose warnings count: "met" warns in English and says "with" in Dutch
	base     time.Time // midnight
	dayFirst bool      // 3/4 is 3 April unless something says otherwise
}

// at gives the candidate that begins at token i.
func (p *parser) at(i int) (candidate, bool) {
	for _, rule := range []func(int) (candidate, bool){
		p.numeric, p.dayMonth, p.monthDay, p.edged, p.weekdayOf, p.period, p.saidThis, p.amount, p.fixed, p.bareDay,
	} {
		if c, ok := rule(i); ok {
			c.first = i
			return c, true
		}
	}
	return candidate{}, false
}

func (p *parser) tok(i int) tagged {
	if i < 0 || i >= len(p.tokens) {
		return tagged{token: token{number: -1}}
	}
	return p.tokens[i]
}

func (p *parser) sign(i int, sign string) bool { return p.tok(i).text == sign }

// skip goes over words that only bind ("of the"), at most two.
func (p *parser) skip(i int) int {
	for n := 0; n < 2 && p.tok(i).is(tagOf) && !p.tok(i).is(tagMonth, tagWeek, tagMonthUnit, tagYear, tagQuarter, tagNumber); n++ {
		i++
	}
	return i
}

// month reads a month's name; a short one needs a number beside it, which the caller has seen.
func (p *parser) month(i int, short bool) (month time.Month, next int, ok bool) {
	t := p.tok(i)
	value, ok := t.has(tagMonth)
	if !ok && short {
		value, ok = t.has(tagMonthShort)
	}
	if !ok {
		return 0, i, false
	}
	next = i + 1
	if p.sign(next, ".") && len(t.text) <= 5 && !p.tok(next).spaced {
		next++
	}
	return time.Month(value), next, true
}

// year reads "2026", ", 2026", "'26", "de 2026" or "next year" behind a day or month.
func (p *parser) year(i int) (year, next int, ok bool) {
	j := i
	if p.sign(j, ",") {
		j++
	}
	j = p.skip(j)
	if t := p.tok(j); t.width == 4 && t.number >= 1900 && t.number <= 2200 {
		next := j + 1
		if r := p.tok(next).text; (r == "г" || r == "р" || r == "r" || r == "года") && p.tok(next).word {
			next++
			if p.sign(next, ".") {
				next++
			}
		}
		return t.number, next, true
	}
	if (p.sign(j, "'") || p.sign(j, "’")) && p.tok(j+1).width == 2 {
		return 2000 + p.tok(j+1).number, j + 2, true
	}
	if n, next, ok := p.nextThis(j, tagYear); ok {
		return p.base.Year() + n, next, true
	}
	return 0, i, false
}

// nextThis reads "next UNIT" or "UNIT next" (1), "this UNIT" (0).
func (p *parser) nextThis(i int, unit tag) (offset, next int, ok bool) {
	i = p.skip(i)
	a, b := p.tok(i), p.tok(i+1)
	switch {
	case a.is(tagNext) && b.is(unit), a.is(unit) && b.is(tagNext):
		return 1, i + 2, true
	case a.is(tagThis) && b.is(unit):
		return 0, i + 2, true
	}
	return 0, i, false
}

// numeric reads 2026-01-05, 5.1.2026, 5.1., 1/5/2026, 5/1, 5-1-26.
func (p *parser) numeric(i int) (candidate, bool) {
	a, sep, b := p.tok(i), p.tok(i+1), p.tok(i+2)
	if a.number < 0 || b.number < 0 || sep.spaced && sep.text != "." || b.spaced && sep.text != "." || a.ordinal {
		return candidate{}, false
	}
	if sep.text != "." && sep.text != "/" && sep.text != "-" || p.glued(i) {
		return candidate{}, false
	}
	if a.width == 4 { // ISO 8601, and 2026/01/05
		if p.tok(i+3).text != sep.text || p.tok(i+4).number < 0 || p.tok(i+4).width > 2 {
			return candidate{}, false
		}
		d, ok := day(a.number, time.Month(b.number), p.tok(i+4).number, p.base.Location())
		return candidate{last: i + 4, from: d, to: d, form: formFull}, ok
	}
	if a.width > 2 || b.width > 2 {
		return candidate{}, false
	}
	if p.tok(i+3).text == sep.text && p.tok(i+4).number >= 0 && (sep.text == "." || !p.tok(i+4).spaced) && (p.tok(i+4).width == 4 || p.tok(i+4).width == 2 && !p.tok(i+4).spaced) {
		year := p.tok(i + 4).number
		if p.tok(i+4).width == 2 {
			year += 2000
		}
		if p.sign(i+5, "-") && p.tok(i+6).number >= 0 && !p.tok(i+5).spaced && !p.tok(i+6).spaced && sep.text == "-" {
			return candidate{}, false
		}
		return p.ordered(a.number, b.number, year, sep.text, candidate{last: i + 4, form: formFull})
	}
	last := i + 2
	dotted := sep.text == "." && p.sign(i+3, ".") && !p.tok(i+3).spaced
	switch {
	case dotted:
		last = i + 3
		if y := p.tok(i + 4); y.width == 4 && y.number >= 1990 && y.number <= 2200 { // "5. 1. 2026"
			return p.ordered(a.number, b.number, y.number, ".", candidate{last: i + 4, form: formFull})
		}
	case sep.text == "-", p.sign(i+3, ":"), p.tok(i + 3).is(tagTime), b.spaced:
		return candidate{}, false
	}
	c := candidate{last: last, form: formShort, yearless: true}
	if !dotted {
		c.form = formSlash
	}
	if t := p.tok(last + 1); t.is(tagTime) || t.text == "%" || t.text == ":" {
		return candidate{}, false
	}
	return p.ordered(a.number, b.number, 0, sep.text, c)
}

// glued tells whether a number is part of something longer: a telephone number, an address, a version.
func (p *parser) glued(i int) bool {
	before, t := p.tok(i-1), p.tok(i)
	if t.spaced || i == 0 {
		return false
	}
	if before.word {
		return !before.is(tagUntil, tagUntilIncl, tagOn, tagFrom, tagWeekdayShort, tagWeekday)
	}
	switch before.text {
	case ".", "/", ":", "+", "#", "@", "_", "=", "&":
		return p.tok(i-2).number >= 0 || before.text != "."
	case "-":
		return p.tok(i-2).number >= 0 && p.tok(i-2).width > 2
	}
	return false
}

// ordered makes a day of two numbers whose order is open. Points mean day first.
func (p *parser) ordered(a, b, year int, sep string, c candidate) (candidate, bool) {
	dm, okDM := p.resolve(a, time.Month(b), year)
	md, okMD := p.resolve(b, time.Month(a), year)
	switch {
	case okDM && (sep == "." || !okMD || a == b):
		c.from = dm
	case okMD && !okDM:
		c.from = md
	case okDM && p.dayFirst:
		c.from, c.other = dm, md
	case okDM:
		c.from, c.other = md, dm
	default:
		return candidate{}, false
	}
	c.to = c.from
	return c, true
}

// staleAfter says how long past a day without a year may lie to be taken for one gone by rather than for next year's.
const staleAfter = 100 // days

// resolve gives the day of a month; year 0 stands for the next one to come, or the one just past.
func (p *parser) resolve(d int, month time.Month, year int) (time.Time, bool) {
	zone := p.base.Location()
	if year != 0 {
		return day(year, month, d, zone)
	}
	for y := p.base.Year() - 1; y <= p.base.Year()+4; y++ { // 29 February comes within four years
		if t, ok := day(y, month, d, zone); ok && !t.Before(addDays(p.base, -staleAfter)) {
			return t, true
		}
	}
	return time.Time{}, false
}

// dayMonth reads "5 January 2026", "5th of January", "5. Januar", "5 de enero", and the ranges that end so.
func (p *parser) dayMonth(i int) (candidate, bool) {
	t := p.tok(i)
	d := t.number
	if d < 1 || d > 31 || t.width > 2 || p.glued(i) {
		return candidate{}, false
	}
	j := i + 1
	if p.sign(j, ".") || p.sign(j, "-") && !p.tok(j).spaced && p.tok(j+1).word {
		j++
	}
	j = p.skip(j)
	month, j, ok := p.month(j, true)
	if !ok {
		return candidate{}, false
	}
	c := candidate{form: formDayMonth, yearless: true}
	if p.sign(j, "-") && !p.tok(j).spaced && p.tok(j+1).width >= 2 && p.tok(j+1).number > 31 { // 5-Jan-2026
		j++
	}
	year, j, ok := p.year(j)
	if !ok && p.sign(j-1, "-") {
		if y := p.tok(j); y.width == 2 {
			year, j, ok = 2000+y.number, j+1, true
		} else if y.width == 4 {
			year, j, ok = y.number, j+1, true
		}
	}
	if ok {
		c.form, c.yearless = formFull, false
	}
	c.from, ok = p.resolve(d, month, year)
	c.to, c.last = c.from, j-1
	return c, ok
}

// monthDay reads "January 5th, 2026", "Jan. 5", "May 5-12" and "March 2026".
func (p *parser) monthDay(i int) (candidate, bool) {
	month, j, ok := p.month(i, true)
	if !ok {
		return candidate{}, false
	}
	if p.sign(j, "-") && !p.tok(j).spaced && !p.tok(j+1).spaced {
		j++
	}
	if t := p.tok(j); t.width == 4 && t.number >= 1990 && t.number <= 2200 {
		first, ok := day(t.number, month, 1, p.base.Location())
		return candidate{last: j, from: first, to: lastOfMonth(first), form: formMonth}, ok
	}
	if p.tok(j).is(tagOf) && p.tok(j+1).number >= 0 { // "January the 5th"
		j++
	}
	t := p.tok(j)
	if t.number < 1 || t.number > 31 || t.width > 2 || p.sign(j+1, ":") || p.tok(j+1).is(tagTime) {
		return candidate{}, false
	}
	d, next := t.number, j+1
	ranged := false
	if (p.sign(next, "-") || p.tok(next).is(tagTo)) && p.tok(next+1).number > d && p.tok(next+1).number <= 31 && p.tok(next+1).width <= 2 {
		if _, _, isMonth := p.month(next+2, true); !isMonth && !p.sign(next+2, ":") && !p.tok(next+2).is(tagTime) {
			d, next, ranged = p.tok(next+1).number, next+2, true
		}
	}
	c := candidate{form: formDayMonth, yearless: true, ranged: ranged}
	year, next, ok := p.year(next)
	if ok {
		c.form, c.yearless = formFull, false
	}
	c.from, ok = p.resolve(d, month, year)
	c.to, c.last = c.from, next-1
	return c, ok
}

// edged reads "end of next week", "mid-February", "early in the new year".
func (p *parser) edged(i int) (candidate, bool) {
	t := p.tok(i)
	if !t.is(tagEnd, tagMid, tagEarly, tagLate) {
		return candidate{}, false
	}
	j := i + 1
	if p.sign(j, "-") {
		j++
	}
	c, ok := p.period(p.skip(j))
	if !ok {
		c, ok = p.thisPeriod(p.skip(j))
	}
	if !ok {
		if m, next, isMonth := p.month(p.skip(j), true); isMonth {
			c, ok = p.wholeMonth(m, next)
		}
	}
	if !ok {
		return candidate{}, false
	}
	days := int(c.to.Sub(c.from).Hours()/24 + .5)
	week, month := days <= 7, days > 7 && days < 32
	at := c.from
	switch {
	case t.is(tagEnd) && !(t.is(tagEarly) || t.is(tagMid)):
		at = c.to
	case t.is(tagMid) && week:
		at = addDays(c.from, 2)
	case t.is(tagMid) && month:
		at = addDays(c.from, 14)
	case t.is(tagMid):
		at = addDays(c.from, days/2)
		at = firstOfMonth(at)
	case t.is(tagLate) && month:
		at = addDays(c.from, 19)
	case t.is(tagLate):
		at = c.to
	}
	c.from, c.to, c.edge = at, at, true
	if c.form == formMonth || c.form == formThis {
		c.form = formRelative
	}
	return c, true
}

// period reads a time with a beginning and an end: "next week", "March", "Q2 next year", "week 12", "summer".
func (p *parser) period(i int) (candidate, bool) {
	b := p.base
	if n, next, ok := p.nextThis(i, tagWeek); ok && n == 1 {
		monday := addDays(mondayOf(b), 7)
		return candidate{last: next - 1, from: monday, to: addDays(monday, 4), form: formRelative}, true
	}
	if n, next, ok := p.nextThis(i, tagMonthUnit); ok && n == 1 {
		first := firstOfMonth(addMonths(firstOfMonth(b), 1))
		return candidate{last: next - 1, from: first, to: lastOfMonth(first), form: formRelative}, true
	}
	if n, next, ok := p.nextThis(i, tagYear); ok && n == 1 {
		first := time.Date(b.Year()+1, 1, 1, 0, 0, 0, 0, b.Location())
		return candidate{last: next - 1, from: first, to: addDays(addMonths(first, 12), -1), form: formRelative}, true
	}
	if n, next, ok := p.nextThis(i, tagQuarter); ok && n == 1 {
		return p.wholeQuarter(b.Year(), (int(b.Month())-1)/3+2, 3, next-1, formRelative), true
	}
	if c, ok := p.quarter(i); ok {
		return c, true
	}
	if c, ok := p.weekNumber(i); ok {
		return c, true
	}
	if m, next, ok := p.month(i, false); ok {
		return p.wholeMonth(m, next)
	}
	if v, ok := p.tok(i).has(tagFixed); ok && v >= fixedSpring || ok && v == fixedNewYear {
		return p.fixed(i)
	}
	return candidate{}, false
}

// thisPeriod reads "the week", "this month", "the year": believed with an edge or an absence only.
func (p *parser) thisPeriod(i int) (candidate, bool) {
	t := p.tok(i)
	if t.is(tagThis) {
		i++
		t = p.tok(i)
	}
	b := p.base
	c := candidate{last: i, form: formThis}
	switch {
	case t.is(tagWeek):
		c.from, c.to = mondayOf(b), addDays(mondayOf(b), 4)
	case t.is(tagMonthUnit):
		c.from, c.to = firstOfMonth(b), lastOfMonth(b)
	case t.is(tagQuarter):
		return p.wholeQuarter(b.Year(), (int(b.Month())-1)/3+1, 3, i, formThis), true
	case t.is(tagYear):
		c.from = time.Date(b.Year(), 1, 1, 0, 0, 0, 0, b.Location())
		c.to = addDays(addMonths(c.from, 12), -1)
	default:
		return c, false
	}
	return c, true
}

// saidThis reads "this week": without the word, a week is no date.
func (p *parser) saidThis(i int) (candidate, bool) {
	if !p.tok(i).is(tagThis) {
		return candidate{}, false
	}
	return p.thisPeriod(i)
}

func (p *parser) wholeMonth(month time.Month, next int) (candidate, bool) {
	year, next, ok := p.year(next)
	c := candidate{last: next - 1, form: formMonth, yearless: !ok}
	if !ok {
		year = p.base.Year()
		if month < p.base.Month() {
			year++
		}
	}
	c.from = time.Date(year, month, 1, 0, 0, 0, 0, p.base.Location())
	c.to = lastOfMonth(c.from)
	return c, true
}

// quarter reads "Q2", "Q2 2026", "second quarter", "2. Quartal", "H2".
func (p *parser) quarter(i int) (candidate, bool) {
	t, after := p.tok(i), p.tok(i+1)
	n, months, next := 0, 3, 0
	ordinal, isOrdinal := t.has(tagOrdinal)
	switch {
	case (t.text == "q" || t.text == "t") && after.number >= 1 && after.number <= 4 && after.width == 1 && !after.spaced:
		n, next = after.number, i+2
	case t.text == "h" && (after.number == 1 || after.number == 2) && after.width == 1 && !after.spaced && t.spaced:
		n, months, next = after.number, 6, i+2
	case isOrdinal && after.is(tagQuarter):
		n, next = ordinal, i+2
	case isOrdinal && after.is(tagHalfYear) && ordinal <= 2:
		n, months, next = ordinal, 6, i+2
	case t.number >= 1 && t.number <= 4 && t.width == 1 && p.sign(i+1, ".") && p.tok(i+2).is(tagQuarter):
		n, next = t.number, i+3
	case t.number >= 1 && t.number <= 4 && t.ordinal && after.is(tagQuarter):
		n, next = t.number, i+2
	case t.is(tagQuarter) && after.number >= 1 && after.number <= 4 && after.width == 1:
		n, next = after.number, i+2
	default:
		return candidate{}, false
	}
	year, next, ok := p.year(next)
	if !ok {
		year = p.base.Year()
		if n*months < int(p.base.Month()) { // wholly gone by
			year++
		}
	}
	return p.wholeQuarter(year, n, months, next-1, formQuarter), true
}

func (p *parser) wholeQuarter(year, n, months, last int, f form) candidate {
	first := time.Date(year, time.Month((n-1)*months+1), 1, 0, 0, 0, 0, p.base.Location())
	return candidate{last: last, from: first, to: addDays(addMonths(first, months), -1), form: f}
}

// weekNumber reads "KW 12", "week 12", "v. 12", "12. KW".
func (p *parser) weekNumber(i int) (candidate, bool) {
	t := p.tok(i)
	j := i + 1
	if p.sign(j, ".") {
		j++
	}
	n, next := p.tok(j).number, j+1
	switch {
	case t.is(tagWeekNumber) && n >= 1 && n <= 53 && p.tok(j).width <= 2 && !p.tok(next).is(tagDay, tagWeek, tagMonthUnit, tagTime):
	case t.number >= 1 && t.number <= 53 && t.width <= 2 && j == i+2 && p.tok(j).is(tagWeekNumber):
		n = t.number
	default:
		return candidate{}, false
	}
	if (p.sign(next, "-") || p.tok(next).is(tagTo)) && p.tok(next+1).number > n && p.tok(next+1).number <= 53 { // weeks 28-31
		n, next = p.tok(next+1).number, next+2
	}
	year, next, ok := p.year(next)
	if !ok {
		if p.sign(next, "/") && p.tok(next+1).width >= 2 {
			year, next, ok = p.tok(next+1).number%100+2000, next+2, true
		}
	}
	if !ok {
		year, _ = p.base.ISOWeek()
		if monday, ok := isoWeek(year, n, p.base.Location()); !ok || addDays(monday, 6).Before(p.base) {
			year++
		}
	}
	monday, ok := isoWeek(year, n, p.base.Location())
	return candidate{last: next - 1, from: monday, to: addDays(monday, 4), form: formWeek}, ok
}

// weekdayOf reads "Thursday", "next Monday", "Friday next week", "next week on Tuesday".
func (p *parser) weekdayOf(i int) (candidate, bool) {
	j, next := i, false
	if p.tok(j).is(tagNext) {
		next = true
		j++
	} else if p.tok(j).is(tagThis) {
		j++
	}
	if n, k, ok := p.nextThis(i, tagWeek); ok { // next week on Tuesday
		k2 := k
		for m := 0; m < 2 && (p.tok(k2).is(tagOn) || p.sign(k2, ",")); m++ {
			k2++
		}
		if wd, ok := p.tok(k2).has(tagWeekday); ok {
			d := addDays(mondayOf(p.base), 7*n+(wd+6)%7)
			return candidate{last: k2, from: d, to: d, form: formRelative}, true
		}
		return candidate{}, false
	}
	wd, ok := p.tok(j).has(tagWeekday)
	if !ok || p.tok(j-1).is(tagLast) || p.tok(j+1).is(tagLast) {
		return candidate{}, false
	}
	c := candidate{last: j, form: formWeekday}
	if p.tok(j + 1).is(tagNext) { // lundi prochain
		if !p.tok(j+2).is(tagWeek, tagMonthUnit, tagYear) {
			c.last, next = j+1, true
		}
	}
	if next {
		c.form = formRelative
	}
	if n, k, ok := p.nextThis(c.last+1, tagWeek); ok && !next { // Friday next week
		c.from = addDays(mondayOf(p.base), 7*n+(wd+6)%7)
		c.to, c.last, c.form = c.from, k-1, formRelative
		return c, true
	}
	c.from = addDays(p.base, (wd-int(p.base.Weekday())+6)%7+1) // the first such day after the base
	c.to = c.from
	return c, true
}

// amount reads "in two weeks", "for ten days", "14 Tage später", "kahden viikon kuluttua".
func (p *parser) amount(i int) (candidate, bool) {
	t := p.tok(i)
	j := i
	led := t.is(tagIn, tagFor, tagAfter) && !t.is(tagNumber)
	if led {
		j = p.skip(j + 1)
	}
	if p.tok(j).is(tagNext) || p.tok(j).is(tagFor) && j > i {
		led = true
		j++
	}
	if p.tok(j).is(tagFortnight) && led {
		d := addDays(p.base, 14)
		return candidate{last: j, from: d, to: d, form: formRelative}, true
	}
	n, half := -1, false
	for k := 0; k < 3; k++ { // "a couple of", "two or three", "2-3"
		w := p.tok(j)
		if v, ok := w.has(tagNumber); ok && w.number < 0 {
			n = max(n, v)
		} else if w.number > 0 && w.width <= 3 && !p.glued(j) {
			n = max(n, w.number)
		} else if w.is(tagHalf) {
			half = true
		} else {
			break
		}
		j++
		if (p.sign(j, "-") || p.tok(j).is(tagTo)) && p.tok(j+1).number > 0 {
			j++
		}
	}
	if n < 0 && !half {
		return candidate{}, false
	}
	j = p.skip(j)
	if p.tok(j).is(tagNext) {
		led = true
		j++
	}
	u := p.tok(j)
	var d time.Time
	switch {
	case n > 400:
		return candidate{}, false
	case u.is(tagFortnight):
		d = addDays(p.base, 14*max(n, 1))
	case half && u.is(tagYear):
		d = addMonths(p.base, 6)
	case half && u.is(tagMonthUnit):
		d = addDays(p.base, 14)
	case half:
		return candidate{}, false
	case u.is(tagWorkday):
		d = addWorkdays(p.base, n)
	case u.is(tagDay):
		d = addDays(p.base, n)
	case u.is(tagWeek):
		d = addDays(p.base, 7*n)
	case u.is(tagMonthUnit):
		d = addMonths(p.base, n)
	case u.is(tagQuarter):
		d = addMonths(p.base, 3*n)
	case u.is(tagHalfYear):
		d = addMonths(p.base, 6*n)
	case u.is(tagYear):
		d = addMonths(p.base, 12*n)
	default:
		return candidate{}, false
	}
	c := candidate{last: j, from: d, to: d, form: formRelative}
	switch {
	case p.tok(j + 1).is(tagHence):
		c.last++
	case !led || p.tok(j+1).is(tagLast):
		return candidate{}, false
	case t.is(tagFor) && !t.is(tagIn) || !t.is(tagIn, tagFor, tagAfter):
		c.form = formSpan
	}
	return c, true
}

// fixed reads words that name a day or season by themselves.
func (p *parser) fixed(i int) (candidate, bool) {
	v, ok := p.tok(i).has(tagFixed)
	if !ok {
		return candidate{}, false
	}
	zone, b := p.base.Location(), p.base
	date := func(year int, month time.Month, d int) time.Time { return time.Date(year, month, d, 0, 0, 0, 0, zone) }
	c := candidate{last: i, form: formSeason}
	year, next, named := p.year(i + 1)
	if named {
		c.last = next - 1
	} else {
		year = b.Year()
	}
	span := func(of func(year int) (from, to time.Time)) {
		c.from, c.to = of(year)
		if !named && !c.to.After(b) {
			c.from, c.to = of(year + 1)
		}
	}
	season := func(month time.Month) {
		span(func(y int) (time.Time, time.Time) { return date(y, month, 1), addDays(date(y, month+3, 1), -1) })
		if !named && c.from.Before(b) && addDays(c.from, 45).Before(b) && v != fixedSummer { // half gone by: next year's
			c.from, c.to = date(c.from.Year()+1, month, 1), addDays(date(c.from.Year()+1, month+3, 1), -1)
		}
	}
	switch v {
	case fixedToday:
		c.from, c.to, c.form = b, b, formThis
	case fixedTomorrow:
		c.from, c.form = addDays(b, 1), formRelative
		c.to = c.from
	case fixedOvermorrow:
		c.from, c.form = addDays(b, 2), formRelative
		c.to = c.from
	case fixedNewYear:
		span(func(y int) (time.Time, time.Time) { return date(y, 1, 1), date(y, 1, 1) })
	case fixedHolidays:
		switch b.Month() {
		case time.June, time.July, time.August:
			c.from, c.to = date(b.Year(), 7, 1), date(b.Year(), 8, 31)
		case time.October, time.November, time.December, time.January:
			span(func(y int) (time.Time, time.Time) { return date(y-1, 12, 24), date(y, 1, 1) })
		default:
			return candidate{}, false
		}
	case fixedSummerBreak:
		span(func(y int) (time.Time, time.Time) { return date(y, 7, 1), date(y, 8, 31) })
	case fixedChristmas:
		span(func(y int) (time.Time, time.Time) { return date(y, 12, 24), date(y, 12, 26) })
	case fixedEaster:
		span(func(y int) (time.Time, time.Time) { return addDays(easter(y, zone), -2), addDays(easter(y, zone), 1) })
	case fixedPentecost:
		span(func(y int) (time.Time, time.Time) { return addDays(easter(y, zone), 48), addDays(easter(y, zone), 50) })
	case fixedThanksgiving:
		span(func(y int) (time.Time, time.Time) { d := thanksgiving(y, zone); return d, addDays(d, 3) })
	case fixedSpring:
		season(time.March)
	case fixedSummer:
		season(time.June)
	case fixedAutumn:
		season(time.September)
	case fixedWinter:
		season(time.December)
	}
	return c, !c.from.IsZero()
}

// thanksgiving gives the fourth Thursday of November.
func thanksgiving(year int, zone *time.Location) time.Time {
	first := time.Date(year, time.November, 1, 0, 0, 0, 0, zone)
	return addDays(first, (int(time.Thursday)-int(first.Weekday())+7)%7+21)
}

// bareDay reads "the 6th", "bis 6.", "le 3": a day whose month is not said.
func (p *parser) bareDay(i int) (candidate, bool) {
	t := p.tok(i)
	if t.number < 1 || t.number > 31 || t.width > 2 || p.glued(i) {
		return candidate{}, false
	}
	c := candidate{last: i, form: formBareDay, yearless: true}
	dotted := p.sign(i+1, ".") && !p.tok(i+1).spaced
	led := p.tok(i-1).is(tagUntil, tagUntilIncl, tagOn) || p.tok(i-1).is(tagOf) && p.tok(i-2).is(tagUntil, tagUntilIncl, tagOn, tagBack)
	if p.tok(i-1).is(tagWeekday, tagWeekdayShort) {
		led = true
	}
	if !led || !t.ordinal && !dotted && p.tok(i-1).text == "in" {
		return candidate{}, false
	}
	next := p.tok(i + 1)
	if dotted {
		c.last, next = i+1, p.tok(i+2)
	}
	if !t.ordinal && !dotted && !p.articleBefore(i) || next.number >= 0 && !next.spaced {
		return candidate{}, false
	}
	if next.is(tagTime, tagDay, tagWeek, tagMonthUnit, tagYear, tagQuarter, tagWorkday) || next.text == ":" || next.text == "/" || next.text == "%" {
		return candidate{}, false
	}
	for n := range 12 {
		d, ok := day(p.base.Year(), p.base.Month(), 1, p.base.Location())
		if d = addMonths(d, n); !ok {
			continue
		}
		if d, ok := day(d.Year(), d.Month(), t.number, p.base.Location()); ok && !d.Before(p.base) {
			c.from, c.to = d, d
			return c, true
		}
	}
	return candidate{}, false
}

// articleBefore tells whether a bare number stands behind an article that dates take: "le 3", "el 3", "den 7".
func (p *parser) articleBefore(i int) bool {
	switch p.tok(i - 1).text {
	case "le", "el", "il", "den", "dia", "día", "au", "al", "jusqu'au", "hasta el", "fino al", "dem", "d.", "dne", "dnia", "am", "do", "til", "till", "bis", "bis zum", "ao", "até", "até o", "tot", "t/m", "op":
		return true
	}
	t := p.tok(i - 1)
	return t.is(tagWeekday) || p.text[t.start:t.end] != "" && (t.is(tagUntilIncl) || t.is(tagUntil)) && t.last > i-1 && false
}
