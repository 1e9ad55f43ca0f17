// Command eval measures how far the program's judgement can be trusted. It runs what inspect runs over labelled mail, a real
// list and a made-up sales mailbox, damages replies as relays and clients do, prints what came of it, and exits 1 where a
// floor is not reached.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	corpus := flag.String("corpus", "../shared/corpus", "`folder` of labelled mail")
	verbose := flag.Bool("v", false, "name every message that is judged wrongly")
	seed := flag.Uint64("seed", 3, "which replies are damaged; the floors hold for the default")
	flag.Parse()
	met, err := run(os.Stdout, *corpus, *seed, *verbose)
	if err != nil {
		fmt.Fprintln(os.Stderr, "eval:", err)
		os.Exit(1)
	}
	if !met {
		os.Exit(1)
	}
}

// run prints the table and says whether every floor was reached.
func run(out io.Writer, corpus string, seed uint64, verbose bool) (met bool, err error) {
	dir, err := os.MkdirTemp("", "eval")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	t := newTable(out)
	defer t.flush()
	if _, err := os.Stat(corpus); err != nil {
		t.say("left out: what needs labelled mail: %v", err)
	} else {
		if err := measureLabelled(t, corpus, verbose); err != nil {
			return false, fmt.Errorf("measure labelled mail: %w", err)
		}
		if err := measurePhrases(t, corpus, verbose); err != nil {
			return false, fmt.Errorf("measure dates: %w", err)
		}
		list, err := readMbox(listPath(corpus))
		switch {
		case errors.Is(err, errLeftOut):
			t.say("\nthreads of a list and cost are %v", err)
		case err != nil:
			return false, err
		default:
			if err := measureList(t, list, dir, seed, verbose); err != nil {
				return false, fmt.Errorf("measure a list: %w", err)
			}
			if err := measureCost(t, list); err != nil {
				return false, fmt.Errorf("measure cost: %w", err)
			}
		}
	}
	if err := measureSales(t, dir, seed, verbose); err != nil {
		return false, fmt.Errorf("measure a sales mailbox: %w", err)
	}
	return t.met, nil
}
