package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"followupd/agent"
	"followupd/config"
	"followupd/imapwatch"
	"followupd/playbook"
	"followupd/report"
	"followupd/report/dashboard"
	"followupd/report/probe"
	"followupd/tracker"
)

func newDashboard(a *app) *cobra.Command {
	var open bool
	c := &cobra.Command{
		Use:   "dashboard",
		Short: "Prints a link that opens the dashboard in a browser of this machine",
		Long: `dashboard prints a link to the dashboard of the followupd that runs on this machine. The link logs one browser in, works once,
and for a quarter of an hour.`,
		Example: "  followupd dashboard\n  followupd dashboard --open",
		Args:    exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			if cfg.Dashboard.Listen == "" {
				return usagef("%s: dashboard.listen is \"\": the dashboard is off; write listen = \"127.0.0.1:8025\"", cfg.File)
			}
			link, err := loginLink(c.Context(), cfg)
			if err != nil {
				return err
			}
			if open {
				return browse(c.Context(), link)
			}
			fmt.Fprintln(a.out, link)
			return nil
		},
	}
	c.Flags().BoolVar(&open, "open", false, "open it in the browser instead of printing it")
	return c
}

// addressName is the file in the state directory in which the daemon says where its dashboard listens. It is there as long
// as it does.
const addressName = "dashboard/address"

// loginLink makes a link to the dashboard that runs.
func loginLink(ctx context.Context, cfg config.Config) (string, error) {
	text, err := os.ReadFile(filepath.Join(cfg.State.Dir, addressName))
	if err == nil {
		var conn net.Conn
		if conn, err = (&net.Dialer{Timeout: 2 * time.Second}).DialContext(ctx, "tcp", string(text)); err == nil {
			conn.Close()
		}
	}
	if err != nil {
		return "", fmt.Errorf("no dashboard runs for %s; start it with `followupd run`", cfg.Mailbox.Address)
	}
	keys, err := dashboard.OpenKeys(cfg.State.Dir)
	if err != nil {
		return "", err
	}
	link, err := keys.NewLink(time.Now())
	if err != nil {
		return "", err
	}
	return "http://" + string(text) + "/login?link=" + link, nil
}

// freeListen gives an address for a dashboard on this machine: the usual one, or one that is free.
func freeListen(ctx context.Context) (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", config.Default().Dashboard.Listen)
	if err != nil {
		l, err = lc.Listen(ctx, "tcp", "127.0.0.1:0")
	}
	if err != nil {
		return "", fmt.Errorf("find an address for the dashboard: %w", err)
	}
	return l.Addr().String(), l.Close()
}

// browse hands a link to the desktop.
func browse(ctx context.Context, link string) error {
	program := "xdg-open"
	if runtime.GOOS == "darwin" {
		program = "open"
	}
	if err := exec.CommandContext(ctx, program, link).Run(); err != nil {
		return fmt.Errorf("open the browser with %s: %w; without --open the link is printed", program, err)
	}
	return nil
}

// board is the dashboard of one mailbox as the daemon serves it. A nil board is one that is off: all it is told is lost.
type board struct {
	server   *dashboard.Server
	listener net.Listener
	address  string // the file that names where it listens
	log      *slog.Logger
	now      func() time.Time

	standings shown // for the loop's goroutine
}

// openBoard listens for the dashboard. One that cannot be had is no reason not to watch a mailbox: that is logged, and the
// board is nil.
func openBoard(ctx context.Context, w *wired, fares func() probe.State) *board {
	if w.cfg.Dashboard.Listen == "" {
		return nil
	}
	b, err := newBoard(ctx, w, fares)
	if err != nil {
		w.log.Error("no dashboard", slog.String("listen", w.cfg.Dashboard.Listen), slog.Any("error", err))
		return nil
	}
	w.log.Info("dashboard", slog.String("address", "http://"+b.listener.Addr().String()+"/"), slog.String("login", dashboardCommand(w.cfg)))
	return b
}

func newBoard(ctx context.Context, w *wired, fares func() probe.State) (*board, error) {
	keys, err := dashboard.OpenKeys(w.cfg.State.Dir)
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", w.cfg.Dashboard.Listen)
	if err != nil {
		return nil, fmt.Errorf("%w; another mailbox or program has the address: give this one another dashboard.listen", err)
	}
	at := listener.Addr().String()
	_, port, err := net.SplitHostPort(at)
	if err != nil {
		listener.Close()
		return nil, err
	}
	var grades []string
	for g := range w.cfg.Cadence.Grade {
		grades = append(grades, g)
	}
	slices.Sort(grades)
	policy, err := policy(w.cfg)
	if err != nil {
		listener.Close()
		return nil, err
	}
	server := dashboard.New(dashboard.Config{
		Mailbox: w.cfg.Mailbox.Address, Version: version, Command: dashboardCommand(w.cfg), Zone: w.zone(), Grades: grades,
		Working: policy.Calendar.Working, Keys: keys, Now: w.now, Log: w.log,
		Hosts:  []string{at, "localhost:" + port, "127.0.0.1:" + port, "[::1]:" + port},
		Probes: probe.Handler(fares),
	}, &counter{w})
	b := &board{server: server, listener: listener, address: filepath.Join(w.cfg.State.Dir, addressName), log: w.log, now: w.now}
	if err := os.WriteFile(b.address, []byte(at), 0o600); err != nil {
		listener.Close()
		return nil, fmt.Errorf("write down where the dashboard listens: %w", err)
	}
	return b, nil
}

