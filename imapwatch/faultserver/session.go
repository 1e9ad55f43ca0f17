package faultserver

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// session is one connection.
type session struct {
	server *Server
	number int // which connection this is, from 1
	raw    net.Conn

	writing sync.Mutex
	conn    net.Conn // raw, or the encryption on it
	in      *bufio.Reader

	user     string // "" before login
	selected string // "" none
	readOnly bool
	known    uint32 // the highest UID that SearchStale knows
	idling   string // the folder of an IDLE under way, "" none; the server's mu
}

// errEnd ends a connection as a fault wants it; it is nobody's failure.
var errEnd = errors.New("the connection ends here")

// Bounds of what a client may say.
const (
	maxLine    = 64 << 10
	maxLiteral = 64 << 20
)

func (c *session) run() {
	c.conn, c.in = c.raw, bufio.NewReader(c.raw)
	if c.server.security == TLS {
		secret := tls.Server(c.raw, c.server.tls)
		if secret.Handshake() != nil {
			return // the client refused the certificate, or went away
		}
		c.secure(secret)
	}
	if c.greet() != nil {
		return
	}
	for {
		if err := c.one(); err != nil {
			return
		}
	}
}

func (c *session) secure(conn net.Conn) {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.conn, c.in = conn, bufio.NewReader(conn)
}

func (c *session) cut() { c.raw.Close() }

func (c *session) faults() Faults {
	if c.user == Hand {
		return Faults{}
	}
	return c.server.Faults()
}

