package intake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"strconv"
	"time"
)

// Identity tells a message from every other: copies of one message in several folders have the same. It is
// stored, so what goes into it never changes.
type Identity [16]byte

// String gives it in hex.
func (id Identity) String() string { return hex.EncodeToString(id[:]) }

// facts are the few fields that identity and the time of receipt need, raw: unfolded parsing of everything is
// mail.ParseHeader's work, too slow for a first reading of a large mailbox.
type facts struct {
	messageID, from, date, to, subject, inReplyTo []byte
}

// scan finds the facts in a header literal. Of a field that is there twice the first that is not empty counts.
func scan(header []byte) facts {
	var f facts
	for len(header) > 0 {
		var field []byte
		field, header = cutField(header)
		colon := bytes.IndexByte(field, ':')
		if colon < 0 {
			continue
		}
		value := f.named(bytes.TrimRight(field[:colon], " \t"))
		if value != nil && *value == nil {
			*value = bytes.TrimSpace(field[colon+1:])
		}
	}
	return f
}

// named gives where the value of a field belongs, nil for a field that is not wanted.
func (f *facts) named(name []byte) *[]byte {
	switch {
	case equalFold(name, "message-id"):
		return &f.messageID
	case equalFold(name, "from"):
		return &f.from
	case equalFold(name, "date"):
		return &f.date
	case equalFold(name, "to"):
		return &f.to
	case equalFold(name, "subject"):
		return &f.subject
	case equalFold(name, "in-reply-to"):
		return &f.inReplyTo
	}
	return nil
}

// equalFold compares a field name with a lower-case one.
func equalFold(name []byte, lower string) bool {
	if len(name) != len(lower) {
		return false
	}
	for i, c := range name {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// cutField cuts off the first field with its continuation lines (RFC 5322 section 2.2.3).
func cutField(header []byte) (field, rest []byte) {
	for from := 0; ; {
		end := bytes.IndexByte(header[from:], '\n')
		if end < 0 {
			return header, nil
		}
		from += end + 1
		if from == len(header) || header[from] != ' ' && header[from] != '\t' {
			return header[:from], header[from:]
		}
	}
}

// identify gives the identity of a message: its Message-ID with its sender's address, for a Message-ID that another
// person uses again must not hide that person's message. Without a Message-ID it is what the header says otherwise, with
// the server's time where there is no Date. A header that says nothing is known by its place alone.
func (f facts) identify(received time.Time, folder string, validity, uid uint32) Identity {
	var text []byte
	add := func(kind string, values ...[]byte) {
		text = append(text, kind...)
		for _, v := range values {
			text = appendBare(append(text, 0), v)
		}
	}
	switch {
	case len(f.messageID) > 0:
		text = make([]byte, 0, len(f.messageID)+len(f.from)+8)
		add("id", inBrackets(f.messageID), bytes.ToLower(inBrackets(f.from)))
	case len(f.from) == 0 && len(f.date) == 0 && len(f.to) == 0 && len(f.subject) == 0 && len(f.inReplyTo) == 0:
		add("place", []byte(folder), decimal(int64(validity)), decimal(int64(uid)))
	default:
		add("facts", bytes.ToLower(inBrackets(f.from)), f.date, f.to, f.subject, f.inReplyTo)
		if len(f.date) == 0 {
			add("received", decimal(received.Unix()))
		}
	}
	sum := sha256.Sum256(text)
	return Identity(sum[:16])
}

// inBrackets gives what stands in the last angle brackets, or everything where there are none.
func inBrackets(value []byte) []byte {
	open := bytes.LastIndexByte(value, '<')
	if open < 0 {
		return value
	}
	inner := value[open+1:]
	if end := bytes.IndexByte(inner, '>'); end >= 0 {
		inner = inner[:end]
	}
	return inner
}

func decimal(n int64) []byte { return strconv.AppendInt(nil, n, 10) }

// appendBare appends a value without white space, which servers fold and clients rewrite as they like, and without NUL,
// which parts the values.
func appendBare(text, value []byte) []byte {
	for _, c := range value {
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' && c != 0 {
			text = append(text, c)
		}
	}
	return text
}

// guessReceived stands in for a server's time that could not be read: the Date, where it is not absurd (before e-mail or
// after now), else now.
func (f facts) guessReceived(now time.Time) time.Time {
	t, err := mail.ParseDate(string(f.date))
	if err != nil || t.After(now) || t.Year() < 1982 {
		return now
	}
	return t
}
