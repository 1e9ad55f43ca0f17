package oauth

import (
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/endpoints"
)

// Provider is where grants are asked for, and how.
type Provider struct {
	Name   string // for people: "Google"
	Scopes []string
	// Extra parameters of the authorization request.
	Extra map[string]string
	// Redirect is the name of this machine in the address that the browser is sent back to: "127.0.0.1" (RFC 8252
	// section 7.3) or "localhost", which is the one that Microsoft accepts with any port.
	Redirect string

	endpoint oauth2.Endpoint
}

// HasDevice says that the provider gives codes for another device.
func (p Provider) HasDevice() bool { return p.endpoint.DeviceAuthURL != "" }

// HasBrowser says that the provider asks the rep in a browser on this machine.
func (p Provider) HasBrowser() bool { return p.endpoint.AuthURL != "" }

// At gives the provider with these addresses in place of its own; "" leaves its own. A provider given by its addresses
// alone begins with Own.
func (p Provider) At(auth, token, device string) Provider {
	// In the body, as public clients have to (RFC 6749 section 2.3.1) and Google and Microsoft want it. To try one way and then
	// the other would spend a refresh token that may be used only once.
	p.endpoint.AuthStyle = oauth2.AuthStyleInParams
	for _, u := range []struct {
		given string
		to    *string
	}{{auth, &p.endpoint.AuthURL}, {token, &p.endpoint.TokenURL}, {device, &p.endpoint.DeviceAuthURL}} {
		if u.given != "" {
			*u.to = u.given
		}
	}
	return p
}

// Google asks in a browser only: it grants no mail scope to other devices
// (developers.google.com/identity/protocols/oauth2/limited-input-device, "Allowed scopes").
func Google() Provider {
	p := Provider{
		Name: "Google", Scopes: []string{"https://mail.google.com/"}, Redirect: "127.0.0.1",
		// Without prompt=consent a second grant comes without a refresh token.
		Extra:    map[string]string{"access_type": "offline", "prompt": "consent"},
		endpoint: endpoints.Google,
	}
	p.endpoint.DeviceAuthURL = ""
	return p.At("", "", "")
}

// Microsoft is Exchange Online and Outlook.com; tenant "" is common.
func Microsoft(tenant string) Provider {
	return Provider{
		Name: "Microsoft", Redirect: "localhost", endpoint: endpoints.AzureAD(tenant),
		// offline_access: a refresh token comes only if it is asked for.
		Scopes: []string{"https://outlook.office.com/IMAP.AccessAsUser.All", "offline_access"},
	}.At("", "", "")
}

// Own is a provider that has only what At gives it.
func Own(name string) Provider { return Provider{Name: name, Redirect: "127.0.0.1"} }