// say sends lines as they are; each has its line break.
func (c *session) say(text string) error {
	drip := c.faults().Drip
	c.writing.Lock()
	defer c.writing.Unlock()
	if drip == 0 {
		_, err := io.WriteString(c.conn, text)
		return err
	}
	tick := time.NewTicker(drip)
	defer tick.Stop()
	for i := range len(text) {
		<-tick.C
		if _, err := io.WriteString(c.conn, text[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// push says a line to a connection in IDLE; one that does not read is cut.
func (c *session) push(line string) {
	c.writing.Lock()
	defer c.writing.Unlock()
	_ = c.conn.SetWriteDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(c.conn, line); err != nil {
		c.cut()
	}
	_ = c.conn.SetWriteDeadline(time.Time{})
}

func (c *session) greet() error {
	f := c.faults()
	if f.MaxConnections > 0 && c.server.Connections() > f.MaxConnections {
		_ = c.say("* BYE [LIMIT] Too many simultaneous connections\r\n")
		return errEnd
	}
	if err := c.before("greeting", f); err != nil {
		return err
	}
	switch line := f.Answers["greeting"]; {
	case line != "":
		return c.say(line + "\r\n")
	case f.StartTLS == TLSPreauth:
		return c.say("* PREAUTH welcome\r\n")
	}
	return c.say("* OK [CAPABILITY " + c.abilities() + "] ready\r\n")
}

// before does what stands before a command's answer. errEnd: the connection ends.
func (c *session) before(name string, f Faults) error {
	switch name {
	case f.Stall:
		_, _ = io.Copy(io.Discard, c.in)
		return errEnd
	case f.Bye:
		_ = c.say("* BYE going down for maintenance\r\n")
		return errEnd
	case f.Drop:
		return errEnd
	}
	if b, ok := f.Bombs[name]; ok {
		if err := c.explode(b); err != nil {
			return err
		}
	}
	if f.UnknownTag && name != "greeting" {
		return c.say("XYZZY OK for nobody\r\n")
	}
	return nil
}

// explode says a bomb, in pieces.
func (c *session) explode(b Bomb) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	w := bufio.NewWriterSize(c.conn, 64<<10)
	if _, err := w.WriteString(b.Head); err != nil {
		return err
	}
	for range b.Times {
		if _, err := w.WriteString(b.Fill); err != nil {
			return err
		}
	}
	if _, err := w.WriteString(b.Tail); err != nil {
		return err
	}
	return w.Flush()
}

// abilities lists the capabilities of this moment.
func (c *session) abilities() string {
	f := c.faults()
	all := []string{"IMAP4rev1"}
	_, encrypted := c.conn.(*tls.Conn)
	offer := c.server.security == StartTLS && !encrypted
	if offer && f.StartTLS != TLSStripped {
		all = append(all, "STARTTLS", "LOGINDISABLED")
	}
	if !offer {
		all = append(all, "AUTH=PLAIN")
	}
	if c.user != "" {
		all = append(all, "IDLE", "UIDPLUS", "MOVE", "LITERAL+", "SPECIAL-USE", "LIST-EXTENDED", "LIST-STATUS", "ESEARCH", "UNSELECT", "NAMESPACE", "ID")
	}
	return strings.Join(slices.DeleteFunc(all, func(one string) bool { return slices.Contains(f.Without, one) }), " ")
}

func (c *session) has(ability string) bool { return !slices.Contains(c.faults().Without, ability) }

// line reads one line without its end.
func (c *session) line() (string, error) {
	var line []byte
	for {
		part, err := c.in.ReadSlice('\n')
		line = append(line, part...)
		if err == nil {
			return strings.TrimRight(string(line), "\r\n"), nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) || len(line) > maxLine {
			return "", errEnd
		}
	}
}

// one reads a command and answers it.
func (c *session) one() error {
	line, err := c.line()
	if err != nil {
		return err
	}
	cmd := Command{Conn: c.number, Selected: c.selected}
	cmd.Tag, line, _ = strings.Cut(line, " ")
	cmd.Name, cmd.Args, _ = strings.Cut(line, " ")
	cmd.Name = strings.ToUpper(cmd.Name)
	if cmd.Name == "UID" {
		sub, rest, _ := strings.Cut(cmd.Args, " ")
		cmd.Name, cmd.Args = "UID "+strings.ToUpper(sub), rest
	}
	if cmd.Name == "APPEND" {
		return c.append(cmd)
	}
	for rest := cmd.Args; ; {
		size, waits, ok := literalSize(rest)
		if !ok {
			break
		}
		data, err := c.literal(size, waits)
		if err != nil {
			return err
		}
		cmd.Args = strings.TrimSuffix(cmd.Args, rest[strings.LastIndexByte(rest, '{'):]) + strconv.Quote(string(data))
		if rest, err = c.line(); err != nil {
			return err
		}
		cmd.Args += rest
	}
	return c.answer(cmd)
}

func (c *session) literal(size int, waits bool) ([]byte, error) {
	if size > maxLiteral {
		return nil, errEnd
	}
	if waits {
		if err := c.say("+ go on\r\n"); err != nil {
			return nil, err
		}
	}
	data := make([]byte, size)
	_, err := io.ReadFull(c.in, data)
	return data, err
}

// literalSize reads {n} or {n+} at the end of a line.
func literalSize(line string) (size int, waits, ok bool) {
	if !strings.HasSuffix(line, "}") || !strings.Contains(line, "{") {
		return 0, false, false
	}
	digits := line[strings.LastIndexByte(line, '{')+1 : len(line)-1]
	number, nonSync := strings.CutSuffix(digits, "+")
	size, err := strconv.Atoi(number)
	if err != nil || size < 0 {
		return 0, false, false
	}
	return size, !nonSync, true
}

// answer does a command and says how it went.
func (c *session) answer(cmd Command) error {
	c.server.note(c, cmd)
	f := c.faults()
	if err := c.before(cmd.Name, f); err != nil {
		return err
	}
	if text := f.Answers[cmd.Name]; text != "" {
		return c.done(cmd, text)
	}
	if c.user == "" && !slices.Contains([]string{"CAPABILITY", "NOOP", "LOGOUT", "LOGIN", "AUTHENTICATE", "STARTTLS", "ID"}, cmd.Name) {
		return c.done(cmd, "BAD log in first")
	}
	switch cmd.Name {
	case "CAPABILITY":
		return c.tell(cmd, "* CAPABILITY "+c.abilities()+"\r\n")
	case "LOGIN":
		words := fields(cmd.Args)
		if len(words) != 2 {
			return c.done(cmd, "BAD LOGIN takes a name and a password")
		}
		return c.login(cmd, words[0], words[1])
	case "AUTHENTICATE":
		return c.authenticate(cmd)
	case "STARTTLS":
		return c.startTLS(cmd, f)
	case "NOOP", "CHECK":
		c.refresh()
		return c.tell(cmd, c.exists())
	case "ID":
		return c.tell(cmd, "* ID (\"name\" \"faultserver\")\r\n")
	case "NAMESPACE":
		return c.tell(cmd, "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n")
	case "LOGOUT":
		_ = c.say("* BYE see you\r\n")
		_ = c.done(cmd, "OK done")
		return errEnd
	case "UNSELECT", "CLOSE":
		c.selected = ""
		return c.done(cmd, "OK done")
	case "LIST":
		return c.list(cmd, f)
	case "STATUS":
		return c.status(cmd, f)
	case "SELECT", "EXAMINE":
		return c.selects(cmd, f)
	case "SEARCH", "UID SEARCH":
		return c.search(cmd, f)
	case "FETCH", "UID FETCH":
		return c.fetch(cmd, f)
	case "STORE", "UID STORE":
		return c.store(cmd)
	case "EXPUNGE", "UID EXPUNGE":
		return c.expunge(cmd)
	case "UID MOVE":
		return c.move(cmd)
	case "IDLE":
		return c.idle(cmd, f)
	}
	return c.done(cmd, "BAD unknown command")
}

func (c *session) done(cmd Command, text string) error { return c.say(cmd.Tag + " " + text + "\r\n") }

func (c *session) tell(cmd Command, untagged string) error {
	return c.say(untagged + cmd.Tag + " OK done\r\n")
}

func (c *session) login(cmd Command, name, password string) error {
	c.server.mu.Lock()
	if name != Hand {
		c.server.logins = append(c.server.logins, time.Now())
	}
	c.server.mu.Unlock()
	_, encrypted := c.conn.(*tls.Conn)
	if c.server.security != Plain && !encrypted {
		c.server.violate(fmt.Sprintf("connection %d sends a password in plain text", c.number))
	}
	if password == WrongPassword {
		return c.done(cmd, "NO [AUTHENTICATIONFAILED] wrong password")
	}
	c.user = name
	return c.done(cmd, "OK [CAPABILITY "+c.abilities()+"] welcome")
}

func (c *session) startTLS(cmd Command, f Faults) error {
	_, encrypted := c.conn.(*tls.Conn)
	switch {
	case c.server.security != StartTLS || encrypted || f.StartTLS == TLSStripped:
		return c.done(cmd, "BAD unknown command")
	case f.StartTLS == TLSRefused:
		return c.done(cmd, "NO not now")
	case f.StartTLS == TLSInjected:
		if err := c.say(cmd.Tag + " OK begin\r\n* CAPABILITY IMAP4rev1 X-INJECTED\r\n"); err != nil {
			return err
		}
	case f.StartTLS == TLSTagged:
		if err := c.done(cmd, "OK [CAPABILITY IMAP4rev1 X-INJECTED] begin"); err != nil {
			return err
		}
	default:
		if err := c.done(cmd, "OK begin"); err != nil {
			return err
		}
	}
	secret := tls.Server(c.raw, c.server.tls)
	if err := secret.Handshake(); err != nil {
		return err
	}
	c.secure(secret)
	return nil
}

func (c *session) idle(cmd Command, f Faults) error {
	if !c.has("IDLE") {
		return c.done(cmd, "BAD unknown command")
	}
	if err := c.say("+ idling\r\n"); err != nil {
		return err
	}
	if f.IdleBye {
		_ = c.say("* BYE idle for too long\r\n")
		return errEnd
	}
	c.server.mu.Lock()
	c.idling = c.selected
	c.server.mu.Unlock()
	_, err := c.line() // DONE
	c.server.mu.Lock()
	c.idling = ""
	c.server.mu.Unlock()
	if err != nil {
		return err
	}
	return c.done(cmd, "OK done")
}

// fields takes a command's arguments apart: atoms, quoted strings, and lists in parentheses as one.
func fields(args string) []string {
	var words []string
	for args = strings.TrimSpace(args); args != ""; args = strings.TrimSpace(args) {
		var word string
		word, args = field(args)
		words = append(words, word)
	}
	return words
}

// field gives the first argument and the rest.
func field(args string) (word, rest string) {
	switch args[0] {
	case '"':
		for i := 1; i < len(args); i++ {
			switch args[i] {
			case '\\':
				i++
			case '"':
				return strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(args[1:i]), args[i+1:]
			}
		}
		return args[1:], ""
	case '(':
		depth, quoted := 0, false
		for i := range len(args) {
			switch {
			case args[i] == '"':
				quoted = !quoted
			case quoted:
			case args[i] == '(':
				depth++
			case args[i] == ')':
				if depth--; depth == 0 {
					return args[:i+1], args[i+1:]
				}
			}
		}
		return args, ""
	}
	depth := 0 // BODY[HEADER.FIELDS (A B)] is one word
	for i := range len(args) {
		switch args[i] {
		case '[':
			depth++
		case ']':
			depth--
		case ' ':
			if depth <= 0 {
				return args[:i], args[i+1:]
			}
		}
	}
	return args, ""
}

// inside takes the parentheses off a list.
func inside(list string) string { return strings.TrimSuffix(strings.TrimPrefix(list, "("), ")") }
