package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"followupd/agent"
	"followupd/agent/steer"
	"followupd/config"
	"followupd/imapwatch"
	"followupd/report"
	"followupd/tracker"
)

// steering is what the rep may say in a mail client; nil where the config says nothing.
func steering(cfg config.Config) *agent.Steering {
	if !cfg.Steering.Enabled {
		return nil
	}
	return &agent.Steering{Gestures: gestures(cfg.Steering.Gestures), Keywords: gestures(cfg.Steering.Keywords), Glance: cfg.Steering.Glance}
}

func gestures(list config.Gestures) []steer.Gesture {
	out := make([]steer.Gesture, len(list))
	for i, g := range list {
		out[i] = steer.Gesture(g)
	}
	return out
}

// steeringFolders names the folders and tags to imapwatch. Keywords only while steering is on, for their news wakes the loop.
func steeringFolders(cfg config.Config) imapwatch.Steering {
	s := imapwatch.Steering{Folder: cfg.Steering.Folder}
	for _, g := range cfg.Steering.Gestures {
		s.Gestures = append(s.Gestures, g.Name)
	}
	if cfg.Steering.Enabled {
		for _, g := range cfg.Steering.Keywords {
			s.Keywords = append(s.Keywords, g.Name)
		}
	}
	return s
}

// createSteering makes the folders to steer by that are missing, once the rep agreed, and gives their names. Nothing comes of
// them until steering.enabled is true.
func createSteering(ctx context.Context, cfg config.Config, box *imapwatch.Mailbox) ([]string, error) {
	made, err := box.CreateSteering(ctx)
	if err != nil {
		return made, fmt.Errorf("make the folders of [steering] (%s): %w", cfg.Steering.Folder, err)
	}
	return made, nil
}

// missingSteering names the gestures whose folders are not there.
func missingSteering(ctx context.Context, cfg config.Config, box *imapwatch.Mailbox) ([]string, error) {
	found, err := box.SteeringFolders(ctx)
	if err != nil {
		return nil, err
	}
	var missing []string
	for _, g := range cfg.Steering.Gestures {
		if found[g.Name] == "" {
			missing = append(missing, g.Name)
		}
	}
	return missing, nil
}

// steeringCheck is what check says of the folders to steer by.
type steeringCheck struct {
	Made    []string `json:"made"`    // folders, just now
	Missing []string `json:"missing"` // gestures without a folder, where steering is on
}

func (s steeringCheck) say(p *lines, cfg config.Config) {
	for _, name := range s.Made {
		p.say("made           %q", report.Clean(name))
	}
	switch {
	case len(s.Missing) > 0:
		p.say("steering       no folders for %s; `followupd check --create-folders` makes them", strings.Join(s.Missing, ", "))
	case cfg.Steering.Enabled:
		p.say("steering       on, in %q: looked at every %s", cfg.Steering.Folder, cfg.Steering.Glance)
	case len(s.Made) > 0:
		p.say("steering       off: write enabled = true under [steering] in %s", cfg.File)
	}
}

func newAnother(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "another THREAD|ADDRESS",
		Short: "Has the draft that waits replaced by one with another approach",
		Long: `another asks for a draft with another approach in place of the one that lies in Drafts. It is replaced at once where
followupd runs, else at the next pass, and what you changed in it goes with it. Where no other approach is left, the draft
stays, and status and digest say so.`,
		Example: "  followupd another lena@nordbau.example",
		Args:    exactly(1, "a thread's id or an address"),
		RunE: func(c *cobra.Command, args []string) error {
			ctx := c.Context()
			w, err := a.openStored(ctx)
			if err != nil {
				return err
			}
			defer w.close()
			found, err := w.find(ctx, args[0])
			if err != nil {
				return err
			}
			asked := 0
			for _, s := range found {
				if s.State != tracker.Drafted {
					continue
				}
				if err := w.say(ctx, tracker.Word{Kind: tracker.WordAnother, Thread: s.Thread}); err != nil {
					return err
				}
				fmt.Fprintf(a.out, "another: thread %s\n", s.Thread)
				asked++
			}
			if asked == 0 {
				return fmt.Errorf("no draft waits for %s; `followupd show` tells what comes next", args[0])
			}
			return nil
		},
	}
}
