package guard

import (
	"bufio"
	"bytes"
	"errors"
	"strconv"
	"strings"
)

// maxWord is more than any tag, number or response name has.
const maxWord = 64

// errLineEnds says that a line ended where the grammar wants more.
var errLineEnds = errors.New("line ends early")

// respond reads the next response, and leaves in out what the client is to see of it, which may be nothing.
func (c *Conn) respond() error {
	c.line, c.size = 0, 0
	first, err := c.next()
	if err != nil {
		return err
	}
	c.watch.begin()
	if n := c.responses.Add(1); n > int64(c.limits.Responses) {
		return &LimitError{What: "responses to one command", Limit: int64(c.limits.Responses)}
	}
	if err := c.response(first); err != nil {
		return err
	}
	c.line, c.size = 0, 0
	c.watch.end()
	return nil
}

func (c *Conn) response(first byte) error {
	switch {
	case first == '\n':
		return nil // an empty line
	case first == '*':
		return c.untagged()
	case !c.greeted:
		return c.foreign([]byte{first})
	case first == '+':
		return c.continuation()
	}
	c.unread()
	return c.tagged()
}

// continuation hands on a "+" that is awaited: RFC 9051 section 7.6.
func (c *Conn) continuation() error {
	text, err := c.rest(c.limits.Line, textOnly)
	if err != nil || !c.sent.awaited() {
		return err
	}
	text = bytes.TrimLeft(text, " ")
	if len(text) > 0 {
		c.out = append(c.out, "+ "...)
		c.out = append(c.out, printable(text)...) // SASL challenges are base64
	} else {
		c.out = append(c.out, '+')
	}
	c.out = append(c.out, "\r\n"...)
	return nil
}

// tagged hands on the completion of an open command.
func (c *Conn) tagged() error {
	tag, err := c.word()
	if err != nil {
		return err
	}
	kind, err := c.keyword()
	if err != nil {
		return err
	}
	text, err := c.rest(c.limits.Line, textOnly)
	if err != nil {
		return err
	}
	command := c.sent.complete(tag)
	if command == nil {
		return nil
	}
	if kind != "OK" && kind != "NO" {
		kind = "BAD"
	}
	s := readStatus(text)
	c.hear(kind, s.code, s.text)
	if command.name == "FETCH" {
		c.receiver.Store(nil)
	}
	if c.answered(tag, kind, s) {
		return nil
	}
	if command.name == "STARTTLS" && kind == "OK" {
		if c.in.Buffered() > 0 {
			return ErrInjected
		}
		s.code, s.args = "", "" // what plain text says of abilities is not to be believed
		c.through = true
	}
	c.out = append(c.out, tag...)
	c.out = append(c.out, ' ')
	c.out = s.append(c.out, kind)
	return nil
}

// untagged hands on what a server says of itself; the "*" has been read.
func (c *Conn) untagged() error {
	if b, err := c.next(); err != nil {
		return err
	} else if b != ' ' {
		c.unread()
	}
	kind, err := c.keyword()
	if err != nil {
		return err
	}
	if !c.greeted {
		return c.greet(kind)
	}
	var number string
	if len(kind) > 0 && kind[0] >= '0' && kind[0] <= '9' {
		number = kind
		if kind, err = c.keyword(); err != nil {
			return err
		}
		if n, err := strconv.ParseUint(number, 10, 32); err != nil || n == 0 && kind != "EXISTS" {
			kind = ""
		}
	}
	switch kind {
	case "FETCH":
		if number == "" {
			break
		}
		return c.beginFetch(number)
	case "EXISTS", "EXPUNGE":
		if number == "" {
			break
		}
		if _, err := c.rest(c.limits.Line, textOnly); err != nil {
			return err
		}
		c.emit(number, kind)
		return nil
	case "OK", "NO", "BAD", "BYE", "PREAUTH":
		return c.status(kind)
	}
	write, known := answers[kind]
	limit := c.limits.Line
	if kind == "SEARCH" || kind == "ESEARCH" {
		limit *= searchLines
	}
	if !known || number != "" {
		_, err := c.rest(limit, skipped)
		return err
	}
	said, err := c.rest(limit, withLiterals)
	if err != nil {
		return err
	}
	body, err := write(&scan{b: said, maxDepth: c.limits.Depth, search: c.sent.tagOf("SEARCH")})
	if err != nil || body == nil {
		return err
	}
	if kind == "STATUS" {
		c.heard(body)
	}
	c.out = append(c.out, "* "...)
	c.out = append(c.out, kind...)
	c.out = append(c.out, body...)
	c.out = append(c.out, "\r\n"...)
	return nil
}

func (c *Conn) emit(number, kind string) {
	c.out = append(c.out, "* "...)
	c.out = append(c.out, number...)
	c.out = append(c.out, ' ')
	c.out = append(c.out, kind...)
	c.out = append(c.out, "\r\n"...)
}

// status hands on an untagged OK, NO, BAD, BYE or PREAUTH.
func (c *Conn) status(kind string) error {
	text, err := c.rest(c.limits.Line, textOnly)
	if err != nil {
		return err
	}
	s := readStatus(text)
	c.hear(kind, s.code, s.text)
	if s.code == "NOTIFICATIONOVERFLOW" {
		c.overflowed()
	}
	c.out = append(c.out, "* "...)
	c.out = s.append(c.out, kind)
	return nil
}

