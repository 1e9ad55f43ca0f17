package main

import (
	"context"
	"fmt"
	netmail "net/mail"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/oauth2"

	"followupd/config"
	"followupd/imapwatch"
	"followupd/imapwatch/discover"
	"followupd/mail"
	"followupd/report"
)

// initFlags are the answers that are given beforehand.
type initFlags struct {
	address, name, host, security, username, caFile string
	port                                            int
	auth, provider, clientID, clientSecretCommand   string
	passwordFile, passwordEnv, passwordCommand      string
	keyring                                         bool
	sent, drafts                                    string
	central, steering                               bool
	yes, force, noService, noPreview                bool
}

func newInit(a *app) *cobra.Command {
	var f initFlags
	c := &cobra.Command{
		Use:   "init",
		Short: "Asks for your address, finds the mail server, tests the login, writes the configuration",
		Long: `init sets up a mailbox. It asks for the address, finds the mail server (by the domain's DNS records, its documents for mail
clients, or a table of large providers), says which login the provider wants, tests it, names the folders it found, shows
what followupd would draft, and writes the commented configuration file (mode 0600). It sends nothing and changes nothing
in the mailbox, unless you agree to folders for steering. Flags answer beforehand; without a terminal they must
answer everything.`,
		Example: `  followupd init
  followupd init -c anna.toml
  followupd init --address anna@acme.example --host imap.acme.example --password-file anna.password --no-service
  followupd init --address anna@acme.example --auth oauth2 --oauth2-provider microsoft --client-id ID`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := newSetup(a, f)
			if err != nil {
				return err
			}
			return s.run(c.Context())
		},
	}
	fs := c.Flags()
	fs.StringVar(&f.address, "address", "", "your `address`")
	fs.StringVar(&f.name, "name", "", "your `name`, as it stands in From")
	fs.StringVar(&f.host, "host", "", "the mail server's `name`, instead of looking for it")
	fs.IntVar(&f.port, "port", 0, "its port (default 993 with tls, 143 otherwise)")
	fs.StringVar(&f.security, "security", "", "`tls`, starttls or none (none only to this machine itself)")
	fs.StringVar(&f.username, "username", "", "the user `name` at the server (default: the address)")
	fs.StringVar(&f.caFile, "ca-file", "", "a PEM `file` with a further trust root, for a server with a certificate of its own")
	fs.StringVar(&f.passwordFile, "password-file", "", "a `file` that holds the password on its first line, mode 0600")
	fs.StringVar(&f.passwordEnv, "password-env", "", "the environment `variable` that holds the password")
	fs.StringVar(&f.passwordCommand, "password-command", "", "a `command` that prints the password, as in \"pass show mail/anna\"; it is run without a shell")
	fs.BoolVar(&f.keyring, "keyring", false, "keep the password, or the tokens, in the desktop's keyring instead of a file")
	fs.StringVar(&f.auth, "auth", "", "`password` or oauth2")
	fs.StringVar(&f.provider, "oauth2-provider", "", "`google` or microsoft")
	fs.StringVar(&f.clientID, "client-id", "", "the application's `id` at the provider, for OAuth2")
	fs.StringVar(&f.clientSecretCommand, "client-secret-command", "", "a `command` that prints the application's secret")
	fs.StringVar(&f.sent, "sent", "", "the `folder` for sent mail, where the server does not say")
	fs.StringVar(&f.drafts, "drafts", "", "the `folder` for drafts, where the server does not say")
	fs.BoolVar(&f.central, "ask-thunderbird", false, "look for the server in Thunderbird's public database, too, which learns your domain")
	fs.BoolVar(&f.steering, "steering", false, "make the folders by which you steer followupd from your mail client")
	fs.BoolVarP(&f.yes, "yes", "y", false, "take the server that was found, and install and start the service")
	fs.BoolVar(&f.force, "force", false, "replace an existing configuration")
	fs.BoolVar(&f.noService, "no-service", false, "neither install nor start the service")
	fs.BoolVar(&f.noPreview, "no-preview", false, "do not read the mailbox to show the first drafts")
	return c
}

// setup is one run of init: what is known so far.
type setup struct {
	a      *app
	f      initFlags
	ask    *prompter // nil: nobody to ask
	talk   *lines    // what is said to the rep
	path   string    // of the configuration
	values map[string]any
	typed  string        // the password, where the rep typed it
	grant  *oauth2.Token // the grant, where the rep gave one
	find   func(ctx context.Context, f *discover.Finder, address string) ([]discover.Server, error)

	made madeSetup
}

// madeSetup is what init --json says.
type madeSetup struct {
	Config   string        `json:"config"`
	Server   string        `json:"server"`
	Username string        `json:"username"`
	Auth     string        `json:"auth"`
	Folders  []checkFolder `json:"folders"`
	Threads  int           `json:"threads"`
	Drafts   []preview     `json:"drafts"`
	Steering []string      `json:"steering"`
	Service  string        `json:"service"`
}

