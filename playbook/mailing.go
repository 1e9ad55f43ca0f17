package playbook

import (
	"fmt"
	"hash/fnv"
	"strings"
	"unicode"
	"unicode/utf8"

	"followupd/mail"
	"followupd/tracker"
)

// Mailings knows which texts of the rep went to many people. A name or a company filled in makes no difference. It is for
// one goroutine; its zero value is ready.
type Mailings struct {
	people map[uint64]map[mail.Address]struct{}
}

// many is to how many people a text goes that is no letter any more.
const many = 5

// mostNoted bounds the people counted for one text.
const mostNoted = 10000

// Note takes in a mail of the rep.
func (m *Mailings) Note(s tracker.Seen) {
	print, ok := fingerprint(s.Reading.NewText)
	if !ok {
		return
	}
	if m.people == nil {
		m.people = make(map[uint64]map[mail.Address]struct{})
	}
	if m.people[print] == nil {
		m.people[print] = make(map[mail.Address]struct{})
	}
	for _, p := range s.Message.To {
		if len(m.people[print]) < mostNoted {
			m.people[print][p.Address] = struct{}{}
		}
	}
}

// Reach says to how many people a text of this thread went that went to many; 0 where the rep wrote to these people only.
func (m *Mailings) Reach(t *tracker.Thread) int {
	if t == nil {
		return 0
	}
	most := 0
	for _, l := range t.Messages {
		if l.Seen == nil || l.Direction != tracker.Out {
			continue
		}
		if print, ok := fingerprint(l.Reading.NewText); ok {
			most = max(most, len(m.people[print]))
		}
	}
	if most < many {
		return 0
	}
	return most
}

// SentToMany says it in a plain sentence.
func SentToMany(people int) string {
	return fmt.Sprintf("the same text went to %d people: a line that only this person could get is worth adding", people)
}

// fingerprint sums up what a text says whoever it goes to: its words without the greeting, and without those with a capital
// or a digit in them, as what is filled in has. ok is false for a text too short to be told from others.
func fingerprint(text string) (sum uint64, ok bool) {
	const least, most = 12, 200
	if head, rest, cut := strings.Cut(strings.TrimSpace(text), "\n"); cut && utf8.RuneCountInString(head) <= 60 {
		text = rest
	}
	h := fnv.New64a()
	n := 0
	for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return !isLetter(r) && !unicode.IsDigit(r) && r != '@' && r != '.' }) {
		w = strings.Trim(w, ".")
		if w == "" || strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsLower(r) && !unicode.Is(unicode.Mn, r) }) {
			continue
		}
		h.Write([]byte(w + " "))
		if n++; n == most {
			break
		}
	}
	return h.Sum64(), n >= least
}
