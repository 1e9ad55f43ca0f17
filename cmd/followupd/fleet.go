package main

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"followupd/config"
	"followupd/report"
	"followupd/tracker/postgres"
)

// watchShare works this process's share of the mailboxes of a fleet until ctx ends.
func (a *app) watchShare(ctx context.Context, database string, tasks *assignments, start *starting, shared *household, log *slog.Logger) error {
	db, err := postgres.Open(ctx, database)
	if err != nil {
		return err
	}
	defer db.Close()
	shared.monitor.fleet.Store(db)
	start.all(true) // a worker without a mailbox is ready to take one
	addresses := func() (list []string) {
		for _, t := range tasks.now() {
			list = append(list, t.cfg.Mailbox.Address)
		}
		return list
	}
	first, changes := addresses(), make(chan []string)
	listing, stop := context.WithCancel(ctx)
	var lists sync.WaitGroup
	defer lists.Wait()
	defer stop()
	lists.Go(func() {
		last := first
		for {
			select {
			case <-listing.Done():
				return
			case <-tasks.changed:
			}
			now := addresses()
			if slices.Sort(now); slices.Equal(now, slices.Sorted(slices.Values(last))) {
				continue
			}
			select {
			case <-listing.Done():
				return
			case changes <- now:
				last = now
			}
		}
	})
	db.Work(ctx, first, changes, log, func(ctx context.Context, c postgres.Claim) {
		log := log.With(slog.String("mailbox", c.Address))
		p := post{id: strings.ToLower(c.Address), tasks: tasks, left: true, started: func(bool) {}}
		on := ground{
			open:   func(context.Context) (state, error) { return &fleetState{Store: c.Store.Again()}, nil },
			spoken: c.Spoken, epoch: c.Epoch,
		}
		if err := a.watchOn(ctx, p, on, log, shared); err != nil {
			log.Error("mailbox given up for a minute", slog.Any("error", err))
		}
	})
	return nil
}

// takeFromFleet takes the right to work one mailbox of a fleet.
func takeFromFleet(ctx context.Context, cfg config.Config) (context.Context, ground, func(), error) {
	db, err := postgres.Open(ctx, cfg.State.URL)
	if err != nil {
		return nil, ground{}, nil, err
	}
	held, store, release, err := db.Hold(ctx, cfg.Mailbox.Address, lockWait)
	if err != nil {
		db.Close()
		return nil, ground{}, nil, err
	}
	open := func(context.Context) (state, error) { return &fleetState{Store: store}, nil }
	return held, ground{open: open}, func() { release(); db.Close() }, nil
}

// workedInFleet says whether some worker has the mailbox.
func workedInFleet(ctx context.Context, cfg config.Config) (bool, error) {
	db, err := postgres.Open(ctx, cfg.State.URL)
	if err != nil {
		return false, err
	}
	defer db.Close()
	return db.Worked(ctx, cfg.Mailbox.Address)
}

// copyOfFleets gives a copy of a mailbox's facts, in the database itself.
func copyOfFleets(ctx context.Context, cfg config.Config) (open opening, drop func(), err error) {
	db, err := postgres.Open(ctx, cfg.State.URL)
	if err != nil {
		return nil, nil, err
	}
	store, forget, err := db.Copy(ctx, cfg.Mailbox.Address)
	if err != nil {
		db.Close()
		return nil, nil, err
	}
	return func(context.Context) (state, error) { return &fleetState{Store: store}, nil }, func() { forget(); db.Close() }, nil
}

// surveyFleet looks at the database of a fleet; nil where the mailbox has a state of its own.
func surveyFleet(ctx context.Context, cfg config.Config) (*postgres.Survey, error) {
	if cfg.State.URL == "" {
		return nil, nil
	}
	s, err := postgres.Look(ctx, cfg.State.URL)
	return &s, err
}

// saySurvey tells what was found of the database, and what will be too little.
func saySurvey(p *lines, s *postgres.Survey) {
	if s == nil {
		return
	}
	if s.Schema == 0 {
		p.say("state          PostgreSQL %s, an empty database", report.Clean(s.Server))
	} else {
		p.say("state          PostgreSQL %s, schema %d: %d mailboxes, %d workers now", report.Clean(s.Server), s.Schema, s.Mailboxes, s.Workers)
	}
	if 2*s.Mailboxes > s.Locks {
		p.say("note           the server has room for some %d locks, and each mailbox takes one: raise max_locks_per_transaction", s.Locks)
	}
}
