package main

import (
	"github.com/spf13/cobra"

	"followupd/imapwatch"
	"followupd/mail"
	"followupd/playbook"
	"followupd/report"
)

func newCheck(a *app) *cobra.Command {
	var create bool
	c := &cobra.Command{
		Use:     "check",
		Short:   "Validates the configuration, connects, names the folders it found; changes nothing",
		Example: "  followupd check -c anna.toml\n  followupd check --create-folders      make the folders of [steering]",
		Args:    exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			cfg, err := a.load()
			if err != nil {
				return err
			}
			log := a.quietLogger()
			if _, err := policy(cfg); err != nil {
				return &usageError{err}
			}
			book, problems, err := playbook.Load(cfg.Content.Library, cfg.Content.Templates)
			if err != nil {
				return &usageError{err}
			}
			box := imapwatch.New(mailboxConfig(cfg, log))
			defer box.Close()
			able, err := box.Abilities(ctx)
			if err != nil {
				return err
			}
			folders, err := box.Folders(ctx)
			if err != nil {
				return err
			}
			model, err := probeModel(ctx, cfg, log)
			if err != nil {
				return err
			}
			var steered steeringCheck
			if create {
				if steered.Made, err = createSteering(ctx, cfg, box); err != nil {
					return err
				}
			}
			if cfg.Steering.Enabled || create {
				if steered.Missing, err = missingSteering(ctx, cfg, box); err != nil {
					return err
				}
			}
			if a.json {
				return report.JSON(a.out, checked(cfg.File, able, folders, len(book.Assets()), problems, model, steered))
			}
			p := &lines{w: a.out}
			p.say("configuration  %s is valid", cfg.File)
			p.say("login          %s as %s", cfg.IMAP.Host, cfg.IMAP.Username)
			p.say("server         %s", report.Clean(able.Server))
			for _, f := range folders {
				if f.Role != "" {
					p.say("%-14s %q: %s", f.Role, report.Clean(f.Name), report.Clean(f.Why))
				}
			}
			steered.say(p, cfg)
			for _, n := range unbuilt(cfg) {
				p.say("no effect      %s", n)
			}
			for _, n := range able.Notes {
				p.say("note           %s", report.Clean(n))
			}
			sayProbe(p, model)
			p.say("library        %d assets in %s", len(book.Assets()), cfg.Content.Library)
			for _, problem := range problems {
				p.say("not used       %s:%d: %s", problem.File, problem.Line, report.Clean(problem.Text))
			}
			return p.err
		},
	}
	c.Flags().BoolVar(&create, "create-folders", false, "make the folders of [steering] that are missing, and subscribe to them")
	return c
}

// check is what check --json says.
type check struct {
	Config       string             `json:"config"`
	Server       string             `json:"server"`
	Capabilities []string           `json:"capabilities"`
	Notes        []string           `json:"notes"`
	Folders      []checkFolder      `json:"folders"`
	Assets       int                `json:"assets"`
	Problems     []playbook.Problem `json:"problems"`
	Model        *modelProbe        `json:"model,omitempty"`
	Steering     steeringCheck      `json:"steering"`
}

type checkFolder struct {
	Name string    `json:"name"`
	Role mail.Role `json:"role"`
	Why  string    `json:"why"`
}

func checked(path string, able imapwatch.Abilities, folders []mail.Folder, assets int, problems []playbook.Problem, model *modelProbe, steered steeringCheck) check {
	c := check{
		Config: path, Server: able.Server, Capabilities: able.Capabilities, Notes: able.Notes, Assets: assets, Model: model, Steering: steered,
		Folders: []checkFolder{}, Problems: problems,
	}
	for _, f := range folders {
		c.Folders = append(c.Folders, checkFolder{f.Name, f.Role, f.Why})
	}
	return c
}
