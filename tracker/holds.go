package tracker

import (
	"slices"
	"time"

	"followupd/mail"
)

// How long a hold lasts where nobody named a date, and what is added to a date that was named.
var (
	awayUnknown  = Window{Days: 7}          // out of office without a date
	awayGrace    = Window{BusinessDays: 1}  // after the day somebody is back
	notNowOpen   = Window{BusinessDays: 30} // "not now" without a date
	promiseOpen  = Window{BusinessDays: 5}  // "I will come back to you" without a date
	promiseGrace = Window{BusinessDays: 1}  // after the day by which somebody wanted to answer: that day itself
	meetingGrace = Window{BusinessDays: 1}  // after a meeting: the rep's thank-you comes first
	meetingOpen  = Window{BusinessDays: 5}  // a meeting at a time nobody could read
	thanksLate   = Window{BusinessDays: 3}  // after which a word of thanks for a meeting comes too late
	softRest     = Window{BusinessDays: 3}  // a mailbox that was full, a server that was down
	delayRest    = Window{Duration: 72 * time.Hour}
)

// hold is a time during which a thread rests, and why.
type hold struct {
	Span
	reason HoldReason
	why    string
	source string // how the rep said it, for HoldRep
	asked  bool   // the prospect asked for it (not now, a promise, a meeting); else it came about
	ended  time.Time
	by     *Linked // the message that made it, where it lies in the thread
}

// hold puts the thread on hold.
func (q *inquiry) hold(h hold) {
	q.s.State, q.s.HeldUntil, q.s.HoldReason = Held, h.To, h.reason
	q.before(h.To)
	if h.reason == HoldRep {
		q.say("You put it on hold until %s%s.", q.day(h.To), Word{Text: h.why, Source: h.source}.because())
	} else {
		q.say("%s It rests until %s.", h.why, q.day(h.To))
	}
	if h.reason == HoldMeeting && !q.last.Received.After(h.ended) {
		q.s.Next = q.thankYou(h)
		q.before(q.s.Next.At)
		return
	}
	q.s.Next, _ = q.nextStep()
	if q.s.Next != nil && q.s.Next.At.Before(h.To) {
		q.s.Next.At = h.To
	}
}

// findHolds gathers every time in which the window stands still.
func (q *inquiry) findHolds() {
	q.holds = append(q.holds, q.said.holds...)
	for i := range q.people {
		if p := &q.people[i]; q.mainly(p.Address) {
			q.absences(p)
		}
	}
	q.requests()
	q.deliveries()
}

// mainly says that the rep's last mail is addressed to a person, not merely copied to them.
func (q *inquiry) mainly(a mail.Address) bool {
	is := func(p mail.Person) bool { return p.Address == a }
	if slices.ContainsFunc(q.last.Message.To, func(p mail.Person) bool { return q.isPerson(p.Address) }) {
		return slices.ContainsFunc(q.last.Message.To, is)
	}
	return slices.ContainsFunc(q.last.Message.Cc, is)
}

// absences gives the times a person was away, by their notices in every thread. The newest notice counts, and a mail they
// wrote themselves ends it: they are at work.
func (q *inquiry) absences(p *contact) {
	var away *hold
	end := func(at time.Time) {
		if away != nil && at.Before(away.To) {
			away.To = at
		}
	}
	var found []*hold
	for _, n := range p.notices {
		switch {
		case n.refused || q.voided(n.at):
		case n.reading.Kind == mail.KindAutoReply && n.reading.Sub == mail.SubOutOfOffice:
			end(n.at)
			away = &hold{Span: Span{From: n.at}, reason: HoldOutOfOffice}
			if n.reading.Until.IsZero() {
				away.To = q.cal.Add(n.at, awayUnknown, nil)
				away.why = called(p.Person) + " is out of office, says an automatic reply of " + q.day(n.at) + "; it names no date of return."
			} else {
				back := q.cal.Date(n.reading.Until)
				away.To = q.cal.Add(back, awayGrace, nil)
				away.why = called(p.Person) + " is out of office until " + q.day(back) + ", says an automatic reply of " + q.day(n.at) + "."
			}
			found = append(found, away)
		case n.reading.Kind == mail.KindHuman:
			end(n.at)
		}
	}
	for _, h := range found {
		q.holds = append(q.holds, *h)
	}
}

