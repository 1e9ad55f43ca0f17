package playbook

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"followupd/mail"
	"followupd/mail/quote"
	"followupd/playbook/prose"
	"followupd/playbook/rarely"
	"followupd/tracker"
)

// greetings finds the greeting at the start of a mail, by language.
var greetings = map[string]*rarely.Pattern{
	"en": expressions.New(`(?i)^(hi|hello|hey|dear|good (?:morning|afternoon|evening|day))\b`),
	"de": expressions.New(`(?i)^(hallo|guten (?:tag|morgen|abend)|liebe[r]?|sehr geehrte[r]?|moin|servus|grüezi|hi|hey)(?:\s|,|!|$)`),
	"fr": expressions.New(`(?i)^(bonjour|bonsoir|ch[eè]re?s?|salut|madame|monsieur)(?:\s|,|!|$)`),
	"es": expressions.New(`(?i)^(hola|estimad[oa]s?|buenos días|buenas (?:tardes|noches)|querid[oa]s?)(?:\s|,|:|!|$)`),
	"nl": expressions.New(`(?i)^(beste|geachte|dag|hallo|hoi|goede(?:morgen|middag|navond|ndag)|lieve)(?:\s|,|!|$)`),
	"sv": expressions.New(`(?i)^(hej(?:san)?|bästa|kära?|god (?:morgon|dag|kväll)|tjena)(?:\s|,|!|$)`),
}

// timeless replaces greetings of a time of day: nobody knows when the rep sends the draft.
var timeless = map[string]string{
	"good morning": "Hello", "good afternoon": "Hello", "good evening": "Hello", "guten morgen": "Guten Tag", "guten abend": "Guten Tag", "bonsoir": "Bonjour",
	"buenos días": "Hola", "buenas tardes": "Hola", "buenas noches": "Hola", "goedemorgen": "Goedendag", "goedemiddag": "Goedendag", "goedenavond": "Goedendag",
	"god morgon": "Hej", "god kväll": "Hej",
}

// greet gives the greeting line: as the rep greeted the same people last in this thread, else in the manner of the
// language with the names known, else without a name.
func (c *conversation) greet() string {
	for i := len(c.silence) - 1; i >= 0; i-- {
		if i < len(c.silence)-1 && !samePeople(c.silence[i].to, c.silence[len(c.silence)-1].to) {
			continue
		}
		if g := learntGreeting(c.silence[i].text, c.written); g != "" {
			return g
		}
	}
	var names []string
	for _, p := range c.prospects {
		names = append(names, firstName(p.Name))
	}
	return plainGreeting(c.written, names, c.familiar())
}

func samePeople(a, b []mail.Person) bool {
	if len(a) != len(b) {
		return false
	}
	in := map[mail.Address]bool{}
	for _, p := range a {
		in[p.Address] = true
	}
	for _, p := range b {
		if !in[p.Address] {
			return false
		}
	}
	return true
}

// learntGreeting gives the greeting that a text begins with, "" where it has none that may stand again.
func learntGreeting(text, lang string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	line = strings.Join(strings.Fields(line), " ")
	known := greetings[lang]
	if known == nil || !known.MatchString(line) {
		return ""
	}
	mark := ","
	if prose.Link.MatchString(line) {
		return ""
	}
	if i := strings.IndexAny(line, ",!:–"); i >= 0 {
		switch line[i] {
		case '!', ':':
			mark = line[i : i+1]
		}
		line = line[:i]
	}
	opening := strings.TrimRight(known.FindString(line), " ,:!")
	name := strings.TrimSpace(line[min(len(opening), len(line)):])
	if utf8.RuneCountInString(name) > 40 || len(strings.Fields(name)) > 5 || strings.IndexFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) && !strings.ContainsRune(" .'’-&", r)
	}) >= 0 {
		return ""
	}
	if t := timeless[strings.ToLower(opening)]; t != "" {
		opening = t
	}
	return strings.TrimSpace(opening+" "+name) + mark
}

func plainGreeting(lang string, names []string, familiar bool) string {
	known := len(names) > 0 && len(names) <= 2
	for _, n := range names {
		known = known && n != ""
	}
	word := map[string]string{"en": "Hello", "de": "Guten Tag", "fr": "Bonjour", "es": "Hola", "nl": "Beste", "sv": "Hej"}[lang]
	if lang == "de" && familiar {
		word = "Hallo"
	}
	switch {
	case known && len(names) == 2:
		return word + " " + names[0] + ", " + strings.ToLower(word[:1]) + word[1:] + " " + names[1] + ","
	case known:
		return word + " " + names[0] + ","
	case len(names) > 1:
		return map[string]string{"en": "Hello all,", "de": "Guten Tag zusammen,", "fr": "Bonjour à tous,", "es": "Hola a todos:", "nl": "Beste allemaal,", "sv": "Hej allihop,"}[lang]
	case lang == "nl":
		return "Goedendag,"
	}
	return word + ","
}

var (
	title  = expressions.New(`(?i)^((mr|mrs|ms|dr|prof|ing|dipl|herr|frau|mme|m|sr|sra|dhr|mevr)\b\.?[ -]?)+`)
	behind = expressions.New(`[(\[|].*$| [-–—/] .*$| via .*$| @ .*$`)
)

