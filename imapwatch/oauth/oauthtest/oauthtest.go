// Package oauthtest is an authorization server for tests (RFC 6749, RFC 7636, RFC 8628, RFC 7662): real HTTP, with a rep
// who agrees, dawdles or says no as the test wishes, and a mail server's question whether a token is good.
package oauthtest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

// What the server knows the client as.
const (
	ClientID     = "followupd-test"
	ClientSecret = "app-s3cret"
)

// Server is an authorization server. Its methods may be called from any goroutine.
type Server struct {
	// Username is whose tokens it gives.
	Username string
	// Lifetime of an access token; zero: an hour.
	Lifetime time.Duration
	// Polls are the answers to a client that waits for the rep: "authorization_pending", "slow_down", "access_denied" or
	// "expired_token", one after the other. After the last the rep has agreed.
	Polls []string
	// Refuse is the error that the rep's browser brings back, "" for consent.
	Refuse string
	// Once makes refresh tokens good for one use: another use ends the grant (RFC 9700 section 4.14.2).
	Once bool
	// Public means the client has no secret.
	Public bool

	t  testing.TB
	at string

	mu      sync.Mutex
	serial  int
	codes   map[string]url.Values // authorization requests by code
	fresh   []string              // refresh tokens that are good
	spent   []string
	tokens  map[string]time.Time // access tokens, with their end
	revoked bool
	asked   []string // grant types, in order
	times   []time.Time
	secrets []string // everything given out
}

// Start starts the server on loopback, until the test ends.
func Start(t testing.TB, s *Server) *Server {
	t.Helper()
	s.t = t
	on := httptest.NewServer(s.Handler())
	on.Config.SetKeepAlivesEnabled(false) // no goroutine waits for one more question of a mail server
	t.Cleanup(on.Close)
	s.at = on.URL
	return s
}

// Handler is the server without a listener, for a test that has its own.
func (s *Server) Handler() http.Handler {
	s.codes, s.tokens = map[string]url.Values{}, map[string]time.Time{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /authorize", s.authorize)
	mux.HandleFunc("POST /device", s.device)
	mux.HandleFunc("POST /token", s.token)
	mux.HandleFunc("/introspect", s.introspect)
	return mux
}

// The server's addresses.
func (s *Server) AuthURL() string       { return s.at + "/authorize" }
func (s *Server) TokenURL() string      { return s.at + "/token" }
func (s *Server) DeviceURL() string     { return s.at + "/device" }
func (s *Server) IntrospectURL() string { return s.at + "/introspect?token=" }

// Revoke takes the grant back: refreshing fails and no token is good any more.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked, s.fresh, s.tokens = true, nil, map[string]time.Time{}
}

// Distrust makes all access tokens bad, but not the grant.
func (s *Server) Distrust() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens = map[string]time.Time{}
}

// Asked gives the grant types that tokens were asked for by, in order.
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// Times gives when tokens were asked for.
func (s *Server) Times() []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.times)
}

// Secrets gives every code and token that was given out, and the client's secret: nobody should find one in a log.
func (s *Server) Secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(slices.Clone(s.secrets), ClientSecret)
}

// Good says whether an access token is.
func (s *Server) Good(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	end, ok := s.tokens[token]
	return ok && time.Now().Before(end)
}

// Agree is the rep in a browser: it follows the address that the client shows, and gives where that ends.
func Agree(t testing.TB, page string) string {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(page)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusFound {
		t.Fatalf("the authorization page answers %s", res.Status)
	}
	return res.Header.Get("Location")
}

// Grant gives tokens without anybody being asked, for a test of what comes after that.
func (s *Server) Grant() *oauth2.Token {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &oauth2.Token{AccessToken: s.secret("access"), RefreshToken: s.secret("refresh"), TokenType: "Bearer", Expiry: time.Now().Add(time.Hour)}
	s.fresh = append(s.fresh, t.RefreshToken)
	s.tokens[t.AccessToken] = t.Expiry
	return t
}

