package imapwatch

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"

	"followupd/imapwatch/guard"
	"followupd/imapwatch/pacing"

	"github.com/emersion/go-imap/v2"
)

// ErrCannotRemove says that the server offers no way to remove one message and no other (neither UIDPLUS nor MOVE).
var ErrCannotRemove = errors.New("the server cannot remove a single message (neither UIDPLUS nor MOVE)")

// ErrGone says that the draft asked for is not in the folder any more.
var ErrGone = errors.New("the draft is not there any more")

// ErrTouched says that a draft is not as it was left, so that it is not ours to remove.
var ErrTouched = errors.New("the draft was changed")

// ErrRenumbered says that a folder's UIDs mean nothing any more: its UIDVALIDITY changed or its UIDNEXT went back
// (RFC 9051 section 2.3.1.1). Sync reads such a folder anew.
var ErrRenumbered = errors.New("the folder was renumbered by the server")

// ErrClosed says that the Mailbox was closed.
var ErrClosed = errors.New("the mailbox is closed")

// errSlow is why a command was given up that was answered, but not finished.
var errSlow = errors.New("the server does not come to an end")

// DialError says that no connection came about.
type DialError struct {
	Address string // host:port
	Err     error
}

// Error names the address and the reason.
func (e *DialError) Error() string { return fmt.Sprintf("connect to %s: %v", e.Address, e.Err) }

// Unwrap gives the reason.
func (e *DialError) Unwrap() error { return e.Err }

// Hint says in a sentence what to look at, "" where nothing helps.
func (e *DialError) Hint() string {
	var dns *net.DNSError
	switch {
	case errors.As(e.Err, &dns) && dns.IsNotFound:
		return "there is no such host: check imap.host"
	case errors.As(e.Err, &dns):
		return "names cannot be looked up: is this machine online?"
	case isTimeout(e.Err):
		return "nothing answers there: check imap.host and imap.port, and whether a firewall is in the way"
	case errors.Is(e.Err, syscall.ECONNREFUSED):
		return "no server listens there: check imap.host and imap.port, and whether the server runs"
	}
	return ""
}

// TLSError says that a connection came about but could not be made secret. No credential was sent.
type TLSError struct {
	Host     string
	StartTLS bool // it was to be reached by STARTTLS
	Err      error
}

// Error names the host and the reason.
func (e *TLSError) Error() string { return fmt.Sprintf("tls with %s: %v", e.Host, e.Err) }

// Unwrap gives the reason.
func (e *TLSError) Unwrap() error { return e.Err }

// Hint says in a sentence what to look at, "" where nothing helps.
func (e *TLSError) Hint() string {
	var (
		invalid   x509.CertificateInvalidError
		host      x509.HostnameError
		authority x509.UnknownAuthorityError
		record    tls.RecordHeaderError
	)
	switch {
	case errors.As(e.Err, &invalid) && invalid.Reason == x509.Expired:
		return "the server's certificate has expired, or this machine's clock is wrong"
	case errors.As(e.Err, &host):
		return fmt.Sprintf("the server's certificate is for another name than %s: check imap.host", e.Host)
	case errors.As(e.Err, &authority):
		return "the server's certificate is signed by nobody this machine knows: name its root in imap.ca_file"
	case errors.As(e.Err, &record):
		return `this port does not begin with TLS: try imap.security = "starttls", or port 993`
	case e.StartTLS && !isTimeout(e.Err):
		return `the server does not turn to TLS here: try imap.security = "tls" with port 993`
	}
	return ""
}

// LoginError says that the server refused the credentials. Trying again with the same ones may lock the account.
type LoginError struct {
	Code string // response code of RFC 5530, such as AUTHENTICATIONFAILED; "" without one
	Text string // what the server said
	// Token says that the credentials were an access token.
	Token bool
	// Retry is when these credentials are tried again; until then the server is not asked. Zero: at the next call.
	Retry time.Time
}

// Error gives the server's words.
func (e *LoginError) Error() string { return "login refused: " + codeAndText(e.Code, e.Text) }

// Hint says in a sentence what to look at.
func (e *LoginError) Hint() string {
	if strings.EqualFold(e.Code, string(imap.ResponseCodePrivacyRequired)) {
		if e.Token {
			return `try imap.security = "tls", or imap.auth = "password"`
		}
		return `try imap.security = "tls"`
	}
	if e.Token {
		return "check that imap.username is the account that gave the grant, and that its provider allows IMAP; `followupd login` asks for a new grant"
	}
	return "check imap.username and the password; where the account has two-factor login, make an app password at the provider"
}

// RetryAt is when these credentials are tried again, zero for at the next call.
func (e *LoginError) RetryAt() time.Time { return e.Retry }

// RefusedError says that the server answered a command with NO or BAD.
type RefusedError struct {
	Command string // "APPEND", "UID FETCH"
	Bad     bool   // BAD: the server did not understand, or was throttling
	Code    string // response code, such as TRYCREATE or OVERQUOTA; "" without one
	Text    string // what the server said
}

