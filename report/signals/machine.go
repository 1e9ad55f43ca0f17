package signals

import (
	_ "embed"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
)

//go:embed agents.txt
var agentsText string

//go:embed networks.txt
var networksText string

// filters knows what a mail filter looks like.
type filters struct {
	agents   []string
	networks []filterNetwork
}

type filterNetwork struct {
	netip.Prefix
	name string
}

// loadFilters reads the lists that come with the program.
func loadFilters() (filters, error) {
	var f filters
	for line := range strings.Lines(agentsText) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			f.agents = append(f.agents, line)
		}
	}
	for line := range strings.Lines(networksText) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		prefix, name, _ := strings.Cut(line, " ")
		p, err := netip.ParsePrefix(prefix)
		if err != nil {
			return f, fmt.Errorf("networks of mail filters: %w", err)
		}
		f.networks = append(f.networks, filterNetwork{p, strings.TrimSpace(name)})
	}
	return f, nil
}

// longestAgent is how much of a User-Agent is looked at.
const longestAgent = 512

// machine says what in a request shows a program, in words that end a sentence; "" where nothing does. own are the networks
// that the config names. What only comparing visits shows is the tracker's to conclude.
func (f filters) machine(r *http.Request, from netip.Addr, own []netip.Prefix) string {
	if r.Method == http.MethodHead {
		return "it asked for the header only (HEAD)"
	}
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		switch v := strings.ToLower(r.Header.Get(name)); {
		case strings.Contains(v, "prefetch"), strings.Contains(v, "prerender"), strings.Contains(v, "preview"):
			return "a program fetched it ahead, before anybody asked"
		}
	}
	agent := strings.ToLower(r.UserAgent())
	agent = agent[:min(len(agent), longestAgent)]
	if strings.TrimSpace(agent) == "" {
		return "it named no browser"
	}
	for _, a := range f.agents {
		if strings.Contains(agent, a) {
			return fmt.Sprintf("it called itself a program (%q)", a)
		}
	}
	for _, p := range own {
		if p.Contains(from) {
			return "it came from a network that signals.scanners names"
		}
	}
	for _, n := range f.networks {
		if n.Contains(from) {
			return fmt.Sprintf("it came from the network of a mail filter (%s)", n.name)
		}
	}
	return ""
}

// unwatched says that the visitor's browser asks not to be followed (Global Privacy Control, Do Not Track).
func unwatched(r *http.Request) bool {
	return r.Header.Get("Sec-GPC") == "1" || r.Header.Get("DNT") == "1"
}

// visitor gives the address a request came from: that of the connection, or, where that is a web server on this machine or
// network, the last address in X-Forwarded-For, which is the one that server added. The zero Addr: unknown.
func visitor(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	from := peer.Addr().Unmap()
	if !from.IsLoopback() && !from.IsPrivate() {
		return from
	}
	via := r.Header.Values("X-Forwarded-For")
	if len(via) == 0 {
		return from
	}
	last := via[len(via)-1]
	last = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
	if a, err := netip.ParseAddr(last); err == nil {
		return a.Unmap().WithZone("")
	}
	return netip.Addr{}
}

// network gives the neighbourhood of an address that a provider gives to one customer, or a filter to its machines.
func network(a netip.Addr) netip.Prefix {
	bits := 24
	if a.Is6() {
		bits = 48
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{} // no address
	}
	return p
}
