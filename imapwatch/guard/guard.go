// Package guard stands between go-imap v2 (beta 8) and an IMAP server. Below the library, as a net.Conn, it does what the
// library does not: it notices a server that has fallen silent, bounds what a server may send, keeps the server's words
// (BYE, ALERT, the reason of a NO), and hands on only what the library can read.
//
// It guarantees that a Read which waits on the server ends within the limit given to Expect; that memory and time are
// bounded whatever the server sends; and that what the library is given is well-formed. To that end responses are read,
// checked and written anew. Messages go past the library to a Receiver. Responses and FETCH items that followupd
// never asks for (ENVELOPE, BODYSTRUCTURE, VANISHED, X-GM-LABELS, QUOTA …) are dropped, as is a folder's or a flag's name
// where nothing can be made of it.
//
// It does not guarantee that what the server says is true or complete.
package guard

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// ErrSilent says that the server left the client waiting longer than the limit given to Expect.
var ErrSilent = errors.New("the server does not answer")

// ErrInjected says that plain text followed the answer to STARTTLS: somebody else speaks on the line (CVE-2011-0411).
var ErrInjected = errors.New("plain text follows the answer to STARTTLS")

// LimitError says which bound a server's response went past.
type LimitError struct {
	What  string // "line", "literal", "response", "nesting", "responses to one command"
	Limit int64
}

// Error names the bound.
func (e *LimitError) Error() string {
	return fmt.Sprintf("the server's answer is too big: %s over %d", e.What, e.Limit)
}

// NotIMAPError says that what greets is no IMAP server: another protocol, or TLS where plain text was expected.
type NotIMAPError struct {
	Said string // its first words, made harmless
}

// Error shows the first words.
func (e *NotIMAPError) Error() string {
	return fmt.Sprintf("this is no IMAP server: it greets with %q", e.Said)
}

// Limits bounds what a server may send. A zero field means the default in brackets.
type Limits struct {
	Line      int64 // bytes of a response outside of message text [1 MiB]; results of a search may have 4 times as many
	Literal   int64 // bytes of one literal that is message text [32 MiB]
	Response  int64 // bytes of one response in all [64 MiB]
	Depth     int   // nested parentheses [64]
	Responses int   // responses between two calls of Expect [200,000]
}

func (l Limits) withDefaults() Limits {
	def := func(n *int64, to int64) {
		if *n == 0 {
			*n = to
		}
	}
	def(&l.Line, 1<<20)
	def(&l.Literal, 32<<20)
	def(&l.Response, 64<<20)
	if l.Depth == 0 {
		l.Depth = 64
	}
	if l.Responses == 0 {
		l.Responses = 200_000
	}
	return l
}

// searchLines is how many times longer than a line the result of a search may be: 4 MiB are half a million messages. Where
// there are more, dates are asked for instead; taking in a list of two million numbers was seen to cost 65 MiB.
const searchLines = 4

// Conn is a guarded connection. Read is for one goroutine, as go-imap has it; the rest may be called from any.
type Conn struct {
	net.Conn // the server

	limits    Limits
	responses atomic.Int64             // since Expect
	receiver  atomic.Pointer[Receiver] // of the open FETCH
	watch     watch
	sent      sent

	mu      sync.Mutex
	told    Told
	err     error // why the guard closed the connection
	asked   asked
	hearing hearing
	over    chan struct{} // closed once nothing more comes

	// What follows belongs to the goroutine that reads.
	in      *bufio.Reader // lent by buffers while there is something to read; see await
	first   [64]byte      // what awaited the buffer
	pending []byte        // the part of first that it has not got yet
	out     []byte        // checked, not yet read
	taken   int           // bytes of out that have been read
	line    int64         // bytes of the current response outside of literals
	size    int64         // bytes of the current response in all
	greeted bool
	through bool   // STARTTLS was answered: nothing is IMAP any more
	fetch   fetch  // kept for beginFetch
	spec    []byte // the last one that sectionSpec read
	flagged struct {
		said []byte
		list []string
	} // the last flags of a message
	scratch []byte // kept for value
	done    error  // what every further Read returns
}

// readBuffer is what is read of the connection at once, in bytes. Of 32 KiB, a first pass of 20,000 headers takes the same user time
// (0.57 s, medians of 5 in turns).
const readBuffer = 8 << 10

// buffers are lent to connections on which something comes. One that is silent, as thousands are in IDLE, holds none.
var buffers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, readBuffer) }}