func newSetup(a *app, f initFlags) (*setup, error) {
	if len(a.configs) > 1 {
		return nil, usagef("init writes one file; give one -c")
	}
	talk := a.out
	if a.json {
		talk = a.errs
	}
	s := &setup{
		a: a, f: f, ask: newPrompter(a.in, talk), talk: &lines{w: talk}, values: map[string]any{},
		find: func(ctx context.Context, f *discover.Finder, address string) ([]discover.Server, error) {
			return f.Find(ctx, address)
		},
		made: madeSetup{Folders: []checkFolder{}, Drafts: []preview{}, Steering: []string{}},
	}
	path := ""
	if len(a.configs) == 1 {
		path = a.configs[0]
	} else {
		var err error
		if path, err = defaultConfig(); err != nil {
			return nil, err
		}
	}
	var err error
	s.path, err = filepath.Abs(path)
	return s, err
}

// unanswered is the error for an answer that nobody is there to give.
func unanswered(what, flag string) error {
	return usagef("%s, and there is no terminal to ask at: give %s; nothing was written", what, flag)
}

func (s *setup) set(key string, value any) {
	if value != "" && value != 0 && value != false {
		s.values[key] = value
	}
}

// config gives the configuration as far as it is known, and its text.
func (s *setup) config() (config.Config, []byte, error) {
	text, err := config.Compose(s.values)
	if err != nil {
		return config.Config{}, nil, err
	}
	cfg, err := config.Parse(strings.NewReader(string(text)), s.path)
	if err != nil {
		return cfg, nil, &usageError{fmt.Errorf("nothing was written: %w", err)}
	}
	return cfg, text, nil
}

func (s *setup) run(ctx context.Context) error {
	if err := s.place(); err != nil {
		return err
	}
	if err := s.address(ctx); err != nil {
		return err
	}
	box, folders, err := s.mailbox(ctx)
	if err != nil {
		return err
	}
	defer func() { box.Close() }()
	s.talk.say("The login works. The folders:")
	for _, f := range folders {
		if f.Role != "" {
			s.talk.say("  %-8s %q: %s", f.Role, report.Clean(f.Name), report.Clean(f.Why))
			s.made.Folders = append(s.made.Folders, checkFolder{f.Name, f.Role, f.Why})
		}
	}
	if err := s.name(ctx); err != nil {
		return err
	}
	if err := s.preview(ctx, box); err != nil {
		return err
	}
	wanted, err := s.wantsSteering(ctx)
	if err != nil {
		return err
	}
	if err := s.write(ctx); err != nil {
		return err
	}
	if wanted {
		if err := s.steer(ctx, box); err != nil {
			return err
		}
	}
	if err := s.service(ctx); err != nil {
		return err
	}
	if s.a.json {
		return report.JSON(s.a.out, s.made)
	}
	return s.talk.err
}

// address asks whose mailbox it is.
func (s *setup) address(ctx context.Context) error {
	address := s.f.address
	for try := 0; ; try++ {
		if address == "" {
			if s.ask == nil {
				return unanswered("your address is not known", "--address")
			}
			var err error
			if address, err = s.ask.line(ctx, "Your mail address", ""); err != nil {
				return err
			}
		}
		a, err := netmail.ParseAddress(address)
		if err == nil && a.Address == address && strings.Contains(address[strings.LastIndexByte(address, '@'):], ".") {
			s.set("mailbox.address", address)
			return nil
		}
		if s.ask == nil || try == 2 {
			return usagef("%q is no address; write it as anna@acme.example", address)
		}
		s.talk.say("%q is no address; write it as anna@acme.example.", report.Clean(address))
		address = ""
	}
}

// name asks for the name in From; it may be left out.
func (s *setup) name(ctx context.Context) error {
	name := s.f.name
	if name == "" && s.ask != nil && !s.f.yes {
		var err error
		if name, err = s.ask.line(ctx, "Your name, as it shall stand in From (Enter: none)", ""); err != nil {
			return err
		}
	}
	s.set("mailbox.name", name)
	return nil
}

// open prepares the mailbox as it is known, with what the rep typed or granted where nothing is stored yet.
func (s *setup) open(cfg config.Config) *imapwatch.Mailbox {
	c := mailboxConfig(cfg, s.a.quietLogger())
	switch {
	case s.grant != nil:
		c.Password = func(context.Context) (string, error) { return s.grant.AccessToken, nil }
		c.Rejected = nil
	case s.typed != "":
		c.Password = func(context.Context) (string, error) { return s.typed, nil }
	}
	return imapwatch.New(c)
}

// folderFlag is the flag that names a folder.
func folderFlag(role mail.Role) string {
	if role == mail.RoleSent || role == mail.RoleDrafts {
		return "--" + string(role)
	}
	return "-c with a file written by hand"
}
