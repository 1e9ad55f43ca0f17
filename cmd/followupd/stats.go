package main

import (
	"slices"

	"github.com/spf13/cobra"

	"followupd/report"
	"followupd/tracker"
)

func newStats(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "stats",
		Short: "Counts what came of your follow-ups and drafts, and where your threads stand",
		Long: `stats counts, of the drafts that you sent, how many a person answered: by step, approach, weekday and asset, with the range in
which the true rate lies (95 %). Where there are too few to tell, it says so. Below, how many threads stand where; what you made of
the drafts, sent as they were, edited, rewritten, deleted or left, by who wrote them, approach, text and asset; and what a
language model used, day by day, if one writes.`,
		Example: "  followupd stats\n  followupd stats --json",
		Args:    exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			w, err := a.openStored(ctx)
			if err != nil {
				return err
			}
			defer w.close()
			threads, err := w.agent.Standings(ctx, w.now())
			if err != nil {
				return err
			}
			journal, err := w.store.Drafts(ctx)
			if err != nil {
				return err
			}
			var sent []report.SentDraft
			for _, d := range journal {
				if d.State == tracker.DraftSent {
					sent = append(sent, report.SentDraft{Draft: d, Thread: w.agent.Thread(d.Thread)})
				}
			}
			rows := report.Stats(sent, threads, w.now().In(w.zone()))
			edits, err := w.store.Edits(ctx)
			if err != nil {
				return err
			}
			made := report.HandRows(journal, edits, w.now())
			used := w.words.usage()
			if a.json {
				return report.JSON(a.out, slices.Concat(rows, made, used))
			}
			if err := report.StatsTable(a.out, rows, a.screen()); err != nil {
				return err
			}
			if err := report.HandTable(a.out, made, a.screen()); err != nil {
				return err
			}
			return report.UsageTable(a.out, used, a.screen())
		},
	}
}
