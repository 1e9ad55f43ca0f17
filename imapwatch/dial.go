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

	"followupd/imapwatch/guard"
)

// connect gives a guarded connection on which the server's greeting is to be read next: encrypted, or plain to this very
// machine. raw is what lies below the encryption. Errors: *DialError, *TLSError, *BusyError.
func (m *Mailbox) connect(ctx context.Context) (conn *guard.Conn, raw net.Conn, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, m.cfg.Limit, os.ErrDeadlineExceeded)
	defer cancel()
	address := m.address()

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
		return nil, nil, &DialError{Address: address, Err: causeOr(ctx, err)}
	}
	raw = metered{raw, m.cfg.Traffic}
	switch m.cfg.Security {
	case "tls":
		secret := tls.Client(raw, config)
		if err := secret.HandshakeContext(ctx); err != nil {
			raw.Close()
			return nil, nil, &TLSError{Host: m.cfg.Host, Err: causeOr(ctx, err)}
		}
		conn = guard.Wrap(secret, guard.Limits{})
	case "starttls":
		m.cfg.Traffic.commands.Add(1)
		if conn, err = guard.StartTLS(ctx, raw, config, guard.Limits{}, m.cfg.Limit); err != nil {
			if b := busy("", err.Error(), 0); b != nil {
				return nil, nil, b
			}
			return nil, nil, &TLSError{Host: m.cfg.Host, StartTLS: true, Err: causeOr(ctx, err)}
		}
	case "none":
		if peer, ok := raw.RemoteAddr().(*net.TCPAddr); ok && !peer.IP.IsLoopback() {
			// localhost is only a name; it may have been given another address.
			raw.Close()
			return nil, nil, &DialError{Address: address, Err: fmt.Errorf("%s is not this machine", peer.IP)}
		}
		conn = guard.Wrap(raw, guard.Limits{})
	}
	return conn, raw, nil
}

// address is the server's host:port.
func (m *Mailbox) address() string { return net.JoinHostPort(m.cfg.Host, strconv.Itoa(m.cfg.Port)) }

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
