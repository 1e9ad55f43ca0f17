package tracker

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"followupd/mail"
)

// Agenda picks which due threads get their draft now: oldest promise first, at most Policy.DraftsADay in the rep's day
// (those placed today count), one open draft per person, within the other limits of the policy, within hours, none while the rep is away. held says in words why each other due thread waits.
//
// A due thread whose draft is under way (an intent, or one of unknown outcome) is among them, and costs none of the day's
// number. Doubt means silence: a thread whose mailbox was not read cleanly since its window closed, or whose last mail could not be
// read, waits, too.
func Agenda(all []Standing, f Facts, p Policy, now time.Time, ignoreHours bool) (draft []Standing, held map[ThreadID]string) {
	return agenda(all, newPressure(all, &p, now), draftsToday(all, f.Drafts, p, now), f.ReadAt, &p, now, ignoreHours)
}

func agenda(all []Standing, x *pressure, today dayDrafts, readAt time.Time, p *Policy, now time.Time, ignoreHours bool) (draft []Standing, held map[ThreadID]string) {
	held = make(map[ThreadID]string)
	due := make([]Standing, 0)
	for _, s := range all {
		if s.State == Due && s.Next != nil {
			due = append(due, s)
		}
	}
	slices.SortStableFunc(due, func(a, b Standing) int {
		return cmp.Or(a.Next.At.Compare(b.Next.At), strings.Compare(string(a.Thread), string(b.Thread)))
	})
	for _, s := range due {
		pace := p.PaceOf(s)
		opens := pace.Calendar.NextOpen(now)
		back, away := pace.Calendar.AwayUntil(now)
		switch {
		case away:
			held[s.Thread] = "you are away until " + p.Calendar.onDay(back, now) + " (cadence.away)"
		case s.Draft != nil && s.Withdraw:
			held[s.Thread] = "an earlier draft of this thread still lies in Drafts"
		case readAt.Before(s.Next.At):
			held[s.Thread] = "not every folder has been read since the window closed on " + p.Calendar.onTime(s.Next.At, now) + ": an answer may lie there"
		case s.Silence != nil && !s.Silence.HasBody:
			held[s.Thread] = "the text of your last mail has not been read yet"
		case x.draftOf(&s) != "":
			held[s.Thread] = x.draftOf(&s)
		case !ignoreHours && opens.After(now):
			held[s.Thread] = "drafts appear in your working hours, next on " + p.Calendar.onTime(opens, now)
		case s.Draft != nil: // under way since an earlier round, and counted then
			draft = append(draft, s)
		case x.tooMuch(&s) != "":
			held[s.Thread] = x.tooMuch(&s)
		case today.full(pace, p.DraftsADay) != "":
			held[s.Thread] = today.full(pace, p.DraftsADay)
		default:
			draft = append(draft, s)
			today.count(pace)
			x.take(&s, "gets a draft in this round", now)
		}
	}
	return draft, held
}

// dayDrafts counts a day's drafts: how many there are in all, and for those who have a number of their own.
type dayDrafts struct {
	all int
	of  map[string]int // by Pace.Quota
}

// draftsToday counts what was placed, or is being placed, on the rep's day, whatever became of it.
func draftsToday(all []Standing, drafts []Draft, p Policy, now time.Time) dayDrafts {
	paces := make(map[ThreadID]Pace, len(all))
	for _, s := range all {
		paces[s.Thread] = p.PaceOf(s)
	}
	n := dayDrafts{of: make(map[string]int)}
	for i := range drafts {
		if d := &drafts[i]; d.counts() && p.Calendar.SameDay(d.Created, now) {
			n.count(paces[d.Thread])
		}
	}
	return n
}

// counts says that a draft is one of its day's, whatever became of it.
func (d *Draft) counts() bool {
	switch d.State {
	case DraftIntent, DraftUnknown, DraftPlaced, DraftEdited, DraftSent, DraftDiscarded, DraftWithdrawn:
		return true
	}
	return false
}

func (n *dayDrafts) count(pace Pace) {
	n.all++
	if pace.Quota != "" {
		n.of[pace.Quota]++
	}
}

// full says why no more draft of a pace is written today, or "".
func (n *dayDrafts) full(pace Pace, everybody int) string {
	switch {
	case pace.Quota != "" && n.of[pace.Quota] >= pace.DraftsADay:
		return fmt.Sprintf("today's %s for %s have been written (drafts_per_day)", counted(pace.DraftsADay, "draft"), pace.Quota)
	case n.all >= max(everybody, pace.DraftsADay):
		return fmt.Sprintf("today's %s have been written (cadence.drafts_per_day)", counted(max(everybody, pace.DraftsADay), "draft"))
	}
	return ""
}

// open says that the draft lies in Drafts, or may soon.
func (d *Draft) open() bool {
	switch d.State {
	case DraftIntent, DraftUnknown, DraftPlaced, DraftEdited:
		return true
	}
	return false
}

// Find gives the threads a word of the rep is about: by thread id (or an unambiguous start of one) or by address.
func Find(all []Standing, who string) []Standing {
	who = strings.ToLower(strings.TrimSpace(who))
	if who == "" {
		return nil
	}
	var found []Standing
	if strings.Contains(who, "@") {
		who = strings.Trim(who, "<>")
		for _, s := range all {
			if slices.ContainsFunc(s.Prospects, func(p mail.Person) bool { return strings.EqualFold(string(p.Address), who) }) {
				found = append(found, s)
			}
		}
		return found
	}
	for _, s := range all {
		if string(s.Thread) == who {
			return []Standing{s}
		}
		if strings.HasPrefix(string(s.Thread), who) {
			found = append(found, s)
		}
	}
	if len(found) > 1 {
		return nil // which one is meant cannot be known
	}
	return found
}
