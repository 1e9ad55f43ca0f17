package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"followupd/tracker/postgres/share"
)

// Claim is a mailbox that this process works until its context ends.
type Claim struct {
	Address string          // as in the list that Work was given
	Store   *Store          // refuses to write once another worker has the mailbox
	Epoch   int64           // that the mailbox's lock was given with
	Spoken  <-chan struct{} // the rep said something of it, on whatever machine
}

// Work makes this process one of the workers of a fleet: it takes its share of the mailboxes and calls do for each, in a
// goroutine of its own, until ctx ends. Workers come and go as they like; nobody leads.
//
// do works until the context it is given ends: because a worker that has fewer takes over, because ctx ended, or because the
// database cannot be reached, when nothing more may be drafted. Only when do has returned does another worker get the
// mailbox. Where do returns by itself the mailbox is left, and tried again after a while. changes gives the list anew when
// it has changed.
func (d *Database) Work(ctx context.Context, addresses []string, changes <-chan []string, log *slog.Logger, do func(context.Context, Claim)) {
	w := &worker{
		db: d, log: log, do: do, addresses: addresses, changes: changes,
		claims: make(map[int32]*claim), ended: make(chan int32), loads: make(chan struct{}, share.Loads),
	}
	for ctx.Err() == nil {
		err := w.attend(ctx)
		d.work.note(func(f *Fares) { f.Joined = false })
		w.abandon(err)
		if err == nil || ctx.Err() != nil {
			return
		}
		d.work.note(func(f *Fares) { f.Lost++ })
		log.Warn("database not reached, no mailbox is worked until it is", slog.Any("error", err))
		select {
		case <-ctx.Done():
		case at := <-time.After(beat):
			d.work.note(func(f *Fares) { f.Turned = at })
		}
	}
}

// listing is how long a worker waits at its start for the numbers of its mailboxes, which many workers may ask for at once.
const listing = time.Minute

// worker is one process's part in a fleet. Its fields are its goroutine's own.
type worker struct {
	db        *Database
	log       *slog.Logger
	do        func(context.Context, Claim)
	addresses []string
	changes   <-chan []string

	claims map[int32]*claim
	ended  chan int32 // whose work has ended
	loads  chan struct{}

	session *session
	ids     map[string]int32 // mailbox by key, of all that were ever listed
	names   map[int32]string // address by mailbox, of this worker's list
	balance share.Balance
}

// claim is one mailbox that is worked here.
type claim struct {
	address string
	cancel  context.CancelCauseFunc
	spoken  chan struct{}
	leaving bool // it was told to end
}

var (
	errMoved    = errors.New("the mailbox moves to another worker")
	errStopping = errors.New("this worker stops")
	errDropped  = errors.New("the mailbox is no longer in this worker's list")

	// errRenumbered says that the mailboxes have other numbers than before: the database is another one, or an older one.
	errRenumbered = errors.New("the database does not know its mailboxes by the numbers of before")
)

// attend works with one session until ctx ends, or until that is lost.
func (w *worker) attend(ctx context.Context) (err error) {
	if err := w.list(ctx, listing); err != nil { // before there is a session, which must not be silent for long
		return err
	}
	if w.session, err = w.db.newSession(ctx, workerName); err != nil {
		return err
	}
	defer w.session.close()
	if err := w.session.join(); err != nil {
		return err
	}
	w.balance.Join()
	w.db.work.note(func(f *Fares) { f.Joined = true })
	w.log.Info("joined the fleet", slog.Int("mailboxes", len(w.names)), slog.Any("session", w.session.pid))
	tick := time.NewTicker(beat)
	defer tick.Stop()
	done := ctx.Done()
	for {
		select {
		case at := <-tick.C:
			w.db.work.note(func(f *Fares) { f.Turned = at })
			err = w.beat(done == nil)
		case id := <-w.ended:
			err = w.finish(id)
		case w.addresses = <-w.changes:
			err = w.list(ctx, answer)
		case <-done:
			done = nil
			w.tell(errStopping)
			if err = w.session.part(); err == nil {
				err = w.session.tell(len(w.claims), true)
			}
		}
		if err != nil {
			return err
		}
		if done == nil && len(w.claims) == 0 {
			return nil
		}
	}
}

