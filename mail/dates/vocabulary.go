package dates

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"followupd/mail/wordtable"
)

// The words of each language, one file named by its ISO 639-1 code. A line is "key: word, word, …"; the keys are
// those of the table below. "ord*" stands for every word that begins so. A new language is a new file; no code changes.
//
//go:embed words/*.txt
var wordFiles embed.FS

// tag is what a word can mean in a date phrase.
type tag uint8

const (
	tagNone       tag = iota
	tagMonth          // value: 1 to 12
	tagMonthShort     // likewise, believed only beside a number
	tagWeekday        // value: time.Weekday
	tagWeekdayShort
	tagNumber  // value
	tagOrdinal // value: first = 1
	tagHalf
	tagDay
	tagWorkday
	tagWeek
	tagFortnight
	tagMonthUnit
	tagQuarter
	tagHalfYear
	tagYear
	tagWeekend
	tagNext
	tagThis
	tagLast
	tagIn
	tagFor
	tagHence
	tagAfter
	tagBefore
	tagUntil
	tagUntilIncl
	tagIncl
	tagFrom
	tagTo
	tagOn
	tagEnd
	tagMid
	tagEarly
	tagLate
	tagOf
	tagFixed // value: one of the fixed days below
	tagWeekNumber
	tagBack
	tagAgain
	tagPromise
	tagAbsent
	tagAgainst
	tagTime
)

// Values of tagFixed.
const (
	fixedToday = iota + 1
	fixedTomorrow
	fixedOvermorrow
	fixedNewYear
	fixedHolidays
	fixedSummerBreak
	fixedChristmas
	fixedEaster
	fixedPentecost
	fixedThanksgiving
	fixedSpring
	fixedSummer
	fixedAutumn
	fixedWinter
)

// keys says what the keys of the word files mean. Where list is set, the entries have the values 1, 2, 3 …
var keys = map[string]struct {
	tag   tag
	value int
	list  bool
}{
	"months": {tagMonth, 0, true}, "months-short": {tagMonthShort, 0, true},
	"weekdays": {tagWeekday, 0, true}, "weekdays-short": {tagWeekdayShort, 0, true},
	"numbers": {tagNumber, 0, true}, "ordinals": {tagOrdinal, 0, true},
	"couple": {tagNumber, 2, false}, "few": {tagNumber, 3, false}, "half": {tagHalf, 0, false},
	"day": {tagDay, 0, false}, "workday": {tagWorkday, 0, false}, "week": {tagWeek, 0, false},
	"fortnight": {tagFortnight, 0, false}, "month": {tagMonthUnit, 0, false}, "quarter": {tagQuarter, 0, false},
	"half-year": {tagHalfYear, 0, false}, "year": {tagYear, 0, false}, "weekend": {tagWeekend, 0, false},
	"next": {tagNext, 0, false}, "this": {tagThis, 0, false}, "last": {tagLast, 0, false},
	"in": {tagIn, 0, false}, "for": {tagFor, 0, false}, "hence": {tagHence, 0, false},
	"after": {tagAfter, 0, false}, "before": {tagBefore, 0, false},
	"until": {tagUntil, 0, false}, "until-incl": {tagUntilIncl, 0, false}, "incl": {tagIncl, 0, false},
	"from": {tagFrom, 0, false}, "to": {tagTo, 0, false}, "on": {tagOn, 0, false},
	"end": {tagEnd, 0, false}, "mid": {tagMid, 0, false}, "early": {tagEarly, 0, false}, "late": {tagLate, 0, false},
	"of": {tagOf, 0, false}, "weekno": {tagWeekNumber, 0, false},
	"today": {tagFixed, fixedToday, false}, "tomorrow": {tagFixed, fixedTomorrow, false}, "overmorrow": {tagFixed, fixedOvermorrow, false},
	"newyear": {tagFixed, fixedNewYear, false}, "holidays": {tagFixed, fixedHolidays, false}, "summer-break": {tagFixed, fixedSummerBreak, false},
	"christmas": {tagFixed, fixedChristmas, false}, "easter": {tagFixed, fixedEaster, false}, "pentecost": {tagFixed, fixedPentecost, false},
	"thanksgiving": {tagFixed, fixedThanksgiving, false},
	"spring":       {tagFixed, fixedSpring, false}, "summer": {tagFixed, fixedSummer, false}, "autumn": {tagFixed, fixedAutumn, false}, "winter": {tagFixed, fixedWinter, false},
	"back": {tagBack, 0, false}, "again": {tagAgain, 0, false}, "promise": {tagPromise, 0, false},
	"absent": {tagAbsent, 0, false}, "against": {tagAgainst, 0, false}, "time": {tagTime, 0, false},
}

