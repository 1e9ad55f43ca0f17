package guard_test

import (
	"bytes"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"followupd/imapwatch/guard"

	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/google/go-cmp/cmp"
)

// session is what a client says in the transcripts of testdata. That of Dovecot was recorded; those of Gmail and Exchange
// are put together from what others report of them.
const session = "T1 LOGIN rep secret\r\nT2 LIST \"\" \"*\"\r\nT3 SELECT INBOX\r\nT4 UID SEARCH RETURN (ALL) ALL\r\n" +
	"T5 UID FETCH 1:* (UID FLAGS INTERNALDATE BODY.PEEK[HEADER.FIELDS (SUBJECT)])\r\nT6 IDLE\r\nDONE\r\n" +
	"T7 APPEND Drafts (\\Draft) {5}\r\nhello\r\nT8 LOGOUT\r\n"

// FuzzConn holds what the package promises for any bytes: no panic, no hang, the same whatever pieces they come in, and
// nothing that go-imap's client cannot read.
func FuzzConn(f *testing.F) {
	for _, name := range []string{"dovecot-2.3.19.txt", "gmail.txt", "exchange.txt"} {
		said, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(said, session, uint16(1000))
	}
	for _, c := range messages {
		f.Add([]byte(greeting+c.in), session, uint16(20))
	}
	for _, c := range rewritten {
		f.Add([]byte(greeting+c.in), c.client, uint16(7))
	}
	limits := guard.Limits{Line: 4 << 10, Literal: 16 << 10, Response: 32 << 10, Responses: 500}
	f.Fuzz(func(t *testing.T, said []byte, client string, cut uint16) {
		whole, _, errWhole := passed(strings.NewReader(string(said)), client, limits)
		at := int(cut) % (len(said) + 1)
		pieces := io.MultiReader(strings.NewReader(string(said[:at])), strings.NewReader(string(said[at:])))
		again, _, errAgain := passed(pieces, client, limits)
		// Whether plain text after STARTTLS is there already does depend on the pieces.
		if again != whole && errWhole != guard.ErrInjected && errAgain != guard.ErrInjected {
			t.Errorf("in one piece %q, in two %q", whole, again)
		}
		readable(t, said, limits)
		if diff := cmp.Diff(taken(said[:at], said[at:], client, limits), taken(said, nil, client, limits)); diff != "" {
			t.Errorf("messages in two pieces, -got, and +in one:\n%s", diff)
		}
	})
}

// taken gives what a Receiver gets of a server's words, said in two pieces.
func taken(said, more []byte, client string, limits guard.Limits) (messages []guard.Message) {
	g := guard.Wrap(recording{said: io.MultiReader(bytes.NewReader(said), bytes.NewReader(more))}, limits)
	defer g.Close()
	g.Receive(&guard.Receiver{
		Header: 100, Text: 10, Memory: func(n int) []byte { return make([]byte, n) },
		Each: func(m guard.Message) { messages = append(messages, m) },
	})
	_, _ = io.WriteString(g, client)
	_, _ = io.Copy(io.Discard, g) // what ends it, the other test compares
	return messages
}

// readable puts go-imap's client on the guard. It must get to the end of what the server says: if it ends the connection
// sooner, and the guard did not, it was given something that it cannot read.
func readable(t *testing.T, said []byte, limits guard.Limits) {
	t.Helper()
	g := guard.Wrap(&closable{recording: recording{said: strings.NewReader(string(said))}}, limits)
	heard := &listening{Conn: g}
	c := imapclient.New(heard, nil)
	select {
	case <-c.Closed():
	case <-time.After(20 * time.Second):
		t.Fatalf("go-imap hangs on %q", said)
	}
	err := c.Close()
	if err != nil && g.Err() == nil && !heard.out.Load() && !strings.Contains(err.Error(), "closed") {
		t.Errorf("go-imap: %v\non %q", err, said)
	}
}

// listening knows whether all was read. At the end of what is said go-imap may name an older mishap than the end: an ID that is
// not NIL leaves one behind.
type listening struct {
	net.Conn
	out atomic.Bool
}

func (l *listening) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	if err != nil {
		l.out.Store(true)
	}
	return n, err
}

// closable takes no more words once it is closed: go-imap counts on that to let go of its last command.
type closable struct {
	recording
	closed atomic.Bool
}

func (c *closable) Close() error {
	c.closed.Store(true)
	return nil
}

func (c *closable) Write(p []byte) (int, error) {
	if c.closed.Load() {
		return 0, net.ErrClosed
	}
	return len(p), nil
}
