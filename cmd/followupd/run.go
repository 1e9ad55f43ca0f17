package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"followupd/agent"
	"followupd/config"
	"followupd/imapwatch"
	"followupd/report/metrics"
	"followupd/tracker/sqlite"
)

func newRun(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: "Watches the mailbox and drafts what is due, until stopped",
		Long: `run watches one or more mailboxes until it is stopped: -c may be repeated, or name a directory of *.toml, one mailbox a
file. A changed file takes effect at once; a changed file that is wrong changes nothing and is reported. Files that are laid
into the directory are worked at once, and one that is removed is left, its drafts staying as they are; an empty directory is
waited for. SIGHUP reads the files again. Under systemd it tells when it is ready and feeds the watchdog.

Of several mailboxes one that fails disturbs no other: it is tried again, and status says how it fares. Two files for one
account are refused, the newer one, by name.

With state.url the mailboxes are shared out among all processes that run on that database, on whatever machine, each with all
the files; when one ends or comes, mailboxes move within ten seconds. See docs/fleet.md.

With [metrics] it answers /metrics for Prometheus, and /healthz and /readyz for supervisors, of all its mailboxes. See
docs/administration.md.`,
		Example: "  followupd run\n  followupd run -c anna.toml -c ben.toml\n  followupd run -c /etc/followupd                 all there, and those to come",
		Args:    exactly(0, "no arguments; name mailboxes with -c"),
		RunE: func(c *cobra.Command, _ []string) error {
			paths, err := a.named()
			if err != nil {
				return err
			}
			return a.watchFiles(c.Context(), paths)
		},
	}
}

// named gives what -c names, files and folders, or the default.
func (a *app) named() ([]string, error) {
	if len(a.configs) > 0 {
		return a.configs, nil
	}
	path, err := defaultConfig()
	return []string{path}, err
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
	monitor monitor
	opening chan struct{} // has room for as many as may be opened at once
}

// openedAtOnce is how many mailboxes are opened at the same time: it is the disk and the processor that take their time then,
// not a server, so that more at once would only need more memory.
const openedAtOnce = 8

// slowOpening is how long a mailbox keeps others from being opened: one whose folder lies on a disk that does not answer may
// never be.
const slowOpening = 10 * time.Second

func newHousehold() *household {
	return &household{rest: newRester(), monitor: monitor{started: time.Now(), passes: metrics.NewPasses()}, opening: make(chan struct{}, openedAtOnce)}
}

// watchFiles works the mailboxes of all files until ctx ends.
func (a *app) watchFiles(ctx context.Context, paths []string) error {
	debug.SetGCPercent(watchingGC)
	log := a.logger()
	files, err := openFiles(paths, log)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	shared := newHousehold()
	first := files.tasks.now()
	start := newStarting(maps.Keys(first), files.lone())
	var beside sync.WaitGroup
	defer beside.Wait()
	defer start.all(false)
	defer stop()
	beside.Go(func() { shared.rest.run(ctx) })
	beside.Go(func() { files.follow(ctx, &shared.watches) })
	beside.Go(func() { notify(ctx, start, &shared.alive, log) })
	for len(first) == 0 {
		select {
		case <-files.tasks.changed:
			first = files.tasks.now()
		case <-ctx.Done():
			return nil
		}
	}
	asked, err := monitoring(first)
	if err != nil {
		return err
	}
	defer shared.monitor.open(ctx, asked, files.tasks, log)()
	defer stop()
	if database := files.tasks.database(); database != "" {
		return a.watchShare(ctx, database, files.tasks, start, shared, log)
	}
	return a.watchAll(ctx, files, first, start, shared, log)
}

// watchAll works every mailbox until ctx ends. One that cannot go on does not disturb the others.
func (a *app) watchAll(ctx context.Context, files *mailboxFiles, first map[string]assignment, start *starting, shared *household, log *slog.Logger) error {
	type end struct {
		id  string
		err error
	}
	ended := make(chan end)
	running := make(map[string]context.CancelFunc)
	all, stop := context.WithCancel(ctx)
	defer stop()
	begin := func(id string, cfg config.Config, lone bool) {
		one, cancel := context.WithCancel(all)
		running[id] = cancel
		p := post{id: id, tasks: files.tasks, lone: lone, started: start.mailbox(id)}
		log := log.With(slog.String("mailbox", cfg.Mailbox.Address))
		go func() { ended <- end{id, a.watchMailbox(one, p, log, shared)} }()
	}
	for id, t := range first {
		begin(id, t.cfg, files.lone())
	}
	var failed error
	done := ctx.Done()
	for {
		if now := files.tasks.now(); all.Err() == nil {
			for id, t := range now {
				if running[id] == nil {
					log.Info("mailbox begun", slog.String("mailbox", t.cfg.Mailbox.Address), slog.String("file", t.cfg.File))
					begin(id, t.cfg, false)
				}
			}
			for id, cancel := range running {
				if _, ok := now[id]; !ok {
					cancel() // and it ends when what is under way is done
				}
			}
		}
		if len(running) == 0 && all.Err() != nil {
			return failed
		}
		select {
		case <-files.tasks.changed:
		case e := <-ended:
			running[e.id]()
			delete(running, e.id)
			if e.err != nil {
				failed = e.err
				stop()
			}
		case <-done:
			done = nil
		}
	}
}

