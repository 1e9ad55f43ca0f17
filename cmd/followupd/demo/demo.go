// Package demo makes the mailbox of a made-up sales person, with stories that sales people will recognise. Nobody in it
// exists: every address lies under .example (RFC 2606).
package demo

import (
	_ "embed"
	"fmt"
	"mime"
	"net/mail"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// Rep is whose mailbox it is.
const (
	Address   = "anna@acme.example"
	Name      = "Anna Berg"
	Signature = "Anna Berg\nAcme Freight AB"
)

//go:embed stories.toml
var stories string

// Story is one conversation.
type Story struct {
	Title  string
	Person string
	Mail   []Mail
}

// Mail is one message of a story.
type Mail struct {
	From       string // "rep", "them" or a whole address
	At         string // "-9d 10:15", "-2h"
	Subject    string // default: Re: and the first one's
	Body       string // a text/template: {{day "+6d" "02.01.2006"}}
	Folder     string // default: Sent for the rep's, INBOX for others
	Fresh      bool   // answers nothing
	Headers    map[string]string
	Attachment string // name of a file
	Bounce     string // "ACTION STATUS DIAGNOSTIC" of a delivery status notification (RFC 3464) about the mail before
	Invitation string // "METHOD +6d": an iTIP message (RFC 5546) for a meeting that day
}

// Message is a mail as it lies in the mailbox.
type Message struct {
	Folder   string
	Received time.Time
	Seen     bool
	Source   []byte
}

// Stories reads the stories.
func Stories() ([]Story, error) {
	var file struct{ Story []Story }
	if err := toml.Unmarshal([]byte(stories), &file); err != nil {
		return nil, fmt.Errorf("read the demo's stories: %w", err)
	}
	return file.Story, nil
}

// Mailbox writes every message of the stories as of now, in order of delivery.
func Mailbox(list []Story, now time.Time) ([]Message, error) {
	var out []Message
	for i, s := range list {
		var chain []string // Message-IDs, oldest first
		before := written{}
		for j, m := range s.Mail {
			id := fmt.Sprintf("<%d.%d.%x@%s>", i+1, j+1, now.Unix(), domain(m.sender(s)))
			if m.Fresh {
				chain = nil
			}
			w, err := m.write(s, id, chain, before, now)
			if err != nil {
				return nil, fmt.Errorf("story %q: %w", s.Title, err)
			}
			out = append(out, w.Message)
			if m.Bounce == "" {
				chain = append(chain, id)
				before = w
			}
		}
	}
	return out, nil
}

// written is a message with what the next one needs of it.
type written struct {
	Message
	id, subject string
}

func (m Mail) sender(s Story) string {
	switch m.From {
	case "rep":
		return Name + " <" + Address + ">"
	case "them":
		return s.Person
	}
	return m.From
}

func (m Mail) write(s Story, id string, chain []string, before written, now time.Time) (written, error) {
	at, err := moment(m.At, now)
	if err != nil {
		return written{}, err
	}
	subject := m.Subject
	if subject == "" {
		subject = "Re: " + strings.TrimPrefix(before.subject, "Re: ")
	}
	to := Name + " <" + Address + ">"
	folder := "INBOX"
	if m.From == "rep" {
		to, folder = s.Person, "Sent"
	}
	if m.Folder != "" {
		folder = m.Folder
	}
	body, err := fill(m.Body, now)
	if err != nil {
		return written{}, err
	}
	body = strings.TrimLeft(body, "\n")
	if m.From == "rep" {
		body += "\n" + Signature + "\n"
	}
	var b strings.Builder
	header := func(name, value string) { fmt.Fprintf(&b, "%s: %s\n", name, value) }
	if m.Bounce != "" {
		header("Return-Path", "<>")
	}
	header("Date", at.Format(time.RFC1123Z))
	header("From", m.sender(s))
	header("To", to)
	header("Subject", mime.QEncoding.Encode("utf-8", subject))
	header("Message-ID", id)
	if len(chain) > 0 && m.Bounce == "" {
		header("In-Reply-To", chain[len(chain)-1])
		header("References", strings.Join(chain, " "))
	}
	for name, value := range m.Headers {
		header(name, value)
	}
	header("MIME-Version", "1.0")
	switch {
	case m.Bounce != "":
		err = m.bounce(&b, s, before)
	case m.Invitation != "":
		err = m.invitation(&b, s, body, now)
	case m.Attachment != "":
		m.attached(&b, body)
	default:
		b.WriteString("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + body)
	}
	if err != nil {
		return written{}, err
	}
	source := []byte(strings.ReplaceAll(b.String(), "\n", "\r\n"))
	return written{Message{Folder: folder, Received: at, Seen: folder == "Sent", Source: source}, id, subject}, nil
}

// parts writes a multipart body of part headers and texts.
func parts(b *strings.Builder, kind string, pairs ...string) {
	const boundary = "=_part_of_a_story"
	fmt.Fprintf(b, "Content-Type: %s; boundary=%q\n\n", kind, boundary)
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(b, "--%s\n%s\n\n%s\n", boundary, pairs[i], pairs[i+1])
	}
	fmt.Fprintf(b, "--%s--\n", boundary)
}

const plain = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit"

func (m Mail) bounce(b *strings.Builder, s Story, before written) error {
	what := strings.SplitN(m.Bounce, " ", 3)
	who, err := mail.ParseAddress(s.Person)
	if err != nil || len(what) != 3 {
		return fmt.Errorf("bounce %q of %q is malformed", m.Bounce, s.Person)
	}
	head, _, _ := strings.Cut(strings.ReplaceAll(string(before.Source), "\r\n", "\n"), "\n\n")
	parts(b, "multipart/report; report-type=delivery-status",
		plain, "This is the mail system at host mx.acme.example.\n\n<"+who.Address+">: "+what[2]+"\n",
		"Content-Type: message/delivery-status",
		"Reporting-MTA: dns; mx.acme.example\n\nFinal-Recipient: rfc822; "+who.Address+"\nAction: "+what[0]+"\nStatus: "+what[1]+
			"\nDiagnostic-Code: smtp; "+what[2]+"\n",
		"Content-Type: text/rfc822-headers", head+"\n")
	return nil
}

func (m Mail) invitation(b *strings.Builder, s Story, body string, now time.Time) error {
	method, day, _ := strings.Cut(m.Invitation, " ")
	start, err := moment(day+" 14:00", now)
	if err != nil {
		return err
	}
	who, err := mail.ParseAddress(s.Person)
	if err != nil {
		return fmt.Errorf("person %q: %w", s.Person, err)
	}
	status := "NEEDS-ACTION;RSVP=TRUE"
	if method == "REPLY" {
		status = "ACCEPTED"
	}
	const stamp = "20060102T150405Z"
	ics := strings.Join([]string{
		"BEGIN:VCALENDAR", "PRODID:-//Example//Calendar//EN", "VERSION:2.0", "METHOD:" + method, "BEGIN:VEVENT",
		"UID:" + strings.ReplaceAll(who.Address, "@", "-at-") + "@calendar.example", "DTSTAMP:" + now.UTC().Format(stamp),
		"DTSTART:" + start.UTC().Format(stamp), "DTEND:" + start.Add(time.Hour).UTC().Format(stamp), "SUMMARY:Walk through the audit",
		"ORGANIZER:mailto:" + Address, "ATTENDEE;PARTSTAT=" + status + ":mailto:" + who.Address, "END:VEVENT", "END:VCALENDAR", "",
	}, "\n")
	parts(b, "multipart/alternative", plain, body, "Content-Type: text/calendar; charset=utf-8; method="+method, ics)
	return nil
}

func (m Mail) attached(b *strings.Builder, body string) {
	parts(b, "multipart/mixed", plain, body,
		fmt.Sprintf("Content-Type: application/pdf; name=%q\nContent-Disposition: attachment; filename=%q\nContent-Transfer-Encoding: base64", m.Attachment, m.Attachment),
		"JVBERi0xLjQK\n")
}

// fill puts days into a body.
func fill(body string, now time.Time) (string, error) {
	t, err := template.New("body").Funcs(template.FuncMap{"day": func(at, layout string) (string, error) {
		day, err := moment(at, now)
		return day.Format(layout), err
	}}).Parse(body)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, nil)
	return b.String(), err
}

// moment reads "-9d 10:15" (that many days away, at that time), "+6d" (the same time of day) or "-2h".
func moment(s string, now time.Time) (time.Time, error) {
	ahead, clock, hasClock := strings.Cut(s, " ")
	if ahead == "" {
		return time.Time{}, fmt.Errorf("%q is no moment", s)
	}
	n, err := strconv.Atoi(ahead[:len(ahead)-1])
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no moment: %w", s, err)
	}
	at := now
	switch ahead[len(ahead)-1] {
	case 'd':
		at = now.AddDate(0, 0, n)
	case 'h':
		at = now.Add(time.Duration(n) * time.Hour)
	default:
		return time.Time{}, fmt.Errorf("%q is no moment", s)
	}
	if !hasClock {
		return at, nil
	}
	c, err := time.Parse("15:04", clock)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no moment: %w", s, err)
	}
	return time.Date(at.Year(), at.Month(), at.Day(), c.Hour(), c.Minute(), 0, 0, now.Location()), nil
}

func domain(address string) string {
	_, d, _ := strings.Cut(strings.TrimSuffix(address, ">"), "@")
	return d
}
