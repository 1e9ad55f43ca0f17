package main

import (
	"context"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// pulse knows when each mailbox's loop promised to be back. It feeds the watchdog: a loop that hangs starves it.
type pulse struct {
	mu   sync.Mutex
	back map[string]time.Time
}

// patience is how long after its promised time a loop may still be at work: a first reading of a large mailbox takes minutes.
const patience = 15 * time.Minute

func (p *pulse) beat(mailbox string, back time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.back == nil {
		p.back = make(map[string]time.Time)
	}
	p.back[mailbox] = back
}

// ended takes a mailbox out whose loop ended and is not missed.
func (p *pulse) ended(mailbox string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.back, mailbox)
}

// steady says whether no loop is overdue.
func (p *pulse) steady(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, back := range p.back {
		if now.After(back.Add(patience)) {
			return false
		}
	}
	return true
}

// starting is how the start of the mailboxes goes that were there at the start.
type starting struct {
	lone bool          // where none is at work there is nothing to do
	told chan struct{} // closed when each has said how it went

	mu     sync.Mutex
	silent map[string]bool // who has not
	atWork int
}

// newStarting expects mailboxes, by their identities, to say how they started.
func newStarting(mailboxes iter.Seq[string], lone bool) *starting {
	s := &starting{lone: lone, told: make(chan struct{}), silent: make(map[string]bool)}
	for id := range mailboxes {
		s.silent[id] = true
	}
	if len(s.silent) == 0 {
		close(s.told)
	}
	return s
}

// mailbox gives what one mailbox says when it is at work or could not be begun; further words, and those of mailboxes that
// came later, are not heard.
func (s *starting) mailbox(id string) func(atWork bool) {
	return func(atWork bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !s.silent[id] {
			return
		}
		delete(s.silent, id)
		if atWork {
			s.atWork++
		}
		if len(s.silent) == 0 {
			close(s.told)
		}
	}
}

// hopeless says that there is nothing to do.
func (s *starting) hopeless() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lone && s.atWork == 0
}

// all says of every mailbox that has not said it whether it is at work.
func (s *starting) all(atWork bool) {
	s.mu.Lock()
	silent := slices.Collect(maps.Keys(s.silent))
	s.mu.Unlock()
	for _, id := range silent {
		s.mailbox(id)(atWork)
	}
}

// readyWithin is how long the program waits with saying that it is ready for mailboxes that have not begun: to open hundreds
// takes its time, and a service manager that waits a minute and a half ends a service that says nothing.
const readyWithin = 30 * time.Second

// notify tells systemd (sd_notify) when every mailbox is at work, feeds its watchdog while the loops are steady, and says
// when the program stops. Without systemd it does nothing.
func notify(ctx context.Context, start *starting, alive *pulse, log *slog.Logger) {
	tell := func(state string) {
		if _, err := daemon.SdNotify(false, state); err != nil {
			log.Debug("systemd does not listen", slog.Any("error", err))
		}
	}
	var late <-chan time.Time
	if !start.lone {
		late = time.After(readyWithin)
	}
	select {
	case <-start.told: // soon: each mailbox starts or gives up before it talks to its server
	case <-late:
	}
	if start.hopeless() || ctx.Err() != nil {
		return
	}
	tell(daemon.SdNotifyReady)
	log.Info("ready")
	defer tell(daemon.SdNotifyStopping)
	interval, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		log.Warn("watchdog not fed", slog.Any("error", err))
	}
	if interval == 0 {
		<-ctx.Done()
		return
	}
	feed := time.NewTicker(interval / 2)
	defer feed.Stop()
	for {
		select {
		case <-feed.C:
			if alive.steady(time.Now()) {
				tell(daemon.SdNotifyWatchdog)
			}
		case <-ctx.Done():
			return
		}
	}
}
