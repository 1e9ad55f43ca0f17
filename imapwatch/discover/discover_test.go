package discover

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// zone is a DNS that knows what a test says and nothing else.
type zone struct {
	srv  map[string][]*net.SRV // by service and name, "imaps acme.example"
	mx   map[string][]*net.MX
	fail error
}

func (z zone) LookupSRV(_ context.Context, service, _, name string) (string, []*net.SRV, error) {
	if r := z.srv[service+" "+name]; r != nil {
		return "", r, nil
	}
	return "", nil, z.none()
}

func (z zone) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	if r := z.mx[name]; r != nil {
		return r, nil
	}
	return nil, z.none()
}

func (z zone) none() error {
	if z.fail != nil {
		return z.fail
	}
	return &net.DNSError{Err: "no such host", IsNotFound: true}
}

// web is all the web there is: pages by host and path, over TLS.
func web(t *testing.T, pages map[string]string) *http.Client {
	t.Helper()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := pages[r.Host+r.URL.Path]
		if to, moved := strings.CutPrefix(page, "-> "); moved {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(page))
	}))
	t.Cleanup(server.Close)
	client := server.Client()
	client.CheckRedirect = NewHTTP().CheckRedirect
	transport := client.Transport.(*http.Transport)
	transport.TLSClientConfig.InsecureSkipVerify = true // the pages' names are not the server's
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, at.Host)
	}
	return client
}

