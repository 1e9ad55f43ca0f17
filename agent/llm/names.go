package llm

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"followupd/playbook/prose"
)

// span is a run of words that names somebody or something.
type span struct{ from, to int }

var wordPattern = expressions.New(`[\p{L}][\p{L}\p{M}\p{N}]*(?:['’\-][\p{L}\p{M}\p{N}]+)*`)

// token is a word in its place.
type token struct {
	from, to int
	text     string // without a genitive 's
	lower    string
	capital  bool
	first    bool // of a sentence
	glued    bool // only blanks part it from the word before
}

func tokens(text string) []token {
	var out []token
	end := 0
	for _, m := range wordPattern.FindAllStringIndex(text, -1) {
		w := text[m[0]:m[1]]
		for _, s := range []string{"'s", "’s"} {
			w = strings.TrimSuffix(w, s)
		}
		r, _ := utf8.DecodeRuneInString(w)
		between := text[end:m[0]]
		out = append(out, token{
			from: m[0], to: m[0] + len(w), text: w, lower: strings.ToLower(w), capital: unicode.IsUpper(r),
			first: len(out) == 0 || begins(between), glued: len(out) > 0 && strings.Trim(between, " \t") == "" && between != "" && !strings.Contains(between, "\n"),
		})
		end = m[1]
	}
	return out
}

// begins says whether what stands between two words ends a sentence.
func begins(between string) bool {
	return strings.ContainsAny(between, ".!?…:;\"„“”«»•*") || strings.Count(between, "\n") > 1 || strings.Contains(between, ",\n") || strings.Contains(between, "- ") || strings.Contains(between, "(")
}

// titled words come before a person's name, however it is written.
var titled = set(`mr mrs ms miss dr prof sir madam herr herrn frau mme mlle monsieur madame sr sra señor señora dhr mevr kollege kollegin kollegen chef chefin colleague boss named called
	namens collègue collega kollega`)

// names finds the words that name somebody or something that known does not know (it is told whether a word stands where
// every word has a capital): a capital inside a sentence, an opening
// word that is none of the language's, whatever follows a title. In German, where every noun has a capital, a noun is told
// by its article, its ending, or by being known.
func names(text, lang string, known func(lower string, first bool) bool) []span {
	ts := tokens(text)
	inside := map[string]bool{} // words with a capital inside a sentence
	for _, t := range ts {
		if t.capital && !t.first {
			inside[t.lower] = true
		}
	}
	is := func(i int) bool {
		t := ts[i]
		if known(t.lower, t.first && !inside[t.lower]) || masked.MatchString(t.text) {
			return false
		}
		if parts := strings.FieldsFunc(t.lower, func(r rune) bool { return r == '-' || r == '\'' || r == '’' }); len(parts) > 1 {
			all := true
			for _, p := range parts {
				all = all && (known(p, false) || plain(p) || utf8.RuneCountInString(p) == 1)
			}
			if all {
				return false
			}
		}
		if i > 0 && titled[ts[i-1].lower] && ts[i-1].to < t.from && !plain(t.lower) && (t.capital || lang != "de" && ts[i-1].glued && len(t.lower) > 2) {
			return t.capital || honorific[ts[i-1].lower]
		}
		if !t.capital || plain(t.lower) {
			return false
		}
		if lang == "de" {
			return !germanNoun(ts, i)
		}
		if !t.first {
			return true
		}
		return inside[t.lower] || !ordinary(t.lower) || i+1 < len(ts) && ts[i+1].capital && ts[i+1].glued && !known(ts[i+1].lower, false) && !plain(ts[i+1].lower) && !opener(t.lower)
	}
	var out []span
	for i := range ts {
		if !is(i) {
			continue
		}
		if n := len(out); n > 0 && ts[i].glued && out[n-1].to == ts[i-1].to {
			out[n-1].to = ts[i].to
			continue
		}
		out = append(out, span{ts[i].from, ts[i].to})
	}
	return out
}

