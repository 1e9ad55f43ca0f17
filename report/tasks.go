package report

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"followupd/playbook"
	"followupd/tracker"
)

// Task is what `show --json` says of something to do by another channel than mail.
type Task struct {
	Thread  tracker.ThreadID `json:"thread"`
	Who     string           `json:"who"`
	On      string           `json:"on"` // 2026-11-24
	Channel playbook.Channel `json:"channel"`
	What    string           `json:"what"`
	Why     string           `json:"why"`
	Ask     []string         `json:"ask"`
	Name    string           `json:"name"` // among the thread's tasks
}

// NewTasks puts tasks into that form.
func NewTasks(tasks []playbook.Task) []Task {
	out := make([]Task, 0, len(tasks))
	for _, t := range tasks {
		out = append(out, Task{t.Thread, string(t.Who.Address), t.At.Format(time.DateOnly), t.Channel, t.What, t.Why, append([]string{}, t.Ask...), t.Name()})
	}
	return out
}

// Advice is what `show --json` says of the rep's own last mail.
type Advice struct {
	Rule  string `json:"rule"`
	Where string `json:"where,omitempty"`
	Say   string `json:"say"`
}

// Told is a thread as `show --json` gives it: the keys of `threads --json`, and what is for the rep alone.
type Told struct {
	Thread
	Coaching []Advice `json:"coaching"`
	Tasks    []Task   `json:"tasks"`
}

// NewTold adds to a thread what its last mail could do better, and what may be done by other channels.
func NewTold(t Thread, advice []playbook.Advice, tasks []playbook.Task) Told {
	told := Told{Thread: t, Coaching: []Advice{}, Tasks: NewTasks(tasks)}
	for _, a := range advice {
		told.Coaching = append(told.Coaching, Advice(a))
	}
	return told
}

// taskLine gives a task on one line of a terminal.
func taskLine(t playbook.Task) string {
	line := t.At.Format("Monday 2 January") + ": " + t.What + ", because " + t.Why
	if len(t.Ask) > 0 {
		line += ". At hand: " + strings.Join(t.Ask, "; ")
	}
	return Clean(line)
}

// AddTasks puts what is to be done today by other channels into the digest: a day for which nothing else waits is worth
// one, too.
func (d *Digest) AddTasks(tasks []playbook.Task, threads []tracker.Standing) {
	subjects := make(map[tracker.ThreadID]string, len(threads))
	for _, s := range threads {
		subjects[s.Thread] = s.Subject
	}
	section := DigestSection{Title: "Other ways to reach them"}
	for _, t := range tasks {
		if t.At.Format(time.DateOnly) > d.Date {
			continue
		}
		if len(section.Items) == perSection {
			section.More++
			continue
		}
		why := t.Why
		if len(t.Ask) > 0 {
			why += ". At hand: " + strings.Join(t.Ask, "; ")
		}
		section.Items = append(section.Items, DigestItem{
			Do: Cut(Clean(t.What), 90), Who: Cut(Clean(person(t)), 60), Subject: Cut(Clean(subjects[t.Thread]), 90), Why: Cut(Clean(why), 400),
		})
	}
	n := len(section.Items) + section.More
	if n == 0 {
		return
	}
	if d.Empty() {
		d.Subject = fmt.Sprintf("Follow-ups: %d to do by telephone or card", n)
	}
	d.Sections = append(d.Sections, section)
}

func person(t playbook.Task) string {
	if name := strings.TrimSpace(t.Who.Name); name != "" {
		return name
	}
	return string(t.Who.Address)
}

// AddCoaching puts what the rep's own mails since the last digest could do better at the end of a digest that is made
// anyway: it is advice, and no reason for one.
func (d *Digest) AddCoaching(s tracker.Standing, advice []playbook.Advice) {
	const title = "For your next mails"
	if d.Empty() || len(advice) == 0 {
		return
	}
	if d.Sections[len(d.Sections)-1].Title != title {
		d.Sections = append(d.Sections, DigestSection{Title: title})
	}
	section := &d.Sections[len(d.Sections)-1]
	if len(section.Items) >= perSection/2 {
		section.More++
		return
	}
	a := advice[0]
	why := strings.ReplaceAll(a.Rule, "-", " ")
	if where := strings.TrimSpace(a.Where); where != "" {
		why += fmt.Sprintf(": you wrote %q", where)
	}
	section.Items = append(section.Items, DigestItem{
		Do: Cut(Clean(asSentence(a.Say)), 200), Who: Cut(digestWho(s), 60), Subject: Cut(Clean(s.Subject), 90), Why: Cut(Clean(why), 200),
	})
}

// asSentence has a text begin with a capital letter.
func asSentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
