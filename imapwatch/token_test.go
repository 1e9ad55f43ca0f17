package imapwatch

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"followupd/imapwatch/imaptest"
	"followupd/imapwatch/oauth/oauthtest"
)

// On a Dovecot that asks the authorization server about each token.
func TestToken_LogsIn(t *testing.T) {
	s := oauthtest.Start(t, &oauthtest.Server{})
	a := imaptest.Dovecot(t).User(t, imaptest.Introspect(s.IntrospectURL()))
	s.Username = a.Username
	cfg := forAccount(t, a)
	token := s.Grant().AccessToken
	cfg.Token = true
	cfg.Password = func(context.Context) (string, error) { return token, nil }
	if _, err := mailbox(t, cfg).Folders(t.Context()); err != nil {
		t.Fatalf("with a good token: %v", err)
	}

	s.Distrust()
	var told []string
	cfg.Rejected = func(secret string) { told = append(told, secret) }
	m := mailbox(t, cfg)
	_, err := m.Folders(t.Context())
	var login *LoginError
	if !errors.As(err, &login) || !login.Token || !strings.Contains(login.Hint(), "followupd login") {
		t.Errorf("with a token that is good no more: %v", err)
	}
	if len(told) != 1 || told[0] != token {
		t.Errorf("told of %d refusals, want one", len(told))
	}
	if strings.Contains(err.Error(), token) {
		t.Error("the token stands in the error")
	}
	token = s.Grant().AccessToken
	if _, err := m.Folders(t.Context()); err != nil {
		t.Errorf("with a fresh token: %v", err)
	}
}

// Exchange offers XOAUTH2 only; others follow the standard only.
func TestToken_ByWhateverTheServerOffers(t *testing.T) {
	for name, tc := range map[string]struct{ offers, mechanism, response string }{
		"Exchange": {"AUTH=PLAIN AUTH=XOAUTH2", "XOAUTH2", "user=rep\x01auth=Bearer t0ken\x01\x01"},
		"Gmail":    {"AUTH=XOAUTH2 AUTH=PLAIN AUTH=OAUTHBEARER", "OAUTHBEARER", "n,a=rep,\x01host=127.0.0.1\x01port=PORT\x01auth=Bearer t0ken\x01\x01"},
	} {
		for _, first := range []string{"", " SASL-IR"} {
			t.Run(name+first, func(t *testing.T) {
				got := make(chan string, 1)
				a := imaptest.Scripted(t, func(s *imaptest.Script) {
					s.Say("* OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS " + tc.offers + first + "] ready")
					c := s.Expect("AUTHENTICATE")
					mechanism, response, _ := strings.Cut(c.Args, " ")
					if response == "" {
						s.Say("+ ")
						response = s.Line()
					}
					plain, err := base64.StdEncoding.DecodeString(response)
					if err != nil {
						t.Error(err)
					}
					got <- mechanism + " " + string(plain)
					s.Say("+ " + base64.StdEncoding.EncodeToString([]byte(`{"status":"400","schemes":"Bearer"}`)))
					if line := s.Line(); line != "AQ==" {
						t.Errorf("the client answers the challenge with %q", line)
					}
					s.No(c, "[AUTHENTICATIONFAILED] invalid credentials")
				})
				cfg := forAccount(t, a)
				cfg.Token, cfg.Username = true, "rep"
				cfg.Password = func(context.Context) (string, error) { return "t0ken", nil }
				_, err := mailbox(t, cfg).Abilities(t.Context())
				var login *LoginError
				if !errors.As(err, &login) || login.Code != "AUTHENTICATIONFAILED" {
					t.Errorf("error: %v", err)
				}
				want := tc.mechanism + " " + strings.ReplaceAll(tc.response, "PORT", strings.Split(a.Addr(), ":")[1])
				if said := <-got; said != want {
					t.Errorf("the client says %q, want %q", said, want)
				}
			})
		}
	}
}

func TestToken_IsNotSentWhereItIsNotTaken(t *testing.T) {
	a := imaptest.Memory(t)
	cfg := forAccount(t, a)
	cfg.Token = true
	cfg.Password = func(context.Context) (string, error) { return "t0ken", nil }
	_, err := mailbox(t, cfg).Abilities(t.Context())
	var login *LoginError
	if !errors.As(err, &login) || !strings.Contains(err.Error(), "takes no access token") {
		t.Errorf("error: %v", err)
	}
}