// post is what a mailbox is worked for.
type post struct {
	id      string
	tasks   *assignments
	lone    bool              // it is all there is to do: who cannot do it gives up
	left    bool              // who cannot do it leaves it, for another worker to try
	started func(atWork bool) // tells of the start, once
}

// another gives the configuration that is in force by now where it is another one; what is wrong with its file is noted.
func (p post) another(than *assignment, record *recorder, log *slog.Logger) *assignment {
	now := p.tasks.get(p.id)
	switch {
	case now == nil: // ctx ends in a moment
		return nil
	case now.renews(than):
		return now
	}
	than.wrong = now.wrong
	if err := record.configuration(now.wrong); err != nil {
		log.Warn("status is out of date", slog.Any("error", err))
	}
	return nil
}

// watchMailbox works one mailbox until ctx ends.
func (a *app) watchMailbox(ctx context.Context, p post, log *slog.Logger, shared *household) error {
	defer p.started(false)
	t := p.tasks.get(p.id)
	if t == nil {
		return nil
	}
	dir := t.cfg.State.Dir
	var lock *sqlite.Lock
	for failures := 1; ; failures++ {
		var err error
		if lock, err = sqlite.AcquireLock(dir); err == nil {
			break
		}
		if p.lone {
			return err
		}
		p.started(false)
		rest := agent.Backoff(failures)
		log.Error("mailbox not worked", slog.Any("error", err), slog.Time("again_at", time.Now().Add(rest)))
		if !waits(ctx, rest, nil) {
			return nil
		}
	}
	defer lock.Release()
	return a.watchOn(ctx, p, ground{open: inFile(dir), mend: mendFile(dir)}, log, shared)
}

// waits rests for d, or until something has changed; false: ctx ended.
func waits(ctx context.Context, d time.Duration, changed <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
	case <-changed:
	}
	return true
}

// goodRun is how long a mailbox must have been worked for its next failure to count as its first.
const goodRun = 10 * time.Minute

// watchOn works a mailbox for whoever has the right to, until ctx ends. Another configuration, and every failure, has it
// built anew.
func (a *app) watchOn(ctx context.Context, p post, on ground, log *slog.Logger, shared *household) error {
	changed, leave := p.tasks.attend(p.id)
	defer leave()
	task := p.tasks.get(p.id)
	if task == nil {
		return nil
	}
	record := newRecorder(task.cfg.State.Dir, task.cfg.Mailbox.Address, time.Now)
	record.tally.epoch = on.epoch
	defer shared.monitor.enter(p.id, record)()
	say := func(err error) {
		if err != nil {
			log.Warn("status is out of date", slog.Any("error", err))
		}
	}
	defer func() {
		why := ""
		if p.tasks.get(p.id) == nil {
			why = "its file " + task.cfg.File + " is gone"
			log.Info("mailbox left alone", slog.String("why", why))
		}
		shared.alive.ended(task.cfg.State.Dir)
		say(record.ended(why))
	}()
	for failures := 0; ; {
		say(record.configuration(task.wrong))
		began := time.Now()
		err := contained(func() error {
			next, err := a.watchWith(ctx, task, p, on, log, shared, changed, record)
			if next != nil {
				task = next
			}
			return err
		})
		var mistake *panicked
		if errors.As(err, &mistake) {
			log.Error("a mistake in followupd itself", slog.Any("panic", mistake.value), slog.String("stack", string(mistake.stack)))
		}
		switch {
		case ctx.Err() != nil && err != nil && !errors.Is(err, context.Canceled):
			log.Warn("mailbox not left in good order", slog.Any("error", err))
			return nil
		case ctx.Err() != nil:
			return nil
		case err != nil && p.lone:
			return err
		}
		if err == nil {
			failures = 0
			log.Info("configuration in force")
			continue
		}
		if time.Since(began) > goodRun {
			failures = 0
		}
		failures++
		rest := agent.Backoff(failures)
		at := time.Now().Add(rest)
		shared.alive.ended(task.cfg.State.Dir)
		p.started(false)
		say(record.failed(err, at))
		if p.left {
			return err
		}
		log.Error("mailbox cannot be worked", slog.Any("error", err), slog.Time("again_at", at))
		if !waits(ctx, rest, changed) {
			return nil
		}
		if now := p.tasks.get(p.id); now != nil {
			task = now
		}
	}
}

