package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"followupd/agent"
	"followupd/config"
	"followupd/imapwatch"
	"followupd/playbook/library"
	"followupd/tracker/sqlite"
)

func newRun(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: "Watches the mailbox and drafts what is due, until stopped",
		Long: `run watches one or more mailboxes until it is stopped: -c may be repeated, or name a directory of *.toml, one mailbox a
file. A changed file takes effect at once; a changed file that is wrong changes nothing and is reported. SIGHUP reads the
files again. Under systemd it tells when it is ready and feeds the watchdog.

With state.url the mailboxes are shared out among all processes that run on that database, on whatever machine, each with all
the files; when one ends or comes, mailboxes move within ten seconds. See docs/fleet.md.`,
		Example: "  followupd run\n  followupd run -c anna.toml -c ben.toml\n  followupd run -c /etc/followupd",
		Args:    exactly(0, "no arguments; name mailboxes with -c"),
		RunE: func(c *cobra.Command, _ []string) error {
			paths, err := a.mailboxFiles()
			if err != nil {
				return err
			}
			configs, err := a.loadAll(paths)
			if err != nil {
				return err
			}
			database, err := fleetOf(configs)
			if err != nil {
				return &usageError{err}
			}
			if database != "" {
				return a.watchShare(c.Context(), database, configs)
			}
			return a.watchAll(c.Context(), configs)
		},
	}
}

// mailboxFiles gives the files that -c names, directories taken apart.
func (a *app) mailboxFiles() ([]string, error) {
	if len(a.configs) == 0 {
		path, err := defaultConfig()
		return []string{path}, err
	}
	var paths []string
	for _, path := range a.configs {
		info, err := os.Stat(path)
		if err != nil || !info.IsDir() {
			paths = append(paths, path) // Load says what is wrong with it
			continue
		}
		found, err := filepath.Glob(filepath.Join(path, "*.toml"))
		if err != nil || len(found) == 0 {
			return nil, usagef("%s holds no *.toml: put one file a mailbox there", path)
		}
		paths = append(paths, found...)
	}
	return paths, nil
}

// loadAll reads all files and reports all that is wrong with any of them.
func (a *app) loadAll(paths []string) ([]config.Config, error) {
	var configs []config.Config
	var wrong []error
	dirs := make(map[string]string)
	for _, path := range paths {
		cfg, err := a.loadFile(path)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		if other, ok := dirs[cfg.State.Dir]; ok {
			wrong = append(wrong, fmt.Errorf("%s: state.dir is that of %s: each mailbox needs its own", path, other))
		}
		dirs[cfg.State.Dir] = path
		configs = append(configs, cfg)
	}
	if len(wrong) > 0 {
		return nil, &usageError{errors.Join(wrong...)}
	}
	return configs, nil
}

// watchingGC is how much garbage, in per cent of what lives, the daemon lets gather. It is there all day, and what a pass
// throws away leaves holes between what stays: at 20,000 messages 50 per cent holds 5 MiB less than 100, at rest and at the
// peak, for 9 % more processor time in one pair of runs (25: 9 MiB less at rest, for a quarter more).
const watchingGC = 50

// household is what the mailboxes of one process share.
type household struct {
	alive   pulse
	rest    *rester
	watches config.Watches
	doors   doors
}

// watchAll runs every mailbox until ctx ends. One that cannot go on does not disturb the others.
func (a *app) watchAll(ctx context.Context, configs []config.Config) error {
	debug.SetGCPercent(watchingGC)
	log := a.logger()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	shared := &household{rest: newRester()}
	var start starting
	start.told.Add(len(configs))
	results := make(chan error)
	for _, cfg := range configs {
		go func() {
			log := log.With(slog.String("mailbox", cfg.Mailbox.Address))
			err := a.watchMailbox(ctx, cfg, log, shared, start.mailbox())
			if err != nil && len(configs) > 1 { // a single one's is the command's own
				log.Error("mailbox given up", slog.Any("error", err))
			}
			results <- err
		}()
	}
	var helpers sync.WaitGroup
	helpers.Go(func() { shared.rest.run(ctx) })
	helpers.Go(func() { notify(ctx, &start, &shared.alive, log) })
	var failed []error
	for range configs {
		if err := <-results; err != nil {
			failed = append(failed, err)
		}
	}
	stop()
	helpers.Wait()
	if len(failed) > 0 && len(configs) > 1 {
		return &quietError{}
	}
	return errors.Join(failed...)
}

