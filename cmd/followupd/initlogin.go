package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/emersion/go-imap/v2"

	"followupd/config"
	"followupd/imapwatch"
	"followupd/imapwatch/discover"
	"followupd/mail"
	"followupd/report"
)

const (
	tries       = 3 // of a password: servers lock accounts for more wrong ones
	corrections = 8 // of the server's name, port and certificate
)

// mailbox finds the server, logs in, and finds the folders; what is wrong is asked for again.
func (s *setup) mailbox(ctx context.Context) (*imapwatch.Mailbox, []mail.Folder, error) {
	server, err := s.server(ctx)
	if err != nil {
		return nil, nil, err
	}
	s.use(server)
	if err := s.login(ctx, server); err != nil {
		return nil, nil, err
	}
	refusals := 0
	for try := 1; ; try++ {
		cfg, _, err := s.config()
		if err != nil {
			return nil, nil, err
		}
		s.talk.say("Testing the login at %s as %s …", report.Clean(net.JoinHostPort(cfg.IMAP.Host, strconv.Itoa(cfg.IMAP.Port))), report.Clean(cfg.IMAP.Username))
		box := s.open(cfg)
		folders, err := s.folders(ctx, box)
		if err == nil {
			s.made.Server, s.made.Username, s.made.Auth = net.JoinHostPort(cfg.IMAP.Host, strconv.Itoa(cfg.IMAP.Port)), cfg.IMAP.Username, cfg.IMAP.Auth
			// Once more, with the folders that the rep named.
			if cfg, _, err = s.config(); err != nil {
				box.Close()
				return nil, nil, err
			}
			box.Close()
			return s.open(cfg), folders, nil
		}
		box.Close()
		var refused *imapwatch.LoginError
		if errors.As(err, &refused) {
			refusals++
		}
		if ctx.Err() != nil || s.ask == nil || refusals == tries || try == corrections {
			return nil, nil, notWritten(err)
		}
		if err := s.correct(ctx, err); err != nil {
			return nil, nil, err
		}
	}
}

// notWritten adds to an error that nothing came of it, and by which flags it is mended.
func notWritten(err error) error {
	var dial *imapwatch.DialError
	var secret *imapwatch.TLSError
	var usage *usageError
	switch {
	case errors.As(err, &usage):
		return err
	case errors.As(err, &dial), errors.As(err, &secret):
		return fmt.Errorf("nothing was written (--host, --port and --security name the server, --ca-file its certificate): %w", err)
	}
	return fmt.Errorf("nothing was written: %w", err)
}

// correct asks again for what a failed login puts in doubt. An error that asking does not mend comes back.
func (s *setup) correct(ctx context.Context, failed error) error {
	var (
		refused   *imapwatch.LoginError
		secret    *imapwatch.TLSError
		dial      *imapwatch.DialError
		authority x509.UnknownAuthorityError
		err       error
	)
	s.talk.say("That did not work: %s.", report.Clean(withHint(failed)))
	switch {
	case errors.As(failed, &refused) && s.typed != "" && !strings.EqualFold(refused.Code, string(imap.ResponseCodePrivacyRequired)):
		username, _ := s.values["imap.username"].(string)
		if username == "" {
			username, _ = s.values["mailbox.address"].(string)
		}
		if username, err = s.ask.line(ctx, "User name", username); err != nil {
			return err
		}
		s.values["imap.username"] = username
		s.typed, err = s.password(ctx, "Password")
		return err
	case errors.As(failed, &authority):
		file, err := s.ask.line(ctx, "A PEM file with the server's certificate or its root (Enter: another server)", "")
		if err != nil {
			return err
		}
		if file != "" {
			s.values["imap.ca_file"], err = filepath.Abs(file)
			return err
		}
		return s.another(ctx)
	case errors.As(failed, &secret), errors.As(failed, &dial):
		return s.another(ctx)
	}
	return notWritten(failed)
}

// another asks for the server anew.
func (s *setup) another(ctx context.Context) error {
	server, err := s.askServer(ctx)
	if err == nil {
		s.use(server)
	}
	return err
}

// password asks for one that is not empty.
func (s *setup) password(ctx context.Context, question string) (string, error) {
	for {
		typed, err := s.ask.secret(ctx, question)
		if err != nil || typed != "" {
			return typed, err
		}
		s.talk.say("It is empty; Ctrl-C ends init.")
	}
}

