package imaptest

import (
	"bufio"
	"io"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// Moment is a place in the dialogue of a program and its server.
type Moment int

// The moments. Those of a literal come in this order, between the command's first line and the line that goes on after it.
const (
	AtCommand  Moment = iota // the first line of a command is about to cross
	AtMiddle                 // half of a literal has crossed
	AtLastByte               // all of a literal but its last byte has
	AtLiteral                // a whole literal has
	AtRest                   // the line that goes on after a literal is about to cross: the last line break, mostly
	AtSaid                   // a command that bore literals has crossed as a whole
	AtAnswer                 // a line of the server's is about to cross
	AtAnswered               // it has crossed
)

// Step is a moment of one connection.
type Step struct {
	At   Moment
	Line string // at AtCommand, AtRest, AtAnswer and AtAnswered: the line, with its line break
	// The command that the moment belongs to, as APPEND or UID STORE. Of an answer it is the one that a tagged line ends, or
	// that asked for a continuation; "" for an untagged line.
	Name string
	Tag  string // of that command; "" for a continuation
}

// Verdict is what becomes of a connection at a step. The zero value lets it go on.
type Verdict struct {
	Cut    bool   // both sides hang up, and nothing more crosses
	Mute   bool   // at AtAnswer: this line and all that follow are swallowed, while the connection stands
	Answer string // at AtCommand: the server does not get to see the command, and the program gets this line
}

// Tap is a proxy before a server that stops at each step of each connection. Its functions are called by several
// connections at once.
type Tap struct {
	Connect func(hangup func()) bool // a connection begins; false: it ends at once. nil: all may
	Step    func(Step) Verdict
}

// Listen starts the proxy and gives the account as it is reached through it. It ends with the test. It understands literals
// of the program's, and takes the server's words line by line.
func (p Tap) Listen(t testing.TB, a Account) Account {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen for the proxy: %v", err)
	}
	server := a.Addr()
	var running sync.WaitGroup
	var mu sync.Mutex
	var hangups []func()
	running.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", server)
			if err != nil {
				client.Close()
				continue
			}
			hangup := func() { client.Close(); to.Close() }
			if p.Connect != nil && !p.Connect(hangup) {
				hangup()
				continue
			}
			mu.Lock()
			hangups = append(hangups, hangup)
			mu.Unlock()
			w := &wire{step: p.Step, client: client, server: to, hangup: hangup, underWay: make(map[string]string)}
			running.Go(w.up)
			running.Go(w.down)
		}
	})
	t.Cleanup(func() {
		listener.Close()
		mu.Lock()
		for _, hangup := range hangups {
			hangup()
		}
		mu.Unlock()
		running.Wait()
	})
	a.Port = listener.Addr().(*net.TCPAddr).Port
	return a
}

// wire is one connection through a tap.
type wire struct {
	step           func(Step) Verdict
	client, server net.Conn
	hangup         func()

	mu       sync.Mutex
	underWay map[string]string // tag → command
	last     string            // the command begun last
}

var commandLine = regexp.MustCompile(`^(\S+) ((?:UID )?[A-Za-z]+)`)

// begin notes a command.
func (w *wire) begin(tag, name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.underWay[tag], w.last = name, name
}

// answers tells which command a line of the server's belongs to.
func (w *wire) answers(line string) (tag, name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if strings.HasPrefix(line, "+") {
		return "", w.last
	}
	first, _, _ := strings.Cut(line, " ")
	if name = w.underWay[first]; name != "" {
		delete(w.underWay, first)
		return first, name
	}
	return "", ""
}

// up takes the program's words to the server.
func (w *wire) up() {
	defer w.hangup()
	from := bufio.NewReader(w.client)
	for {
		line, err := from.ReadString('\n')
		if err != nil {
			return
		}
		s := Step{At: AtCommand, Line: line}
		if m := commandLine.FindStringSubmatch(line); m != nil {
			s.Tag, s.Name = m[1], strings.ToUpper(m[2])
			w.begin(s.Tag, s.Name)
		}
		verdict := w.step(s)
		if verdict.Answer != "" {
			if _, err := io.WriteString(w.client, verdict.Answer+"\r\n"); err != nil {
				return
			}
			continue
		}
		if verdict.Cut || !w.command(s, from) {
			return
		}
	}
}

// command takes a command over, its literals with it; false: the connection is over.
func (w *wire) command(s Step, from *bufio.Reader) bool {
	goesOn := func(at Moment) bool {
		return !w.step(Step{At: at, Tag: s.Tag, Name: s.Name}).Cut
	}
	bore := false
	for {
		if _, err := io.WriteString(w.server, s.Line); err != nil {
			return false
		}
		n, _, ok := literalSize(strings.TrimSuffix(s.Line, "\r\n"))
		if !ok {
			return !bore || goesOn(AtSaid)
		}
		bore = true
		crossed := 0
		for _, stop := range []struct {
			at    Moment
			after int
		}{{AtMiddle, n / 2}, {AtLastByte, max(n-1, 0)}, {AtLiteral, n}} {
			after := max(stop.after, crossed)
			if _, err := io.CopyN(w.server, from, int64(after-crossed)); err != nil || !goesOn(stop.at) {
				return false
			}
			crossed = after
		}
		line, err := from.ReadString('\n')
		if err != nil {
			return false
		}
		s.At, s.Line = AtRest, line
		if w.step(s).Cut {
			return false
		}
	}
}

// down takes the server's words to the program.
func (w *wire) down() {
	defer w.hangup()
	from := bufio.NewReader(w.server)
	for {
		line, err := from.ReadString('\n')
		if err != nil {
			return
		}
		s := Step{At: AtAnswer, Line: line}
		s.Tag, s.Name = w.answers(line)
		verdict := w.step(s)
		if verdict.Cut {
			return
		}
		if verdict.Mute {
			_, _ = io.Copy(io.Discard, from) // until the program hangs up
			return
		}
		if _, err := io.WriteString(w.client, line); err != nil {
			return
		}
		s.At = AtAnswered
		if w.step(s).Cut {
			return
		}
	}
}