var honorific = set(`mr mrs ms dr prof herr herrn frau mme mlle dhr mevr`)

// plain says whether a word is one that every text holds, whatever its capital.
func plain(lower string) bool {
	return utf8.RuneCountInString(lower) < 2 || len(prose.Terms(lower)) == 0 || calendarWords[lower] || everyday[lower]
}

// opener says whether a word often begins a sentence.
func opener(lower string) bool { return plain(lower) || openers[lower] }

// ordinary says whether a word at the beginning of a sentence is an ordinary word of the language.
func ordinary(lower string) bool {
	if opener(lower) || neutral()[prose.Stem(lower)] {
		return true
	}
	for _, end := range []string{"ing", "ly", "tion", "tions", "ment", "ments", "ness", "ity", "ance", "ence", "ent", "ungen", "ung", "heit", "keit", "ción", "ement", "ande"} {
		if stem, ok := strings.CutSuffix(lower, end); ok && utf8.RuneCountInString(stem) > 2 {
			return true
		}
	}
	return false
}

// germanNoun says whether a capital in German is that of a noun rather than of a name.
func germanNoun(ts []token, i int) bool {
	t := ts[i]
	if t.first && (openers[t.lower] || neutral()[prose.Stem(t.lower)]) || germanNouns[t.lower] {
		return true
	}
	if i > 0 && titled[ts[i-1].lower] {
		return false
	}
	for _, end := range []string{
		"ung", "ungen", "heit", "heiten", "keit", "keiten", "schaft", "schaften", "tion", "tionen", "ität", "täten", "ment", "mente", "nis", "nisse", "chen", "ik", "ismus", "kosten", "zeit", "zeiten",
		"plan", "preis", "preise", "fracht", "rechnungen", "daten", "tage", "tag", "woche", "wochen", "monat", "monate", "platz", "plätze", "punkt", "punkte", "stelle", "stellen", "frage", "fragen", "zug", "züge", "weg", "wege", "linie", "linien",
	} {
		if stem, ok := strings.CutSuffix(t.lower, end); ok && (utf8.RuneCountInString(stem) > 1 || stem == "") {
			return true
		}
	}
	if i == 0 || !t.glued {
		return false
	}
	before := ts[i-1]
	if germanArticles[before.lower] {
		return true
	}
	if before.capital && !before.first {
		return false
	}
	// An adjective with its ending stands before nouns, seldom before names.
	for _, end := range []string{"en", "er", "es", "em", "e"} {
		if strings.HasSuffix(before.lower, end) && len(before.lower) > 5 && !before.capital && !openers[before.lower] {
			return true
		}
	}
	return false
}

var germanArticles = set(`der die das den dem des ein eine einen einem einer eines kein keine keinen keinem mein meine meinen meinem ihr ihre ihren ihrem ihrer ihres unser unsere unseren unserem unserer unseres
	dein deine deinen deinem deiner euer eure euren diese dieser dieses diesen diesem jede jeder jedes jeden jedem welche welcher welches welchen zum zur im am beim vom ins ans alle allen aller viele vielen wenige zwei drei vier
	fünf sechs sieben acht neun zehn zwölf beide beiden mehrere einige solche solchen je pro ohne manche`)

var germanNouns = set(`termin termine woche wochen minuten minute stunde stunden tag tage monat monate frage fragen antwort beispiel idee blick zeit thema punkt schritt schritte weg angebot vorschlag telefon mail mails
	gespräch treffen rückmeldung gruß grüße dank interesse hilfe arbeit team kollegen kunden kunde firma unternehmen rechnung rechnungen fracht kosten preis preise zahlen zahl daten beitrag artikel fall fälle bedarf
	aufwand risiko vorteil vergleich überblick seite stelle hand fuß kopf ende anfang beginn jahr jahre quartal sache sachen dinge grund gründe teil teile lösung ziel ziele plan pläne wort worte zeilen zeile ja nein
	guten herren damen euro prozent link sicht fuhrpark depot depots standort standorte lkw zuschlag zuschläge zuschlägen prüfung spedition speditionen frachtrechnungen rechnungsprüfung`)