// watchMailbox runs one mailbox; a changed configuration builds it anew.
func (a *app) watchMailbox(ctx context.Context, cfg config.Config, log *slog.Logger, shared *household, started func(atWork bool)) error {
	defer started(false)
	lock, err := sqlite.AcquireLock(cfg.State.Dir)
	if err != nil {
		return err
	}
	defer lock.Release()
	return a.watchOn(ctx, cfg, ground{open: inFile(cfg.State.Dir), mend: mendFile(cfg.State.Dir)}, log, shared, started)
}

// watchOn runs a mailbox for whoever has the right to work it, until ctx ends.
func (a *app) watchOn(ctx context.Context, cfg config.Config, on ground, log *slog.Logger, shared *household, started func(atWork bool)) error {
	record := newRecorder(cfg.State.Dir, cfg.Mailbox.Address, time.Now)
	defer func() {
		if err := record.ended(); err != nil {
			log.Warn("status is out of date", slog.Any("error", err))
		}
	}()
	changed := make(chan config.Config, 1)
	watching, stop := context.WithCancel(ctx)
	var watchers sync.WaitGroup
	defer watchers.Wait()
	defer stop()
	watchers.Go(func() { watchConfig(watching, cfg, &shared.watches, log, changed) })
	for {
		if on.mend != nil {
			if err := on.mend(ctx, record, log); err != nil {
				return err
			}
		}
		next, err := a.watchWith(ctx, cfg, on, log, shared, started, changed, record)
		if err != nil || next == nil {
			return err
		}
		if next.State.Dir != cfg.State.Dir {
			log.Warn("state.dir takes effect at the next start")
			next.State.Dir = cfg.State.Dir
		}
		if next.State.URL != cfg.State.URL {
			log.Warn("state.url takes effect at the next start")
			next.State.URL, next.State.Dir = cfg.State.URL, cfg.State.Dir
		}
		cfg = *next
		log.Info("configuration in force")
	}
}

