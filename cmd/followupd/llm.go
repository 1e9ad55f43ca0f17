package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"followupd/agent"
	"followupd/agent/llm"
	"followupd/config"
	"followupd/report"
	"followupd/tracker"
)

// writerLLM is the value of content.writer that asks for a language model.
const writerLLM = "llm"

// scribe makes the writer and the adviser that a configuration asks for. It outlives reloads of the library, so that an
// endpoint that does not answer stays known as one.
type scribe struct {
	model         *llm.Model // nil: nobody is asked anything
	writes        bool       // it writes; else the playbook does
	secondOpinion bool
	show          llm.Tell // instead of asking
}

// modelGate is what the mailboxes of the process share of the models' endpoints.
type modelGate struct {
	once sync.Once
	all  *llm.Endpoints
}

func (g *modelGate) open() *llm.Endpoints {
	g.once.Do(func() { g.all = llm.NewEndpoints() })
	return g.all
}

// usagePath is where the count of tokens lies, beside the mailbox's state.
func usagePath(cfg config.Config) string { return filepath.Join(cfg.State.Dir, "llm-usage.json") }

// newScribe builds the model's side.
func newScribe(cfg config.Config, endpoints *llm.Endpoints, log *slog.Logger) (*scribe, error) {
	s := &scribe{writes: cfg.Content.Writer == writerLLM, secondOpinion: cfg.LLM.SecondOpinion}
	if !s.writes && !s.secondOpinion {
		return s, nil
	}
	meter, err := llm.OpenMeter(usagePath(cfg))
	if err != nil {
		return nil, err
	}
	c := llm.Config{
		Mailbox: cfg.Mailbox.Address, BaseURL: cfg.LLM.BaseURL, Model: cfg.LLM.Model, Plain: !cfg.LLM.Redact, Never: cfg.LLM.Never,
		Languages: cfg.LLM.Languages, Timeout: cfg.LLM.Timeout, Temperature: cfg.LLM.Temperature, Concurrency: cfg.LLM.Concurrency,
		Day:   llm.Limits{Tokens: cfg.LLM.TokensPerDay, Money: cfg.LLM.MoneyPerDay},
		Price: llm.Price{In: cfg.LLM.PriceIn, Out: cfg.LLM.PriceOut},
	}
	if len(cfg.LLM.APIKeyCommand) > 0 {
		c.Key = func(ctx context.Context) (string, error) {
			secret, err := cfg.LLM.Secret(ctx)
			return secret.Reveal(), err
		}
	}
	zone := cfg.Mailbox.Timezone
	s.model = llm.NewModel(c, meter, endpoints, func() time.Time { return time.Now().In(zone) }, log)
	return s, nil
}

// equip puts the writer and the adviser over a playbook into settings; nil leaves the writing to the playbook.
func (s *scribe) equip(set *agent.Settings) {
	set.Writer, set.Adviser = nil, nil
	if s == nil || s.model == nil {
		return
	}
	over := s.model.Over(set.Playbook)
	switch {
	case s.writes && s.show != nil:
		set.Writer = over.Showing(s.show)
	case s.writes:
		set.Writer = over
	}
	switch {
	case s.secondOpinion && s.show != nil:
		set.Adviser = over.Showing(s.show)
	case s.secondOpinion:
		set.Adviser = s.model
	}
}

// usage gives what the model used, a row a day.
func (s *scribe) usage() []report.Row {
	if s.model == nil {
		return nil
	}
	var rows []report.Row
	for _, u := range s.model.Usage() {
		rows = append(rows, report.Row{Group: "model", Name: u.Day, Count: u.Calls, Usage: &report.Usage{Tokens: u.Tokens, Money: u.Money}})
	}
	return rows
}

// modelToday gives what the model used today, nil where none is asked.
func modelToday(cfg config.Config, now time.Time) (*llm.Usage, error) {
	if cfg.Content.Writer != writerLLM && !cfg.LLM.SecondOpinion {
		return nil, nil
	}
	meter, err := llm.OpenMeter(usagePath(cfg))
	if err != nil {
		return nil, err
	}
	u := meter.Today(now.In(cfg.Mailbox.Timezone))
	return &u, nil
}

// sayModel says what the model used today, and how much may be.
func sayModel(p *lines, u *llm.Usage, cfg config.Config) {
	if u == nil {
		return
	}
	limit := ""
	if n := cfg.LLM.TokensPerDay; n > 0 {
		limit = fmt.Sprintf("; %d tokens a day", n)
	}
	if m := cfg.LLM.MoneyPerDay; m > 0 {
		limit += fmt.Sprintf("; %.2f of money a day", m)
	}
	if limit != "" {
		limit += " may be used"
	}
	p.say("model      %s at %s, today: %s%s", report.Clean(cfg.LLM.Model), report.Clean(cfg.LLM.BaseURL), usage(*u), limit)
}

// modelProbe is what check --json says of the endpoint.
type modelProbe = llm.Probe

// probeModel tries the endpoint that a configuration names; nil where it names none.
func probeModel(ctx context.Context, cfg config.Config, log *slog.Logger) (*modelProbe, error) {
	s, err := newScribe(cfg, llm.NewEndpoints(), log)
	if err != nil || s.model == nil {
		return nil, err
	}
	p := s.model.Probe(ctx)
	return &p, nil
}

// sayProbe prints what trying the endpoint found.
func sayProbe(p *lines, probe *modelProbe) {
	if probe == nil {
		return
	}
	offers := "does not list its models"
	switch {
	case probe.Listed:
		offers = fmt.Sprintf("offers %s and %d more", probe.Model, probe.Models-1)
	case probe.Models >= 0:
		offers = fmt.Sprintf("lists %d models, and %s is not among them", probe.Models, probe.Model)
	}
	if probe.Answers {
		p.say("model          %s %s; it answers in %s", report.Clean(probe.Host), report.Clean(offers), probe.Took.Round(10*time.Millisecond))
	} else {
		p.say("model          %s does not answer: %s; drafts are written from templates until it does", report.Clean(probe.Host), report.Clean(probe.Error))
	}
	if probe.Clear {
		p.say("note           text goes to %s without encryption: use https, or a model on this machine", report.Clean(probe.Host))
	}
	p.say("used today     %s", usage(probe.Today))
}

// usage says what a day's calls came to.
func usage(u llm.Usage) string {
	money := ""
	if u.Money > 0 {
		money = fmt.Sprintf(", %.2f of money", u.Money)
	}
	return fmt.Sprintf("%d tokens in %d calls%s", u.Tokens, u.Calls, money)
}

// showPrompts has the preview print what would be sent instead of sending it.
func showPrompts(out io.Writer) llm.Tell {
	return func(thread tracker.ThreadID, subject string, call *llm.Shown, why string) {
		p := &lines{w: out}
		p.say("%s", strings.Repeat("=", 78))
		p.say("Thread %s, %s", thread, report.Clean(subject))
		if call == nil {
			p.say("%s", why)
			return
		}
		p.say("POST %s", call.URL)
		for l := range strings.SplitSeq(call.Header, "\n") {
			p.say("%s", l)
		}
		p.say("")
		p.say("%s", report.CleanLines(call.Body))
		p.say("")
	}
}
