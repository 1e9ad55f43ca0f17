package guard

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// answers are the untagged responses that followupd asks for, and how each is written anew: what stands between its name
// and its CRLF. nil drops the response. FETCH, EXISTS, EXPUNGE and the status responses have their own code.
var answers = map[string]func(s *scan) ([]byte, error){
	"CAPABILITY": func(s *scan) ([]byte, error) { return words(s.b), nil },
	"ENABLED":    func(s *scan) ([]byte, error) { return words(s.b), nil },
	"FLAGS":      flagsAnswer,
	"LIST":       listAnswer,
	"STATUS":     statusAnswer,
	"NAMESPACE":  namespaceAnswer,
	"ID":         idAnswer,
	"SEARCH":     searchAnswer,
	"ESEARCH":    esearchAnswer,
}

// words keeps the words of a CAPABILITY that are words. With "(" in place of one, go-imap spins for ever.
func words(said []byte) []byte {
	out := []byte{}
	for word := range bytes.FieldsSeq(said) {
		const most = 100
		if len(word) > most || slices.ContainsFunc(word, func(b byte) bool { return !atomByte(b) }) {
			continue
		}
		out = append(append(out, ' '), word...)
	}
	return out
}

func flagsAnswer(s *scan) ([]byte, error) {
	s.spaces()
	flags, ok := s.flags()
	if !ok {
		return nil, nil
	}
	return append([]byte(" "), flags...), nil
}

// listAnswer: (attributes) delimiter name. What LIST-EXTENDED adds behind is left out: nobody here reads it.
func listAnswer(s *scan) ([]byte, error) {
	s.spaces()
	attributes, ok := s.flags()
	if !ok {
		return nil, nil
	}
	s.spaces()
	delimiter := "NIL"
	if text, ok := s.str(); ok {
		if r := []rune(string(text)); len(r) == 1 && r[0] >= ' ' && r[0] <= '~' {
			delimiter = quoted(text)
		}
	} else if s.atom() == "" {
		return nil, nil
	}
	name, ok := s.folder()
	if !ok {
		return nil, nil
	}
	return []byte(" " + string(attributes) + " " + delimiter + " " + name), nil
}

// statusAnswer: name (item value …), with the items that go-imap knows and only such values as it can read.
func statusAnswer(s *scan) ([]byte, error) {
	name, ok := s.folder()
	if !ok || !s.spaces() || !s.take('(') {
		return nil, nil
	}
	out := []byte(" " + name + " (")
	for first := true; s.spaces() && !s.take(')'); {
		item := strings.ToUpper(s.atom())
		s.spaces()
		bits := 0
		switch item {
		case "MESSAGES", "UIDNEXT", "UIDVALIDITY", "UNSEEN", "DELETED":
			bits = 32
		case "SIZE", "HIGHESTMODSEQ":
			bits = 63
		case "":
			return nil, nil
		}
		n, ok := s.number(bits)
		if bits == 0 || !ok {
			if err := s.skip(); err != nil {
				return nil, unlessSyntax(err)
			}
			continue
		}
		if !first {
			out = append(out, ' ')
		}
		first = false
		out = strconv.AppendUint(append(append(out, item...), ' '), n, 10)
	}
	return append(out, ')'), nil
}

// namespaceAnswer: personal, other users', shared (RFC 9051 section 7.3.4), each NIL or a list of (prefix delimiter …).
func namespaceAnswer(s *scan) ([]byte, error) {
	var out []byte
	for range 3 {
		s.spaces()
		if !s.take('(') {
			if !strings.EqualFold(s.atom(), "NIL") {
				return nil, nil
			}
			out = append(out, " NIL"...)
			continue
		}
		out = append(out, " ("...)
		for s.spaces() && !s.take(')') {
			if !s.take('(') {
				return nil, nil
			}
			prefix, ok := s.str()
			if !ok || !clean(prefix) {
				return nil, nil
			}
			s.spaces()
			delimiter := "NIL"
			if text, ok := s.str(); ok && len(text) == 1 && clean(text) {
				delimiter = quoted(text)
			} else if !ok && s.atom() == "" {
				return nil, nil
			}
			for s.spaces() && !s.take(')') {
				if err := s.skip(); err != nil {
					return nil, unlessSyntax(err)
				}
			}
			out = append(out, "("+quoted(prefix)+" "+delimiter+")"...)
		}
		out = append(out, ')')
	}
	return out, nil
}

