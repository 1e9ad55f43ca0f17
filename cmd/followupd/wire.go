package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"followupd/agent"
	"followupd/config"
	"followupd/imapwatch"
	"followupd/mail"
	"followupd/playbook/library"
	"followupd/tracker"
)

// wired is one mailbox with everything built: the config in force, its store, its agent, and, where a command reaches for
// the server, the mailbox.
type wired struct {
	cfg   config.Config
	path  string
	store state
	box   *imapwatch.Mailbox // nil: this command only looks at what is stored
	agent *agent.Agent
	set   agent.Settings
	words *scribe // who writes the texts
	meter meter   // how far reading the mailbox is
	log   *slog.Logger
	now   func() time.Time
}

// defaultConfig is where the config lies when no -c says otherwise.
func defaultConfig() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", usagef("no -c given, and %w", err)
	}
	return filepath.Join(dir, "followupd", "followupd.toml"), nil
}

// load reads the one configuration a command is about.
func (a *app) load() (config.Config, error) {
	if len(a.configs) > 1 {
		return config.Config{}, usagef("this command takes one -c; only `run` and `status` take several")
	}
	paths, err := a.named()
	if err != nil {
		return config.Config{}, err
	}
	path, err := onlyMailbox(paths[0])
	if err != nil {
		return config.Config{}, err
	}
	return a.loadFile(path)
}

// onlyMailbox gives the one file of a folder, for a command that is about one mailbox; of a file, itself.
func onlyMailbox(path string) (string, error) {
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		return path, nil // what is wrong with it, loading says
	}
	files, err := config.MailboxFiles(path)
	switch {
	case err != nil:
		return "", fmt.Errorf("list the mailboxes of %s: %w", path, err)
	case len(files) == 0:
		return "", noMailboxes([]string{path})
	case len(files) > 1:
		return "", usagef("this command is about one mailbox, and %s holds %d: name one, as in -c %s; `followupd status -c %s` lists them",
			path, len(files), files[0], path)
	}
	return files[0], nil
}

func (a *app) loadFile(path string) (config.Config, error) {
	cfg, err := config.Load(path)
	if err != nil {
		return cfg, &usageError{err}
	}
	return cfg, nil
}

// openStored builds what a command needs that looks only at what is stored.
func (a *app) openStored(ctx context.Context) (*wired, error) {
	cfg, err := a.load()
	if err != nil {
		return nil, err
	}
	return a.wireOn(ctx, cfg, whereKept(cfg), a.quietLogger(), nil)
}

// openMailbox builds everything on the state in a directory; it does not connect yet.
func (a *app) openMailbox(ctx context.Context, cfg config.Config, stateDir string, log *slog.Logger) (*wired, error) {
	return a.openMailboxOn(ctx, cfg, inFile(stateDir), log)
}

func (a *app) openMailboxOn(ctx context.Context, cfg config.Config, open opening, log *slog.Logger) (*wired, error) {
	return a.openMetered(ctx, cfg, open, nil, log)
}

// openMetered is openMailboxOn with somebody who counts what goes over the connections.
func (a *app) openMetered(ctx context.Context, cfg config.Config, open opening, traffic *imapwatch.Traffic, log *slog.Logger) (w *wired, err error) {
	access := mailboxConfig(cfg, log)
	access.Turnstile, access.Traffic = &a.logins, traffic
	access.Waits = func() { w.store.Rest() } // nothing is read before w is there
	return a.wireOn(ctx, cfg, open, log, imapwatch.New(access))
}

func (a *app) wire(ctx context.Context, cfg config.Config, stateDir string, log *slog.Logger, box *imapwatch.Mailbox) (*wired, error) {
	return a.wireOn(ctx, cfg, inFile(stateDir), log, box)
}