func set(words string) map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// calendarWords have capitals in some languages and name nobody. As dates they are held against the ground.
var calendarWords = set(`monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december
	mon tue wed thu fri sat sun jan feb mar apr jun jul aug sep sept oct nov dec
	montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz mai juni juli oktober dezember
	lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril juin juillet août septembre octobre novembre décembre
	lunes martes miércoles jueves viernes sábado domingo enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
	maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart mei augustus
	måndag tisdag onsdag torsdag fredag lördag söndag mars maj augusti`)

// everyday words have capitals and name nobody.
var everyday = set(`i i'm i'll i'd i've ok pdf crm eu usa uk vat erp api csv excel english german french spanish dutch swedish european internet email e-mail ceo cfo coo it hr faq kpi roi sla q1 q2 q3 q4 tms edi`)

var openers = set(`accordingly actually additionally afterwards alternatively although anyway apart apparently assuming based basically beforehand besides beyond bring briefly
	certainly clearly compare compared consider considering curious currently depending despite easy equally especially eventually exactly fair fewer fine finally first firstly fortunately
	frankly generally given glad good happy hence honestly hopefully imagine important indeed initially instead judging keep large later likewise long looking maybe meanwhile
	moreover most mostly naturally nevertheless next nobody normally nor nothing nothing obviously occasionally often once one otherwise overall part perhaps personally pick please
	possibly practically presumably previously probably put quite rather realistically reading recently regarding regardless second secondly seen several shorter similarly simply
	small sometimes somewhere soon speaking specifically still straight sure surely take talking thankfully then thereafter thinking third thirdly three tell thus two typically ultimately
	understandably unless unlike unlikely usually very wherever whichever whoever works worth writing yes
	anbei außerdem dabei dadurch dafür dagegen daher damit danach dann daran darauf daraus darin darüber darum dazu deshalb deswegen ebenso eigentlich einfach erst falls gegebenenfalls genau gerade gerne
	haben hätte hätten hierzu hierbei hiermit ist jedenfalls jetzt können könnte könnten lassen lässt letztlich meist möchten möglich natürlich nehmen oft passt passen reicht schauen schicken sehen sicher sicherlich sobald sofern sollen sollte sollten
	sonst soweit später statt trotzdem vielleicht wahrscheinlich wann wäre wären warum wegen weil welche welcher welches wem wenn wer werden wichtig wieso wieviel wo wofür wollen womit worum wozu würde würden zudem zuerst zunächst zusätzlich zwischen
	afin ainsi alors après aussi avant cependant certains certaines cela comment concernant considérant dans depuis donc dès enfin ensuite est-ce faut-il finalement grâce ici jusqu justement lorsque mieux pendant peut-être plusieurs plutôt pourriez pouvons puis puisque quand quant quelle quelles quels seriez serait si souhaitez souvent suite surtout tandis toutefois voici voulez votre vos
	además ahora antes así aunque cada cómo cuál cuándo cuánto dado después donde entonces finalmente hoy igual incluso luego mientras mucho podemos podría puede pues quizá quizás quiere según será sería siempre tal también todavía tras una varios ya
	bovendien daarna daarom dan dit eerst eigenlijk hieronder hierbij hoe indien kan kunnen kunt mag misschien mocht momenteel na natuurlijk nu om omdat ook past schikt soms tenslotte toch verder vervolgens voor waar waarom wanneer wat welke wellicht wie wij wilt zal zo zou zouden zullen
	alltså antingen annars bland därefter därför dessutom då ibland innan istället kan kanske kunde lite med men närmare nu några ofta också om passar sedan självklart ska skulle slutligen som så under utan vad var vilka vilken vill visst än även whatever whenever however why apart maybe yet`)
