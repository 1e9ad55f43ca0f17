package tracker

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"followupd/mail"
)

// A tale is a mailbox told in lines, one message each:
//
//	offer   rep    writes   -14d10:15  to=lena
//	answer  lena   answers  -12d       re=offer
//
// A line is: the message's name, who wrote it, what it is (see the verbs in reading), when, and facts as key=value:
// to, cc (people), re (the message it answers), refs (References alone), of (the message a report names), failed, until,
// about (the subject, underscores for spaces), in (folders), from (a whole address), noask, nobody-read, ti (Thread-Index),
// irt (a foreign id it answers).
// Times count from the tale's now; -14d10:15 is a quarter past ten fourteen days before. Everybody works at WHO.example.
type tale struct {
	t      testing.TB
	now    time.Time
	policy Policy
	facts  Facts
	seen   []Seen
	byName map[string]Seen
}

var stockholm = must(time.LoadLocation("Europe/Stockholm"))

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// thursday is the usual now of a tale: Thursday 12 November 2026, noon, in Stockholm.
var thursday = time.Date(2026, 11, 12, 12, 0, 0, 0, stockholm)

func tell(t testing.TB, lines string) *tale {
	t.Helper()
	s := &tale{t: t, now: thursday, byName: make(map[string]Seen), policy: Policy{
		Me: []mail.Address{"anna@acme.example", "sales@acme.example"}, Internal: []string{"acme.example"},
		Since: 120 * day,
		Cadence: Cadence{
			FollowUpAfter: []Window{{BusinessDays: 3}, {BusinessDays: 5}},
			BreakUpAfter:  Window{BusinessDays: 7}, NurtureAfter: Window{Days: 90},
		},
		Calendar: Calendar{Zone: stockholm}, DraftsADay: 100,
	}}
	s.facts.Origin.FirstStart = s.now.Add(-time.Hour)
	s.facts.ReadAt = s.now
	for line := range strings.Lines(lines) {
		if line = strings.TrimSpace(line); line != "" {
			s.add(line)
		}
	}
	return s
}

func (s *tale) at(text string) time.Time {
	s.t.Helper()
	clock := ""
	if i := strings.IndexByte(text, 'd'); i >= 0 {
		text, clock = text[:i], text[i+1:]
	} else {
		d, err := time.ParseDuration(text)
		if err != nil {
			s.t.Fatalf("time %q: %v", text, err)
		}
		return s.now.Add(d)
	}
	days, err := strconv.Atoi(text)
	if err != nil {
		s.t.Fatalf("time %q: %v", text, err)
	}
	h, m := s.now.Hour(), s.now.Minute()
	if clock != "" {
		c, err := time.Parse("15:04", clock)
		if err != nil {
			s.t.Fatalf("time %q: %v", text, err)
		}
		h, m = c.Hour(), c.Minute()
	}
	return time.Date(s.now.Year(), s.now.Month(), s.now.Day()+days, h, m, 0, 0, s.now.Location())
}

func person(name string) mail.Person {
	switch {
	case name == "rep":
		return mail.Person{Name: "Anna Berg", Address: "anna@acme.example"}
	case strings.Contains(name, "@"):
		return mail.Person{Address: mail.Address(name)}
	}
	return mail.Person{Name: strings.ToUpper(name[:1]) + name[1:], Address: mail.Address(name + "@" + name + ".example")}
}

func people(names string) (all []mail.Person) {
	for name := range strings.SplitSeq(names, ",") {
		all = append(all, person(name))
	}
	return all
}

