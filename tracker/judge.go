package tracker

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"followupd/mail"
)

// Facts are what was done and said, beside the messages.
type Facts struct {
	Origin Origin
	Drafts []Draft
	Words  []Word
	Links  []Link
	Visits []Visit
	// Opinions are second opinions on unclear answers, while the rep wants any.
	Opinions []Opinion
	ReadAt   time.Time // since when every folder in which an answer could lie has been read cleanly; the oldest of them; zero: never
}

// Judge says where a thread stands at a moment. It is pure: preview --at is the same function with another clock.
func (m *Mailbox) Judge(id ThreadID, f Facts, now time.Time) Standing {
	m.settle()
	return m.judge(id, m.ledger(f), now)
}

// JudgeAll judges every thread and lays the limits that reach across threads over them: one open draft per person, and
// no more people of a company and follow-ups to a person than the policy wants.
func (m *Mailbox) JudgeAll(f Facts, now time.Time) []Standing {
	ids := m.Threads()
	l := m.ledger(f)
	all := make([]Standing, len(ids))
	for i, id := range ids {
		all[i] = m.judge(id, l, now)
	}
	newPressure(all, &m.policy, now).tell(all)
	return all
}

// inquiry is one judgement under way: what is known of the thread, and the standing as far as it is concluded.
type inquiry struct {
	m      *Mailbox
	policy *Policy
	cal    Calendar  // the thread's own once its situation is found
	now    time.Time // see before
	turns  time.Time // the earliest moment to come that was asked for; zero: none was
	ledger *ledger
	thread *Thread
	drafts []Draft // of this thread, oldest first
	said   said

	people  []contact
	outs    []*Linked // the rep's mails to them, in order
	last    *Linked   // the newest of outs: the silence
	answers []*Linked // what people wrote, in order; machines left out
	holds   []hold
	cadence Cadence
	whose   map[Action]string // as in Pace

	gradeWhy string // a sentence; "" without a grade

	s Standing
}

func (m *Mailbox) judge(id ThreadID, l *ledger, now time.Time) Standing {
	root, ok := m.resolve(id)
	if !ok {
		return Standing{Thread: id, State: Ignored, Situation: General, Reasons: []string{"No message of this thread is known."}}
	}
	return m.judgeAt(root, l, now)
}

// judgeAt judges the conversation of a component.
func (m *Mailbox) judgeAt(root node, l *ledger, now time.Time) Standing {
	t := m.thread(root)
	q := &inquiry{m: m, policy: &m.policy, cal: m.policy.Calendar, now: now, ledger: l, thread: t}
	q.s = Standing{Thread: t.ID, Subject: t.Messages[0].Message.Subject, Situation: General}
	q.drafts = q.journal()
	q.findVisits()
	q.conclude()
	q.withdraw()
	q.settle()
	for _, h := range q.holds { // whatever was concluded, a hold that begins or ends may change it
		q.before(h.From)
		q.before(h.To)
	}
	q.s.Check = q.turns
	return q.s
}

// before says that a moment is still to come. It is the one question that a judgement may put to the clock: what was still to
// come when it was asked is where the answer turns, and the earliest such moment is the standing's Check. So no other moment
// can change the standing by itself.
func (q *inquiry) before(t time.Time) bool {
	if !q.now.Before(t) {
		return false
	}
	if q.turns.IsZero() || t.Before(q.turns) {
		q.turns = t
	}
	return true
}

// conclude goes through the questions in order of what counts more; the first that has an answer decides.
func (q *inquiry) conclude() {
	if !q.findPeople() {
		return
	}
	q.findAnswers()
	q.findGrade()
	q.findSituation()
	q.findHolds()
	q.countSteps()
	for _, decided := range []func() bool{
		q.optedOut,   // a law, above even the rep
		q.repClosed,  // the rep's word
		q.repHolds,   //
		q.nobodyLeft, // nobody to write to
		q.saidNo,     // the prospect's word
		q.answered,
		q.doubts,
		q.holdsAsked, // holds that the prospect asked for: until March, until the meeting
		q.settled,
		q.holdsMet, // holds that came about: away, not delivered
	} {
		if decided() {
			return
		}
	}
	q.window()
}

