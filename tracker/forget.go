package tracker

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	netmail "net/mail"
	"slices"
	"strings"
	"time"

	"followupd/mail"
)

// Forgotten stands wherever a person stood whom the rep had forgotten. `.invalid` (RFC 2606) never belongs to anybody.
const Forgotten mail.Address = "forgotten@forgotten.invalid"

// ErrForgotten says that something was to be stored of a person who was forgotten.
var ErrForgotten = errors.New("the rep asked to forget this person")

// Forgetting says whom to forget, and which threads are theirs: of those where nobody else took part nothing stays; of
// the others what the rep said keeps its meaning and loses its words.
type Forgetting struct {
	Who    mail.Address
	Alone  []ThreadID
	Shared []ThreadID
	At     time.Time
	// Reduce gives what stays of a body that concerns the person: what it was found to be, and none of its text.
	Reduce func(Seen, *mail.Content) *mail.Content
}

// Erased counts what a Forget erased.
type Erased struct {
	Messages int `json:"messages"` // erased whole
	Shared   int `json:"shared"`   // messages of others that named the person: what was theirs was taken out
	Words    int `json:"words"`    // notes, grades, holds, closes
	Drafts   int `json:"drafts"`   // texts in the journal
	Waiting  int `json:"waiting"`  // of these, drafts that may still lie in the rep's Drafts
	Copies   int `json:"copies"`   // backups and set-aside files removed
}

// Trace is what a header holds of forgotten people.
type Trace int

// The traces.
const (
	NoTrace   Trace = iota
	Mentioned       // with others: keep what WithoutTrace gives
	Theirs          // their own mail, or mail to nobody else, that ties to nothing: keep nothing
)

// TraceOf says what a message holds of forgotten people. A mail of theirs that answers something is only Mentioned: without
// it somebody else in the conversation would look as if nobody had answered.
func TraceOf(m mail.Message, forgot func(mail.Address) bool) Trace {
	count := func(lists ...[]mail.Person) (theirs, others int) {
		for _, p := range slices.Concat(lists...) {
			if isTrace(p.Address, forgot) {
				theirs++
			} else {
				others++
			}
		}
		return theirs, others
	}
	wrote, _ := count(m.From, m.Sender, m.ReplyTo)
	got, others := count(m.To, m.Cc, m.Bcc)
	switch {
	case wrote > 0 && len(m.InReplyTo)+len(m.References) == 0, got > 0 && others == 0:
		return Theirs
	case wrote+got > 0 || MaskAddresses(m.Subject, forgot) != m.Subject:
		return Mentioned
	}
	for _, values := range m.Signs {
		for _, v := range values {
			if MaskAddresses(v, forgot) != v {
				return Mentioned
			}
		}
	}
	return NoTrace
}

// isTrace says that an address is, or holds, that of a forgotten person.
func isTrace(a mail.Address, forgot func(mail.Address) bool) bool {
	return a == Forgotten || MaskAddresses(string(a), forgot) != string(a)
}

// WithoutTrace gives a header that holds what judging the others needs and nothing of forgotten people: ids, the other
// people, the date, and the signs of machines. The subject goes. ownID stands in for the Message-ID of a mail that a
// forgotten person wrote.
func WithoutTrace(m mail.Message, forgot func(mail.Address) bool, ownID mail.MessageID) []byte {
	var b strings.Builder
	field := func(name, value string) {
		if value != "" && !strings.ContainsAny(value, "\r\n\x00") {
			b.WriteString(name + ": " + value + "\r\n")
		}
	}
	ids := func(list []mail.MessageID) string {
		var out []string
		for _, id := range list {
			out = append(out, mail.MessageID(MaskAddresses(string(id), forgot)).String())
		}
		return strings.Join(out, " ")
	}
	theirs := false
	people := func(list []mail.Person) string {
		var out []string
		for _, p := range list {
			if isTrace(p.Address, forgot) {
				p = mail.Person{Address: Forgotten}
			}
			out = append(out, (&netmail.Address{Name: MaskAddresses(p.Name, forgot), Address: string(p.Address)}).String())
		}
		return strings.Join(out, ", ")
	}
	for _, p := range slices.Concat(m.From, m.Sender, m.ReplyTo) {
		theirs = theirs || isTrace(p.Address, forgot)
	}
	if theirs {
		field("Message-ID", ownID.String())
	} else {
		field("Message-ID", ids([]mail.MessageID{m.ID}))
		if root, err := hex.DecodeString(m.ThreadIndex); err == nil {
			field("Thread-Index", base64.StdEncoding.EncodeToString(root))
		}
	}
	field("In-Reply-To", ids(m.InReplyTo))
	field("References", ids(m.References))
	field("From", people(m.From))
	field("Sender", people(m.Sender))
	field("Reply-To", people(m.ReplyTo))
	field("To", people(m.To))
	field("Cc", people(m.Cc))
	field("Bcc", people(m.Bcc))
	if !m.Date.IsZero() {
		field("Date", m.Date.Format(time.RFC1123Z))
	}
	field(mail.KeyHeader, m.DraftKey)
	for _, name := range mail.SignFields {
		if strings.EqualFold(name, "Return-Path") && theirs {
			continue
		}
		for _, v := range m.Signs[name] {
			if ascii(v) {
				field(name, MaskAddresses(v, forgot))
			}
		}
	}
	b.WriteString("\r\n")
	return []byte(b.String())
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// MaskAddresses puts Forgotten in the place of each address in a text that belongs to a forgotten person.
func MaskAddresses(text string, forgot func(mail.Address) bool) string {
	var b strings.Builder
	done := 0
	for at := 0; at < len(text); {
		k := strings.IndexByte(text[at:], '@')
		if k < 0 {
			break
		}
		at += k
		from, to := addressAround(text, done, at)
		if from < at && to > at+1 {
			for start := from; start < at; start++ {
				if start > from && inName(text[start-1]) {
					continue // an address begins where a word begins
				}
				if forgot(mail.Address(strings.ToLower(text[start:to]))) {
					b.WriteString(text[done:start])
					b.WriteString(string(Forgotten))
					done = to
					break
				}
			}
		}
		at = max(at+1, done)
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// addressAround gives the longest stretch around an @ that can be an address (RFC 5321: 64 and 255 bytes).
func addressAround(text string, least, at int) (from, to int) {
	from, to = at, at+1
	for from > least && at-from < 64 && (inName(text[from-1]) || strings.IndexByte("!#$%&'*/=?^`{|}~", text[from-1]) >= 0) {
		from--
	}
	for to < len(text) && to-at < 256 && (inName(text[to]) && text[to] != '+' && text[to] != '_') {
		to++
	}
	for to > at+1 && (text[to-1] == '.' || text[to-1] == '-') {
		to--
	}
	return from, to
}

// inName says that a byte can stand in the middle of a word of an address.
func inName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80 || c == '.' || c == '-' || c == '_' || c == '+'
}

// forgot closes a thread in which the rep wrote to a forgotten person: whether the others were answered by them cannot be
// known any more, and doubt means silence.
func (q *inquiry) forgot() bool {
	q.close(Stopped)
	q.say("You had one of its people forgotten: nothing more is written in this thread.")
	return false
}