// panicked is a mistake of the program's own, in what it did for one mailbox.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("a mistake in followupd itself: %v", p.value) }

// Hint says what to do about it.
func (p *panicked) Hint() string {
	return "please report it, with the lines that the log holds of it"
}

// contained does something for one mailbox, so that a mistake in it ends nothing else.
func contained(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &panicked{r, debug.Stack()}
		}
	}()
	return do()
}

// watchWith works a mailbox under one configuration, until another is in force, which it then gives, or ctx ends.
func (a *app) watchWith(ctx context.Context, task *assignment, p post, on ground, log *slog.Logger, shared *household, changed <-chan struct{}, record *recorder) (next *assignment, err error) {
	cfg := &task.cfg
	w, err := a.enter(ctx, cfg, on, log, shared, record)
	if err != nil {
		return nil, err
	}
	defer w.close()
	inner, stop := context.WithCancel(ctx)
	watchers := helpers{stop: stop}
	defer watchers.wg.Wait()
	defer stop()

	events := make(chan agent.Event, 1)
	wake := func(why string) {
		select {
		case events <- agent.Event{Why: why}:
		default: // one is waiting already; a pass reads everything
		}
	}
	day := newDay(w)
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
	reload := w.reloader(inner, events)
	links := newLinkRounds(cfg, log, reload)
	if cfg.Content.CheckLinks {
		watchers.Go(func() { links.run(inner) })
	}
	const said = "the rep said something"
	renewed := make(chan struct{}, 1)
	paths := w.pathsOfNews(func() { wake(said) }, func() { poke(renewed) }, reload)
	watchers.Go(func() {
		if err := shared.watches.WatchPaths(inner, paths...); err != nil {
			log.Warn("words said elsewhere, a new password and changes of the library are noticed only at the next pass, login and start",
				slog.Any("error", err))
		}
	})

	watchers.Go(func() {
		bell := day.bell()
		defer bell.stop()
		for next == nil {
			select {
			case <-inner.Done():
				return
			case e := <-seen:
				wake(e.Why)
			case <-on.spoken:
				wake(said)
			case <-bell.rings:
				if bell.struck() {
					wake("time for the digest")
				}
			case <-changed:
				next = p.another(task, record, log)
			case <-renewed:
				next = task
			}
		}
		stop()
	})
	// Ready means at work, not done: a server that cannot be reached, or a first reading of minutes, must not make systemd
	// give up.
	p.started(true)
	keeper := &upkeep{w: w, record: record, log: log, keep: cfg.State.Keep, links: links.ask}
	err = w.agent.Run(inner, events, func(again time.Time) {
		shared.alive.beat(cfg.State.Dir, again)
		shared.monitor.passes.Took(w.agent.Last().Took)
		shown.passed(w.agent.Last())
		day.afterPass(inner, w.agent.Last())
		keeper.afterPass(inner, w.agent.Last())
		hook.afterPass(inner, w.agent.Last())
		if record.newlyDamaged(w.agent.Last().Err) {
			stop() // to open it anew
		}
		w.store.Rest()
		shared.rest.passed()
	})
	stop()
	watchers.wg.Wait()
	return next, errors.Join(err, watchers.err)
}

// enter opens a mailbox: of many, some at a time. What is damaged of its facts is set aside before.
func (a *app) enter(ctx context.Context, cfg *config.Config, on ground, log *slog.Logger, shared *household, record *recorder) (*wired, error) {
	select {
	case shared.opening <- struct{}{}:
		leave := sync.OnceFunc(func() { <-shared.opening })
		defer leave()
		defer time.AfterFunc(slowOpening, leave).Stop()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	shared.monitor.hear(cfg.Metrics, log)
	if on.mend != nil {
		if err := on.mend(ctx, record, log); err != nil {
			return nil, err
		}
	}
	w, err := a.openMetered(ctx, *cfg, on.open, &record.tally.traffic, log)
	if err == nil {
		record.asks(w.words.model)
	}
	return w, err
}

// helpers are the goroutines that help to work one mailbox. A mistake in one of them ends the work, and no other mailbox's.
type helpers struct {
	stop context.CancelFunc
	wg   sync.WaitGroup
	once sync.Once
	err  error // of the first that made one; to be read when all have ended
}

// Go has a goroutine help.
func (h *helpers) Go(help func()) {
	h.wg.Go(func() {
		if err := contained(func() error { help(); return nil }); err != nil {
			h.once.Do(func() { h.err = err })
			h.stop()
		}
	})
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
