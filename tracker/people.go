package tracker

import (
	"slices"
	"time"

	"followupd/mail"
)

// contact is one outside person the rep wrote to in a thread.
type contact struct {
	mail.Person
	wrote   time.Time // when the rep last wrote to them here
	notices []notice  // what their mail and reports say of them, in every thread
	gone    Outcome   // LeftCompany or Bounced; "" while they can be reached
	why     string
}

// findPeople finds the prospects of a thread. Without any it is ignored, and says why.
func (q *inquiry) findPeople() bool {
	lists := make(map[mail.Address]bool)
	for _, l := range q.thread.Messages {
		for _, a := range l.Lists {
			lists[a] = true
		}
	}
	var why string
	crowded := false
	at := make(map[mail.Address]int)
	policy := *q.policy
	if q.ledger.chased(q.thread.ID) {
		policy = policy.unlisted()
	}
	for i := range q.thread.Messages {
		l := &q.thread.Messages[i]
		if l.Direction != Out {
			continue
		}
		q.s.LastOutbound = l.Received
		to := slices.Concat(l.Message.To, l.Message.Cc)
		known, fresh := false, make([]mail.Person, 0, len(to))
		for _, p := range to {
			if p.Address == Forgotten {
				return q.forgot()
			}
			if lists[p.Address] {
				return q.ignore(string(p.Address) + " is a mailing list")
			}
			ok, not := policy.IsProspect(p.Address)
			if !ok {
				why = not
				continue
			}
			_, seen := at[p.Address]
			known = known || seen
			fresh = append(fresh, p)
		}
		if len(fresh) == 0 || !known && len(at) > 0 && isForward(l.Message.Subject) {
			continue // to colleagues, or passed on to somebody else: not the prospect's business
		}
		crowded = crowded || len(fresh) > crowd
		q.outs = append(q.outs, l)
		for _, p := range fresh {
			k, seen := at[p.Address]
			if !seen {
				k = len(q.people)
				at[p.Address] = k
				q.people = append(q.people, contact{Person: p})
			}
			q.people[k].wrote = l.Received
			if p.Name != "" {
				q.people[k].Name = p.Name
			}
		}
	}
	switch {
	case len(q.people) == 0 && why == "" && q.s.LastOutbound.IsZero():
		return q.ignore("You have not written in it")
	case len(q.people) == 0 && why == "":
		return q.ignore("It names nobody you wrote to")
	case len(q.people) == 0:
		return q.ignore("There is nobody to follow up with: " + why)
	case crowded:
		return q.ignore("It went to more than " + counted(crowd, "person") + " at once: a circular")
	}
	q.last = q.outs[len(q.outs)-1]
	q.s.LastOutbound = q.last.Received
	seen := *q.last.Seen
	q.s.Silence = &seen
	q.said = q.ledger.said(q.thread.ID, q.addresses())
	for i := range q.people {
		q.people[i].notices = q.noticesOf(&q.people[i])
	}
	q.findGone()
	for _, p := range q.people {
		if p.gone == "" {
			q.s.Prospects = append(q.s.Prospects, p.Person)
		}
	}
	if len(q.s.Prospects) == 0 {
		for _, p := range q.people {
			q.s.Prospects = append(q.s.Prospects, p.Person)
		}
	}
	q.s.Company = oneCompany(q.s.Prospects)
	return true
}

func (q *inquiry) ignore(why string) bool {
	q.s.State = Ignored
	q.say("%s.", why)
	return false
}

func (q *inquiry) addresses() []mail.Address {
	all := make([]mail.Address, len(q.people))
	for i, p := range q.people {
		all[i] = p.Address
	}
	return all
}

func (q *inquiry) isPerson(a mail.Address) bool {
	return slices.ContainsFunc(q.people, func(p contact) bool { return p.Address == a })
}

// oneCompany gives the domain all people share, "" for free mail or several.
func oneCompany(people []mail.Person) string {
	company := ""
	for i, p := range people {
		switch c := Company(p.Address); {
		case i == 0:
			company = c
		case c != company:
			return ""
		}
	}
	return company
}

// findGone finds the people who left or whose address does not work. A later mail of theirs, or the rep's reopening, shows
// that they are there; a later mail of the rep's that did not come back, that the address works again.
func (q *inquiry) findGone() {
	for i := range q.people {
		p := &q.people[i]
		for _, n := range p.notices {
			switch {
			case q.voided(n.at):
			case n.refused && n.reading.Sub == mail.SubHard && !n.at.Before(p.wrote):
				p.gone, p.why = Bounced, "Your mail to "+string(p.Address)+" came back on "+q.day(n.at)+": the address does not exist or takes no mail."
			case n.refused:
			case n.reading.Kind == mail.KindAutoReply && n.reading.Sub == mail.SubLeftCompany:
				p.gone, p.why = LeftCompany, called(p.Person)+" has left the company, says an automatic reply of "+q.day(n.at)+"."
				if s := n.reading.Successor; s != nil {
					p.why += " It names " + called(*s) + " (" + string(s.Address) + ") instead: yours to write to."
				}
			case n.reading.Kind == mail.KindHuman:
				p.gone, p.why = "", ""
			}
		}
	}
}

// noticesOf gives what is known of a person: their own mail in every thread and the reports that name them, and, where
// they are the only one on this thread, its automatic replies and reports that name nobody we know.
func (q *inquiry) noticesOf(p *contact) []notice {
	all := q.m.notices(p.Address)
	known := make(map[int64]bool, len(all))
	for _, n := range all {
		known[n.row] = true
	}
	for i := range q.thread.Messages {
		l := &q.thread.Messages[i]
		bounce := l.Reading.Kind == mail.KindBounce // often from the rep's own server
		if l.Direction != In || l.Weak || known[l.Row] || l.Inside && !bounce || len(q.people) > 1 {
			continue // among several, whose address failed is not known: see doubts
		}
		if !bounce && l.Reading.Kind != mail.KindAutoReply || q.namesAnybody(l) {
			continue
		}
		all = append(all, notice{row: l.Row, at: l.Received, reading: &l.Reading, refused: bounce})
	}
	sortNotices(all)
	return all
}

// namesAnybody says that a report names, or an automatic reply comes from, somebody on this thread.
func (q *inquiry) namesAnybody(l *Linked) bool {
	if l.Reading.Kind == mail.KindBounce {
		return slices.ContainsFunc(l.Reading.Failed, q.isPerson)
	}
	return slices.ContainsFunc(l.Message.From, func(p mail.Person) bool { return q.isPerson(p.Address) })
}
