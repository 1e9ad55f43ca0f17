package oauth

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"golang.org/x/oauth2"
)

// ErrNoGrant says that the rep has not been asked yet, or that what was stored is gone.
var ErrNoGrant = errors.New("followupd has no grant for this mailbox yet")

// GrantError says that the provider gave no token.
type GrantError struct {
	Provider string
	Code     string // of RFC 6749 section 5.2 and RFC 8628 section 3.5, such as invalid_grant; "" without one
	Text     string // what the provider said
	Status   int    // of HTTP; 0 where the provider was not asked
	// Retry is when the same grant is tried again; until then the provider is not asked. Zero: at the next call.
	Retry time.Time
}

// Error gives the provider's words.
func (e *GrantError) Error() string {
	said := e.Code
	if e.Text != "" {
		said = strings.TrimPrefix(said+": "+e.Text, ": ")
	}
	if said == "" {
		said = fmt.Sprintf("it answered with status %d", e.Status)
	}
	if e.Revoked() {
		return fmt.Sprintf("%s took the grant back, or it ran out (%s)", e.Provider, said)
	}
	return fmt.Sprintf("%s gives no token (%s)", e.Provider, said)
}

// Revoked says that no token will come before the rep agrees anew.
func (e *GrantError) Revoked() bool { return e.Code == "invalid_grant" }

// Hint says what to do.
func (e *GrantError) Hint() string {
	switch e.Code {
	case "invalid_grant":
		return "run `followupd login` to agree again"
	case "access_denied":
		return "you or your administrator said no; run `followupd login` to be asked again"
	case "expired_token":
		return "the code ran out before you used it; run `followupd login` for a new one"
	case "invalid_client", "unauthorized_client":
		return "check oauth2.client_id and oauth2.client_secret_command, and that the application at the provider may do this"
	case "invalid_scope":
		return "check oauth2.scopes, and what the application at the provider may ask for"
	}
	return ""
}

// RetryAt is when the same grant is tried again, zero for at the next call.
func (e *GrantError) RetryAt() time.Time { return e.Retry }

// maxSaid bounds what is kept of a provider's words, in characters.
const maxSaid = 300

// said makes an error of x/oauth2 one of ours: without the answer's body, which the library puts into its own, and
// without any of the secrets should the provider repeat one.
func (a Application) said(err error, secrets ...string) error {
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) {
		return fmt.Errorf("ask %s for a token: %s", a.Provider.Name, printable(err.Error(), secrets))
	}
	g := &GrantError{Provider: a.Provider.Name, Code: printable(answer.ErrorCode, secrets), Text: printable(answer.ErrorDescription, secrets)}
	if answer.Response != nil {
		g.Status = answer.Response.StatusCode
	}
	return g
}

// printable makes a stranger's words fit for a log or a terminal: one line, bounded, nothing that steers a terminal.
func printable(text string, secrets []string) string {
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "***")
		}
	}
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }), " ")
	if r := []rune(text); len(r) > maxSaid {
		text = string(r[:maxSaid]) + "…"
	}
	return text
}
