package tracker

import (
	"slices"
	"time"

	"followupd/mail"
)

// findSituation finds the kind of silence and the pace that goes with it.
func (q *inquiry) findSituation() {
	situation, why := q.m.situate(q.thread)
	if q.said.situation != "" {
		situation, why = q.said.situation, "you said so"
	}
	if situation != "" {
		q.s.Situation, q.s.SituationWhy = situation, why
	}
	pace := q.policy.pace(q.s.Grade, q.s.Situation)
	q.cadence, q.cal, q.whose = pace.Cadence, pace.Calendar, pace.Whose
}

// countSteps counts the follow-ups of this silence: the rep's tries since the last human answer, without the first. Mails
// by hand count. Several within a few hours are one try, unless the second was ours or the window had closed.
func (q *inquiry) countSteps() {
	first := 0
	for k := 1; k < len(q.outs); k++ {
		if slices.ContainsFunc(q.answers, func(l *Linked) bool { return after(l, q.outs[k-1]) && !after(l, q.outs[k]) }) {
			first = k
		}
	}
	tries, began := 1, q.outs[first]
	for k := first + 1; k < len(q.outs); k++ {
		prev, out := q.outs[k-1], q.outs[k]
		_, w, ok := q.cadence.step(tries)
		late := ok && !out.Received.Before(q.cal.Add(prev.Received, w, nil))
		if q.wasOurs(out) || late || out.Received.Sub(began.Received) >= together {
			tries++
			began = out
			q.s.FollowedUp = append(q.s.FollowedUp, out.Received)
		}
	}
	q.s.Step = tries - 1
	if len(q.since()) > 0 {
		q.s.Step, q.s.FollowedUp = 0, nil // they wrote since; what follows is a fresh start
	}
	for _, d := range q.drafts {
		if d.State == DraftSent && d.Action != ThankYou && q.answersLast(d) {
			if d.Step > q.s.Step { // sent, though the mail itself is not to be seen here
				q.s.Step = d.Step
				q.s.FollowedUp = append(q.s.FollowedUp, d.Changed)
			}
		}
	}
}

// settled closes a thread in which nothing is owed: the rep's last word wants no answer.
func (q *inquiry) settled() bool {
	if q.voidedLast() || q.deferredBefore() || q.wasOurs(q.last) {
		return false
	}
	for _, o := range slices.Backward(q.outs) {
		if q.last.Received.Sub(o.Received) >= together && o != q.last {
			break
		}
		if !o.HasBody || o.Reading.NewText == "" || o.Reading.Asks {
			return false // what could not be read, an invitation or a bare attachment may well ask
		}
	}
	q.close(Settled)
	q.say("Your last mail, of %s, asks for nothing: no answer is owed.", q.on(q.last.Received))
	return true
}

// voidedLast says that the rep reopened the thread after their last mail.
func (q *inquiry) voidedLast() bool { return q.said.reopened.After(q.last.Received) }

// deferredBefore says that the last thing the prospects said is that they will be heard of later: the ball is with them
// even if the rep thanked for it.
func (q *inquiry) deferredBefore() bool {
	if len(q.answers) == 0 {
		return false
	}
	return q.answers[len(q.answers)-1].meaning() == defers
}

// start is when the window of the next step began: with the rep's last mail, a sent draft of ours that is not to be seen
// here, or a colleague's word to the prospect.
func (q *inquiry) start() time.Time {
	at := q.last.Received
	for _, d := range q.drafts {
		if d.State == DraftSent && q.answersLast(d) && d.Changed.After(at) {
			at = d.Changed
		}
	}
	if c := q.colleague(); c != nil && c.Received.After(at) {
		at = c.Received
	}
	return at
}

