package playbook

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"followupd/mail"
	"followupd/tracker"
)

// Channel is a way to reach a person that is no mail.
type Channel string

// The channels.
const (
	Call   Channel = "call"
	Card   Channel = "card"   // a paper card
	Social Channel = "social" // what they publish
	Refer  Channel = "refer"  // asking a customer who else it may help
)

// Channels gives all of them.
func Channels() []Channel { return []Channel{Call, Card, Social, Refer} }

// Task is something the rep may do by another channel than mail. It is advice: followupd does none of it, and what it
// tells the rep to say or ask stands in the thread or in the rep's notes.
type Task struct {
	Thread  tracker.ThreadID
	Who     mail.Person
	At      time.Time // noon of the working day it is for
	Channel Channel
	What    string   // "Call Lena Vogt"
	Why     string   // "two mails went unanswered"
	Ask     []string // the questions to ask and the notes to have at hand, as they stand in the thread
}

// Key names a task for good: a calendar moves its entry, and a digest names it once a day.
func (t Task) Key() string {
	return string(t.Thread) + "-" + string(t.Channel) + "-" + t.At.Format(time.DateOnly)
}

// Name tells a task from the others of its thread: the rep says by it which one is done.
func (t Task) Name() string { return string(t.Channel) + " " + t.At.Format(time.DateOnly) }

// taskLasts is for how many working days a task is named: what was not done by then will not be.
const taskLasts = 5

// unansweredMails is how many mails without an answer call for another channel.
const unansweredMails = 3

// Tasks gives what the rep may do next by other channels in a thread, by what happened in it: a call after a voicemail
// that nobody returned, and after several mails without an answer; a look at what a stranger publishes after the first;
// a paper card after a thank-you; the question who else it may help, long after a deal was won (referAfter; zero: never).
// Who answered, is away, said no or is up for decision is left alone, and what the rep said is done is named no more.
func (p *Playbook) Tasks(r Request, referAfter tracker.Window) []Task {
	s := r.Standing
	if len(s.Prospects) == 0 {
		return nil
	}
	c := p.understand(r)
	var out []Task
	add := func(after time.Time, days int, ch Channel, what, why string, ask []string) {
		day := workingDay(r.Calendar, after.In(c.now.Location()), days)
		if c.now.After(workingDay(r.Calendar, day, taskLasts)) {
			return
		}
		t := Task{Thread: s.Thread, Who: s.Prospects[0], At: day, Channel: ch, What: what, Why: why, Ask: ask}
		if !slices.ContainsFunc(r.Words, func(w tracker.Word) bool { return w.Kind == tracker.WordDone && w.Text == t.Name() }) {
			out = append(out, t)
		}
	}
	who := called(s.Prospects[0])
	switch s.State {
	case tracker.Waiting, tracker.Due, tracker.Drafted:
	case tracker.Closed:
		if at := wonAt(r.Words); s.Outcome == tracker.Won && referAfter != (tracker.Window{}) && !at.IsZero() {
			add(r.Calendar.Add(at, referAfter, nil), 1, Refer, "Ask "+who+" who else it may help", "the deal was won on "+dateWords("en", at.In(c.now.Location()))+", and a customer knows others like them", nil)
		}
		return out
	default:
		return nil
	}
	last := s.LastOutbound
	switch unanswered := len(c.silence); {
	case s.Situation == tracker.Voicemail && unanswered == 1:
		add(last, 2, Call, "Call "+who+" again", "your voicemail was not returned", c.toAsk())
	case unanswered >= unansweredMails:
		add(last, 1, Call, "Call "+who, fmt.Sprintf("%d mails of yours went unanswered; a voice may reach them where mail does not", unanswered), c.toAsk())
	case unanswered == 2 && c.answered.IsZero():
		add(last, 1, Social, "Look at what "+who+" publishes", "two mails of yours went unanswered; a comment where you have something to say makes you more than a name in the inbox", nil)
	}
	for _, d := range r.Given {
		if d.Thread == s.Thread && d.Action == tracker.ThankYou && d.State == tracker.DraftSent {
			why := "you thanked them by mail on " + dateWords("en", d.Changed.In(c.now.Location())) + "; few people get a line by hand"
			add(d.Changed, 1, Card, "Write "+who+" a paper card", why, c.toAsk()[:min(1, len(c.toAsk()))])
		}
	}
	return out
}

// called is the name by which a task speaks of a person.
func called(p mail.Person) string {
	if name := strings.Join(strings.Fields(p.Name), " "); name != "" {
		return brief(name)
	}
	return string(p.Address)
}

// wonAt gives when the rep said that a deal was won.
func wonAt(words []tracker.Word) time.Time {
	var at time.Time
	for _, w := range words {
		if w.Kind == tracker.WordClose && w.Outcome == tracker.Won && w.At.After(at) {
			at = w.At
		}
	}
	return at
}

// toAsk gives what to have at hand in a call: what was agreed, the question that is open, the newest notes.
func (c *conversation) toAsk() []string {
	const most = 4
	var out []string
	if a := c.agreed(); a != "" {
		out = append(out, "agreed: "+a)
	}
	if q := c.openQuestion(); q != "" {
		out = append(out, q)
	}
	for i := len(c.notes) - 1; i >= 0 && len(out) < most; i-- {
		if marked(c.notes[i], agreedWords) == "" {
			out = append(out, "your note: "+strings.Join(strings.Fields(c.notes[i]), " "))
		}
	}
	return out
}

// openQuestion is the last question of the rep's in this silence, as it was written; "" none.
func (c *conversation) openQuestion() string {
	for i := len(c.silence) - 1; i >= 0; i-- {
		if q := c.gistOf(c.silence[i].text).Question; q != "" {
			return q
		}
	}
	return ""
}
