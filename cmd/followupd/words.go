package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"followupd/mail"
	"followupd/playbook"
	"followupd/report"
	"followupd/tracker"
)

func newHold(a *app) *cobra.Command {
	var until, why string
	c := &cobra.Command{
		Use:     "hold THREAD|ADDRESS --until DATE",
		Short:   "Writes nothing to somebody before a date",
		Example: "  followupd hold lena@nordbau.example --until 2027-01-11 --why \"asked me to wait for the budget\"",
		Args:    exactly(1, "a thread's id or an address"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.say(c.Context(), args[0], func(w *wired) (tracker.Word, error) {
				day, err := parseDay(until, w)
				if err != nil {
					return tracker.Word{}, err
				}
				return tracker.Word{Kind: tracker.WordHold, Until: day, Text: why}, nil
			})
		},
	}
	c.Flags().StringVar(&until, "until", "", "the first `day` on which a follow-up may come, as 2027-01-11 or an RFC 3339 time")
	c.Flags().StringVar(&why, "why", "", "a `reason`, shown with the thread")
	return c
}

// parseDay reads --until: a day in the rep's zone, or a moment.
func parseDay(s string, w *wired) (time.Time, error) {
	if s == "" {
		return time.Time{}, usagef("hold wants --until DATE, for instance --until 2027-01-11")
	}
	at, err := time.ParseInLocation("2006-01-02", s, w.zone())
	if err != nil {
		at, err = time.Parse(time.RFC3339, s)
	}
	if err != nil {
		return time.Time{}, usagef("--until %q is no date; write it as 2027-01-11", s)
	}
	if !at.After(w.now()) {
		return time.Time{}, usagef("--until %s has passed already; name a day to come", s)
	}
	return at, nil
}

func newClose(a *app) *cobra.Command {
	var outcome, why string
	c := &cobra.Command{
		Use:     "close THREAD|ADDRESS --outcome won|lost|stopped",
		Short:   "Ends the chase: nothing more is drafted",
		Example: "  followupd close lena@nordbau.example --outcome won",
		Args:    exactly(1, "a thread's id or an address"),
		RunE: func(c *cobra.Command, args []string) error {
			switch tracker.Outcome(outcome) {
			case tracker.Won, tracker.Lost, tracker.Stopped:
			default:
				return usagef("close wants --outcome won, lost or stopped, not %q", outcome)
			}
			return a.say(c.Context(), args[0], func(*wired) (tracker.Word, error) {
				return tracker.Word{Kind: tracker.WordClose, Outcome: tracker.Outcome(outcome), Text: why}, nil
			})
		},
	}
	c.Flags().StringVar(&outcome, "outcome", "", "how it ended: `won|lost|stopped`")
	c.Flags().StringVar(&why, "why", "", "a `reason`, shown with the thread")
	return c
}

func newReopen(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "reopen THREAD|ADDRESS",
		Short:   "Lifts a hold, a close or a review: the thread goes on",
		Example: "  followupd reopen lena@nordbau.example",
		Args:    exactly(1, "a thread's id or an address"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.say(c.Context(), args[0], func(*wired) (tracker.Word, error) {
				return tracker.Word{Kind: tracker.WordReopen}, nil
			})
		},
	}
}

func newNote(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "note ADDRESS TEXT",
		Short:   "Keeps what you know of a person, for the next draft",
		Example: "  followupd note lena@nordbau.example \"they switch carriers in spring\"",
		Args:    exactly(2, "an address and a text in quotation marks"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.sayOf(c.Context(), args[0], tracker.Word{Kind: tracker.WordNote, Text: strings.TrimSpace(args[1])})
		},
	}
}

func newGrade(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "grade ADDRESS GRADE",
		Short:   "Gives a person a grade of [cadence.grade]; \"none\" takes it away",
		Example: "  followupd grade lena@nordbau.example hot",
		Args:    exactly(2, "an address and a grade"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.sayOf(c.Context(), args[0], tracker.Word{Kind: tracker.WordGrade, Text: args[1]})
		},
	}
}

