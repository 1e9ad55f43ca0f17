package imaptest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Scripted starts a server on loopback that follows a script on each connection: script runs once per connection, in a
// goroutine of its own, and the connection is closed when it returns. When the client hangs up, the script ends at its
// next act. A failed test logs the conversations.
//
//	a := imaptest.Scripted(t, func(s *imaptest.Script) {
//		s.Greet()
//		s.Login()
//		s.Expect("SELECT")
//		s.Stall()
//	})
func Scripted(t testing.TB, script func(s *Script)) Account {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	server := &scripted{t: t, open: make(map[net.Conn]bool)}
	server.running.Go(func() { server.serve(listener, script) })
	t.Cleanup(func() { server.stop(listener) })
	addr := listener.Addr().(*net.TCPAddr)
	return Account{
		Host: addr.IP.String(), Port: addr.Port, Security: "none", Username: "rep", Password: password, t: t,
	}
}

type scripted struct {
	t       testing.TB
	running sync.WaitGroup

	mu      sync.Mutex
	open    map[net.Conn]bool
	stopped bool
	said    strings.Builder
}

func (s *scripted) serve(listener net.Listener, script func(*Script)) {
	for n := 0; ; n++ {
		conn, err := listener.Accept()
		if err != nil {
			return // stopped
		}
		if !s.add(conn) {
			return
		}
		one := &Script{N: n, server: s, conn: conn, r: bufio.NewReader(conn)}
		s.running.Go(func() {
			defer s.remove(conn)
			script(one)
		})
	}
}

func (s *scripted) add(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		_ = conn.Close()
		return false
	}
	s.open[conn] = true
	return true
}

func (s *scripted) remove(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = conn.Close()
	delete(s.open, conn)
}

func (s *scripted) stop(listener net.Listener) {
	_ = listener.Close()
	s.mu.Lock()
	s.stopped = true
	for conn := range s.open {
		_ = conn.Close()
	}
	s.mu.Unlock()
	s.running.Wait()
	if s.t.Failed() {
		s.t.Logf("the scripted server's conversations:\n%s", s.said.String())
	}
}

// note keeps the conversation for the log of a failed test, the first 64 KiB of it.
func (s *scripted) note(n int, who, what string) {
	const most, longest = 64 << 10, 200
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.said.Len() > most {
		return
	}
	fmt.Fprintf(&s.said, "%d %s %.*q\n", n, who, longest, what)
}

// Script is the server's side of one connection.
type Script struct {
	N int // which connection this is, from 0

	server *scripted
	conn   net.Conn
	r      *bufio.Reader
}

// Command is what the client said: `T3 UID FETCH 1:5 (FLAGS)` has the Tag T3, the Name "UID FETCH" and the Args
// `1:5 (FLAGS)`. A literal stands in Args as its {n}, and in Literals with its bytes.
type Command struct {
	Tag, Name, Args string
	Literals        [][]byte
}

// scriptedCaps is what Greet and Login say, so that no client needs to ask.
const scriptedCaps = "[CAPABILITY IMAP4rev1 IDLE UIDPLUS LITERAL+ SPECIAL-USE LIST-EXTENDED LIST-STATUS ESEARCH MOVE NAMESPACE]"

// Greet greets, and names abilities.
func (s *Script) Greet() { s.Say("* OK " + scriptedCaps + " ready") }

// Login takes a login, whatever the password.
func (s *Script) Login() { s.OK(s.Expect("LOGIN"), scriptedCaps+" logged in") }

// Select answers a SELECT or EXAMINE: a folder with so many messages, whose UIDs are 1 and up, and UIDVALIDITY 7.
func (s *Script) Select(messages int) {
	c := s.Next()
	if c.Name != "SELECT" && c.Name != "EXAMINE" {
		s.fail("want SELECT or EXAMINE, the client says %s", c.Name)
	}
	s.Say(fmt.Sprintf("* %d EXISTS", messages), `* FLAGS (\Seen \Deleted \Draft)`, "* OK [UIDVALIDITY 7] x",
		fmt.Sprintf("* OK [UIDNEXT %d] x", messages+1))
	s.OK(c, "[READ-WRITE] selected")
}

