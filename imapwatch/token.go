package imapwatch

import (
	"context"
	"errors"
	"fmt"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
)

// The mechanisms that take an access token. XOAUTH2 is Google's and Microsoft's own
// (developers.google.com/workspace/gmail/imap/xoauth2-protocol), the only one that Exchange knows; go-sasl has it no more.
const xoauth2 = "XOAUTH2"

// tokenLogin logs in with an access token, by the standard's mechanism (RFC 7628) where the server offers it.
func (k *conn) tokenLogin(ctx context.Context, m *Mailbox, before imap.CapSet, token string) error {
	bearer := &sasl.OAuthBearerOptions{Username: m.cfg.Username, Host: m.cfg.Host, Port: m.cfg.Port, Token: token}
	_, standard := before[imap.AuthCap(sasl.OAuthBearer)]
	_, google := before[imap.AuthCap(xoauth2)]
	var mechanism sasl.Client
	switch {
	case !isPrintableASCII(token):
		return errors.New("the access token is none: it holds more than printable ASCII (RFC 6750 section 2.1)")
	case standard:
		mechanism = &tokenClient{Client: sasl.NewOAuthBearerClient(bearer)}
	case google:
		mechanism = &tokenClient{Client: xoauth2Client{m.cfg.Username, token}}
	default:
		return &LoginError{
			Token: true, Code: string(imap.ResponseCodePrivacyRequired),
			Text: "the server takes no access token here (neither AUTH=OAUTHBEARER nor AUTH=XOAUTH2)",
		}
	}
	return k.do(ctx, "AUTHENTICATE", k.limit, func(c *imapclient.Client) error { return c.Authenticate(mechanism) })
}

// tokenClient lets the server come to its end after it refused: both mechanisms then send what is wrong as a challenge,
// and the NO only after the client's answer to that. go-sasl's client ends the exchange there, which the library can only
// do by leaving the connection in the middle of the command.
type tokenClient struct{ sasl.Client }

// Next implements sasl.Client. One byte of value 1 is OAUTHBEARER's answer (RFC 7628 section 3.2.3), and XOAUTH2's servers
// take any; an empty one the library would write as "=".
func (tokenClient) Next([]byte) ([]byte, error) { return []byte{1}, nil }

// xoauth2Client is the beginning of XOAUTH2; tokenClient is the rest.
type xoauth2Client struct{ username, token string }

// Start implements sasl.Client.
func (x xoauth2Client) Start() (string, []byte, error) {
	return xoauth2, fmt.Appendf(nil, "user=%s\x01auth=Bearer %s\x01\x01", x.username, x.token), nil
}

// Next implements sasl.Client.
func (xoauth2Client) Next([]byte) ([]byte, error) { return nil, sasl.ErrUnexpectedServerChallenge }
