package guard

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// fetch is a FETCH response (RFC 9051 section 7.5.2) being read: for a Receiver, or to be written anew for the library.
type fetch struct {
	to      *Receiver // nil: the library
	message Message   // for the receiver
	number  string    // for the library, with what follows
	uid     string
	items   []byte
	any     bool // an item is known
}

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
	f := &c.fetch
	items := f.items[:0]
	if cap(items) > maxKept {
		items = nil
	}
	*f = fetch{to: c.receiver.Load(), number: number, items: items}
	for {
		b, err := c.space()
		if err != nil {
			return err
		}
		if b == '\n' {
			break
		}
		if b != ')' {
			c.unread()
			ok, err := c.item(f)
			if err != nil {
				return err
			}
			if ok {
				continue
			} // else what follows cannot be told from items
		}
		if _, err := c.rest(c.limits.Line, skipped); err != nil {
			return err
		}
		break
	}
	c.endFetch(f)
	return nil
}

// endFetch hands the message on. One of which nothing is known is dropped.
func (c *Conn) endFetch(f *fetch) {
	switch {
	case !f.any:
	case f.to != nil:
		n, err := strconv.ParseUint(f.number, 10, 32)
		if err != nil {
			return
		}
		f.message.Seq = uint32(n)
		f.to.Each(f.message)
	default:
		c.out = append(c.out, "* "...)
		c.out = append(c.out, f.number...)
		c.out = append(c.out, " FETCH ("...)
		items := f.items
		if f.uid != "" { // first, for go-imap gives the rest to whom it belongs by then
			c.out = append(c.out, "UID "...)
			c.out = append(c.out, f.uid...)
		} else {
			items = bytes.TrimPrefix(items, []byte(" "))
		}
		c.out = append(c.out, items...)
		c.out = append(c.out, ")\r\n"...)
	}
}

// add writes an item for the library.
func (f *fetch) add(name string, value []byte) {
	f.items = append(append(f.items, ' '), name...)
	f.items = append(append(f.items, ' '), value...)
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
	if section != nil && (name == "BODY" || name == "BODY.PEEK") && f.to != nil {
		return c.section(f, section, b)
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

// scalar takes in an item whose value is well-formed.
func (c *Conn) scalar(f *fetch, name string, value []byte) {
	switch name {
	case "UID":
		n, err := strconv.ParseUint(string(value), 10, 32)
		if err != nil || n == 0 || f.uid != "" || f.message.UID != 0 {
			return
		}
		if f.message.UID = uint32(n); f.to == nil {
			f.uid = string(value)
		}
	case "RFC822.SIZE":
		n, err := strconv.ParseInt(string(value), 10, 64)
		if err != nil || value[0] == '-' || value[0] == '+' {
			return
		}
		if f.message.Size = n; f.to == nil {
			f.add(name, value)
		}
	case "INTERNALDATE":
		t, ok := readDate(value)
		if !ok {
			return
		}
		if f.message.Received = t; f.to == nil {
			f.add(name, value)
		}
	case "FLAGS":
		if f.to != nil {
			if f.message.Flags, f.any = c.flags(value); !f.any {
				return
			}
			break
		}
		s := &scan{b: value, maxDepth: c.limits.Depth}
		flags, ok := s.flags()
		if !ok {
			return
		}
		f.add(name, flags)
	case "MODSEQ":
		n, inside := bytes.CutPrefix(value, []byte("("))
		n = bytes.TrimSpace(bytes.TrimSuffix(n, []byte(")")))
		if _, err := strconv.ParseUint(string(n), 10, 64); err != nil || !inside {
			return
		}
		f.add(name, fmt.Appendf(nil, "(%s)", n))
	}
	f.any = true
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
			return shared(name), nil
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
	if n := len(c.spec) - 1; n > 0 && n < c.in.Buffered() {
		if same, err := c.in.Peek(n + 1); err == nil && bytes.Equal(same[:n], c.spec[1:]) && same[n] == ' ' {
			_, err := c.in.Discard(n)
			c.line += int64(n)
			c.size += int64(n)
			return c.spec, err
		}
	}
	spec := append(c.spec[:0], '[')
	c.spec = nil // until it is whole
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
		if cap(spec) <= maxKept {
			c.spec = spec
		}
		return spec, nil
	}
	for spec = append(spec, b); b != '>'; spec = append(spec, b) {
		if b, err = c.lineByte(); err != nil {
			return nil, err
		}
	}
	if cap(spec) <= maxKept {
		c.spec = spec
	}
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
