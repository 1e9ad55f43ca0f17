package tracker

import (
	"slices"

	"followupd/mail"
)

// meaning is what an answer means for the thread.
type meaning int

const (
	speaks   meaning = iota // an answer: the ball is with the rep
	unclear                 // an answer that the rep must read
	defers                  // not now, or "I will come back to you": the ball stays with the prospect
	agrees                  // an accepted invitation
	declines                // no
	misses                  // the wrong person
)

func (l *Linked) meaning() meaning {
	if l.Reading.Kind == mail.KindCalendar {
		switch l.Reading.Sub {
		case mail.SubAccepted:
			return agrees
		case mail.SubTentative, mail.SubCancelled:
			return unclear
		}
		return speaks
	}
	switch l.Reading.Intent {
	case mail.IntentDeclined:
		return declines
	case mail.IntentWrongPerson:
		return misses
	case mail.IntentNotNow, mail.IntentWillReply:
		return defers
	case mail.IntentUnclear:
		return unclear
	}
	return speaks
}

// after says that a message came after another. Ids beat the server's times: what answers a message is later.
func after(l, than *Linked) bool {
	if id := than.Message.ID; id != "" && names(l, id) {
		return true
	}
	if id := l.Message.ID; id != "" && names(than, id) {
		return false
	}
	return !l.Received.Before(than.Received)
}

func names(l *Linked, id mail.MessageID) bool {
	return slices.Contains(l.Message.InReplyTo, id) || slices.Contains(l.Message.References, id)
}

// findAnswers gathers what people outside wrote in the thread.
func (q *inquiry) findAnswers() {
	for i := range q.thread.Messages {
		l := &q.thread.Messages[i]
		if l.Direction == In && !l.Inside && !l.Doubtful && human(&l.Reading) {
			q.answers = append(q.answers, l)
			q.s.LastInbound = l.Received
		}
	}
}

// since gives the answers to the rep's last mail, those that a reopening voided left out.
func (q *inquiry) since() []*Linked {
	var found []*Linked
	for _, l := range q.answers {
		if after(l, q.last) && !q.voided(l.Received) {
			found = append(found, l)
		}
	}
	return found
}

// saidNo closes a thread in which the prospect declined or sent the rep elsewhere. It stays closed when the rep writes a
// last word of their own: nobody who said no is chased. A later answer, or the rep's reopening, opens it.
func (q *inquiry) saidNo() bool {
	var verdict *Linked
	for _, l := range q.answers {
		switch m := l.meaning(); {
		case q.voided(l.Received):
		case m == declines || m == misses:
			verdict = l
		case verdict != nil && l.Reading.Intent != mail.IntentThanks:
			verdict = nil
		}
	}
	if verdict == nil {
		return false
	}
	if verdict.meaning() == declines {
		q.close(Declined)
		q.say("%s said on %s that it is not of interest.", writer(verdict), q.day(verdict.Received))
		return true
	}
	if q.wroteToSomebodyNew(verdict) || len(q.people) > 1 && !q.wroteLastTo(verdict) {
		return false
	}
	q.close(WrongPerson)
	q.say("%s said on %s not to be the right person.", writer(verdict), q.day(verdict.Received))
	if s := verdict.Reading.Successor; s != nil {
		q.say("Named instead: %s (%s). Whether to write there is yours to decide.", called(*s), s.Address)
	}
	return true
}

// wroteToSomebodyNew says that the rep's last mail came after a message and went to a person who was not on the thread.
func (q *inquiry) wroteToSomebodyNew(l *Linked) bool {
	if after(l, q.last) {
		return false
	}
	before := make(map[mail.Address]bool)
	for _, o := range q.outs {
		if after(l, o) {
			for _, p := range slices.Concat(o.Message.To, o.Message.Cc) {
				before[p.Address] = true
			}
		}
	}
	return slices.ContainsFunc(slices.Concat(q.last.Message.To, q.last.Message.Cc), func(p mail.Person) bool {
		return q.isPerson(p.Address) && !before[p.Address]
	})
}

