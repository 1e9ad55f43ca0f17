package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/spf13/cobra"

	"followupd/agent"
	"followupd/cmd/followupd/demo"
	"followupd/imapwatch/memserver"
	"followupd/playbook/samples"
	"followupd/report"
	"followupd/report/dashboard"
	"followupd/tracker"
)

const (
	demoUser     = "anna"
	demoPassword = "demo"
	demoShown    = 2 // drafts printed whole
)

func newDemo(a *app) *cobra.Command {
	var exit, withModel bool
	var listen string
	c := &cobra.Command{
		Use:   "demo",
		Short: "Shows it at work on a made-up mailbox: no account, no network, no configuration",
		Long: `demo starts an IMAP server with a made-up sales person's mailbox on this machine, runs the real program against it, and
shows where every thread stands, which drafts it wrote, and why. Until Ctrl-C any mail client can open the mailbox.`,
		Example: "  followupd demo\n  followupd demo --exit\n  followupd demo --llm        what a language model may write, and what is refused",
		Args:    exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.demo(c.Context(), listen, exit, withModel)
		},
	}
	c.Flags().BoolVar(&withModel, "llm", false, "have a scripted stand-in for a language model write, and show both writers side by side")
	c.Flags().BoolVar(&exit, "exit", false, "end after the first pass")
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:0", "where the demo's IMAP server listens, an `address` of this machine")
	return c
}

func (a *app) demo(ctx context.Context, listen string, exit, withModel bool) error {
	dir, err := os.MkdirTemp("", "followupd-demo-")
	if err != nil {
		return fmt.Errorf("make a folder for the demo: %w", err)
	}
	defer os.RemoveAll(dir)
	server, err := memserver.Start(listen, memserver.Options{})
	if err != nil {
		return fmt.Errorf("start the demo's IMAP server: %w", err)
	}
	defer server.Close()
	stories, err := demo.Stories()
	if err != nil {
		return err
	}
	if err := deliver(server, stories); err != nil {
		return err
	}
	listens, err := freeListen(ctx)
	if err != nil {
		return err
	}
	writer := ""
	if withModel {
		model, err := demo.StartModel(ctx)
		if err != nil {
			return err
		}
		defer model.Close()
		writer = fmt.Sprintf("writer = \"llm\"\n\n[llm]\nbase_url = %q\nmodel = \"scripted\"\n", model.URL)
	}
	path, err := demoConfig(dir, server.Addr().Port, listens, writer)
	if err != nil {
		return err
	}
	cfg, err := a.loadFile(path)
	if err != nil {
		return err
	}
	p := &lines{w: a.out}
	p.say("A mailbox with %d stories lies on an IMAP server on this machine; followupd reads it now.", len(stories))
	p.say("")
	w, err := a.openMailbox(ctx, cfg, cfg.State.Dir, a.quietLogger())
	if err != nil {
		return err
	}
	var both sideBySide
	if withModel {
		both.over(&w.set)
		w.agent.SetSettings(w.set)
	}
	res, err := w.agent.Once(ctx, agent.Options{})
	w.close()
	if err != nil {
		return err
	}
	if withModel {
		both.print(p, a.screen().Width)
	}
	if err := demoReport(a, p, stories, res, w.zone()); err != nil {
		return err
	}
	p.say("Look for yourself, with any mail client:")
	p.say("  IMAP server 127.0.0.1, port %d, no encryption, user %s, password %s: see the folder Drafts", server.Addr().Port, demoUser, demoPassword)
	p.say("  followupd show THREAD -c %s", path)
	if exit || p.err != nil {
		return p.err
	}
	keys, err := dashboard.OpenKeys(cfg.State.Dir)
	if err != nil {
		return err
	}
	link, err := keys.NewLink(time.Now())
	if err != nil {
		return err
	}
	p.say("  http://%s/login?link=%s: the dashboard, in a browser of this machine", listens, link)
	p.say("  (the link works once; followupd dashboard -c %s prints another)", path)
	p.say("")
	p.say("followupd goes on watching: edit, send or delete a draft, answer as a prospect. Ctrl-C ends it.")
	return a.watchFiles(ctx, []string{path})
}

// deliver lays the stories into the mailbox.
func deliver(server *memserver.Server, stories []demo.Story) error {
	if err := server.AddAccount(demoUser, demoPassword); err != nil {
		return fmt.Errorf("make the demo's mailbox: %w", err)
	}
	messages, err := demo.Mailbox(stories, time.Now())
	if err != nil {
		return err
	}
	sort.SliceStable(messages, func(i, j int) bool { return messages[i].Received.Before(messages[j].Received) })
	for _, m := range messages {
		var flags []imap.Flag
		if m.Seen {
			flags = append(flags, imap.FlagSeen)
		}
		if _, err := server.Append(demoUser, m.Folder, flags, m.Received, m.Source); err != nil {
			return fmt.Errorf("fill the demo's mailbox: %w", err)
		}
	}
	return nil
}

// demoConfig writes the configuration and the library a user would write.
func demoConfig(dir string, port int, listens, writer string) (path string, err error) {
	library := filepath.Join(dir, "library")
	if err := os.CopyFS(library, fs.FS(samples.Library)); err != nil {
		return "", fmt.Errorf("write the demo's library: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "password"), []byte(demoPassword+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("write the demo's password: %w", err)
	}
	text := fmt.Sprintf(`[mailbox]
address   = %q
name      = %q
signature = %q

[imap]
host = "127.0.0.1"
port = %d
security = "none"
username = %q
password_file = "password"

[prospects]
since = "90d"

[cadence]
drafts_per_day = 30
hours = ""

[content]
library = "library"
%s
[dashboard]
listen = %q

[digest]
to = "off"

[state]
dir = "state"
`, demo.Address, demo.Name, demo.Signature, port, demoUser, writer, listens)
	path = filepath.Join(dir, "followupd.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("write the demo's configuration: %w", err)
	}
	return path, nil
}

// demoReport prints where each story stands, and the first drafts whole.
func demoReport(a *app, p *lines, stories []demo.Story, res agent.Result, zone *time.Location) error {
	title := make(map[string]string)
	for _, s := range stories {
		if i := strings.IndexByte(s.Person, '<'); i >= 0 {
			title[strings.ToLower(strings.Trim(s.Person[i:], "<>"))] = s.Title
		}
	}
	list := res.Standings
	sort.SliceStable(list, func(i, j int) bool { return report.Rank(list[i].State) < report.Rank(list[j].State) })
	if err := report.Stories(a.out, list, title, zone, a.screen()); err != nil {
		return err
	}
	p.say("")
	drafted := 0
	for _, s := range list {
		if s.State == tracker.Drafted {
			drafted++
		}
	}
	p.say("%d drafts lie in Drafts. %d of them, whole:", drafted, min(demoShown, len(res.Placed)))
	for i, d := range res.Placed {
		if i < demoShown {
			printDraft(p, d)
		}
	}
	return p.err
}