// colleague gives the newest mail of a colleague to a prospect after the rep's last.
func (q *inquiry) colleague() *Linked {
	for i := range slices.Backward(q.thread.Messages) {
		l := &q.thread.Messages[i]
		if l.Direction == In && l.Inside && human(&l.Reading) && after(l, q.last) && !q.voided(l.Received) &&
			slices.ContainsFunc(slices.Concat(l.Message.To, l.Message.Cc), func(p mail.Person) bool { return q.isPerson(p.Address) }) {
			return l
		}
	}
	return nil
}

// number gives which follow-up is next: the one after those sent, and after those whose draft the rep deleted. Where all
// have been sent and the rep reopened the thread since, it begins anew.
func (q *inquiry) number() int {
	n := q.s.Step + 1
	if _, _, ok := q.cadence.step(n); !ok && q.voidedLast() {
		n = 1
	}
	for q.discarded(n) != nil {
		n++
	}
	return n
}

// nextStep gives the next step and its window; nil where there is none.
func (q *inquiry) nextStep() (*Next, Window) {
	n := q.number()
	action, w, ok := q.cadence.step(n)
	if !ok {
		return nil, Window{}
	}
	return &Next{Action: action, Step: n, Approach: approach(action), At: q.cal.Add(q.start(), w, q.spans())}, w
}

// approach is what an action fixes; of a follow-up, the playbook decides.
func approach(a Action) string {
	if a == FollowUp {
		return ""
	}
	return string(a)
}

// window judges a silence in which nothing speaks against following up: does its window still run?
func (q *inquiry) window() {
	q.say("You wrote to %s on %s; nobody has answered since.", q.names(), q.on(q.last.Received))
	c := q.colleague()
	if c != nil {
		q.say("Your colleague %s wrote to them on %s, so the window starts there.", writer(c), q.on(c.Received))
	}
	for _, p := range q.people {
		if p.gone != "" {
			q.say("%s", p.why)
		}
	}
	if q.gradeWhy != "" {
		q.say("%s", q.gradeWhy)
	}
	if q.waitsInDrafts() {
		return
	}
	if d := q.deleted(); d != nil {
		if d.Action == BreakUp || d.Action == Nurture {
			q.close(NoReply)
			q.say("You deleted the draft of the %s, so nothing more is written.", inWords(d.Action))
			return
		}
		q.s.State = Review
		q.say("You deleted the draft of the %s follow-up on %s: it is not written again. Reopen the thread to have the next one.", ordinal(d.Step), q.day(d.Changed))
		return
	}
	if q.fenced() {
		q.close(NoReply)
		q.say("It was silent for longer than %d days when followupd first started (prospects.since), so no draft is written. Reopen it to have one.", int(q.policy.Since/day))
		return
	}
	next, w := q.nextStep()
	if next == nil {
		q.exhausted()
		return
	}
	q.say("%s %s", q.windowInWords(next, w), q.ranFor(next.At))
	if why := q.hurry(next); why != "" {
		q.say("%s", why)
	}
	q.sayAway(q.start(), next.At)
	q.dueOrNot(next, c)
}

// sayAway says which absences of the rep a window stood still for.
func (q *inquiry) sayAway(from, to time.Time) {
	for _, s := range merged(q.cal.Away) {
		if s.From.Before(to) && from.Before(s.To) {
			q.say("The days you are away do not count: %s to %s.", q.day(s.From), q.day(s.To.Add(-time.Minute)))
		}
	}
}

// dueOrNot tells a window that closed from one that runs, and what keeps a closed one from a draft.
func (q *inquiry) dueOrNot(next *Next, colleague *Linked) {
	switch {
	case q.before(next.At):
		q.wait(Waiting, next)
	case q.recovered(next.At):
		q.wait(Review, next)
		q.say("What followupd knew was lost on %s, and this was due before: whether a draft was written or deleted then is not known. Reopen the thread to get one.", q.day(q.ledger.facts.Origin.Recovered))
	case colleague != nil:
		q.wait(Review, next)
		q.say("Whether you or %s should follow up is yours to decide.", writer(colleague))
	default:
		q.wait(Due, next)
		q.s.Pause = q.pause()
		for _, s := range merged(q.cal.Away) {
			if !q.before(s.From) && q.before(s.To) {
				q.say("You are away until %s: nothing is drafted before.", q.day(s.To))
			}
		}
		if q.ledger.facts.ReadAt.Before(next.At) {
			q.say("Not every folder has been read since: nothing is drafted before that, for an answer may lie there.")
		}
	}
}

