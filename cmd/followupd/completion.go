package main

import (
	"context"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"followupd/config"
	"followupd/playbook"
	"followupd/report"
	"followupd/tracker"
)

// completionTime bounds how long a shell waits for what is stored.
const completionTime = 2 * time.Second

type completer = func(c *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective)

// complete teaches the commands what may stand where, for the shells' completion. What the rep's state or configuration has to
// tell is read, never changed; what cannot be read completes to nothing.
func (a *app) complete(root *cobra.Command) {
	at := func(path string) *cobra.Command {
		c, _, err := root.Find(strings.Fields(path))
		if err != nil {
			panic("completion of a command that is not there: " + path)
		}
		return c
	}
	flag := func(c *cobra.Command, name string, f completer) {
		if err := c.RegisterFlagCompletionFunc(name, f); err != nil {
			panic(err)
		}
	}
	words := func(list ...string) completer {
		return cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)
	}

	for _, c := range root.Commands() {
		if c.ValidArgsFunction == nil {
			c.ValidArgsFunction = cobra.NoFileCompletions
		}
	}
	flag(root, "config", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return []cobra.Completion{"toml"}, cobra.ShellCompDirectiveFilterFileExt
	})
	flag(root, "color", words(colourModes...))
	flag(at("threads"), "state", words(stateNames()...))
	flag(at("close"), "outcome", words(string(tracker.Won), string(tracker.Lost), string(tracker.Stopped)))
	flag(at("export"), "format", words("csv", "json", "ics"))
	flag(at("export"), "of", a.first(a.addresses))
	for _, name := range []string{"show", "hold", "close", "reopen", "another"} {
		at(name).ValidArgsFunction = a.first(a.people)
	}
	for _, name := range []string{"note", "forget"} {
		at(name).ValidArgsFunction = a.first(a.addresses)
	}
	var situations []string
	for _, s := range tracker.Situations() {
		situations = append(situations, string(s))
	}
	var channels []string
	for _, c := range playbook.Channels() {
		channels = append(channels, string(c))
	}
	at("done").ValidArgsFunction = then(a.first(a.people), words(channels...))
	at("situation").ValidArgsFunction = then(a.first(a.people), words(append(situations, autoSituation)...))
	at("grade").ValidArgsFunction = then(a.first(a.addresses), a.grades)
	at("book").ValidArgsFunction = a.first(a.assets)
	at("lint").ValidArgsFunction = cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	at("inspect").ValidArgsFunction = cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
}

// then completes the first argument one way and the second another.
func then(first, second completer) completer {
	return func(c *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		switch len(args) {
		case 0:
			return first(c, args, typed)
		case 1:
			return second(c, args, typed)
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}

// first completes one argument from what is stored.
func (a *app) first(list func(ctx context.Context, w *wired, typed string) []cobra.Completion) completer {
	return func(c *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		parent := c.Context()
		if parent == nil {
			parent = context.Background()
		}
		ctx, cancel := context.WithTimeout(parent, completionTime)
		defer cancel()
		cfg, err := a.loadTyped()
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		if _, err := os.Stat(cfg.State.Dir); err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp // a shell must not make a state
		}
		w, err := a.openStored(ctx)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		defer w.close()
		return list(ctx, w, typed), cobra.ShellCompDirectiveNoFileComp
	}
}

// loadTyped reads the configuration that the line being typed names. cobra parses that line twice, so that -c comes double.
func (a *app) loadTyped() (config.Config, error) {
	a.configs = slices.Compact(a.configs)
	return a.load()
}

// people gives the addresses of tracked prospects, and the ids of threads once one is begun.
func (a *app) people(ctx context.Context, w *wired, typed string) []cobra.Completion {
	standings, err := w.agent.Standings(ctx, w.now())
	if err != nil {
		return nil
	}
	found := prospects(standings, typed)
	for _, s := range standings {
		if typed != "" && s.State != tracker.Ignored && strings.HasPrefix(string(s.Thread), typed) {
			found = append(found, cobra.CompletionWithDesc(string(s.Thread), report.Cut(report.Clean(s.Subject), 40)))
		}
	}
	return found
}

// addresses gives the addresses of tracked prospects.
func (a *app) addresses(ctx context.Context, w *wired, typed string) []cobra.Completion {
	standings, err := w.agent.Standings(ctx, w.now())
	if err != nil {
		return nil
	}
	return prospects(standings, typed)
}

func prospects(standings []tracker.Standing, typed string) []cobra.Completion {
	var found []cobra.Completion
	for _, s := range standings {
		if s.State == tracker.Ignored {
			continue
		}
		for _, p := range s.Prospects {
			if address := string(p.Address); strings.HasPrefix(address, typed) && report.Clean(address) == address {
				found = append(found, address)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// grades gives the grades of the configuration.
func (a *app) grades(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	cfg, err := a.loadTyped()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names := []cobra.Completion{"none"}
	for name := range cfg.Cadence.Grade {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, cobra.ShellCompDirectiveNoFileComp
}

// assets gives the files of the library, and the people who may have been given one.
func (a *app) assets(ctx context.Context, w *wired, typed string) []cobra.Completion {
	found := a.addresses(ctx, w, typed)
	book, _, err := loadBook(w.cfg.Content.Library, w.cfg.Content.Templates, w.cfg.State.Dir)
	if err != nil {
		return found
	}
	for _, asset := range book.Assets() {
		if strings.HasPrefix(asset.File, typed) {
			found = append(found, cobra.CompletionWithDesc(asset.File, report.Cut(report.Clean(asset.Title), 40)))
		}
	}
	return found
}

// stateNames are the states as --state takes them.
func stateNames() []string {
	var names []string
	for _, s := range report.States() {
		names = append(names, string(s))
	}
	return names
}
