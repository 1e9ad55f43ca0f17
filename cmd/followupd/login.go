package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/oauth2"

	"followupd/config"
	"followupd/imapwatch"
	"followupd/imapwatch/oauth"
	"followupd/report"
)

// flow is how the rep is asked: by a code for another device, or in a browser.
type flow string

const (
	anyFlow     flow = ""
	deviceFlow  flow = "device"
	browserFlow flow = "browser"
)

func newLogin(a *app) *cobra.Command {
	var device, browser bool
	c := &cobra.Command{
		Use:   "login",
		Short: "Asks you, at your provider, to let followupd into the mailbox (OAuth2), and tests it",
		Long: `login is for a mailbox with auth = "oauth2" and an application in [oauth2]. It asks you to agree at your provider: with a
code that you enter on any device, or in a browser on this machine. The tokens are kept in the state folder (mode 0600)
or the keyring, and refreshed before they end. Run it again when the provider took the grant back.`,
		Example: "  followupd login\n  followupd login --browser -c anna.toml",
		Args:    exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			how := anyFlow
			switch {
			case device && browser:
				return usagef("--device and --browser exclude each other")
			case device:
				how = deviceFlow
			case browser:
				how = browserFlow
			}
			return a.login(c.Context(), cfg, how)
		},
	}
	c.Flags().BoolVar(&device, "device", false, "with a code that is entered on any device")
	c.Flags().BoolVar(&browser, "browser", false, "in a browser; where it runs on another machine, paste the address it ends at")
	return c
}

// login asks for a grant, keeps it, and tries it on the mail server.
func (a *app) login(ctx context.Context, cfg config.Config, how flow) error {
	switch {
	case cfg.IMAP.Auth != config.AuthOAuth2:
		return usagef("%s: imap.auth is %q: there is nothing to agree to; `followupd check` tests the password", cfg.File, cfg.IMAP.Auth)
	case !cfg.Grants():
		return usagef("%s: [imap] names a source that gives tokens, which `followupd check` tests; login is for [oauth2] instead of it", cfg.File)
	}
	token, err := a.grant(ctx, cfg, how)
	if err != nil {
		return err
	}
	store := tokens(cfg)
	unlock, err := store.Lock(ctx)
	if err != nil {
		return err
	}
	err = store.Save(ctx, token)
	unlock()
	if err != nil {
		return err
	}
	box := imapwatch.New(mailboxConfig(cfg, a.quietLogger()))
	defer box.Close()
	if _, err := box.Abilities(ctx); err != nil {
		return fmt.Errorf("the grant is stored, but the mail server does not take it: %w", err)
	}
	_, err = fmt.Fprintf(a.out, "logged in at %s as %s\n", cfg.IMAP.Host, cfg.IMAP.Username)
	return err
}

// grant asks the rep, and tells them where to go. Standard input is read for the address that a browser elsewhere
// ended at.
func (a *app) grant(ctx context.Context, cfg config.Config, how flow) (*oauth2.Token, error) {
	app := application(cfg)
	switch {
	case how == deviceFlow && !app.Provider.HasDevice():
		return nil, usagef("--device: %s gives no codes for mail to other devices; use --browser", app.Provider.Name)
	case how == browserFlow && !app.Provider.HasBrowser():
		return nil, usagef("--browser: oauth2.auth_url is not set; use --device")
	case how == anyFlow && app.Provider.HasDevice():
		how = deviceFlow
	}
	if how == deviceFlow {
		return app.Device(ctx, func(c oauth.DeviceCode) {
			fmt.Fprintf(a.out, "On any device, open\n\n    %s\n\nand enter the code\n\n    %s\n\n", c.Page, c.Code)
			if !c.Expiry.IsZero() {
				fmt.Fprintf(a.out, "The code is good until %s. Log in there as %s.\n", c.Expiry.Local().Format(time.TimeOnly), report.Clean(cfg.IMAP.Username))
			}
			fmt.Fprintln(a.out, "Waiting for you to agree …")
		})
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	token, err := app.Browser(ctx, func(page string) {
		fmt.Fprintf(a.out, "In a browser on this machine, open\n\n    %s\n\nand agree as %s.\n", page, report.Clean(cfg.IMAP.Username))
		if a.in != nil {
			fmt.Fprintln(a.out, "If the browser runs on another machine, it will end at a page that cannot be shown: paste that page's address here.")
		}
		fmt.Fprintln(a.out, "Waiting for you to agree …")
	}, a.typed(ctx))
	var refused *oauth.GrantError
	if errors.As(err, &refused) && refused.Revoked() {
		return nil, fmt.Errorf("%w: the code of the browser was not taken; start anew", err)
	}
	return token, err
}

// typed gives the lines of standard input as they are typed, until ctx ends. There is no way to give up a read of a
// terminal: the goroutine then waits for one more line, or for the end of the program.
func (a *app) typed(ctx context.Context) <-chan string {
	if a.in == nil {
		return nil
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		typed := bufio.NewScanner(a.in)
		for typed.Scan() {
			select {
			case lines <- typed.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}
