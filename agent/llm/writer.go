// Package llm writes follow-ups with a language model behind any OpenAI-compatible endpoint.
//
// It guarantees that the model decides nothing: approach, asset, recipients, subject, links, greeting and closing are the
// playbook's, and so is the reason note. What the model says between greeting and closing becomes a draft only where every
// number, date, name, link, quotation and claim of it is found in what the thread, the notes and the library hold. In every
// other case (no answer in time, a refusal, an error, a text that does not pass twice) the draft is the playbook's own.
//
// It does not guarantee that a text is wise. A person reads every draft before it is sent.
package llm

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"followupd/mail"
	"followupd/playbook"
)

// Config says which model writes, and within which limits.
type Config struct {
	BaseURL      string                                    // of an OpenAI-compatible API, with its /v1
	Model        string                                    // its name there
	Key          func(ctx context.Context) (string, error) // nil: the endpoint wants none
	Plain        bool                                      // send names, addresses and phone numbers of third parties as they stand
	Never        []string                                  // addresses and @domains whose threads are never sent
	Timeout      time.Duration                             // for one draft, the second try included; 0: 30 s
	Temperature  float64                                   // 0: the endpoint's default
	TokensPerDay int                                       // 0: no limit
}

// Host names who gets the text, as a person would say it.
func (c Config) Host() string {
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Host == "" {
		return c.BaseURL
	}
	return u.Host
}

const (
	defaultTimeout = 30 * time.Second
	tries          = 2 // the model's, each draft
)

// Model is a language model and what is known of it: whether it answers, and how much it has used today. It outlives the
// playbooks it writes for. Its methods are for any number of goroutines.
type Model struct {
	cfg   Config
	end   *endpoint
	meter *Meter
	slots Slots
	brk   breaker
	now   func() time.Time
	log   *slog.Logger
}

// Slots bounds how many calls are under way at once, over all mailboxes that share it.
type Slots chan struct{}

// NewSlots gives room for n calls.
func NewSlots(n int) Slots { return make(Slots, n) }

// NewModel gives a model. It does not connect yet.
func NewModel(cfg Config, meter *Meter, slots Slots, now func() time.Time, log *slog.Logger) *Model {
	if cfg.Timeout <= 0 {
		cfg.Timeout = defaultTimeout
	}
	return &Model{cfg: cfg, end: newEndpoint(cfg), meter: meter, slots: slots, now: now, log: log}
}

// Writer writes the texts of one playbook. It is an agent.Writer.
type Writer struct {
	model *Model
	book  *playbook.Playbook
}

// Over gives a writer that says the texts of a playbook in the model's words.
func (m *Model) Over(book *playbook.Playbook) *Writer { return &Writer{m, book} }

// Write is WriteContext without a way to end it early.
func (w *Writer) Write(r playbook.Request) (playbook.Text, error) {
	return w.WriteContext(context.Background(), r)
}

// WriteContext gives the model's text, or the playbook's where there is none that may stand; Why says which, and why. It
// takes no longer than Config.Timeout. The errors are those of the playbook, and that of ctx.
func (w *Writer) WriteContext(ctx context.Context, r playbook.Request) (playbook.Text, error) {
	o, err := w.book.Outline(r)
	if err != nil {
		return playbook.Text{}, err
	}
	return w.model.say(ctx, r, o)
}

// say is WriteContext for a text whose outline is known.
func (m *Model) say(ctx context.Context, r playbook.Request, o playbook.Outline) (playbook.Text, error) {
	text := o.Text
	if who := m.cfg.never(r); who != "" {
		text.Why = append(text.Why, fmt.Sprintf("written from the template: nothing of a thread with %s is sent to a model", who))
		return text, nil
	}
	limited, cancel := context.WithTimeout(ctx, m.cfg.Timeout)
	defer cancel()
	body, err := m.rewrite(limited, r, o)
	switch {
	case ctx.Err() != nil:
		return playbook.Text{}, fmt.Errorf("write with %s: %w", m.cfg.Model, ctx.Err())
	case err != nil:
		m.log.Info("written from the template", slog.String("thread", string(r.Standing.Thread)), slog.String("reason", kind(err)))
		text.Why = append(text.Why, "written from the template, because "+err.Error())
	default:
		text.Body = body
		text.Template = "llm " + m.cfg.Model + ", after " + text.Template
		text.Why = append(text.Why, fmt.Sprintf("written by the model %s at %s, and held against the thread, the notes and the library", m.cfg.Model, m.cfg.Host()))
	}
	return text, nil
}

// refusal is why a text of the model may not stand.
type refusal struct {
	broken []playbook.Violation
}

func (r *refusal) Error() string {
	v := r.broken[0]
	s := "the model's text was refused: " + v.Rule
	if v.Where != "" {
		s += fmt.Sprintf(" (%q)", clip(v.Where, 80))
	}
	if v.Say != "" {
		s += ": " + v.Say
	}
	return s
}

// kind names an error for the log, which holds no words of mail.
func kind(err error) string {
	var no *refusal
	if errors.As(err, &no) {
		return "refused: " + no.broken[0].Rule
	}
	return err.Error()
}

// rewrite asks the model, and once more where its text may not stand.
func (m *Model) rewrite(ctx context.Context, r playbook.Request, o playbook.Outline) (string, error) {
	p := compose(m.cfg, r, o)
	var last error
	for range tries {
		said, err := m.ask(ctx, p.messages)
		if err != nil {
			if last != nil {
				return "", fmt.Errorf("%w; the second try: %w", last, err)
			}
			return "", err
		}
		middle, broken := p.gate(said, o)
		if len(broken) == 0 {
			return o.Body(middle), nil
		}
		last = &refusal{broken}
		p.correct(said, broken)
	}
	return "", last
}

// never gives who in a thread may not be sent, "" for nobody.
func (c Config) never(r playbook.Request) string {
	if len(c.Never) == 0 {
		return ""
	}
	people := append([]mail.Person{}, r.Standing.Prospects...)
	if r.Thread != nil {
		for _, l := range r.Thread.Messages {
			if l.Seen == nil {
				continue
			}
			for _, list := range [][]mail.Person{l.Message.From, l.Message.To, l.Message.Cc, l.Message.ReplyTo} {
				people = append(people, list...)
			}
		}
	}
	for _, p := range people {
		if c.forbids(p.Address) {
			return string(p.Address)
		}
	}
	return ""
}

// forbids says whether an address is one of Never, or in one of its domains or below it.
func (c Config) forbids(a mail.Address) bool {
	address := strings.ToLower(string(a))
	_, domain, _ := strings.Cut(address, "@")
	for _, n := range c.Never {
		n = strings.ToLower(n)
		if whole, ok := strings.CutPrefix(n, "@"); ok {
			if domain == whole || strings.HasSuffix(domain, "."+whole) {
				return true
			}
		} else if n == address {
			return true
		}
	}
	return false
}

// clip cuts a text to n runes.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
