package main

import (
	"fmt"
	"io"
	"time"

	"followupd/cmd/followupd/fleetsim"
)

// write gives a result as the two tables of docs/fleet.md, what befell the drafts and what it cost, and a line below.
func write(out io.Writer, r fleetsim.Result) {
	stretches := append(r.Stretches[:len(r.Stretches):len(r.Stretches)], r.Whole)
	fmt.Fprint(out, `
| part of the day | drafts | on time | p50 | p95 | p99 | latest |
| --- | --- | --- | --- | --- | --- | --- |
`)
	for _, s := range stretches {
		fmt.Fprintf(out, "| %s | %d | %.1f %% | %s | %s | %s | %s |\n", s.Name, s.Drafts, 100*s.OnTime, short(s.P50), short(s.P95), short(s.P99), short(s.Most))
	}
	fmt.Fprint(out, `
| part of the day | even after | longest without a worker | moves | looks | sessions lost | logins/s, mean and peak | transactions/s | rows written/s | cores busy | slowest answer |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
`)
	for i, s := range stretches {
		even := short(s.Even)
		switch {
		case i == len(stretches)-1: // of the whole day it says nothing
			even = ""
		case s.Even < 0:
			even = "not"
		}
		fmt.Fprintf(out, "| %s | %s | %s | %d | %d | %d | %.0f, %d | %.0f, %d | %.0f, %d | %.2f, %.1f | %s |\n", s.Name, even, short(s.Unworked), s.Moves, s.Looks, s.Lost,
			s.LoginsMean, s.LoginsPeak, s.QueriesMean, s.QueriesPeak, s.RowsMean, s.RowsPeak, s.CoresMean, s.CoresPeak, short(s.SlowestBeat))
	}
	fmt.Fprintf(out, "\n%d drafts wait for tomorrow because the day's number was written, %d because the hours were over.\n", r.Full, r.Over)
	fmt.Fprintf(out, "%d drafts were wanted by workers that had lost the mailbox, and refused; %d locks at the end; at most %d questions to the database at a time.\n",
		r.Fenced, r.Locks, r.Sessions)
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