// server finds the mail server, or asks for it.
func (s *setup) server(ctx context.Context) (discover.Server, error) {
	table, err := discover.Providers()
	if err != nil {
		return discover.Server{}, err
	}
	if s.f.host != "" {
		server := discover.Server{Host: s.f.host, Port: s.f.port, Security: s.f.security}
		for i, p := range table {
			if strings.EqualFold(p.Host, s.f.host) {
				server.Provider = &table[i]
			}
		}
		return server, nil
	}
	address, _ := s.values["mailbox.address"].(string)
	_, domain, _ := strings.Cut(address, "@")
	finder := &discover.Finder{DNS: net.DefaultResolver, HTTP: discover.NewHTTP(), Table: table, Central: s.f.central}
	s.talk.say("Looking for the mail server of %s …", report.Clean(domain))
	found, err := s.find(ctx, finder, address)
	if errors.Is(err, discover.ErrNotFound) && s.ask != nil && !s.f.central {
		if finder.Central, err = s.ask.yes(ctx, "The domain does not say. Ask Thunderbird's public database, too? It learns the domain, not the address", false); err != nil {
			return discover.Server{}, err
		}
		if err = discover.ErrNotFound; finder.Central {
			found, err = s.find(ctx, finder, address)
		}
	}
	switch {
	case ctx.Err() != nil:
		return discover.Server{}, errors.New("interrupted; nothing was written")
	case err != nil && s.ask == nil:
		return discover.Server{}, usagef("no mail server is known for %s (%s): give --host, and --port and --security where they are not 993 and tls; nothing was written",
			report.Clean(domain), report.Clean(strings.ReplaceAll(err.Error(), "\n", "; ")))
	case err != nil:
		s.talk.say("No mail server is known for %s. Your provider's help pages name it (IMAP, incoming mail).", report.Clean(domain))
		return s.askServer(ctx)
	}
	best := found[0]
	s.talk.say("Found %s, port %d, %s: by %s.", report.Clean(best.Host), best.Port, best.Security, report.Clean(best.Source))
	if best.Foreign && s.ask == nil {
		return best, usagef("the domain's DNS names %s, which is not of %s: if that is right, give --host %s --port %d --security %s; nothing was written",
			report.Clean(best.Host), report.Clean(domain), report.Clean(best.Host), best.Port, best.Security)
	}
	if s.ask == nil || s.f.yes && !best.Foreign {
		return best, nil
	}
	question := "Use it?"
	if best.Foreign {
		question = "It does not belong to your domain, and anybody between you and the DNS could have named it. Is it your provider's?"
	}
	switch ok, err := s.ask.yes(ctx, question, !best.Foreign); {
	case err != nil:
		return best, err
	case !ok:
		return s.askServer(ctx)
	}
	return best, nil
}

func (s *setup) askServer(ctx context.Context) (discover.Server, error) {
	host, _ := s.values["imap.host"].(string)
	security, _ := s.values["imap.security"].(string)
	server := discover.Server{}
	var err error
	for server.Host == "" {
		if server.Host, err = s.ask.line(ctx, "Mail server (IMAP)", host); err != nil {
			return server, err
		}
	}
	if security == "" {
		security = config.TLS
	}
	if server.Security, err = s.ask.line(ctx, "Encryption: tls, starttls, or none (none only to this machine itself)", security); err != nil {
		return server, err
	}
	port := "993"
	if server.Security != config.TLS {
		port = "143"
	}
	if before, ok := s.values["imap.port"].(int); ok && server.Security == security {
		port = strconv.Itoa(before)
	}
	for {
		text, err := s.ask.line(ctx, "Port", port)
		if err != nil {
			return server, err
		}
		if server.Port, err = strconv.Atoi(text); err == nil {
			return server, nil
		}
		s.talk.say("A port is a number.")
	}
}

// use takes a server into the configuration; flags beat what was found.
func (s *setup) use(server discover.Server) {
	for _, key := range []string{"imap.host", "imap.port", "imap.security"} {
		delete(s.values, key)
	}
	s.set("imap.host", server.Host)
	s.set("imap.security", server.Security)
	s.set("imap.port", server.Port)
	if s.values["imap.username"] == nil {
		s.set("imap.username", server.Username)
	}
	s.set("imap.username", s.f.username)
	if s.f.caFile != "" && s.values["imap.ca_file"] == nil {
		file, err := filepath.Abs(s.f.caFile)
		if err != nil {
			file = s.f.caFile
		}
		s.set("imap.ca_file", file)
	}
	s.set("imap.folders.sent", s.f.sent)
	s.set("imap.folders.drafts", s.f.drafts)
}

// login settles how to log in: by what the flags say, else as the provider wants it.
func (s *setup) login(ctx context.Context, server discover.Server) error {
	wants := server.Login
	if p := server.Provider; p != nil {
		wants = p.Login
		s.talk.say("%s %s", p.Name, wish(*p))
	}
	switch s.f.auth {
	case config.AuthOAuth2:
		return s.oauth2(ctx, server.Provider)
	case config.AuthPassword:
		wants = discover.Password
	case "":
	default:
		return usagef("--auth %q is not known; write password or oauth2", s.f.auth)
	}
	if s.f.clientID != "" || s.f.provider != "" {
		return s.oauth2(ctx, server.Provider)
	}
	given, err := s.source()
	if err != nil || given {
		return err
	}
	if wants == discover.OAuth2 {
		return s.oauth2(ctx, server.Provider)
	}
	if s.ask == nil {
		return unanswered("the password is not known", "--password-file, --password-env or --password-command")
	}
	question := "Password"
	if wants == discover.AppPassword {
		question = "App password"
	}
	if s.typed, err = s.password(ctx, question); err != nil {
		return err
	}
	if s.f.keyring {
		s.set("imap.keyring", true)
	} else {
		s.set("imap.password_file", filepath.Base(s.passwordPath()))
	}
	return nil
}

