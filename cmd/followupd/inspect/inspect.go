// Package inspect says of messages in files what each is and which thread it belongs to: offline, by the same rules that
// read a mailbox. It keeps nothing and changes nothing.
package inspect

import (
	"slices"
	"time"

	"followupd/mail"
	"followupd/tracker"
)

// Message is what is said of one message. Its keys are part of the contract (inspect --json).
type Message struct {
	Path      string            `json:"path"`
	MessageID *string           `json:"message_id"`
	Date      *time.Time        `json:"date"`
	From      string            `json:"from"`
	Direction tracker.Direction `json:"direction"`
	Kind      mail.Kind         `json:"kind"`
	Sub       *mail.Sub         `json:"sub"`
	Intent    *mail.Intent      `json:"intent"`
	Until     *time.Time        `json:"until"`
	Text      string            `json:"text"`
	Thread    tracker.ThreadID  `json:"thread"`
	Parent    *string           `json:"parent"`
	Reasons   []string          `json:"reasons"`
}

// threads ties what was read: a Mailbox where it is known who the rep is, an Archive where not.
type threads interface {
	Add(tracker.Seen)
	Of(row int64) tracker.ThreadID
	weak(row int64) (parent mail.MessageID, why string)
}

type archive struct{ *tracker.Archive }

func (a archive) weak(row int64) (mail.MessageID, string) { return a.Weak(row) }

type mailbox struct{ *tracker.Mailbox }

func (m mailbox) weak(row int64) (mail.MessageID, string) { return "", m.Weak(row) }

// Files reads every message of the paths (.eml files, folders of them, mbox files, Maildirs), ties them into threads and says
// what each is, in the order of reading. me are the addresses the rep writes from; without any, the mail is nobody's, and
// threads are tied as in an archive. A *PathError says that a path is no mail.
func Files(paths []string, me []mail.Address) ([]Message, error) {
	policy := tracker.Policy{Me: me}
	var tied threads = archive{tracker.NewArchive()}
	if len(me) > 0 {
		tied = mailbox{tracker.NewMailbox(policy, nil)}
	}
	var all []Message
	for _, path := range paths {
		err := eachMessage(path, func(name string, source []byte) error {
			s := read(source, policy)
			s.Row = int64(len(all) + 1)
			tied.Add(s)
			all = append(all, describe(name, s, policy))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for k := range all {
		i := &all[k]
		row := int64(k + 1)
		i.Thread = tied.Of(row)
		parent, why := tied.weak(row)
		if why != "" {
			i.Reasons = append(i.Reasons, why)
		}
		if i.Parent == nil && parent != "" {
			i.Parent = text(parent)
		}
	}
	return all, nil
}

// read parses and judges one message. Files say nothing of folders and of the server's time: what bears the rep's address
// is taken for the rep's, and the Date header for true.
func read(source []byte, policy tracker.Policy) tracker.Seen {
	m := mail.Parse(source)
	s := tracker.Seen{Message: m, Received: m.Date, HasBody: true, Folders: []mail.Folder{{Name: "INBOX", Role: mail.RoleInbox}}}
	out := len(m.From) > 0 && slices.Contains(policy.Me, m.From[0].Address)
	if out {
		s.Folders = []mail.Folder{{Name: "Sent", Role: mail.RoleSent}}
	}
	s.Reading = mail.Read(m, mail.Context{Received: m.Date, Me: policy.Me, Outbound: out})
	return s
}

func describe(path string, s tracker.Seen, policy tracker.Policy) Message {
	i := Message{
		Path: path, From: firstAddress(s.Message.From), Direction: policy.Direction(s), MessageID: text(s.Message.ID),
		Kind: s.Reading.Kind, Text: s.Reading.NewText, Parent: text(answered(s.Message)),
		Reasons: append([]string{}, s.Reading.Reasons...),
	}
	if len(policy.Me) == 0 && len(s.Message.From) > 0 {
		i.Direction = tracker.Unknown
	}
	if !s.Message.Date.IsZero() {
		i.Date = &s.Message.Date
	}
	if s.Reading.Sub != "" {
		i.Sub = &s.Reading.Sub
	}
	if s.Reading.Intent != "" {
		i.Intent = &s.Reading.Intent
	}
	if !s.Reading.Until.IsZero() {
		i.Until = &s.Reading.Until
	}
	return i
}

// answered is the Message-ID that a message says it answers (RFC 5322 section 3.6.4), "" if it names none.
func answered(m mail.Message) mail.MessageID {
	if len(m.InReplyTo) > 0 {
		return m.InReplyTo[0]
	}
	if n := len(m.References); n > 0 {
		return m.References[n-1]
	}
	return ""
}

func text(id mail.MessageID) *string {
	if id == "" {
		return nil
	}
	s := id.String()
	return &s
}

func firstAddress(list []mail.Person) string {
	if len(list) == 0 {
		return ""
	}
	return string(list[0].Address)
}