func (a *app) wireOn(ctx context.Context, cfg config.Config, open opening, log *slog.Logger, box *imapwatch.Mailbox) (*wired, error) {
	set, err := settings(cfg, log)
	if err != nil {
		return nil, err
	}
	store, err := open(ctx)
	if err != nil {
		return nil, err
	}
	w := &wired{cfg: cfg, path: cfg.File, store: store, box: box, log: log, now: time.Now}
	if w.words, err = newScribe(cfg, a.calls.open(), log); err != nil {
		w.close()
		return nil, err
	}
	w.words.equip(&set)
	set.Signals = linkSignals(cfg, store)
	w.set = set
	w.agent = agent.New(set, fenced(mailboxAdapter{box, &w.meter}, store), store, w.now, log)
	return w, nil
}

func (w *wired) close() {
	if w.box != nil {
		if err := w.box.Close(); err != nil {
			w.log.Debug("log out", slog.Any("error", err))
		}
	}
	if w.words != nil && w.words.model != nil {
		w.words.model.Close()
	}
	if err := w.store.Close(); err != nil {
		w.log.Warn("close the state", slog.Any("error", err))
	}
}

func (w *wired) zone() *time.Location { return w.cfg.Mailbox.Timezone }

func (w *wired) hasGrade(name string) bool {
	_, ok := w.cfg.Cadence.Grade[name]
	return ok
}

const nothingRead = "nothing has been read yet: run `followupd once` or `followupd run` first"

// find gives the threads a user means by an id or an address.
func (w *wired) find(ctx context.Context, who string) ([]tracker.Standing, error) {
	all, err := w.agent.Standings(ctx, w.now())
	if err != nil {
		return nil, err
	}
	return among(all, who)
}

// among picks the threads a user means out of all of them.
func among(all []tracker.Standing, who string) ([]tracker.Standing, error) {
	found := tracker.Find(all, who)
	if len(found) == 0 {
		if len(all) == 0 {
			return nil, errors.New(nothingRead)
		}
		return nil, fmt.Errorf("no thread has the id or the address %q; `followupd threads --all` lists them", who)
	}
	return found, nil
}

// wakeDir is the folder of the state directory in which a file is touched when the rep said something, so that a running
// daemon hears of it at once.
const wakeDir = "wake"

// say stores a word of the rep and wakes the daemon, if one runs.
func (w *wired) say(ctx context.Context, word tracker.Word) error {
	word.At = w.now()
	if err := w.store.AddWord(ctx, word); err != nil {
		return err
	}
	if w.cfg.State.URL != "" {
		return nil // the database wakes whoever works the mailbox
	}
	if err := w.wakeDaemon(word.At); err != nil {
		return fmt.Errorf("stored, but a running followupd hears of it only at its next pass: %w", err)
	}
	return nil
}

// Look implements agent.Mailbox.
func (m mailboxAdapter) Look(ctx context.Context, floor mail.UID) (agent.DraftsState, []mail.Item, error) {
	state, items, err := m.Mailbox.Look(ctx, floor)
	return agent.DraftsState(state), items, err
}

// mailboxConfig is what imapwatch needs to know.
func mailboxConfig(cfg config.Config, log *slog.Logger) imapwatch.Config {
	password, rejected := secrets(cfg, log)
	return imapwatch.Config{
		Host: cfg.IMAP.Host, Port: cfg.IMAP.Port, Security: cfg.IMAP.Security, CAFile: cfg.IMAP.CAFile,
		Username: cfg.IMAP.Username,
		Password: password, Token: cfg.IMAP.Auth == config.AuthOAuth2, Rejected: rejected,
		Inbox: cfg.IMAP.Folders.Inbox, Sent: cfg.IMAP.Folders.Sent, Drafts: cfg.IMAP.Folders.Drafts, Also: cfg.IMAP.Folders.Also,
		Me: identities(cfg), Steering: steeringFolders(cfg), Poll: cfg.IMAP.Poll, Log: log, Now: time.Now,
	}
}

