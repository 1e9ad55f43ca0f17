package imapwatch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"followupd/imapwatch/guard"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
)

// conn is one connection, logged in. Its commands run one after the other, each through do.
type conn struct {
	guard    *guard.Conn
	raw      net.Conn
	client   *imapclient.Client
	traffic  *Traffic
	limit    time.Duration
	born     time.Time
	caps     imap.CapSet
	greeting string

	selected selection

	mu  sync.Mutex
	why error // why we closed it; nil while we did not
}

// selection is the folder that a connection has open, as SELECT or EXAMINE described it.
type selection struct {
	folder   string // "" none
	validity uint32
	next     imap.UID // 0 where the server does not say (Courier)
	count    uint32
	modseq   uint64
	flags    []imap.Flag // those in use; servers list every keyword that some message bears
}

// longTurn is how far away a turn must be for Waits to be told of it.
const longTurn = time.Second

// open connects and logs in. notice is told what the server says unasked; nil for a connection that does not watch.
// Errors: *DialError, *TLSError, *LoginError, *BusyError, *LostError.
func (m *Mailbox) open(ctx context.Context, notice func(why string)) (k *conn, err error) {
	// Before the secret is read: it may take a program, and hundreds of mailboxes would start theirs at once.
	turn := m.cfg.Turnstile.turn(m.cfg.Host)
	if turn > longTurn && notice == nil && m.cfg.Waits != nil {
		m.cfg.Waits()
	}
	if err := sleep(ctx, turn); err != nil {
		return nil, err
	}
	secret, err := m.cfg.Password(ctx)
	if err != nil {
		m.cfg.Traffic.failed[CauseSecret].Add(1)
		if m.cfg.Token {
			return nil, fmt.Errorf("get an access token: %w", err)
		}
		return nil, fmt.Errorf("read the password: %w", err)
	}
	if err := m.auth.refusal(secret); err != nil {
		return nil, err
	}
	defer func() { m.cfg.Traffic.opened(ctx, err) }()
	guarded, raw, err := m.connect(ctx)
	if err != nil {
		return nil, err
	}
	k = &conn{guard: guarded, raw: raw, traffic: m.cfg.Traffic, limit: m.cfg.Limit, born: time.Now()}
	k.guard.Expect(k.limit)
	k.client = imapclient.New(&wire{Conn: k.guard, commands: &m.cfg.Traffic.commands}, &imapclient.Options{
		UnilateralDataHandler: handler(notice, m.cfg.Steering.Keywords),
	})
	if err := k.start(ctx, m, secret); err != nil {
		k.close()
		return nil, err
	}
	return k, nil
}

// handler turns what the server says unasked into notices. It runs in the goroutine that reads the connection, so
// notice must not block. Changes of flags are news only where they may be one of the keywords.
func handler(notice func(why string), keywords []string) *imapclient.UnilateralDataHandler {
	if notice == nil {
		return nil
	}
	h := &imapclient.UnilateralDataHandler{
		Mailbox: func(data *imapclient.UnilateralDataMailbox) {
			if data.NumMessages != nil {
				notice("IDLE EXISTS")
			}
		},
		Expunge: func(uint32) { notice("IDLE EXPUNGE") },
	}
	if len(keywords) > 0 {
		h.Fetch = func(data *imapclient.FetchMessageData) {
			if m, err := data.Collect(); err == nil && len(tagsOf(m.Flags, keywords)) > 0 {
				notice("IDLE FLAGS")
			}
		}
	}
	return h
}

// start reads the greeting, logs in and asks for the capabilities.
func (k *conn) start(ctx context.Context, m *Mailbox, secret string) error {
	err := k.do(ctx, "greeting", k.limit, func(c *imapclient.Client) error { return c.WaitGreeting() })
	if err != nil {
		var bye *imap.Error
		if errors.As(err, &bye) {
			if b := busy(string(bye.Code), bye.Text, k.guard.Told().Throttle); b != nil {
				return b
			}
			err = errors.New(said(codeAndText(string(bye.Code), bye.Text)))
		}
		return &DialError{Address: m.address(), Err: err}
	}
	k.greeting = k.guard.Told().Greeting
	if k.client.State() != imap.ConnStateAuthenticated { // else PREAUTH, on a connection that is safe
		if err := k.present(ctx, m, secret); err != nil {
			return err
		}
	}
	// Asked even if the login's answer told them: what was said before TLS or before the login is not to be trusted.
	return k.do(ctx, "CAPABILITY", k.limit, func(c *imapclient.Client) (err error) {
		k.caps, err = c.Capability().Wait()
		return err
	})
}

// present logs in, if nobody has found out meanwhile that the server refuses the secret.
func (k *conn) present(ctx context.Context, m *Mailbox, secret string) error {
	done, err := m.auth.turn(ctx, secret)
	if err != nil {
		return err
	}
	defer done()
	err = k.login(ctx, m, secret)
	var refused *LoginError
	switch {
	case err == nil:
		m.auth.accepted(secret)
	case errors.As(err, &refused):
		m.cfg.Traffic.failed[CauseLogin].Add(1)
		if m.cfg.Rejected != nil {
			m.cfg.Rejected(secret)
		}
		return m.auth.refused(secret, refused)
	}
	return err
}

