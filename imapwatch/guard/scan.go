package guard

import (
	"bytes"
	"errors"
	"strconv"
	"unicode"
)

// errSyntax says that a response does not follow the grammar.
var errSyntax = errors.New("syntax")

// scan reads the grammar of RFC 9051 section 9 out of a whole response. Nothing in it recurses.
type scan struct {
	b        []byte
	maxDepth int
	search   string // the tag of the search that is open, "" none
}

// spaces passes over spaces, and tells whether anything follows them.
func (s *scan) spaces() bool {
	s.b = bytes.TrimLeft(s.b, " ")
	return len(s.b) > 0
}

// take passes over one byte if it is next.
func (s *scan) take(b byte) bool {
	if len(s.b) == 0 || s.b[0] != b {
		return false
	}
	s.b = s.b[1:]
	return true
}

// atomByte is what go-imap takes for an ATOM-CHAR; it is stricter than the RFC about bytes above ASCII.
func atomByte(b byte) bool {
	switch b {
	case '(', ')', '{', ' ', '%', '*', '"', '\\', ']':
		return false
	}
	return !unicode.IsControl(rune(b))
}

// atom reads a word; "" where none stands.
func (s *scan) atom() string {
	n := 0
	for n < len(s.b) && atomByte(s.b[n]) {
		n++
	}
	word := string(s.b[:n])
	s.b = s.b[n:]
	return word
}

// number reads a number that fits in bits.
func (s *scan) number(bits int) (uint64, bool) {
	n := 0
	for n < len(s.b) && s.b[n] >= '0' && s.b[n] <= '9' {
		n++
	}
	v, err := strconv.ParseUint(string(s.b[:n]), 10, bits)
	if err != nil {
		return 0, false
	}
	s.b = s.b[n:]
	return v, true
}

// str reads a quoted string or a literal.
func (s *scan) str() (text []byte, ok bool) {
	switch {
	case s.take('"'):
		for i := 0; i < len(s.b); i++ {
			switch s.b[i] {
			case '"':
				s.b = s.b[i+1:]
				return text, true
			case '\\':
				if i++; i == len(s.b) {
					return nil, false
				}
			case '\n':
				return nil, false
			}
			text = append(text, s.b[i])
		}
		return nil, false
	case len(s.b) > 0 && s.b[0] == '{':
		line, rest, ok := bytes.Cut(s.b, []byte("\n"))
		if !ok {
			return nil, false
		}
		n, ok := literalAt(trimEOL(line))
		if !ok || n > int64(len(rest)) {
			return nil, false
		}
		s.b = rest[n:]
		return rest[:n], true
	}
	return nil, false
}

// skip passes over one value of any kind.
func (s *scan) skip() error {
	for depth := 0; ; {
		s.spaces()
		switch {
		case len(s.b) == 0:
			return errSyntax
		case s.take('('):
			if depth++; depth > s.maxDepth {
				return &LimitError{What: "nesting", Limit: int64(s.maxDepth)}
			}
			continue
		case s.take(')'):
			if depth--; depth < 0 {
				return errSyntax
			}
		case s.b[0] == '"' || s.b[0] == '{':
			if _, ok := s.str(); !ok {
				return errSyntax
			}
		default:
			n := bytes.IndexAny(s.b, " ()\"{")
			if n < 0 {
				n = len(s.b)
			}
			s.b = s.b[n:]
		}
		if depth == 0 {
			return nil
		}
	}
}

// flags reads a list of flags or of a folder's attributes, and gives it without those that are none: "\ " (seen at
// an Exchange gateway), names with bytes that go-imap refuses.
func (s *scan) flags() (list []byte, ok bool) {
	if !s.take('(') {
		return nil, false
	}
	list = append(list, '(')
	for s.spaces() && !s.take(')') {
		n := bytes.IndexAny(s.b, " )")
		if n < 0 {
			n = len(s.b)
		}
		flag := s.b[:n]
		s.b = s.b[n:]
		if n == 0 || !validFlag(flag) {
			continue
		}
		if len(list) > 1 {
			list = append(list, ' ')
		}
		list = append(list, flag...)
	}
	return append(list, ')'), true
}

func validFlag(flag []byte) bool {
	name, system := bytes.CutPrefix(flag, []byte(`\`))
	if system && string(name) == "*" {
		return true
	}
	for _, b := range name {
		if !atomByte(b) {
			return false
		}
	}
	return len(name) > 0
}