// exhausted judges a silence after the last step: it rests once more, then it is closed; much later comes one friendly
// word, where the config wants it.
func (q *inquiry) exhausted() {
	start, rest := q.start(), q.cadence.rest()
	if len(q.cadence.FollowUpAfter) == 0 && rest.IsZero() {
		q.wait(Waiting, nil)
		q.say("No step is configured for it.")
		return
	}
	ends := q.cal.Add(start, rest, q.spans())
	nurture := q.nurture(start)
	if q.before(ends) {
		q.wait(Waiting, nurture)
		q.say("%s The thread closes on %s.", q.allSent(), q.on(ends))
		return
	}
	if nurture != nil && !q.before(nurture.At) {
		q.say("%s That was long ago: a friendly word may be in place.", q.allSent())
		q.dueOrNot(nurture, nil)
		return
	}
	q.close(NoReply)
	q.say("%s Silence after that is an answer.", q.allSent())
	if nurture != nil {
		q.s.Next = nurture
	}
}

func (q *inquiry) allSent() string {
	switch {
	case q.s.Step == 0:
		return "Every draft for it was deleted, nothing is left to write."
	case q.s.Step > q.cadence.last():
		return "The friendly word after the goodbye was sent on " + q.on(q.start()) + ", and there is only one."
	case q.s.Step == q.cadence.last():
		return "The goodbye was sent on " + q.on(q.start()) + "."
	}
	return "All " + counted(q.s.Step, "follow-up") + " have been sent, the last on " + q.on(q.start()) + "."
}

// nurture gives the one word long after a break-up; nil where there is none, or it was written.
func (q *inquiry) nurture(since time.Time) *Next {
	n := q.cadence.last() + 1
	if q.s.Step != n-1 || q.cadence.BreakUpAfter.IsZero() || q.cadence.NurtureAfter.IsZero() || q.discarded(n) != nil {
		return nil
	}
	return &Next{Action: Nurture, Step: n, Approach: string(Nurture), At: q.cal.Add(since, q.cadence.NurtureAfter, q.spans())}
}

// fenced says that the silence was too old for a draft when the program first started.
func (q *inquiry) fenced() bool {
	first := q.ledger.facts.Origin.FirstStart
	if first.IsZero() || q.voidedLast() {
		return false
	}
	at := q.start()
	for _, h := range q.holds {
		if h.To.After(at) {
			at = h.To
		}
	}
	return at.Before(first.Add(-q.policy.Since))
}

// recovered says that a step fell due before the state was lost, so that its draft may have been written then.
func (q *inquiry) recovered(due time.Time) bool {
	at := q.ledger.facts.Origin.Recovered
	return !at.IsZero() && due.Before(at) && q.said.reopened.Before(at)
}

func (q *inquiry) windowInWords(next *Next, w Window) string {
	length := w.String()
	if whose := q.whose[next.Action]; whose != "" {
		length += " (" + whose + ")"
	}
	if next.Action == BreakUp {
		return "The window before the goodbye is " + length + ";"
	}
	return "The " + ordinal(next.Step) + " window is " + length + ";"
}

func (q *inquiry) ranFor(ends time.Time) string {
	if q.before(ends) {
		return "it runs until " + q.on(ends) + "."
	}
	return "it ended on " + q.on(ends) + "."
}

func inWords(a Action) string {
	switch a {
	case BreakUp:
		return "goodbye"
	case Nurture:
		return "friendly word"
	case ThankYou:
		return "thank-you"
	}
	return "follow-up"
}
