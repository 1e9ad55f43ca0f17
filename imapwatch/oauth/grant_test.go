package oauth

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"followupd/imapwatch/oauth/oauthtest"

	"golang.org/x/oauth2"
)

// application is what a server's clients are: of a provider given by its addresses.
func application(s *oauthtest.Server) Application {
	p := Own("Acme").At(s.AuthURL(), s.TokenURL(), s.DeviceURL())
	p.Scopes = []string{"mail"}
	return Application{
		ID: oauthtest.ClientID, Provider: p,
		Secret: func(context.Context) (string, error) { return oauthtest.ClientSecret, nil },
	}
}

// pipes carries HTTP without a network, which a bubble with a clock of its own needs.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case p.conns <- server:
		return client, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// inBubble serves the server over pipes and gives a client of it, and what ends both.
func inBubble(s *oauthtest.Server) (Application, func()) {
	p := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	server := &http.Server{Handler: s.Handler()}
	served := make(chan error, 1)
	go func() { served <- server.Serve(p) }()
	transport := &http.Transport{DialContext: p.dial}
	a := application(s)
	a.Provider = a.Provider.At("http://login.acme.example/authorize", "http://login.acme.example/token", "http://login.acme.example/device")
	a.HTTP = &http.Client{Transport: transport}
	return a, func() {
		transport.CloseIdleConnections()
		server.Close()
		<-served
	}
}

func TestDevice_AsksAtThePaceOfTheProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &oauthtest.Server{Polls: []string{"authorization_pending", "slow_down", "authorization_pending"}}
		app, stop := inBubble(s)
		defer stop()
		begun := time.Now()
		var shown DeviceCode
		token, err := app.Device(t.Context(), func(c DeviceCode) { shown = c })
		if err != nil {
			t.Fatal(err)
		}
		if !s.Good(token.AccessToken) || token.RefreshToken == "" {
			t.Errorf("got %q and %q", token.AccessToken, token.RefreshToken)
		}
		if shown.Page != "https://login.acme.example/device" || shown.Code != "WDJB-MJHT" {
			t.Errorf("the rep is told %+v", shown)
		}
		var after []time.Duration
		for _, at := range s.Times() {
			after = append(after, at.Sub(begun))
		}
		// RFC 8628 section 3.5: after slow_down, five seconds more.
		if want := []time.Duration{1 * time.Second, 2 * time.Second, 8 * time.Second, 14 * time.Second}; !slices.Equal(after, want) {
			t.Errorf("asked after %v, want %v", after, want)
		}
	})
}

func TestDevice_WithoutConsent(t *testing.T) {
	forever := slices.Repeat([]string{"authorization_pending"}, 2000)
	for name, tc := range map[string]struct {
		polls []string
		code  string
		hint  string
	}{
		"denied":          {[]string{"authorization_pending", "access_denied"}, "access_denied", "said no"},
		"expired there":   {[]string{"expired_token"}, "expired_token", "ran out"},
		"nobody agreed":   {forever, "expired_token", "ran out"},
		"other complaint": {[]string{"unauthorized_client"}, "unauthorized_client", "oauth2.client_id"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				app, stop := inBubble(&oauthtest.Server{Polls: tc.polls})
				defer stop()
				_, err := app.Device(t.Context(), func(DeviceCode) {})
				var refused *GrantError
				if !errors.As(err, &refused) || refused.Code != tc.code || !strings.Contains(refused.Hint(), tc.hint) {
					t.Errorf("got %v, want %s with a hint of %q", err, tc.code, tc.hint)
				}
			})
		})
	}
}

func TestDevice_EndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app, stop := inBubble(&oauthtest.Server{Polls: slices.Repeat([]string{"authorization_pending"}, 2000)})
		defer stop()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		if _, err := app.Device(ctx, func(DeviceCode) {}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want that it was interrupted", err)
		}
	})
}

// visit is the browser coming back.
func visit(t *testing.T, address string) (int, string) {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Error(err)
	}
	return res.StatusCode, string(body)
}

