package imapwatch

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// What servers say to a login that they have nothing against but that it is one too many, or comes at a bad time. Taken for a
// refusal of the password, it would send people to change that.
func TestBusy_TellsLoadFromRefusal(t *testing.T) {
	for _, tt := range []struct {
		server, code, text string
		throttle           time.Duration
		busy, limit        bool
	}{
		{server: "Dovecot", code: "UNAVAILABLE", text: "Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)", busy: true, limit: true},
		{server: "Dovecot", code: "UNAVAILABLE", text: "Temporary authentication failure.", busy: true},
		{server: "Gmail", code: "ALERT", text: "Too many simultaneous connections. (Failure)", busy: true, limit: true},
		{server: "Yahoo", code: "LIMIT", text: "Rate limit hit.", busy: true, limit: true},
		{server: "Courier", text: "Maximum connection limit reached for ::ffff:192.0.2.7", busy: true, limit: true},
		{server: "some", text: "Too many connections from this IP", busy: true, limit: true},
		{server: "some", text: "Too many open connections", busy: true, limit: true},
		{server: "Exchange", text: "Server Busy. Please try again later.", busy: true},
		{server: "Exchange Online", text: "Request is throttled.", throttle: time.Minute, busy: true},
		{server: "a second session", code: "INUSE", text: "Mailbox is in use", busy: true},

		{server: "Dovecot", code: "AUTHENTICATIONFAILED", text: "Authentication failed."},
		{server: "Gmail", code: "ALERT", text: "Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)"},
		{server: "Exchange", text: "LOGIN failed."},
		{server: "a locked account", code: "AUTHENTICATIONFAILED", text: "Too many failed logins, server busy"},
		{server: "a secret that is too long", text: "Maximum password length exceeded"},
	} {
		b := busy(tt.code, tt.text, tt.throttle)
		if (b != nil) != tt.busy || b != nil && b.Limit != tt.limit {
			t.Errorf("%s, [%s] %s: taken for %+v", tt.server, tt.code, tt.text, b)
		}
		if b != nil && (b.Hint() == "" || b.Wait < time.Minute) {
			t.Errorf("%s: hint %q, left alone for %s", tt.server, b.Hint(), b.Wait)
		}
	}
}

// A secret that a program gives is asked for when its turn has come, not by all mailboxes at once.
func TestOpen_ReadsTheSecretInItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var (
			turnstile Turnstile
			mu        sync.Mutex
			read      []time.Time
			all       sync.WaitGroup
		)
		for range 100 {
			m := New(Config{
				Host: "imap.acme.example", Port: 993, Security: "tls", Username: "rep", Turnstile: &turnstile,
				Password: func(context.Context) (string, error) {
					mu.Lock()
					defer mu.Unlock()
					read = append(read, time.Now())
					return "", errors.New("the agent is locked")
				},
			})
			all.Go(func() {
				defer m.Close()
				if _, err := m.open(t.Context(), nil); err == nil {
					t.Error("logged in without a secret")
				}
			})
		}
		all.Wait()
		slices.SortFunc(read, time.Time.Compare)
		for i := 10; i < len(read); i++ {
			if in := read[i].Sub(read[i-10]); in < time.Second {
				t.Fatalf("eleven secrets were asked for in %s", in)
			}
		}
	})
}
