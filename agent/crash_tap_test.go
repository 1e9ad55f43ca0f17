package agent

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
	"followupd/mail"
	"followupd/tracker"
	"followupd/tracker/sqlite"
)

// errDied is what a program gets of every write after it was killed. Nothing it does with the error has any effect.
var errDied = errors.New("killed")

// death numbers the moments at which a program writes to the disk or to the mailbox, and kills it at one of them: from
// then on no write has an effect and no byte crosses the wire, which is what kill -9 leaves behind.
type death struct {
	mu      sync.Mutex
	counts  bool     // the moments of now are the ones numbered
	points  []string // passed so far, by name
	at      int      // the one that kills, from 1; 0: none
	named   string   // the name of the one that kills, beside at; "": none
	dead    bool
	hangups []func() // what ends the open connections
}

// point passes a moment; false: the program is dead.
func (d *death) point(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead {
		return false
	}
	if d.counts {
		d.points = append(d.points, name)
		d.dead = len(d.points) == d.at
	}
	if d.named == name {
		d.dead, d.named = true, ""
	}
	if d.dead {
		for _, hangup := range d.hangups {
			hangup()
		}
	}
	return !d.dead
}

func (d *death) died() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.dead
}

// connect registers a connection; false: the program is dead and gets none.
func (d *death) connect(hangup func()) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead {
		return false
	}
	d.hangups = append(d.hangups, hangup)
	return true
}

// reborn ends all connections of a program and lets the next one begin; counts says whether its moments are numbered.
func (d *death) reborn(counts bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, hangup := range d.hangups {
		hangup()
	}
	d.hangups, d.dead, d.counts = nil, false, counts
}

// write does one write to the disk between two moments.
func (d *death) write(name string, do func() error) error {
	if !d.point("before " + name) {
		return errDied
	}
	if err := do(); err != nil {
		return err
	}
	if !d.point("after " + name) {
		return errDied
	}
	return nil
}

// mortalStore is the real store, with a moment before and after every write.
type mortalStore struct {
	*sqlite.Store
	death *death
}

var _ tracker.Store = mortalStore{}

func (s mortalStore) Origin(ctx context.Context, now time.Time) (o tracker.Origin, err error) {
	err = s.death.write("noting the first start", func() (err error) { o, err = s.Store.Origin(ctx, now); return err })
	return o, err
}

func (s mortalStore) MarkRecovered(ctx context.Context, at time.Time) error {
	return s.death.write("noting the recovery", func() error { return s.Store.MarkRecovered(ctx, at) })
}

func (s mortalStore) SaveBatch(ctx context.Context, f mail.Folder, b mail.Batch, now time.Time) (rows []int64, err error) {
	err = s.death.write("storing a batch of "+f.Name, func() (err error) { rows, err = s.Store.SaveBatch(ctx, f, b, now); return err })
	return rows, err
}

func (s mortalStore) MarkRead(ctx context.Context, folder string, at time.Time) error {
	return s.death.write("noting that "+folder+" was read", func() error { return s.Store.MarkRead(ctx, folder, at) })
}

func (s mortalStore) SaveContent(ctx context.Context, row int64, c *mail.Content) error {
	return s.death.write("storing a body", func() error { return s.Store.SaveContent(ctx, row, c) })
}

func (s mortalStore) SaveDraft(ctx context.Context, d tracker.Draft) error {
	return s.death.write("writing a draft as "+string(d.State), func() error { return s.Store.SaveDraft(ctx, d) })
}

func (s mortalStore) Forget(ctx context.Context, f tracker.Forgetting) (e tracker.Erased, err error) {
	err = s.death.write("forgetting", func() (err error) { e, err = s.Store.Forget(ctx, f); return err })
	return e, err
}

func (s mortalStore) Expire(ctx context.Context, contents map[int64]*mail.Content, drafts []string) error {
	return s.death.write("erasing texts", func() error { return s.Store.Expire(ctx, contents, drafts) })
}

// tapOf gives the account through a proxy that passes a moment at each step of a command that changes a mailbox.
func tapOf(t *testing.T, a imaptest.Account, d *death) imaptest.Account {
	t.Helper()
	a = imaptest.Tap{Connect: d.connect, Step: d.step}.Listen(t, a)
	t.Cleanup(func() { d.reborn(false) })
	return a
}

// changing are the commands that change a mailbox.
var changing = map[string]bool{
	"APPEND": true, "STORE": true, "EXPUNGE": true, "MOVE": true, "COPY": true, "CREATE": true, "DELETE": true, "RENAME": true,
	"UID STORE": true, "UID EXPUNGE": true, "UID MOVE": true, "UID COPY": true,
}

func (d *death) step(s imaptest.Step) imaptest.Verdict {
	name := ""
	switch {
	case !changing[s.Name]:
	case s.At == imaptest.AtCommand:
		name = "before " + s.Name
	case s.At == imaptest.AtMiddle:
		name = "in the middle of " + s.Name
	case s.At == imaptest.AtLiteral:
		name = "before the last line break of " + s.Name
	case s.At == imaptest.AtSaid:
		name = "after the last line break of " + s.Name
	case s.At == imaptest.AtAnswer && s.Tag != "":
		name = "before the answer to " + s.Name + " arrives"
	}
	return imaptest.Verdict{Cut: name != "" && !d.point(name)}
}
