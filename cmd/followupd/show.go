package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"followupd/mail"
	"followupd/playbook"
	"followupd/report"
	"followupd/tracker"
)

func newShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "show THREAD|ADDRESS",
		Short:   "Tells the story of a thread: what was written, every decision with its reasons, the draft",
		Example: "  followupd show lena@nordbau.example",
		Args:    exactly(1, "a thread's id or an address"),
		RunE: func(c *cobra.Command, args []string) error {
			w, err := a.openStored(c.Context())
			if err != nil {
				return err
			}
			defer w.close()
			all, err := w.agent.Standings(c.Context(), w.now())
			if err != nil {
				return err
			}
			if err := w.agent.Expect(c.Context(), all, w.now()); err != nil {
				return err
			}
			found, err := among(all, args[0])
			if err != nil {
				return err
			}
			if err := w.agent.Foresee(c.Context(), found); err != nil {
				return err
			}
			words, err := w.store.Words(c.Context())
			if err != nil {
				return err
			}
			ours, err := drafted(c.Context(), w.store)
			if err != nil {
				return err
			}
			if a.json {
				out := make([]report.Told, 0, len(found))
				for _, s := range found {
					tasks, err := w.agent.Tasks(c.Context(), []tracker.Standing{s})
					if err != nil {
						return err
					}
					out = append(out, report.NewTold(report.NewThread(s, w.zone()), playbook.CoachThread(w.agent.Thread(s.Thread), ours), tasks))
				}
				return report.JSON(a.out, out)
			}
			for i, s := range found {
				if i > 0 {
					fmt.Fprintln(a.out)
				}
				tasks, err := w.agent.Tasks(c.Context(), []tracker.Standing{s})
				if err != nil {
					return err
				}
				if err := report.Timeline(a.out, s, w.agent.Thread(s.Thread), about(s, words), tasks, ours, w.zone()); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// drafted tells which of the rep's messages were drafts of ours.
func drafted(ctx context.Context, store tracker.Store) (func(tracker.Linked) bool, error) {
	journal, err := store.Drafts(ctx)
	if err != nil {
		return nil, err
	}
	return draftedIn(journal), nil
}

func draftedIn(journal []tracker.Draft) func(tracker.Linked) bool {
	ids := make(map[mail.MessageID]bool)
	for _, d := range journal {
		ids[d.MessageID] = d.MessageID != ""
	}
	return func(l tracker.Linked) bool { return ids[l.Message.ID] }
}

// about gives the rep's words that concern a thread or one of its people.
func about(s tracker.Standing, words []tracker.Word) []tracker.Word {
	people := make(map[mail.Address]bool)
	for _, p := range s.Prospects {
		people[p.Address] = true
	}
	var out []tracker.Word
	for _, w := range words {
		if w.Thread == s.Thread || people[w.Address] {
			out = append(out, w)
		}
	}
	return out
}
