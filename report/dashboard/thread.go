package dashboard

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"followupd/mail"
	"followupd/report"
	"followupd/tracker"
)

// threadPage is the body of a thread's page.
type threadPage struct {
	Thread    tracker.ThreadID
	Subject   string
	State     tracker.State
	Label     string
	Next      string
	Likely    string // the approach the next step would likely take
	Waiting   string // why a due thread gets no draft yet
	Situation string
	Company   string
	Step      int
	Reasons   []string
	Tasks     []report.Task // what may be done by other channels
	People    []personView
	Draft     *draftView
	Events    []event
	Cut       int // messages left out
	Outcomes  []tracker.Outcome
	Grades    []string
	Tomorrow  string // the first day that can be held until
	CanReopen bool
	CanChase  bool // a hold or a close would change something
}

type personView struct {
	Name, Address, Grade string
	Notes                []note
}

type note struct {
	When stamp
	Text string
}

type draftView struct {
	State, Approach, Asset, Body string
	Step                         int
	Why                          []string
}

// event is a line of the timeline.
type event struct {
	at    time.Time
	When  stamp
	Class string // in out machine you draft
	Who   string
	What  string
	Text  string
	Short bool // the text goes on in the mail
	Why   []string
}

// maxEvents bounds a timeline; a conversation longer than that shows its latest part.
const maxEvents = 200

// keptText is how much of a message's words is kept in memory (tracker's bound), in bytes: a text of that length goes on.
const keptText = 1000

func (s *Server) thread(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	story, err := s.desk.Thread(ctx, tracker.ThreadID(r.PathValue("id")))
	if err != nil {
		return err
	}
	if story == nil {
		s.notFound(w, r, "There is no such thread. It may have been joined with another.")
		return nil
	}
	words, err := s.desk.Words(ctx)
	if err != nil {
		return err
	}
	drafts, err := s.desk.Drafts(ctx)
	if err != nil {
		return err
	}
	page := s.threadPage(story, words, drafts)
	page.Waiting = report.Clean(s.view.Load().Waiting[story.Standing.Thread])
	s.show(w, r, http.StatusOK, "thread", page.Subject, page)
	return nil
}

func (s *Server) threadPage(story *Story, words []tracker.Word, drafts []tracker.Draft) threadPage {
	st := &story.Standing
	p := threadPage{
		Thread: st.Thread, Subject: subject(st.Subject), State: st.State, Label: qualified(st), Next: s.next(st),
		Situation: spaced(string(st.Situation)), Company: report.Clean(st.Company), Step: st.Step, Reasons: clean(report.NewThread(*st, s.cfg.Zone).Reasons),
		Tasks:    report.NewTasks(story.Tasks),
		Outcomes: repOutcomes, Grades: s.cfg.Grades,
		Tomorrow:  s.cfg.Now().In(s.cfg.Zone).AddDate(0, 0, 1).Format(time.DateOnly),
		CanReopen: st.State == tracker.Closed && st.Outcome != tracker.OptedOut || st.State == tracker.Held || st.State == tracker.Review,
		CanChase:  st.State != tracker.Closed && st.State != tracker.Ignored,
	}
	if n := st.Next; n != nil && n.Approach != "" && st.State != tracker.Drafted {
		p.Likely = spaced(n.Approach)
	}
	for _, person := range st.Prospects {
		p.People = append(p.People, s.personView(person, words))
	}
	if d := st.Draft; d != nil && d.Body != "" {
		p.Draft = &draftView{State: spaced(string(d.State)), Approach: spaced(d.Approach), Asset: d.Asset, Body: report.CleanLines(d.Body), Step: d.Step, Why: clean(d.Why)}
	}
	p.Events = s.timeline(story, words, drafts)
	if over := len(p.Events) - maxEvents; over > 0 {
		p.Cut, p.Events = over, p.Events[over:]
	}
	return p
}

func clean(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = report.Clean(t)
	}
	return out
}

// personView gives a person with their grade and the rep's notes, newest first.
func (s *Server) personView(p mail.Person, words []tracker.Word) personView {
	v := personView{Name: report.Clean(p.Name), Address: string(p.Address)}
	for _, w := range words {
		if w.Address != p.Address {
			continue
		}
		switch w.Kind {
		case tracker.WordGrade:
			if v.Grade = w.Text; v.Grade == noGrade {
				v.Grade = ""
			}
		case tracker.WordNote:
			v.Notes = append(v.Notes, note{s.moment(w.At), report.CleanLines(w.Text)})
		}
	}
	slices.Reverse(v.Notes)
	return v
}