// say adds a sentence to the reasons.
func (q *inquiry) say(format string, args ...any) {
	q.s.Reasons = append(q.s.Reasons, fmt.Sprintf(format, args...))
}

func (q *inquiry) on(t time.Time) string  { return q.cal.onTime(t, q.now) }
func (q *inquiry) day(t time.Time) string { return q.cal.onDay(t, q.now) }

// voided says that the rep reopened the thread after a moment: what was concluded of it counts no more.
func (q *inquiry) voided(at time.Time) bool { return at.Before(q.said.reopened) }

// names gives the people the thread is about, as they stand in a sentence.
func (q *inquiry) names() string {
	var names []string
	for _, p := range q.s.Prospects {
		names = append(names, called(p))
	}
	return listed(names)
}

func (q *inquiry) close(o Outcome) {
	q.s.State, q.s.Outcome = Closed, o
}

// optedOut honours "remove me" from anybody on the thread, said in whatever thread, for good. A reopen does not undo it.
func (q *inquiry) optedOut() bool {
	for i := range q.people {
		p := &q.people[i]
		for _, n := range p.notices {
			if n.reading.Intent == mail.IntentOptOut {
				q.close(OptedOut)
				q.say("%s asked on %s not to be written to again. That holds in every thread, for good.", called(p.Person), q.day(n.at))
				if n.at.Before(q.said.reopened) {
					q.say("You reopened it, but a wish to be left alone is not undone here.")
				}
				return true
			}
		}
	}
	for _, l := range q.thread.Messages {
		if l.Direction == In && !l.Inside && !l.Doubtful && l.Reading.Intent == mail.IntentOptOut {
			q.close(OptedOut)
			q.say("%s asked on %s not to be written to again.", writer(&l), q.day(l.Received))
			return true
		}
	}
	return false
}

// repClosed carries out the rep's close. What the prospect writes later is said, but the rep's word stands.
func (q *inquiry) repClosed() bool {
	w := q.said.last
	if w.Kind != WordClose {
		return false
	}
	q.close(w.Outcome)
	q.say("You closed it as %s on %s%s.", w.Outcome, q.day(w.At), w.because())
	if a := q.answerSince(w.At); a != nil {
		q.say("%s wrote on %s, after that; reopen it if it goes on.", writer(a), q.on(a.Received))
	}
	return true
}

// repHolds carries out the rep's hold, which beats the machine's. An answer that comes during it is shown as one.
func (q *inquiry) repHolds() bool {
	w := q.said.last
	if w.Kind != WordHold || !q.before(w.Until) || q.answerSince(w.At) != nil {
		return false
	}
	q.hold(hold{Span: Span{w.At, w.Until}, reason: HoldRep, why: w.Text, source: w.Source})
	return true
}

func because(text string) string {
	if text == "" {
		return ""
	}
	return " (" + shortened(text) + ")"
}

// answerSince gives the newest answer received after a moment.
func (q *inquiry) answerSince(at time.Time) *Linked {
	for _, l := range slices.Backward(q.answers) {
		if l.Received.After(at) {
			return l
		}
	}
	return nil
}

// nobodyLeft closes a thread all of whose people are gone or cannot be reached.
func (q *inquiry) nobodyLeft() bool {
	outcome := Bounced
	for i := range q.people {
		p := &q.people[i]
		if p.gone == "" {
			return false
		}
		if p.gone == LeftCompany {
			outcome = LeftCompany
		}
	}
	q.close(outcome)
	for i := range q.people {
		q.say("%s", q.people[i].why)
	}
	return true
}

// wait fills in a thread whose window runs or ran.
func (q *inquiry) wait(state State, next *Next) {
	q.s.State, q.s.Next = state, next
}

// writer names who wrote a message.
func writer(l *Linked) string {
	if len(l.Message.From) == 0 {
		return "Somebody"
	}
	return called(l.Message.From[0])
}

// isForward says that a subject bears a prefix by which mail is passed on.
func isForward(subject string) bool {
	prefix, _, ok := strings.Cut(subject, ":")
	return ok && forwards[strings.ToLower(strings.TrimSpace(prefix))]
}

var forwards = set("fwd fw wg tr rv vs vb vl i enc doorst pd i-fwd")
