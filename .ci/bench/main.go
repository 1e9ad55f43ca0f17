// Bench measures the program against a real Dovecot and prints ratios to references that are taken in the same rounds on
// the same machine: a raw socket that does the same and only counts, mbsync and imapflow. It judges nothing by the clock
// alone, and its exit status says only whether it could measure.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"followupd/imapwatch/imaptest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	b := &bench{out: os.Stdout, crowd: crowd{counts: counts{1, 100, 1000}}}
	flag.StringVar(&b.bin, "bin", "bin/followupd", "the program to measure")
	flag.IntVar(&b.rounds, "rounds", 5, "interleaved rounds of everything that is measured in rounds")
	flag.IntVar(&b.messages, "messages", 20_000, "messages in the large mailbox")
	flag.IntVar(&b.prospects, "prospects", 2_000, "threads with prospects in the large mailbox")
	flag.IntVar(&b.samples, "samples", 50, "deliveries timed")
	flag.BoolVar(&b.alone, "alone", false, "leave mbsync and imapflow out, which take most of the time")
	flag.StringVar(&b.only, "only", "", "measure only this part: "+names())
	flag.IntVar(&b.large, "large", 100_000, "messages in the mailbox of -only large, which takes half an hour")
	flag.Var(&b.crowd.counts, "mailboxes", "how many mailboxes one process works, for -only mailboxes")
	flag.IntVar(&b.crowd.messages, "mailbox-messages", 50, "messages in each of those")
	flag.DurationVar(&b.crowd.rest, "rest", 5*time.Minute, "how long the processor time of those is taken at rest")
	flag.StringVar(&b.crowd.security, "security", "none", "none or tls, of those")
	flag.StringVar(&b.crowd.kinds, "kinds", "notify,idle", "kinds of servers of those: notify (one connection watches a mailbox) and idle (two)")
	flag.Parse()
	code := imaptest.Main(runner(func() int {
		defer stop()
		b.host.ctx = ctx
		if err := b.host.run(func() error { return b.run(ctx) }); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			return 1
		}
		return 0
	}))
	os.Exit(code)
}

// runner is what imaptest.Main runs.
type runner func() int

// Run implements it.
func (r runner) Run() int { return r() }

// bench is one run of everything.
type bench struct {
	host     host
	out      *os.File
	bin      string
	rounds   int
	messages int
	large    int
	prospects,
	samples int
	only  string
	alone bool
	crowd crowd

	table table
}

func (b *bench) run(ctx context.Context) error {
	bin, remove, err := installed(b.bin)
	if err != nil {
		return err
	}
	b.bin = bin
	b.host.Cleanup(func() { _ = remove() })
	server := imaptest.Dovecot(&b.host)
	fmt.Fprintln(b.out, machine())
	measured := false
	for _, p := range parts() {
		if b.only == p.name || b.only == "" && !p.apart {
			measured = true
			if err := p.measure(b, ctx, server); err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
		}
	}
	if !measured {
		return fmt.Errorf("no part is called %q; there are %s", b.only, names())
	}
	fmt.Fprintln(b.out)
	return b.table.print(b.out)
}

// say tells how far it is; the table comes last.
func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.out, format+"\n", args...) }

// machine names what was measured on.
func machine() string {
	return fmt.Sprintf("%s, %d processors, %s; %s, Dovecot %s, %s",
		strings.Join(strings.Fields(processor()), " "), runtime.NumCPU(), kernel(), runtime.Version(),
		firstLine("dovecot", "--version"), firstLine("mbsync", "--version"))
}
