package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"followupd/systemd"
	"followupd/systemd/launchd"
)

func newService(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "service",
		Short: "Installs, starts, stops and watches followupd as a service of your user",
		Long: `service lets the user's service manager run followupd: systemd on Linux, launchd on macOS. It needs no root. -c, also
repeated, says which mailboxes the service works; without it, the default configuration.`,
		Example: "  followupd service install && followupd service start\n  followupd service install --print -c anna.toml\n  followupd service logs --follow\n  followupd service remove",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("service has no %q%s; it wants install, start, stop, status, logs or remove", args[0], didYouMean(args[0], []string{"install", "start", "stop", "status", "logs", "remove"}))
			}
			return nil
		},
		RunE: func(*cobra.Command, []string) error {
			return usagef("service wants install, start, stop, status, logs or remove; `followupd help service` has examples")
		},
	}
	var manager string
	c.PersistentFlags().StringVar(&manager, "manager", "", "`systemd` or launchd (default: the machine's)")
	sub := func(name, short, example string, do func(ctx context.Context, s service) error) *cobra.Command {
		one := &cobra.Command{
			Use: name, Short: short, Example: example, Args: exactly(0, "no arguments"),
			RunE: func(c *cobra.Command, _ []string) error {
				s, err := a.service(manager)
				if err != nil {
					return err
				}
				return do(c.Context(), s)
			},
		}
		c.AddCommand(one)
		return one
	}
	var show, force, follow bool
	install := sub("install", "Writes the service's file and has it started at each login", "  followupd service install\n  followupd service install --print -c anna.toml",
		func(ctx context.Context, s service) error {
			if show {
				_, err := fmt.Fprint(a.out, s.text())
				return err
			}
			if _, err := openFiles(s.configs, a.quietLogger()); err != nil { // as run would
				return err
			}
			if err := s.install(ctx, force); err != nil {
				return err
			}
			_, err := fmt.Fprintf(a.out, "wrote %s; start it with `followupd service start`\n", s.file)
			return err
		})
	install.Flags().BoolVar(&show, "print", false, "print what would be written, and change nothing")
	install.Flags().BoolVar(&force, "force", false, "replace a file that was written by hand")
	sub("start", "Starts the service", "  followupd service start", func(ctx context.Context, s service) error { return s.start(ctx) })
	sub("stop", "Stops the service until the next login", "  followupd service stop", func(ctx context.Context, s service) error { return s.stop(ctx) })
	sub("status", "Says what the service manager knows of it; `followupd status` says how the mailbox fares", "  followupd service status",
		func(ctx context.Context, s service) error { return s.show(ctx) })
	sub("logs", "Shows the last hundred lines of the service's log", "  followupd service logs --follow",
		func(ctx context.Context, s service) error { return s.logs(ctx, follow) }).
		Flags().BoolVarP(&follow, "follow", "f", false, "go on as it grows")
	sub("remove", "Stops the service and removes its file; configuration and state stay", "  followupd service remove",
		func(ctx context.Context, s service) error { return s.remove(ctx) })
	return c
}

// service is followupd as the user's service manager knows it.
type service struct {
	a       *app
	launchd bool
	program string
	configs []string // the configuration files, absolute
	args    []string // of the program
	file    string   // that the service manager reads
	log     string   // launchd's log file
}

const unitName = "followupd.service"

func (a *app) service(manager string) (service, error) {
	s := service{a: a, launchd: runtime.GOOS == "darwin", args: []string{"run"}}
	switch manager {
	case "":
	case "systemd", "launchd":
		s.launchd = manager == "launchd"
	default:
		return s, usagef("--manager %q is not known; write systemd or launchd", manager)
	}
	var err error
	if s.program, err = os.Executable(); err != nil {
		return s, fmt.Errorf("find this program's own file: %w", err)
	}
	for _, c := range a.configs {
		if c, err = filepath.Abs(c); err != nil {
			return s, err
		}
		s.configs, s.args = append(s.configs, c), append(s.args, "-c", c)
	}
	if len(s.configs) == 0 {
		c, err := defaultConfig()
		if err != nil {
			return s, err
		}
		s.configs = []string{c}
	}
	if s.launchd {
		home, err := os.UserHomeDir()
		if err != nil {
			return s, fmt.Errorf("find the home folder: %w; set $HOME", err)
		}
		s.file = filepath.Join(home, "Library", "LaunchAgents", launchd.Label+".plist")
		s.log = filepath.Join(home, "Library", "Logs", "followupd.log")
		return s, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return s, fmt.Errorf("find the folder for units: %w; set $HOME", err)
	}
	s.file = filepath.Join(dir, "systemd", "user", unitName)
	return s, nil
}

