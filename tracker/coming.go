package tracker

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// changesAhead bounds how often one thread may change within a look ahead: a window, a hold and its end, and some more.
const changesAhead = 8

// Coming tells how threads will stand at the moments at which they change by themselves, after now and until until: a
// window ends, a hold is over, a goodbye goes unanswered. It is Judge with later clocks, for a mailbox that is read all
// the while and in which nobody writes and nothing is sent. Each standing's Check is the moment it comes about; they are in
// order of it.
//
// A step comes about when its draft would be laid: not before the policy's limits leave room for it, as in Agenda. One for
// which there is none until until, because a draft before it must be sent first, is left out.
func (m *Mailbox) Coming(f Facts, now, until time.Time) []Standing {
	ids := m.Threads()
	l := m.ledger(f)
	standings := make([]Standing, 0, len(ids))
	for _, id := range ids {
		standings = append(standings, m.judge(id, l, now))
	}
	ahead := m.ahead(l, standings, now, until)
	ahead = withinLimits(ahead, m.served(standings, ahead, f.Drafts, now, until), until)
	slices.SortStableFunc(ahead, func(a, b Standing) int { return a.Check.Compare(b.Check) })
	return ahead
}

// Expected tells when the draft of the next step will be laid, for each thread that has one before it: at the first working
// hour after the window, once the limits leave room, as in Coming. all are the standings of every thread at now. A step whose
// window ends after until comes with the first working hour after it, for how full that day will be cannot be known yet. A
// thread for which there is no room until until, because a draft before it must be sent first, is left out.
func (m *Mailbox) Expected(f Facts, all []Standing, now, until time.Time) map[ThreadID]time.Time {
	all = slices.Clone(all) // those that are served get their draft in it
	out := make(map[ThreadID]time.Time)
	for i := range all {
		if s := &all[i]; s.Next != nil && s.Draft == nil && s.Next.At.After(until) {
			out[s.Thread] = m.policy.PaceOf(*s).Calendar.NextOpen(s.Next.At)
		}
	}
	ahead := m.ahead(m.ledger(f), all, now, until)
	for _, t := range m.served(all, ahead, f.Drafts, now, until) {
		if known := out[t.standing.Thread]; !t.at.IsZero() && !t.at.After(until) && (known.IsZero() || t.at.Before(known)) {
			out[t.standing.Thread] = t.at
		}
	}
	return out
}

// ahead follows each thread from how it stands now to until, and gives how it stands whenever that changes; in the order of all.
func (m *Mailbox) ahead(l *ledger, all []Standing, now, until time.Time) []Standing {
	var ahead []Standing
	for _, before := range all {
		at := now
		for range changesAhead {
			if !before.Check.After(at) || before.Check.After(until) {
				break
			}
			at = before.Check
			l.facts.ReadAt = at
			s := m.judge(before.Thread, l, at)
			next := s.Check
			if changes(before, s) {
				s.Check = at
				ahead = append(ahead, s)
			}
			before = s
			before.Check = next
		}
	}
	return ahead
}

// turn is a step that waits for its draft in a look ahead.
type turn struct {
	standing *Standing
	index    int       // of the thread, among all
	from     time.Time // when its window is over
	lapses   time.Time // when the thread changes again by itself; zero: it does not
	at       time.Time // when the draft comes; zero: not yet
}

// served finds when the limits leave room for the drafts of the steps that are due and of those ahead, day by day. What is
// due now and waits for its turn is served with the others, oldest promise first.
func (m *Mailbox) served(all, ahead []Standing, drafts []Draft, now, until time.Time) []turn {
	turns := turnsOf(all, ahead, now)
	left := make([]*turn, len(turns))
	for i := range turns {
		left[i] = &turns[i]
	}
	cal := m.policy.Calendar
	for at := now; len(left) > 0 && at.Before(until); at = cal.clock(midnight(wall(at, cal.zone())).Add(day)) {
		left = m.servedOn(at, left, all, drafts)
	}
	return turns
}

