package imapwatch

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
)

func TestOpen_ThroughTLS(t *testing.T) {
	for name, option := range map[string]imaptest.Option{"tls": imaptest.TLS(), "starttls": imaptest.STARTTLS()} {
		t.Run(name, func(t *testing.T) {
			a := imaptest.Dovecot(t).User(t, option)
			a.Append("INBOX", nil, day, letter("one", "ann@prospect.example", "Offer"))
			m := mailbox(t, forAccount(t, a))
			var g gather
			if err := m.Sync(context.Background(), theInbox, g.cursor, day, g.store); err != nil || len(g.items) != 1 {
				t.Fatalf("%d items, %v", len(g.items), err)
			}
			able, err := m.Abilities(context.Background())
			if err != nil || !strings.Contains(able.Server, "Dovecot") || len(able.Notes) != 0 {
				t.Errorf("abilities: %+v, %v", able, err)
			}
		})
	}
}

func TestOpen_RefusesWhatIsNotSafeAndSaysWhatToDo(t *testing.T) {
	secure := imaptest.Dovecot(t).User(t, imaptest.TLS())
	plain := imaptest.Memory(t)
	expired, roots := expiredServer(t)
	tests := map[string]struct {
		cfg  func(c *Config)
		hint string
	}{
		"unknown authority": {func(c *Config) { c.CAFile = "" }, "imap.ca_file"},
		"another name":      {func(c *Config) { c.Host = "localhost" }, "another name than localhost"},
		"expired":           {func(c *Config) { c.Port, c.CAFile = expired, roots }, "has expired"},
		"no TLS there":      {func(c *Config) { c.Port = plain.Port }, "starttls"},
		"no STARTTLS":       {func(c *Config) { c.Port, c.Security = plain.Port, "starttls" }, `"tls" with port 993`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			cfg := forAccount(t, secure)
			tt.cfg(&cfg)
			_, err := mailbox(t, cfg).Abilities(context.Background())
			var insecure *TLSError
			if !errors.As(err, &insecure) || !strings.Contains(insecure.Hint(), tt.hint) {
				t.Fatalf("error: %v", err)
			}
			t.Logf("%v (%s)", err, insecure.Hint())
		})
	}
}

func TestOpen_PlainTextStaysOnThisMachine(t *testing.T) {
	for _, host := range []string{"imap.acme.example", "192.0.2.1", "127.0.0.1.acme.example"} {
		cfg := Config{Host: host, Port: 143, Security: "none", Password: func(context.Context) (string, error) { return "secret", nil }}
		m := mailbox(t, cfg)
		m.dial = func(context.Context, string, string) (net.Conn, error) {
			t.Errorf("%s was dialled", host)
			return nil, errors.New("no")
		}
		_, err := m.Abilities(context.Background())
		var dial *DialError
		if !errors.As(err, &dial) {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func TestOpen_WrongPasswordIsALoginError(t *testing.T) {
	servers(t, func(t *testing.T, a imaptest.Account) {
		cfg := forAccount(t, a)
		tries := 0
		cfg.Password = func(context.Context) (string, error) {
			tries++
			return "wrong ü", nil
		}
		_, err := mailbox(t, cfg).Abilities(context.Background())
		var login *LoginError
		if !errors.As(err, &login) || login.Code != "AUTHENTICATIONFAILED" || strings.Contains(err.Error(), "wrong") {
			t.Errorf("error: %v", err)
		}
		if tries != 1 {
			t.Errorf("%d tries in one call", tries)
		}
	})
}

// expiredServer is a TLS server whose certificate is of last year; it gives its port and the file with its root.
func expiredServer(t *testing.T) (port int, roots string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "expired"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().AddDate(-2, 0, 0), NotAfter: time.Now().AddDate(-1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
	})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			_ = c.(*tls.Conn).Handshake() // the client refuses
			c.Close()
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		<-done
	})
	roots = filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return listener.Addr().(*net.TCPAddr).Port, roots
}