// greet takes the server's first response: RFC 9051 section 7.1.
func (c *Conn) greet(kind string) error {
	switch kind {
	case "OK", "PREAUTH", "BYE", "NO", "BAD":
	default:
		return c.foreign([]byte("* " + kind + " "))
	}
	err := c.status(kind)
	c.greeted = true
	return err
}

// foreign says what a server that does not speak IMAP said first.
func (c *Conn) foreign(said []byte) error {
	const enough = 80
	waiting, _ := c.in.Peek(min(c.in.Buffered(), enough))
	said = append(said, waiting...)
	if end := bytes.IndexByte(said, '\n'); end >= 0 {
		said = said[:end]
	}
	return &NotIMAPError{Said: harmless(said)}
}

// next reads one byte of a line. It passes over CR: the end of a line is its LF.
func (c *Conn) next() (byte, error) {
	for {
		if c.line++; c.line > c.limits.Line {
			return 0, &LimitError{What: "line", Limit: c.limits.Line}
		}
		b, err := c.in.ReadByte()
		if err != nil {
			return 0, err
		}
		c.size++
		if b != '\r' {
			return b, nil
		}
	}
}

// unread takes the last byte back.
func (c *Conn) unread() {
	_ = c.in.UnreadByte() // it fails only after no byte was read
	c.line--
	c.size--
}

// keyword is word in upper case.
func (c *Conn) keyword() (string, error) {
	word, err := c.word()
	return strings.ToUpper(word), err
}

// shared gives the words of nearly all responses without making them anew.
func shared(word []byte) string {
	for _, usual := range [...]string{"FETCH", "UID", "FLAGS", "INTERNALDATE", "RFC822.SIZE", "BODY"} {
		if string(word) == usual {
			return usual
		}
	}
	return string(word)
}

// word reads up to a space; what ends it other than a space is left. A word too long for any use is cut.
func (c *Conn) word() (string, error) {
	var buf [maxWord]byte
	word := buf[:0]
	for {
		b, err := c.next()
		if err != nil {
			return "", err
		}
		switch b {
		case ' ':
			return shared(word), nil
		case '\n', '(':
			c.unread()
			return shared(word), nil
		}
		if len(word) < maxWord {
			word = append(word, b)
		}
	}
}

// How rest reads a line.
type reading int

const (
	textOnly     reading = iota // {n} at the end of a line is text
	withLiterals                // literals are part of the response
	skipped                     // as withLiterals, but nothing is kept
)

// rest reads to the end of the response, without its CRLF. Literals stand in it as on the wire.
func (c *Conn) rest(limit int64, how reading) ([]byte, error) {
	var said []byte
	for {
		start := len(said)
		var tail [24]byte // the end of the line, where it is not kept
		end := 0
		for {
			chunk, err := c.in.ReadSlice('\n')
			c.line += int64(len(chunk))
			c.size += int64(len(chunk))
			if c.line > limit {
				return nil, &LimitError{What: "line", Limit: limit}
			}
			if how == skipped {
				end = copy(tail[:], appendTail(tail[:end], chunk))
			} else {
				said = append(said, chunk...)
			}
			if err == nil {
				break
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				return nil, err
			}
		}
		line := tail[:end]
		if how != skipped {
			line = said[start:]
		}
		n, ok := literalAt(trimEOL(line))
		if how == textOnly || !ok {
			return trimEOL(said), nil
		}
		if how == skipped {
			if err := c.discard(n); err != nil {
				return nil, err
			}
			continue
		}
		if c.line += n; c.line > limit {
			return nil, &LimitError{What: "line", Limit: limit}
		}
		c.size += n
		at := len(said)
		said = append(said, make([]byte, n)...)
		if err := c.fill(said[at:]); err != nil {
			return nil, err
		}
	}
}

// appendTail gives the last 24 bytes of tail followed by chunk.
func appendTail(tail, chunk []byte) []byte {
	const keep = 24
	if len(chunk) >= keep {
		return chunk[len(chunk)-keep:]
	}
	joined := append(append(make([]byte, 0, 2*keep), tail...), chunk...)
	return joined[max(0, len(joined)-keep):]
}

func trimEOL(line []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
}

// literalAt reads the {n} that a line ends with.
func literalAt(line []byte) (int64, bool) {
	if len(line) == 0 || line[len(line)-1] != '}' {
		return 0, false
	}
	open := bytes.LastIndexByte(line, '{')
	if open < 0 {
		return 0, false
	}
	digits := bytes.TrimSuffix(line[open+1:len(line)-1], []byte("+"))
	n, err := strconv.ParseInt(string(digits), 10, 62)
	return n, err == nil && n >= 0
}

// admit checks the size of message text that comes next.
func (c *Conn) admit(n int64) error {
	if n > c.limits.Literal {
		return &LimitError{What: "literal", Limit: c.limits.Literal}
	}
	if c.size += n; c.size > c.limits.Response {
		return &LimitError{What: "response", Limit: c.limits.Response}
	}
	return nil
}

// discard reads a literal that nobody wants.
func (c *Conn) discard(n int64) error {
	if err := c.admit(n); err != nil {
		return err
	}
	return c.pass(n)
}

// pass reads past n bytes.
func (c *Conn) pass(n int64) error {
	for n > 0 {
		k, err := c.in.Discard(int(min(n, 1<<20)))
		if n -= int64(k); err != nil {
			return err
		}
	}
	return nil
}

func (c *Conn) fill(p []byte) error {
	for len(p) > 0 {
		n, err := c.in.Read(p)
		if p = p[n:]; err != nil {
			return err
		}
	}
	return nil
}
