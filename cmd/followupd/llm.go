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
	"followupd/playbook"
	"followupd/report"
)

// writerLLM is the value of content.writer that asks for a language model.
const writerLLM = "llm"

// modelCalls is how many calls of a language model are under way at once, over all mailboxes of the process.
const modelCalls = 2

// scribe makes the writer that a configuration asks for. It outlives reloads of the library, so that an endpoint that does
// not answer stays known as one.
type scribe struct {
	model *llm.Model // nil: the playbook writes
	show  func(r playbook.Request, call *llm.Shown, why string)
}

// modelGate bounds the calls of all mailboxes of the process.
type modelGate struct {
	once  sync.Once
	slots llm.Slots
}

func (g *modelGate) open() llm.Slots {
	g.once.Do(func() { g.slots = llm.NewSlots(modelCalls) })
	return g.slots
}

// newScribe builds the model's side. The count of tokens lies beside the mailbox's state.
func newScribe(cfg config.Config, slots llm.Slots, log *slog.Logger) (*scribe, error) {
	if cfg.Content.Writer != writerLLM {
		return &scribe{}, nil
	}
	meter, err := llm.OpenMeter(filepath.Join(cfg.State.Dir, "llm-usage.json"))
	if err != nil {
		return nil, err
	}
	c := llm.Config{
		BaseURL: cfg.LLM.BaseURL, Model: cfg.LLM.Model, Plain: !cfg.LLM.Redact, Never: cfg.LLM.Never,
		Timeout: cfg.LLM.Timeout, Temperature: cfg.LLM.Temperature, TokensPerDay: cfg.LLM.TokensPerDay,
	}
	if len(cfg.LLM.APIKeyCommand) > 0 {
		c.Key = func(ctx context.Context) (string, error) {
			secret, err := cfg.LLM.Secret(ctx)
			return secret.Reveal(), err
		}
	}
	zone := cfg.Mailbox.Timezone
	return &scribe{model: llm.NewModel(c, meter, slots, func() time.Time { return time.Now().In(zone) }, log)}, nil
}

// writer gives the writer over a playbook; nil leaves it to the playbook.
func (s *scribe) writer(book *playbook.Playbook) agent.Writer {
	switch {
	case s == nil || s.model == nil:
		return nil
	case s.show != nil:
		return s.model.Over(book).Showing(s.show)
	}
	return s.model.Over(book)
}

// modelProbe is what check --json says of the endpoint.
type modelProbe = llm.Probe

// probeModel tries the endpoint that a configuration names; nil where it names none.
func probeModel(ctx context.Context, cfg config.Config, log *slog.Logger) (*modelProbe, error) {
	s, err := newScribe(cfg, llm.NewSlots(1), log)
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
	p.say("tokens today   %d in %d calls", probe.Today.Tokens, probe.Today.Calls)
}

// showPrompts has the preview print what would be sent instead of sending it.
func showPrompts(out io.Writer) func(r playbook.Request, call *llm.Shown, why string) {
	return func(r playbook.Request, call *llm.Shown, why string) {
		p := &lines{w: out}
		p.say("%s", strings.Repeat("=", 78))
		p.say("Thread %s, %s", r.Standing.Thread, report.Clean(r.Standing.Subject))
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