var readings = map[string]mail.Reading{
	"writes":       {Kind: mail.KindHuman, Intent: mail.IntentAnswer},
	"answers":      {Kind: mail.KindHuman, Intent: mail.IntentAnswer},
	"declines":     {Kind: mail.KindHuman, Intent: mail.IntentDeclined},
	"opts-out":     {Kind: mail.KindHuman, Intent: mail.IntentOptOut},
	"is-wrong":     {Kind: mail.KindHuman, Intent: mail.IntentWrongPerson},
	"later":        {Kind: mail.KindHuman, Intent: mail.IntentNotNow},
	"promises":     {Kind: mail.KindHuman, Intent: mail.IntentWillReply},
	"thanks":       {Kind: mail.KindHuman, Intent: mail.IntentThanks},
	"mumbles":      {Kind: mail.KindHuman, Intent: mail.IntentUnclear},
	"is-away":      {Kind: mail.KindAutoReply, Sub: mail.SubOutOfOffice},
	"has-left":     {Kind: mail.KindAutoReply, Sub: mail.SubLeftCompany},
	"acknowledges": {Kind: mail.KindAutoReply, Sub: mail.SubAcknowledgement},
	"challenges":   {Kind: mail.KindAutoReply, Sub: mail.SubChallenge},
	"bounces":      {Kind: mail.KindBounce, Sub: mail.SubHard},
	"is-full":      {Kind: mail.KindBounce, Sub: mail.SubSoft},
	"refuses":      {Kind: mail.KindBounce, Sub: mail.SubPolicy},
	"delays":       {Kind: mail.KindBounce, Sub: mail.SubDelay},
	"accepts":      {Kind: mail.KindCalendar, Sub: mail.SubAccepted},
	"cannot-meet":  {Kind: mail.KindCalendar, Sub: mail.SubDeclined},
	"might-meet":   {Kind: mail.KindCalendar, Sub: mail.SubTentative},
	"cancels":      {Kind: mail.KindCalendar, Sub: mail.SubCancelled},
	"invites":      {Kind: mail.KindCalendar, Sub: mail.SubRequest},
	"opened-it":    {Kind: mail.KindReceipt},
	"publishes":    {Kind: mail.KindBulk},
	"reports":      {Kind: mail.KindSystem},
}

var folderRoles = map[string]mail.Role{"INBOX": mail.RoleInbox, "Sent": mail.RoleSent, "Archive": mail.RoleAlso, "Junk": mail.RoleAlso, "Trash": mail.RoleTrash, "Drafts": mail.RoleDrafts}

func (s *tale) add(line string) {
	s.t.Helper()
	words := strings.Fields(line)
	if len(words) < 4 {
		s.t.Fatalf("not a line of a tale: %q", line)
	}
	name, by, verb := words[0], words[1], words[2]
	reading, ok := readings[verb]
	if !ok {
		s.t.Fatalf("%q: no such verb", verb)
	}
	msg := mail.Message{ID: mail.MessageID(name + "@mail.example"), From: []mail.Person{person(by)}, Subject: "Freight audit", To: []mail.Person{person("rep")}}
	m := Seen{Row: int64(len(s.seen) + 1), Received: s.at(words[3]), HasBody: true}
	folders := "INBOX"
	if by == "rep" {
		folders = "Sent"
		reading.Asks, reading.Intent, reading.NewText = true, "", "So that is that."
	}
	for _, w := range words[4:] {
		key, value, _ := strings.Cut(w, "=")
		switch key {
		case "to":
			msg.To = people(value)
		case "cc":
			msg.Cc = people(value)
		case "bcc":
			msg.To, msg.Bcc = nil, people(value)
		case "from":
			msg.From = people(value)
		case "re":
			parent, ok := s.byName[value]
			if !ok {
				s.t.Fatalf("%q answers %q, which is not told yet", name, value)
			}
			msg.InReplyTo = []mail.MessageID{parent.Message.ID}
			msg.References = append(append([]mail.MessageID(nil), parent.Message.References...), parent.Message.ID)
			msg.Subject = "Re: " + strings.TrimPrefix(parent.Message.Subject, "Re: ")
		case "refs":
			msg.References = []mail.MessageID{mail.MessageID(value + "@mail.example")}
		case "irt":
			msg.InReplyTo = []mail.MessageID{mail.MessageID(value)}
		case "of":
			reading.Original = mail.MessageID(value + "@mail.example")
		case "failed":
			for _, p := range people(value) {
				reading.Failed = append(reading.Failed, p.Address)
			}
		case "until":
			u := s.at(value)
			if reading.Kind != mail.KindCalendar {
				u = time.Date(u.Year(), u.Month(), u.Day(), 0, 0, 0, 0, u.Location())
			}
			reading.Until = u
		case "successor":
			p := person(value)
			reading.Successor = &p
		case "about":
			msg.Subject = strings.ReplaceAll(value, "_", " ")
		case "in":
			folders = value
		case "notext":
			reading.Asks, reading.NewText = false, ""
		case "noask":
			reading.Asks = false
		case "nobody-read":
			m.HasBody = false
		case "ti":
			msg.ThreadIndex = value
		case "id":
			msg.ID = mail.MessageID(value)
		case "key":
			msg.DraftKey = value
		case "list":
			msg.Signs = map[string][]string{"List-Id": {"<x." + value + ">"}, "List-Post": {"<mailto:" + value + ">"}}
		default:
			s.t.Fatalf("%q: no such fact", w)
		}
	}
	for f := range strings.SplitSeq(folders, ",") {
		m.Folders = append(m.Folders, mail.Folder{Name: f, Role: folderRoles[f]})
	}
	m.Message, m.Reading = msg, reading
	s.seen = append(s.seen, m)
	s.byName[name] = m
}

