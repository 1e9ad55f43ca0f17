package main

import (
	"fmt"
	"followupd/mail"
	"followupd/mail/language"
	"followupd/playbook"
	"followupd/tracker"
	"os"
	"strconv"
	"strings"
	"time"
)

// story is one made-up thread of threads.txt.
type story struct {
	name, language, subject string
	to                      mail.Person
	situation               tracker.Situation
	action                  tracker.Action
	step                    int
	notes                   []string
	mails                   []letter
}

type letter struct {
	daysAgo    int
	they       bool
	intent     mail.Intent
	attachment string
	text       string
}

// today is a Sunday in a week without holidays.
var today = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

var rep = mail.Person{Name: "Anna Berg", Address: "anna@acme.example"}

const signature = "Anna Berg\nAcme Freight AB"

// readStories reads threads.txt; its head says what stands in it.
func readStories(file string) ([]story, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var out []story
	s := story{step: 1, action: tracker.FollowUp}
	for n, line := range strings.Split(string(data), "\n") {
		fail := func(what string) error { return fmt.Errorf("%s:%d: %s: %q", file, n+1, what, line) }
		key, value, _ := strings.Cut(line, ": ")
		switch {
		case line == "===":
			out = append(out, s)
			s = story{step: 1, action: tracker.FollowUp}
		case strings.HasPrefix(line, "--- "):
			words := strings.Fields(line)
			l := letter{they: words[2] == "they"}
			if l.daysAgo, err = strconv.Atoi(words[1]); err != nil {
				return nil, fail("no number of days")
			}
			if len(words) > 3 && l.they {
				l.intent = mail.Intent(words[3])
			} else if len(words) > 3 {
				l.attachment = words[3]
			}
			s.mails = append(s.mails, l)
		case len(s.mails) > 0:
			s.mails[len(s.mails)-1].text += line + "\n"
		case line == "" || strings.HasPrefix(line, "#"):
		case key == "name":
			s.name = value
		case key == "language":
			s.language = value
		case key == "subject":
			s.subject = value
		case key == "to":
			s.to = mail.Person{Name: value, Address: "someone@nordbau.example"}
		case key == "situation":
			s.situation = tracker.Situation(value)
		case key == "action":
			s.action = tracker.Action(value)
		case key == "note":
			s.notes = append(s.notes, value)
		case key == "step":
			if s.step, err = strconv.Atoi(value); err != nil {
				return nil, fail("no number")
			}
		default:
			return nil, fail("not understood")
		}
	}
	return out, nil
}

// request gives what a writer is told of a story at its first step.
func (s story) request() playbook.Request {
	t := &tracker.Thread{ID: tracker.ThreadID(s.name)}
	r := playbook.Request{Thread: t, Contents: map[int64]*mail.Content{}, Rep: rep, Signature: signature, Now: today}
	for i, l := range s.mails {
		seen := &tracker.Seen{Row: int64(i + 1), Received: today.AddDate(0, 0, -l.daysAgo), HasBody: true}
		text := strings.TrimSpace(l.text)
		seen.Message.Subject = s.subject
		if i > 0 {
			seen.Message.Subject = "Re: " + s.subject
		}
		iso, _ := language.Guess(text)
		seen.Reading = mail.Reading{Kind: mail.KindHuman, Intent: l.intent, NewText: text, Language: iso}
		if l.attachment != "" {
			seen.Reading.Attachments = []string{l.attachment}
		}
		linked := tracker.Linked{Seen: seen, Direction: tracker.In}
		if l.they {
			seen.Message.From, seen.Message.To = []mail.Person{s.to}, []mail.Person{rep}
			r.Standing.LastInbound, r.Standing.Silence = seen.Received, nil
		} else {
			seen.Message.From, seen.Message.To = []mail.Person{rep}, []mail.Person{s.to}
			linked.Direction = tracker.Out
			r.Standing.LastOutbound, r.Standing.Silence = seen.Received, seen
		}
		r.Contents[seen.Row] = &mail.Content{Text: text}
		t.Messages = append(t.Messages, linked)
	}
	for _, n := range s.notes {
		r.Notes = append(r.Notes, tracker.Word{Kind: tracker.WordNote, Text: n, Address: s.to.Address, At: today.AddDate(0, 0, -5)})
	}
	r.Standing.Thread, r.Standing.Subject, r.Standing.Prospects = t.ID, s.subject, []mail.Person{s.to}
	return r
}
