package discover

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Login is how a provider wants programs to log in.
type Login string

const (
	Password    Login = "password"
	AppPassword Login = "app_password" // one made for this program alone
	OAuth2      Login = "oauth2"
)

// Provider is a large provider of mailboxes.
type Provider struct {
	Name    string   `toml:"name"`
	Domains []string `toml:"domains"`
	MX      []string `toml:"mx"` // ends of the names of servers that take mail for domains that live there
	Host    string   `toml:"host"`
	Login   Login    `toml:"login"`
	Page    string   `toml:"page"`   // where the rep gets what Login wants
	Note    string   `toml:"note"`   // what else the rep has to know
	OAuth2  string   `toml:"oauth2"` // the value of oauth2.provider, "" where it is not offered
}

//go:embed providers.toml
var providersFile []byte

// Providers gives the built-in table.
func Providers() ([]Provider, error) {
	var file struct {
		Provider []Provider `toml:"provider"`
	}
	if err := toml.Unmarshal(providersFile, &file); err != nil {
		return nil, fmt.Errorf("read the table of providers: %w", err)
	}
	return file.Provider, nil
}

func byDomain(table []Provider, domain string) *Provider {
	for i, p := range table {
		for _, d := range p.Domains {
			if strings.EqualFold(d, domain) {
				return &table[i]
			}
		}
	}
	return nil
}

func byHost(table []Provider, host string) *Provider {
	for i, p := range table {
		if strings.EqualFold(p.Host, host) {
			return &table[i]
		}
	}
	return nil
}

func byMX(table []Provider, names []string) *Provider {
	for _, name := range names {
		for i, p := range table {
			for _, end := range p.MX {
				if within(name, end) {
					return &table[i]
				}
			}
		}
	}
	return nil
}

// within says that a host is a domain or lies below it.
func within(host, domain string) bool {
	host, domain = strings.ToLower(strings.TrimSuffix(host, ".")), strings.ToLower(domain)
	return host == domain || strings.HasSuffix(host, "."+domain)
}