// idAnswer: RFC 2971, with NIL values, of which go-imap closes the connection, made empty.
func idAnswer(s *scan) ([]byte, error) {
	s.spaces()
	if !s.take('(') {
		return []byte(" NIL"), nil
	}
	out := []byte(" (")
	for n := 0; s.spaces() && !s.take(')'); n++ {
		text, ok := s.str()
		if !ok && s.atom() == "" {
			return []byte(" NIL"), nil
		}
		if n > 0 {
			out = append(out, ' ')
		}
		out = append(out, quoted([]byte(harmless(text)))...)
	}
	return append(out, ')'), nil
}

// searchAnswer gives the numbers in order, each once: out of order, go-imap takes quadratic time.
func searchAnswer(s *scan) ([]byte, error) {
	var found []uint32
	for s.spaces() {
		if s.b[0] == '(' { // MODSEQ: RFC 7162 section 3.1.5
			break
		}
		if n, ok := s.number(32); ok && n > 0 && (len(s.b) == 0 || s.b[0] == ' ') {
			found = append(found, uint32(n))
			continue
		}
		if n := bytes.IndexByte(s.b, ' '); n >= 0 {
			s.b = s.b[n:]
			continue
		}
		break
	}
	if !slices.IsSorted(found) {
		slices.Sort(found)
	}
	found = slices.Compact(found)
	out := make([]byte, 0, 8*len(found))
	for _, n := range found {
		out = strconv.AppendUint(append(out, ' '), uint64(n), 10)
	}
	return out, nil
}

// esearchAnswer: RFC 9051 section 7.3.4. It names the search that it answers even where the server does not; go-imap
// cannot do without.
func esearchAnswer(s *scan) ([]byte, error) {
	tag := s.search
	s.spaces()
	if s.take('(') {
		if !strings.EqualFold(s.atom(), "TAG") || !s.spaces() {
			return nil, nil
		}
		named, ok := s.str()
		if !ok || !clean(named) || !s.take(')') {
			return nil, nil
		}
		tag = string(named)
	}
	out := []byte(" (TAG " + quoted([]byte(tag)) + ")")
	for s.spaces() {
		name := strings.ToUpper(s.atom())
		if name == "" {
			return nil, nil
		}
		if name == "UID" {
			out = append(out, " UID"...)
			continue
		}
		s.spaces()
		value, err := s.esearchValue(name)
		if err != nil {
			return nil, unlessSyntax(err)
		}
		if value != "" {
			out = append(out, " "+name+" "+value...)
		}
	}
	return out, nil
}

// esearchValue reads the value of one result; "" where it is of no use.
func (s *scan) esearchValue(name string) (string, error) {
	bits := 0
	switch name {
	case "ALL":
		n := bytes.IndexByte(s.b, ' ')
		if n < 0 {
			n = len(s.b)
		}
		set := string(s.b[:n])
		s.b = s.b[n:]
		ok, err := validSet(set)
		if !ok {
			set = ""
		}
		return set, err
	case "MIN", "MAX", "COUNT":
		bits = 32
	case "MODSEQ":
		bits = 63
	}
	if n, ok := s.number(bits); ok && bits > 0 {
		return strconv.FormatUint(n, 10), nil
	}
	return "", s.skip()
}

// maxSet is how many messages a set may name: whoever unfolds "1:4294967295" needs 16 GiB.
const maxSet = 4 << 20

// validSet checks a sequence-set without "*".
func validSet(set string) (bool, error) {
	total := uint64(0)
	for part := range strings.SplitSeq(set, ",") {
		low, high, ranged := strings.Cut(part, ":")
		from, err := strconv.ParseUint(low, 10, 32)
		if err != nil || from == 0 {
			return false, nil
		}
		to := from
		if ranged {
			if to, err = strconv.ParseUint(high, 10, 32); err != nil || to == 0 {
				return false, nil
			}
		}
		if total += max(from, to) - min(from, to) + 1; total > maxSet {
			return false, &LimitError{What: "messages of a search", Limit: maxSet}
		}
	}
	return true, nil
}

// unlessSyntax drops errSyntax: a response that cannot be read is dropped, and the session goes on.
func unlessSyntax(err error) error {
	if errors.Is(err, errSyntax) {
		return nil
	}
	return err
}

// clean tells whether a string can stand between quotes as it is.
func clean(text []byte) bool {
	return !slices.ContainsFunc(text, func(b byte) bool { return b < ' ' || b == 0x7f })
}

// quoted writes a quoted string.
func quoted(text []byte) string {
	out := make([]byte, 0, len(text)+2)
	out = append(out, '"')
	for _, b := range text {
		if b == '"' || b == '\\' {
			out = append(out, '\\')
		}
		out = append(out, b)
	}
	return string(append(out, '"'))
}

// printable keeps what may stand in a line.
func printable(text []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, text)
}