// meaning is one thing that a word can mean, in one language.
type meaning struct {
	tag      tag
	value    int16
	language languages
}

// languages is a set of languages, one bit each.
type languages uint32

// vocabulary is all word files read. It is kept small, for a daemon holds it all day: as maps of slices it was 0.5 MB.
type vocabulary struct {
	bits    map[string]languages
	phrases wordtable.Index[meaning] // words in lower case, joined by single spaces
	longest wordtable.Index[int8]    // first word of a phrase → words in the longest such phrase
	stems   wordtable.Index[meaning] // beginnings of words
	stemLen wordtable.Index[int8]    // first three bytes of a stem → lengths of stems that begin so
}

// vocab cannot fail for files that pass the tests: they are part of the program.
var vocab = sync.OnceValue(func() *vocabulary {
	v, err := readVocabulary()
	if err != nil {
		panic(err)
	}
	return v
})

func readVocabulary() (*vocabulary, error) {
	r := reader{
		bits: map[string]languages{}, phrases: map[string][]meaning{}, longest: map[string][]int8{},
		stems: map[string][]meaning{}, stemLen: map[string][]int8{},
	}
	entries, err := wordFiles.ReadDir("words")
	if err != nil {
		return nil, err
	}
	for i, entry := range entries {
		data, err := wordFiles.ReadFile("words/" + entry.Name())
		if err != nil {
			return nil, err
		}
		language := strings.TrimSuffix(entry.Name(), ".txt")
		r.bits[language] = 1 << i
		if err := r.read(language, string(data)); err != nil {
			return nil, err
		}
	}
	return &vocabulary{
		bits: r.bits, phrases: wordtable.Of(r.phrases), longest: wordtable.Of(r.longest),
		stems: wordtable.Of(r.stems), stemLen: wordtable.Of(r.stemLen),
	}, nil
}

// reader is a vocabulary that is being read.
type reader struct {
	bits           map[string]languages
	phrases, stems map[string][]meaning
	longest        map[string][]int8 // one each
	stemLen        map[string][]int8
}

func (r *reader) read(language, text string) error {
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, cells, ok := strings.Cut(line, ":")
		key, known := keys[name]
		if !ok || !known {
			return fmt.Errorf("read words %s:%d: no such key in %q", language, n+1, line)
		}
		for i, cell := range strings.Split(cells, ",") {
			value := key.value
			if key.list {
				value = i + 1
			}
			if key.tag == tagWeekday || key.tag == tagWeekdayShort {
				value %= 7 // Sunday, the seventh, is time.Weekday 0
			}
			for word := range strings.SplitSeq(cell, "/") {
				if key.tag == tagUntilIncl || !key.list { // "t/m" is one word
					word = cell
				}
				r.add(strings.TrimSpace(word), meaning{key.tag, int16(value), r.bits[language]})
			}
		}
	}
	return nil
}

func (r *reader) add(word string, m meaning) {
	if stem, ok := strings.CutSuffix(word, "*"); ok {
		r.stems[stem] = append(r.stems[stem], m)
		if begin, n := stem[:3], int8(len(stem)); !slices.Contains(r.stemLen[begin], n) {
			r.stemLen[begin] = append(r.stemLen[begin], n)
		}
		return
	}
	var words []string
	for _, t := range scan(word) {
		words = append(words, t.text)
	}
	phrase := strings.Join(words, " ")
	if phrase == "" || slices.Contains(r.phrases[phrase], m) {
		return
	}
	r.phrases[phrase] = append(r.phrases[phrase], m)
	if n := int8(len(words)); r.longest[words[0]] == nil || n > r.longest[words[0]][0] {
		r.longest[words[0]] = []int8{n}
	}
}

// longestFrom gives how many words the longest phrase has that begins with a word; 0 where none does.
func (v *vocabulary) longestFrom(word string) int {
	if found := v.longest.Find(word); found != nil {
		return int(found[0])
	}
	return 0
}

// stem gives the meanings of a word by its beginning, the longest stem first.
func (v *vocabulary) stem(word string) []meaning {
	if len(word) < 4 {
		return nil
	}
	var best []meaning
	longest := 0
	for _, n := range v.stemLen.Find(word[:3]) {
		if n := int(n); n <= len(word) && n > longest {
			if found := v.stems.Find(word[:n]); found != nil {
				best, longest = found, n
			}
		}
	}
	return best
}
