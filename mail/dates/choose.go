package dates

import (
	"strings"
	"time"
)

// How far around a date the words that make it one are looked for, in tokens.
const (
	cueBefore     = 14
	cueAfter      = 8
	againstBefore = 5
	againstAfter  = 3
	opening       = 5 // a date no further from the beginning of its sentence opens it
)

// What the words around a date are worth. A date is believed from enough on.
const (
	enough       = 3
	worthBack    = 5 // "back on", "wieder erreichbar"
	worthAgain   = 4 // "ask me again"
	worthPromise = 3 // "I will get back to you"
	worthUntil   = 3 // "until"
	worthAbsent  = 2 // "on vacation"
	worthRange   = 2 // "from … to …"
	worthFrom    = -3
	worthAgainst = -6 // "founded", "invoice"
)

// What a sentence wants of a date, the stronger last: where a text names several days, the stronger one is meant.
const (
	purposeNone = iota
	purposeLimit
	purposePromise
	purposeReturn
)

// beats tells whether j is meant rather than k: the later day of two alike.
func (j judged) beats(k judged) bool {
	switch {
	case j.purpose != k.purpose:
		return j.purpose > k.purpose
	case j.worth != k.worth:
		return j.worth > k.worth
	}
	return j.day.After(k.day)
}

// judged is a candidate with what stands around it.
type judged struct {
	candidate
	purpose   int // what the sentence wants of the date: none, a limit, a promise, a return or a later talk
	worth     int
	day       time.Time
	inclusive bool
}

// judge weighs a candidate by its sentence.
func (p *parser) judge(s span) judged {
	c, lead, sentences := s.candidate, s.lead, s.sentences
	j := judged{candidate: c, worth: believed[c.form]}
	prep := p.preposition(lead)
	back := p.near(s, tagBack)
	again := p.near(s, tagAgain)
	absent := p.near(s, tagAbsent)
	switch {
	case back:
		j.worth += worthBack
		j.purpose = purposeReturn
	case again:
		j.worth += worthAgain
		j.purpose = purposeReturn
	case p.near(s, tagPromise):
		j.worth += worthPromise
		j.purpose = purposePromise
	}
	if absent {
		j.worth += worthAbsent
	}
	if c.ranged {
		j.worth += worthRange
	}
	until := prep == tagUntil || prep == tagUntilIncl
	switch {
	case until:
		j.worth += worthUntil
		j.purpose = max(j.purpose, purposeLimit)
	case prep == tagFrom && !back && !again && !c.ranged:
		j.worth += worthFrom
	}
	for i := max(0, lead-againstBefore); i <= c.last+againstAfter && i < len(p.tokens); i++ {
		if sentences[i] == sentences[c.first] && (i < lead || i > c.last) && p.tok(i).isIn(p.main, tagAgainst) && !p.tok(i).is(tagBack, tagAgain, tagUntil) {
			j.worth += worthAgainst
			break
		}
	}
	if (c.form == formMonth || c.form == formSeason) && prep == tagNone && !p.tok(lead-1).is(tagBack, tagAgain, tagOn, tagIn, tagNext, tagOf, tagAfter, tagBefore) {
		j.worth -= 2
		if c.form == formMonth && isAlsoWord(p.tok(c.first).text) {
			j.worth -= believed[formFull] * 2
		}
	}

	j.day, j.inclusive = c.from, prep == tagUntilIncl || c.ranged || p.tok(c.last+1).is(tagIncl) || p.tok(lead-1).is(tagIncl)
	if p.sign(c.last+1, "(") && p.tok(c.last+2).is(tagIncl) || p.sign(c.last+1, ",") && p.tok(c.last+2).is(tagIncl) {
		j.inclusive = true
	}
	period := !c.from.Equal(c.to)
	switch {
	case prep == tagAfter:
		j.day, j.inclusive = addDays(c.to, 1), false
		if c.form == formWeek || c.form == formRelative && period && int(c.to.Sub(c.from).Hours()) < 24*6 { // after next week: the Monday
			j.day = addDays(c.from, 7)
		}
		if c.form == formRelative && !period { // "after two weeks"
			j.day = c.from
		}
	case c.ranged && period:
		j.day = c.to
	case period && absent && !until && !back && !again && prep != tagBefore:
		j.day, j.inclusive = c.to, true // away next week, on vacation in August
	case c.form == formThis && !c.edge && period:
		j.worth -= 5 // "this week" ends nothing by itself
	case (c.form == formThis || c.form == formRelative || c.form == formWeekday) && !period && absent && !until && !back && !again && !c.edge && c.form != formSpan:
		j.inclusive = true // "I am out today"
	}
	if c.edge && until && p.tok(c.first).is(tagEnd) {
		j.inclusive = true // until the end of next week
	}
	if j.purpose == purposePromise {
		j.inclusive = false // "by Friday" promises Friday
	}
	return j
}

