package tracker

import (
	"time"

	"followupd/mail"
)

// opinionReaches is how far ahead a second opinion may put a thread to rest: a model that reads a wrong year, or was talked
// into one, must not bury a conversation.
const opinionReaches = 365 * 24 * time.Hour

// UnclearSince gives the rows of the answers to the rep's last mail that the rules call unclear and that a second opinion may
// be asked on: written by people outside, in words that were read.
func UnclearSince(t *Thread) []int64 {
	var rows []int64
	for i := range t.Messages {
		l := &t.Messages[i]
		switch {
		case l.Direction == Out:
			rows = nil
		case l.Direction == In && !l.Inside && !l.Doubtful && l.HasBody && !l.Reduced && l.Reading.Kind == mail.KindHuman && l.meaning() == unclear:
			rows = append(rows, l.Row)
		}
	}
	return rows
}

// opined lays a second opinion over an unclear answer that is the only word since the rep's last mail. Until the day that it
// reads in the answer the thread is held; true says so. After that day, and wherever it reads anything else, the answer stays
// what it is without the opinion: unclear, and the rep's to review. So it can never lead to a draft.
func (q *inquiry) opined(l *Linked) bool {
	o, ok := q.ledger.opinions[l.Row]
	if !ok || o.Intent == mail.IntentUnclear {
		return false
	}
	reads := map[mail.Intent]string{
		mail.IntentAnswer: "an answer that wants yours", mail.IntentDeclined: "a no", mail.IntentOptOut: "a wish to hear no more",
		mail.IntentWrongPerson: "the wrong person", mail.IntentNotNow: "not now", mail.IntentWillReply: "a promise to come back to you", mail.IntentThanks: "thanks",
	}[o.Intent]
	if reads == "" {
		return false
	}
	until, reason := o.Until, HoldNotNow
	if o.Intent == mail.IntentWillReply {
		reason = HoldWillReply
	}
	defer func() { q.say("A second opinion, of the model %s on %s, reads it as %s.", o.Model, q.on(o.At), reads) }()
	if o.Intent != mail.IntentNotNow && o.Intent != mail.IntentWillReply || until.IsZero() || until.Sub(l.Received) > opinionReaches {
		return false
	}
	until = q.cal.Date(until)
	reads += ", until " + q.day(until)
	if !q.before(until) {
		return false
	}
	q.s.State, q.s.HeldUntil, q.s.HoldReason = Held, until, reason
	return true
}
