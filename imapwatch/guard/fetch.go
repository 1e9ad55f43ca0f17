package guard

import (
	"bytes"
	"errors"
	"strconv"
	"time"
)

// fetch is a FETCH response (RFC 9051 section 7.5.2) on its way through. Its items are written anew in the order they
// come, but the UID goes first: go-imap gives a message whose UID follows its text to nobody.
type fetch struct {
	number  string
	uid     string
	items   []byte // what is held back until the UID is known
	opened  bool   // "* n FETCH (" and items were handed on
	bare    bool   // nothing follows the parenthesis yet
	any     bool   // an item was handed on or held back
	section bool   // among them message text
}

// maxHeld is how much message text is held back while the UID is not known. Beyond it the order stays as it came.
const maxHeld = 1 << 20

// beginFetch reads a FETCH response after its name.
func (c *Conn) beginFetch(number string) error {
	b, err := c.space()
	if err != nil {
		return err
	}
	if b != '(' {
		c.unread()
		_, err := c.rest(c.limits.Line, skipped)
		return err
	}
	items := c.last.items[:0]
	if cap(items) > maxKept {
		items = nil
	}
	c.last = fetch{number: number, items: items}
	c.fetch = &c.last
	return c.resumeFetch()
}

// resumeFetch reads items up to the end of the response, or up to message text that goes through.
func (c *Conn) resumeFetch() error {
	f := c.fetch
	for c.literal == 0 {
		b, err := c.space()
		if err != nil {
			return err
		}
		switch b {
		case ')':
			if _, err := c.rest(c.limits.Line, skipped); err != nil {
				return err
			}
			c.endFetch()
			return nil
		case '\n':
			c.endFetch()
			return nil
		}
		c.unread()
		ok, err := c.item(f)
		if err != nil {
			return err
		}
		if !ok { // what follows cannot be told from items
			if _, err := c.rest(c.limits.Line, skipped); err != nil {
				return err
			}
			c.endFetch()
			return nil
		}
	}
	return nil
}

// endFetch closes the response. One without any item that is known is dropped. So is one without message text while a
// command asks for message text: it tells of a change of flags, and go-imap would take it for the answer and the answer
// for something unasked.
func (c *Conn) endFetch() {
	f := c.fetch
	c.fetch = nil
	defer c.ended()
	if !f.any && f.uid == "" || !f.section && c.sent.sections() {
		return
	}
	c.openFetch(f)
	c.out = append(c.out, ")\r\n"...)
}

// openFetch hands on what was held back.
func (c *Conn) openFetch(f *fetch) {
	if f.opened {
		return
	}
	f.opened = true
	c.out = append(c.out, "* "...)
	c.out = append(c.out, f.number...)
	c.out = append(c.out, " FETCH ("...)
	items := f.items
	if f.uid != "" {
		c.out = append(c.out, "UID "...)
		c.out = append(c.out, f.uid...)
	} else {
		items = bytes.TrimPrefix(items, []byte(" "))
		f.bare = len(items) == 0
	}
	c.out = append(c.out, items...)
}

// add writes an item's name, and gives the buffer to write its value to.
func (c *Conn) add(f *fetch, name string) *[]byte {
	f.any = true
	to := &f.items
	if f.opened {
		to = &c.out
	}
	if !f.bare {
		*to = append(*to, ' ')
	}
	f.bare = false
	*to = append(*to, name...)
	return to
}

// addValue writes an item.
func (c *Conn) addValue(f *fetch, name string, value []byte) {
	to := c.add(f, name)
	*to = append(append(*to, ' '), value...)
}

// addText writes the head of an item that is message text of n bytes.
func (c *Conn) addText(f *fetch, section []byte, n int64) *[]byte {
	to := c.add(f, "BODY")
	*to = append(append(*to, section...), " {"...)
	*to = append(strconv.AppendInt(*to, n, 10), "}\r\n"...)
	return to
}

