package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"followupd/imapwatch/imaptest"
)

// Goals for one process that works many mailboxes, all at rest.
const (
	goalEach   = 512       // KiB resident for each mailbox after the first
	goalMany   = 1000      // mailboxes, of which what follows is asked
	goalMemory = 600 << 10 // KiB resident in all
	goalShare  = 2.0       // per cent of one processor
)

// counts are numbers of mailboxes, as "1,100,1000".
type counts []int

// String implements flag.Value.
func (c *counts) String() string {
	var all []string
	for _, n := range *c {
		all = append(all, strconv.Itoa(n))
	}
	return strings.Join(all, ",")
}

// Set implements flag.Value.
func (c *counts) Set(text string) error {
	*c = nil
	for word := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || n < 1 {
			return fmt.Errorf("%q is no number of mailboxes", word)
		}
		*c = append(*c, n)
	}
	return nil
}

// crowd is how many mailboxes are measured, and what each holds.
type crowd struct {
	counts   counts
	messages int           // in each mailbox, a fifth of them threads with prospects
	rest     time.Duration // how long the processor time at rest is taken
	security string        // "none" or "tls"
	kinds    string        // "notify", "idle" or both
}

// withoutNotify is what Dovecot 2.3 lists, but NOTIFY: then a mailbox is watched on two connections.
const withoutNotify = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS " +
	"THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE " +
	"QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY STATUS=SIZE SAVEDATE LITERAL+"

// crowds measures one process with many mailboxes, on a server that has NOTIFY and on one that has not.
func (b *bench) crowds(ctx context.Context, server *imaptest.Server) error {
	for _, kind := range []struct {
		name, what string
		options    []imaptest.Option
	}{
		{"notify", "NOTIFY", nil},
		{"idle", "two IDLE each", []imaptest.Option{imaptest.Capability(withoutNotify)}},
	} {
		if !strings.Contains(b.crowd.kinds, kind.name) {
			continue
		}
		options := append([]imaptest.Option{imaptest.SDBox(), imaptest.Crowd()}, kind.options...)
		if b.crowd.security == "tls" {
			options = append(options, imaptest.TLS())
		}
		alone := int64(0) // KiB that a single mailbox takes
		for _, n := range b.crowd.counts {
			var boxes []*box // of their own, so that nobody has drafted in them
			for range n {
				box := newBox(server.User(&b.host, options...))
				if err := box.fill(ctx, composition{messages: b.crowd.messages, prospects: b.crowd.messages / 5}); err != nil {
					return err
				}
				boxes = append(boxes, box)
			}
			if err := b.crowded(ctx, boxes, kind.what, &alone); err != nil {
				return fmt.Errorf("%d mailboxes, %s: %w", n, kind.what, err)
			}
		}
	}
	return nil
}

// crowded starts the daemon on mailboxes it has never seen, and again on those it knows; there it takes what it needs at rest.
func (b *bench) crowded(ctx context.Context, boxes []*box, kind string, alone *int64) error {
	dir, err := os.MkdirTemp("", "followupd-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := configureAll(dir, boxes); err != nil {
		return err
	}
	what := fmt.Sprintf("%d mailboxes of %d messages, %s", len(boxes), b.crowd.messages, kind)

	first, err := b.start(ctx, dir)
	if err != nil {
		return err
	}
	defer first.stop()
	up, err := first.allUp(ctx, dir, boxes)
	if err != nil {
		return err
	}
	peak, used, err := spent(first.pid())
	if err != nil {
		return err
	}
	b.table.add(row{
		what: what + ": first start to all read, drafted and watched",
		ours: fmt.Sprintf("%.1f s, processor %.1f s, peak %s", up.Seconds(), used.Seconds(), mib(peak)),
	})
	began := time.Now()
	first.stop()
	b.table.add(row{what: what + ": stopped", ours: fmt.Sprintf("%.1f s", time.Since(began).Seconds())})

	d, err := b.start(ctx, dir)
	if err != nil {
		return err
	}
	defer d.stop()
	if up, err = d.allUp(ctx, dir, boxes); err != nil {
		return err
	}
	if peak, used, err = spent(d.pid()); err != nil {
		return err
	}
	b.table.add(row{
		what: what + ": next start to all watched",
		ours: fmt.Sprintf("%.1f s, processor %.1f s, peak %s", up.Seconds(), used.Seconds(), mib(peak)),
	})
	return b.atRest(ctx, d, len(boxes), what, alone)
}

