package mail

import (
	"bytes"
	"strings"
)

// people reads an address list (RFC 5322 section 3.4) as strangers write it: unquoted commas and dots in names, comments
// for names, groups, missing brackets, encoded words in quotes. What has no address in it is left out.
func people(value []byte) []Person {
	if len(value) == 0 {
		return nil
	}
	var list []Person
	var pending []byte // a name cut at an unquoted comma: "Vogt, Lena <lena@nordbau.example>"
	for len(value) > 0 && len(list) < maxPeople {
		var piece []byte
		piece, value = nextMailbox(value)
		if len(pending) > 0 {
			piece = append(append(pending, ", "...), bytes.TrimSpace(piece)...)
			pending = nil
		}
		person, ok := mailbox(piece)
		switch {
		case ok:
			list = append(list, person)
		case bytes.IndexByte(piece, '<') < 0 && len(bytes.TrimSpace(piece)) > 0 && len(piece) < 200:
			pending = bytes.TrimSpace(piece)
			pending = pending[:len(pending):len(pending)]
		}
	}
	return list
}

// nextMailbox cuts the value after the first comma or semicolon outside quotes, comments and brackets. The name of a
// group ("Team:") is dropped.
func nextMailbox(value []byte) (piece, rest []byte) {
	depth, angle, start := 0, false, 0
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\':
			i++
		case c == '"' && depth == 0:
			// A quote that is never closed is no quote: `5" pipes <sales@pipes.example>`.
			if end := closingQuote(value[i+1:]); end >= 0 {
				i += end + 1
			}
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth > 0:
			// inside a comment
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case c == ':' && !angle && !bytes.ContainsAny(value[start:i], "@<"):
			start = i + 1
		case (c == ',' || c == ';') && !angle:
			return value[start:i], value[i+1:]
		}
	}
	return value[start:], nil
}

// closingQuote gives the place of the quotation mark that closes the string b begins with, or -1. It looks only as far
// as a name may be long, so that many open quotes cost linear time.
func closingQuote(b []byte) int {
	for i := 0; i < min(len(b), 512); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// mailbox reads one piece of an address list.
func mailbox(piece []byte) (Person, bool) {
	piece = bytes.TrimSpace(piece)
	if len(piece) == 0 || len(piece) > maxValue {
		return Person{}, false
	}
	if open := bytes.LastIndexByte(piece, '<'); open >= 0 {
		inner := piece[open+1:]
		if end := bytes.IndexByte(inner, '>'); end >= 0 {
			inner = inner[:end]
		}
		if a, ok := addrSpec(inner); ok {
			return Person{Name: displayName(piece[:open]), Address: a}, true
		}
		// "lena@nordbau.example <Lena Vogt>": the wrong way round.
		if a, ok := addrSpec(bytes.TrimSpace(piece[:open])); ok {
			return Person{Name: displayName(inner), Address: a}, true
		}
		return Person{}, false
	}
	name := ""
	if open := bytes.IndexByte(piece, '('); open >= 0 {
		comment := piece[open+1:]
		rest := []byte(nil)
		if end := bytes.LastIndexByte(comment, ')'); end >= 0 {
			comment, rest = comment[:end], comment[end+1:]
		}
		name = displayName(comment)
		piece = append(bytes.TrimSpace(piece[:open:open]), bytes.TrimSpace(rest)...)
	}
	if a, ok := addrSpec(piece); ok {
		return Person{Name: name, Address: a}, true
	}
	// "Lena Vogt lena@nordbau.example"
	if space := bytes.LastIndexAny(piece, " \t"); space >= 0 {
		if a, ok := addrSpec(piece[space+1:]); ok {
			return Person{Name: displayName(piece[:space]), Address: a}, true
		}
	}
	return Person{}, false
}

// addrSpec reads an addr-spec: something at something, without white space. A route ("@a,@b:c@d", RFC 5322 section 4.4)
// and a "mailto:" are dropped.
func addrSpec(b []byte) (Address, bool) {
	b = bytes.Trim(b, " \t'\"<>,;")
	if len(b) > 0 && b[0] == '@' {
		if colon := bytes.IndexByte(b, ':'); colon >= 0 {
			b = b[colon+1:]
		}
	}
	if len(b) > 7 && strings.EqualFold(string(b[:7]), "mailto:") {
		b = b[7:]
	}
	b = bytes.TrimSuffix(bytes.ToValidUTF8(b, nil), []byte("."))
	at := bytes.LastIndexByte(b, '@')
	if at <= 0 || at == len(b)-1 || len(b) > 320 {
		return "", false
	}
	for _, c := range b {
		if c <= ' ' || c == 0x7f || c == '<' || c == '>' || c == ',' || c == '(' || c == ')' {
			return "", false
		}
	}
	if bytes.ContainsAny(b[at+1:], `\:;`) || bytes.IndexByte(b, '"') >= 0 {
		return "", false
	}
	return Address(strings.ToLower(string(b))), true
}

// displayName reads a phrase: quotes and backslashes taken off, encoded words decoded, also those in quotes, where RFC
// 2047 forbids them and Outlook puts them.
func displayName(b []byte) string {
	b = bytes.TrimSpace(b)
	if bytes.IndexByte(b, '"') >= 0 || bytes.IndexByte(b, '\\') >= 0 {
		out := make([]byte, 0, len(b))
		for i := 0; i < len(b); i++ {
			if b[i] == '\\' && i+1 < len(b) {
				i++
			} else if b[i] == '"' {
				continue
			}
			out = append(out, b[i])
		}
		b = out
	}
	name := strings.TrimSpace(decodeText(b))
	if len(name) > 2 && name[0] == '\'' && name[len(name)-1] == '\'' {
		name = name[1 : len(name)-1]
	}
	return strings.Join(strings.Fields(name), " ")
}
