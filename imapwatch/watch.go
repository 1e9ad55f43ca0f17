package imapwatch

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"followupd/imapwatch/pacing"
	"followupd/mail"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Event is what a watcher reports. It only wakes the reader; the state comes from Sync.
type Event struct {
	Folder string // "" any
	Why    string // "IDLE EXISTS", "poll", "reconnected", "the clock jumped by 3h12m0s"
}

// Status is how a connection fares.
type Status struct {
	Watcher string // which connection: "INBOX" or "Sent"
	OK      bool
	What    string    // "watching INBOX", "login refused: …"
	Retry   time.Time // when it is tried again; zero: not planned
}

// Watch keeps IDLE on INBOX and Sent (the other folders by poll) and reports until ctx ends or the Mailbox is closed; it
// reconnects for ever, with backoff and jitter. A server that has NOTIFY tells of both on one connection. status is told of every change of health, never twice at a time. Watch
// never blocks on events: they are coalesced, so that a reader who is busy finds one event a folder, however much
// happened. Where the server has no IDLE, or no room for the connections, the safety poll is all there is.
func (m *Mailbox) Watch(ctx context.Context, events chan<- Event, status func(Status)) {
	m.life.Lock()
	if m.ctx.Err() != nil {
		m.life.Unlock()
		return
	}
	m.watches.Add(1)
	m.life.Unlock()
	defer m.watches.Done()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(m.ctx, func() { cancel(ErrClosed) })()

	w := &watch{m: m, status: status, out: outbox{wake: make(chan struct{}, 1)}, poke: newFlag(), sentAlone: newFlag()}
	w.end = func() { cancel(errMistake) }
	w.help(func() { w.keep(ctx, watchesInbox) })
	w.report(ctx, events)
	w.running.Wait()
	if m := w.mistake.Load(); m != nil {
		panic(*m)
	}
}

// errMistake ends a watch in which the program made a mistake of its own.
var errMistake = errors.New("a mistake in watching")

// help has a goroutine help to watch. Its panic becomes Watch's, so that whoever has many mailboxes can contain it.
func (w *watch) help(do func()) {
	w.running.Go(func() {
		defer func() {
			if r := recover(); r != nil {
				m := fmt.Sprintf("%v\n%s", r, debug.Stack())
				w.mistake.CompareAndSwap(nil, &m)
				w.end()
			}
		}()
		do()
	})
}

// watch is one call of Watch.
type watch struct {
	m         *Mailbox
	out       outbox
	poke      *flag // raised for a moment: look whether the connections still live
	sentAlone *flag // INBOX is watched, and Sent needs a connection of its own
	sentKept  sync.Once
	running   sync.WaitGroup
	end       func()                 // ends all of it
	mistake   atomic.Pointer[string] // the first panic, and where it was; nil: none
	noIdle    atomic.Bool
	noNotify  bool // the server lists NOTIFY and cannot do it; for the watcher of INBOX, as is both
	both      bool // the connection on INBOX hears of Sent, too

	mu     sync.Mutex // one status at a time
	status func(Status)
}

// watcher is which connection it is. INBOX comes first: where the server has room for one only, that is the one.
type watcher int

const (
	watchesInbox watcher = iota
	watchesSent
)

func (i watcher) String() string {
	if i == watchesInbox {
		return "INBOX"
	}
	return "Sent"
}

func (w *watch) tell(s Status) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status(s)
}

const notWatching = "not watching"

// tellOf tells what happens to a watcher, and the same of Sent where its connection hears of both: "how INBOX: What".
func (w *watch) tellOf(i watcher, s Status, how string) {
	what := s.What
	of := []watcher{i}
	if i == watchesInbox && w.both {
		of = append(of, watchesSent)
	}
	for _, i := range of {
		s.Watcher, s.What = i.String(), fmt.Sprintf("%s %s: %s", how, i, what)
		w.tell(s)
	}
}