// preposition gives the word that leads to a date: until, after, from …, over articles and a weekday.
func (p *parser) preposition(first int) tag {
	for i := first - 1; i >= 0 && i >= first-4; i-- {
		t := p.tok(i)
		for _, want := range []tag{tagUntilIncl, tagUntil, tagAfter, tagBefore, tagFrom, tagIn, tagFor} {
			if t.is(want) {
				return want
			}
		}
		if !t.is(tagOf, tagOn, tagWeekday, tagWeekdayShort, tagIncl) && t.text != "," && t.text != "." && t.text != "(" && t.text != "-" && t.text != "*" {
			return tagNone
		}
	}
	return tagNone
}

// isAlsoWord tells whether a month's name is a common word as well, so that it needs a preposition: "may I", "march on".
func isAlsoWord(month string) bool {
	switch month {
	case "may", "march", "mars", "mai", "maj", "mei", "set", "out":
		return true
	}
	return false
}

// near tells whether a word with that meaning stands around a candidate, in its sentence and nearer to it than to
// another date. A word behind a comma belongs to what follows, unless the date opened the sentence ("On 5 May, I am back").
func (p *parser) near(s span, want tag) bool {
	sentence := s.sentences[s.first]
	for i := s.lead - 1; i >= 0 && i > s.before && i >= s.lead-cueBefore && s.sentences[i] == sentence; i-- {
		if p.tok(i).is(want) {
			return true
		}
	}
	opens := s.lead <= opening || s.sentences[s.lead-opening-1] != sentence
	for i := s.last + 1; i < s.after-3 && i <= s.last+cueAfter && i < len(p.tokens) && s.sentences[i] == sentence; i++ {
		if p.tok(i).text == "," && !opens {
			return false
		}
		if p.tok(i).is(want) {
			return true
		}
	}
	return false
}

// span is a candidate in its surroundings.
type span struct {
	candidate
	lead          int   // its first token, the beginning of the range included
	before, after int   // last token of the date before it, first of the one behind it
	sentences     []int // the sentence each token stands in
}

// number of the sentence each token stands in.
func (p *parser) sentenceNumbers() []int {
	numbers := make([]int, len(p.tokens))
	n := 0
	for i, t := range p.tokens {
		numbers[i] = n
		switch t.text {
		case "!", "?", "\n", "。", "！", "？", ";":
			n++
		case ".":
			before, after := p.tok(i-1), p.tok(i+1)
			if after.spaced && before.number < 0 && len(before.text) > 3 && !before.is(tagMonthShort, tagWeekdayShort) {
				n++
			}
			if after.spaced && before.number >= 0 && before.width == 4 {
				n++
			}
		}
	}
	return numbers
}

// candidates finds every date of the text and joins ranges.
func (p *parser) candidates() (found []candidate, leads []int) {
	for i := 0; i < len(p.tokens); i++ {
		t := p.tokens[i]
		if t.meanings == nil && t.number < 0 && t.text != "q" && t.text != "h" && t.text != "t" {
			continue
		}
		c, ok := p.at(i)
		if !ok {
			continue
		}
		lead := i
		c = p.beside(c)
		if n := len(found); n > 0 && c.weekday > 0 && found[n-1].form == formWeekday && i-found[n-1].last <= 3 {
			found, leads = found[:n-1], leads[:n-1] // "Monday, 5 January" is one date
		}
		// "3.–12. May", "from 3 to 12 May": the number before is the first day
		if k := p.rangeSign(i); k >= 0 && (c.form == formDayMonth || c.form == formFull || c.form == formShort || c.form == formBareDay) {
			start := k - 1
			if p.sign(start, ".") {
				start--
			}
			if n := p.tok(start).number; n >= 1 && n <= 31 && p.tok(start).width <= 2 {
				c.ranged, lead = true, start
			}
		}
		if n := len(found); n > 0 {
			if k := p.rangeSign(c.first); k >= 0 && k-1 <= found[n-1].last+2 && found[n-1].last < k && k-found[n-1].last <= 2 && !found[n-1].from.After(c.to) {
				c.ranged, lead = true, leads[n-1]
				found, leads = found[:n-1], leads[:n-1]
			}
		}
		found, leads = append(found, c), append(leads, lead)
		i = c.last
	}
	return found, leads
}

