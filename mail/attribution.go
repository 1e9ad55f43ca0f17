package mail

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Quote gives the original text quoted with "> " below an attribution line, in the way the sample (a sent mail of
// the rep that quotes somebody) does it; without a sample, in the way most clients do, in the language given.
//
// What is learnt from the sample: the words, order, language and date of the attribution line, or Outlook's block of fields,
// and whether the lines below carry a mark. at is shown in its own location: the rep's zone.
func Quote(original string, from Person, at time.Time, language, sample string) string {
	style, mark := learnQuoting(sample)
	if style == nil {
		style, mark = defaultAttribution(language), "> "
	}
	var b strings.Builder
	head := style.render(from, at)
	if style.inside {
		head = prefixed(head, mark) + strings.TrimRight(mark, " ") + "\n"
	}
	b.WriteString(head)
	if strings.Contains(head, "\n") && mark == "" {
		b.WriteByte('\n') // Outlook leaves a line free below its block
	}
	b.WriteString(prefixed(strings.Trim(normalLines(original), "\n"), mark))
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// prefixed puts the mark before each line. A quote within the quote gets its mark without a space between: ">> ".
func prefixed(text, mark string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		line = strings.TrimRight(line, " \t")
		switch {
		case mark == "":
			b.WriteString(line)
		case line == "":
			b.WriteString(strings.TrimRight(mark, " "))
		case line[0] == '>':
			b.WriteString(strings.TrimRight(mark, " ") + line)
		default:
			b.WriteString(mark + line)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// attribution is one way to introduce a quoted mail: lines with places in braces.
//
//	{wd} {wday}   day of the week, short and long       {d} {dd}     day, without and with a leading zero
//	{mon} {month} month, short and long                 {m} {mm}     month as a number
//	{yyyy} {yy}   year                                  {H} {HH} {h} hour of 24, of 12
//	{M} {S} {ap}  minutes, seconds, AM or PM            {z}          offset, +0200
//	{name}        display name (the address without one) {addr}      address
//	{from}        name and address in brackets, or what of the two there is
type attribution struct {
	language string
	layout   string
	inside   bool // the line itself carries the quote mark (Apple Mail)
}

// learnQuoting finds how the sample introduces and marks what it quotes; nil where it quotes nothing that is known.
func learnQuoting(sample string) (style *attribution, mark string) {
	sample = clip(normalLines(sample), MaxText)
	at := len(sample)
	var after string
	for i := range attributions {
		a := attributions[i]
		loc := a.pattern().FindStringIndex(sample)
		if loc == nil || loc[0] >= at {
			continue
		}
		found := a
		found.inside = strings.HasPrefix(sample[loc[0]:], ">")
		style, at, after = &found, loc[0], sample[loc[1]:]
	}
	if style == nil {
		return nil, ""
	}
	for line := range strings.SplitSeq(after, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line == ">":
			continue
		case strings.HasPrefix(line, "> "):
			return style, "> "
		case strings.HasPrefix(line, ">"):
			return style, ">"
		case strings.Contains(style.layout, "\n"):
			return style, ""
		}
		break
	}
	return style, "> "
}

func defaultAttribution(language string) *attribution {
	for i := range attributions {
		if attributions[i].language == language {
			return &attributions[i]
		}
	}
	return &attributions[0]
}

var place = regexp.MustCompile(`\{[a-zA-Z]+\}`)

// placePatterns say what may stand at a place of a layout.
var placePatterns = map[string]string{
	"{wd}": `\p{L}{1,9}\.?`, "{wday}": `\p{L}{3,20}`, "{d}": `\d{1,2}`, "{dd}": `\d{2}`, "{mon}": `\p{L}{3,9}\.?`, "{month}": `\p{L}{3,20}`,
	"{m}": `\d{1,2}`, "{mm}": `\d{2}`, "{yyyy}": `\d{4}`, "{yy}": `\d{2}`, "{H}": `\d{1,2}`, "{HH}": `\d{2}`, "{h}": `\d{1,2}`,
	"{M}": `\d{2}`, "{S}": `\d{2}`, "{ap}": `[AaPp]\.?[Mm]\.?`, "{z}": `[+-]\d{4}`,
	"{name}": `[^\n<>@]{1,100}`, "{addr}": `[^\s<>]{1,100}@[^\s<>]{1,100}`, "{from}": `[^\n]{1,150}(?:\n[^\n]{1,150})?`,
}

// pattern makes the regular expression that finds the layout at the start of a line, wrapped lines and quote marks allowed.
func (a attribution) pattern() *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?m)^(?:> ?)?`)
	lines := strings.Split(strings.TrimRight(a.layout, "\n"), "\n")
	for i, line := range lines {
		if i > 0 {
			b.WriteString(`[ \t]*\n+`)
		}
		rest := line
		for rest != "" {
			loc := place.FindStringIndex(rest)
			if loc == nil {
				b.WriteString(literal(rest))
				break
			}
			b.WriteString(literal(rest[:loc[0]]))
			b.WriteString(placePatterns[rest[loc[0]:loc[1]]])
			rest = rest[loc[1]:]
		}
	}
	b.WriteString(`[ \t]*$`)
	return regexp.MustCompile(b.String())
}

// literal quotes text for a pattern; a space may be a line break, as clients wrap long attribution lines.
func literal(s string) string {
	return strings.ReplaceAll(regexp.QuoteMeta(s), " ", `[  ]?\n?(?:> ?)?[  ]?`)
}

func (a attribution) render(from Person, at time.Time) string {
	names := calendarNames[a.language]
	month, day := int(at.Month())-1, int(at.Weekday())
	pick := func(list string, i int) string {
		if words := strings.Fields(list); i < len(words) {
			return words[i]
		}
		return ""
	}
	hour12 := (at.Hour()+11)%12 + 1
	name := printable(from.Name)
	if name == "" {
		name = string(from.Address)
	}
	whole := string(from.Address)
	if from.Name != "" {
		whole = fmt.Sprintf("%s <%s>", name, from.Address)
	}
	values := map[string]string{
		"{wd}": pick(names.days, day), "{wday}": pick(names.longDays, day), "{mon}": pick(names.months, month), "{month}": pick(names.longMonths, month),
		"{d}": at.Format("2"), "{dd}": at.Format("02"), "{m}": at.Format("1"), "{mm}": at.Format("01"), "{yyyy}": at.Format("2006"), "{yy}": at.Format("06"),
		"{H}": fmt.Sprint(at.Hour()), "{HH}": at.Format("15"), "{h}": fmt.Sprint(hour12), "{M}": at.Format("04"), "{S}": at.Format("05"), "{ap}": at.Format("PM"),
		"{z}": at.Format("-0700"), "{name}": name, "{addr}": string(from.Address), "{from}": whole,
	}
	text := place.ReplaceAllStringFunc(a.layout, func(p string) string { return values[p] })
	return strings.TrimRight(text, "\n") + "\n"
}
