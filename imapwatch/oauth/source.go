package oauth

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

// Store keeps the tokens of one mailbox.
type Store interface {
	// Load gives what Save was given last, ErrNoGrant where that is nothing.
	Load(ctx context.Context) (*oauth2.Token, error)
	Save(ctx context.Context, t *oauth2.Token) error
	// Lock keeps other processes from refreshing at the same time, until unlock: many providers give a new refresh token
	// each time, and end the grant when an old one is used again.
	Lock(ctx context.Context) (unlock func(), err error)
}

const (
	// ahead is how long before its end a token is replaced: longer than clocks differ and a login takes.
	ahead = 5 * time.Minute
	// rest is how long a provider that refused a grant is left alone about it, as imapwatch leaves a server alone that
	// refused a password.
	rest = 15 * time.Minute
	// distrust is how often a token that the mail server refuses, though it should be good, is replaced before its time.
	distrust = time.Hour
)

// Source gives access tokens that are good. It may be used from several goroutines.
type Source struct {
	App   Application
	Store Store
	Log   *slog.Logger     // nil: nothing is logged
	Now   func() time.Time // nil: time.Now

	mu       sync.Mutex
	unsaved  *oauth2.Token // could not be stored: it would be lost with this process
	over     string        // the refresh token that it was got with, so that a newer grant is noticed
	refused  *GrantError   // of the refresh token that follows
	tried    string
	bad      string // an access token that the mail server refused
	replaced time.Time
}

// Token gives an access token with at least five minutes to live, where the provider gives such. Stored tokens are looked
// at each time, so that a new grant is used at once. Errors: ErrNoGrant, *GrantError.
func (s *Source) Token(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.load(ctx)
	if err != nil {
		return "", err
	}
	if s.good(t) {
		return t.AccessToken, nil
	}
	unlock, err := s.Store.Lock(ctx)
	if err != nil {
		return "", err
	}
	defer unlock()
	if t, err = s.load(ctx); err != nil { // another process may have been quicker
		return "", err
	}
	if s.good(t) {
		return t.AccessToken, nil
	}
	if t, err = s.refresh(ctx, t); err != nil {
		return "", err
	}
	return t.AccessToken, nil
}

// Rejected says that the mail server did not take a token. The next call of Token replaces it, once an hour at most.
func (s *Source) Rejected(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now().Sub(s.replaced) >= distrust {
		s.bad = token
	}
}

// load gives the stored tokens, or newer ones that could not be stored.
func (s *Source) load(ctx context.Context) (*oauth2.Token, error) {
	t, err := s.Store.Load(ctx)
	if s.unsaved == nil {
		return t, err
	}
	if err == nil && t.RefreshToken != s.over {
		s.unsaved = nil // somebody logged in meanwhile
		return t, nil
	}
	kept := s.unsaved
	if s.Store.Save(ctx, kept) == nil {
		s.unsaved = nil
	}
	return kept, nil
}

// good says whether a token need not be replaced. One without an end is good until the server refuses it.
func (s *Source) good(t *oauth2.Token) bool {
	return t.AccessToken != "" && t.AccessToken != s.bad && (t.Expiry.IsZero() || t.Expiry.Sub(s.now()) > ahead)
}

func (s *Source) refresh(ctx context.Context, old *oauth2.Token) (*oauth2.Token, error) {
	if s.refused != nil && s.tried == old.RefreshToken && s.now().Before(s.refused.Retry) {
		return nil, s.refused
	}
	withClient, c, err := s.App.config(ctx)
	if err != nil {
		return nil, err
	}
	// Without an access token the library does not look at its end.
	t, err := c.TokenSource(withClient, &oauth2.Token{RefreshToken: old.RefreshToken}).Token()
	if err != nil {
		err = s.App.said(err, old.RefreshToken, old.AccessToken, c.ClientSecret)
		var refused *GrantError
		if errors.As(err, &refused) && refused.Code != "" {
			refused.Retry = s.now().Add(rest)
			s.refused, s.tried = refused, old.RefreshToken
		}
		return nil, err
	}
	s.refused, s.tried = nil, ""
	if s.bad != "" {
		s.bad, s.replaced = "", s.now()
	}
	s.over, s.unsaved = old.RefreshToken, nil
	if err := s.Store.Save(ctx, t); err != nil {
		// It serves this process; what is stored may be worth nothing any more.
		s.unsaved = t
		s.log().Warn("tokens not stored: when the program ends, `followupd login` may be needed", slog.Any("error", err))
	}
	return t, nil
}

func (s *Source) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

func (s *Source) log() *slog.Logger {
	if s.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return s.Log
}
