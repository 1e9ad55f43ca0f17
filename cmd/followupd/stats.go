package main

import (
	"github.com/spf13/cobra"

	"followupd/report"
	"followupd/tracker"
)

func newStats(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "stats",
		Short: "Counts what came of your follow-ups, and where your threads stand",
		Long: `stats counts, of the drafts that you sent, how many a person answered: by step, approach, weekday and asset, with the range in
which the true rate lies (95 %). Where there are too few to tell, it says so. Below, how many threads stand where.`,
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
			if a.json {
				return report.JSON(a.out, rows)
			}
			return report.StatsTable(a.out, rows, a.screen())
		},
	}
}
