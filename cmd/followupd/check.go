package main

import (
	"time"

	"github.com/spf13/cobra"

	"followupd/agent"
	"followupd/imapwatch"
	"followupd/mail"
	"followupd/playbook"
	"followupd/report"
	"followupd/tracker/postgres"
)

func newCheck(a *app) *cobra.Command {
	var create, tries, links bool
	c := &cobra.Command{
		Use:   "check",
		Short: "Validates the configuration, connects, names the folders it found; changes nothing",
		Long: `check validates the configuration, connects, and names the folders it found. It changes nothing. With --probe it lays one
test draft, addressed to yourself, into Drafts, looks what the server keeps of it, and removes it by its UID; where the
server cannot remove one message, the test draft stays and check says so. What it learned is kept in the state directory:
on a server that keeps nothing by which a draft can be known again, a draft whose outcome is unknown is never tried a second
time but left to you. A followupd that runs takes that up at its next start.

With --links it asks for each link of your library (HEAD, else GET). A page that is gone (404, 410) or whose host there is not
is named; what failed twice, a day apart, is dead, and its asset is not used until the link works again. A server that is slow
or refuses programs says nothing about its page. What was found is kept in the state directory, where there is one.`,
		Example: "  followupd check -c anna.toml\n  followupd check --create-folders      make the folders of [steering]\n" +
			"  followupd check --links               look whether the library's links still work\n" +
			"  followupd check --probe               try what the server keeps of a draft",
		Args: exactly(0, "no arguments"),
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
			var at meter
			done := a.progress(&at, "Reading the configuration")
			defer done()
			var failing []playbook.Problem
			if links {
				at.begin("Asking for the library's links", 0, time.Now())
				look, err := lookAtLinks(ctx, cfg.Content.Library, cfg.State.Dir, time.Now())
				if err != nil {
					return err
				}
				failing = look.Failing
			}
			book, problems, err := loadBook(cfg.Content.Library, cfg.Content.Templates, cfg.State.Dir)
			if err != nil {
				return &usageError{err}
			}
			problems = append(problems, failing...)
			box := imapwatch.New(mailboxConfig(cfg, log))
			defer box.Close()
			at.begin("Asking "+report.Clean(cfg.IMAP.Host), 0, time.Now())
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
			var drafts *agent.Probe
			if tries {
				p, err := tryDrafts(ctx, cfg, box)
				if err != nil {
					return err
				}
				drafts = &p
			}
			done()
			database, err := surveyFleet(ctx, cfg)
			if err != nil {
				return err
			}
			beside := checkedBeside(cfg)
			if err := beside.secrets(ctx, cfg); err != nil {
				return err
			}
			if a.json {
				is := checked(cfg.File, able, folders, len(book.Assets()), problems, model, steered, drafts)
				is.Database, is.checkBeside = database, beside
				return report.JSON(a.out, is)
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
			saySurvey(p, database)
			p.say("signals        %s", signalsInWords(cfg))
			if beside.Webhook.On {
				p.say("webhook        on: each change of a thread's state is posted to %s, signed; nothing is sent by check", report.Clean(beside.Webhook.Host))
			}
			if beside.Metrics.On {
				p.say("metrics        on: `followupd run` answers /metrics, /healthz and /readyz on %s, %s", report.Clean(beside.Metrics.Listen), beside.Metrics.who(cfg))
			}
			for _, n := range able.Notes {
				p.say("note           %s", report.Clean(n))
			}
			sayDrafts(p, drafts)
			sayProbe(p, model)
			p.say("library        %d assets in %s", len(book.Assets()), cfg.Content.Library)
			for _, problem := range problems {
				p.say("not used       %s:%d: %s", problem.File, problem.Line, report.Clean(problem.Text))
			}
			return p.err
		},
	}
	c.Flags().BoolVar(&create, "create-folders", false, "make the folders of [steering] that are missing, and subscribe to them")
	c.Flags().BoolVar(&links, "links", false, "ask the web for every link of the library, and name those that are gone")
	c.Flags().BoolVar(&tries, "probe", false, "lay a test draft into Drafts, look what the server keeps of it, and remove it")
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
	Drafts       *agent.Probe       `json:"drafts,omitempty"`   // of --probe
	Database     *postgres.Survey   `json:"database,omitempty"` // of state.url
	checkBeside
}

type checkFolder struct {
	Name string    `json:"name"`
	Role mail.Role `json:"role"`
	Why  string    `json:"why"`
}

func checked(path string, able imapwatch.Abilities, folders []mail.Folder, assets int, problems []playbook.Problem, model *modelProbe, steered steeringCheck, drafts *agent.Probe) check {
	c := check{
		Config: path, Server: able.Server, Capabilities: able.Capabilities, Notes: able.Notes, Assets: assets, Model: model, Steering: steered, Drafts: drafts,
		Folders: []checkFolder{}, Problems: problems,
	}
	for _, f := range folders {
		c.Folders = append(c.Folders, checkFolder{f.Name, f.Role, f.Why})
	}
	return c
}
