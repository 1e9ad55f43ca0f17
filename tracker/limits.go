package tracker

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"followupd/mail"
)

// How long what was done counts against what may be done next.
const month = 30 * day // the time over which a person's follow-ups are counted

var (
	approachLasts = Window{BusinessDays: 5}  // a follow-up, for the others of the company: their turn comes within a week
	answerRests   = Window{BusinessDays: 10} // after a prospect, or somebody of the company, wrote in another conversation
)

// Pause keeps a due thread from its draft for a while, for what happened in other threads.
type Pause struct {
	Until time.Time
	Why   string // a whole sentence without its full stop
}

// pressure is how much is being written to people and companies, over all threads: what is too much tires them.
type pressure struct {
	policy *Policy
	now    time.Time
	busy   map[mail.Address]busyWith               // for whom a draft lies ready
	tries  map[mail.Address][]time.Time            // follow-ups of the last month, those in Drafts among them
	firms  map[string]map[mail.Address]approaching // who of a company is being followed up
}

type busyWith struct {
	thread ThreadID
	say    string
}

// approaching is somebody who is being followed up, and until when that counts; zero: while their draft lies there.
type approaching struct {
	person mail.Person
	until  time.Time
}

func newPressure(all []Standing, p *Policy, now time.Time) *pressure {
	x := &pressure{
		policy: p, now: now,
		busy: make(map[mail.Address]busyWith), tries: make(map[mail.Address][]time.Time), firms: make(map[string]map[mail.Address]approaching),
	}
	for i := range all {
		x.weigh(&all[i])
	}
	return x
}

// weigh takes in what a thread brings: follow-ups that went out lately, a draft that lies ready.
func (x *pressure) weigh(s *Standing) {
	x.tried(s)
	if s.Draft != nil && s.Draft.open() {
		x.take(s, "has a draft already", s.Draft.Created)
	}
}

// tell adds to the threads that are due what keeps them back.
func (x *pressure) tell(all []Standing) {
	for i := range all {
		if s := &all[i]; s.State == Due && s.Draft == nil {
			why := x.draftOf(s)
			if why == "" {
				why = x.tooMuch(s)
			}
			if why != "" {
				s.Reasons = append(slices.Clip(s.Reasons), why+".")
			}
		}
	}
}

// tried takes in the follow-ups of a thread's silence that went out lately.
func (x *pressure) tried(s *Standing) {
	for _, at := range s.FollowedUp {
		if !x.now.Before(at.Add(month)) {
			continue
		}
		until := x.policy.Calendar.Add(at, approachLasts, nil)
		for _, p := range s.Prospects {
			x.tries[p.Address] = append(x.tries[p.Address], at)
			if x.now.Before(until) {
				x.approach(p, until)
			}
		}
	}
}

// take takes in a draft that lies ready, or is about to.
func (x *pressure) take(s *Standing, say string, at time.Time) {
	for _, p := range s.Prospects {
		if _, ok := x.busy[p.Address]; !ok {
			x.busy[p.Address] = busyWith{s.Thread, fmt.Sprintf("%s %s, in “%s”: one at a time", called(p), say, shortened(s.Subject))}
		}
		x.tries[p.Address] = append(x.tries[p.Address], at)
		x.approach(p, time.Time{})
	}
}

func (x *pressure) approach(p mail.Person, until time.Time) {
	firm := Company(p.Address)
	if firm == "" {
		return
	}
	if x.firms[firm] == nil {
		x.firms[firm] = make(map[mail.Address]approaching)
	}
	if have, ok := x.firms[firm][p.Address]; !ok || !have.until.IsZero() && (until.IsZero() || until.After(have.until)) {
		x.firms[firm][p.Address] = approaching{p, until}
	}
}

// draftOf says why a thread must wait for the draft of another one with the same person, or "".
func (x *pressure) draftOf(s *Standing) string {
	for _, p := range s.Prospects {
		if w, ok := x.busy[p.Address]; ok && w.thread != s.Thread {
			return w.say
		}
	}
	return ""
}

// tooMuch says why one more follow-up would tire somebody, or "".
func (x *pressure) tooMuch(s *Standing) string {
	if x.now.Before(s.Pause.Until) {
		return s.Pause.Why
	}
	for _, p := range s.Prospects {
		if why := x.personTired(p); why != "" {
			return why
		}
	}
	for _, p := range s.Prospects {
		if why := x.companyFull(Company(p.Address), s); why != "" {
			return why
		}
	}
	return ""
}

