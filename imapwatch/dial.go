package imapwatch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
)

// connect gives a connection on which the server's greeting is to be read next: encrypted, or plain to this very
// machine. raw is what lies below the encryption. Errors: *DialError, *TLSError.
func (m *Mailbox) connect(ctx context.Context) (conn, raw net.Conn, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, m.cfg.Limit, os.ErrDeadlineExceeded)
	defer cancel()
	address := net.JoinHostPort(m.cfg.Host, strconv.Itoa(m.cfg.Port))

	var config *tls.Config
	switch m.cfg.Security {
	case "tls", "starttls":
		if config, err = m.tlsConfig(); err != nil {
			return nil, nil, &TLSError{Host: m.cfg.Host, Err: err}
		}
	case "none":
		if !isLoopback(m.cfg.Host) {
			return nil, nil, &DialError{Address: address, Err: errors.New(`security "none" is for this machine only (127.0.0.1, ::1, localhost)`)}
		}
	default:
		return nil, nil, &DialError{Address: address, Err: fmt.Errorf("unknown security %q", m.cfg.Security)}
	}

	raw, err = m.dial(ctx, "tcp", address)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, nil, &DialError{Address: address, Err: err}
	}
	defer func() {
		if err != nil {
			raw.Close()
		}
	}()
	if peer, ok := raw.RemoteAddr().(*net.TCPAddr); config == nil && ok && !peer.IP.IsLoopback() {
		// localhost is only a name; it may have been given another address.
		return nil, nil, &DialError{Address: address, Err: fmt.Errorf("%s is not this machine", peer.IP)}
	}
	if config == nil {
		return raw, raw, nil
	}

	// The handshake and STARTTLS know no silence limit but the deadline, and no context but a closed connection.
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	defer stop()
	var prelude []byte
	if m.cfg.Security == "starttls" {
		if prelude, err = startTLS(raw, &m.commands); err != nil {
			return nil, nil, &TLSError{Host: m.cfg.Host, Err: causeOr(ctx, err)}
		}
	}
	secret := tls.Client(raw, config)
	if err := secret.HandshakeContext(ctx); err != nil {
		return nil, nil, &TLSError{Host: m.cfg.Host, Err: causeOr(ctx, err)}
	}
	if prelude != nil {
		return &preluded{Conn: secret, prelude: prelude}, raw, nil
	}
	return secret, raw, nil
}

// causeOr gives why ctx ended, or err while it has not.
func causeOr(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

func (m *Mailbox) tlsConfig() (*tls.Config, error) {
	config := &tls.Config{ServerName: m.cfg.Host, MinVersion: tls.VersionTLS12}
	if m.cfg.CAFile == "" {
		return config, nil
	}
	pem, err := os.ReadFile(m.cfg.CAFile)
	if err != nil {
		return nil, fmt.Errorf("read ca_file: %w", err)
	}
	if config.RootCAs, err = x509.SystemCertPool(); err != nil {
		config.RootCAs = x509.NewCertPool()
	}
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("read ca_file %s: it holds no PEM certificate", m.cfg.CAFile)
	}
	return config, nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// preluded is a connection with something to read before what the peer sends.
type preluded struct {
	net.Conn
	prelude []byte
}

// Read gives the prelude first.
func (p *preluded) Read(b []byte) (int, error) {
	if len(p.prelude) == 0 {
		return p.Conn.Read(b)
	}
	n := copy(b, p.prelude)
	p.prelude = p.prelude[n:]
	return n, nil
}

