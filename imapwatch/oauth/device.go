package oauth

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"golang.org/x/oauth2"
)

// DeviceCode is what the rep needs to agree on another device.
type DeviceCode struct {
	Page   string // where to go
	Code   string // what to enter there
	Expiry time.Time
}

// longestWait is how long a rep may take to agree, whatever the provider allows.
const longestWait = 30 * time.Minute

// Device asks for a grant by a code for another device: show tells the rep of it, and the provider is asked at the pace
// that it names until the rep has agreed. Errors: *GrantError.
func (a Application) Device(ctx context.Context, show func(DeviceCode)) (*oauth2.Token, error) {
	ctx, c, err := a.config(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, longestWait)
	defer cancel()
	code, err := c.DeviceAuth(ctx)
	if err != nil {
		return nil, a.said(err, c.ClientSecret)
	}
	page, err := url.Parse(code.VerificationURI)
	if err != nil || page.Host == "" || page.Scheme != "https" && page.Scheme != "http" || code.DeviceCode == "" || code.UserCode == "" {
		return nil, fmt.Errorf("ask %s for a code: its answer names no page and code for the rep", a.Provider.Name)
	}
	if code.Interval < 0 || code.Interval > 60 {
		code.Interval = 0 // the library's own
	}
	show(DeviceCode{Page: printable(page.String(), nil), Code: printable(code.UserCode, nil), Expiry: code.Expiry})
	token, err := c.DeviceAccessToken(ctx, code)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, &GrantError{Provider: a.Provider.Name, Code: "expired_token", Text: "nobody agreed in time"}
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, a.said(err, c.ClientSecret, code.DeviceCode)
	}
	return a.checked(token)
}

// checked refuses a grant that would end with its first token.
func (a Application) checked(token *oauth2.Token) (*oauth2.Token, error) {
	if token.RefreshToken == "" {
		return nil, fmt.Errorf("%s gave no refresh token, so the grant would end within the hour; check oauth2.scopes (offline_access, or what the provider calls it)", a.Provider.Name)
	}
	return token, nil
}
