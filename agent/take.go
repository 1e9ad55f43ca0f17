package agent

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"followupd/tracker"
)

// takeIn takes the messages that were stored since the last time into the threads: all headers, then the bodies that were
// read, one at a time, so that each is judged with what lies around it and only one is in memory.
func (a *Agent) takeIn(ctx context.Context) error {
	if a.stored {
		if err := a.takeNew(ctx); err != nil {
			return err
		}
		a.stored = false
	}
	if err := a.takeRows(ctx, a.again); err != nil {
		return err
	}
	if err := a.takeCalled(ctx); err != nil {
		return err
	}
	if err := a.takeRows(ctx, a.bodied); err != nil {
		return err
	}
	if err := a.takeCalled(ctx); err != nil { // what a report names, say
		return err
	}
	a.again, a.bodied = nil, nil
	return nil
}

// takeCalled takes in what the threads had laid aside and need by now.
func (a *Agent) takeCalled(ctx context.Context) error {
	for rows := a.threads.Called(); len(rows) > 0; rows = a.threads.Called() {
		if err := a.takeRows(ctx, rows); err != nil {
			return err
		}
	}
	return nil
}

// atOnce is how many headers pass from the store to the threads together.
const atOnce = 32

// takeNew takes in the headers of messages above those that were, and notes the rows of those with a body. The store reads on
// while they are judged: at 20,000 messages the two take about as long.
func (a *Agent) takeNew(ctx context.Context) error {
	work, stop := context.WithCancel(ctx)
	read := make(chan []tracker.Seen, 2)
	used := make(chan []tracker.Seen, cap(read)+2) // to be filled once more
	room := func() []tracker.Seen {
		select {
		case some := <-used:
			return some[:0]
		default:
			return make([]tracker.Seen, 0, atOnce)
		}
	}
	hand := func(some []tracker.Seen) error {
		select {
		case read <- some:
			return nil
		case <-work.Done():
			return work.Err()
		}
	}
	reader := goBeside(func() error {
		defer close(read)
		some := room()
		err := a.store.Seen(work, a.taken, func(s tracker.Seen) error {
			if some = append(some, s); len(some) < atOnce {
				return nil
			}
			if err := hand(some); err != nil {
				return err
			}
			some = room() // after it: so there are never more than used holds
			return nil
		})
		if err != nil {
			return err
		}
		return hand(some)
	})
	defer reader.wait()
	defer stop() // where a mistake in judging ends it, the store is not read on
	last, bodied := a.taken, a.bodied
	for some := range read {
		for _, s := range some {
			last = s.Row
			if a.threads.Shelve(s) {
				continue
			}
			s.Reading = a.judge(s, nil)
			a.add(s)
			if s.HasBody || s.Outdated {
				bodied = append(bodied, s.Row)
			}
		}
		used <- some
	}
	if err := reader.end(); err != nil {
		return fmt.Errorf("read stored messages: %w", err) // what was taken in so far is taken in again
	}
	a.taken, a.bodied = last, bodied
	return nil
}

// takeRows takes in the messages named, with their bodies, but for those that go on touching no conversation.
func (a *Agent) takeRows(ctx context.Context, rows []int64) error {
	const atOnce = 16 // bodies in memory
	for some := range slices.Chunk(rows, atOnce) {
		seen, err := a.store.SeenRows(ctx, some)
		if err != nil {
			return fmt.Errorf("read back what was stored: %w", err)
		}
		for _, s := range seen {
			if a.threads.Shelve(s) {
				continue
			}
			s.Reading = a.judge(s, s.Message.Content)
			a.add(s)
		}
	}
	return nil
}

// add takes a message into the threads.
func (a *Agent) add(s tracker.Seen) {
	out := a.set.Policy.Direction(s) == tracker.Out
	if out {
		s.Reading.NewText = a.plain(s.Reading.NewText)
		a.noteLinks(s)
	}
	a.threads.Add(s)
	if out {
		a.mailed.Note(s)
	}
}

// abreast takes in what is stored while more of it is read. The threads are its own until end has returned.
type abreast struct {
	news   chan struct{} // something was stored; one that waits stands for all
	finish func()
	work   *beside
}

// takeAbreast begins to take in what is stored from now on. What has to wait waits in the store, so the two keep no step.
func (a *Agent) takeAbreast(ctx context.Context) *abreast {
	t := &abreast{news: make(chan struct{}, 1)}
	t.finish = sync.OnceFunc(func() { close(t.news) })
	t.work = goBeside(func() error {
		for range t.news {
			if err := a.takeNew(ctx); err != nil {
				a.stored = true // the next Load tries again
				return err
			}
		}
		return nil
	})
	return t
}

// more says that something was stored.
func (t *abreast) more() {
	select {
	case t.news <- struct{}{}:
	default:
	}
}

// end waits until all that was stored is taken in.
func (t *abreast) end() error {
	t.finish()
	return t.work.end()
}
