// Simulate plays a fleet's working day (cmd/followupd/fleetsim) and prints what it came to, as tables in Markdown. It exits with 1
// where something happened that must not, and with 2 where it cannot play what is asked for.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"followupd/cmd/followupd/fleetsim"
)

func main() { os.Exit(simulate(os.Args[1:], os.Stdout, os.Stderr)) }

// simulate does everything, and gives the exit status.
func simulate(args []string, out, problems io.Writer) int {
	flags := flag.NewFlagSet("simulate", flag.ContinueOnError)
	flags.SetOutput(problems)
	asked := options(flags)
	switch err := flags.Parse(args); { // it has said itself what is wrong
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	setup, err := asked()
	if err != nil {
		fmt.Fprintln(problems, err)
		return 2
	}
	began := time.Now()
	r := fleetsim.Run(setup)
	fmt.Fprintf(out, "%d mailboxes, %d workers, a database of %g cores, seed %d; played in %s\n", setup.Mailboxes, setup.Workers, setup.Cores, setup.Seed,
		time.Since(began).Round(100*time.Millisecond))
	write(out, r)
	violations := r.Violations()
	for _, v := range violations {
		fmt.Fprintln(out, "must not be:", v)
	}
	if len(violations) > 0 {
		return 1
	}
	return 0
}

// options declares the flags, and gives what tells the day that they ask for.
func options(f *flag.FlagSet) (asked func() (fleetsim.Setup, error)) {
	mailboxes := f.Int("mailboxes", 50_000, "how many `mailboxes`")
	workers := f.Int("workers", 100, "how many `workers`")
	seed := f.Uint64("seed", 1, "what the day's chance begins with")
	cores := f.Float64("cores", 8, "of the database's machine")
	looks := f.Int("looks", 0, "how many workers look at all locks at once; 0 as the daemon, as many as workers: no limit")
	loads := f.Int("loads", 0, "how many mailboxes of a worker read all their messages at once; 0 as the daemon")
	part := f.String("hours", "", "play only `from-to`, as 10h30m-11h30m")
	return func() (fleetsim.Setup, error) {
		setup := fleetsim.Day(*mailboxes, *workers, *seed)
		setup.Cores, setup.Looks, setup.Loads = *cores, *looks, *loads
		if *part != "" {
			if err := hours(&setup, *part); err != nil {
				return fleetsim.Setup{}, err
			}
		}
		return setup, setup.Validate()
	}
}
