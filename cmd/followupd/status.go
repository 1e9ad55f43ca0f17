package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"followupd/agent/llm"
	"followupd/config"
	"followupd/report"
	"followupd/tracker"
	"followupd/tracker/sqlite"
)

func newStatus(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Says how the daemon fares: what is wrong, since when, what is tried next",
		Long: `status says in words what a running followupd last wrote down of itself, and how old that is: its connections, when each
folder was last read, what fails and since when, and the drafts that wait. It needs neither the daemon nor the server, and
ends with status 1 where something is wrong. While the daemon runs, machines are told the same at /healthz and /readyz of the
dashboard's address, and at that of [metrics] for all mailboxes of a process, without a login and without any mail address.
With several -c, or a directory of *.toml, it tells of all of them; --json is a list then.`,
		Example: "  followupd status\n  followupd status --json\n  followupd status -c /etc/followupd        every mailbox of a server",
		Args:    exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			paths, err := a.named()
			if err != nil {
				return err
			}
			files, _, err := readFiles(paths, a.quietLogger())
			if err != nil {
				return err
			}
			for folder, err := range files.latest.Unlisted {
				return fmt.Errorf("list the mailboxes of %s: %w", folder, err)
			}
			if len(files.latest.Files) == 0 {
				return noMailboxes(files.roster.Folders)
			}
			all := []condition{}
			var failed error
			for _, f := range files.latest.Files {
				one, err := a.conditionOf(c.Context(), f, files.register.seats[f.File].wrong)
				switch {
				case err != nil && files.lone():
					return err
				case err != nil: // the others' state is told all the same
					fmt.Fprintf(a.errs, "followupd: %s\n", report.CleanLines(err.Error()))
					failed = &quietError{}
					continue
				case len(one.Wrong) > 0:
					failed = &quietError{}
				}
				all = append(all, one)
			}
			switch {
			case a.json && files.lone():
				err = report.JSON(a.out, all[0])
			case a.json:
				err = report.JSON(a.out, all)
			default:
				err = printConditions(&lines{w: a.out}, all, time.Now())
			}
			return cmp.Or(err, failed)
		},
	}
}

// condition is what is known of one mailbox's daemon.
type condition struct {
	health
	Running bool       `json:"running"`
	Wrong   []string   `json:"wrong"`
	Model   *llm.Usage `json:"model,omitempty"` // what a language model used today, if one is asked
	cfg     config.Config
	zone    *time.Location // the rep's
}

// conditionOf is condition for a file. Of one that is wrong something can be told only where a daemon goes on by what it said
// before.
func (a *app) conditionOf(ctx context.Context, f config.FileReading, wrong error) (condition, error) {
	one, err := a.condition(ctx, f.Config)
	switch {
	case wrong != nil && (err != nil || !one.Running || one.File == ""):
		return condition{}, &usageError{wrong}
	case err != nil:
		return condition{}, fmt.Errorf("%s: %w", f.File, err)
	}
	return one, nil
}

// noMailboxes is the error of a command that needs one, of folders that hold none.
func noMailboxes(folders []string) error {
	return usagef("%s holds no *.toml: put one file a mailbox there", strings.Join(folders, ", "))
}

// condition looks at what the daemon of a configuration wrote down.
func (a *app) condition(ctx context.Context, cfg config.Config) (condition, error) {
	h, err := readHealth(cfg.State.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return condition{}, fmt.Errorf("followupd has not run on this mailbox yet: nothing in %s; start it with `followupd run`", cfg.State.Dir)
	}
	if err != nil {
		return condition{}, err
	}
	running, err := worked(ctx, cfg)
	if err != nil {
		return condition{}, err
	}
	if cfg.State.URL != "" && h.Stopped {
		h.Pass.Next = nil // this machine's worker left the mailbox to another
	}
	used, err := modelToday(cfg, time.Now())
	if err != nil {
		return condition{}, err
	}
	return condition{health: h, Running: running, Wrong: h.wrong(running, time.Now()), Model: used, cfg: cfg, zone: cmp.Or(cfg.Mailbox.Timezone, time.Local)}, nil
}

// worked says whether somebody works the mailbox now.
func worked(ctx context.Context, cfg config.Config) (bool, error) {
	if cfg.State.URL != "" {
		return workedInFleet(ctx, cfg)
	}
	return sqlite.Locked(cfg.State.Dir)
}

func printConditions(p *lines, all []condition, now time.Time) error {
	for i, c := range all {
		if i > 0 {
			p.say("")
		}
		if err := printHealth(p, c.health, c.Running, c.Wrong, now, c.zone); err != nil {
			return err
		}
		sayModel(p, c.Model, c.cfg)
	}
	return p.err
}

// late is how long after its promised time a pass may end before that is called wrong.
const late = 15 * time.Minute