// firstName gives the name by which to greet a person, "" where the display name is none: an address, a department, a
// hostile string, a script that would run against the line.
func firstName(display string) string {
	if len(display) > 200 {
		return ""
	}
	s := strings.TrimSpace(strings.Trim(strings.TrimSpace(display), `"'`))
	if strings.ContainsAny(s, `@;<>{}\"=+*#%&$§!?0123456789`) {
		return ""
	}
	s = strings.TrimSpace(behind.ReplaceAllString(s, ""))
	if last, first, swapped := strings.Cut(s, ","); swapped { // "Vogt, Lena"
		if strings.Contains(first, ",") || last == "" {
			return ""
		}
		s = strings.TrimSpace(first)
	}
	s = title.ReplaceAllString(s, "")
	name, _, _ := strings.Cut(s, " ")
	n := utf8.RuneCountInString(name)
	if n < 2 || n > 20 || departments[strings.ToLower(name)] {
		return ""
	}
	for i, r := range name {
		if !unicode.Is(unicode.Latin, r) && !unicode.Is(unicode.Mn, r) && !unicode.Is(unicode.Cyrillic, r) && !unicode.Is(unicode.Greek, r) && !strings.ContainsRune("'’-", r) {
			return ""
		}
		if i == 0 && !unicode.IsUpper(r) {
			return ""
		}
	}
	if strings.ToUpper(name) == name { // "LENA VOGT"
		r, size := utf8.DecodeRuneInString(name)
		name = string(r) + strings.ToLower(name[size:])
	}
	return name
}

// departments are display names that greet nobody.
var departments = set(`info sales team office support the contact service admin mail post company kontakt vertrieb buchhaltung einkauf accounts accounting billing
	purchasing procurement logistics marketing hr reception secretary zentrale sekretariat einkaufsabteilung department group help hello no-reply noreply drop select`)

// closings finds the line that closes a mail, by language.
var closings = expressions.New(`(?i)^(best|(?:with |my )?(?:best|kind|kindest|warm|warmest|sincere) (?:regards|wishes)|regards|rgds|br|thanks|many thanks|thank you|thanks again|cheers|sincerely|yours(?: sincerely| truly| faithfully)?|all the best|talk soon|` +
	`(?:mit )?(?:freundlichen|freundliche|besten|beste|viele|vielen|liebe|lieben|herzliche|herzlichen|schöne) (?:grüßen|grüße|grüssen|grüsse|gruß|gruss)(?: (?:aus|nach|von) [\p{L}. -]{2,30})?|vg|lg|mfg|` +
	`cordialement|bien (?:à vous|à toi|cordialement)|(?:meilleures|sincères) salutations|amicalement|` +
	`(?:un )?(?:cordial(?:es)? |atentos? )?saludos?(?: cordiales)?|un abrazo|atentamente|` +
	`(?:met )?(?:vriendelijke|hartelijke) groet(?:en)?|groet(?:en|jes)?|mvg|` +
	`(?:med )?(?:vänliga|bästa|varma)? ?hälsning(?:ar)?|mvh|vänligen|allt gott)\s*([,.!]?)$`)

var plainClosing = map[string]string{
	"en": "Best regards", "de": "Viele Grüße", "fr": "Bien cordialement", "es": "Un saludo", "nl": "Met vriendelijke groet", "sv": "Vänliga hälsningar",
}

// tail gives the last lines of a mail's new text and the signature below them, where closings stand.
func tail(m tracker.Linked, contents map[int64]*mail.Content) string {
	text := m.Reading.NewText
	if c := contents[m.Row]; c != nil {
		parts := quote.Cut(c.Text)
		text = parts.New + "\n" + parts.Signature
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-12):], "\n")
}

// closeWith gives what ends the mail: the rep's closing line as they use it, and the signature. A rep who ends with the bare
// name gets the signature in its place; a signature that begins with a closing of its own is enough.
func (c *conversation) closeWith() string {
	name, _, _ := strings.Cut(strings.TrimSpace(c.rep.Name), " ")
	if first, _, _ := strings.Cut(c.signature, "\n"); closings.MatchString(strings.TrimSpace(first)) {
		return c.signature
	}
	formula, bare := "", false
	if c.language != "" && c.language != c.written {
		formula = plainClosing[c.written]
	}
	for i := len(c.silence) - 1; i >= 0 && formula == ""; i-- {
		for line := range strings.SplitSeq(c.silence[i].tail, "\n") {
			line = strings.TrimSpace(line)
			if closings.MatchString(line) {
				formula = line
			}
			bare = bare || name != "" && strings.EqualFold(strings.TrimRight(line, ",.! "), name)
		}
		if formula == "" && bare {
			break
		}
	}
	switch {
	case formula == "" && bare && c.signature == "":
		return name
	case formula == "" && bare && strings.HasPrefix(strings.ToLower(c.signature), strings.ToLower(name)):
		return c.signature
	case formula == "" && bare:
		return name + "\n" + c.signature
	case formula == "":
		formula = plainClosing[c.written]
	}
	if c.signature == "" {
		return strings.TrimSpace(formula + "\n" + name)
	}
	return formula + "\n" + c.signature
}
