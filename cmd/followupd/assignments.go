package main

import (
	"context"
	"log/slog"
	"maps"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"followupd/config"
)

// assignments are the mailboxes that this process is to work, as its files say, for those who work them. The zero value
// holds none.
type assignments struct {
	changed chan struct{} // capacity one: which there are has changed

	mu       sync.Mutex
	url      string                   // of the database on which they are worked, "" for none
	all      map[string]assignment    // by identity
	attended map[string]chan struct{} // who works a mailbox is told when its assignment has changed
}

// assignment is to work a mailbox.
type assignment struct {
	assigned
	round int // how often a person had the files read again: whoever works by an older one begins anew
}

func newAssignments() *assignments {
	return &assignments{changed: make(chan struct{}, 1), attended: make(map[string]chan struct{})}
}

// set makes known what is to be worked now.
func (s *assignments) set(all map[string]assigned, database string, round int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.url = database
	next := make(map[string]assignment, len(all))
	for id, w := range all {
		now, was := assignment{w, round}, s.all[id]
		next[id] = now
		if tell := s.attended[id]; tell != nil && now.differs(&was) {
			poke(tell)
		}
	}
	s.all = next
	poke(s.changed)
}

// differs says whether there is something in it that whoever works it has to do.
func (a *assignment) differs(was *assignment) bool {
	return a.renews(was) || reason(a.wrong) != reason(was.wrong)
}

// renews says whether it is another configuration, or to be begun anew.
func (a *assignment) renews(was *assignment) bool {
	return !a.cfg.Same(was.cfg) || a.round != was.round
}

// database gives the database on which the mailboxes are worked, "" where each has a state of its own.
func (s *assignments) database() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.url
}

// now gives what is to be worked.
func (s *assignments) now() map[string]assignment {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.all)
}

// get gives one assignment, the caller's own; nil: the mailbox is not to be worked any more. Who works it goes by the pointer: a
// configuration takes 1.6 KB, and a few of them in functions that wait hold a goroutine's stack at eight times its size.
func (s *assignments) get(id string) *assignment {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.all[id]
	if !ok {
		return nil
	}
	return &a
}

// attend gives a channel that tells of changes of one assignment until leave is called.
func (s *assignments) attend(id string) (changed <-chan struct{}, leave func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tell := make(chan struct{}, 1)
	s.attended[id] = tell
	return tell, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.attended, id)
	}
}

func poke(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default: // one is there already
	}
}

// mailboxFiles are the files of a process's mailboxes, and what has been made of them.
type mailboxFiles struct {
	roster   config.Roster
	latest   config.Reading
	register register
	rounds   int              // how often a person had them read again
	waiting  <-chan time.Time // for a file that is gone; nil: for none
	waits    bool             // for a first file
	tasks    *assignments
	log      *slog.Logger
}

// openFiles reads all files. What is wrong with one that was named is the user's to mend; one in a folder is told of, and does
// not keep the others from being worked.
func openFiles(paths []string, log *slog.Logger) (*mailboxFiles, error) {
	f, news, err := readFiles(paths, log)
	if err != nil {
		return nil, err
	}
	named := false
	for _, file := range f.roster.Files {
		named = named || f.register.seats[file].wrong != nil
	}
	if named || len(f.register.worked()) == 0 && f.register.wrong() != nil {
		return nil, &usageError{f.register.wrong()}
	}
	f.tell(news)
	f.tasks.set(f.register.worked(), f.register.database, f.rounds)
	return f, nil
}

// readFiles reads all files once. What only building from them shows is found when that is done.
func readFiles(paths []string, log *slog.Logger) (f *mailboxFiles, news []said, err error) {
	f = &mailboxFiles{tasks: newAssignments(), log: log}
	if f.roster, err = config.NewRoster(paths); err != nil {
		return nil, nil, err
	}
	f.latest = f.roster.Read(config.Reading{})
	return f, f.register.read(time.Now(), f.latest, func(config.Config) error { return nil }), nil
}

// lone says that a single file was named: its mailbox is all there is to do.
func (f *mailboxFiles) lone() bool { return len(f.roster.Files) == 1 && len(f.roster.Folders) == 0 }

// follow keeps the assignments as the files say until ctx ends. SIGHUP has them read again.
func (f *mailboxFiles) follow(ctx context.Context, watches *config.Watches) {
	readings := make(chan config.Reading)
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	var watching sync.WaitGroup
	defer watching.Wait()
	read := f.latest
	watching.Go(func() {
		err := watches.Watch(ctx, f.roster, read, func(r config.Reading) {
			select {
			case readings <- r:
			case <-ctx.Done():
			}
		})
		if err != nil {
			f.log.Warn("changes of the mailbox files are noticed only on SIGHUP", slog.Any("error", err))
		}
	})
	for {
		if again := f.register.again(); !again.IsZero() {
			f.waiting = time.After(time.Until(again))
		}
		select {
		case <-ctx.Done():
			return
		case f.latest = <-readings:
		case <-hangup:
			f.latest = f.roster.Read(f.latest)
			f.rounds++
		case <-f.waiting:
		}
		f.take()
	}
}

// take makes of the last reading what is to be worked.
func (f *mailboxFiles) take() {
	f.tell(f.register.read(time.Now(), f.latest, func(c config.Config) error {
		_, err := settings(c, slog.New(slog.DiscardHandler))
		return err
	}))
	f.tasks.set(f.register.worked(), f.register.database, f.rounds)
}

// tell logs what is new.
func (f *mailboxFiles) tell(news []said) {
	for _, n := range news {
		attr := slog.String("file", n.file)
		if n.folder {
			attr.Key = "folder"
		}
		if n.err != nil {
			f.log.Error(n.what, attr, slog.Any("error", n.err))
		} else {
			f.log.Info(n.what, attr)
		}
	}
	if len(f.register.seats) == 0 && len(f.roster.Folders) > 0 && !f.waits {
		f.log.Warn("no mailbox yet: put NAME.toml into the folder, followupd init -c FILE writes one", slog.Any("folders", f.roster.Folders))
	}
	f.waits = len(f.register.seats) == 0
}