func (s service) text() string {
	command := append([]string{s.program}, s.args...)
	if s.launchd {
		return launchd.Agent(command, s.log)
	}
	return systemd.UserUnit(command)
}

// ready says whether the service manager can be asked at all.
func (s service) ready(ctx context.Context) error {
	if s.launchd {
		if _, err := exec.LookPath("launchctl"); err != nil {
			return errors.New("there is no launchctl on this machine; let whatever starts programs here start `followupd run`")
		}
		return nil
	}
	if _, err := exec.LookPath("systemctl"); err != nil {
		return errors.New("there is no systemd on this machine; let whatever starts programs here start `followupd run`")
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "systemctl", "--user", "show-environment").CombinedOutput(); err != nil {
		why, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		if why == "" {
			why = err.Error()
		}
		return fmt.Errorf("systemd runs no service manager for this user (%s); log in on the machine itself instead of with su or sudo, "+
			"or have an administrator run `loginctl enable-linger` for you; without one, start `followupd run` yourself", why)
	}
	return nil
}

// install writes the file whole or not at all.
func (s service) install(ctx context.Context, force bool) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	old, err := os.ReadFile(s.file)
	ours := strings.HasPrefix(string(old), systemd.Mark) || s.launchd
	switch {
	case err == nil && string(old) != s.text() && !ours && !force:
		return fmt.Errorf("%s was written by hand; `followupd service install --print` shows what would be there, --force replaces it", s.file)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("look for an older service: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(s.file), 0o755); err != nil {
		return fmt.Errorf("write the service: %w", err)
	}
	if err := writeWhole(s.file, []byte(s.text()), 0o644); err != nil {
		return fmt.Errorf("write the service: %w", err)
	}
	if s.launchd {
		return nil // launchd reads the folder at the next login
	}
	if err := s.run(ctx, "systemctl", "--user", "daemon-reload"); err != nil {
		return err
	}
	return s.run(ctx, "systemctl", "--user", "enable", unitName)
}

func (s service) domain() string { return "gui/" + strconv.Itoa(os.Getuid()) }

func (s service) start(ctx context.Context) error {
	if _, err := os.Stat(s.file); err != nil {
		return fmt.Errorf("the service is not installed: %w; run `followupd service install`", err)
	}
	if s.launchd {
		return s.run(ctx, "launchctl", "bootstrap", s.domain(), s.file)
	}
	return s.run(ctx, "systemctl", "--user", "restart", unitName)
}

func (s service) stop(ctx context.Context) error {
	if s.launchd {
		return s.run(ctx, "launchctl", "bootout", s.domain()+"/"+launchd.Label)
	}
	return s.run(ctx, "systemctl", "--user", "stop", unitName)
}

func (s service) show(ctx context.Context) error {
	if s.launchd {
		return s.run(ctx, "launchctl", "print", s.domain()+"/"+launchd.Label)
	}
	return s.run(ctx, "systemctl", "--user", "--no-pager", "status", unitName)
}

func (s service) logs(ctx context.Context, follow bool) error {
	command := []string{"journalctl", "--user", "--no-pager", "--lines=100", "--unit=" + unitName}
	if s.launchd {
		command = []string{"tail", "-n", "100", s.log}
	}
	if follow {
		command = append(command[:1:1], append([]string{"-f"}, command[1:]...)...)
	}
	return s.run(ctx, command[0], command[1:]...)
}

func (s service) remove(ctx context.Context) error {
	if _, err := os.Stat(s.file); errors.Is(err, fs.ErrNotExist) {
		_, err := fmt.Fprintf(s.a.out, "there is no %s\n", s.file)
		return err
	}
	if s.launchd {
		if err := s.stop(ctx); err != nil {
			fmt.Fprintln(s.a.errs, "followupd: it did not run, or could not be stopped")
		}
		return os.Remove(s.file)
	}
	if err := s.run(ctx, "systemctl", "--user", "disable", "--now", unitName); err != nil {
		return err
	}
	if err := os.Remove(s.file); err != nil {
		return fmt.Errorf("remove the service: %w", err)
	}
	return s.run(ctx, "systemctl", "--user", "daemon-reload")
}

// run lets the service manager's own program speak to the user.
func (s service) run(ctx context.Context, name string, args ...string) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = s.a.out, s.a.errs
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return nil
}

// writeWhole puts a file in place whole: whoever looks sees the old one, or the new one, or none.
func writeWhole(path string, text []byte, mode fs.FileMode) error {
	next, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = next.Write(text)
	err = errors.Join(err, next.Chmod(mode), next.Sync(), next.Close())
	if err == nil {
		err = os.Rename(next.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(next.Name()))
	}
	return nil
}
