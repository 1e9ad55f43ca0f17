package guard

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Told is what the server said in words and go-imap throws away. Texts are at most 300 characters long; what is not
// printable in them is escaped.
type Told struct {
	Greeting string
	Bye      string        // of the last BYE
	Alerts   []string      // RFC 9051 section 7.1: to be shown to the user; the last eight
	No       string        // of the last NO or BAD
	Throttle time.Duration // how long the server asked to be left alone, last; 0: it did not ask
}

// Told gives what the server said so far.
func (c *Conn) Told() Told {
	c.mu.Lock()
	defer c.mu.Unlock()
	told := c.told
	told.Alerts = slices.Clone(told.Alerts)
	return told
}

// hear keeps the words of a status response.
func (c *Conn) hear(kind, code, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.greeted {
		c.told.Greeting = text
	}
	switch kind {
	case "BYE":
		c.told.Bye = text
	case "NO", "BAD":
		c.told.No = text
	}
	if kind != "OK" && kind != "PREAUTH" {
		if d := throttle(code, text); d > 0 {
			c.told.Throttle = d
		}
	}
	if code == "ALERT" && !slices.Contains(c.told.Alerts, text) {
		const most = 8
		if len(c.told.Alerts) == most {
			c.told.Alerts = slices.Delete(c.told.Alerts, 0, 1)
		}
		c.told.Alerts = append(c.told.Alerts, text)
	}
}

// Throttling: a server that names no time is left alone for defaultThrottle; none is believed beyond maxThrottle.
const (
	defaultThrottle = 5 * time.Minute
	maxThrottle     = time.Hour
)

var (
	// Exchange Online: "Request is throttled. Suggested Backoff Time: 92415 milliseconds".
	backoff = regexp.MustCompile(`(?i)backoff time:? *(\d{1,12})`)
	// "try again in 15 minutes", "please retry after 30 seconds".
	retry = regexp.MustCompile(`(?i)(?:again|retry) (?:in|after) (\d{1,9}) ?(s|m|h)`)
	// Gmail, Yahoo, Dovecot, in that order.
	tooMany = regexp.MustCompile(`(?i)too many simultaneous|exceeded command or bandwidth|rate limit|throttled|maximum number of connections`)
)

// throttle reads how long a server wants to be left alone out of a refusal.
func throttle(code, text string) time.Duration {
	asked := func(digits string, unit time.Duration) time.Duration {
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n > int64(maxThrottle/unit) {
			return maxThrottle
		}
		return max(time.Duration(n)*unit, time.Second)
	}
	if m := backoff.FindStringSubmatch(text); m != nil {
		return asked(m[1], time.Millisecond)
	}
	if m := retry.FindStringSubmatch(text); m != nil {
		return asked(m[1], map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}[strings.ToLower(m[2])])
	}
	switch code { // RFC 5530, RFC 9051; THROTTLED is Gmail's
	case "UNAVAILABLE", "LIMIT", "INUSE", "THROTTLED":
		return defaultThrottle
	}
	if tooMany.MatchString(text) {
		return defaultThrottle
	}
	return 0
}

// harmless makes a server's words fit for logs and terminals.
func harmless(text []byte) string {
	const most = 300
	plain := true
	for _, b := range text {
		plain = plain && b >= ' ' && b <= '~'
	}
	if plain && len(text) <= most {
		return strings.TrimSpace(string(text))
	}
	var b strings.Builder
	for n := 0; len(text) > 0; n++ {
		if n == most {
			b.WriteString("…")
			break
		}
		r, size := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case r == '\t':
			b.WriteByte(' ')
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		text = text[size:]
	}
	return strings.TrimSpace(b.String())
}
