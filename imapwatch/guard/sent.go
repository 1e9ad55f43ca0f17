package guard

import (
	"bytes"
	"strings"
	"sync"
)

// sent follows what the client sends, as far as it decides what the server may answer: which commands are open, whether
// a "+" is awaited. It keeps no argument of any command.
type sent struct {
	mu   sync.Mutex
	open map[string]*command // by tag

	// The line being sent.
	current *command
	head    []byte // its first words, while they are being read
	brace   brace
	size    int64 // of the literal that the line may end with
	literal int64 // bytes of a literal still to be sent
	begun   bool  // some of it was sent
}

// command is an open command.
type command struct {
	tag, name string
	plus      int // how many "+" it awaits
}

// brace is how far the end of a line spells a literal's {n} or {n+}.
type brace int

const (
	noBrace brace = iota
	inDigits
	afterPlus
	closed
	closedPlus
)

// maxHead is more than the tag and the name of any command have.
const maxHead = 64

// note takes in what the client is about to send.
func (s *sent) note(p []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(p) > 0 {
		if s.literal > 0 {
			n := min(int64(len(p)), s.literal)
			s.literal -= n
			s.begun = true
			p = p[n:]
			continue
		}
		s.byte(p[0])
		p = p[1:]
	}
}

func (s *sent) byte(b byte) {
	if b == '\n' {
		s.lineEnd()
		return
	}
	if s.current == nil {
		s.headByte(b)
	}
	switch {
	case b == '{':
		s.brace, s.size = inDigits, 0
	case s.brace == inDigits && b >= '0' && b <= '9' && s.size < 1<<40:
		s.size = s.size*10 + int64(b-'0')
	case s.brace == inDigits && b == '+':
		s.brace = afterPlus
	case s.brace == inDigits && b == '}':
		s.brace = closed
	case s.brace == afterPlus && b == '}':
		s.brace = closedPlus
	case b == '\r' && s.brace >= closed:
	default:
		s.brace = noBrace
	}
}

// headByte reads tag and name; once they are whole, the command is open.
func (s *sent) headByte(b byte) {
	if s.answering() { // DONE, or a SASL answer: not a command, and secret
		return
	}
	if b == ' ' || b == '\r' {
		words := bytes.Fields(s.head)
		if len(words) == 2 && !bytes.EqualFold(words[1], []byte("UID")) || len(words) == 3 {
			s.start(words)
			return
		}
	}
	if len(s.head) < maxHead {
		s.head = append(s.head, b)
	}
}

func (s *sent) start(words [][]byte) {
	c := &command{tag: string(words[0]), name: strings.ToUpper(string(words[len(words)-1]))}
	if s.open == nil {
		s.open = make(map[string]*command)
	}
	s.open[c.tag] = c
	s.current, s.head = c, s.head[:0]
}

// answering tells whether a line now is part of an open IDLE or AUTHENTICATE.
func (s *sent) answering() bool {
	for _, c := range s.open {
		if c.name == "IDLE" || c.name == "AUTHENTICATE" {
			return true
		}
	}
	return false
}

func (s *sent) lineEnd() {
	c := s.current
	switch {
	case s.brace == closed || s.brace == closedPlus:
		s.literal, s.begun = s.size, false
		if c != nil && s.brace == closed {
			c.plus++
		}
		s.brace = noBrace
		return // the line goes on after the literal
	case c == nil: // DONE, or a SASL answer
		for _, open := range s.open {
			if open.name == "AUTHENTICATE" {
				open.plus++
			}
		}
	case c.name == "IDLE" || c.name == "AUTHENTICATE":
		c.plus++
	}
	s.reset()
}

func (s *sent) reset() {
	s.current, s.head, s.brace, s.literal = nil, s.head[:0], noBrace, 0
}

// complete closes the command with a tag; nil if none is open.
func (s *sent) complete(tag string) *command {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.open[tag]
	delete(s.open, tag)
	if c != nil && c == s.current && s.literal > 0 && !s.begun {
		s.reset() // refused before its literal, which will not come
	}
	return c
}

// awaited tells whether a "+" is awaited, and takes it.
func (s *sent) awaited() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.open {
		if c.plus > 0 {
			c.plus--
			return true
		}
	}
	return false
}

// tagOf gives the tag of an open command with a name, "" if there is none.
func (s *sent) tagOf(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for tag, c := range s.open {
		if c.name == name {
			return tag
		}
	}
	return ""
}