// rangeSign gives the token of the "to" or dash right before i, over an article or weekday, or -1.
func (p *parser) rangeSign(i int) int {
	for k := i - 1; k >= 0 && k >= i-3; k-- {
		t := p.tok(k)
		if t.is(tagTo) || t.text == "-" || t.text == "~" {
			return k
		}
		if !t.is(tagOf, tagOn, tagWeekday, tagWeekdayShort) && t.text != "," && t.text != "." {
			break
		}
	}
	return -1
}

// beside notes the weekday that stands next to a day.
func (p *parser) beside(c candidate) candidate {
	if c.form == formWeekday || c.form == formRelative || !c.from.Equal(c.to) {
		return c
	}
	weekday := func(i int) (int, bool) {
		if v, ok := p.tok(i).has(tagWeekday); ok {
			return v, true
		}
		v, ok := p.tok(i).has(tagWeekdayShort)
		return v, ok && p.tok(i).word
	}
	for i := c.first - 1; i >= 0 && i >= c.first-3; i-- {
		if v, ok := weekday(i); ok {
			c.weekday = v + 1
			return c
		}
		if t := p.tok(i); !t.is(tagOf, tagOn) && t.text != "," && t.text != "." {
			break
		}
	}
	if i := c.last + 1; p.sign(i, "(") || p.sign(i, ",") {
		if v, ok := weekday(i + 1); ok && (p.sign(i+2, ")") || p.tok(i+1).is(tagWeekday)) {
			c.weekday = v + 1
		}
	}
	return c
}

// settle decides between day/month readings and years: by the weekday beside the date, by another date of the text
// with a part over 12, then by nearness. ok is false where a date contradicts the weekday beside it.
func (p *parser) settle(found []candidate) {
	swap := 0 // votes for the other reading
	for _, c := range found {
		if c.other.IsZero() || c.weekday == 0 {
			continue
		}
		if int(c.from.Weekday()) == c.weekday-1 {
			swap--
		} else if int(c.other.Weekday()) == c.weekday-1 {
			swap++
		}
	}
	if swap == 0 {
		swap = p.swapByNearness(found)
	}
	for i := range found {
		if c := &found[i]; !c.other.IsZero() && swap > 0 {
			c.from, c.to = c.other, c.other
		}
	}
}

func (p *parser) swapByNearness(found []candidate) int {
	distance := func(t time.Time) float64 {
		days := t.Sub(p.base).Hours() / 24
		if days < -31 {
			days = 400 - days // long past is worse than any future
		}
		if days < 0 {
			days = -days
		}
		return days
	}
	as, other := 0.0, 0.0
	for _, c := range found {
		if !c.other.IsZero() {
			as += distance(c.from)
			other += distance(c.other)
		}
	}
	switch {
	case other == as:
		return 0
	case p.dayFirst && other > as-45 && as < 400: // the language says day first: only a clear difference outweighs it
		return 0
	case other < as:
		return 1
	}
	return 0
}

// contradicts tells whether the weekday beside a day is not that day's, in any year that could be meant.
func (c *candidate) contradicts(p *parser) bool {
	if c.weekday == 0 || int(c.from.Weekday()) == c.weekday-1 {
		return false
	}
	if c.form == formBareDay { // the right month may be the one after
		for n := 1; n <= 3; n++ {
			if t, ok := day(c.from.Year(), c.from.Month()+time.Month(n), c.from.Day(), c.from.Location()); ok && int(t.Weekday()) == c.weekday-1 {
				c.from, c.to = t, t
				return false
			}
		}
	}
	if c.yearless { // the last year's notice
		if t, ok := day(c.from.Year()-1, c.from.Month(), c.from.Day(), c.from.Location()); ok && int(t.Weekday()) == c.weekday-1 {
			c.from, c.to = t, t
			return false
		}
	}
	return true
}

func (p *parser) phrase(c candidate, lead int) string {
	start, end := p.tok(lead).start, p.tok(c.last).end
	return strings.Join(strings.Fields(p.text[start:end]), " ")
}
