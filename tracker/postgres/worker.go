package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// Claim is a mailbox that this process works until its context ends.
type Claim struct {
	Address string          // as in the list that Work was given
	Store   *Store          // refuses to write once another worker has the mailbox
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
		claims: make(map[int32]*claim), ended: make(chan int32),
	}
	for ctx.Err() == nil {
		err := w.attend(ctx)
		w.abandon(err)
		if err == nil || ctx.Err() != nil {
			return
		}
		log.Warn("database not reached, no mailbox is worked until it is", slog.Any("error", err))
		select {
		case <-ctx.Done():
		case <-time.After(beat):
		}
	}
}

// failedRest is for how many beats a mailbox is left alone after its work ended by itself.
const failedRest = 60

// lookAgain is after how many beats a worker looks at all locks although nothing seems to have changed.
const lookAgain = 15

// worker is one process's part in a fleet. Its fields are its goroutine's own.
type worker struct {
	db        *Database
	log       *slog.Logger
	do        func(context.Context, Claim)
	addresses []string
	changes   <-chan []string

	claims map[int32]*claim
	ended  chan int32 // whose work has ended

	session *session
	names   map[int32]string // address by mailbox, of this worker's list
	balance balance
	resting map[int32]int // for how many beats a mailbox is left alone
	crew    []uint32      // at the last beat
	quiet   int           // beats since the last look; -1: look at the next
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
)

// attend works with one session until ctx ends, or until that is lost.
func (w *worker) attend(ctx context.Context) (err error) {
	if w.session, err = w.db.newSession(ctx); err != nil {
		return err
	}
	defer w.session.close()
	if err := w.session.join(); err != nil {
		return err
	}
	w.balance, w.crew, w.resting = balance{}, nil, make(map[int32]int)
	if err := w.list(ctx); err != nil {
		return err
	}
	w.log.Info("joined the fleet", slog.Int("mailboxes", len(w.names)), slog.Any("session", w.session.pid))
	tick := time.NewTicker(beat)
	defer tick.Stop()
	done := ctx.Done()
	for {
		select {
		case <-tick.C:
			err = w.beat(done == nil)
		case id := <-w.ended:
			err = w.finish(id)
		case w.addresses = <-w.changes:
			err = w.list(ctx)
		case <-done:
			done = nil
			w.tell(errStopping)
			err = w.session.part()
		}
		if err != nil {
			return err
		}
		if done == nil && len(w.claims) == 0 {
			return nil
		}
	}
}

// list takes in the list of addresses.
func (w *worker) list(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	ids, err := w.db.mailboxes(ctx, w.db.pool, w.addresses)
	if err != nil {
		return fmt.Errorf("%w: list the mailboxes: %w", ErrLost, err)
	}
	w.names = make(map[int32]string, len(ids))
	for _, a := range w.addresses {
		w.names[ids[key(a)]] = a
	}
	for id, c := range w.claims {
		if _, ok := w.names[id]; !ok {
			c.end(errDropped)
		}
	}
	w.balance.mine = w.balance.mine[:0]
	for id := range w.names {
		w.balance.mine = append(w.balance.mine, id)
	}
	slices.Sort(w.balance.mine)
	w.quiet = -1
	return nil
}

// beat keeps the session alive and looks whether the mailboxes are shared out well. A worker that stops takes none.
func (w *worker) beat(stopping bool) error {
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
	for id, n := range w.resting {
		if w.resting[id] = n - 1; n <= 1 {
			delete(w.resting, id)
			w.quiet = -1
		}
	}
	if stopping || slices.Equal(crew, w.crew) && w.quiet >= 0 && w.quiet < lookAgain {
		w.quiet++
		return nil
	}
	w.crew = crew
	return w.even()
}

// even takes and leaves what the balance asks for.
func (w *worker) even() error {
	is, err := w.session.look()
	if err != nil {
		return err
	}
	take, leave, settled := w.balance.decide(is)
	w.quiet = -1
	if settled {
		w.quiet = 0
	}
	for _, id := range leave {
		if c := w.claims[id]; c != nil {
			c.end(errMoved)
		}
	}
	take = slices.DeleteFunc(take, func(id int32) bool { return w.resting[id] > 0 || w.claims[id] != nil })
	epochs, err := w.session.take(take)
	if err != nil {
		return err
	}
	for id, epoch := range epochs {
		w.begin(id, epoch)
	}
	return nil
}

// begin works a mailbox that was taken.
func (w *worker) begin(id int32, epoch int64) {
	ctx, cancel := context.WithCancelCause(context.Background())
	c := &claim{address: w.names[id], cancel: cancel, spoken: make(chan struct{}, 1)}
	w.claims[id] = c
	w.log.Info("mailbox taken", slog.String("mailbox", c.address), slog.Int64("epoch", epoch))
	store := &Store{pool: w.db.pool, id: id, epoch: epoch, fenced: func() { cancel(ErrFenced) }}
	go func() {
		w.do(ctx, Claim{Address: c.address, Store: store, Spoken: c.spoken})
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
		w.resting[id] = failedRest
	}
	w.quiet = -1
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