// wish says what a provider wants, and where the rep gets it.
func wish(p discover.Provider) string {
	text := "takes the mailbox's password."
	switch p.Login {
	case discover.AppPassword:
		text = "wants an app password, made for followupd alone: " + p.Page + "."
	case discover.OAuth2:
		text = "lets programs in by OAuth2 only: " + p.Page + "."
	}
	if p.Note != "" {
		text += " " + p.Note
	}
	return text
}

// source takes the source of the password that the flags name.
func (s *setup) source() (given bool, err error) {
	n := 0
	if s.f.passwordFile != "" {
		n++
		file, err := filepath.Abs(s.f.passwordFile)
		if err != nil {
			return false, err
		}
		s.set("imap.password_file", file)
	}
	if s.f.passwordEnv != "" {
		n++
		s.set("imap.password_env", s.f.passwordEnv)
	}
	if s.f.passwordCommand != "" {
		n++
		command, err := words("--password-command", s.f.passwordCommand)
		if err != nil {
			return false, err
		}
		s.values["imap.password_command"] = command
	}
	if n == 0 && s.f.keyring && s.ask == nil {
		n++
		s.set("imap.keyring", true) // what is in there already
	}
	if n > 1 {
		return false, usagef("give one of --password-file, --password-env and --password-command")
	}
	return n == 1, nil
}

// words splits a command line at its spaces.
func words(flag, command string) ([]string, error) {
	split := strings.Fields(command)
	if len(split) == 0 || strings.ContainsAny(command, `"'\`) {
		return nil, usagef("%s %q is split at spaces and knows no quotes; for more than that name a script of your own", flag, command)
	}
	return split, nil
}

// oauth2 settles the application, and asks for the grant.
func (s *setup) oauth2(ctx context.Context, p *discover.Provider) error {
	provider := s.f.provider
	if provider == "" && p != nil {
		provider = p.OAuth2
	}
	if provider != config.Google && provider != config.Microsoft {
		if provider != "" || s.ask == nil {
			return usagef("for OAuth2 give --oauth2-provider google or microsoft; for another provider write [oauth2] by hand, then run `followupd login`; nothing was written")
		}
		var err error
		if provider, err = s.ask.choose(ctx, "Whose login is it?", []string{config.Google, config.Microsoft}); err != nil {
			return err
		}
	}
	id := s.f.clientID
	for id == "" {
		if s.ask == nil {
			return unanswered("OAuth2 needs an application's id at the provider", "--client-id (or --auth password, where the provider takes one)")
		}
		var err error
		if id, err = s.ask.line(ctx, "Client id of the application at the provider (docs/login.md says how to get one)", ""); err != nil {
			return err
		}
	}
	s.set("imap.auth", config.AuthOAuth2)
	s.set("oauth2.provider", provider)
	s.set("oauth2.client_id", id)
	s.set("oauth2.keyring", s.f.keyring)
	if s.f.clientSecretCommand != "" {
		command, err := words("--client-secret-command", s.f.clientSecretCommand)
		if err != nil {
			return err
		}
		s.values["oauth2.client_secret_command"] = command
	}
	cfg, _, err := s.config()
	if err != nil {
		return err
	}
	asking := &app{out: s.talk.w, errs: s.a.errs, verbose: s.a.verbose} // no input: the next line that is typed answers the next question
	if s.grant, err = asking.grant(ctx, cfg, anyFlow); err != nil {
		return notWritten(err)
	}
	return nil
}

// folders logs in and finds the folders; the rep names what the server does not tell.
func (s *setup) folders(ctx context.Context, box *imapwatch.Mailbox) ([]mail.Folder, error) {
	folders, err := box.Folders(ctx)
	for range 2 * tries {
		var unclear *imapwatch.FolderError
		if !errors.As(err, &unclear) {
			break
		}
		if s.ask == nil {
			return nil, usagef("%w: give %s; nothing was written", err, folderFlag(unclear.Role))
		}
		from := unclear.Candidates
		if len(from) == 0 {
			from = unclear.Folders
		}
		s.talk.say("The server does not say which folder is for %s:", unclear.Role)
		name, err2 := s.ask.choose(ctx, fmt.Sprintf("The folder for %s", unclear.Role), from)
		if err2 != nil {
			return nil, err2
		}
		s.set(unclear.Key, name)
		cfg, _, err2 := s.config()
		if err2 != nil {
			return nil, err2
		}
		again := s.open(cfg)
		folders, err = again.Folders(ctx)
		again.Close()
	}
	return folders, err
}
