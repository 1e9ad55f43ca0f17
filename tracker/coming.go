package tracker

import (
	"slices"
	"time"
)

// changesAhead bounds how often one thread may change within a look ahead: a window, a hold and its end, and some more.
const changesAhead = 8

// Coming tells how threads will stand at the moments at which they change by themselves, after now and until until: a
// window ends, a hold is over, a goodbye goes unanswered. It is Judge with later clocks, for a mailbox that is read all
// the while and in which nobody writes and nothing is sent. Each standing's Check is the moment it comes about; they are in
// order of it.
func (m *Mailbox) Coming(f Facts, now, until time.Time) []Standing {
	ids := m.Threads()
	l := m.ledger(f)
	var ahead []Standing
	for _, id := range ids {
		l.facts.ReadAt = f.ReadAt
		before := m.judge(id, l, now)
		at := now
		for range changesAhead {
			if !before.Check.After(at) || before.Check.After(until) {
				break
			}
			at = before.Check
			l.facts.ReadAt = at
			s := m.judge(id, l, at)
			next := s.Check
			if changes(before, s) {
				s.Check = at
				ahead = append(ahead, s)
			}
			before = s
			before.Check = next
		}
	}
	slices.SortStableFunc(ahead, func(a, b Standing) int { return a.Check.Compare(b.Check) })
	return ahead
}

// changes says whether the second standing differs from the first in what a rep would note in a diary.
func changes(a, b Standing) bool {
	if a.State != b.State || a.Outcome != b.Outcome || (a.Next == nil) != (b.Next == nil) {
		return true
	}
	return a.Next != nil && (a.Next.Action != b.Next.Action || a.Next.Step != b.Next.Step)
}
