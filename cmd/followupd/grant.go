package main

import (
	"context"
	"errors"
	"log/slog"

	"golang.org/x/oauth2"

	"followupd/config"
	"followupd/imapwatch/oauth"
)

// secrets gives what a mailbox logs in with, read at each login, and who is to hear of one that the server refused.
func secrets(cfg config.Config, log *slog.Logger) (secret func(context.Context) (string, error), rejected func(string)) {
	if cfg.Grants() {
		source := &oauth.Source{App: application(cfg), Store: tokens(cfg), Log: log}
		return func(ctx context.Context) (string, error) {
			token, err := source.Token(ctx)
			if errors.Is(err, oauth.ErrNoGrant) {
				err = &noGrantError{cfg.File}
			}
			return token, err
		}, source.Rejected
	}
	return func(ctx context.Context) (string, error) {
		secret, err := cfg.IMAP.Secret(ctx)
		return secret.Reveal(), err
	}, nil
}

// noGrantError says that nobody has agreed yet.
type noGrantError struct{ file string }

func (*noGrantError) Error() string  { return oauth.ErrNoGrant.Error() }
func (*noGrantError) Unwrap() error  { return oauth.ErrNoGrant }
func (e *noGrantError) Hint() string { return "run `followupd login -c " + e.file + "`" }

// application is what the provider knows followupd as.
func application(cfg config.Config) oauth.Application {
	o := cfg.OAuth2
	var p oauth.Provider
	switch o.Provider {
	case config.Google:
		p = oauth.Google()
	case config.Microsoft:
		p = oauth.Microsoft(o.Tenant)
	default:
		p = oauth.Own("the provider")
	}
	p = p.At(o.AuthURL, o.TokenURL, o.DeviceURL)
	if len(o.Scopes) > 0 {
		p.Scopes = o.Scopes
	}
	return oauth.Application{ID: o.ClientID, Provider: p, Secret: func(ctx context.Context) (string, error) {
		secret, err := o.ClientSecret(ctx)
		return secret.Reveal(), err
	}}
}

// tokens is where the tokens of a mailbox are kept.
func tokens(cfg config.Config) oauth.Store {
	if cfg.OAuth2.Keyring {
		return keyringTokens{name: "oauth2 " + cfg.IMAP.Username, dir: cfg.State.Dir}
	}
	return oauth.File{Dir: cfg.State.Dir}
}

// keyringTokens keeps tokens in the desktop's keyring; the lock is a file still.
type keyringTokens struct{ name, dir string }

func (k keyringTokens) Load(ctx context.Context) (*oauth2.Token, error) {
	secret, err := config.FromKeyring(ctx, k.name)
	if errors.Is(err, config.ErrNotInKeyring) {
		return nil, oauth.ErrNoGrant
	}
	if err != nil {
		return nil, err
	}
	return oauth.Decode([]byte(secret.Reveal()), "the keyring")
}

func (k keyringTokens) Save(ctx context.Context, t *oauth2.Token) error {
	text, err := oauth.Encode(t)
	if err != nil {
		return err
	}
	return config.StoreInKeyring(ctx, k.name, config.NewSecret(string(text)))
}

func (k keyringTokens) Lock(ctx context.Context) (func(), error) { return oauth.LockDir(ctx, k.dir) }