// keep keeps one watcher connected.
func (w *watch) keep(ctx context.Context, i watcher) {
	for before := false; ctx.Err() == nil; {
		if i != watchesInbox && !w.sentAlone.wait(ctx) {
			return // two that knock at once would be twice the logins
		}
		if ok, until, changed := w.m.squeeze.allows(int(i)); !ok {
			w.tellOf(i, Status{OK: true, Retry: until, What: fmt.Sprintf("it is read every %s; to have more, %s", w.m.cfg.Poll, moreRoom)},
				"the server allows too few connections to watch")
			waitFor(ctx, until, changed)
			continue
		}
		poked := w.poke.raised()
		if at, _ := w.m.pace.next(); time.Until(at) > 0 {
			waitFor(ctx, at, poked)
			continue
		}
		if w.noIdle.Load() {
			return
		}
		born := time.Now()
		err := w.session(ctx, i, &before)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil: // stepped down
			continue
		case errors.Is(err, errNoIdle):
			w.noIdle.Store(true)
			if i == watchesInbox {
				w.watchSent(ctx) // so that the other one learns it too
			}
			w.tell(Status{Watcher: i.String(), OK: true, What: fmt.Sprintf("the server has no IDLE: everything is read every %s", w.m.cfg.Poll)})
			return
		case isFull(err):
			w.m.squeeze.enough()
			w.m.cfg.Log.Warn("too many connections", "folder", i, "why", err)
			continue
		}
		var unknown *FolderError
		if errors.As(err, &unknown) { // a person has to say; another try would find the same
			retry := time.Now().Add(squeezeRest)
			w.tellOf(i, Status{What: err.Error(), Retry: retry}, notWatching)
			waitFor(ctx, retry, nil)
			continue
		}
		var notYet *notConnected
		if errors.As(err, &notYet) {
			w.m.pace.failed(notYet.error)
			var login *LoginError
			if errors.As(err, &login) { // the worker may ask again before, with other credentials
				w.m.pace.rest(time.Until(login.Retry), err)
			}
		} else {
			w.m.pace.ended(time.Since(born), err)
			var lost *LostError
			if errors.As(err, &lost) && lost.busy != nil {
				w.m.pace.rest(lost.busy.Wait, err)
			}
		}
		at, _ := w.m.pace.next()
		w.m.cfg.Log.Info("not watching", "folder", i, "why", err, "retry", at)
		w.tellOf(i, Status{What: err.Error(), Retry: at}, notWatching)
	}
}

// watchSent has Sent watched on a connection of its own. Its watcher begins when it is first wanted, for a mailbox that needs none
// is most of them, and of mailboxes there are thousands.
func (w *watch) watchSent(ctx context.Context) {
	w.sentAlone.set(true)
	w.sentKept.Do(func() { w.help(func() { w.keep(ctx, watchesSent) }) })
}

// notConnected says that a session did not come about.
type notConnected struct{ error }

func (e *notConnected) Unwrap() error { return e.error }

var errNoIdle = errors.New("the server has no IDLE")

// session is the life of one watching connection. It returns nil where it stepped down to make room.
func (w *watch) session(ctx context.Context, i watcher, before *bool) error {
	var folder atomic.Pointer[string]
	nudge := make(chan struct{}, 1)
	w.m.squeeze.entered()
	defer w.m.squeeze.left()
	k, err := w.m.open(ctx, func(why string) {
		if name := folder.Load(); name != nil {
			w.out.post(Event{Folder: *name, Why: why})
			raise(nudge)
		}
	})
	if err != nil {
		return &notConnected{err}
	}
	defer k.close()
	if !k.has(imap.CapIdle) {
		k.logout(ctx)
		return errNoIdle
	}
	if ok, _, _ := w.m.squeeze.allows(int(i)); !ok { // the place is wanted, and this one has only just come in
		k.logout(ctx)
		return nil
	}
	name, err := w.folder(ctx, k, i)
	if err != nil {
		return err
	}
	if _, err := k.examine(ctx, name); err != nil {
		return err
	}
	sent := w.beside(ctx, k, i)
	other := beside{folder: sent}
	if sent != "" {
		other.hear(k.guard, func(why string) {
			w.out.post(Event{Folder: sent, Why: why})
			raise(nudge)
		})
	}
	folder.Store(&name)

	why := "connected"
	if *before {
		why = "reconnected"
	}
	*before = true
	started := func() {
		// Only now: a server may keep to itself what came between EXAMINE and IDLE.
		w.out.post(Event{Folder: name, Why: why})
		w.tell(Status{Watcher: i.String(), OK: true, What: "watching " + name})
		if i != watchesInbox {
			return
		}
		if w.both = other.folder != ""; !w.both {
			w.watchSent(ctx)
			return
		}
		w.out.post(Event{Folder: sent, Why: why})
		w.tell(Status{Watcher: watchesSent.String(), OK: true, What: "watching " + sent})
	}
	defer func() {
		if i == watchesInbox && !w.noIdle.Load() {
			w.sentAlone.set(false)
		}
	}()
	for lively := true; ; { // mail may have come before the first round
		ok, _, changed := w.m.squeeze.allows(int(i))
		if !ok {
			k.logout(ctx)
			return nil
		}
		if again, err := w.askBeside(ctx, k, &other); err != nil || again {
			return err
		}
		length := w.m.cfg.IdleRound
		if lively {
			length = min(length, quiet)
		}
		if lively, err = w.idle(ctx, k, length, started, nudge, changed); err != nil {
			return err
		}
		started = func() {}
	}
}