func (s *tale) mailbox() *Mailbox {
	m := NewMailbox(s.policy, nil)
	for _, x := range s.seen {
		m.Add(x)
	}
	return m
}

// of judges the thread in which a message lies by its ids.
func (s *tale) of(name string) Standing {
	s.t.Helper()
	m := s.mailbox()
	msg, ok := s.byName[name]
	if !ok {
		s.t.Fatalf("no message %q", name)
	}
	m.settle()
	return m.Judge(m.idOf(m.home(m.recs[m.rows[msg.Row]].node)), s.facts, s.now)
}

// draft writes a draft of ours into the journal: the answer to a message, at a time, in a state.
func (s *tale) draft(answers string, step int, at string, state DraftState) *tale {
	s.facts.Drafts = append(s.facts.Drafts, Draft{
		Key: fmt.Sprint("key-", answers, step), Answers: s.byName[answers].Message.ID, Step: step, Action: FollowUp,
		Thread: nameOf(string(s.byName[answers].Message.ID)), State: state, Created: s.at(at), Changed: s.at(at), MessageID: mail.MessageID(fmt.Sprint("draft-", answers, step)),
	})
	return s
}

// word has the rep say something at a time of a person.
func (s *tale) word(kind WordKind, who, at string, change func(*Word)) *tale {
	w := Word{ID: int64(len(s.facts.Words) + 1), Kind: kind, Address: person(who).Address, At: s.at(at)}
	if change != nil {
		change(&w)
	}
	s.facts.Words = append(s.facts.Words, w)
	return s
}

func (s *tale) hold(who, at, until string) *tale {
	return s.word(WordHold, who, at, func(w *Word) { w.Until = s.at(until) })
}

func (s *tale) close(who, at string, o Outcome) *tale {
	return s.word(WordClose, who, at, func(w *Word) { w.Outcome = o })
}

func (s *tale) reopen(who, at string) *tale { return s.word(WordReopen, who, at, nil) }

// stands says in short where a thread stands: state, outcome or hold with its last day, step, next step with its day.
func (s *tale) stands(x Standing) string {
	text := string(x.State)
	switch x.State {
	case Closed:
		text += " " + string(x.Outcome)
	case Held:
		text += fmt.Sprintf(" %s until %s", x.HoldReason, x.HeldUntil.In(stockholm).Format("2 Jan 15:04"))
	}
	text += fmt.Sprintf(" step=%d", x.Step)
	if x.Next != nil {
		text += fmt.Sprintf(" next=%s/%d %s", x.Next.Action, x.Next.Step, x.Next.At.In(stockholm).Format("2 Jan 15:04"))
	}
	if x.Withdraw {
		text += " withdraw"
	}
	return text
}
