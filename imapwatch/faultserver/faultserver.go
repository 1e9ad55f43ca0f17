// Package faultserver is an IMAP server in memory that does wrong what it is told to do wrong: every fault of the network
// in docs/faults.md can be switched on, while it runs, for tests, for fuzzing and by hand (make faultserver). Without a
// fault it is a plain server that keeps to RFC 3501 as far as a mail program needs it.
//
//	s, err := faultserver.Start(faultserver.Options{})
//	s.Deliver("Sent", nil, twoWeeksAgo, raw)
//	s.Set(faultserver.Faults{Append: faultserver.AppendAnswerLost, Times: 1})
//	… the program passes …
//	s.Heal()
//	… the program passes again …
//	for folder, messages := range s.Snapshot() { … }
//	if wrong := s.Violations(); len(wrong) > 0 { … }
//	s.Close()
//
// Every username logs into the same mailbox, with any password but WrongPassword. Whoever logs in as Hand is the rep's own
// mail client: no fault touches it, and what it does is not held against the program. It listens on loopback only.
//
// What it does not know: folders of folders, quoting rules for odd names (names are taken as they come), CONDSTORE,
// charsets of SEARCH, body parts other than HEADER, TEXT and the whole.
package faultserver

import (
	"crypto/tls"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// Hand is the username of the rep's own mail client. WrongPassword is what no username gets in with.
const (
	Hand          = "hand"
	WrongPassword = "wrong"
)

// Security is how connections begin.
type Security string

// The kinds of Security.
const (
	Plain    Security = "none"
	TLS      Security = "tls"
	StartTLS Security = "starttls"
)

// Options of a server. The zero value is a plain-text server on a free port with every ability.
type Options struct {
	Addr        string      // to listen on; "" is 127.0.0.1:0
	Security    Security    // "" is Plain
	Certificate Certificate // for TLS and StartTLS
	Faults      Faults      // switched on from the start

	// Now dates what is appended without a date, and says when what comes late has come. nil: time.Now.
	Now func() time.Time
}

// Message is one message as it lies in a folder.
type Message struct {
	UID      uint32
	Flags    []string
	Received time.Time // INTERNALDATE
	Raw      []byte
}

// Has says whether the message bears a flag.
func (m Message) Has(flag string) bool {
	return slices.ContainsFunc(m.Flags, func(f string) bool { return strings.EqualFold(f, flag) })
}

// Server is a running server. Its methods may be called at any time from any goroutine.
type Server struct {
	addr     *net.TCPAddr
	listener net.Listener
	security Security
	tls      *tls.Config
	root     []byte
	now      func() time.Time
	running  sync.WaitGroup

	mu       sync.Mutex
	stopped  bool
	faults   Faults
	left     int // how often faults of APPEND still strike; less than 0: always
	folders  map[string]*folder
	sessions map[*session]bool
	opened   int // connections so far
	logins   []time.Time
	log      []Command
	seen     []string // what the program must not do, and did
	onEach   func(Command)
	holding  []late
}

// late is a message that the server took and does not show yet.
type late struct {
	folder string
	m      Message
	at     time.Time
}

type folder struct {
	use      string // \Sent, "" none
	validity uint32
	next     uint32
	messages []Message
}

// Start listens and serves until Close.
func Start(options Options) (*Server, error) {
	if options.Addr == "" {
		options.Addr = "127.0.0.1:0"
	}
	if options.Security == "" {
		options.Security = Plain
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	listener, err := net.Listen("tcp", options.Addr)
	if err != nil {
		return nil, fmt.Errorf("start the fault server: %w", err)
	}
	s := &Server{
		addr: listener.Addr().(*net.TCPAddr), listener: listener, security: options.Security, now: options.Now,
		folders: make(map[string]*folder), sessions: make(map[*session]bool),
	}
	if !s.addr.IP.IsLoopback() {
		listener.Close()
		return nil, fmt.Errorf("start the fault server: %s is not this machine alone", s.addr.IP)
	}
	if s.tls, s.root, err = options.Certificate.make(); err != nil {
		listener.Close()
		return nil, fmt.Errorf("start the fault server: %w", err)
	}
	for i, f := range []struct{ name, use string }{
		{"INBOX", ""}, {"Sent", `\Sent`}, {"Drafts", `\Drafts`}, {"Archive", `\Archive`}, {"Junk", `\Junk`}, {"Trash", `\Trash`},
	} {
		s.folders[f.name] = &folder{use: f.use, validity: uint32(1000 + i), next: 1}
	}
	s.Set(options.Faults)
	s.running.Go(s.serve)
	return s, nil
}

// Addr is where the server listens.
func (s *Server) Addr() *net.TCPAddr { return s.addr }

// Root is the certificate to trust, as PEM.
func (s *Server) Root() []byte { return s.root }

// Close ends the server and every connection, and waits for them.
func (s *Server) Close() {
	s.listener.Close()
	s.mu.Lock()
	s.stopped = true
	s.mu.Unlock()
	s.Hangup()
	s.running.Wait()
}

// Hangup cuts every connection there is.
func (s *Server) Hangup() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for one := range s.sessions {
		one.cut()
	}
}

func (s *Server) serve() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return // closed
		}
		s.mu.Lock()
		s.opened++
		one := &session{server: s, raw: conn, number: s.opened}
		refuse := s.stopped || s.faults.Refuse
		if !refuse {
			s.sessions[one] = true
		}
		s.mu.Unlock()
		if refuse {
			if tcp, ok := conn.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0) // a reset, as from a port on which nobody listens
			}
			conn.Close()
			continue
		}
		s.running.Go(func() {
			defer s.leave(one)
			one.run()
		})
	}
}

