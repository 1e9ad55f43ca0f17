package imapwatch

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
)

// Traffic counts what goes over a mailbox's connections. The zero value has counted nothing; it is safe for several
// goroutines, and outlives the Mailbox that it was given to, so that counts go on where a changed configuration makes a new one.
type Traffic struct {
	commands, received, sent atomic.Int64
	connected, lost, appends atomic.Int64
	failed                   [Causes]atomic.Int64
}

// Counts is what a Traffic has counted at a moment.
type Counts struct {
	Commands       int64         // IMAP commands sent
	Received, Sent int64         // bytes of the connections, encryption included
	Connected      int64         // logins that the server took
	Lost           int64         // connections that ended in the middle of a command
	AppendsFailed  int64         // APPENDs that came to nothing: refused, or nobody knows
	ConnectsFailed [Causes]int64 // by cause
}

// Counts gives what was counted so far.
func (t *Traffic) Counts() Counts {
	c := Counts{
		Commands: t.commands.Load(), Received: t.received.Load(), Sent: t.sent.Load(),
		Connected: t.connected.Load(), Lost: t.lost.Load(), AppendsFailed: t.appends.Load(),
	}
	for i := range t.failed {
		c.ConnectsFailed[i] = t.failed[i].Load()
	}
	return c
}

// Cause is why a connection did not come about.
type Cause int

// The causes, and how many there are.
const (
	CauseNetwork Cause = iota // nothing answers, or not with IMAP
	CauseTLS                  // no encryption that can be trusted
	CauseLogin                // the server refuses the credentials
	CauseBusy                 // the server has too many connections, or asks for patience
	CauseSecret               // there is no password or token to log in with
	CauseLost                 // the connection ended before the login was over
	Causes
)

// String names a cause in a word.
func (c Cause) String() string {
	return [Causes]string{"network", "tls", "login", "busy", "secret", "lost"}[c]
}

// causeOf tells the cause of an error of connecting.
func causeOf(err error) Cause {
	var (
		login      *LoginError
		busy       *BusyError
		encryption *TLSError
		dial       *DialError
		lost       *LostError
	)
	switch {
	case errors.As(err, &login):
		return CauseLogin
	case errors.As(err, &busy):
		return CauseBusy
	case errors.As(err, &encryption):
		return CauseTLS
	case errors.As(err, &dial): // it may wrap a LostError, of the greeting
	case errors.As(err, &lost):
		return CauseLost
	}
	return CauseNetwork
}

// opened counts how connecting went. A refused login is counted where the server was asked, not where it was spared.
func (t *Traffic) opened(ctx context.Context, err error) {
	switch {
	case err == nil:
		t.connected.Add(1)
	case ctx.Err() == nil && causeOf(err) != CauseLogin:
		t.failed[causeOf(err)].Add(1)
	}
}

// metered is a connection to a server whose bytes are counted.
type metered struct {
	net.Conn
	traffic *Traffic
}

func (c metered) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.traffic.received.Add(int64(n))
	return n, err
}

func (c metered) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.traffic.sent.Add(int64(n))
	return n, err
}
