package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"followupd/config"
	"followupd/report/metrics"
	"followupd/report/probe"
	"followupd/tracker/postgres"
)

// monitor is what machines may ask of a process: /metrics, /healthz and /readyz ([metrics]).
type monitor struct {
	started time.Time
	inForce config.Metrics // since the start
	passes  *metrics.Passes
	fleet   atomic.Pointer[postgres.Database] // that the process shares with other workers; nil: it has not opened it, or there is none

	mu     sync.Mutex
	worked map[string]*recorder // by identity, of the mailboxes that are worked now
}

// enter makes a mailbox known while it is worked.
func (m *monitor) enter(id string, r *recorder) (leave func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.worked == nil {
		m.worked = make(map[string]*recorder)
	}
	m.worked[id] = r
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.worked, id)
	}
}

// watched is a mailbox of the process's files.
type watched struct {
	id, file, name string
	record         *recorder // nil: it is not worked here now
}

// hear says of a mailbox's file that came or was changed what of it is not in force.
func (m *monitor) hear(cfg config.Metrics, log *slog.Logger) {
	if cfg.On() && !cfg.Same(m.inForce) {
		log.Warn("metrics are answered as at the start: [metrics] takes effect at the next")
	}
}

// mailboxes gives those of the files, in the order of their names. A name is the file's without .toml; where two folders
// have a file of that name, the path without it.
func (m *monitor) mailboxes(tasks *assignments) []watched {
	all := tasks.files()
	same := make(map[string]int, len(all))
	for i, w := range all {
		path := strings.TrimSuffix(w.file, ".toml")
		all[i].file, all[i].name = path, filepath.Base(path)
		same[all[i].name]++
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range all {
		if same[all[i].name] > 1 {
			all[i].name = all[i].file
		}
		all[i].record = m.worked[all[i].id]
	}
	slices.SortFunc(all, func(a, b watched) int { return cmp.Compare(a.name, b.name) })
	return all
}

// files gives the mailboxes that are to be worked.
func (s *assignments) files() []watched {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]watched, 0, len(s.all))
	for id, a := range s.all {
		all = append(all, watched{id: id, file: a.cfg.File})
	}
	return all
}

// collect tells how the process fares.
func (m *monitor) collect(p *metrics.Process, tasks *assignments) {
	all := m.mailboxes(tasks)
	*p = metrics.Process{Version: version, GoVersion: runtime.Version(), Files: len(all), Mailboxes: p.Mailboxes[:0]}
	shared := tasks.database() != ""
	if shared {
		p.Worker = new(metrics.Worker)
		if db := m.fleet.Load(); db != nil {
			f := db.Fares()
			p.Worker.Joined, p.Worker.Lost = f.Joined, f.Lost
		}
	}
	for _, w := range all {
		if w.record == nil && shared {
			continue // another worker's
		}
		p.Mailboxes = slices.Grow(p.Mailboxes, 1)[:len(p.Mailboxes)+1] // what the last scrape left is used again
		one := &p.Mailboxes[len(p.Mailboxes)-1]
		if one.Name = w.name; w.record != nil {
			w.record.sample(one)
		} else {
			*one = metrics.Mailbox{Name: w.name}
		}
	}
}

// loopHangs is how long a worker's loop may go without turning: when it joins it asks for the numbers of all mailboxes, and
// when it was cut off it waits until each mailbox has been left.
const loopHangs = 5 * time.Minute

// probe tells whether the process is worked, and which of its mailboxes are not.
func (m *monitor) probe(tasks *assignments, now time.Time) probe.Process {
	var p probe.Process
	shared := tasks.database() != ""
	if shared {
		p.Worker = &probe.Worker{Alive: now.Sub(m.started) < loopHangs}
		if db := m.fleet.Load(); db != nil {
			f := db.Fares()
			turned := f.Turned
			if turned.IsZero() {
				turned = m.started
			}
			p.Worker.Alive, p.Worker.Joined = now.Sub(turned) < loopHangs, f.Joined
		}
	}
	for _, w := range m.mailboxes(tasks) {
		switch {
		case w.record != nil:
			p.Mailboxes = append(p.Mailboxes, probe.Mailbox{Name: w.name, State: w.record.probe()})
		case !shared:
			p.Mailboxes = append(p.Mailboxes, probe.Mailbox{Name: w.name, State: probe.State{Alive: true, Wrong: []string{"It is not worked; the log says why."}}})
		}
	}
	return p
}

// monitoring gives the [metrics] of the files, which is the process's: one file says it, or several say the same.
func monitoring(tasks map[string]assignment) (config.Metrics, error) {
	var is config.Metrics
	file := ""
	for _, t := range tasks {
		switch m := t.cfg.Metrics; {
		case !m.On():
		case !is.On():
			is, file = m, t.cfg.File
		case !m.Same(is):
			first, second := min(file, t.cfg.File), max(file, t.cfg.File)
			return is, &usageError{fmt.Errorf("%s: [metrics] says something else than in %s: it is the process's, so leave it out of one of the two", second, first)}
		}
	}
	return is, nil
}

// listenAgain is after how long an address that could not be had is tried again.
const listenAgain = 10 * time.Second

// open answers until ctx ends; wait returns when it has ended. That nobody can be answered yet is no reason not to work
// mailboxes: it is logged, and tried again.
func (m *monitor) open(ctx context.Context, is config.Metrics, tasks *assignments, log *slog.Logger) (wait func()) {
	m.inForce = is
	var answering sync.WaitGroup
	if is.On() {
		answering.Go(func() { m.answer(ctx, is, tasks, log) })
	}
	return answering.Wait
}

// answer answers until ctx ends.
func (m *monitor) answer(ctx context.Context, is config.Metrics, tasks *assignments, log *slog.Logger) {
	listener, token, err := hold(ctx, is)
	for told := ""; err != nil; listener, token, err = hold(ctx, is) {
		if why := err.Error(); why != told {
			told = why
			log.Error("no metrics yet", slog.String("listen", is.Listen), slog.Any("error", err))
		}
		if !waits(ctx, listenAgain, nil) {
			return
		}
	}
	guard := probe.Guard{Token: token, Local: is.Local()}
	mux := http.NewServeMux()
	registry := metrics.NewRegistry(func(p *metrics.Process) { m.collect(p, tasks) }, m.passes, m.started)
	mux.Handle("/metrics", guard.Only(metrics.Handler(registry, log)))
	probes := probe.ProcessHandler(func() probe.Process { return m.probe(tasks, time.Now()) }, guard.May)
	mux.Handle("/healthz", probes)
	mux.Handle("/readyz", probes)
	server := &http.Server{
		Handler: guard.Here(mux), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	log.Info("metrics", slog.String("address", "http://"+listener.Addr().String()+"/metrics"))
	defer context.AfterFunc(ctx, func() { server.Close() })()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		log.Error("metrics ended", slog.Any("error", err))
	}
}

// hold takes the address at which to answer, and gives the token that is to be shown. What is to be guarded is never open
// without its token.
func hold(ctx context.Context, is config.Metrics) (listener net.Listener, token string, err error) {
	secret, err := is.Token(ctx)
	if err != nil {
		return nil, "", err
	}
	if token = secret.Reveal(); token == "" && !is.Local() && !is.Open {
		return nil, "", errors.New("the token is empty")
	}
	listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", is.Listen)
	return listener, token, err
}