func (s *Server) leave(one *session) {
	one.cut()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, one)
}

// Set switches these faults on and all others off, from the next command on.
func (s *Server) Set(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.left = f, f.Times
	if f.Times == 0 {
		s.left = -1
	}
}

// Heal switches every fault off.
func (s *Server) Heal() { s.Set(Faults{}) }

// Faults gives what is switched on.
func (s *Server) Faults() Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults
}

// OnEach has each of the program's commands told to f before it is answered, in the goroutine of its connection; nil ends
// that. f may call the server's methods: deliver mail, cut connections, kill the program.
func (s *Server) OnEach(f func(Command)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onEach = f
}

// Deliver lays a message into a folder, as delivery or another program would, and gives its UID; connections in IDLE hear
// of it. A folder that does not exist is made. received zero: now.
func (s *Server) Deliver(name string, flags []string, received time.Time, raw []byte) uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(name, Message{Flags: flags, Received: received, Raw: raw})
}

// Remove takes a message out of a folder, as the rep's own client would.
func (s *Server) Remove(name string, uid uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expunge(name, func(m Message) bool { return m.UID == uid })
}

// Renumber gives a folder another UIDVALIDITY and its messages other UIDs.
func (s *Server) Renumber(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.folders[name].renumber()
}

func (box *folder) renumber() {
	box.validity += 100
	box.next = 1
	for i := range box.messages {
		box.messages[i].UID = box.next
		box.next++
	}
}

// CreateFolder makes a folder with a special use (`\Drafts`), "" without. RemoveFolder removes one with all it holds.
func (s *Server) CreateFolder(name, use string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.folders[name] = &folder{use: use, validity: uint32(2000 + len(s.folders)), next: 1}
}

// RemoveFolder removes a folder with all it holds.
func (s *Server) RemoveFolder(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.folders, name)
}

// Arrive shows what AppendLate and AppendOKLate hold back, whatever its time.
func (s *Server) Arrive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.show(func(late) bool { return true })
}

// Snapshot gives every folder with copies of its messages, in the order of their UIDs. What was not shown yet is not in it.
func (s *Server) Snapshot() map[string][]Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make(map[string][]Message, len(s.folders))
	for name, f := range s.folders {
		all[name] = []Message{}
		for _, m := range f.messages {
			m.Flags, m.Raw = slices.Clone(m.Flags), slices.Clone(m.Raw)
			all[name] = append(all[name], m)
		}
	}
	return all
}

// Logins gives when the program logged in or tried to.
func (s *Server) Logins() []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.logins)
}

// Opened gives how many connections were made so far, refused ones too.
func (s *Server) Opened() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened
}

// Connections gives how many connections are open.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sessions)
}

// add appends with mu held.
func (s *Server) add(name string, m Message) uint32 {
	f := s.folders[name]
	if f == nil {
		f = &folder{validity: uint32(2000 + len(s.folders)), next: 1}
		s.folders[name] = f
	}
	if m.Received.IsZero() {
		m.Received = s.now()
	}
	m.UID = f.next
	f.next++
	f.messages = append(f.messages, m)
	s.announce(name, fmt.Sprintf("* %d EXISTS\r\n", len(f.messages)))
	return m.UID
}

// expunge removes with mu held, and gives the sequence numbers as EXPUNGE tells them.
func (s *Server) expunge(name string, gone func(Message) bool) []int {
	f := s.folders[name]
	if f == nil {
		return nil
	}
	var numbers []int
	for i := 0; i < len(f.messages); {
		if !gone(f.messages[i]) {
			i++
			continue
		}
		f.messages = slices.Delete(f.messages, i, i+1)
		numbers = append(numbers, i+1)
	}
	return numbers
}

// show lets the late that fit appear, with mu held.
func (s *Server) show(which func(late) bool) {
	for _, l := range slices.Clone(s.holding) {
		if which(l) {
			s.add(l.folder, l.m)
		}
	}
	s.holding = slices.DeleteFunc(s.holding, which)
}

// announce tells connections in IDLE, with mu held.
func (s *Server) announce(name, line string) {
	if s.faults.IdleMute {
		return
	}
	for one := range s.sessions {
		if one.idling == name {
			one.push(line)
		}
	}
}

func (s *Server) names() []string { return slices.Sorted(maps.Keys(s.folders)) }