// beside gives the name of Sent where the connection on INBOX can hear of it, "" where Sent needs one of its own.
func (w *watch) beside(ctx context.Context, k *conn, i watcher) string {
	if i != watchesInbox || w.noNotify || !k.has(capNotify) {
		return ""
	}
	name, err := w.folder(ctx, k, watchesSent)
	if err != nil || !canNotify(name) {
		return "" // its own watcher says why
	}
	return name
}

// askBeside asks for notices of the other folder. A server that cannot give them is not asked again: other is then none,
// or, where it has agreed before, the connection is to be opened again, for what it tells by now nobody knows.
func (w *watch) askBeside(ctx context.Context, k *conn, other *beside) (again bool, err error) {
	if other.folder == "" {
		return false, nil
	}
	var why any = "overflow"
	if !other.overflow.Load() {
		if err = other.ask(ctx, w.m, k); err == nil || ctx.Err() != nil {
			return false, err
		}
		why = err
	}
	lost := !k.alive()
	if lost && other.agreed.Load() {
		return false, err // as any connection may be lost
	}
	w.m.cfg.Log.Info("the server's NOTIFY is of no use, Sent is watched by itself", "why", why)
	w.noNotify = true
	if lost {
		return false, err
	}
	if other.agreed.Load() {
		k.logout(ctx)
		return true, nil
	}
	other.folder = ""
	return false, nil
}

// folder gives the name of the folder that a watcher watches.
func (w *watch) folder(ctx context.Context, k *conn, i watcher) (string, error) {
	wanted := mail.RoleSent
	if i == watchesInbox {
		wanted = mail.RoleInbox
		if w.m.cfg.Inbox == "" {
			return "INBOX", nil // RFC 9051 section 5.1
		}
	}
	all, err := k.list(ctx)
	if err != nil {
		return "", err
	}
	folders, err := chooseFolders(all, w.m.cfg)
	if err != nil {
		return "", err
	}
	for _, f := range folders {
		if f.Role == wanted {
			return f.Name, nil
		}
	}
	return "", fmt.Errorf("no folder for %s", i)
}

// quiet is how long a round of IDLE goes on after the server said something, and how long the round after that is. Mail
// often comes in company, and what comes in the moment between two rounds some servers keep to themselves until the
// next ends (go-imap's own does); so the moment before a long round is one in which nothing happens.
const quiet = time.Second

// idle is one round of IDLE (RFC 2177); started is called once the server listens. The round ends soon after the
// first thing the server says: some servers say nothing more in a round once they have (Dovecot's sdbox after its index
// log rotated; IMAP.md section 0, finding 8). lively says that the server said something.
func (w *watch) idle(
	ctx context.Context, k *conn, length time.Duration, started func(), nudge, changed <-chan struct{},
) (lively bool, err error) {
	var cmd *imapclient.IdleCommand
	err = k.do(ctx, "IDLE", k.limit, func(c *imapclient.Client) (err error) {
		cmd, err = c.Idle()
		return err
	})
	if err != nil {
		return false, err
	}
	started()
	poked := w.poke.raised()
	end := time.NewTimer(length)
	defer end.Stop()
	for over := false; !over; {
		select {
		case <-nudge:
			lively = true
			end.Reset(quiet)
			nudge = nil // once: a server that never falls silent does not keep the round open
		case <-end.C:
			over = true
		case <-changed:
			over = true
		case <-poked:
			over = true
		case <-k.client.Closed():
			over = true
		case <-ctx.Done():
			over = true
		}
	}
	return lively, k.do(ctx, "DONE", k.limit, func(*imapclient.Client) error {
		if err := cmd.Close(); err != nil {
			return err
		}
		return cmd.Wait()
	})
}