func TestBrowser_ComesBackToThisMachine(t *testing.T) {
	s := oauthtest.Start(t, &oauthtest.Server{})
	pages := make(chan string, 1)
	seen := make(chan string, 1)
	go func() {
		_, body := visit(t, oauthtest.Agree(t, <-pages))
		seen <- body
	}()
	token, err := application(s).Browser(t.Context(), func(page string) { pages <- page }, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Good(token.AccessToken) || token.RefreshToken == "" {
		t.Errorf("got %q and %q", token.AccessToken, token.RefreshToken)
	}
	if body := <-seen; !strings.Contains(body, "close this page") {
		t.Errorf("the browser shows %q", body)
	}
}

// Somebody who finds the port, or lures the rep's browser to it, does not know the state.
func TestBrowser_TakesNoAnswerButItsOwn(t *testing.T) {
	s := oauthtest.Start(t, &oauthtest.Server{})
	pages := make(chan string, 1)
	go func() {
		back, err := url.Parse(oauthtest.Agree(t, <-pages))
		if err != nil {
			t.Error(err)
			return
		}
		for _, forged := range []string{"/?state=guess&code=x", "/?code=x", "/?state=" + back.Query().Get("state"), "/favicon.ico?" + back.RawQuery} {
			if status, _ := visit(t, "http://"+back.Host+forged); status < 400 {
				t.Errorf("%s is answered with %d", forged, status)
			}
		}
		visit(t, back.String())
	}()
	token, err := application(s).Browser(t.Context(), func(page string) { pages <- page }, nil)
	if err != nil || !s.Good(token.AccessToken) {
		t.Errorf("got %v", err)
	}
}

func TestBrowser_ElsewhereItsAddressIsPasted(t *testing.T) {
	s := oauthtest.Start(t, &oauthtest.Server{})
	lines := make(chan string, 3)
	token, err := application(s).Browser(t.Context(), func(page string) {
		lines <- "what?"
		lines <- "http://127.0.0.1:1/?state=guess&code=x"
		lines <- " " + oauthtest.Agree(t, page) + "\n"
	}, lines)
	if err != nil || !s.Good(token.AccessToken) {
		t.Errorf("got %v", err)
	}
}

func TestBrowser_WithoutConsent(t *testing.T) {
	s := oauthtest.Start(t, &oauthtest.Server{Refuse: "access_denied"})
	lines := make(chan string, 1)
	_, err := application(s).Browser(t.Context(), func(page string) { lines <- oauthtest.Agree(t, page) }, lines)
	var refused *GrantError
	if !errors.As(err, &refused) || refused.Code != "access_denied" {
		t.Errorf("got %v, want access_denied", err)
	}
}

// A code that was stolen on its way is worth nothing without the verifier: the server of this test holds that.
func TestBrowser_CodeIsBoundToTheRequest(t *testing.T) {
	s := oauthtest.Start(t, &oauthtest.Server{})
	lines := make(chan string, 1)
	_, err := application(s).Browser(t.Context(), func(page string) {
		u, err := url.Parse(page)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set("code_challenge", oauth2.S256ChallengeFromVerifier("another"))
		u.RawQuery = q.Encode()
		lines <- oauthtest.Agree(t, u.String())
	}, lines)
	var refused *GrantError
	if !errors.As(err, &refused) || !refused.Revoked() {
		t.Errorf("got %v, want invalid_grant", err)
	}
}

func TestProviders_AsTheirManualsSay(t *testing.T) {
	google, microsoft, tenant := Google(), Microsoft(""), Microsoft("acme.example")
	if google.HasDevice() || !google.HasBrowser() {
		t.Error("Google grants mail to a browser only")
	}
	if !microsoft.HasDevice() || !microsoft.HasBrowser() || microsoft.Redirect != "localhost" {
		t.Errorf("Microsoft: %+v", microsoft)
	}
	if !strings.Contains(microsoft.endpoint.TokenURL, "/common/") || !strings.Contains(tenant.endpoint.TokenURL, "/acme.example/") {
		t.Errorf("%s, %s", microsoft.endpoint.TokenURL, tenant.endpoint.TokenURL)
	}
}