// wrong says in sentences what is wrong; empty: nothing.
func (h health) wrong(running bool, now time.Time) []string {
	wrong := []string{}
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	switch {
	case !running && h.Stopped && h.Why != "":
		say("followupd does not work this mailbox: it left it %s ago, because %s.", ago(now, h.Written), h.Why)
	case !running && h.Stopped:
		say("followupd does not run: it was stopped %s ago.", ago(now, h.Written))
	case !running:
		say("followupd does not run: it ended %s ago or later without saying so, killed or by a crash.", ago(now, h.Written))
	}
	if p := h.Pass; p.Error != "" && p.Since != nil {
		again := p.Next
		if !running {
			again = nil
		}
		say("The mailbox cannot be worked since %s (%s, %s): %s%s", p.Since.Format(time.RFC3339), ago(now, *p.Since), times(p.Failing), p.Error, nextTry(now, again))
	}
	if !running {
		return wrong
	}
	if h.File != "" {
		say("The mailbox's file is wrong, and the settings of before stay in force: %s", h.File)
	}
	for _, c := range h.Connections {
		if !c.OK {
			say("Not watching %s since %s: %s%s", orServer(c.Watcher), ago(now, c.Since), c.What, nextTry(now, c.Retry))
		}
	}
	if h.hangs(now) {
		say("The next pass was due %s ago and has not ended.", ago(now, *h.Pass.Next))
	}
	if why := hookWrong(h.Webhook, now); why != "" {
		say("%s", why)
	}
	if h.Signals.Error != "" {
		say("The links in your mails are not answered: %s", h.Signals.Error)
	}
	if h.Unknown > 0 {
		say("%d drafts were sent to the server and never confirmed; they are looked for before anything is tried again.", h.Unknown)
	}
	return wrong
}

// hangs says that a pass is long overdue.
func (h health) hangs(now time.Time) bool { return h.Pass.Next != nil && now.Sub(*h.Pass.Next) > late }

// nextTry ends a sentence on trouble with when it is tried again, where that is known.
func nextTry(now time.Time, at *time.Time) string {
	if at == nil || at.Before(now) {
		return ""
	}
	return fmt.Sprintf(" (tried again in %s)", ago(*at, now))
}

func printHealth(p *lines, h health, running bool, wrong []string, now time.Time, zone *time.Location) error {
	for _, w := range wrong {
		p.say("WRONG     %s", report.Clean(w))
	}
	state := "not running"
	if running {
		state = fmt.Sprintf("running as process %d since %s", h.PID, report.Moment(h.Started, zone))
	}
	p.say("followupd  %s, %s; this was written %s ago", h.Version, state, ago(now, h.Written))
	p.say("mailbox    %s", report.Clean(h.Mailbox))
	for _, c := range h.Connections {
		retry := ""
		if c.Retry != nil {
			retry = ", again at " + report.Moment(*c.Retry, zone)
		}
		p.say("watcher    %s: %s, for %s%s", orServer(c.Watcher), report.Clean(c.What), ago(now, c.Since), retry)
	}
	if h.Pass.LastOK == nil {
		p.say("pass       none has been completed yet")
	} else {
		p.say("pass       last completed %s, %s ago", report.Moment(*h.Pass.LastOK, zone), ago(now, *h.Pass.LastOK))
	}
	if n := h.Pass.Next; n != nil && running {
		p.say("next       %s: read, decide, draft what is due", report.Moment(*n, zone))
	}
	for _, f := range h.Folders {
		read := "never read to its end"
		if f.Read != nil {
			read = "read cleanly " + ago(now, *f.Read) + " ago"
		}
		p.say("folder     %s: %s", report.Clean(f.Name), read)
	}
	var states []string
	for _, s := range slices.SortedFunc(maps.Keys(h.Threads), func(x, y string) int {
		return report.Rank(tracker.State(x)) - report.Rank(tracker.State(y))
	}) {
		if s != string(tracker.Ignored) {
			states = append(states, fmt.Sprintf("%d %s", h.Threads[s], report.Clean(s)))
		}
	}
	p.say("threads    %s", strings.Join(states, ", "))
	p.say("drafts     %d wait in Drafts", h.Waiting)
	if h.Mode != "" {
		p.say("mode       %s", report.Clean(h.Mode))
	}
	if h.Signals.Listen != "" && h.Signals.Error == "" {
		p.say("signals    links are answered on %s for %s", report.Clean(h.Signals.Listen), report.Clean(h.Signals.BaseURL))
	}
	if k := h.Webhook; k.Host != "" && k.Error == "" && k.Unwanted == nil {
		p.say("webhook    %s is told of changes; %s", report.Clean(k.Host), noticesWait(k.Waiting))
	}
	if h.Webhook.GivenUp > 0 {
		p.say("webhook    %d notices were given up after three days", h.Webhook.GivenUp)
	}
	for _, u := range h.Unheard {
		p.say("not heard  %s", report.Clean(u))
	}
	for _, t := range h.Trouble {
		p.say("state      %s", report.Clean(t))
	}
	return p.err
}

func orServer(watcher string) string {
	if watcher == "" {
		return "the server"
	}
	return watcher
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times in a row", n)
}

// ago says how long it is since a moment, roughly.
func ago(now, then time.Time) string {
	d := max(now.Sub(then), 0)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