// login takes LOGIN where it is allowed and the secret is plain ASCII, else AUTHENTICATE PLAIN (RFC 4616), which is
// UTF-8; an access token has its own way.
func (k *conn) login(ctx context.Context, m *Mailbox, secret string) error {
	username := m.cfg.Username
	var before imap.CapSet
	err := k.do(ctx, "CAPABILITY", k.limit, func(c *imapclient.Client) error {
		if before = c.Caps(); before == nil {
			return errors.New("the server does not tell its capabilities")
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, disabled := before[imap.CapLoginDisabled]
	_, plain := before[imap.AuthCap(sasl.Plain)]
	name := "LOGIN"
	switch {
	case m.cfg.Token:
		err = k.tokenLogin(ctx, m, before, secret)
	case plain && (disabled || !isPrintableASCII(username+secret)):
		name = "AUTHENTICATE"
		err = k.do(ctx, name, k.limit, func(c *imapclient.Client) error {
			return c.Authenticate(sasl.NewPlainClient("", username, secret))
		})
	case disabled:
		return &LoginError{Code: string(imap.ResponseCodePrivacyRequired), Text: "the server takes no password here (LOGINDISABLED, no AUTH=PLAIN)"}
	default:
		err = k.do(ctx, name, k.limit, func(c *imapclient.Client) error { return c.Login(username, secret).Wait() })
	}
	var refused *RefusedError
	if !errors.As(err, &refused) {
		return err
	}
	if b := busy(refused.Code, refused.Text, k.guard.Told().Throttle); b != nil {
		return b
	}
	return &LoginError{Code: refused.Code, Text: refused.Text, Token: m.cfg.Token}
}

func isPrintableASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// has says whether the server listed a capability by this very name.
func (k *conn) has(c imap.Cap) bool {
	_, ok := k.caps[c]
	return ok
}

// longest is how many silence limits a command may take in all, if bytes keep coming: a slow line may need it for a
// thousand headers, and a server that sends a byte a minute does not get more.
const longest = 10

// do runs one command. It gives up when the server was silent for the limit, when the command took ten times as long,
// or when ctx ends; it then closes the connection, the only way to make the library return. f must have drained what it
// started when it returns. Errors: *RefusedError where the server said NO or BAD, and the connection lives on;
// *LostError else.
func (k *conn) do(ctx context.Context, name string, limit time.Duration, f func(c *imapclient.Client) error) error {
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("%s: %w", strings.ToLower(name), err)
	}
	if !k.alive() {
		return k.lost(name, net.ErrClosed)
	}
	stop := context.AfterFunc(ctx, func() { k.cut(context.Cause(ctx)) })
	slow := time.AfterFunc(longest*limit, func() { k.cut(errSlow) })
	k.guard.Expect(limit)
	err := f(k.client)
	k.guard.Expect(0)
	slow.Stop()
	stop()

	var refused *imap.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused) && (refused.Type == imap.StatusResponseTypeNo || refused.Type == imap.StatusResponseTypeBad):
		return &RefusedError{
			Command: name, Bad: refused.Type == imap.StatusResponseTypeBad,
			Code: said(string(refused.Code)), Text: said(refused.Text),
		}
	}
	return k.lost(name, err)
}

// lost closes the connection and gives what is known of its end.
func (k *conn) lost(name string, err error) *LostError {
	k.mu.Lock()
	if k.why != nil {
		err = k.why
	} else if guarded := k.guard.Err(); guarded != nil {
		err = guarded
	}
	k.mu.Unlock()
	if k.cut(err) {
		k.traffic.lost.Add(1)
	}
	told := k.guard.Told()
	return &LostError{Command: name, Told: told.Bye, Err: err, busy: busy("", told.Bye, told.Throttle)}
}

// cut closes the connection under the library. The first reason stays; first says that there was none.
func (k *conn) cut(why error) (first bool) {
	k.mu.Lock()
	if first = k.why == nil; first {
		k.why = why
	}
	k.mu.Unlock()
	k.raw.Close()
	return first
}

// alive says that nobody is known to have closed the connection.
func (k *conn) alive() bool {
	k.mu.Lock()
	cut := k.why != nil
	k.mu.Unlock()
	if cut {
		return false
	}
	select {
	case <-k.client.Closed():
		return false
	default:
		return true
	}
}

// reason is why the connection ended, nil while it did not.
func (k *conn) reason() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.why
}

// close ends the connection at once and waits for the library's goroutine.
func (k *conn) close() {
	k.cut(net.ErrClosed)
	k.client.Close()
}

// maxLogout is how long a farewell may take: the daemon ends within two seconds even if the server does not answer.
const maxLogout = 1500 * time.Millisecond

// logout says farewell, and ends the connection whatever the server answers.
func (k *conn) logout(ctx context.Context) {
	if k.alive() {
		// What a server says to a goodbye changes nothing.
		_ = k.do(ctx, "LOGOUT", min(k.limit, maxLogout), func(c *imapclient.Client) error { return c.Logout().Wait() })
	}
	k.close()
}