func table(t *testing.T) []Provider {
	t.Helper()
	p, err := Providers()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const document = `<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="acme.example">
<incomingServer type="pop3"><hostname>pop.acme.example</hostname><port>995</port><socketType>SSL</socketType></incomingServer>
<incomingServer type="imap"><hostname>open.acme.example</hostname><port>143</port><socketType>plain</socketType></incomingServer>
<incomingServer type="imap"><hostname>mail.%EMAILDOMAIN%</hostname><port>143</port><socketType>STARTTLS</socketType>
<username>%EMAILLOCALPART%</username><authentication>OAuth2</authentication><authentication>password-cleartext</authentication></incomingServer>
</emailProvider></clientConfig>`

func TestFind_InItsOrder(t *testing.T) {
	google := table(t)[0]
	srv := zone{srv: map[string][]*net.SRV{
		"imaps acme.example": {{Target: "imap.acme.example.", Port: 993}},
		"imap acme.example":  {{Target: "MAIL.hoster.example.", Port: 143}},
	}}
	fromSRV := []Server{
		{Host: "imap.acme.example", Port: 993, Security: "tls", Source: "the SRV record _imaps._tcp.acme.example"},
		{Host: "mail.hoster.example", Port: 143, Security: "starttls", Source: "the SRV record _imap._tcp.acme.example", Foreign: true},
	}
	fromDocument := Server{Host: "mail.acme.example", Port: 143, Security: "starttls", Username: "anna", Login: Password}
	at := func(s Server, source string) []Server {
		s.Source = source
		return []Server{s}
	}
	for name, tc := range map[string]struct {
		zone    zone
		pages   map[string]string
		central bool
		address string
		want    []Server
	}{
		"records before documents": {srv, map[string]string{"autoconfig.acme.example/mail/config-v1.1.xml": document}, false, "anna@acme.example", fromSRV},
		"record of a large provider": {
			zone{srv: map[string][]*net.SRV{"imaps acme.example": {{Target: "imap.gmail.com.", Port: 993}}}},
			nil, false, "anna@acme.example",
			[]Server{{Host: "imap.gmail.com", Port: 993, Security: "tls", Source: "the SRV record _imaps._tcp.acme.example", Provider: &google}},
		},
		"service that is not offered": {
			zone{srv: map[string][]*net.SRV{"imaps acme.example": {{Target: ".", Port: 0}}, "imap acme.example": {{Target: "imap.acme.example.", Port: 143}}}},
			nil, false, "anna@acme.example",
			[]Server{{Host: "imap.acme.example", Port: 143, Security: "starttls", Source: "the SRV record _imap._tcp.acme.example"}},
		},
		"autoconfig": {
			zone{},
			map[string]string{"autoconfig.acme.example/mail/config-v1.1.xml": document},
			false, "anna@acme.example",
			at(fromDocument, "the document https://autoconfig.acme.example/mail/config-v1.1.xml"),
		},
		"well-known, moved": {
			zone{},
			map[string]string{
				"acme.example/.well-known/autoconfig/mail/config-v1.1.xml": "-> https://www.acme.example/here.xml",
				"www.acme.example/here.xml":                                document,
			},
			false, "anna@acme.example",
			at(fromDocument, "the document https://acme.example/.well-known/autoconfig/mail/config-v1.1.xml"),
		},
		"Thunderbird's own, with consent": {
			zone{},
			map[string]string{"autoconfig.thunderbird.net/v1.1/acme.example": document},
			true, "anna@acme.example",
			at(fromDocument, "the document https://autoconfig.thunderbird.net/v1.1/acme.example"),
		},
		"large provider": {
			zone{},
			nil, false, "anna@gmail.com",
			[]Server{{Host: "imap.gmail.com", Port: 993, Security: "tls", Source: "the built-in table of providers", Provider: &google}},
		},
		"domain at a large provider, with other pages": {
			zone{mx: map[string][]*net.MX{"acme.example": {{Host: "aspmx.l.google.com.", Pref: 1}}}},
			map[string]string{"acme.example/.well-known/autoconfig/mail/config-v1.1.xml": "<html><body>Welcome<br></body></html>"},
			false, "anna@acme.example",
			[]Server{{Host: "imap.gmail.com", Port: 993, Security: "tls", Source: "who takes the mail of acme.example", Provider: &google}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := &Finder{DNS: tc.zone, HTTP: web(t, tc.pages), Table: table(t), Central: tc.central}
			got, err := f.Find(t.Context(), tc.address)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(got, tc.want); d != "" {
				t.Errorf("got (-), want (+):\n%s", d)
			}
		})
	}
}

func TestFind_Nothing(t *testing.T) {
	pages := map[string]string{
		"autoconfig.thunderbird.net/v1.1/acme.example": document, // nobody agreed to ask there
		"autoconfig.acme.example/mail/config-v1.1.xml": "-> http://acme.example/in-the-clear.xml",
	}
	f := &Finder{DNS: zone{}, HTTP: web(t, pages), Table: table(t)}
	if got, err := f.Find(t.Context(), "anna@acme.example"); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v, %v", got, err)
	}
	f.DNS = zone{fail: errors.New("network is unreachable")}
	if _, err := f.Find(t.Context(), "anna@acme.example"); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "unreachable") {
		t.Errorf("got %v, want that DNS cannot be asked", err)
	}
	for _, address := range []string{"anna", "@acme.example", "anna@", "anna@localhost", "anna@a b.example"} {
		if _, err := f.Find(t.Context(), address); err == nil || errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestProviders_AreSound(t *testing.T) {
	seen := map[string]string{}
	for _, p := range table(t) {
		if p.Name == "" || !isHost(p.Host) || len(p.Domains)+len(p.MX) == 0 {
			t.Errorf("%+v lacks something", p)
		}
		switch p.Login {
		case Password:
		case AppPassword, OAuth2:
			if u, err := url.Parse(p.Page); err != nil || u.Scheme != "https" || u.Host == "" {
				t.Errorf("%s: %q is no page", p.Name, p.Page)
			}
		default:
			t.Errorf("%s: login %q", p.Name, p.Login)
		}
		for _, name := range append(append([]string{}, p.Domains...), p.MX...) {
			if !isHost(name) || name != strings.ToLower(name) {
				t.Errorf("%s: %q is no domain", p.Name, name)
			}
		}
		for _, d := range p.Domains {
			if seen[d] != "" {
				t.Errorf("%s belongs to %s and %s", d, seen[d], p.Name)
			}
			seen[d] = p.Name
		}
	}
}

func FuzzDocument(f *testing.F) {
	f.Add([]byte(document))
	f.Add([]byte(strings.Repeat("<a>", 20_000)))
	f.Add([]byte(`<!DOCTYPE x [<!ENTITY a "&a;&a;">]><clientConfig>&a;</clientConfig>`))
	f.Fuzz(func(t *testing.T, text []byte) {
		servers, err := parseDocument(text, "anna@acme.example")
		if err != nil && servers != nil {
			t.Error("servers and an error")
		}
		for _, s := range servers {
			if !isHost(s.Host) || s.Port < 1 || s.Port > 65535 || s.Security != "tls" && s.Security != "starttls" || strings.ContainsAny(s.Username, "\r\n") {
				t.Errorf("a proposal of %+v", s)
			}
		}
	})
}
