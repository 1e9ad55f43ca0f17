package config

import (
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// complete fills in what follows from the rest of the file and from the machine.
func (c Config) complete(dir string, getenv func(string) string) Config {
	abs := func(path string) string { return absolute(path, dir, getenv) }

	c.Mailbox.Internal = c.internal()
	if c.Mailbox.Timezone == nil {
		c.Mailbox.Timezone, _ = parseZone("")
	}

	if c.IMAP.Username == "" {
		c.IMAP.Username = c.Mailbox.Address
	}
	if !c.Given("imap.port") && c.IMAP.Security != TLS && c.IMAP.Port == 993 {
		c.IMAP.Port = 143
	}
	c.IMAP.CAFile = abs(c.IMAP.CAFile)
	c.IMAP.PasswordFile = abs(c.IMAP.PasswordFile)

	if c.SMTP.Username == "" {
		c.SMTP.Username = c.IMAP.Username
	}
	if !c.Given("smtp.port") && c.SMTP.Security != TLS && c.SMTP.Port == 465 {
		c.SMTP.Port = 587
	}
	c.SMTP.CAFile = abs(c.SMTP.CAFile)
	c.SMTP.PasswordFile = abs(c.SMTP.PasswordFile)
	c.Webhook.SecretFile = abs(c.Webhook.SecretFile)
	c.Metrics.TokenFile = abs(c.Metrics.TokenFile)
	if len(c.SMTP.sources()) == 0 {
		c.SMTP.Login = c.IMAP.Login
	}

	c.Content.Library = abs(c.Content.Library)
	c.Content.Templates = abs(c.Content.Templates)

	if c.State.Dir == "" {
		c.State.Dir = stateDir(c.Mailbox.Address, c.State.URL != "", getenv)
	}
	c.State.Dir = abs(c.State.Dir)
	return c
}

// internal gives the colleagues: those of the file, else the address's own domain, else, with a provider whose domain
// strangers share, the rep alone. Domains come out bare and in lower case.
func (c Config) internal() []string {
	var out []string
	if c.Mailbox.Internal == nil {
		_, domain, _ := strings.Cut(c.Mailbox.Address, "@")
		if domain != "" && !freeMail(domain) {
			out = append(out, domain)
		} else {
			out = append(out, c.Mailbox.Address)
			out = append(out, c.Mailbox.Aliases...)
		}
	} else {
		out = slices.Clone(c.Mailbox.Internal)
	}
	for i, s := range out {
		out[i] = strings.ToLower(strings.TrimPrefix(s, "@"))
	}
	return out
}

// stateDir gives the folder for the database where the file names none: the service manager's, else one in the user's own
// state folder (XDG Base Directory Specification 0.8), "" where the machine knows neither. In a fleet the service manager's is
// that of all mailboxes, and each has a folder in it.
func stateDir(address string, fleet bool, getenv func(string) string) string {
	if dirs := getenv("STATE_DIRECTORY"); dirs != "" {
		first, _, _ := strings.Cut(dirs, ":") // systemd.exec(5): more than one are separated by colons
		if fleet {
			return filepath.Join(first, url.PathEscape(strings.ToLower(address)))
		}
		return first
	}
	base := getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(base) { // the specification: a relative path is to be ignored
		home := getenv("HOME")
		if home == "" {
			return ""
		}
		base = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(base, "followupd", url.PathEscape(strings.ToLower(address)))
}

// absolute resolves a path of the file: "~/" is the user's home, everything else relative is relative to dir. "" stays.
func absolute(path, dir string, getenv func(string) string) string {
	if path == "" {
		return ""
	}
	if rest, ok := strings.CutPrefix(path, "~"+string(os.PathSeparator)); ok {
		if home := getenv("HOME"); home != "" {
			return filepath.Join(home, rest)
		}
	}
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}