// timeline lays messages, words and drafts of a thread into one timeline, oldest first.
func (s *Server) timeline(story *Story, words []tracker.Word, drafts []tracker.Draft) []event {
	var all []event
	if story.Thread != nil {
		for i := range story.Thread.Messages {
			all = append(all, s.message(&story.Thread.Messages[i]))
		}
	}
	st := &story.Standing
	for _, w := range words {
		theirs := slices.ContainsFunc(st.Prospects, func(p mail.Person) bool { return p.Address == w.Address })
		if w.Thread == st.Thread || w.Address != "" && theirs {
			all = append(all, event{at: w.At, When: s.moment(w.At), Class: "you", Who: "You", What: s.said(w), Text: report.CleanLines(w.Text), Why: how(w)})
		}
	}
	for _, f := range st.Followed {
		e := event{at: f.At, When: s.moment(f.At), Class: "in", Who: "Somebody", What: "followed the link to " + report.Clean(f.Asset)}
		if f.Machine != "" {
			e.Class, e.Who, e.Why = "machine", "A program", []string{report.Clean(f.Machine)}
		}
		all = append(all, e)
	}
	for _, d := range drafts {
		if d.Thread == st.Thread && drafted[d.State] != "" {
			all = append(all, event{at: d.Created, When: s.moment(d.Created), Class: "draft", Who: "followupd", What: draftLine(d), Why: clean(d.Why)})
		}
	}
	slices.SortStableFunc(all, func(a, b event) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
	return all
}

// drafted says what became of a draft; states that are not the rep's concern are left out.
var drafted = map[tracker.DraftState]string{
	tracker.DraftUnknown:   "its laying down is being checked",
	tracker.DraftPlaced:    "it waits in Drafts",
	tracker.DraftEdited:    "you edited it",
	tracker.DraftSent:      "you sent it",
	tracker.DraftDiscarded: "you deleted it",
	tracker.DraftWithdrawn: "taken back, because it was overtaken",
}

func draftLine(d tracker.Draft) string {
	line := "drafted " + strings.ToLower(step(&tracker.Next{Action: d.Action, Step: d.Step}))
	if d.Approach != "" && d.Approach != string(d.Action) {
		line += " (" + spaced(d.Approach) + ")"
	}
	return report.Clean(line) + ": " + drafted[d.State]
}

func (s *Server) message(l *tracker.Linked) event {
	e := event{at: l.Received, When: s.moment(l.Received), Text: report.CleanLines(strings.TrimSpace(l.Reading.NewText)), Why: clean(l.Reading.Reasons)}
	e.Short = len(l.Reading.NewText) >= keptText
	from := ""
	if len(l.Message.From) > 0 {
		if from = report.Clean(l.Message.From[0].Name); strings.TrimSpace(from) == "" {
			from = report.Clean(string(l.Message.From[0].Address))
		}
	}
	switch {
	case l.Direction == tracker.Out:
		e.Class, e.Who, e.What = "out", "You", "wrote"
	case l.Reading.Kind == mail.KindHuman || l.Reading.Kind == "":
		e.Class, e.Who, e.What = "in", from, "wrote"
	default:
		e.Class, e.Who, e.What = "machine", from, spaced(string(l.Reading.Kind))
		if l.Reading.Sub != "" {
			e.What += ": " + spaced(string(l.Reading.Sub))
		}
	}
	if l.Reading.Intent != "" && l.Direction == tracker.In {
		e.What += ": " + spaced(string(l.Reading.Intent))
	}
	if l.Weak {
		e.Why = append(e.Why, "Tied to this thread without ids: "+report.Clean(l.Why))
	}
	return e
}

// how says how a word was said where that was in a mail client.
func how(w tracker.Word) []string {
	if w.Source == "" {
		return nil
	}
	return []string{report.Clean(w.Source)}
}

// said puts a word of the rep into a few words; its text stands below.
func (s *Server) said(w tracker.Word) string {
	switch w.Kind {
	case tracker.WordHold:
		return "held it until " + s.day(w.Until).Text
	case tracker.WordClose:
		return "closed it: " + string(w.Outcome)
	case tracker.WordReopen:
		return "reopened it"
	case tracker.WordChase:
		return "wanted it chased"
	case tracker.WordAnother:
		return "asked for another draft"
	case tracker.WordDone:
		return "ticked off"
	case tracker.WordUnheard:
		return "were not understood"
	case tracker.WordNote:
		return "noted"
	case tracker.WordGrade:
		return "graded " + report.Clean(string(w.Address))
	}
	return spaced(string(w.Kind))
}
