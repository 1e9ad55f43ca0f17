package main

import (
	"bytes"
	"regexp"
	"strings"
)

// source is one message as it stands in a file. What is read and changed here does not go through the program, so that it is
// no judge of its own.
type source []byte

// field is one header field with its folded lines.
type field struct{ name, lines string }

// split gives the header fields and the rest, from the empty line on.
func (s source) split() (fields []field, rest []byte) {
	for len(s) > 0 {
		line, after, _ := bytes.Cut(s, []byte("\n"))
		if len(bytes.TrimRight(line, "\r")) == 0 {
			return fields, s
		}
		text := string(line) + "\n"
		if n := len(fields); n > 0 && (line[0] == ' ' || line[0] == '\t') {
			fields[n-1].lines += text
		} else {
			name, _, _ := strings.Cut(text, ":")
			fields = append(fields, field{strings.ToLower(name), text})
		}
		s = after
	}
	return fields, nil
}

// get gives the unfolded value of a field, "" without one.
func (s source) get(name string) string {
	fields, _ := s.split()
	for _, f := range fields {
		if f.name == name {
			_, value, _ := strings.Cut(f.lines, ":")
			return strings.Join(strings.Fields(value), " ")
		}
	}
	return ""
}

// without gives the message without some fields; put adds fields at the top.
func (s source) without(names ...string) source {
	fields, rest := s.split()
	var out []byte
	for _, f := range fields {
		keep := true
		for _, n := range names {
			keep = keep && f.name != n
		}
		if keep {
			out = append(out, f.lines...)
		}
	}
	return append(out, rest...)
}

func (s source) put(name, value string) source {
	return append([]byte(name+": "+value+"\n"), s...)
}

var (
	inBrackets = regexp.MustCompile(`<([^<>\s]+)>`)
	bareID     = regexp.MustCompile(`[^\s<>,;"()]+@[^\s<>,;"()]+`)
)

// ids gives the message ids in a field: those in brackets, or bare ones where a client wrote them so.
func ids(value string) (all []string) {
	for _, m := range inBrackets.FindAllStringSubmatch(value, -1) {
		all = append(all, m[1])
	}
	if all == nil {
		all = bareID.FindAllString(value, -1)
	}
	return all
}

func (s source) id() string {
	if found := ids(s.get("message-id")); len(found) > 0 {
		return found[0]
	}
	return ""
}

// names gives every id that the message answers, the nearest last.
func (s source) names() []string {
	return append(ids(s.get("references")), ids(s.get("in-reply-to"))...)
}