func (s *Server) secret(kind string) string {
	s.serial++
	secret := fmt.Sprintf("%s-%d-%x", kind, s.serial, sha256.Sum256([]byte(fmt.Sprint(kind, s.serial))))[:40]
	s.secrets = append(s.secrets, secret)
	return secret
}

func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || q.Get("client_id") != ClientID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" ||
		q.Get("code_challenge") == "" || q.Get("state") == "" || q.Get("scope") == "" {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	answer := url.Values{"state": {q.Get("state")}}
	if s.Refuse != "" {
		answer.Set("error", s.Refuse)
	} else {
		code := s.secret("code")
		s.codes[code] = q
		answer.Set("code", code)
	}
	back.RawQuery = answer.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (s *Server) device(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.FormValue("client_id") != ClientID || r.FormValue("scope") == "" {
		refuse(w, "invalid_client")
		return
	}
	answer(w, http.StatusOK, map[string]any{
		"device_code": s.secret("device"), "user_code": "WDJB-MJHT", "verification_uri": "https://login.acme.example/device",
		"expires_in": 900, "interval": 1,
	})
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked, s.times = append(s.asked, r.FormValue("grant_type")), append(s.times, time.Now())
	if r.FormValue("client_id") != ClientID || !s.Public && r.FormValue("client_secret") != ClientSecret {
		refuse(w, "invalid_client")
		return
	}
	switch r.FormValue("grant_type") {
	case "urn:ietf:params:oauth:grant-type:device_code":
		if len(s.Polls) > 0 {
			now := s.Polls[0]
			s.Polls = s.Polls[1:]
			refuse(w, now)
			return
		}
		if !slices.Contains(s.secrets, r.FormValue("device_code")) {
			refuse(w, "invalid_grant")
			return
		}
	case "authorization_code":
		request, ok := s.codes[r.FormValue("code")]
		delete(s.codes, r.FormValue("code"))
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if !ok || base64.RawURLEncoding.EncodeToString(sum[:]) != request.Get("code_challenge") || r.FormValue("redirect_uri") != request.Get("redirect_uri") {
			refuse(w, "invalid_grant")
			return
		}
	case "refresh_token":
		old := r.FormValue("refresh_token")
		i := slices.Index(s.fresh, old)
		if i < 0 {
			if slices.Contains(s.spent, old) {
				s.fresh = nil // somebody else has it
			}
			// A careless provider repeats what it was given.
			answer(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant", "error_description": "the token " + old + " has been revoked"})
			return
		}
		if !s.Once {
			s.give(w, "")
			return
		}
		s.fresh, s.spent = slices.Delete(s.fresh, i, i+1), append(s.spent, old)
	default:
		refuse(w, "unsupported_grant_type")
		return
	}
	refresh := s.secret("refresh")
	s.fresh, s.revoked = append(s.fresh, refresh), false
	s.give(w, refresh)
}

// give answers with a new access token.
func (s *Server) give(w http.ResponseWriter, refresh string) {
	life := s.Lifetime
	if life == 0 {
		life = time.Hour
	}
	token := s.secret("access")
	s.tokens[token] = time.Now().Add(life)
	found := map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": int(life / time.Second)}
	if refresh != "" {
		found["refresh_token"] = refresh
	}
	answer(w, http.StatusOK, found)
}

// introspect tells a mail server about a token (RFC 7662).
func (s *Server) introspect(w http.ResponseWriter, r *http.Request) {
	if !s.Good(r.FormValue("token")) {
		answer(w, http.StatusOK, map[string]any{"active": false})
		return
	}
	answer(w, http.StatusOK, map[string]any{"active": true, "username": s.Username, "email": s.Username})
}

func refuse(w http.ResponseWriter, code string) {
	answer(w, http.StatusBadRequest, map[string]any{"error": code})
}

func answer(w http.ResponseWriter, status int, body map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
