package tracker

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"followupd/mail"
)

// GradeRule gives the prospects of a thread a grade. It fits where everything that it names does; the rep's own word on
// somebody's grade goes before all rules.
type GradeRule struct {
	Grade    string
	People   []string // addresses or @domains: one of them is a prospect of the thread
	Keywords []string // the subject or somebody's new text holds one of them, in any case
	Folders  []string // a message of the thread lies in one of them
	Did      Deed     // "" for none
}

// Deed is what a prospect once did in a thread.
type Deed string

// The deeds. Values are those of the config.
const (
	DidAnswer Deed = "answered" // wrote, whatever it was
	DidMeet   Deed = "met"      // accepted an invitation
	DidPutOff Deed = "put_off"  // asked to be written to later, or promised to
)

// noGrade is the grade by which the rep says that somebody has none, whatever the rules say.
const noGrade = "none"

// findGrade finds the grade of the thread and why: the rep's word, else the first rule that fits.
func (q *inquiry) findGrade() {
	switch g := q.said.grade; {
	case g == noGrade:
		return
	case g != "":
		q.s.Grade, q.gradeWhy = g, "Its grade is "+g+", as you said."
		return
	}
	for i := range q.policy.Rules {
		r := &q.policy.Rules[i]
		if why := q.fits(r); why != "" {
			q.s.Grade, q.gradeWhy = r.Grade, fmt.Sprintf("Its grade is %s by your rule %d: %s.", r.Grade, i+1, why)
			return
		}
	}
}

// fits says in words why a rule fits the thread, or "".
func (q *inquiry) fits(r *GradeRule) string {
	var why []string
	for _, part := range []struct {
		named bool
		find  func(*GradeRule) string
	}{
		{len(r.People) > 0, q.fitsPeople},
		{len(r.Folders) > 0, q.fitsFolders},
		{r.Did != "", q.fitsDeed},
		{len(r.Keywords) > 0, q.fitsKeywords},
	} {
		if !part.named {
			continue
		}
		found := part.find(r)
		if found == "" {
			return ""
		}
		why = append(why, found)
	}
	return strings.Join(why, ", and ")
}

func (q *inquiry) fitsPeople(r *GradeRule) string {
	for _, p := range q.s.Prospects {
		if named(r.People, p.Address) {
			return string(p.Address) + " is on its list"
		}
	}
	return ""
}

func (q *inquiry) fitsFolders(r *GradeRule) string {
	for _, l := range q.thread.Messages {
		for _, f := range l.Folders {
			if f.Role == mail.RoleInbox && slices.ContainsFunc(r.Folders, func(name string) bool { return strings.EqualFold(name, f.Name) }) ||
				slices.Contains(r.Folders, f.Name) {
				return "a mail lies in " + shortened(f.Name)
			}
		}
	}
	return ""
}

func (q *inquiry) fitsDeed(r *GradeRule) string {
	for _, l := range q.answers {
		switch m := l.meaning(); {
		case r.Did == DidAnswer:
			return writer(l) + " once answered"
		case r.Did == DidMeet && m == agrees:
			return writer(l) + " accepted a meeting"
		case r.Did == DidPutOff && m == defers:
			return writer(l) + " put you off"
		}
	}
	return ""
}

func (q *inquiry) fitsKeywords(r *GradeRule) string {
	for _, l := range q.thread.Messages {
		if l.Direction == Unknown || l.Doubtful || l.Direction == In && !human(&l.Reading) {
			continue
		}
		text := plain(l.Message.Subject + " " + l.Reading.NewText)
		for _, word := range r.Keywords {
			if holds(text, plain(word)) {
				return "it speaks of “" + shortened(word) + "”"
			}
		}
	}
	return ""
}

// plain gives a text in lower case, with single spaces.
func plain(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }

// holds says that a phrase stands in a text as whole words.
func holds(text, phrase string) bool {
	if phrase == "" {
		return false
	}
	letter := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	for at := 0; ; {
		i := strings.Index(text[at:], phrase)
		if i < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(text[:at+i])
		after, _ := utf8.DecodeRuneInString(text[at+i+len(phrase):])
		if !letter(before) && !letter(after) {
			return true
		}
		at += i + len(phrase)
	}
}
