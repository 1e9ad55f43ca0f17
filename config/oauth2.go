package config

import (
	"fmt"
	"net/url"
)

// grant checks that an IMAP table without a source of a token has an application to get one by, and says whether tokens
// are to come from it. The systemd credential goes before it.
func (k *checker) grant(c Config) bool {
	if c.OAuth2.ClientID == "" {
		if hasCredential(k.getenv, "imap-password") {
			return false
		}
		k.wrong("oauth2.client_id", `is missing, and imap.auth is "oauth2"`,
			"write the application's id at the provider, or name in [imap] a source that gives tokens, such as password_command")
		return true
	}
	if o := c.OAuth2; o.Provider == OwnProvider {
		if o.TokenURL == "" {
			k.wrong("oauth2.token_url", "is missing", `write where the provider gives tokens, or set provider = "google" or "microsoft"`)
		}
		if o.AuthURL == "" && o.DeviceURL == "" {
			k.wrong("oauth2.auth_url", "is missing, and so is oauth2.device_url", "write at least one of them")
		}
	}
	return true
}

// oauth2 checks what stands in [oauth2], used or not.
func (k *checker) oauth2(o OAuth2) {
	k.plain("oauth2.client_id", o.ClientID)
	if o.Tenant != "" && !isDomain(o.Tenant) {
		k.wrong("oauth2.tenant", fmt.Sprintf("%q is no tenant", o.Tenant), "write the organisation's domain or its id")
	}
	k.endpoint("oauth2.auth_url", o.AuthURL)
	k.endpoint("oauth2.token_url", o.TokenURL)
	k.endpoint("oauth2.device_url", o.DeviceURL)
	for i, s := range o.Scopes {
		k.plain(element("oauth2.scopes", i), s)
	}
	if len(o.ClientSecretCommand) > 0 && o.ClientSecretCommand[0] == "" {
		k.wrong("oauth2.client_secret_command", "names no program", `write ["pass", "show", "oauth2/followupd"], say`)
	}
}

// endpoint checks an address that secrets are sent to (RFC 6749 section 3.2: TLS is required).
func (k *checker) endpoint(path, s string) {
	before := len(k.found)
	k.url(path, s)
	if u, err := url.Parse(s); s != "" && err == nil && len(k.found) == before && u.Scheme == "http" && !isLoopback(u.Hostname()) {
		k.wrong(path, fmt.Sprintf("%q would send the grant in the clear", s), "write https://")
	}
}
