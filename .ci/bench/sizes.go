package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"followupd/imapwatch/imaptest"
)

// sizes measures what the program and its state take on the disk, and how long a daemon takes until it is at work on a state
// that is there already.
func (b *bench) sizes(ctx context.Context, server *imaptest.Server) error {
	info, err := os.Stat(b.bin)
	if err != nil {
		return err
	}
	b.table.add(row{what: "the program, as built", ours: mib(info.Size() >> 10)})
	if err := b.threadSize(ctx, server); err != nil {
		return err
	}
	for _, messages := range []int{1000, b.messages, b.large} {
		if err := b.sizesOf(ctx, server, messages); err != nil {
			return err
		}
	}
	return nil
}

// sizesOf measures a mailbox of a size, with as many threads with prospects a message as the other parts have.
func (b *bench) sizesOf(ctx context.Context, server *imaptest.Server, messages int) error {
	return b.stored(ctx, server, composition{messages: messages, prospects: b.prospects * messages / b.messages}, func(config string, size int64) error {
		b.table.add(row{
			what: fmt.Sprintf("state of %d messages (SQLite), a message", messages),
			ours: fmt.Sprintf("%d bytes", size/int64(messages)),
		})
		return b.startUps(ctx, config, messages)
	})
}

// threadSize measures a mailbox of nothing but threads with prospects and the rep's mail to colleagues.
func (b *bench) threadSize(ctx context.Context, server *imaptest.Server) error {
	return b.stored(ctx, server, composition{messages: 2 * b.prospects, prospects: b.prospects}, func(_ string, size int64) error {
		b.table.add(row{
			what: fmt.Sprintf("state of %d threads with prospects (SQLite), a thread with its bodies and drafts and half another message", b.prospects),
			ours: fmt.Sprintf("%d bytes", size/int64(b.prospects)),
		})
		return nil
	})
}

// stored has a mailbox read, and tells the size of the state.
func (b *bench) stored(ctx context.Context, server *imaptest.Server, c composition, tell func(config string, size int64) error) error {
	state, err := os.MkdirTemp("", "followupd-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(state)
	box := newBox(server.User(&b.host, imaptest.SDBox()))
	if err := box.fill(ctx, c); err != nil {
		return err
	}
	config, err := configure(state, box, box.Port)
	if err != nil {
		return err
	}
	for range 2 { // the first reads and drafts, the second reads its own drafts
		if _, err := b.once(ctx, config); err != nil {
			return err
		}
	}
	file, err := os.Stat(filepath.Join(state, "state", "state.db"))
	if err != nil {
		return err
	}
	return tell(config, file.Size())
}

// startUps starts the daemon on a state that is there, and times when it says its first line and when its first pass is done.
func (b *bench) startUps(ctx context.Context, config string, messages int) error {
	var firsts, readies, cpus []time.Duration
	var peaks []int64
	for range b.rounds {
		first, ready, used, peak, err := b.startUp(ctx, config)
		if err != nil {
			return err
		}
		firsts, readies, cpus, peaks = append(firsts, first), append(readies, ready), append(cpus, used), append(peaks, peak)
	}
	b.table.add(row{
		what: fmt.Sprintf("daemon, start with a state of %d messages: first line, first pass done", messages),
		ours: fmt.Sprintf("%s, %s; processor %s, peak %s", ms(median(firsts)), ms(median(readies)), ms(median(cpus)), mib(median(peaks))),
	})
	return nil
}

func (b *bench) startUp(ctx context.Context, config string) (first, ready, used time.Duration, peak int64, err error) {
	const most = 5 * time.Minute
	// What an earlier daemon wrote of its passes would be taken for this one's.
	if err := os.Remove(filepath.Join(filepath.Dir(config), "state", "status.json")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, 0, 0, 0, err
	}
	began := time.Now()
	d, err := b.start(ctx, config)
	if err != nil {
		return 0, 0, 0, 0, err
	}
	defer d.stop()
	select {
	case l := <-d.lines:
		first = l.at.Sub(began)
	case <-time.After(most):
		return 0, 0, 0, 0, fmt.Errorf("the daemon said nothing within %s", most)
	}
	for done := false; !done; {
		if time.Since(began) > most {
			return 0, 0, 0, 0, fmt.Errorf("no pass was done within %s", most)
		}
		if err := rest(ctx, time.Millisecond); err != nil {
			return 0, 0, 0, 0, err
		}
		if err := d.hear(); err != nil {
			return 0, 0, 0, 0, err
		}
		if done, err = d.passed(); err != nil {
			return 0, 0, 0, 0, err
		}
	}
	ready = time.Since(began)
	if used, err = cpu(d.pid()); err != nil {
		return 0, 0, 0, 0, err
	}
	_, peak, err = memory(d.pid())
	return first, ready, used, peak, err
}