// item reads one item. ok is false where the response cannot be followed any further.
func (c *Conn) item(f *fetch) (ok bool, err error) {
	name, err := c.itemName()
	if err != nil || name == "" {
		return false, err
	}
	section, err := c.sectionSpec()
	if err != nil {
		return false, unlessLineEnds(err)
	}
	b, err := c.space()
	if err != nil {
		return false, err
	}
	c.unread()
	if section != nil && (name == "BODY" || name == "BODY.PEEK") && c.knownSection(section) {
		return c.text(f, c.brief, b)
	}
	switch name {
	case "UID", "RFC822.SIZE", "INTERNALDATE", "FLAGS", "MODSEQ":
		if section != nil {
			break
		}
		value, err := c.value()
		if err != nil {
			return false, unlessLineEnds(err)
		}
		c.scalar(f, name, value)
		return true, nil
	}
	return true, unlessLineEnds(c.skipValue())
}

// scalar writes an item whose value is well-formed.
func (c *Conn) scalar(f *fetch, name string, value []byte) {
	switch name {
	case "UID":
		if n, err := strconv.ParseUint(string(value), 10, 32); err == nil && n > 0 && f.uid == "" {
			f.uid = string(value)
			if f.opened {
				c.addValue(f, name, value)
			}
		}
	case "RFC822.SIZE":
		if _, err := strconv.ParseInt(string(value), 10, 64); err == nil && value[0] != '-' && value[0] != '+' {
			c.addValue(f, name, value)
		}
	case "INTERNALDATE":
		// The layout is go-imap's. Courier and others write a year of two digits, or NIL; then the message has no date.
		inside, ok1 := bytes.CutPrefix(value, []byte(`"`))
		date, ok2 := bytes.CutSuffix(inside, []byte(`"`))
		if t, err := time.Parse("_2-Jan-2006 15:04:05 -0700", string(date)); err == nil && !t.IsZero() && ok1 && ok2 {
			c.addValue(f, name, value)
		}
	case "FLAGS":
		s := &scan{b: value, maxDepth: c.limits.Depth}
		if flags, ok := s.flags(); ok {
			c.addValue(f, name, flags)
		}
	case "MODSEQ":
		n, inside := bytes.CutPrefix(value, []byte("("))
		n = bytes.TrimSpace(bytes.TrimSuffix(n, []byte(")")))
		if _, err := strconv.ParseUint(string(n), 10, 64); err == nil && inside {
			to := c.add(f, name)
			*to = append(append(append(*to, " ("...), n...), ')')
		}
	}
}

// text writes message text: a literal goes through, unless the UID is still to come.
func (c *Conn) text(f *fetch, section []byte, first byte) (ok bool, err error) {
	if first == '~' { // a literal8: RFC 9051 section 4.3
		_, _ = c.next()
		if first, err = c.next(); err != nil {
			return false, err
		}
		c.unread()
	}
	if first != '{' {
		value, err := c.value()
		if err != nil {
			return false, unlessLineEnds(err)
		}
		s := &scan{b: value, maxDepth: c.limits.Depth}
		text, isText := s.str()
		f.section = true
		if !isText {
			to := c.add(f, "BODY")
			*to = append(append(*to, section...), " NIL"...)
			return true, nil
		}
		to := c.addText(f, section, int64(len(text)))
		*to = append(*to, text...)
		return true, nil
	}
	n, ok, err := c.literalHead()
	if err != nil || !ok {
		return false, err
	}
	if err := c.admit(n); err != nil {
		return false, err
	}
	f.section = true
	if f.uid == "" && !f.opened && int64(len(f.items))+n <= maxHeld {
		to := c.addText(f, section, n)
		at := len(*to)
		*to = append(*to, make([]byte, n)...)
		return true, c.fill((*to)[at:])
	}
	c.openFetch(f)
	c.addText(f, section, n)
	c.literal = n
	return true, nil
}

// space reads past spaces and gives the byte after them.
func (c *Conn) space() (byte, error) {
	for {
		b, err := c.next()
		if err != nil || b != ' ' {
			return b, err
		}
	}
}

// itemName reads the name of an item, in upper case; "" where none stands.
func (c *Conn) itemName() (string, error) {
	var buf [maxWord]byte
	name := buf[:0]
	for {
		b, err := c.next()
		if err != nil {
			return "", err
		}
		switch {
		case b >= 'a' && b <= 'z':
			b -= 'a' - 'A'
		case b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '.' || b == '-' || b == '_':
		default:
			c.unread()
			return string(name), nil
		}
		if len(name) == maxWord {
			return "", nil
		}
		name = append(name, b)
	}
}