// withinLimits moves the steps among what is ahead to when their drafts come, and leaves out those that get none until until.
func withinLimits(ahead []Standing, turns []turn, until time.Time) []Standing {
	placed := make(map[*Standing]time.Time, len(turns))
	for _, t := range turns {
		placed[t.standing] = t.at
	}
	var kept []Standing
	for i := range ahead {
		s := &ahead[i]
		at, isTurn := placed[s]
		switch {
		case !isTurn:
		case at.IsZero() || at.After(until):
			continue
		default:
			s.Check = at
		}
		kept = append(kept, *s)
	}
	return kept
}

// turnsOf gives the steps that want a draft: those of threads that are due, and those ahead. all is in the order of ahead's threads.
func turnsOf(all, ahead []Standing, now time.Time) []turn {
	wants := func(s *Standing) bool { return s.State == Due && s.Next != nil && s.Draft == nil }
	var turns []turn
	next := 0
	for i := range all {
		first := next
		for next < len(ahead) && ahead[next].Thread == all[i].Thread {
			next++
		}
		own := ahead[first:next]
		lapses := func(n int) time.Time { // after the n-th of its own
			if n < len(own) {
				return own[n].Check
			}
			return time.Time{}
		}
		if wants(&all[i]) {
			turns = append(turns, turn{standing: &all[i], index: i, from: now, lapses: lapses(0)})
		}
		for n := range own {
			if wants(&own[n]) {
				turns = append(turns, turn{standing: &own[n], index: i, from: own[n].Check, lapses: lapses(n + 1)})
			}
		}
	}
	return turns
}

// servedOn lays the drafts of a day, or of what is left of it after at, and gives those that still wait. In all, the threads
// that were served have their draft from then on.
func (m *Mailbox) servedOn(at time.Time, waiting []*turn, all []Standing, drafts []Draft) []*turn {
	p := &m.policy
	type chance struct {
		*turn
		opens time.Time
		pace  Pace
	}
	var chances []chance
	var left []*turn
	for _, t := range waiting {
		if !t.lapses.IsZero() && !at.Before(t.lapses) {
			continue
		}
		if t.from.After(at) && !p.Calendar.SameDay(t.from, at) {
			left = append(left, t)
			continue
		}
		pace := p.PaceOf(*t.standing)
		from := at
		if t.from.After(at) {
			from = t.from
		}
		opens := pace.Calendar.NextOpen(from)
		if !p.Calendar.SameDay(opens, at) {
			left = append(left, t)
			continue
		}
		chances = append(chances, chance{t, opens, pace})
	}
	if len(chances) == 0 {
		return left
	}
	slices.SortStableFunc(chances, func(a, b chance) int {
		return cmp.Or(a.opens.Compare(b.opens), a.standing.Next.At.Compare(b.standing.Next.At), strings.Compare(string(a.standing.Thread), string(b.standing.Thread)))
	})
	x := newPressure(all, p, at)
	today := draftsToday(all, drafts, *p, at)
	for _, c := range chances {
		s := c.standing
		x.now = c.opens
		if x.draftOf(s) != "" || x.tooMuch(s) != "" || today.full(c.pace, p.DraftsADay) != "" {
			left = append(left, c.turn)
			continue
		}
		c.at = c.opens
		today.count(c.pace)
		x.take(s, "gets a draft", c.opens)
		all[c.index].Draft = &Draft{Thread: s.Thread, State: DraftIntent, Created: c.opens}
	}
	return left
}

// changes says whether the second standing differs from the first in what a rep would note in a diary.
func changes(a, b Standing) bool {
	if a.State != b.State || a.Outcome != b.Outcome || (a.Next == nil) != (b.Next == nil) {
		return true
	}
	return a.Next != nil && (a.Next.Action != b.Next.Action || a.Next.Step != b.Next.Step)
}
