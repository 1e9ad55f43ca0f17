package main

import (
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
			journal, err := w.store.Drafts(c.Context())
			if err != nil {
				return err
			}
			edits, err := w.store.Edits(c.Context())
			if err != nil {
				return err
			}
			ours := draftedIn(journal)
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
				story := report.Story{
					Standing: s, Thread: w.agent.Thread(s.Thread), Words: about(s, words), Tasks: tasks, Ours: ours, Sent: sentIn(s.Thread, journal, edits),
				}
				if err := report.Timeline(a.out, story, w.zone()); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// sentIn gives the drafts of a thread that the rep sent, with how what was sent differs.
func sentIn(id tracker.ThreadID, journal []tracker.Draft, edits []tracker.Edit) []report.EditedDraft {
	by := make(map[string]tracker.Edit, len(edits))
	for _, e := range edits {
		by[e.Draft] = e
	}
	var sent []report.EditedDraft
	for _, d := range journal {
		if e, known := by[d.Key]; known && d.Thread == id && d.State == tracker.DraftSent {
			sent = append(sent, report.EditedDraft{Draft: d, Edit: e})
		}
	}
	return sent
}

// draftedIn tells which of the rep's messages were drafts of ours.
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