// The clock is looked at this often; when the wall clock is further from where it should be than clockJump, the machine
// slept, or somebody set the clock.
const (
	clockTick = 30 * time.Second
	clockJump = 2 * time.Minute
)

// report hands events over, posts the safety poll, and tells of jumps of the wall clock, until ctx ends. The monotonic clock
// stands still while the machine sleeps, so connections that look young may be long dead: they are looked at.
func (w *watch) report(ctx context.Context, events chan<- Event) {
	poll := time.NewTimer(pacing.Phase(w.m.cfg.Username+"@"+w.m.cfg.Host, w.m.cfg.Poll))
	defer poll.Stop()
	tick := time.NewTicker(clockTick)
	defer tick.Stop()
	wall, steady := w.m.cfg.Now().Round(0), time.Now()
	var next *Event
	for {
		if next == nil {
			next = w.out.take()
		}
		var to chan<- Event // nil while there is nothing to hand over
		var offered Event
		if next != nil {
			to, offered = events, *next
		}
		select {
		case <-ctx.Done():
			return
		case to <- offered:
			next = nil
		case <-w.out.wake:
		case <-poll.C:
			poll.Reset(w.m.cfg.Poll)
			w.out.post(Event{Why: "poll"})
		case <-tick.C:
			now := w.m.cfg.Now().Round(0)
			jump := now.Sub(wall) - time.Since(steady)
			wall, steady = now, time.Now()
			if jump.Abs() <= clockJump {
				continue
			}
			w.m.suspect.Store(true)
			w.m.pace.hurry()
			w.m.workPace.hurry()
			w.out.post(Event{Why: fmt.Sprintf("the clock jumped by %s", jump.Round(time.Second))})
			w.poke.pulse()
		}
	}
}

// outbox holds the events that the reader has not taken yet, one a folder.
type outbox struct {
	mu      sync.Mutex
	pending []Event
	wake    chan struct{}
}

// post never blocks.
func (o *outbox) post(e Event) {
	o.mu.Lock()
	for _, p := range o.pending {
		if p.Folder == e.Folder {
			o.mu.Unlock()
			return
		}
	}
	o.pending = append(o.pending, e)
	o.mu.Unlock()
	raise(o.wake)
}

// take gives the next event, nil for none. It is out of pending before it is offered: what is posted while the reader takes
// it is news.
func (o *outbox) take() *Event {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.pending) == 0 {
		return nil
	}
	next := o.pending[0]
	o.pending = append([]Event(nil), o.pending[1:]...)
	return &next
}

// raise signals on a channel of capacity one.
func raise(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// waitFor returns at a time, when changed is closed, or when ctx ends.
func waitFor(ctx context.Context, at time.Time, changed <-chan struct{}) {
	t := time.NewTimer(time.Until(at))
	defer t.Stop()
	select {
	case <-t.C:
	case <-changed:
	case <-ctx.Done():
	}
}

// flag is a condition that goroutines wait for.
type flag struct {
	mu sync.Mutex
	on bool
	up chan struct{} // closed while on, and for a moment by pulse
}

func newFlag() *flag { return &flag{up: make(chan struct{})} }

// set raises or lowers the flag.
func (f *flag) set(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case on && !f.on:
		close(f.up)
	case !on && f.on:
		f.up = make(chan struct{})
	}
	f.on = on
}

// pulse wakes who waits now.
func (f *flag) pulse() {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.up)
	f.up = make(chan struct{})
}

// raised gives a channel that is closed once the flag is up.
func (f *flag) raised() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.up
}

// wait returns true once the flag is up, false if ctx ends first.
func (f *flag) wait(ctx context.Context) bool {
	select {
	case <-f.raised():
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
