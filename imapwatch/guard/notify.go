package guard

import (
	"io"
	"strconv"
)

// Completion is how the server completed a command: Kind is "OK", "NO" or "BAD".
type Completion struct{ Kind, Code, Text string }

// Ask sends a command that go-imap does not know and gives its completion, which go-imap does not get to see. It is for
// moments in which the library has no command open, for two that write at once would mix their lines. An error says that
// the connection ended.
func (c *Conn) Ask(command string) (Completion, error) {
	answer := make(chan Completion, 1)
	c.mu.Lock()
	c.asked.count++
	tag := "N" + strconv.Itoa(c.asked.count) // go-imap's begin with T
	c.asked.tag, c.asked.answer = tag, answer
	c.mu.Unlock()
	if _, err := c.Write([]byte(tag + " " + command + "\r\n")); err != nil {
		return Completion{}, err
	}
	select {
	case completion := <-answer:
		return completion, nil
	case <-c.over:
		if why := c.Err(); why != nil {
			return Completion{}, why
		}
		return Completion{}, io.ErrUnexpectedEOF
	}
}

// asked is the command of Ask's that is open.
type asked struct {
	count  int
	tag    string
	answer chan<- Completion
}

// answered hands a completion to Ask; false where the command is go-imap's.
func (c *Conn) answered(tag, kind string, s status) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.asked.answer == nil || tag != c.asked.tag {
		return false
	}
	c.asked.answer <- Completion{Kind: kind, Code: s.code, Text: s.text}
	c.asked.answer = nil
	return true
}

// Notice is what a server says of a folder that is not selected, after NOTIFY (RFC 5465).
type Notice struct {
	Messages, UIDNext uint32 // 0 where it does not say
	ModSeq            uint64 // the same
	Overflow          bool   // it says no more of any folder: section 5.8
}

// Hear has notice told of each STATUS of a folder, whose name is plain ASCII, and of an overflow. It runs in the goroutine
// that reads, so it must not block.
func (c *Conn) Hear(folder string, notice func(Notice)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hearing = hearing{folder: quoted([]byte(folder)), notice: notice}
}

type hearing struct {
	folder string // as statusAnswer writes it
	notice func(Notice)
}

func (c *Conn) listener() hearing {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hearing
}

// heard tells of a STATUS response, given as statusAnswer wrote it.
func (c *Conn) heard(body []byte) {
	h := c.listener()
	if h.notice == nil {
		return
	}
	s := &scan{b: body, maxDepth: 2}
	name, ok := s.folder()
	if !ok || name != h.folder || !s.spaces() || !s.take('(') {
		return
	}
	var n Notice
	for s.spaces() && !s.take(')') {
		item := s.atom()
		s.spaces()
		value, _ := s.number(63)
		switch item {
		case "MESSAGES":
			n.Messages = uint32(value)
		case "UIDNEXT":
			n.UIDNext = uint32(value)
		case "HIGHESTMODSEQ":
			n.ModSeq = value
		}
	}
	h.notice(n)
}

// overflowed tells that the server gave up.
func (c *Conn) overflowed() {
	if h := c.listener(); h.notice != nil {
		h.notice(Notice{Overflow: true})
	}
}