// watchWith runs a mailbox under one configuration. It gives the next one where that changed, nil where ctx ended.
func (a *app) watchWith(ctx context.Context, cfg config.Config, on ground, log *slog.Logger, shared *household, started func(atWork bool), changed <-chan config.Config, record *recorder) (*config.Config, error) {
	w, err := a.openMailboxOn(ctx, cfg, on.open, log)
	if err != nil {
		return nil, err
	}
	defer w.close()
	inner, stop := context.WithCancel(ctx)
	var watchers sync.WaitGroup
	defer watchers.Wait()
	defer stop()

	events := make(chan agent.Event, 1)
	wake := func(why string) {
		select {
		case events <- agent.Event{Why: why}:
		default: // one is waiting already; a pass reads everything
		}
	}
	day := newDay(w)
	watchers.Go(func() { day.ring(inner, wake) })
	shown := openBoard(inner, w, record.probe)
	watchers.Go(func() { shown.serve(inner) })
	watchers.Go(func() { shared.doors.enter(inner, w, record, func() { wake("somebody followed a link") }) })
	hook := openHook(inner, w, record)
	watchers.Go(func() { hook.run(inner) })
	seen := make(chan imapwatch.Event, 1)
	watchers.Go(func() {
		w.box.Watch(inner, seen, func(s imapwatch.Status) {
			logStatus(log, s)
			shown.connected(s)
			if err := record.connection(s); err != nil {
				log.Warn("status is out of date", slog.Any("error", err))
			}
		})
	})
	watchers.Go(func() {
		for {
			select {
			case <-inner.Done():
				return
			case e := <-seen:
				wake(e.Why)
			}
		}
	})
	watchers.Go(func() {
		for {
			select {
			case <-inner.Done():
				return
			case <-on.spoken:
				wake("the rep said something")
			}
		}
	})
	watchers.Go(func() {
		said := filepath.Join(cfg.State.Dir, wakeDir)
		if err := os.MkdirAll(said, 0o700); err != nil {
			log.Warn("words said elsewhere are heard only at the next pass", slog.Any("error", err))
			return
		}
		if err := shared.watches.WatchPaths(inner, []string{said}, func() { wake("the rep said something") }); err != nil {
			log.Warn("words said elsewhere are heard only at the next pass", slog.Any("error", err))
		}
	})
	var reloading sync.Mutex // who loads later hands over later
	memo := new(library.Memo)
	reload := func() {
		reloading.Lock()
		defer reloading.Unlock()
		set, err := settingsAgain(cfg, memo, w.now(), log)
		if err != nil {
			log.Error("library not reloaded, the old one stays in use", slog.Any("error", err))
			return
		}
		w.words.equip(&set)
		set.Signals = w.set.Signals
		select {
		case events <- agent.Event{Settings: &set}:
		case <-inner.Done():
		}
	}
	links := newLinkRounds(cfg, log, reload)
	watchers.Go(func() { links.run(inner) })
	watchers.Go(func() {
		if err := shared.watches.WatchPaths(inner, []string{cfg.Content.Library, cfg.Content.Templates}, reload); err != nil {
			log.Warn("changes of the library are noticed only at the next start", slog.Any("error", err))
		}
	})

	// A refused login is not asked again for a quarter of an hour; who has mended the password does not want to wait.
	renewed := make(chan struct{}, 1)
	if path := cfg.IMAP.PasswordFile; path != "" {
		watchers.Go(func() {
			err := shared.watches.WatchPaths(inner, []string{path}, func() {
				select {
				case renewed <- struct{}{}:
				default:
				}
			})
			if err != nil {
				log.Warn("a new password is noticed only at the next login", slog.Any("error", err))
			}
		})
	}

	var next *config.Config
	watchers.Go(func() {
		select {
		case <-inner.Done():
			return
		case c := <-changed:
			next = &c
		case <-renewed:
			next = &cfg
		}
		stop()
	})
	// Ready means at work, not done: a server that cannot be reached, or a first reading of minutes, must not make systemd
	// give up.
	started(true)
	damaged := false
	keeper := &upkeep{w: w, record: record, log: log, keep: cfg.State.Keep, links: links.ask}
	err = w.agent.Run(inner, events, func(again time.Time) {
		shared.alive.beat(cfg.Mailbox.Address, again)
		shown.passed(w.agent.Last())
		day.afterPass(inner, w.agent.Last())
		keeper.afterPass(inner, w.agent.Last())
		hook.afterPass(inner, w.agent.Last())
		if record.newlyDamaged(w.agent.Last().Err) {
			damaged = true
			stop() // to open it anew
		}
		w.store.Rest()
		shared.rest.passed()
	})
	stop()
	watchers.Wait()
	if next == nil && damaged && ctx.Err() == nil {
		next = &cfg
	}
	return next, err
}

// watchConfig hands each changed and valid configuration on; what is wrong is reported and changes nothing. SIGHUP reads
// the file again.
func watchConfig(ctx context.Context, cfg config.Config, watches *config.Watches, log *slog.Logger, changed chan<- config.Config) {
	hand := func(c config.Config, err error) {
		if err == nil { // what only building shows: a library that may not be read
			_, err = settings(c, slog.New(slog.DiscardHandler))
		}
		if err != nil {
			log.Error("configuration not changed, the old one stays in force", slog.Any("error", err))
			return
		}
		select {
		case changed <- c:
		case <-ctx.Done():
		}
	}
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() {
		roster := config.Roster{Files: []string{cfg.File}}
		err := watches.Watch(ctx, roster, roster.Read(config.Reading{}), func(r config.Reading) { hand(r.Files[0].Config, r.Files[0].Err) })
		if err != nil {
			log.Warn("changes of the configuration are noticed only on SIGHUP", slog.Any("error", err))
		}
	})
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
			hand(config.Load(cfg.File))
		}
	}
}

func logStatus(log *slog.Logger, s imapwatch.Status) {
	level := slog.LevelInfo
	if !s.OK {
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{slog.Bool("ok", s.OK), slog.String("what", s.What)}
	if !s.Retry.IsZero() {
		attrs = append(attrs, slog.Time("again_at", s.Retry))
	}
	log.LogAttrs(context.Background(), level, "connection", attrs...)
}
