package report

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"followupd/mail"
)

// DigestServer is the mail server that takes digests, and nothing else: there is no other way to send mail in this program.
type DigestServer struct {
	Address  string // host:port
	Security string // tls, starttls, or none for this machine itself
	TLS      *tls.Config
	Username string
	Password string
}

// mailTime bounds one mailing.
const mailTime = time.Minute

// errRecipient says that a digest is not to the rep, and to nobody else.
var errRecipient = errors.New("a digest goes to the rep's own address only")

// NotSentError says that the server has not taken the digest: it may be tried again.
type NotSentError struct{ Err error }

// Error gives the cause.
func (e *NotSentError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *NotSentError) Unwrap() error { return e.Err }

// Mail sends a digest from the rep to the rep: the address is both, and a message that names anybody else is refused. Errors:
// *NotSentError where it is certain that it did not go out.
func (s DigestServer) Mail(ctx context.Context, rep mail.Address, source []byte) error {
	if err := onlyTo(rep, source); err != nil {
		return &NotSentError{err}
	}
	ctx, cancel := context.WithTimeout(ctx, mailTime)
	defer cancel()
	c, err := s.connect(ctx)
	if err != nil {
		return &NotSentError{fmt.Errorf("mail the digest: %w", err)}
	}
	defer context.AfterFunc(ctx, func() { c.Close() })()
	defer c.Close()
	if err := s.offer(c, string(rep)); err != nil {
		return &NotSentError{fmt.Errorf("mail the digest: %w", err)}
	}
	w, err := c.Data()
	if err != nil {
		return &NotSentError{fmt.Errorf("mail the digest: %w", err)}
	}
	if _, err := io.Copy(w, bytes.NewReader(source)); err != nil {
		return fmt.Errorf("mail the digest: %w", err)
	}
	if err := w.Close(); err != nil {
		var said *smtp.SMTPError
		if errors.As(err, &said) {
			return &NotSentError{fmt.Errorf("mail the digest: %w", err)}
		}
		return fmt.Errorf("mail the digest: %w", err)
	}
	c.Quit() // it has been taken: what comes now changes nothing
	return nil
}

func (s DigestServer) connect(ctx context.Context) (*smtp.Client, error) {
	host, _, err := net.SplitHostPort(s.Address)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{}
	if s.TLS != nil {
		config = s.TLS.Clone()
	}
	config.ServerName = host
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.Address)
	if err != nil {
		return nil, err
	}
	switch s.Security {
	case "tls":
		return smtp.NewClient(tls.Client(conn, config)), nil
	case "starttls":
		c, err := smtp.NewClientStartTLS(conn, config)
		if err != nil {
			conn.Close()
		}
		return c, err
	case "none":
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			conn.Close()
			return nil, fmt.Errorf("no mail without encryption to %s: it is not this machine", host)
		}
		return smtp.NewClient(conn), nil
	}
	conn.Close()
	return nil, fmt.Errorf("unknown security %q", s.Security)
}

// offer logs in and names the rep as sender and only recipient.
func (s DigestServer) offer(c *smtp.Client, rep string) error {
	if ok, _ := c.Extension("AUTH"); ok && s.Password != "" {
		if err := c.Auth(sasl.NewPlainClient("", s.Username, s.Password)); err != nil {
			return fmt.Errorf("log in: %w", err)
		}
	}
	if err := c.Mail(rep, nil); err != nil {
		return err
	}
	return c.Rcpt(rep, nil)
}

// onlyTo says whether a message names the rep as its only recipient.
func onlyTo(rep mail.Address, source []byte) error {
	m, err := netmail.ReadMessage(bytes.NewReader(source))
	if err != nil {
		return fmt.Errorf("read the digest: %w", err)
	}
	for _, field := range []string{"Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc"} {
		if m.Header.Get(field) != "" {
			return errRecipient
		}
	}
	to, err := m.Header.AddressList("To")
	if err != nil || len(to) != 1 || len(m.Header["To"]) != 1 || !strings.EqualFold(to[0].Address, string(rep)) {
		return errRecipient
	}
	return nil
}
