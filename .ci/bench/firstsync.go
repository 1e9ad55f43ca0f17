package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// firstSync times the program's first pass over a mailbox without prospects, so that nothing but headers is read: from
// the start of the process to its end. Beside other work on the machine these times say little, and ratios in turns not much more;
// `chrt -r 1 make bench BENCH_ARGS="-only sync"` (as root) has everything that is measured, Dovecot too, go before that work, and
// then gave the figures of a quiet machine at a load of 30.
func (b *bench) firstSync(ctx context.Context, box *box) error {
	if _, _, err := rawSync(ctx, box); err != nil { // fills Dovecot's caches
		return err
	}
	peers := b.peers(ctx)
	var raws, ours, cpus, toRaw []float64
	var peaks []int64
	var size int64
	for round := range b.rounds {
		wall, n, err := rawSync(ctx, box)
		if err != nil {
			return err
		}
		size = n
		raws = append(raws, perSecond(box.messages, wall))
		u, err := b.programSync(ctx, box)
		if err != nil {
			return err
		}
		ours = append(ours, perSecond(box.messages, u.wall))
		cpus = append(cpus, u.cpu.Seconds())
		peaks = append(peaks, u.rss)
		toRaw = append(toRaw, ours[round]/raws[round])
		line := fmt.Sprintf("first sync %d: raw %s, ours %s", round+1, thousand(raws[round]), thousand(ours[round]))
		for i := range peers {
			p := &peers[i]
			wall, err := p.read(ctx, box)
			if err != nil {
				return err
			}
			p.speeds = append(p.speeds, perSecond(box.messages, wall))
			p.ratios = append(p.ratios, ours[round]/p.speeds[round])
			line += fmt.Sprintf(", %s %s", p.name, thousand(p.speeds[round]))
		}
		b.say("%s", line)
	}
	what := fmt.Sprintf("first sync of %d headers", box.messages)
	ratio := median(toRaw)
	b.table.add(row{
		what + fmt.Sprintf(" (%.1f MB)", float64(size)/1e6), thousand(median(ours)), "raw socket " + thousand(median(raws)),
		fmt.Sprintf("%.2f", ratio), ">= 0.30", yes(ratio >= 0.30),
	})
	for _, p := range peers {
		ratio := median(p.ratios)
		b.table.add(row{what, thousand(median(ours)), p.name + " " + thousand(median(p.speeds)), fmt.Sprintf("%.1f", ratio), ">= 5", yes(ratio >= 5)})
	}
	processor := row{what: what + ", processor", ours: fmt.Sprintf("%.2f s", median(cpus))}
	memory := row{what: what + ", peak memory", ours: mib(median(peaks))}
	if box.messages <= 20_000 {
		processor.goal, processor.met = "<= 1.2 s", yes(median(cpus) <= 1.2)
		memory.goal, memory.met = "< 40 MiB", yes(median(peaks) < 40<<10)
	}
	b.table.add(processor)
	b.table.add(memory)
	return nil
}

// peer is another program that reads the same mailbox.
type peer struct {
	name           string
	read           func(ctx context.Context, box *box) (time.Duration, error)
	speeds, ratios []float64
}

// peers gives those that can be had here, and says which cannot.
func (b *bench) peers(ctx context.Context) []peer {
	var peers []peer
	if b.alone {
		return nil
	}
	if _, err := exec.LookPath("mbsync"); err != nil {
		b.say("mbsync is not installed (Debian: apt-get install isync): left out")
	} else {
		peers = append(peers, peer{name: "mbsync", read: mbsync})
	}
	if f, err := installImapflow(ctx); err != nil {
		b.say("imapflow cannot be had (it needs node, npm and its registry): left out: %v", err)
	} else {
		peers = append(peers, peer{name: "imapflow " + imapflowVersion, read: f.read})
	}
	return peers
}

// rawSync asks for the same headers and counts bytes.
func rawSync(ctx context.Context, box *box) (time.Duration, int64, error) {
	began := time.Now()
	w, err := dialLogin(ctx, box.Account)
	if err != nil {
		return 0, 0, err
	}
	defer w.close()
	var size int64
	for _, folder := range []string{"INBOX", "Sent"} {
		n, err := w.countHeaders(folder)
		if err != nil {
			return 0, 0, err
		}
		size += n
	}
	return time.Since(began), size, nil
}

func (b *bench) programSync(ctx context.Context, box *box) (usage, error) {
	dir, err := os.MkdirTemp("", "followupd-bench")
	if err != nil {
		return usage{}, err
	}
	defer os.RemoveAll(dir)
	config, err := configure(dir, box, box.Port)
	if err != nil {
		return usage{}, err
	}
	return b.once(ctx, config)
}

// mbsync fetches every header into a Maildir, and no body.
func mbsync(ctx context.Context, box *box) (time.Duration, error) {
	dir, err := os.MkdirTemp("", "followupd-bench")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "mbsyncrc")
	err = os.WriteFile(path, fmt.Appendf(nil, `IMAPAccount a
Host %s
Port %d
User %s
Pass %s
SSLType None
AuthMechs LOGIN

IMAPStore far
Account a

MaildirStore near
Path %s/mail/
Inbox %s/mail/INBOX
SubFolders Verbatim

Channel c
Far :far:
Near :near:
Patterns INBOX Sent
MaxSize 1
Sync Pull
Create Near
SyncState *
`, box.Host, box.Port, box.Username, box.Password, dir, dir), 0o600)
	if err != nil {
		return 0, err
	}
	if err := os.Mkdir(filepath.Join(dir, "mail"), 0o700); err != nil {
		return 0, err
	}
	u, err := measured(exec.CommandContext(ctx, "mbsync", "-q", "-c", path, "c"))
	return u.wall, err
}