// requests gives the times the prospects themselves asked for. A later answer of another kind ends what was asked before.
func (q *inquiry) requests() {
	open := -1 // in q.holds
	meeting := -1
	for _, l := range q.answers {
		if q.voided(l.Received) {
			continue
		}
		until := l.Reading.Until
		cut := func(k *int) {
			if *k >= 0 && l.Received.Before(q.holds[*k].To) {
				q.holds[*k].To = l.Received
			}
			*k = -1
		}
		switch l.meaning() {
		case defers:
			cut(&open)
			h := hold{Span: Span{From: l.Received}, asked: true, by: l, reason: HoldNotNow}
			switch {
			case l.Reading.Intent == mail.IntentWillReply && until.IsZero():
				h.reason, h.To, h.why = HoldWillReply, q.cal.Add(l.Received, promiseOpen, nil), writer(l)+" promised on "+q.day(l.Received)+" to come back to you."
			case l.Reading.Intent == mail.IntentWillReply:
				by := q.cal.Date(until)
				h.reason, h.To, h.why = HoldWillReply, q.cal.Add(by, promiseGrace, nil), writer(l)+" promised to come back to you by "+q.day(by)+"."
			case until.IsZero():
				h.To, h.why = q.cal.Add(l.Received, notNowOpen, nil), writer(l)+" said on "+q.day(l.Received)+" that now is not the time, and named no other."
			default:
				h.To = q.cal.Date(until)
				h.why = writer(l) + " asked on " + q.day(l.Received) + " to be written to again on " + q.day(h.To) + "."
			}
			if h.From.Before(h.To) {
				open = len(q.holds)
				q.holds = append(q.holds, h)
			}
		case agrees:
			cut(&open)
			cut(&meeting)
			h := hold{Span: Span{From: l.Received}, asked: true, by: l, reason: HoldMeeting}
			if until.IsZero() {
				h.ended = q.cal.Add(l.Received, meetingOpen, nil)
				h.To = h.ended
				h.why = writer(l) + " accepted the meeting on " + q.day(l.Received) + "."
			} else {
				h.ended = until
				h.To = q.cal.Add(until, meetingGrace, nil)
				h.why = writer(l) + " accepted the meeting on " + q.day(until) + "."
			}
			if h.From.Before(h.To) {
				meeting = len(q.holds)
				q.holds = append(q.holds, h)
			}
		default:
			cut(&open)
			if l.Reading.Kind == mail.KindCalendar {
				cut(&meeting)
			}
		}
	}
}

// deliveries gives the times in which the rep's last mail was on its way or could not be delivered for now.
func (q *inquiry) deliveries() {
	seen := make(map[int64]bool)
	add := func(row int64, at time.Time, r *mail.Reading) {
		if seen[row] || r.Kind != mail.KindBounce || at.Before(q.last.Received) || q.voided(at) {
			return
		}
		seen[row] = true
		switch r.Sub {
		case mail.SubSoft:
			q.holds = append(q.holds, hold{
				Span: Span{at, q.cal.Add(at, softRest, nil)}, reason: HoldSoftBounce,
				why: "Your mail could not be delivered on " + q.day(at) + " for a passing reason.",
			})
		case mail.SubDelay:
			q.holds = append(q.holds, hold{
				Span: Span{at, q.cal.Add(at, delayRest, nil)}, reason: HoldSoftBounce,
				why: "The delivery of your mail was still being tried on " + q.day(at) + ".",
			})
		}
	}
	for i := range q.thread.Messages {
		if l := &q.thread.Messages[i]; l.Direction == In {
			add(l.Row, l.Received, &l.Reading)
		}
	}
	for i := range q.people {
		for _, n := range q.people[i].notices {
			if n.refused {
				add(n.row, n.at, n.reading)
			}
		}
	}
}