func (x *pressure) personTired(p mail.Person) string {
	most, tries := x.policy.PerPersonMonth, x.tries[p.Address]
	if most <= 0 || len(tries) < most {
		return ""
	}
	tries = slices.SortedFunc(slices.Values(tries), time.Time.Compare)
	room := tries[len(tries)-most].Add(month)
	return fmt.Sprintf("%s has had %s within 30 days, over all your threads with them: the next may come on %s (cadence.follow_ups_per_person)",
		called(p), counted(len(tries), "follow-up"), x.policy.Calendar.onDay(room, x.now))
}

// companyFull counts whom else the company has: whoever is on the thread itself needs no room of their own, so that a
// thread with many people is not kept waiting for ever.
func (x *pressure) companyFull(firm string, s *Standing) string {
	most := x.policy.PeoplePerCompany
	if firm == "" || most <= 0 {
		return ""
	}
	var others []approaching
	for a, who := range x.firms[firm] {
		if !slices.ContainsFunc(s.Prospects, func(p mail.Person) bool { return p.Address == a }) {
			others = append(others, who)
		}
	}
	own := 0
	for _, p := range s.Prospects {
		if Company(p.Address) == firm {
			own++
		}
	}
	if len(others) == 0 || len(others)+own <= most {
		return ""
	}
	slices.SortFunc(others, func(a, b approaching) int { return strings.Compare(string(a.person.Address), string(b.person.Address)) })
	names := make([]string, len(others))
	for i, o := range others {
		names[i] = called(o.person)
	}
	verb := "are"
	if len(others) == 1 {
		verb = "is"
	}
	return fmt.Sprintf("%s of %s %s being followed up now: no more than %s of a company at once (cadence.people_per_company)",
		listed(names), firm, verb, soManyPeople(most))
}

func soManyPeople(n int) string {
	if n == 1 {
		return "one person"
	}
	return fmt.Sprintf("%d people", n)
}

// pause rests a thread for a while where a prospect, or somebody else of their company, wrote to the rep in another
// conversation since the rep's last mail here. Whoever talks with the rep says there what the silence here means, and a
// reminder would look deaf.
func (q *inquiry) pause() Pause {
	at, who := q.talk()
	if until := q.cal.Add(at, answerRests, nil); !at.IsZero() && q.before(until) {
		return Pause{Until: until, Why: fmt.Sprintf("%s: this one rests until %s, unless you reopen it", who, q.day(until))}
	}
	return Pause{}
}

// talk finds when somebody of the prospects' companies last wrote in another conversation, and says it; zero: nobody did.
func (q *inquiry) talk() (at time.Time, said string) {
	newest := -1
	var by mail.Address
	var seen []circle
	for _, p := range q.s.Prospects {
		c := q.m.circle(q.m.byAddr[p.Address])
		if slices.Contains(seen, c) {
			continue
		}
		seen = append(seen, c)
		for _, w := range q.m.members(c) {
			if q.m.parties[w].inside {
				continue
			}
			for _, index := range q.m.parties[w].authored {
				i := int(index)
				// A message may have several authors (From and Sender); ties go by what no order of arrival changes.
				address := q.m.parties[w].address
				if newest >= 0 && (i == newest && address >= by || i != newest && q.m.compare(i, newest) < 0) {
					continue
				}
				if q.elsewhere(&q.m.recs[i]) {
					newest, by = i, address
				}
			}
		}
	}
	if newest < 0 {
		return time.Time{}, ""
	}
	said = string(by)
	if !q.isPerson(by) {
		said += ", of the same company,"
	}
	at = q.m.recs[newest].at()
	return at, said + " wrote to you on " + q.on(at) + " in another conversation"
}

// elsewhere says that a message is a person's, came since the rep's last mail here, and lies in another conversation.
func (q *inquiry) elsewhere(r *record) bool {
	switch {
	case r.reading.Kind == mail.KindHuman && r.reading.Intent != mail.IntentThanks:
	case r.reading.Kind == mail.KindCalendar && r.reading.Sub == mail.SubAccepted:
	default:
		return false
	}
	return r.at().After(q.last.Received) && !q.voided(r.at()) &&
		!slices.ContainsFunc(q.thread.Messages, func(l Linked) bool { return l.Row == r.row }) && !q.before(r.at())
}
