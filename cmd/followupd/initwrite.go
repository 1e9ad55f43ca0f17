package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"followupd/agent"
	"followupd/config"
	"followupd/imapwatch"
	"followupd/report"
	"followupd/tracker"
)

// passwordPath is where a password that was typed is kept: beside the configuration.
func (s *setup) passwordPath() string { return strings.TrimSuffix(s.path, ".toml") + ".password" }

// place says, before anything is asked, whether the file may be written where it is to lie.
func (s *setup) place() error {
	switch _, err := os.Lstat(s.path); {
	case err == nil && !s.f.force:
		return usagef("%s is there already: `followupd check -c %s` tests it, --force replaces it, -c names another", s.path, s.path)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("look for an older configuration: %w; name another file with -c", err)
	}
	dir := filepath.Dir(s.path)
	for {
		info, err := os.Stat(dir)
		if errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir {
			dir = filepath.Dir(dir) // it will be made
			continue
		}
		if err == nil && !info.IsDir() {
			return fmt.Errorf("%s is no folder; name another file with -c", dir)
		}
		break
	}
	probe, err := os.CreateTemp(dir, ".followupd-*")
	if err != nil {
		return fmt.Errorf("nothing can be written into %s: %w; name another file with -c", dir, errors.Unwrap(err))
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// preview shows what followupd would do now. A mailbox that cannot be read just now is said, and is no reason to stop.
func (s *setup) preview(ctx context.Context, box *imapwatch.Mailbox) error {
	cfg, _, err := s.config()
	if err != nil || s.f.noPreview {
		return err
	}
	dir, err := os.MkdirTemp("", "init-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	w, err := s.a.wire(ctx, cfg, dir, slog.New(slog.DiscardHandler), box) // that the state is new, everybody knows
	if err != nil {
		return notWritten(err)
	}
	defer w.store.Close()
	now := w.now()
	done := s.a.progress(&w.meter, "Reading the mailbox")
	defer done()
	res, err := w.agent.Preview(ctx, now)
	when := "now"
	if err == nil && len(res.Placed) == 0 && len(res.Waiting) > 0 && res.Wake.After(now) { // it is night, or Sunday
		when = "on " + report.Moment(res.Wake, w.zone())
		res, err = w.agent.Preview(ctx, res.Wake)
	}
	done()
	if ctx.Err() != nil {
		return errors.New("interrupted; nothing was written")
	}
	if err != nil {
		s.talk.say("The mailbox could not be read just now: %s. `followupd preview` shows the drafts later.", report.Clean(withHint(err)))
		return nil
	}
	s.made.Drafts = previews(res, w.zone())
	count := make(map[tracker.State]int)
	for _, one := range res.Standings {
		if one.State != tracker.Ignored {
			s.made.Threads++
		}
		count[one.State]++
	}
	s.talk.say("%s with prospects would be tracked: %d answered, %d drafted, %d due, %d waiting, %d held, %d to review, %d closed.", plural(s.made.Threads, "thread"),
		count[tracker.Answered], count[tracker.Drafted], count[tracker.Due], count[tracker.Waiting], count[tracker.Held], count[tracker.Review], count[tracker.Closed])
	s.sayDrafts(res, when)
	return nil
}

// sayDrafts shows the first draft whole and names the others.
func (s *setup) sayDrafts(res agent.Result, when string) {
	if len(res.Placed) == 0 {
		s.talk.say("Nothing would be drafted %s.", when)
		return
	}
	s.talk.say("%s would be laid into Drafts %s. The first:", plural(len(res.Placed), "follow-up"), when)
	printDraft(s.talk, res.Placed[0])
	for i, d := range res.Placed[1:] {
		if i == 10 {
			s.talk.say("… and %d more; `followupd preview` shows them all.", len(res.Placed)-11)
			break
		}
		s.talk.say("  %s  %s", report.Clean(string(d.Standing.Thread)), report.Clean(d.Standing.Subject))
	}
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func (s *setup) wantsSteering(ctx context.Context) (bool, error) {
	wanted := s.f.steering
	if !wanted && s.ask != nil && !s.f.yes {
		var err error
		wanted, err = s.ask.yes(ctx, fmt.Sprintf("Make folders below %q, by which you steer followupd from your mail client?", config.Default().Steering.Folder), false)
		if err != nil {
			return false, err
		}
	}
	s.set("steering.enabled", wanted)
	return wanted, nil
}

// write puts the secret and the configuration in place, whole or not at all.
func (s *setup) write(ctx context.Context) error {
	cfg, text, err := s.config()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return fmt.Errorf("make the configuration's folder: %w; name another file with -c", err)
	}
	undo := func() error { return nil }
	switch {
	case s.grant != nil:
		if err := tokens(cfg).Save(ctx, s.grant); err != nil {
			return notWritten(err)
		}
	case s.typed != "" && s.f.keyring:
		if err := config.StoreInKeyring(ctx, cfg.IMAP.Username, config.NewSecret(s.typed)); err != nil {
			return fmt.Errorf("%w; leave out --keyring to keep the password in a file", notWritten(err))
		}
	case s.typed != "":
		path := s.passwordPath()
		if _, err := os.Lstat(path); err == nil && !s.f.force {
			return usagef("%s is there already and may belong to somebody else: --force replaces it, -c names another place; nothing was written", path)
		}
		if err := writeWhole(path, []byte(s.typed+"\n"), 0o600); err != nil {
			return notWritten(fmt.Errorf("write the password: %w", err))
		}
		undo = func() error { return os.Remove(path) }
	}
	if _, err := os.Lstat(s.path); err == nil && !s.f.force {
		return errors.Join(usagef("%s came to be meanwhile; nothing was written", s.path), undo())
	}
	if err := writeWhole(s.path, text, 0o600); err != nil {
		return errors.Join(notWritten(fmt.Errorf("write the configuration: %w", err)), undo())
	}
	s.made.Config = s.path
	s.talk.say("Wrote %s.", s.path)
	if s.typed != "" && !s.f.keyring {
		s.talk.say("The password lies in %s, for you alone to read.", s.passwordPath())
	}
	return nil
}

// steer makes the folders that the rep agreed to.
func (s *setup) steer(ctx context.Context, box *imapwatch.Mailbox) error {
	cfg, _, err := s.config()
	if err != nil {
		return err
	}
	if s.made.Steering, err = createSteering(ctx, cfg, box); err != nil {
		return fmt.Errorf("the configuration is written, but %w; `followupd check --create-folders` tries again", err)
	}
	for _, name := range s.made.Steering {
		s.talk.say("Made the folder %q.", report.Clean(name))
	}
	return nil
}

// service offers to install and start the service, and says what comes next.
func (s *setup) service(ctx context.Context) error {
	again := ""
	if standard, err := defaultConfig(); err != nil || standard != s.path {
		again = " -c " + s.path
	}
	one := &app{in: s.a.in, out: s.talk.w, errs: s.a.errs, verbose: s.a.verbose}
	if again != "" {
		one.configs = []string{s.path}
	}
	unit, err := one.service("")
	if err != nil {
		return err
	}
	wanted := s.f.yes && !s.f.noService
	if !wanted && !s.f.noService && s.ask != nil {
		if err := unit.ready(ctx); err != nil {
			s.talk.say("No service is offered: %s.", err)
		} else if wanted, err = s.ask.yes(ctx, "Install and start followupd as a service of your user?", true); err != nil {
			return fmt.Errorf("the configuration is written; `followupd service install%s` installs the service later", again)
		}
	}
	if wanted {
		if s.values["imap.password_env"] != nil {
			s.talk.say("The service does not see your shell's variables: set %s for it (systemctl --user edit followupd).", s.values["imap.password_env"])
		}
		if err = unit.install(ctx, s.f.force); err == nil {
			err = unit.start(ctx)
		}
		if err != nil {
			return fmt.Errorf("the configuration is written, but the service was not started: %w", err)
		}
		s.made.Service = unit.file
		s.talk.say("The service runs. `followupd status%s` says how it fares, `followupd service logs` what it does.", again)
		return nil
	}
	s.talk.say("Next: `followupd once --now%s` lays the first drafts down, `followupd run%s` goes on watching.", again, again)
	return nil
}