// atRest takes what the daemon needs while nothing happens. It ends the daemon.
func (b *bench) atRest(ctx context.Context, d *daemon, mailboxes int, what string, alone *int64) error {
	// Caches of the database are let go half a minute after their last use.
	if err := rest(ctx, 40*time.Second); err != nil {
		return err
	}
	began := time.Now()
	before, err := cpu(d.pid())
	if err != nil {
		return err
	}
	var held, own []int64
	for time.Since(began) < b.crowd.rest {
		if err := rest(ctx, 5*time.Second); err != nil {
			return err
		}
		if err := d.hear(); err != nil {
			return err
		}
		now, _, err := memory(d.pid())
		if err != nil {
			return err
		}
		private, err := ownMemory(d.pid())
		if err != nil {
			return err
		}
		held, own = append(held, now), append(own, private)
	}
	after, err := cpu(d.pid())
	if err != nil {
		return err
	}
	open, err := openFiles(d.pid())
	if err != nil {
		return err
	}
	goroutines, err := d.goroutines()
	if err != nil {
		return err
	}
	share := 100 * (after - before).Seconds() / time.Since(began).Seconds()
	kept := median(held)
	memoryRow := row{what: what + ": resident memory, median at rest", ours: mib(kept)}
	shareRow := row{what: what + ": of one processor, at rest", ours: fmt.Sprintf("%.2f %%", share)}
	if mailboxes >= goalMany {
		memoryRow.goal, memoryRow.met = "< 600 MiB", yes(kept < goalMemory)
		shareRow.goal, shareRow.met = "< 2 %", yes(share < goalShare)
	}
	b.table.add(memoryRow)
	if mailboxes == 1 {
		*alone = kept
	} else if *alone > 0 {
		each := float64(kept-*alone) / float64(mailboxes-1)
		b.table.add(row{
			what: what + ": each further one", ours: fmt.Sprintf("%.3f MiB", each/1024), goal: "<= 0.5 MiB", met: yes(each <= goalEach),
		})
	}
	b.table.add(row{what: what + ": without pages of files", ours: mib(median(own))})
	b.table.add(shareRow)
	b.table.add(row{
		what: what + ": goroutines, connections, open files, threads",
		ours: fmt.Sprintf("%d, %d, %d, %d", goroutines, open.sockets, open.files, open.threads),
	})
	return nil
}

// configureAll writes a configuration for each mailbox into dir. Their dashboards are off, for they have one address.
func configureAll(dir string, boxes []*box) error {
	secret := filepath.Join(dir, "password")
	if err := os.WriteFile(secret, []byte(boxes[0].Password+"\n"), 0o600); err != nil {
		return err
	}
	for i, b := range boxes {
		text := fmt.Sprintf(`[mailbox]
address = "rep%d@acme.example"
aliases = [%q]
name = "Anna Berg"
timezone = "UTC"

[imap]
host = %q
port = %d
security = %q
ca_file = %q
username = %q
password_file = %q

[cadence]
hours = ""

[dashboard]
listen = ""

[state]
dir = %q
`, i, rep, b.Host, b.Port, b.Security, b.CAFile, b.Username, secret, stateOf(dir, i))
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("rep%d.toml", i)), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func stateOf(dir string, i int) string { return filepath.Join(dir, "state", strconv.Itoa(i)) }

// allUp waits until every mailbox was read and is watched, and gives how long that took.
func (d *daemon) allUp(ctx context.Context, dir string, boxes []*box) (took time.Duration, err error) {
	const look, most = 500 * time.Millisecond, 30 * time.Minute
	began := time.Now()
	for up := 0; up < len(boxes); {
		if time.Since(began) > most {
			return 0, fmt.Errorf("only %d mailboxes are watched after %s", up, most)
		}
		if err := rest(ctx, look); err != nil {
			return 0, err
		}
		if err := d.hear(); err != nil {
			return 0, err
		}
		for ; up < len(boxes); up++ {
			ok, err := watched(filepath.Join(stateOf(dir, up), "status.json"), d.pid())
			if err != nil {
				return 0, err
			}
			if !ok {
				break
			}
		}
	}
	return time.Since(began), nil
}

// watched says whether a mailbox was read by that process and both its folders are watched.
func watched(status string, pid int) (bool, error) {
	text, err := os.ReadFile(status)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var s struct {
		PID         int       `json:"pid"`
		Started     time.Time `json:"started"`
		Connections []struct {
			OK   bool   `json:"ok"`
			What string `json:"what"`
		} `json:"connections"`
		Pass struct {
			LastOK *time.Time `json:"last_ok"`
		} `json:"pass"`
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return false, fmt.Errorf("read %s: %w", status, err)
	}
	live := 0
	for _, c := range s.Connections {
		if c.OK && strings.HasPrefix(c.What, "watching ") {
			live++
		}
	}
	done := s.Pass.LastOK != nil && !s.Pass.LastOK.Before(s.Started.Truncate(time.Second))
	return s.PID == pid && done && live == 2, nil
}

// held is what a process holds of the system's tables.
type held struct{ files, sockets, threads int }

func openFiles(pid int) (h held, err error) {
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	entries, err := os.ReadDir(filepath.Join(proc, "fd"))
	if err != nil {
		return h, err
	}
	for _, e := range entries {
		target, err := os.Readlink(filepath.Join(proc, "fd", e.Name()))
		if err != nil {
			continue // closed meanwhile
		}
		h.files++
		if strings.HasPrefix(target, "socket:") {
			h.sockets++
		}
	}
	tasks, err := os.ReadDir(filepath.Join(proc, "task"))
	h.threads = len(tasks)
	return h, err
}

// goroutines ends the daemon by SIGQUIT, on which the Go runtime writes down every goroutine, and counts them.
func (d *daemon) goroutines() (n int, err error) {
	if err := d.hear(); err != nil {
		return 0, err
	}
	if err := d.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		return 0, err
	}
	go func() {
		_ = d.cmd.Wait() // it ends as told
		_ = d.cmd.Stderr.(io.Closer).Close()
	}()
	for l := range d.lines {
		if strings.HasPrefix(l.text, "goroutine ") {
			n++
		}
	}
	if n == 0 {
		return 0, errors.New("the daemon does not tell its goroutines")
	}
	return n, nil
}
