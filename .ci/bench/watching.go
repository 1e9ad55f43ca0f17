package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// watching starts the daemon on an empty state, and measures what it holds and how soon it knows of an answer.
func (b *bench) watching(ctx context.Context, box *box, state string) error {
	p, err := newProxy(box.Addr())
	if err != nil {
		return err
	}
	defer p.close()
	config, err := configure(state, box, p.port())
	if err != nil {
		return err
	}
	began := time.Now()
	d, err := b.start(ctx, config)
	if err != nil {
		return err
	}
	defer d.stop()
	first, err := d.settle(ctx)
	if err != nil {
		return err
	}
	peak, used, err := spent(d.pid())
	if err != nil {
		return err
	}
	what := fmt.Sprintf("%d messages, %d threads with prospects", box.messages, b.prospects)
	b.say("first pass with bodies and drafts: %s", first.Sub(began).Round(time.Millisecond))
	b.table.add(row{
		what: "daemon, " + what + ": first pass, bodies and drafts",
		ours: fmt.Sprintf("%.2f s, processor %.2f s", first.Sub(began).Seconds(), used.Seconds()),
	})
	if err := b.deliveries(ctx, d, box); err != nil {
		return err
	}
	// Caches of the database are let go half a minute after their last use.
	if err := rest(ctx, 40*time.Second); err != nil {
		return err
	}
	now, last, err := memory(d.pid())
	if err != nil {
		return err
	}
	own, err := ownMemory(d.pid())
	if err != nil {
		return err
	}
	b.table.add(row{what: "daemon, watching: resident memory", ours: mib(now), goal: "< 40 MiB", met: yes(now < 40<<10)})
	b.table.add(row{what: "the same, without pages of files", ours: mib(own)})
	b.table.add(row{what: "daemon, first pass: peak memory", ours: mib(peak)})
	b.table.add(row{what: "daemon, since its start: peak memory", ours: mib(last)})
	return nil
}

// passes starts the daemon on an empty state and measures passes only.
func (b *bench) passes(ctx context.Context, box *box, state string) error {
	p, err := newProxy(box.Addr())
	if err != nil {
		return err
	}
	defer p.close()
	config, err := configure(state, box, p.port())
	if err != nil {
		return err
	}
	d, err := b.start(ctx, config)
	if err != nil {
		return err
	}
	defer d.stop()
	if _, err := d.settle(ctx); err != nil {
		return err
	}
	return b.poke(ctx, d, p, box, state)
}

// poke counts what passes cost: without change, begun as the rep's own commands do, and with ten mails that came.
func (b *bench) poke(ctx context.Context, d *daemon, p *proxy, box *box, state string) error {
	const few = 10
	deliver, err := dialLogin(ctx, box.Account)
	if err != nil {
		return err
	}
	defer deliver.close()
	for _, change := range []struct {
		what  string
		goal  string
		begin func(round int) error
	}{
		{"a pass without change", "<= 12 commands", func(round int) error {
			return os.WriteFile(filepath.Join(state, "state", "wake", "word"), fmt.Appendf(nil, "%d\n", round), 0o600)
		}},
		{fmt.Sprintf("passes over %d changes", few), "", func(round int) error {
			var came []message
			for i := range few {
				at := time.Now()
				came = append(came, message{at: at, raw: newsletter((round+1)*1_000_000+i, at)})
			}
			return deliver.appendAll("INBOX", came)
		}},
	} {
		var commands, bytes []int64
		before, err := cpu(d.pid())
		if err != nil {
			return err
		}
		for round := range b.rounds {
			commandsBefore, bytesBefore := p.commands.Load(), p.bytes.Load()
			if err := change.begin(round); err != nil {
				return err
			}
			if err := rest(ctx, 3*time.Second); err != nil {
				return err
			}
			commands = append(commands, p.commands.Load()-commandsBefore)
			bytes = append(bytes, p.bytes.Load()-bytesBefore)
		}
		after, err := cpu(d.pid())
		if err != nil {
			return err
		}
		n := median(commands)
		if n == 0 {
			b.say("the daemon did not hear of %s (are there inotify instances left?): left out", change.what)
			continue
		}
		r := row{
			what: fmt.Sprintf("daemon, %d messages, %s", box.messages, change.what),
			ours: fmt.Sprintf("%d commands, %d bytes, processor %s", n, median(bytes), ms((after-before)/time.Duration(b.rounds))),
			goal: change.goal,
		}
		if r.goal != "" {
			r.met = yes(n <= 12)
		}
		b.table.add(r)
	}
	return nil
}