func newSituation(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "situation THREAD|ADDRESS NAME",
		Short: "Says what kind of silence it is, where you know better than the thread tells",
		Long: `situation says what kind of silence a thread is: cold_email, proposal, meeting, voicemail, conference, was_keen or general. Your
word counts before what is found in the thread; windows and approaches follow it. "auto" leaves it to the thread again.`,
		Example: "  followupd situation lena@nordbau.example proposal",
		Args:    exactly(2, "a thread's id or an address, and a situation"),
		RunE: func(c *cobra.Command, args []string) error {
			if name := tracker.Situation(args[1]); args[1] != autoSituation && !slices.Contains(tracker.Situations(), name) {
				return usagef("%q is no situation; there are %v, and %s", args[1], tracker.Situations(), autoSituation)
			}
			return a.say(c.Context(), args[0], func(*wired) (tracker.Word, error) {
				return tracker.Word{Kind: tracker.WordSituation, Text: args[1]}, nil
			})
		},
	}
}

func newDone(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "done THREAD|ADDRESS [CHANNEL]",
		Short: "Ticks off what you did by telephone, card or another way",
		Long: `done ticks off the tasks of a thread, or of a person in all their threads: what show, the digest, the dashboard and the calendar
name under "Other ways to reach them" is named no more. With a channel (call, card, social, refer) only that one is ticked off. Use
it as well for a task you do not want. What followupd drafts does not change by it.`,
		Example: "  followupd done lena@nordbau.example call",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 && len(args) != 2 {
				return usagef("done wants a thread's id or an address, and at most a channel")
			}
			if len(args) == 2 && !slices.Contains(playbook.Channels(), playbook.Channel(args[1])) {
				return usagef("%q is no channel; there are %v", args[1], playbook.Channels())
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			w, err := a.openStored(c.Context())
			if err != nil {
				return err
			}
			defer w.close()
			found, err := w.find(c.Context(), args[0])
			if err != nil {
				return err
			}
			tasks, err := w.agent.Tasks(c.Context(), found)
			if err != nil {
				return err
			}
			done := 0
			for _, t := range tasks {
				if len(args) == 2 && t.Channel != playbook.Channel(args[1]) {
					continue
				}
				if err := w.say(c.Context(), tracker.Word{Kind: tracker.WordDone, Thread: t.Thread, Text: t.Name()}); err != nil {
					return err
				}
				fmt.Fprintf(a.out, "done: thread %s: %s (%s)\n", t.Thread, report.Clean(t.What), t.Name())
				done++
			}
			if done == 0 {
				return fmt.Errorf("there is no such task for %s; `followupd show %s` names what there is", args[0], args[0])
			}
			return nil
		},
	}
}

// autoSituation takes the rep's word on a situation back.
const autoSituation = "auto"

// say stores a word about a thread, or about a person in all their threads, and wakes the daemon.
func (a *app) say(ctx context.Context, who string, word func(*wired) (tracker.Word, error)) error {
	w, err := a.openStored(ctx)
	if err != nil {
		return err
	}
	defer w.close()
	said, err := word(w)
	if err != nil {
		return err
	}
	found, err := w.find(ctx, who)
	if err != nil {
		return err
	}
	if strings.Contains(who, "@") {
		said.Address = mail.Address(strings.ToLower(who))
	} else {
		said.Thread = found[0].Thread
	}
	if err := w.say(ctx, said); err != nil {
		return err
	}
	for _, s := range found {
		fmt.Fprintf(a.out, "%s: thread %s\n", said.Kind, s.Thread)
	}
	return nil
}

// sayOf stores a word about a person, known or not.
func (a *app) sayOf(ctx context.Context, who string, said tracker.Word) error {
	at := strings.LastIndexByte(who, '@')
	if at < 1 || at == len(who)-1 {
		return usagef("%q is no address", who)
	}
	w, err := a.openStored(ctx)
	if err != nil {
		return err
	}
	defer w.close()
	said.Address = mail.Address(strings.ToLower(who))
	if said.Kind == tracker.WordGrade && said.Text != "none" && !w.hasGrade(said.Text) {
		return usagef("there is no [cadence.grade.%s] in %s", said.Text, w.path)
	}
	if err := w.say(ctx, said); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "%s: %s\n", said.Kind, said.Address)
	return nil
}
