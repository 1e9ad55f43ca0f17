package main

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"followupd/agent"
	"followupd/config"
	"followupd/mail"
	"followupd/report/signals"
	"followupd/tracker"
	"followupd/tracker/postgres"
	"followupd/tracker/sqlite"
)

// state is the facts of one mailbox, in a file of its own or in the database of a fleet, with what the program asks of
// them besides.
type state interface {
	tracker.Store
	tracker.Trails
	tracker.Outbox
	signals.Book

	ClaimDigest(ctx context.Context, day string, at time.Time) (claimed bool, err error)
	ReleaseDigest(ctx context.Context, day string) error
	// BackedUp says whether the day's upkeep was done, Backup that it is, and makes a backup where that is its business.
	BackedUp(now time.Time) (bool, error)
	Backup(ctx context.Context, now time.Time) (made bool, err error)
	// Rest is called when there is nothing to do for a while.
	Rest()
}

var (
	_ state = (*sqlite.Store)(nil)
	_ state = (*fleetState)(nil)
)

// opening opens the facts of a mailbox.
type opening func(ctx context.Context) (state, error)

// inFile opens the facts in a state directory.
func inFile(dir string) opening {
	return func(ctx context.Context) (state, error) {
		store, err := sqlite.Open(ctx, dir, sqlite.Options{})
		if err != nil {
			return nil, err
		}
		return store, nil
	}
}

// whereKept opens the facts where the configuration says that they are, for somebody who does not work the mailbox.
func whereKept(cfg config.Config) opening {
	if cfg.State.URL == "" {
		return inFile(cfg.State.Dir)
	}
	return func(ctx context.Context) (state, error) {
		db, err := postgres.Open(ctx, cfg.State.URL)
		if err != nil {
			return nil, err
		}
		store, err := db.Mailbox(ctx, cfg.Mailbox.Address)
		if err != nil {
			db.Close()
			return nil, err
		}
		return &fleetState{Store: store, end: db.Close}, nil
	}
}

// fleetState is a mailbox's facts in the database of a fleet. Backups of that are its administrator's business.
type fleetState struct {
	*postgres.Store
	end    func()                 // ends the connection to the database; nil: it is others' too
	tended atomic.Pointer[string] // the day whose upkeep was done; another worker does it once more, which harms nothing
}

// BackedUp says whether the day's upkeep was done here.
func (s *fleetState) BackedUp(now time.Time) (bool, error) {
	last := s.tended.Load()
	return last != nil && *last == now.UTC().Format(time.DateOnly), nil
}

// Backup notes that the day's upkeep is done. It makes no backup.
func (s *fleetState) Backup(_ context.Context, now time.Time) (made bool, err error) {
	today := now.UTC().Format(time.DateOnly)
	s.tended.Store(&today)
	return false, nil
}

// Rest does nothing: unused connections end by themselves.
func (s *fleetState) Rest() {}

// Close ends the use of the facts.
func (s *fleetState) Close() error {
	err := s.Store.Close()
	if s.end != nil {
		s.end()
	}
	return err
}

// fencedMailbox asks, before it changes the mailbox, whether that is still this worker's: a process that was frozen wakes
// in the middle of what it did, and another may have done it meanwhile.
type fencedMailbox struct {
	mailboxAdapter
	holds func(ctx context.Context) error
}

// fenced puts the question before a mailbox whose facts can be asked it.
func fenced(box mailboxAdapter, s state) agent.Mailbox {
	if f, ok := s.(*fleetState); ok {
		return fencedMailbox{box, f.Holds}
	}
	return box
}

// Append implements agent.Mailbox.
func (m fencedMailbox) Append(ctx context.Context, source []byte, at time.Time) (mail.UID, error) {
	if err := m.holds(ctx); err != nil {
		return 0, err
	}
	return m.mailboxAdapter.Append(ctx, source, at)
}

// Withdraw implements agent.Mailbox.
func (m fencedMailbox) Withdraw(ctx context.Context, validity uint32, uid mail.UID, same func(source []byte) bool) error {
	if err := m.holds(ctx); err != nil {
		return err
	}
	return m.mailboxAdapter.Withdraw(ctx, validity, uid, same)
}

// ground is what a mailbox is worked on, by whoever has the right to.
type ground struct {
	open   opening
	mend   func(ctx context.Context, record *recorder, log *slog.Logger) error // sets damaged facts aside; nil: somebody else's business
	spoken <-chan struct{}                                                     // the rep said something on another machine; nil: there is none
	epoch  int64                                                               // of the lock by which a worker of a fleet holds it; 0: it is in none
}