// Say sends lines.
func (s *Script) Say(lines ...string) { s.Raw(strings.Join(lines, "\r\n") + "\r\n") }

// OK, No and Bad complete a command.
func (s *Script) OK(c Command, text string)  { s.Say(c.Tag + " OK " + text) }
func (s *Script) No(c Command, text string)  { s.Say(c.Tag + " NO " + text) }
func (s *Script) Bad(c Command, text string) { s.Say(c.Tag + " BAD " + text) }

// Raw sends bytes as they are.
func (s *Script) Raw(data string) {
	s.server.note(s.N, "S", data)
	if _, err := io.WriteString(s.conn, data); err != nil {
		runtime.Goexit()
	}
}

// Expect gives the client's next command, which must have this name.
func (s *Script) Expect(name string) Command {
	c := s.Next()
	if c.Name != name {
		s.fail("want %s, the client says %s %s", name, c.Name, c.Args)
	}
	return c
}

// Next gives the client's next command, whatever it is; its literals are asked for.
func (s *Script) Next() Command {
	line := s.Line()
	var c Command
	c.Tag, line, _ = strings.Cut(line, " ")
	c.Name, c.Args, _ = strings.Cut(line, " ")
	c.Name = strings.ToUpper(c.Name)
	if c.Name == "UID" {
		var sub string
		sub, c.Args, _ = strings.Cut(c.Args, " ")
		c.Name += " " + strings.ToUpper(sub)
	}
	for rest := c.Args; ; {
		size, waits, ok := literalSize(rest)
		if !ok {
			return c
		}
		if waits {
			s.Say("+ go on")
		}
		data := make([]byte, size)
		if _, err := io.ReadFull(s.r, data); err != nil {
			runtime.Goexit()
		}
		c.Literals = append(c.Literals, data)
		rest = s.Line()
		c.Args += rest
	}
}

// Line gives the client's next line, without asking for a literal that it announces.
func (s *Script) Line() string {
	line, err := s.r.ReadString('\n')
	if err != nil {
		runtime.Goexit()
	}
	s.server.note(s.N, "C", line)
	return strings.TrimRight(line, "\r\n")
}

// Serve answers whatever the client says until it logs out or hangs up. answers maps names to what to do; a name that
// is missing gets an OK, and CAPABILITY its list.
func (s *Script) Serve(answers map[string]func(c Command)) {
	for {
		c := s.Next()
		switch answer := answers[c.Name]; {
		case answer != nil:
			answer(c)
		case c.Name == "CAPABILITY":
			s.Say("* " + strings.Trim(scriptedCaps, "[]"))
			s.OK(c, "done")
		case c.Name == "LOGOUT":
			s.Say("* BYE see you")
			s.OK(c, "done")
			return
		default:
			s.OK(c, "done")
		}
	}
}

// Idle answers an IDLE up to the client's DONE: it says the lines meanwhile.
func (s *Script) Idle(lines ...string) {
	c := s.Expect("IDLE")
	s.Say("+ idling")
	if len(lines) > 0 {
		s.Say(lines...)
	}
	if line := s.Line(); !strings.EqualFold(line, "DONE") {
		s.fail("want DONE, the client says %s", line)
	}
	s.OK(c, "done")
}

// Stall says nothing more until the client hangs up; it takes in what the client sends.
func (s *Script) Stall() {
	s.server.note(s.N, "S", "(stalls)")
	_, _ = io.Copy(io.Discard, s.r)
	runtime.Goexit()
}

// Drip sends bytes one at a time, each after a rest.
func (s *Script) Drip(data string, rest time.Duration) {
	tick := time.NewTicker(rest)
	defer tick.Stop()
	for i := range len(data) {
		<-tick.C
		s.Raw(data[i : i+1])
	}
}

// fail fails the test and ends the connection.
func (s *Script) fail(format string, args ...any) {
	s.server.t.Errorf("scripted server: "+format, args...)
	runtime.Goexit()
}

// literalSize reads {n} or {n+} at the end of a line.
func literalSize(line string) (size int, waits, ok bool) {
	if !strings.HasSuffix(line, "}") {
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
