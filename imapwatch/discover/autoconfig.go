package discover

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// maxDocument is how much of a document is read; Thunderbird's own are some KiB.
const maxDocument = 128 << 10

// NewHTTP gives a client for documents: TLS to the end, three redirects at most.
func NewHTTP() *http.Client {
	return &http.Client{
		Timeout: patience,
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            (&net.Dialer{Timeout: patience}).DialContext,
			TLSHandshakeTimeout:    patience,
			ResponseHeaderTimeout:  patience,
			MaxResponseHeaderBytes: 64 << 10,
			IdleConnTimeout:        time.Second,
			DisableKeepAlives:      true,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > 3 {
				return errors.New("too many redirects")
			}
			if r.URL.Scheme != "https" {
				return errors.New("it leads out of TLS")
			}
			return nil
		},
	}
}

// document reads one page. A page that is not there is no error: most domains have none.
func (f *Finder) document(ctx context.Context, page, address string) ([]Server, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return nil, err
	}
	res, err := f.HTTP.Do(req)
	if err != nil {
		return nil, nil //nolint:nilerr // no such host, no TLS there, a page of something else: the domain keeps no document
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, nil
	}
	text, err := io.ReadAll(io.LimitReader(res.Body, maxDocument))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", page, err)
	}
	servers, err := parseDocument(text, address)
	if err != nil {
		return nil, nil //nolint:nilerr // many web servers answer any path with a page of their own
	}
	for i := range servers {
		servers[i].Source = "the document " + page
	}
	return servers, nil
}

// clientConfig is the part of a document that matters here
// (wiki.mozilla.org/Thunderbird:Autoconfiguration:ConfigFileFormat).
type clientConfig struct {
	Servers []struct {
		Type       string   `xml:"type,attr"`
		Hostname   string   `xml:"hostname"`
		Port       int      `xml:"port"`
		SocketType string   `xml:"socketType"`
		Username   string   `xml:"username"`
		Auth       []string `xml:"authentication"`
	} `xml:"emailProvider>incomingServer"`
}

// parseDocument gives the IMAP servers of a document, in its order, without those that would be spoken to in the clear.
func parseDocument(text []byte, address string) ([]Server, error) {
	var doc clientConfig
	if err := xml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	local, domain, _ := strings.Cut(address, "@")
	fill := strings.NewReplacer("%EMAILADDRESS%", address, "%EMAILLOCALPART%", local, "%EMAILDOMAIN%", domain)
	var found []Server
	for _, s := range doc.Servers {
		security := map[string]string{"SSL": "tls", "STARTTLS": "starttls"}[strings.ToUpper(strings.TrimSpace(s.SocketType))]
		host := strings.ToLower(fill.Replace(strings.TrimSpace(s.Hostname)))
		if !strings.EqualFold(s.Type, "imap") || security == "" || s.Port < 1 || s.Port > 65535 || !isHost(host) || len(found) == maxProposals {
			continue
		}
		server := Server{Host: host, Port: s.Port, Security: security, Login: loginOf(s.Auth)}
		if u := fill.Replace(strings.TrimSpace(s.Username)); u != address && isUsername(u) {
			server.Username = u
		}
		found = append(found, server)
	}
	return found, nil
}

// loginOf reads the ways to authenticate, best first; a password is taken where one is.
func loginOf(ways []string) Login {
	var login Login
	for _, w := range ways {
		switch strings.ToLower(strings.TrimSpace(w)) {
		case "password-cleartext", "plain", "password-encrypted", "secure":
			return Password
		case "oauth2":
			login = OAuth2
		}
	}
	return login
}

func isUsername(s string) bool {
	return s != "" && len(s) <= 320 && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == '%' })
}

// isHost says that a name is one of letters, digits and hyphens, or an address.
func isHost(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, r := range label {
			if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
				return false
			}
		}
	}
	return true
}