// deliveries appends answers and times when a raw IDLE hears of each, and when the daemon says that the thread is
// answered. Both listen to the same server, which batches notices by half a second.
func (b *bench) deliveries(ctx context.Context, d *daemon, box *box) error {
	deliver, err := dialLogin(ctx, box.Account)
	if err != nil {
		return err
	}
	defer deliver.close()
	listen, err := dialLogin(ctx, box.Account)
	if err != nil {
		return err
	}
	defer listen.close()
	if err := listen.command("EXAMINE INBOX"); err != nil {
		return err
	}
	samples := min(b.samples, len(box.waiting))
	if samples == 0 {
		b.say("no thread waits for an answer: deliveries left out")
		return nil
	}
	var raw, ours, later []time.Duration
	for _, s := range box.waiting[:samples] {
		// Nothing here may wait for ever: a notice that the server does not send ends the run with an error.
		limit := time.Now().Add(2 * time.Minute)
		if err := errors.Join(listen.conn.SetDeadline(limit), deliver.conn.SetDeadline(limit)); err != nil {
			return err
		}
		if err := listen.idle(); err != nil {
			return err
		}
		// The daemon ends its IDLE a second after it heard something; only then both listen again.
		if err := rest(ctx, 1500*time.Millisecond+rand.N(500*time.Millisecond)); err != nil {
			return err
		}
		heard := make(chan error, 1)
		var at time.Time
		began := time.Now()
		go func() {
			err := listen.until(" EXISTS")
			at = time.Now()
			heard <- err
		}()
		if err := deliver.appendAll("INBOX", []message{{at: began, raw: answer(s, began)}}); err != nil {
			return err
		}
		known, err := d.answered(ctx)
		if err != nil {
			return err
		}
		if err := <-heard; err != nil {
			return fmt.Errorf("hear of delivery %d of %d in a raw IDLE: %w", len(raw)+1, samples, err)
		}
		if err := listen.done(); err != nil {
			return err
		}
		raw, ours, later = append(raw, at.Sub(began)), append(ours, known.Sub(began)), append(later, known.Sub(at))
	}
	more := quantile(ours, 0.95) - quantile(raw, 0.95)
	b.table.add(row{
		fmt.Sprintf("delivery to `answered`, p95 of %d", samples), ms(quantile(ours, 0.95)), "raw IDLE " + ms(quantile(raw, 0.95)),
		fmt.Sprintf("%+.1f ms", more.Seconds()*1000), "<= +20 ms", yes(more <= 20*time.Millisecond),
	})
	b.table.add(row{
		what: "delivery to `answered`, median", ours: ms(median(ours)), reference: "raw IDLE " + ms(median(raw)),
		ratio: fmt.Sprintf("%+.1f ms", (median(ours)-median(raw)).Seconds()*1000),
	})
	b.table.add(row{
		what: "the same by pairs, median and p95", ours: fmt.Sprintf("%+.1f ms, %+.1f ms", median(later).Seconds()*1000, quantile(later, 0.95).Seconds()*1000),
	})
	return nil
}

// daemon is a running `followupd run`.
type daemon struct {
	cmd    *exec.Cmd
	lines  chan line
	status string // the file in which it tells how it fares
}

// line is one the daemon logged, and when it came.
type line struct {
	at   time.Time
	text string
}

func (b *bench) start(ctx context.Context, config string) (*daemon, error) {
	d := &daemon{
		cmd: exec.CommandContext(ctx, b.bin, "run", "-c", config), lines: make(chan line, 1<<16),
		status: filepath.Join(filepath.Dir(config), "state", "status.json"),
	}
	d.cmd.Cancel = func() error { return d.cmd.Process.Signal(syscall.SIGTERM) }
	d.cmd.WaitDelay = 10 * time.Second
	r, w := io.Pipe()
	d.cmd.Stderr = w
	if err := d.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(d.lines)
		scan := bufio.NewScanner(r)
		for scan.Scan() {
			d.lines <- line{time.Now(), scan.Text()}
		}
	}()
	return d, nil
}

func (d *daemon) pid() int { return d.cmd.Process.Pid }

func (d *daemon) stop() {
	_ = d.cmd.Process.Signal(syscall.SIGTERM)
	_ = d.cmd.Wait()
	_ = d.cmd.Stderr.(io.Closer).Close()
}

// passed says whether a pass of this daemon's has done all it should.
func (d *daemon) passed() (bool, error) {
	text, err := os.ReadFile(d.status)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var s struct {
		PID  int `json:"pid"`
		Pass struct {
			LastOK *time.Time `json:"last_ok"`
		} `json:"pass"`
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return false, fmt.Errorf("read %s: %w", d.status, err)
	}
	return s.PID == d.pid() && s.Pass.LastOK != nil, nil
}

// settle waits until the daemon has passed and then used next to no processor time for a while, and gives the time when that
// began. Processor time alone would not do: on a busy machine, or while the server is slow, it rests in the middle of a pass.
func (d *daemon) settle(ctx context.Context) (since time.Time, err error) {
	const look, quiet, most = 50 * time.Millisecond, 5 * time.Second, 10 * time.Minute
	before := time.Duration(-1)
	since = time.Now()
	for deadline := time.Now().Add(most); time.Since(since) < quiet; {
		if time.Now().After(deadline) {
			return since, fmt.Errorf("the daemon's first pass took more than %s", most)
		}
		if err := rest(ctx, look); err != nil {
			return since, err
		}
		if err := d.hear(); err != nil {
			return since, err
		}
		used, err := cpu(d.pid())
		if err != nil {
			return since, err
		}
		if used > before+10*time.Millisecond { // a tick is the least that can be seen, and may be housekeeping
			before, since = used, time.Now()
			continue
		}
		done, err := d.passed()
		if err != nil {
			return since, err
		}
		if !done {
			since = time.Now()
		}
	}
	return since, nil
}

// hear takes in what the daemon has said so far and passes trouble on.
func (d *daemon) hear() error {
	for {
		select {
		case l, ok := <-d.lines:
			if !ok {
				return errors.New("the daemon ended")
			}
			if strings.Contains(l.text, "level=WARN") || strings.Contains(l.text, "level=ERROR") {
				fmt.Fprintln(os.Stderr, "bench: the daemon says:", l.text)
			}
		default:
			return nil
		}
	}
}

// answered waits for the daemon to say that a thread is answered.
func (d *daemon) answered(ctx context.Context) (time.Time, error) {
	const most = 60 * time.Second
	deadline := time.After(most)
	for {
		select {
		case l, ok := <-d.lines:
			if !ok {
				return time.Time{}, errors.New("the daemon ended")
			}
			if strings.Contains(l.text, "state=answered") {
				return l.at, nil
			}
		case <-deadline:
			return time.Time{}, fmt.Errorf("no thread was answered within %s of a delivery", most)
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		}
	}
}

// rest waits.
func rest(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
