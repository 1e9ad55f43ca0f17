package guard

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// errPreauth says that a server wants to skip login in plain text, so that TLS could not be turned to.
var errPreauth = errors.New("the server greets with PREAUTH: without TLS that is refused")

// greetingAfterTLS is what the client is given for a greeting: it names no abilities, so that they are asked for anew.
const greetingAfterTLS = "* OK ready\r\n"

// StartTLS turns a plain connection to TLS (RFC 9051 section 6.2.1) and guards what comes after: the client is given a
// greeting made here, and nothing of what was said in plain text. On any error the connection is closed; ctx bounds the
// whole, limit each wait. No password has been sent when it returns.
func StartTLS(ctx context.Context, plain net.Conn, config *tls.Config, l Limits, limit time.Duration) (*Conn, error) {
	g := Wrap(plain, l)
	g.Expect(limit)
	defer g.watch.stop()
	cancelled := context.AfterFunc(ctx, func() { _ = plain.Close() })
	defer cancelled()
	fail := func(err error) (*Conn, error) {
		_ = plain.Close()
		return nil, fmt.Errorf("turn to TLS: %w", errors.Join(ctx.Err(), err))
	}
	if err := g.askTLS(); err != nil {
		return fail(err)
	}
	g.watch.stop()

	handshake, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	secure := tls.Client(plain, config)
	if err := secure.HandshakeContext(handshake); err != nil {
		return fail(err)
	}
	guarded := Wrap(secure, l)
	guarded.told.Greeting = g.Told().Greeting
	guarded.greeted, guarded.out = true, []byte(greetingAfterTLS)
	return guarded, nil
}

// askTLS reads the greeting and gets an OK for STARTTLS.
func (c *Conn) askTLS() error {
	const tag = "S1"
	lines := bufio.NewReader(c) // a Read gives one response at most, so it takes nothing of what follows the OK
	greeting, err := lines.ReadString('\n')
	switch {
	case err != nil:
		return err
	case strings.HasPrefix(greeting, "* PREAUTH"):
		return errPreauth
	case !strings.HasPrefix(greeting, "* OK"):
		return fmt.Errorf("the server greets: %s", c.Told().Greeting)
	}
	if _, err := io.WriteString(c, tag+" STARTTLS\r\n"); err != nil {
		return err
	}
	for {
		line, err := lines.ReadString('\n')
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(line, tag+" OK"):
			return nil
		case strings.HasPrefix(line, tag+" "):
			return fmt.Errorf("the server refuses: %s", c.Told().No)
		}
	}
}
