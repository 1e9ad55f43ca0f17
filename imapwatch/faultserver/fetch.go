package faultserver

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// set is a set of UIDs or sequence numbers; star stands for the highest.
type set []span

type span struct{ from, to uint32 }

const star = 0

func parseSet(text string) set {
	var s set
	for part := range strings.SplitSeq(text, ",") {
		a, b, ranged := strings.Cut(part, ":")
		from := parseNumber(a)
		to := from
		if ranged {
			to = parseNumber(b)
		}
		s = append(s, span{from, to})
	}
	return s
}

func parseNumber(text string) uint32 {
	if text == "*" {
		return star
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || n == 0 {
		return 1<<32 - 1 // nothing has it
	}
	return uint32(n)
}

// holds says whether n is in the set, of UIDs or of sequence numbers as the command has it.
func (s set) holds(n uint32, box *folder, cmd Command) bool {
	last := uint32(len(box.messages))
	if strings.HasPrefix(cmd.Name, "UID ") {
		last = 0
		if len(box.messages) > 0 {
			last = box.messages[len(box.messages)-1].UID
		}
	}
	for _, one := range s {
		from, to := one.from, one.to
		if from == star {
			from = last
		}
		if to == star {
			to = last
		}
		if from > to {
			from, to = to, from
		}
		if from <= n && n <= to {
			return true
		}
	}
	return false
}

// number is the UID or the sequence number of a message, as the command counts.
func number(cmd Command, index int, uid uint32) uint32 {
	if strings.HasPrefix(cmd.Name, "UID ") {
		return uid
	}
	return uint32(index + 1)
}

func (c *session) fetch(cmd Command, f Faults) error {
	words := fields(cmd.Args)
	box := c.box()
	if box == nil || len(words) < 2 {
		return c.done(cmd, "BAD which message of which folder?")
	}
	uids := parseSet(words[0])
	items := fields(inside(words[1]))
	var answers []string
	c.server.mu.Lock()
	for i, m := range box.messages {
		switch {
		case uids.holds(number(cmd, i, m.UID), box, cmd):
			answers = append(answers, fetched(i+1, m, items, strings.HasPrefix(cmd.Name, "UID ")))
		case f.FetchUnasked:
			answers = append(answers, fmt.Sprintf("* %d FETCH (UID %d FLAGS (\\Seen))\r\n", i+1, m.UID))
		}
	}
	c.server.mu.Unlock()
	if f.FetchOmits && len(answers) > 1 {
		answers = answers[:len(answers)-1]
	}
	if f.FetchRepeated {
		answers = append(answers, answers...)
	}
	if f.FetchShuffled {
		slices.Reverse(answers)
		if n := len(answers); n > 2 {
			answers[0], answers[n/2] = answers[n/2], answers[0]
		}
	}
	return c.tell(cmd, strings.Join(answers, ""))
}

// fetched is the answer for one message.
func fetched(n int, m Message, items []string, withUID bool) string {
	var out []string
	if withUID {
		out = append(out, fmt.Sprintf("UID %d", m.UID))
	}
	for _, item := range items {
		switch upper := strings.ToUpper(item); {
		case upper == "UID" && withUID:
		case upper == "UID":
			out = append(out, fmt.Sprintf("UID %d", m.UID))
		case upper == "FLAGS":
			out = append(out, "FLAGS ("+strings.Join(m.Flags, " ")+")")
		case upper == "INTERNALDATE":
			out = append(out, m.Received.Format(`INTERNALDATE "_2-Jan-2006 15:04:05 -0700"`))
		case upper == "RFC822.SIZE":
			out = append(out, fmt.Sprintf("RFC822.SIZE %d", len(m.Raw)))
		case strings.HasPrefix(upper, "BODY.PEEK["), strings.HasPrefix(upper, "BODY["):
			section, after, _ := strings.Cut(item[strings.IndexByte(item, '[')+1:], "]")
			data := part(m.Raw, section)
			origin := ""
			if from, size, ok := strings.Cut(strings.Trim(after, "<>"), "."); ok {
				start, _ := strconv.Atoi(from)
				length, _ := strconv.Atoi(size)
				start = min(max(start, 0), len(data))
				data = data[start:min(start+max(length, 0), len(data))]
				origin = "<" + from + ">"
			}
			out = append(out, fmt.Sprintf("BODY[%s]%s {%d}\r\n%s", section, origin, len(data), data))
		}
	}
	return fmt.Sprintf("* %d FETCH (%s)\r\n", n, strings.Join(out, " "))
}

// part gives a section of a message.
func part(raw []byte, section string) []byte {
	head, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	name, list, _ := strings.Cut(section, " ")
	switch strings.ToUpper(name) {
	case "HEADER":
		return append(slices.Clone(head), "\r\n\r\n"...)
	case "TEXT":
		return body
	case "HEADER.FIELDS":
		wanted := strings.Fields(inside(list))
		for i := range wanted {
			wanted[i] = strings.Trim(wanted[i], `"`)
		}
		var out []byte
		keep := false
		for _, line := range bytes.SplitAfter(append(slices.Clone(head), '\r', '\n'), []byte("\r\n")) {
			if len(line) > 0 && line[0] != ' ' && line[0] != '\t' {
				field, _, _ := bytes.Cut(line, []byte(":"))
				keep = matches(string(field), wanted)
			}
			if keep {
				out = append(out, line...)
			}
		}
		return append(out, '\r', '\n')
	}
	return raw
}
