// Command followupd watches a rep's mailbox and lays follow-ups into Drafts. This package is the only place that builds
// concrete things and wires them; each command has a file of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/spf13/cobra"

	"followupd/imapwatch"
	"followupd/report"
)

// version is set by the linker.
var version = "dev"

// Exit statuses, as the contract has them.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	if err := sealMemory(); err != nil {
		fmt.Fprintf(os.Stderr, "followupd: a crash could leave passwords and mail in a core dump: %v\n", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		stop() // a second signal ends the process at once
	}()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run does one command and gives its exit status. Tests call it as a user would.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	root := newRoot(&app{in: in, out: out, errs: errs})
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	var quiet *quietError
	if !errors.As(err, &quiet) {
		fmt.Fprintf(errs, "followupd: %s\n", report.CleanLines(withHint(err)))
	}
	var usage *usageError
	if errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}

// withHint gives an error's text with what to look at, where one of its causes knows.
func withHint(err error) string {
	var cause interface{ Hint() string }
	if errors.As(err, &cause) && cause.Hint() != "" {
		return err.Error() + "; " + cause.Hint()
	}
	return err.Error()
}

// usageError is a mistake in the command line or the configuration: exit status 2.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// quietError fails without a further word: the command has said it all.
type quietError struct{}

func (*quietError) Error() string { return "failed" }

// app is what every command shares: the streams and the flags of all.
type app struct {
	in        io.Reader
	out, errs io.Writer
	configs   []string
	json      bool
	verbose   bool
	colour    string // when: auto, always or never
	calls     modelGate
	logins    imapwatch.Turnstile
}

func (a *app) logger() *slog.Logger {
	level := slog.LevelInfo
	if a.verbose {
		level = slog.LevelDebug
	}
	return slog.New(newRepeats(slog.NewTextHandler(a.errs, &slog.HandlerOptions{Level: level})))
}

// quietLogger is for commands whose answer is what counts: only trouble is logged.
func (a *app) quietLogger() *slog.Logger {
	level := slog.LevelWarn
	if a.verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(a.errs, &slog.HandlerOptions{Level: level}))
}

const exitHelp = `
Exit status: 0 done, 1 failed, 2 wrong usage or wrong configuration.`

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "followupd COMMAND",
		Short: "Notices prospects who do not answer and drafts the follow-up",
		Long: `followupd watches the Sent and Inbox folders of a mailbox over IMAP, notices threads that stay
unanswered past a window, and lays a follow-up worth sending into Drafts. It never sends to a prospect.`,
		Example: `  followupd demo                     see it work, without an account
  followupd init                     set your mailbox up
  followupd check -c anna.toml       is the configuration right, does the mailbox answer?
  followupd once -c anna.toml        read, decide, draft, exit
  followupd run -c anna.toml         the same, for ever
  followupd threads -c anna.toml     where does every thread stand?`,
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return noCommand(c, args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error {
			c.SetOut(a.errs)
			if err := c.Help(); err != nil {
				return err
			}
			return &usageError{errors.New("name a command")}
		},
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.errs)
	root.SetFlagErrorFunc(wrongFlag)
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		if !slices.Contains(colourModes, a.colour) {
			return usagef("--color %q: it is auto, always or never", a.colour)
		}
		return nil
	}
	root.PersistentFlags().StringArrayVarP(&a.configs, "config", "c", nil, "configuration `file` (default $XDG_CONFIG_HOME/followupd/followupd.toml)")
	root.PersistentFlags().BoolVar(&a.json, "json", false, "answer with JSON")
	root.PersistentFlags().BoolVarP(&a.verbose, "verbose", "v", false, "log what is done, too")
	root.PersistentFlags().StringVar(&a.colour, "color", colourAuto, "colours: `when` is auto (on a terminal, unless NO_COLOR is set), always or never")
	root.SetHelpTemplate(root.HelpTemplate() + exitHelp + "\n")
	root.AddCommand(
		newInit(a), newLogin(a), newService(a), newRun(a), newOnce(a), newCheck(a), newPreview(a), newStatus(a),
		newThreads(a), newShow(a), newStats(a),
		newHold(a), newClose(a), newReopen(a), newAnother(a), newNote(a), newGrade(a), newSituation(a), newDone(a), newBook(a), newDashboard(a),
		newForget(a), newExport(a),
		newInspect(a), newLint(a), newDemo(a),
	)
	a.complete(root)
	return root
}

// exactly is cobra.ExactArgs with an error that says what was expected.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != n {
			return usagef("%s wants %s; `followupd help %s` has an example", c.Name(), what, c.Name())
		}
		return nil
	}
}
