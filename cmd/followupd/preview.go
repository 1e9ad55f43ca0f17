package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"followupd/agent"
	"followupd/config"
	"followupd/report"
	"followupd/tracker"
	"followupd/tracker/sqlite"
)

func newPreview(a *app) *cobra.Command {
	var at string
	var prompts bool
	c := &cobra.Command{
		Use:   "preview",
		Short: "Shows the drafts a pass would lay down now, or at another time, whole; changes nothing",
		Long: `preview reads the mailbox into a copy of what is stored, judges every thread as of now or of --at, and prints the drafts
that a pass at that time would lay down. Neither the mailbox nor the stored state is changed.`,
		Example: "  followupd preview\n  followupd preview --at 2027-01-11\n  followupd preview --at 2027-01-11T09:00:00+01:00 --json\n  followupd preview --show-prompt",
		Args:    exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			cfg, err := a.load()
			if err != nil {
				return err
			}
			when, err := parseMoment(at, cfg.Mailbox.Timezone)
			if err != nil {
				return err
			}
			open, drop, err := copyOf(ctx, cfg)
			if err != nil {
				return err
			}
			defer drop()
			w, err := a.openMailboxOn(ctx, cfg, open, a.quietLogger())
			if err != nil {
				return err
			}
			defer w.close()
			if prompts {
				if w.words.model == nil {
					return usagef("--show-prompt: content.writer is %q and llm.second_opinion is off, so that nothing is sent anywhere", cfg.Content.Writer)
				}
				w.words.show = showPrompts(a.out)
				w.words.equip(&w.set)
				w.agent.SetSettings(w.set)
			}
			done := func() {}
			if !prompts { // which are printed while they are made
				done = a.progress(&w.meter, "Reading the mailbox")
			}
			res, err := w.agent.Preview(ctx, when)
			done()
			if err != nil {
				return err
			}
			if prompts {
				return nil
			}
			if a.json {
				return report.JSON(a.out, previews(res, w.zone()))
			}
			return printPreviews(a, res, when, w.zone())
		},
	}
	c.Flags().StringVar(&at, "at", "", "another `time`: a day (its noon), or an RFC 3339 time")
	c.Flags().BoolVar(&prompts, "show-prompt", false, "print every byte that would be sent to the language model instead; nothing is sent")
	return c
}

// copyOf gives a copy of what is stored of a mailbox, until it is dropped.
func copyOf(ctx context.Context, cfg config.Config) (open opening, drop func(), err error) {
	if cfg.State.URL != "" {
		return copyOfFleets(ctx, cfg)
	}
	dir, err := os.MkdirTemp("", "preview-")
	if err != nil {
		return nil, nil, err
	}
	drop = func() { _ = os.RemoveAll(dir) } // in the folder for what may be removed
	stored, err := sqlite.Open(ctx, cfg.State.Dir, sqlite.Options{})
	if err == nil {
		err = errors.Join(stored.CopyTo(ctx, dir), stored.Close())
	}
	if err != nil {
		drop()
		return nil, nil, err
	}
	return inFile(dir), drop, nil
}

// parseMoment reads --at; "" is now. A day means its noon, which lies in anybody's working hours.
func parseMoment(s string, zone *time.Location) (time.Time, error) {
	if s == "" {
		return time.Now(), nil
	}
	if day, err := time.ParseInLocation("2006-01-02", s, zone); err == nil {
		return day.Add(12 * time.Hour), nil
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, usagef("--at %q is no time; write 2027-01-11 or 2027-01-11T09:00:00+01:00", s)
	}
	return at, nil
}

// preview is what preview --json says of one draft.
type preview struct {
	Thread   report.Thread `json:"thread"`
	Step     int           `json:"step"`
	Action   string        `json:"action"`
	Approach string        `json:"approach"`
	Asset    string        `json:"asset"`
	Why      []string      `json:"why"`
	Text     string        `json:"text"`
}

func previews(res agent.Result, zone *time.Location) []preview {
	out := make([]preview, 0, len(res.Placed))
	for _, p := range res.Placed {
		out = append(out, preview{
			Thread: report.NewThread(p.Standing, zone), Step: p.Draft.Step, Action: string(p.Draft.Action),
			Approach: p.Draft.Approach, Asset: p.Draft.Asset, Why: p.Draft.Why, Text: p.Draft.Body,
		})
	}
	return out
}

func printPreviews(a *app, res agent.Result, at time.Time, zone *time.Location) error {
	p := &lines{w: a.out}
	for _, d := range res.Placed {
		printDraft(p, d)
	}
	waits := 0
	for _, s := range res.Standings {
		if why, ok := res.Waiting[s.Thread]; ok && s.State == tracker.Due {
			p.say("waits  %s  %s: %s", s.Thread, report.Clean(s.Subject), report.Clean(why))
			waits++
		}
	}
	if len(res.Placed) == 1 {
		p.say("1 draft at %s, %d more wait", report.Moment(at, zone), waits)
		return p.err
	}
	p.say("%d drafts at %s, %d more wait", len(res.Placed), report.Moment(at, zone), waits)
	return p.err
}

// printDraft prints a draft whole: for whom, why, and every word.
func printDraft(p *lines, d agent.Placed) {
	var to []string
	for _, person := range d.Standing.Prospects {
		to = append(to, string(person.Address))
	}
	p.say("%s", strings.Repeat("-", 78))
	p.say("To:      %s", report.Clean(strings.Join(to, ", ")))
	p.say("Subject: %s", report.Clean(d.Standing.Subject))
	p.say("Step:    %d, %s%s", d.Draft.Step, d.Draft.Approach, asset(d.Draft.Asset))
	p.say("")
	for _, l := range strings.Split(report.CleanLines(d.Draft.Body), "\n") {
		p.say("    %s", l)
	}
	p.say("")
	p.say("Why")
	for _, why := range d.Draft.Why {
		p.say("  - %s", report.Clean(why))
	}
	p.say("")
}

func asset(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf(" (%s)", name)
}
