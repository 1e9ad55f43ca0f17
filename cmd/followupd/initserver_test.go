package main

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"followupd/imapwatch/discover"
)

// finding is a setup without a terminal that finds what a test says.
func finding(t *testing.T, f initFlags, found []discover.Server, err error) (*setup, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	s, setupErr := newSetup(&app{out: &out, errs: &out, configs: []string{filepath.Join(t.TempDir(), "anna.toml")}}, f)
	if setupErr != nil {
		t.Fatal(setupErr)
	}
	s.find = func(context.Context, *discover.Finder, string) ([]discover.Server, error) { return found, err }
	return s, &out
}

func TestInit_WhatItDoesWithWhatItFinds(t *testing.T) {
	t.Parallel()
	table, err := discover.Providers()
	if err != nil {
		t.Fatal(err)
	}
	google, microsoft := &table[0], &table[1]
	ours := discover.Server{Host: "imap.acme.example", Port: 1993, Security: "tls", Username: "anna", Source: "the SRV record _imaps._tcp.acme.example"}
	foreign := ours
	foreign.Host, foreign.Foreign = "mail.hoster.example", true
	for name, tc := range map[string]struct {
		flags initFlags
		found []discover.Server
		err   error
		want  string // of the configuration, or of what is said
		fails string
	}{
		"a server of the domain": {initFlags{passwordEnv: "X"}, []discover.Server{ours}, nil, "port = 1993\n", ""},
		"its user name":          {initFlags{passwordEnv: "X"}, []discover.Server{ours}, nil, "\nusername = \"anna\"\n", ""},
		"another user name":      {initFlags{passwordEnv: "X", username: "berg"}, []discover.Server{ours}, nil, "\nusername = \"berg\"\n", ""},
		"a large provider": {
			initFlags{passwordEnv: "X"},
			[]discover.Server{{Host: "imap.gmail.com", Port: 993, Security: "tls", Provider: google}},
			nil,
			"wants an app password, made for followupd alone: https://myaccount.google.com/apppasswords", "",
		},
		"a server elsewhere, nobody to confirm it": {initFlags{passwordEnv: "X"}, []discover.Server{foreign}, nil, "", "--host mail.hoster.example --port 1993"},
		"yes does not confirm it either":           {initFlags{passwordEnv: "X", yes: true}, []discover.Server{foreign}, nil, "", "--host mail.hoster.example"},
		"nothing":                                  {initFlags{passwordEnv: "X"}, nil, errors.Join(discover.ErrNotFound, errors.New("dns: timeout")), "", "dns: timeout"},
		"OAuth2 only, no application": {
			initFlags{}, []discover.Server{{Host: "outlook.office365.com", Port: 993, Security: "tls", Provider: microsoft}}, nil, "", "--client-id",
		},
		"OAuth2 only, but the rep says password": {
			initFlags{auth: "password", passwordEnv: "X"},
			[]discover.Server{{Host: "outlook.office365.com", Port: 993, Security: "tls", Provider: microsoft}},
			nil,
			"password_env = \"X\"", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			tc.flags.address = repAddress
			s, out := finding(t, tc.flags, tc.found, tc.err)
			err := s.address(t.Context())
			var server discover.Server
			if err == nil {
				server, err = s.server(t.Context())
			}
			if err == nil {
				s.use(server)
				err = s.login(t.Context(), server)
			}
			if tc.fails != "" {
				var usage *usageError
				if !errors.As(err, &usage) || !strings.Contains(err.Error(), tc.fails) || !strings.Contains(err.Error(), "nothing was written") {
					t.Errorf("got %v, want a wrong usage that says %q", err, tc.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			_, text, err := s.config()
			if err != nil || !strings.Contains(out.String()+string(text), tc.want) {
				t.Errorf("%v, lacks %q in\n%s\n%s", err, tc.want, out, text)
			}
		})
	}
}
