// Package oauth gets and keeps the grant by which a provider lets followupd into a mailbox (RFC 6749): it asks the rep for
// it, by a code for another device (RFC 8628) or by a redirect to this machine with PKCE (RFC 8252, RFC 7636), and keeps the
// access token fresh.
//
// It guarantees that no token, code or secret stands in an error or a log, that tokens are refreshed by one process at a
// time, and that a provider that took a grant back is asked about it at most once in fifteen minutes. It does not log in:
// that is imapwatch's.
package oauth

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/oauth2"
)

// Application is what the provider knows followupd as.
type Application struct {
	ID string
	// Secret gives the application's secret, read afresh at each use; "" where it has none. Nil: it has none.
	Secret   func(ctx context.Context) (string, error)
	Provider Provider
	// HTTP is the client for the provider's addresses; nil: one that waits 30 seconds and follows no redirect.
	HTTP *http.Client
}

// requestTimeout is how long the provider may take for one answer.
const requestTimeout = 30 * time.Second

// config builds what x/oauth2 wants, and the context that carries our client.
func (a Application) config(ctx context.Context) (context.Context, *oauth2.Config, error) {
	client := a.HTTP
	if client == nil {
		client = &http.Client{
			Timeout: requestTimeout,
			// A redirect would carry the grant elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	c := &oauth2.Config{ClientID: a.ID, Endpoint: a.Provider.endpoint, Scopes: a.Provider.Scopes}
	if a.Secret != nil {
		secret, err := a.Secret(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("read the application's secret: %w", err)
		}
		c.ClientSecret = secret
	}
	return context.WithValue(ctx, oauth2.HTTPClient, client), c, nil
}