// await waits for the beginning of a response. Where none has come yet, it waits without a buffer.
func (c *Conn) await() error {
	if c.in != nil {
		if c.in.Buffered() > 0 {
			return nil
		}
		c.in.Reset(nil)
		buffers.Put(c.in)
		c.in = nil
		if cap(c.out) > len(c.first)*4 {
			c.out = nil
		}
	}
	n, err := source{c}.Read(c.first[:])
	c.pending = c.first[:n]
	c.in = buffers.Get().(*bufio.Reader)
	c.in.Reset(source{c})
	if n > 0 { // an error comes again
		return nil
	}
	return err
}

// Wrap puts a guard before c. With implicit TLS, c is the TLS connection; for STARTTLS see StartTLS.
func Wrap(c net.Conn, l Limits) *Conn {
	g := &Conn{Conn: c, limits: l.withDefaults(), over: make(chan struct{})}
	g.watch.silent = func() { g.fail(ErrSilent) }
	return g
}

// Expect says that from now on the server may leave the client waiting for limit at most; then the connection is closed
// with ErrSilent. Waiting ends with each whole response, and with every 4 KiB of a longer one, so that a server cannot
// put the end off by a byte now and then. A limit of 0 says that nothing is expected, as between commands; a response
// once begun must still end within the last limit. Either way the count of responses starts anew.
func (c *Conn) Expect(limit time.Duration) {
	c.responses.Store(0)
	c.watch.expect(limit)
}

// Err says why the guard closed the connection: ErrSilent, ErrInjected, *LimitError or *NotIMAPError; nil if it did not.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// fail closes the connection for a reason.
func (c *Conn) fail(err error) {
	c.mu.Lock()
	if c.err == nil {
		c.err = err
	}
	c.mu.Unlock()
	// Closing a TLS connection says goodbye to the peer first, for up to five seconds; this peer is not worth it.
	if t, ok := c.Conn.(interface{ NetConn() net.Conn }); ok {
		_ = t.NetConn().Close()
		return
	}
	_ = c.Conn.Close()
}

// Close closes the connection.
func (c *Conn) Close() error {
	c.watch.stop()
	return c.Conn.Close()
}

// SetReadDeadline does nothing: go-imap sets deadlines of its own, which are off between responses and start anew
// within one. Expect rules instead.
func (c *Conn) SetReadDeadline(time.Time) error { return nil }

// SetDeadline sets the deadline for writing only.
func (c *Conn) SetDeadline(t time.Time) error { return c.SetWriteDeadline(t) }

// Write sends to the server and notes which answers that makes possible.
func (c *Conn) Write(p []byte) (int, error) {
	c.sent.note(p)
	n, err := c.Conn.Write(p)
	if err != nil {
		if why := c.Err(); why != nil {
			err = why
		}
		return n, err
	}
	c.watch.moved()
	return n, nil
}

// Read gives the server's responses, checked.
func (c *Conn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		switch {
		case c.taken < len(c.out):
			n := copy(p, c.out[c.taken:])
			if c.taken += n; c.taken == len(c.out) {
				c.reuse()
			}
			return n, nil
		case c.done != nil:
			return 0, c.done
		case c.through:
			return c.in.Read(p)
		default:
			err := c.await()
			if err == nil {
				err = c.respond()
			}
			if err != nil {
				c.end(err)
			}
		}
	}
}

// end notes that nothing more comes, and why.
func (c *Conn) end(err error) {
	c.done = c.reason(err)
	close(c.over)
}

// maxKept is the biggest buffer that is kept for the next response.
const maxKept = 256 << 10

// reuse empties out, and lets go of a buffer that one huge response has made.
func (c *Conn) reuse() {
	c.taken = 0
	if cap(c.out) > maxKept {
		c.out = nil
		return
	}
	c.out = c.out[:0]
}

// reason turns an error of reading into what the client is told, and closes the connection for the guard's own.
func (c *Conn) reason(err error) error {
	var limit *LimitError
	var foreign *NotIMAPError
	if errors.As(err, &limit) || errors.As(err, &foreign) || errors.Is(err, ErrInjected) {
		c.fail(err)
	}
	if why := c.Err(); why != nil {
		return why
	}
	if errors.Is(err, io.EOF) && c.size > 0 {
		return io.ErrUnexpectedEOF
	}
	return err
}

// source is the server's side as the guard's buffer reads it: every byte is noticed by the watch.
type source struct{ c *Conn }

func (s source) Read(p []byte) (int, error) {
	if len(s.c.pending) > 0 {
		n := copy(p, s.c.pending)
		s.c.pending = s.c.pending[n:]
		return n, nil
	}
	s.c.watch.waiting()
	n, err := s.c.Conn.Read(p)
	s.c.watch.came(n)
	return n, err
}
