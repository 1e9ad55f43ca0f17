package tracker

import (
	"slices"
	"time"

	"followupd/mail"
)

// ledger finds what was done and said of a thread.
type ledger struct {
	facts   Facts
	drafts  map[ThreadID][]Draft // by the thread's name now
	answers map[mail.MessageID][]Draft
	words   map[ThreadID][]Word
	people  map[mail.Address][]Word

	trails map[string][]trail   // of links by their draft
	loose  map[ThreadID][]trail // of links that no draft in the journal bears
	swept  map[Visit]bool

	opinions map[int64]Opinion // by row

	created []*Draft // all drafts, by when they were
}

func (m *Mailbox) ledger(f Facts) *ledger {
	l := &ledger{
		facts:   f,
		drafts:  make(map[ThreadID][]Draft),
		answers: make(map[mail.MessageID][]Draft),
		words:   make(map[ThreadID][]Word),
		people:  make(map[mail.Address][]Word),

		opinions: make(map[int64]Opinion, len(f.Opinions)),
	}
	for _, o := range f.Opinions {
		l.opinions[o.Row] = o
	}
	now := func(id ThreadID) ThreadID {
		if root, ok := m.resolve(id); ok {
			return m.idOf(root)
		}
		return id
	}
	for _, d := range f.Drafts {
		l.drafts[now(d.Thread)] = append(l.drafts[now(d.Thread)], d)
		if d.Answers != "" {
			l.answers[d.Answers] = append(l.answers[d.Answers], d)
		}
	}
	l.created = make([]*Draft, len(f.Drafts))
	for i := range f.Drafts {
		l.created[i] = &f.Drafts[i]
	}
	slices.SortStableFunc(l.created, func(a, b *Draft) int { return a.Created.Compare(b.Created) })
	l.trails, l.loose = make(map[string][]trail), make(map[ThreadID][]trail)
	var found []trail
	found, l.swept = trails(f)
	for _, t := range found {
		if t.Draft != "" {
			l.trails[t.Draft] = append(l.trails[t.Draft], t)
		} else {
			l.loose[now(t.Thread)] = append(l.loose[now(t.Thread)], t)
		}
	}
	for _, w := range f.Words {
		if w.Thread != "" {
			l.words[now(w.Thread)] = append(l.words[now(w.Thread)], w)
		}
		if w.Address != "" {
			l.people[w.Address] = append(l.people[w.Address], w)
		}
	}
	return l
}

// createdAbout gives the drafts that were made within a day and a half of a moment: those of its day are among them.
func (l *ledger) createdAbout(at time.Time) []*Draft {
	const near = 36 * time.Hour
	from, _ := slices.BinarySearchFunc(l.created, at.Add(-near), func(d *Draft, t time.Time) int { return d.Created.Compare(t) })
	to, _ := slices.BinarySearchFunc(l.created, at.Add(near), func(d *Draft, t time.Time) int { return d.Created.Compare(t) })
	return l.created[from:to]
}

// said is what the rep said of a thread or its people.
type said struct {
	last     Word   // the newest of hold, close and reopen; zero: none
	holds    []hold // every hold, up to the word that ended it
	reopened time.Time
	grade    string

	situation Situation // "" nothing, or to be found in the thread
}

// said gathers the words on a thread and its people.
func (l *ledger) said(id ThreadID, people []mail.Address) said {
	all := append([]Word(nil), l.words[id]...)
	seen := make(map[mail.Address]bool)
	for _, a := range people {
		if !seen[a] {
			seen[a] = true
			all = append(all, l.people[a]...)
		}
	}
	var s said
	var grade, situation Word
	newer := func(a, b Word) bool { return a.At.After(b.At) || a.At.Equal(b.At) && a.ID >= b.ID }
	for _, w := range all {
		switch w.Kind {
		case WordGrade:
			if newer(w, grade) {
				grade = w
			}
		case WordSituation:
			if newer(w, situation) {
				situation = w
			}
		case WordReopen, WordChase:
			if w.At.After(s.reopened) {
				s.reopened = w.At
			}
			fallthrough
		case WordHold, WordClose:
			if newer(w, s.last) {
				s.last = w
			}
		}
	}
	s.grade = grade.Text
	if named := Situation(situation.Text); slices.Contains(Situations(), named) {
		s.situation = named
	}
	for _, w := range all {
		if w.Kind != WordHold {
			continue
		}
		end := w.Until
		for _, next := range all {
			if next.steers() && next.At.After(w.At) && next.At.Before(end) {
				end = next.At
			}
		}
		s.holds = append(s.holds, hold{Span: Span{w.At, end}, reason: HoldRep, why: w.Text, source: w.Source})
	}
	return s
}
