package report

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"followupd/mail"
	"followupd/tracker"
)

// guardedMail is a mail server that wants a login before it takes anything.
type guardedMail struct {
	mailServer
	logins []string // user name and password, as tried
}

func (s *guardedMail) NewSession(*smtp.Conn) (smtp.Session, error) {
	return &guardedSession{s, false}, nil
}

type guardedSession struct {
	*guardedMail
	in bool
}

func (s *guardedSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *guardedSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.logins = append(s.logins, username+" "+password)
		if password != "right" {
			return smtp.ErrAuthFailed
		}
		s.in = true
		return nil
	}), nil
}

func (s *guardedSession) Mail(from string, o *smtp.MailOptions) error {
	if !s.in {
		return smtp.ErrAuthRequired
	}
	return s.guardedMail.Mail(from, o)
}

// throwawayCA makes a certificate for this machine and the authority that vouches for it.
func throwawayCA(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "throwaway"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	own, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(own)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestDigestServer_OverTLSInBothForms(t *testing.T) {
	certificate, trusted := throwawayCA(t)
	_, stranger := throwawayCA(t)
	const (
		implicit = "tls"      // RFC 8314, port 465
		upgraded = "starttls" // RFC 3207, port 587
	)
	for _, c := range []struct {
		name     string
		offers   string // what the server does: implicit, upgraded, or "" plain text alone
		security string
		roots    *x509.CertPool
		password string
		arrives  bool
		logins   int
	}{
		{"implicit", implicit, "tls", trusted, "right", true, 1},
		{"upgraded", upgraded, "starttls", trusted, "right", true, 1},
		{"implicit, nobody known vouches", implicit, "tls", stranger, "right", false, 0},
		{"upgraded, nobody known vouches", upgraded, "starttls", stranger, "right", false, 0},
		{"the offer to upgrade was taken out on the way", "", "starttls", trusted, "right", false, 0},
		{"plain text where TLS is wanted", "", "tls", trusted, "right", false, 0},
		{"a wrong password", implicit, "tls", trusted, "wrong", false, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			back := &guardedMail{}
			server := smtp.NewServer(back)
			server.Domain, server.AllowInsecureAuth = "mail.acme.example", true // a client that speaks in the clear would be found out
			server.ReadTimeout = 5 * time.Second
			config := &tls.Config{Certificates: []tls.Certificate{certificate}}
			switch c.offers {
			case implicit:
				l = tls.NewListener(l, config)
			case upgraded:
				server.TLSConfig = config
			}
			served := make(chan struct{})
			go func() {
				defer close(served)
				server.Serve(l)
			}()
			t.Cleanup(func() {
				server.Close()
				<-served
			})
			source, err := NewDigest([]tracker.Standing{digestThread("Ben", "Customs", tracker.Answered)}, nil, digestNow).Message(digestRep)
			if err != nil {
				t.Fatal(err)
			}
			to := DigestServer{Address: l.Addr().String(), Security: c.security, TLS: &tls.Config{RootCAs: c.roots}, Username: "anna", Password: c.password}
			err = to.Mail(t.Context(), mail.Address(digestRep.Address), source)
			var unsent *NotSentError
			if c.arrives != (err == nil) || err != nil && !errors.As(err, &unsent) {
				t.Errorf("got %v", err)
			}
			back.mu.Lock()
			defer back.mu.Unlock()
			if c.arrives != (len(back.data) == 1 && strings.Contains(back.data[0], DigestHeader)) {
				t.Errorf("%d mails arrived", len(back.data))
			}
			if len(back.logins) != c.logins || c.logins == 1 && back.logins[0] != "anna "+c.password {
				t.Errorf("logins %q, want %d", back.logins, c.logins)
			}
		})
	}
}
