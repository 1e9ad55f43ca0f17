package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"

	"followupd/config"
	"followupd/report"
	"followupd/tracker/postgres"
)

// fleetOf gives the database on which these mailboxes are shared out among workers, "" where each has a state of its own.
func fleetOf(configs []config.Config) (database string, err error) {
	files := make(map[string]string) // by address
	for i, cfg := range configs {
		if i == 0 {
			database = cfg.State.URL
		}
		if cfg.State.URL != database {
			return "", fmt.Errorf("%s: state.url is another than in %s: one process works on one database; run one for each", cfg.File, configs[0].File)
		}
		address := strings.ToLower(cfg.Mailbox.Address)
		if other, ok := files[address]; ok && database != "" {
			return "", fmt.Errorf("%s: mailbox.address is that of %s: each mailbox has one file", cfg.File, other)
		}
		files[address] = cfg.File
	}
	return database, nil
}

// watchShare runs this process's share of the mailboxes of a fleet until ctx ends.
func (a *app) watchShare(ctx context.Context, database string, configs []config.Config) error {
	debug.SetGCPercent(watchingGC)
	log := a.logger()
	db, err := postgres.Open(ctx, database)
	if err != nil {
		return err
	}
	defer db.Close()
	var addresses []string
	files := make(map[string]config.Config)
	for _, cfg := range configs {
		addresses = append(addresses, cfg.Mailbox.Address)
		files[cfg.Mailbox.Address] = cfg
	}
	shared := &household{rest: newRester()}
	var start starting
	start.told.Add(1)
	start.mailbox()(true) // a worker without a mailbox is ready to take one
	helping, stop := context.WithCancel(ctx)
	var helpers sync.WaitGroup
	helpers.Go(func() { shared.rest.run(helping) })
	helpers.Go(func() { notify(helping, &start, &shared.alive, log) })
	db.Work(ctx, addresses, nil, log, func(ctx context.Context, c postgres.Claim) {
		log := log.With(slog.String("mailbox", c.Address))
		defer shared.alive.ended(c.Address)
		on := ground{
			open:   func(context.Context) (state, error) { return &fleetState{Store: c.Store.Again()}, nil },
			spoken: c.Spoken,
		}
		if err := a.watchOn(ctx, newest(files[c.Address], log), on, log, shared, func(bool) {}); err != nil && ctx.Err() == nil {
			log.Error("mailbox given up for a minute", slog.Any("error", err))
		}
	})
	stop()
	helpers.Wait()
	return nil
}

// newest reads a mailbox's file again, which may have changed while another worker had the mailbox.
func newest(was config.Config, log *slog.Logger) config.Config {
	is, err := config.Load(was.File)
	if err == nil && is.State.URL == was.State.URL && is.Mailbox.Address == was.Mailbox.Address {
		return is
	}
	if err != nil {
		log.Error("configuration not changed, the old one stays in force", slog.Any("error", err))
	} else {
		log.Warn("mailbox.address and state.url take effect at the next start")
	}
	return was
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