// spans gives the holds as the calendar takes them.
func (q *inquiry) spans() []Span {
	all := make([]Span, len(q.holds))
	for i, h := range q.holds {
		all[i] = h.Span
	}
	return all
}

// holding says that a message made a hold that has not passed.
func (q *inquiry) holding(l *Linked) bool {
	return slices.ContainsFunc(q.holds, func(h hold) bool { return h.by == l && q.before(h.To) })
}

// madeHold says that a message made a hold, passed or not.
func (q *inquiry) madeHold(l *Linked) bool {
	return slices.ContainsFunc(q.holds, func(h hold) bool { return h.by == l })
}

// longest gives the hold in force that ends last.
func (q *inquiry) longest(asked bool) (hold, bool) {
	var best hold
	for _, h := range q.holds {
		if h.asked == asked && !q.before(h.From) && q.before(h.To) && h.To.After(best.To) {
			best = h
		}
	}
	return best, !best.To.IsZero()
}

// holdsAsked rests while the prospect asked for it. After a meeting the ball is with the rep, who thanks.
func (q *inquiry) holdsAsked() bool {
	met, over := q.met()
	if over && q.thanks(met) {
		return true
	}
	if h, ok := q.longest(true); ok {
		q.hold(h)
		return true
	}
	if over {
		q.s.State, q.s.Next = Answered, q.thankYou(met)
		q.say("%s It has taken place, as far as can be seen: the next word is yours.", met.why)
	}
	return over
}

// met gives the newest meeting that has taken place, as far as can be seen, and after which the rep has not written.
func (q *inquiry) met() (hold, bool) {
	for _, h := range slices.Backward(q.holds) {
		if h.reason == HoldMeeting && !q.before(h.ended) && !h.To.Before(h.ended) && !q.last.Received.After(h.ended) {
			return h, true
		}
	}
	return hold{}, false
}

// thankYou gives the word after a meeting.
func (q *inquiry) thankYou(meeting hold) *Next {
	at := meeting.ended
	if w := q.cadence.ThankYouAfter; !w.IsZero() {
		at = q.cal.Add(at, w, nil)
	}
	return &Next{Action: ThankYou, Step: q.s.Step + 1, Approach: string(ThankYou), At: at}
}

// thanks has the word after a meeting drafted, where the config wants it, the time of the meeting is known, the rep has not
// sent or deleted one, and it is not so late that it would be odd. Whether the meeting took place nobody can see: it is
// a draft, and the rep knows.
func (q *inquiry) thanks(meeting hold) bool {
	if q.cadence.ThankYouAfter.IsZero() || meeting.by.Reading.Until.IsZero() {
		return false
	}
	if h, ok := q.longest(true); ok && h.reason != HoldMeeting {
		return false
	}
	if slices.ContainsFunc(q.drafts, func(d Draft) bool {
		return d.Action == ThankYou && q.answersLast(d) && (d.State == DraftSent || d.State == DraftDiscarded)
	}) {
		return false
	}
	next := q.thankYou(meeting)
	open := slices.ContainsFunc(q.drafts, func(d Draft) bool { return d.Action == ThankYou && q.answersLast(d) && d.open() })
	if q.before(next.At) || !open && !q.before(q.cal.Add(next.At, thanksLate, nil)) {
		return false
	}
	q.say("%s It has taken place, as far as can be seen, and you have not written since.", meeting.why)
	if !q.waitsInDrafts() {
		q.dueOrNot(next, nil)
	}
	return true
}

// holdsMet rests while a prospect is away or the rep's mail is not delivered.
func (q *inquiry) holdsMet() bool {
	h, ok := q.longest(false)
	if ok {
		q.hold(h)
	}
	return ok
}