// sectionSpec reads "[HEADER.FIELDS (TO)]<0>"; nil where none stands. It is good until the next call.
func (c *Conn) sectionSpec() ([]byte, error) {
	b, err := c.next()
	if err != nil {
		return nil, err
	}
	if b != '[' {
		c.unread()
		return nil, nil
	}
	// As a rule it is that of the message before.
	if n := len(c.section) - 1; n > 0 && n < c.in.Buffered() {
		if same, err := c.in.Peek(n + 1); err == nil && bytes.Equal(same[:n], c.section[1:]) && same[n] == ' ' {
			_, err := c.in.Discard(n)
			c.line += int64(n)
			c.size += int64(n)
			return c.section, err
		}
	}
	spec := append(c.spec[:0], '[')
	for b != ']' {
		if b, err = c.lineByte(); err != nil {
			return nil, err
		}
		spec = append(spec, b)
	}
	if b, err = c.next(); err != nil {
		return nil, err
	}
	if b != '<' {
		c.unread()
		c.spec = spec
		return spec, nil
	}
	for spec = append(spec, b); b != '>'; spec = append(spec, b) {
		if b, err = c.lineByte(); err != nil {
			return nil, err
		}
	}
	c.spec = spec
	return spec, nil
}

// lineByte reads a byte that must not be the end of the line.
func (c *Conn) lineByte() (byte, error) {
	b, err := c.next()
	if err == nil && b == '\n' {
		c.unread()
		return 0, errLineEnds
	}
	return b, err
}

// unlessLineEnds drops errLineEnds: the end of the response is read next.
func unlessLineEnds(err error) error {
	if errors.Is(err, errLineEnds) {
		return nil
	}
	return err
}

// literalHead reads "{n}" and the end of its line.
func (c *Conn) literalHead() (n int64, ok bool, err error) {
	var buf [24]byte
	head := buf[:0]
	for {
		b, err := c.next()
		if err != nil {
			return 0, false, err
		}
		if b == '\n' {
			n, ok = literalAt(head)
			if !ok {
				c.unread()
			}
			return n, ok, nil
		}
		if len(head) == cap(head) {
			return 0, false, nil
		}
		head = append(head, b)
	}
}

// value reads a value that is no literal, as it stands on the wire: an atom, a quoted string, a list. It is good until the
// next call.
func (c *Conn) value() ([]byte, error) {
	value := c.scratch[:0]
	defer func() {
		if cap(value) <= maxKept {
			c.scratch = value
		}
	}()
	depth := 0
	for quoted := false; ; {
		b, err := c.lineByte()
		if err != nil {
			return nil, err
		}
		switch {
		case quoted && b == '\\':
			value = append(value, b)
			if b, err = c.lineByte(); err != nil {
				return nil, err
			}
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '(':
			if depth++; depth > c.limits.Depth {
				return nil, &LimitError{What: "nesting", Limit: int64(c.limits.Depth)}
			}
		case b == ')' && depth > 0:
			depth--
		case depth == 0 && (b == ' ' || b == ')'):
			c.unread()
			return value, nil
		}
		value = append(value, b)
	}
}

// skipValue reads past a value with whatever literals it has.
func (c *Conn) skipValue() error {
	depth := 0
	for quoted := false; ; {
		b, err := c.lineByte()
		if err != nil {
			return err
		}
		switch {
		case quoted && b == '\\':
			if _, err = c.lineByte(); err != nil {
				return err
			}
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '{':
			c.unread()
			n, ok, err := c.literalHead()
			if err != nil {
				return err
			}
			if ok {
				if err := c.discard(n); err != nil {
					return err
				}
			}
		case b == '(':
			if depth++; depth > c.limits.Depth {
				return &LimitError{What: "nesting", Limit: int64(c.limits.Depth)}
			}
		case b == ')' && depth > 0:
			depth--
		case depth == 0 && (b == ' ' || b == ')'):
			c.unread()
			return nil
		}
	}
}
