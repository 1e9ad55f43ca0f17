package oauth

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// Browser asks for a grant in a browser: show tells the rep where to go, and the browser is sent back to a port of this
// machine (RFC 8252 section 7.3). Where the browser runs elsewhere, that page cannot be had; its address, sent to pasted,
// does as well. pasted may be nil. Errors: *GrantError.
func (a Application) Browser(ctx context.Context, show func(page string), pasted <-chan string) (*oauth2.Token, error) {
	ctx, c, err := a.config(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, longestWait)
	defer cancel()
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the browser: %w", err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	c.RedirectURL = "http://" + net.JoinHostPort(a.Provider.Redirect, strconv.Itoa(port)) + "/"

	wait := newReturn(oauth2.GenerateVerifier())
	server := &http.Server{Handler: wait, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // until it is closed
	}()
	defer func() {
		// The page that says "you may close this" is to arrive before the port is closed.
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if server.Shutdown(end) != nil {
			server.Close()
		}
		<-served
	}()

	verifier := oauth2.GenerateVerifier()
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier)}
	for key, value := range a.Provider.Extra {
		options = append(options, oauth2.SetAuthURLParam(key, value))
	}
	show(c.AuthCodeURL(wait.state, options...))

	answer, err := wait.answer(ctx, pasted)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return nil, &GrantError{Provider: a.Provider.Name, Code: "expired_token", Text: "nobody agreed in time"}
		}
		return nil, err
	}
	if code := answer.Get("error"); code != "" {
		return nil, &GrantError{Provider: a.Provider.Name, Code: printable(code, nil), Text: printable(answer.Get("error_description"), nil)}
	}
	token, err := c.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		return nil, a.said(err, c.ClientSecret, answer.Get("code"), verifier)
	}
	return a.checked(token)
}

// returned is the page that the browser is sent back to.
type returned struct {
	state string
	got   chan url.Values // the first right answer
}

func newReturn(state string) *returned { return &returned{state: state, got: make(chan url.Values, 1)} }

// accept takes an answer if it belongs to this request, and says whether it does.
func (r *returned) accept(query url.Values) bool {
	if subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(r.state)) != 1 || query.Get("code") == "" && query.Get("error") == "" {
		return false
	}
	select {
	case r.got <- query:
	default: // one is enough
	}
	return true
}

// ServeHTTP answers the browser. Whoever else finds the port does not know the state.
func (r *returned) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	w.Header().Set("Referrer-Policy", "no-referrer")
	switch {
	case req.URL.Path != "/" || req.Method != http.MethodGet:
		http.NotFound(w, req)
	case r.accept(req.URL.Query()):
		fmt.Fprint(w, "<!DOCTYPE html><title>followupd</title><p>followupd has its answer. You may close this page and go back to the terminal.</p>\n")
	default:
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, "<!DOCTYPE html><title>followupd</title><p>This is not the answer that followupd waits for. Open the address in the terminal once more.</p>\n")
	}
}

// answer waits for the browser, or for its address in words.
func (r *returned) answer(ctx context.Context, pasted <-chan string) (url.Values, error) {
	for {
		select {
		case query := <-r.got:
			return query, nil
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case line, ok := <-pasted:
			if !ok {
				pasted = nil
				continue
			}
			if u, err := url.Parse(strings.TrimSpace(line)); err == nil {
				r.accept(u.Query())
			}
		}
	}
}
