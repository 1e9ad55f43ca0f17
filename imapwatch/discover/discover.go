// Package discover finds the IMAP server of an address, as mail clients do: by the domain's SRV records (RFC 6186), by the
// documents that a domain keeps for Thunderbird, by who takes the domain's mail, and by a table of large providers.
//
// It concludes nothing of its own: what it finds is a proposal, with where it comes from. It never proposes a server
// without encryption. All it reads is bounded; none of it is trusted to be well-formed.
package discover

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/idna"
)

// Server is a proposal.
type Server struct {
	Host     string
	Port     int
	Security string // "tls" or "starttls"
	Username string // "" the address
	Source   string // where it comes from, for people
	// Foreign says that a host outside the domain was named by DNS alone, which anybody between could have answered
	// (RFC 6186 section 6): the rep should confirm it.
	Foreign bool
	// Provider is who runs it, nil where that is not known.
	Provider *Provider
	// Login is what the source says of the login; "" nothing.
	Login Login
}

// Resolver is what is asked of DNS; *net.Resolver is one.
type Resolver interface {
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
}

// Finder looks for servers.
type Finder struct {
	DNS   Resolver
	HTTP  *http.Client // its own redirects are bounded by NewHTTP
	Table []Provider
	// Central asks Thunderbird's public database, too: it learns the domain of the address. Only where the rep agreed.
	Central bool
}

// patience is how long each way may take.
const patience = 8 * time.Second

// ErrNotFound says that no way knows a server for the domain.
var ErrNotFound = errors.New("no server is known for this domain")

// Find gives proposals for an address, best first. Errors: ErrNotFound, joined with why the ways failed that could not be
// gone; ctx's.
func (f *Finder) Find(ctx context.Context, address string) ([]Server, error) {
	local, domain, ok := strings.Cut(address, "@")
	domain, err := idna.Lookup.ToASCII(strings.ToLower(domain))
	if !ok || local == "" || err != nil || !strings.Contains(domain, ".") {
		return nil, fmt.Errorf("%q is no address", address)
	}
	var troubles []error
	for _, way := range []func(context.Context, string, string) ([]Server, error){f.srv, f.documents, f.table} {
		limited, cancel := context.WithTimeout(ctx, patience)
		found, err := way(limited, address, domain)
		cancel()
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if len(found) > 0 {
			for i := range found {
				if found[i].Provider == nil {
					found[i].Provider = byHost(f.Table, found[i].Host)
				}
				found[i].Foreign = found[i].Foreign && found[i].Provider == nil
			}
			return found, nil
		}
		troubles = append(troubles, err)
	}
	return nil, errors.Join(append([]error{ErrNotFound}, troubles...)...)
}

// srv asks for _imaps (TLS from the first byte) and _imap (STARTTLS) records: RFC 6186 section 3.2.
func (f *Finder) srv(ctx context.Context, _, domain string) ([]Server, error) {
	var found []Server
	var troubles []error
	for _, service := range []struct{ name, security string }{{"imaps", "tls"}, {"imap", "starttls"}} {
		_, records, err := f.DNS.LookupSRV(ctx, service.name, "tcp", domain)
		var dns *net.DNSError
		if err != nil && (!errors.As(err, &dns) || !dns.IsNotFound) {
			troubles = append(troubles, err)
		}
		for _, r := range records { // in the order of their priorities
			host := strings.TrimSuffix(strings.ToLower(r.Target), ".")
			if host == "" || r.Port == 0 || len(found) == maxProposals { // "." means that it is not offered
				continue
			}
			found = append(found, Server{
				Host: host, Port: int(r.Port), Security: service.security, Foreign: !within(host, domain),
				Source: fmt.Sprintf("the SRV record _%s._tcp.%s", service.name, domain),
			})
		}
	}
	return found, errors.Join(troubles...)
}

// maxProposals is how many servers one source may name.
const maxProposals = 8

// documents asks for what the domain keeps for Thunderbird: over TLS only, and without telling the local part of the
// address.
func (f *Finder) documents(ctx context.Context, address, domain string) ([]Server, error) {
	pages := []string{
		"https://autoconfig." + domain + "/mail/config-v1.1.xml",
		"https://" + domain + "/.well-known/autoconfig/mail/config-v1.1.xml",
	}
	if f.Central {
		pages = append(pages, "https://autoconfig.thunderbird.net/v1.1/"+domain)
	}
	type answer struct {
		servers []Server
		err     error
	}
	answers := make([]chan answer, len(pages))
	for i, page := range pages {
		answers[i] = make(chan answer, 1)
		go func() {
			servers, err := f.document(ctx, page, address)
			answers[i] <- answer{servers, err}
		}()
	}
	var found []Server
	var troubles []error
	for _, c := range answers { // all of them, so that no goroutine is left behind
		a := <-c
		troubles = append(troubles, a.err)
		if len(found) == 0 {
			found = a.servers
		}
	}
	return found, errors.Join(troubles...)
}

// table looks the domain up among the large providers, and then who takes its mail.
func (f *Finder) table(ctx context.Context, _, domain string) ([]Server, error) {
	source := "the built-in table of providers"
	p := byDomain(f.Table, domain)
	if p == nil {
		records, err := f.DNS.LookupMX(ctx, domain)
		var dns *net.DNSError
		if err != nil && (!errors.As(err, &dns) || !dns.IsNotFound) && len(records) == 0 {
			return nil, err
		}
		slices.SortStableFunc(records, func(a, b *net.MX) int { return cmp.Compare(a.Pref, b.Pref) })
		var names []string
		for _, r := range records {
			names = append(names, r.Host)
		}
		if p = byMX(f.Table, names); p == nil {
			return nil, nil
		}
		source = "who takes the mail of " + domain
	}
	return []Server{{Host: p.Host, Port: 993, Security: "tls", Source: source, Provider: p}}, nil
}