func identities(cfg config.Config) []mail.Address {
	me := []mail.Address{mail.Address(strings.ToLower(cfg.Mailbox.Address))}
	for _, a := range cfg.Mailbox.Aliases {
		me = append(me, mail.Address(strings.ToLower(a)))
	}
	return me
}

// settings is what the agent needs to know. What is wrong with the library is logged and left out, never fatal.
func settings(cfg config.Config, log *slog.Logger) (agent.Settings, error) {
	return settingsAgain(cfg, new(library.Memo), time.Time{}, log)
}

// settingsAgain is settings for a library that was loaded before, with the memo of that.
func settingsAgain(cfg config.Config, memo *library.Memo, now time.Time, log *slog.Logger) (agent.Settings, error) {
	book, problems, err := reloadBook(memo, cfg.Content.Library, cfg.Content.Templates, cfg.State.Dir, now)
	if err != nil {
		return agent.Settings{}, &usageError{err}
	}
	for _, p := range problems {
		log.Warn("not used", slog.String("file", p.File), slog.Int("line", p.Line), slog.String("problem", p.Text))
	}
	policy, err := policy(cfg)
	if err != nil {
		return agent.Settings{}, &usageError{err}
	}
	probe, err := readProbe(cfg.State.Dir)
	if err != nil {
		return agent.Settings{}, err
	}
	set := agent.Settings{
		AtMostOnce: probe != nil && !probe.Witness(),
		Rep:        mail.Person{Name: cfg.Mailbox.Name, Address: policy.Me[0]},
		Signature:  cfg.Mailbox.Signature, NoSignature: cfg.Given("mailbox.signature") && cfg.Mailbox.Signature == "",
		Policy: policy, Playbook: book, Poll: cfg.IMAP.Poll, Settle: cfg.IMAP.Settle, Reach: reach(cfg),
		Steering: steering(cfg),
	}
	return set, nil
}

func policy(cfg config.Config) (tracker.Policy, error) {
	p := tracker.Policy{
		Me: identities(cfg), Internal: cfg.Mailbox.Internal,
		Listed: cfg.Prospects.Who == config.Listed, Include: cfg.Prospects.Include, Exclude: cfg.Prospects.Exclude,
		Since: cfg.Prospects.Since, Rules: gradeRules(cfg),
		Sooner:           tracker.Window(cfg.Signals.Sooner),
		PeoplePerCompany: cfg.Cadence.PeoplePerCompany, PerPersonMonth: cfg.Cadence.PerPersonMonth,
	}
	everybody, err := pace(cfg, "", "")
	if err != nil {
		return tracker.Policy{}, err
	}
	p.Cadence, p.Calendar, p.DraftsADay = everybody.Cadence, everybody.Calendar, everybody.DraftsADay
	p.Paces, err = paces(cfg)
	return p, err
}

// reach is how far back a first reading goes: the oldest silence that may still get a draft, with all the windows its
// follow-ups may have taken, and as much again of the conversation before it; never less than reachLeast.
func reach(cfg config.Config) time.Duration {
	const day = 24 * time.Hour
	longest := time.Duration(0)
	for k := range kinds(cfg.Cadence) {
		p := cfg.Cadence.For(k.grade, string(k.situation))
		sum := span(p.BreakUpAfter)
		for _, w := range p.FollowUpAfter {
			sum += span(w)
		}
		longest = max(longest, sum)
	}
	for _, d := range cfg.Cadence.Away {
		longest += d.Last.Sub(d.First) + 24*time.Hour
	}
	return max(cfg.Prospects.Since+2*longest, reachLeast*day)
}

// reachLeast is the least reach in days: a quarter of a year of conversations.
const reachLeast = 92

// span is how long a window lasts at most on the wall, weekends and a week of holidays taken in.
func span(w config.Window) time.Duration {
	const day = 24 * time.Hour
	return w.Duration + time.Duration(w.Days)*day + time.Duration(w.BusinessDays)*day*7/5 + 7*day
}
