package main

import (
	"fmt"
	"sort"

	"github.com/spf13/cobra"

	"followupd/report"
	"followupd/tracker"
)

func newThreads(a *app) *cobra.Command {
	var states []string
	var all bool
	c := &cobra.Command{
		Use:   "threads",
		Short: "Lists every tracked thread and where it stands",
		Long: `threads lists every tracked thread, what needs you first. NEXT names the day on which the draft of the next step is to be
expected: the first of your working hours after the window, once drafts_per_day, the limits for people and companies, holidays and
your own days off leave room. In --json, next.at is the end of the window and next.draft_at when the draft is to be expected; it is
left out where another draft must be sent first. What you or they write meanwhile changes it.`,
		Example: "  followupd threads --state review\n  followupd threads --all --json",
		Args:    exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			for _, s := range states {
				if report.Rank(tracker.State(s)) == report.Rank("") {
					return usagef("--state %q%s: the states are waiting, due, drafted, answered, held, review, closed, ignored", s, didYouMean(s, stateNames()))
				}
			}
			w, err := a.openStored(c.Context())
			if err != nil {
				return err
			}
			defer w.close()
			standings, err := w.agent.Standings(c.Context(), w.now())
			if err != nil {
				return err
			}
			if err := w.agent.Expect(c.Context(), standings, w.now()); err != nil {
				return err
			}
			var list []tracker.Standing
			for _, s := range standings {
				if wanted(s.State, states, all) {
					list = append(list, s)
				}
			}
			if err := w.agent.Foresee(c.Context(), list); err != nil {
				return err
			}
			sort.SliceStable(list, func(i, j int) bool { return report.Rank(list[i].State) < report.Rank(list[j].State) })
			if !a.json && len(standings) == 0 {
				fmt.Fprintln(a.errs, nothingRead)
			}
			if !a.json {
				return report.Table(a.out, list, w.zone(), a.screen())
			}
			out := make([]report.Thread, 0, len(list))
			for _, s := range list {
				out = append(out, report.NewThread(s, w.zone()))
			}
			return report.JSON(a.out, out)
		},
	}
	c.Flags().StringArrayVar(&states, "state", nil, "only threads in this `state` (may be repeated)")
	c.Flags().BoolVar(&all, "all", false, "the ignored ones, too")
	return c
}

func wanted(s tracker.State, states []string, all bool) bool {
	for _, w := range states {
		if tracker.State(w) == s {
			return true
		}
	}
	return len(states) == 0 && (all || s != tracker.Ignored)
}