// Error gives the command and the server's words.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s refused: %s", strings.ToLower(e.Command), codeAndText(e.Code, e.Text))
}

// Refused says that the server has answered, and that the answer was no.
func (e *RefusedError) Refused() bool { return true }

// Hint says in a sentence what to look at, "" where nothing helps.
func (e *RefusedError) Hint() string {
	switch imap.ResponseCode(strings.ToUpper(e.Code)) {
	case imap.ResponseCodeOverQuota:
		return "the mailbox is full: make room in it"
	case imap.ResponseCodeNoPerm:
		return "the server does not allow it in this folder: ask who runs it, or name another folder in imap.folders.drafts"
	case imap.ResponseCodeTryCreate, imap.ResponseCodeNonExistent:
		return "the folder is gone: make it again, or name another one in [imap.folders]"
	}
	return ""
}

// LostError says that the connection ended while a command ran, so that nobody knows what became of it.
type LostError struct {
	Command string
	Told    string // the server's BYE, "" if it left without a word
	Err     error

	busy *BusyError // its BYE asked for patience; nil else
}

// Error gives the command and what is known of the reason.
func (e *LostError) Error() string {
	if e.Told != "" {
		return fmt.Sprintf("%s: the server closed the connection: %s", strings.ToLower(e.Command), e.Told)
	}
	return fmt.Sprintf("%s: connection lost: %v", strings.ToLower(e.Command), e.Err)
}

// Unwrap gives the reason.
func (e *LostError) Unwrap() error { return e.Err }

// BusyError says that the server wants fewer connections or fewer commands.
type BusyError struct {
	Text  string        // what the server said
	Wait  time.Duration // how long it is left alone
	Limit bool          // the account has too many connections
}

// Error gives the server's words.
func (e *BusyError) Error() string {
	if e.Limit {
		return "the server has no room for another connection: " + e.Text
	}
	return "the server is busy: " + e.Text
}

// moreRoom is what helps where a server has too little room.
const moreRoom = "close other programs that read this account, or have the server allow more connections " +
	"(Dovecot: mail_max_userip_connections, Courier: MAXPERIP; at Gmail it is 15 an account)"

// Hint says in a sentence what to do.
func (e *BusyError) Hint() string {
	if e.Limit {
		return "followupd makes do with a single one, and comes back for it; " + moreRoom
	}
	return fmt.Sprintf("it is left alone for %s; where that lasts for hours, ask who runs it", e.Wait.Round(time.Second))
}

func codeAndText(code, text string) string {
	if text == "" {
		text = "no reason given"
	}
	if code == "" {
		return text
	}
	return "[" + code + "] " + text
}

// maxSaid bounds what is kept of a server's words, in bytes.
const maxSaid = 300

// said makes a server's words fit for a log or a terminal: one line, bounded, control and bidirectional characters
// shown as codes.
func said(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > maxSaid {
		text = text[:maxSaid]
	}
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		if r == utf8.RuneError && size == 1 || !unicode.IsPrint(r) && r != ' ' {
			fmt.Fprintf(&b, `\x%x`, text[:size])
		} else {
			b.WriteString(text[:size])
		}
		text = text[size:]
	}
	return b.String()
}

// busy tells whether a refusal is about load and not about what was asked. Gmail and others say so in words only.
func busy(code, text string, throttle time.Duration) *BusyError {
	e := &BusyError{Text: said(codeAndText(code, text)), Wait: max(pacing.BusyWait, throttle)}
	lower := strings.ToLower(text)
	switch {
	case strings.EqualFold(code, string(imap.ResponseCodeLimit)), isAboutRoom(lower):
		e.Limit = true
	case strings.EqualFold(code, string(imap.ResponseCodeUnavailable)), strings.EqualFold(code, string(imap.ResponseCodeInUse)):
	case throttle > 0, strings.Contains(lower, "throttled"):
	case code == "" && (strings.Contains(lower, "server busy") || strings.Contains(lower, "server is busy")): // Exchange
	default:
		return nil
	}
	return e
}

// isAboutRoom says whether a server's words, in lower case, say that it has no room for another connection. Seen: "Maximum
// number of connections from user+IP exceeded (mail_max_userip_connections=10)" (Dovecot, under UNAVAILABLE), "Too many
// simultaneous connections. (Failure)" (Gmail, under ALERT), "Too many connections from this IP", "Too many open connections",
// "Maximum connection limit reached" (Courier).
func isAboutRoom(lower string) bool {
	for _, much := range []string{"too many", "maximum", "limit"} {
		if strings.Contains(lower, much) && strings.Contains(lower, "connection") {
			return true
		}
	}
	return false
}

func isTimeout(err error) bool {
	var netErr net.Error
	return errors.Is(err, guard.ErrSilent) || errors.Is(err, errSlow) || errors.As(err, &netErr) && netErr.Timeout()
}