// wroteLastTo says that the writer of a message is the only prospect on the rep's last mail.
func (q *inquiry) wroteLastTo(l *Linked) bool {
	for _, p := range slices.Concat(q.last.Message.To, q.last.Message.Cc) {
		if q.isPerson(p.Address) && !slices.ContainsFunc(l.Message.From, func(f mail.Person) bool { return f.Address == p.Address }) {
			return false
		}
	}
	return true
}

// answered finds whether the ball is with the rep. One answer of anybody counts for all.
func (q *inquiry) answered() bool {
	var speaking *Linked
	spoken := 0 // how many there are
	for _, l := range q.since() {
		switch l.meaning() {
		case defers, agrees:
			switch {
			case !q.madeHold(l):
				speaking, spoken = l, spoken+1 // a meeting already over, a day already past: an answer all the same
			case q.holding(l):
				speaking = nil // what they said last is "later", and that has not passed
			}
		default:
			speaking, spoken = l, spoken+1
		}
	}
	if speaking == nil {
		return false
	}
	l := speaking
	q.s.State = Answered
	switch {
	case l.meaning() == unclear && l.Reading.Kind == mail.KindCalendar:
		q.s.State = Review
		q.say("%s %s the meeting on %s: yours to settle.", writer(l), map[mail.Sub]string{mail.SubTentative: "accepted only tentatively", mail.SubCancelled: "cancelled"}[l.Reading.Sub], q.on(l.Received))
	case l.meaning() == unclear:
		q.say("%s wrote on %s, and what it means for you is not clear: please read it.", writer(l), q.on(l.Received))
		if spoken > 1 || !q.opined(l) {
			q.s.State = Review
		}
	case l.Reading.Kind == mail.KindCalendar && l.Reading.Sub == mail.SubDeclined:
		q.say("%s declined the meeting on %s: propose another time.", writer(l), q.on(l.Received))
	case l.Reading.Kind == mail.KindCalendar:
		q.say("%s sent you an invitation on %s.", writer(l), q.on(l.Received))
	case l.meaning() == misses:
		q.say("%s answered on %s not to be the right person; others are on the thread.", writer(l), q.on(l.Received))
	default:
		q.say("%s answered on %s: the ball is with you.", writer(l), q.on(l.Received))
	}
	if l.Weak {
		q.say("It came as a mail of its own and is tied to this thread because %s. If it is about something else, reopen the thread.", l.Why)
	} else if !q.fromTheirs(l) {
		q.say("You had not written to %s, but the answer lies in this thread.", writer(l))
	}
	return true
}

// fromTheirs says that a prospect, or somebody at their company, wrote a message.
func (q *inquiry) fromTheirs(l *Linked) bool {
	return slices.ContainsFunc(l.Message.From, func(f mail.Person) bool {
		return slices.ContainsFunc(q.people, func(p contact) bool {
			return p.Address == f.Address || Company(p.Address) != "" && Company(p.Address) == Company(f.Address)
		})
	})
}

// doubts finds what only the rep can decide: a mail that may be the answer, a report that cannot be read, a machine that
// wants to be answered.
func (q *inquiry) doubts() bool {
	for i := range slices.Backward(q.thread.Messages) {
		l := &q.thread.Messages[i]
		r := &l.Reading
		if l.Direction != In || !after(l, q.last) || q.voided(l.Received) {
			continue
		}
		switch {
		case l.Inside && r.Kind != mail.KindBounce:
			continue
		case l.Doubtful && human(r):
			q.say("%s wrote on %s in a mail of its own, and it may be about this or about another of your conversations. Reopen the thread if nothing here was answered.", writer(l), q.on(l.Received))
		case r.Kind == mail.KindAutoReply && r.Sub == mail.SubChallenge:
			q.say("On %s a machine asked you to confirm that you are a person before it delivers your mail.", q.on(l.Received))
		case r.Kind == mail.KindBounce && (r.Sub == mail.SubPolicy || r.Sub == ""):
			q.say("Your mail was refused on %s, not for its address but for what or who it is: another one would be, too.", q.on(l.Received))
		case r.Kind == mail.KindBounce && r.Sub == mail.SubHard && len(q.people) > 1 && !q.namesAnybody(l):
			q.say("On %s a mail of this thread came back, and for whom is not said.", q.on(l.Received))
		default:
			continue
		}
		q.s.State = Review
		return true
	}
	return false
}