// list takes in the list of addresses. Only the numbers of those that are new are asked for: for all 50,000 of a large fleet
// that costs the server 0.1 s, and after a restart of the database every worker would ask.
func (w *worker) list(ctx context.Context, limit time.Duration) error {
	if w.ids == nil {
		w.ids = make(map[string]int32, len(w.addresses))
	}
	var unknown []string
	for _, a := range w.addresses {
		if _, ok := w.ids[key(a)]; !ok {
			unknown = append(unknown, a)
		}
	}
	if len(unknown) > 0 {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		ids, err := w.db.mailboxes(ctx, w.db.pool, unknown)
		if err != nil {
			return fmt.Errorf("%w: list the mailboxes: %w", ErrLost, err)
		}
		maps.Copy(w.ids, ids)
	}
	w.names = make(map[int32]string, len(w.addresses))
	for _, a := range w.addresses {
		w.names[w.ids[key(a)]] = a
	}
	for id, c := range w.claims {
		if _, ok := w.names[id]; !ok {
			c.end(errDropped)
		}
	}
	w.balance.List(slices.Collect(maps.Keys(w.names)))
	return nil
}

// beat keeps the session alive and looks whether the mailboxes are shared out well. A worker that stops takes none.
func (w *worker) beat(stopping bool) error {
	if err := w.session.tell(len(w.claims), stopping); err != nil {
		return err
	}
	crew, err := w.session.crew()
	if err != nil {
		return err
	}
	for _, id := range w.session.spokenOf() {
		if c := w.claims[id]; c != nil {
			select {
			case c.spoken <- struct{}{}:
			default: // one waits to be heard already
			}
		}
	}
	if stopping || !w.balance.Beat(w.session.pid, crew) {
		return nil
	}
	return w.even()
}

// even takes and leaves what the balance asks for.
func (w *worker) even() error {
	if take, most, ok := w.balance.Guess(w.session.pid, func(id int32) bool { return w.claims[id] != nil }); ok {
		return w.take(take, most)
	}
	is, err := w.session.look()
	if errors.Is(err, errCrowded) {
		w.balance.Again()
		return nil
	}
	if err != nil {
		return err
	}
	take, most, leave := w.balance.Decide(is)
	for _, id := range leave {
		if c := w.claims[id]; c != nil {
			c.end(errMoved)
		}
	}
	return w.take(take, most)
}

// take begins to work as many of these mailboxes as it can have, most of them at most.
func (w *worker) take(ids []int32, most int) error {
	got, err := w.session.take(ids, most)
	if err == nil && slices.ContainsFunc(got, func(t taken) bool { return key(w.names[t.id]) != t.address }) {
		err = errRenumbered
	}
	if errors.Is(err, errRenumbered) {
		w.ids = nil // asked for anew with the next session
	}
	if err != nil {
		return err
	}
	for _, t := range got {
		w.begin(t.id, t.epoch)
	}
	return nil
}

// begin works a mailbox that was taken.
func (w *worker) begin(id int32, epoch int64) {
	ctx, cancel := context.WithCancelCause(context.Background())
	c := &claim{address: w.names[id], cancel: cancel, spoken: make(chan struct{}, 1)}
	w.claims[id] = c
	w.log.Info("mailbox taken", slog.String("mailbox", c.address), slog.Int64("epoch", epoch))
	store := &Store{pool: w.db.pool, id: id, epoch: epoch, fenced: func() { cancel(ErrFenced) }, loads: w.loads}
	go func() {
		w.do(ctx, Claim{Address: c.address, Store: store, Epoch: epoch, Spoken: c.spoken})
		cancel(nil)
		w.ended <- id
	}()
}

func (c *claim) end(why error) {
	c.leaving = true
	c.cancel(why)
}

// finish gives back a mailbox whose work has ended.
func (w *worker) finish(id int32) error {
	c := w.claims[id]
	delete(w.claims, id)
	if !c.leaving {
		w.balance.Failed(id)
	}
	w.log.Info("mailbox left", slog.String("mailbox", c.address))
	return w.session.leave(id)
}

// tell ends the work of every mailbox.
func (w *worker) tell(why error) {
	for _, c := range w.claims {
		c.end(why)
	}
}

// abandon ends what is worked still, after the session was lost, and waits for it.
func (w *worker) abandon(err error) {
	if err == nil {
		err = errStopping
	}
	w.tell(err)
	for len(w.claims) > 0 {
		delete(w.claims, <-w.ended)
	}
}
