package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"followupd/imapwatch/imaptest"
	"followupd/imapwatch/oauth/oauthtest"
)

// grantDesk is a desk whose mail server takes tokens of an authorization server, and whose configuration knows both.
func grantDesk(t *testing.T, s *oauthtest.Server) *desk {
	t.Helper()
	oauthtest.Start(t, s)
	d := newDesk(t, imaptest.Dovecot(t).User(t, imaptest.Introspect(s.IntrospectURL())))
	s.Username = d.mailbox.Username
	d.write("app-secret", oauthtest.ClientSecret+"\n")
	d.configure("imap.password_file", "", "imap.auth", quoted("oauth2"),
		"oauth2.client_id", quoted(oauthtest.ClientID), "oauth2.client_secret_command", `["cat", "app-secret"]`, "oauth2.scopes", `["mail"]`,
		"oauth2.auth_url", quoted(s.AuthURL()), "oauth2.token_url", quoted(s.TokenURL()), "oauth2.device_url", quoted(s.DeviceURL()))
	return d
}

// silent fails where a token or secret shows in what a command said.
func silent(t *testing.T, s *oauthtest.Server, said string) {
	t.Helper()
	for _, secret := range s.Secrets() {
		if strings.Contains(said, secret) && !strings.HasPrefix(secret, "code-") {
			t.Errorf("%s shows in\n%s", secret, said)
		}
	}
}

func TestLogin_InABrowser(t *testing.T) {
	t.Parallel()
	s := &oauthtest.Server{Once: true}
	d := grantDesk(t, s)
	d.offer(lena)
	d.run("check").says(t, 1, "no grant", "followupd login")

	p := d.start("login", "--browser")
	page := strings.TrimSpace(p.line(0, "/authorize?"))
	res, err := http.Get(oauthtest.Agree(t, page))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if status := p.ended(longEnough); status != 0 {
		t.Fatalf("login ends with %d", status)
	}
	silent(t, s, p.said())
	tokens := filepath.Join(d.state(), "oauth2.json")
	if info, err := os.Stat(tokens); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the tokens: %v, %v", info, err)
	}
	d.mustRun("once", "--now")
	d.drafted(lena)

	s.Distrust() // the mail server takes the stored token no more, though it has not run out
	d.run("check").says(t, 1, "login refused", "followupd login")
	s.Revoke()
	for _, args := range [][]string{{"check"}, {"once", "-v"}} {
		o := d.run(args...)
		if o.status == 0 {
			t.Errorf("%v works with a grant that was taken back", args)
		}
		silent(t, s, o.out+o.err)
	}
}

func TestLogin_WithACode(t *testing.T) {
	t.Parallel()
	s := &oauthtest.Server{Polls: []string{"authorization_pending"}}
	d := grantDesk(t, s)
	said := d.mustRun("login")
	for _, want := range []string{"https://login.acme.example/device", "WDJB-MJHT", "good until", "logged in at"} {
		if !strings.Contains(said, want) {
			t.Errorf("login does not say %q:\n%s", want, said)
		}
	}
	d.mustRun("check")
}

// The daemon says in its status what to do, leaves the provider alone, and goes on by itself after a new login.
func TestLogin_GrantTakenBackWhileTheDaemonRuns(t *testing.T) {
	t.Parallel()
	s := &oauthtest.Server{}
	d := grantDesk(t, s)
	d.mustRun("login")
	s.Revoke()
	d.run("check").says(t, 1, "login refused")
	// As an hour later: the access token has run out.
	text, err := os.ReadFile(filepath.Join(d.state(), "oauth2.json"))
	if err != nil {
		t.Fatal(err)
	}
	d.write("state/oauth2.json", strings.Replace(string(text), `"expiry":"2`, `"expiry":"1`, 1))
	p := d.start()
	until(t, "a status that says what to do", func() bool {
		o := d.run("status")
		return strings.Contains(o.out, "took the grant back") && strings.Contains(o.out, "followupd login")
	})
	silent(t, s, p.said())
	refreshes := 0
	for _, asked := range s.Asked() {
		if asked == "refresh_token" {
			refreshes++
		}
	}
	if refreshes != 1 {
		t.Errorf("the provider was asked %d times about a grant that it took back", refreshes)
	}
	d.mustRun("login")
	d.mustRun("check")
}

func TestLogin_WhatIsWrong(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	d.run("login").says(t, 2, "imap.auth", "followupd check")
	d.configure("imap.auth", quoted("oauth2"))
	d.run("login").says(t, 2, "source that gives tokens")
	denied := grantDesk(t, &oauthtest.Server{Polls: []string{"access_denied"}})
	denied.run("login").says(t, 1, "access_denied", "said no")
	denied.run("login", "--device", "--browser").says(t, 2, "exclude")
}
