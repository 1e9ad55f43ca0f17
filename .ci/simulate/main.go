// Simulate plays a fleet's working day (cmd/followupd/fleetsim) and prints what it came to. It exits with 1 where something
// happened that must not.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"followupd/cmd/followupd/fleetsim"
)

func main() {
	mailboxes := flag.Int("mailboxes", 50_000, "how many `mailboxes`")
	workers := flag.Int("workers", 100, "how many `workers`")
	seed := flag.Uint64("seed", 1, "what the day's chance begins with")
	cores := flag.Float64("cores", 8, "of the database's machine")
	looks := flag.Int("looks", 0, "how many workers look at all locks at once; 0 as the daemon, as many as workers: no limit")
	loads := flag.Int("loads", 0, "how many mailboxes of a worker read all their messages at once; 0 as the daemon")
	hours := flag.String("hours", "", "play only `from-to`, as 10h30m-11h30m")
	flag.Parse()
	setup := fleetsim.Day(*mailboxes, *workers, *seed)
	setup.Cores, setup.Looks, setup.Loads = *cores, *looks, *loads
	if err := only(&setup, *hours); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	began := time.Now()
	r := fleetsim.Run(setup)
	fmt.Printf("%d mailboxes, %d workers, a database of %g cores, seed %d; played in %s\n\n", *mailboxes, *workers, *cores, *seed,
		time.Since(began).Round(100*time.Millisecond))
	fmt.Println("| part of the day | drafts | on time | p50 | p95 | p99 | latest |")
	fmt.Println("| --- | --- | --- | --- | --- | --- | --- |")
	all := append(r.Stretches, r.Whole)
	for _, s := range all {
		fmt.Printf("| %s | %d | %.1f %% | %s | %s | %s | %s |\n", s.Name, s.Drafts, 100*s.OnTime, short(s.P50), short(s.P95), short(s.P99), short(s.Most))
	}
	fmt.Println()
	fmt.Println("| part of the day | even after | longest without a worker | moves | looks | sessions lost | logins/s, mean and peak | transactions/s | rows written/s | cores busy | slowest answer |")
	fmt.Println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
	for i, s := range all {
		even := short(s.Even)
		if s.Even < 0 {
			even = "not"
		}
		if i == len(all)-1 {
			even = ""
		}
		fmt.Printf("| %s | %s | %s | %d | %d | %d | %.0f, %d | %.0f, %d | %.0f, %d | %.2f, %.1f | %s |\n", s.Name, even, short(s.Unworked), s.Moves, s.Looks, s.Lost,
			s.LoginsMean, s.LoginsPeak, s.QueriesMean, s.QueriesPeak, s.RowsMean, s.RowsPeak, s.CoresMean, s.CoresPeak, short(s.SlowestBeat))
	}
	fmt.Printf("\n%d drafts were wanted by workers that had lost the mailbox, and refused; %d locks at the end; at most %d questions to the database at a time.\n", r.Fenced, r.Locks, r.Sessions)
	for _, v := range r.Violations() {
		fmt.Println("must not be:", v)
	}
	if len(r.Violations()) > 0 {
		os.Exit(1)
	}
}

// only leaves of a day what happens within hours.
func only(s *fleetsim.Setup, hours string) (err error) {
	if hours == "" {
		return nil
	}
	from, to, _ := strings.Cut(hours, "-")
	if s.From, err = time.ParseDuration(from); err != nil {
		return fmt.Errorf("-hours %q: want from-to, as 10h30m-11h30m", hours)
	}
	if s.To, err = time.ParseDuration(to); err != nil || s.To <= s.From {
		return fmt.Errorf("-hours %q: want from-to, as 10h30m-11h30m", hours)
	}
	s.Happenings = slices.DeleteFunc(s.Happenings, func(h fleetsim.Happening) bool { return h.At <= s.From || h.At >= s.To })
	return nil
}

// short gives a time with two or three digits that count.
func short(d time.Duration) string {
	switch {
	case d >= time.Minute:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Millisecond).String()
}
