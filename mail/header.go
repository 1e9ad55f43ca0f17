package mail

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// Bounds on what one header may bring into a Message. They are far above what mail programs write.
const (
	maxPeople = 500 // mailboxes kept of one field
	maxIDs    = 200 // msg-ids kept of References: the first and the last ones
	maxSigns  = 8   // values kept of one sign
	maxValue  = 8 << 10
)

// ParseHeader reads the header literal of a message (the fields of HeaderFields, or all of them). Content stays nil.
//
// Whatever cannot be read is left out. A literal longer than MaxHeader is read up to there. Of a field that may stand
// only once (RFC 5322 section 3.6) and is repeated, the first non-empty one counts; repeated To and Cc fields are joined.
func ParseHeader(header []byte) Message {
	var m Message
	if len(header) > MaxHeader {
		header = header[:MaxHeader]
	}
	for name, value := range fields(header) {
		m.set(name, value)
	}
	return m
}

// set takes one field as scanned into the message.
func (m *Message) set(name, value []byte) {
	field := knownField(name)
	switch field {
	case "":
		return
	case "Message-ID":
		if m.ID == "" {
			m.ID = firstID(msgIDs(unfold(value)))
		}
	case "In-Reply-To":
		if m.InReplyTo == nil {
			m.InReplyTo = msgIDs(unfold(value))
		}
	case "References":
		if m.References == nil {
			m.References = msgIDs(unfold(value))
		}
	case "Thread-Index":
		if m.ThreadIndex == "" {
			m.ThreadIndex = threadRoot(unfold(value))
		}
	case "From":
		if m.From == nil {
			m.From = people(unfold(value))
		}
	case "Sender":
		if m.Sender == nil {
			m.Sender = people(unfold(value))
		}
	case "Reply-To":
		if m.ReplyTo == nil {
			m.ReplyTo = people(unfold(value))
		}
	case "To":
		m.To = join(m.To, people(unfold(value)))
	case "Cc":
		m.Cc = join(m.Cc, people(unfold(value)))
	case "Bcc":
		m.Bcc = join(m.Bcc, people(unfold(value)))
	case "Subject":
		if m.Subject == "" {
			m.Subject = decodeText(unfold(value))
		}
	case "Date":
		if m.Date.IsZero() {
			m.Date, _ = parseDate(unfold(value))
		}
	case KeyHeader:
		if m.DraftKey == "" {
			m.DraftKey = decodeText(unfold(value))
		}
	default:
		if m.Signs == nil {
			m.Signs = make(map[string][]string, 4)
		}
		if have := m.Signs[field]; len(have) < maxSigns {
			m.Signs[field] = append(have, decodeText(unfold(value)))
		}
	}
}

// sign gives the first value of a sign, or "".
func (m *Message) sign(field string) string {
	if values := m.Signs[field]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// has says that a sign stands in the header, empty or not.
func (m *Message) has(field string) bool { return len(m.Signs[field]) > 0 }

func join(have, more []Person) []Person {
	if have == nil {
		return more
	}
	return append(have, more[:min(len(more), max(0, maxPeople-len(have)))]...)
}

// knownField gives the spelling of a field name in HeaderFields, or "". Field names are case-blind (RFC 5322 section
// 1.2.2). It looks at the length first: nearly all fields of a full header (Received, DKIM-Signature …) are not ours.
func knownField(name []byte) string {
	for _, f := range HeaderFields {
		if len(f) == len(name) && strings.EqualFold(f, string(name)) {
			return f
		}
	}
	return ""
}

// fields walks over the fields of a header: the name, and the value still folded. Lines without a colon are passed
// over, and so is a leading mbox "From " line; an empty line ends the header.
func fields(header []byte) func(yield func(name, value []byte) bool) {
	return func(yield func(name, value []byte) bool) {
		for len(header) > 0 {
			end := fieldEnd(header)
			field := header[:end]
			header = header[end:]
			if emptyLine(field) > 0 {
				return
			}
			colon := bytes.IndexByte(field, ':')
			if colon <= 0 {
				continue
			}
			name := bytes.TrimRight(field[:colon], " \t")
			if !isFieldName(name) {
				continue
			}
			if !yield(name, field[colon+1:]) {
				return
			}
		}
	}
}

// fieldEnd finds where the field that b begins with ends: after the first line that no white space follows. An empty line
// is a field of its own.
func fieldEnd(b []byte) int {
	if n := emptyLine(b); n > 0 {
		return n
	}
	for i := 0; ; {
		nl := bytes.IndexByte(b[i:], '\n')
		if nl < 0 {
			return len(b)
		}
		i += nl + 1
		if i == len(b) || b[i] != ' ' && b[i] != '\t' {
			return i
		}
	}
}

// emptyLine gives the length of the empty line that b begins with, or 0.
func emptyLine(b []byte) int {
	switch {
	case len(b) > 0 && b[0] == '\n':
		return 1
	case len(b) > 1 && b[0] == '\r' && b[1] == '\n':
		return 2
	}
	return 0
}

func isFieldName(name []byte) bool {
	for _, c := range name {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return len(name) > 0
}

// unfold removes the line breaks of a folded value (RFC 5322 section 2.2.3) and white space around it, and bounds it.
func unfold(value []byte) []byte {
	value = bytes.TrimSpace(value)
	if bytes.IndexByte(value, '\n') < 0 && bytes.IndexByte(value, '\r') < 0 {
		return value
	}
	out := make([]byte, 0, len(value))
	for _, c := range value {
		if c != '\n' && c != '\r' {
			out = append(out, c)
		}
	}
	return out
}

// threadRoot gives the first 22 bytes of an Outlook Thread-Index as hex, or "" if it holds fewer ([MS-OXOMSG] section 2.2.1.3:
// a 22-byte header, then 5 bytes for each reply).
func threadRoot(value []byte) string {
	const root = 22
	if len(value) > 4<<10 {
		return ""
	}
	value = bytes.Map(func(r rune) rune {
		if r == ' ' || r == '\t' {
			return -1
		}
		return r
	}, value)
	raw := make([]byte, base64.StdEncoding.DecodedLen(len(value)))
	n, _ := base64.StdEncoding.Decode(raw, value)
	if n < root {
		return ""
	}
	return hex.EncodeToString(raw[:root])
}
