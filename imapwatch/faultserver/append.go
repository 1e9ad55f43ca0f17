package faultserver

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
)

// append takes a message, and goes wrong where it is told to.
func (c *session) append(cmd Command) error {
	size, waits, ok := literalSize(cmd.Args)
	if !ok || size > maxLiteral || c.user == "" {
		return c.done(cmd, "BAD APPEND takes a literal, after a login")
	}
	c.server.note(c, cmd)
	f := c.faults()
	if err := c.before("APPEND", f); err != nil {
		return err
	}
	fault := c.strikes()
	if text := f.Answers["APPEND"]; text != "" {
		fault, f.Answer = AppendRefused, text
	}
	words := fields(cmd.Args[:strings.LastIndexByte(cmd.Args, '{')])
	if c.unknown(words[0]) {
		fault, f.Answer = AppendRefused, "NO [TRYCREATE] no such folder"
	}
	if f.Answer == "" {
		f.Answer = "NO [SERVERBUG] something went wrong"
	}
	if fault == AppendRefused {
		if !waits { // what comes is not wanted, but it comes
			if _, err := io.CopyN(io.Discard, c.in, int64(size)+2); err != nil {
				return err
			}
		}
		return c.done(cmd, f.Answer)
	}
	if fault == AppendCutAtCommand {
		return errEnd
	}
	if waits {
		if err := c.say("+ go on\r\n"); err != nil {
			return err
		}
	}
	through := map[Append]int{AppendCutInLiteral: size / 2, AppendCutLastByte: size - 1}
	if n, cut := through[fault]; cut {
		_, _ = io.CopyN(io.Discard, c.in, int64(n))
		return errEnd
	}
	raw := make([]byte, size)
	if _, err := io.ReadFull(c.in, raw); err != nil {
		return err
	}
	if fault == AppendCutBeforeCRLF {
		return errEnd
	}
	if _, err := c.line(); err != nil { // nothing is stored before it, as on every real server tried
		return err
	}
	m := Message{Raw: stripped(raw, f.Strip)}
	for _, w := range words[1:] {
		if strings.HasPrefix(w, "(") {
			m.Flags = strings.Fields(inside(w))
		} else if at, err := time.Parse("_2-Jan-2006 15:04:05 -0700", w); err == nil {
			m.Received = at
		}
	}
	return c.stored(cmd, words[0], m, fault, f)
}

// stored does with a message that came whole what the fault says.
func (c *session) stored(cmd Command, name string, m Message, fault Append, f Faults) error {
	s := c.server
	var uid, validity uint32
	s.mu.Lock()
	switch fault {
	case AppendOKButNothing, AppendNeverAnswered, AppendRefusedAfter:
	case AppendLate, AppendOKLate:
		l := late{folder: name, m: m}
		if f.Late > 0 {
			l.at = s.now().Add(f.Late)
		}
		s.holding = append(s.holding, l)
	default:
		uid = s.add(name, m)
		if fault == AppendTwice {
			s.add(name, m)
		}
	}
	if box := s.folders[name]; box != nil {
		validity = box.validity
	}
	s.mu.Unlock()
	switch fault {
	case AppendAnswerHeld, AppendNeverAnswered:
		_, _ = io.Copy(io.Discard, c.in)
		return errEnd
	case AppendAnswerLost, AppendLate:
		return errEnd
	case AppendByeStored:
		_ = c.say("* BYE going down for maintenance\r\n")
		return errEnd
	case AppendNoButStored, AppendRefusedAfter:
		return c.done(cmd, f.Answer)
	case AppendWrongUID:
		uid = max(1, uid-1)
	}
	if uid == 0 || !c.has("UIDPLUS") {
		return c.done(cmd, "OK done")
	}
	return c.done(cmd, fmt.Sprintf("OK [APPENDUID %d %d] done", validity, uid))
}

// strikes gives the fault of this APPEND, and counts it.
func (c *session) strikes() Append {
	if c.user == Hand {
		return ""
	}
	s := c.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left == 0 {
		return ""
	}
	if s.left > 0 {
		s.left--
	}
	return s.faults.Append
}

func (c *session) unknown(name string) bool {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	return c.server.folders[name] == nil
}

// stripped takes header fields out, folded lines with them.
func stripped(raw []byte, names []string) []byte {
	if len(names) == 0 {
		return raw
	}
	head, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	var out []byte
	drop := false
	for _, line := range bytes.SplitAfter(append(head, '\r', '\n'), []byte("\r\n")) {
		if len(line) > 0 && line[0] != ' ' && line[0] != '\t' {
			field, _, _ := bytes.Cut(line, []byte(":"))
			drop = matches(string(field), names)
		}
		if !drop {
			out = append(out, line...)
		}
	}
	return append(append(out, '\r', '\n'), body...)
}

// matches says whether a header field is one of the names; "X-*" is all that begin so.
func matches(field string, names []string) bool {
	for _, n := range names {
		prefix, all := strings.CutSuffix(n, "*")
		if strings.EqualFold(field, n) || all && len(field) >= len(prefix) && strings.EqualFold(field[:len(prefix)], prefix) {
			return true
		}
	}
	return false
}