// dashboardCommand is what a rep types to log in.
func dashboardCommand(cfg config.Config) string {
	command := "followupd dashboard"
	if path, err := defaultConfig(); err != nil || path != cfg.File {
		if strings.ContainsAny(cfg.File, " '\"$") {
			return command + " -c '" + strings.ReplaceAll(cfg.File, "'", `'\''`) + "'"
		}
		command += " -c " + cfg.File
	}
	return command
}

// serve answers until ctx ends.
func (b *board) serve(ctx context.Context) {
	if b == nil {
		return
	}
	server := &http.Server{
		Handler: b.server.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(b.log.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	var closing sync.WaitGroup
	defer closing.Wait()
	served := make(chan struct{})
	closing.Go(func() {
		select {
		case <-ctx.Done():
		case <-served:
		}
		// What is being answered may end first: the store is closed after that.
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), pageWaits)
		defer cancel()
		if err := server.Shutdown(last); err != nil {
			server.Close()
		}
	})
	err := server.Serve(b.listener)
	close(served)
	if !errors.Is(err, http.ErrServerClosed) {
		b.log.Error("dashboard ended", slog.Any("error", err))
	}
	if err := os.Remove(b.address); err != nil {
		b.log.Debug("dashboard address", slog.Any("error", err))
	}
}

// passed shows what a pass left.
func (b *board) passed(last agent.Last) {
	if b == nil {
		return
	}
	view := dashboard.View{At: last.At, Again: last.Again, Waiting: last.Result.Waiting, Reaches: last.Reaches}
	if last.Err != nil {
		view.Err = last.Err.Error()
		var cause interface{ Hint() string }
		if errors.As(last.Err, &cause) {
			view.Hint = cause.Hint()
		}
	}
	view.Standings = b.standings.take(last.Result)
	b.server.Publish(view)
}

// connected shows how a watcher fares.
func (b *board) connected(s imapwatch.Status) {
	if b != nil {
		b.server.Connected(dashboard.Connection{Name: s.Watcher, At: b.now(), OK: s.OK, What: s.What})
	}
}

// counter lets the dashboard look at a mailbox that a loop works on: between two passes, or not at all.
type counter struct{ w *wired }

// pageWaits is how long a page waits for a pass to end.
const pageWaits = 3 * time.Second

// ask runs a question on the loop's goroutine.
func (d *counter) ask(ctx context.Context, question func(ctx context.Context) error) error {
	waiting, cancel := context.WithTimeout(ctx, pageWaits)
	defer cancel()
	var answer error
	if err := d.w.agent.Ask(waiting, func() { answer = question(ctx) }); err != nil {
		if ctx.Err() == nil {
			return dashboard.ErrBusy
		}
		return err
	}
	return answer
}

// Thread implements dashboard.Desk.
func (d *counter) Thread(ctx context.Context, id tracker.ThreadID) (*dashboard.Story, error) {
	var story *dashboard.Story
	err := d.ask(ctx, func(ctx context.Context) error {
		st, found, err := d.w.agent.Standing(ctx, id, d.w.now())
		if err == nil && found {
			story = &dashboard.Story{Standing: st, Thread: d.w.agent.Thread(id)}
			story.Tasks, err = d.w.agent.Tasks(ctx, []tracker.Standing{st})
		}
		return err
	})
	return story, err
}

// Coming implements dashboard.Desk.
func (d *counter) Coming(ctx context.Context, until time.Time) (coming []tracker.Standing, err error) {
	err = d.ask(ctx, func(ctx context.Context) (err error) {
		coming, err = d.w.agent.Coming(ctx, d.w.now(), until)
		return err
	})
	return coming, err
}

// Tasks implements dashboard.Desk.
func (d *counter) Tasks(ctx context.Context, threads []tracker.Standing) (tasks []playbook.Task, err error) {
	err = d.ask(ctx, func(ctx context.Context) (err error) {
		tasks, err = d.w.agent.Tasks(ctx, threads)
		return err
	})
	return tasks, err
}

// Assets implements dashboard.Desk.
func (d *counter) Assets(ctx context.Context) (assets []playbook.Asset, err error) {
	err = d.ask(ctx, func(context.Context) error {
		assets = d.w.agent.Assets()
		return nil
	})
	return assets, err
}

// Stats implements dashboard.Desk.
func (d *counter) Stats(ctx context.Context) (rows []report.Row, err error) {
	err = d.ask(ctx, func(ctx context.Context) error {
		journal, err := d.w.store.Drafts(ctx)
		if err != nil {
			return err
		}
		var sent []report.SentDraft
		for _, one := range journal {
			if one.State == tracker.DraftSent {
				sent = append(sent, report.SentDraft{Draft: one, Thread: d.w.agent.Thread(one.Thread)})
			}
		}
		rows = report.Stats(sent, nil, d.w.now().In(d.w.zone()))
		return nil
	})
	return rows, err
}

// Drafts implements dashboard.Desk.
func (d *counter) Drafts(ctx context.Context) ([]tracker.Draft, error) { return d.w.store.Drafts(ctx) }

// Words implements dashboard.Desk.
func (d *counter) Words(ctx context.Context) ([]tracker.Word, error) { return d.w.store.Words(ctx) }

// Say implements dashboard.Desk.
func (d *counter) Say(ctx context.Context, word tracker.Word) error { return d.w.say(ctx, word) }
