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
	"slices"
	"strings"
	"time"

	"followupd/mail"
	"followupd/playbook"
)

// Config says which model writes, and within which limits.
type Config struct {
	Mailbox     string                                    // whose it is: those of a process take turns at an endpoint
	BaseURL     string                                    // of an OpenAI-compatible API, with its /v1
	Model       string                                    // its name there
	Key         func(ctx context.Context) (string, error) // nil: the endpoint wants none
	Plain       bool                                      // send names, addresses and phone numbers of third parties as they stand
	Never       []string                                  // addresses and @domains whose threads are never sent
	Languages   []string                                  // ISO 639-1, of the drafts that it writes; empty: all
	Timeout     time.Duration                             // for one draft, the second try included, once its turn has come; 0: 30 s
	Temperature float64                                   // 0: the endpoint's default
	Concurrency int                                       // calls under way at the endpoint at once; 0: 2
	Day         Limits
	Price       Price
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
	line  *line   // shared with the other mailboxes that use the endpoint
	brk   breaker // of what only this mailbox may be the cause of: its key, its model
	now   func() time.Time
	log   *slog.Logger
}

// NewModel gives a model. It does not connect yet.
func NewModel(cfg Config, meter *Meter, all *Endpoints, now func() time.Time, log *slog.Logger) *Model {
	if cfg.Timeout <= 0 {
		cfg.Timeout = defaultTimeout
	}
	return &Model{cfg: cfg, end: newEndpoint(cfg), meter: meter, line: all.line(cfg.BaseURL, cfg.Mailbox, cfg.Concurrency), now: now, log: log}
}

// Usage gives what was used on the last days on which anything was, oldest first.
func (m *Model) Usage() []Usage { return m.meter.Days() }

// Totals gives what was used since the model was made.
func (m *Model) Totals() Totals { return m.meter.Totals() }

// Writer writes the texts of one playbook. It is an agent.SlowWriter.
type Writer struct {
	model *Model
	book  *playbook.Playbook
}

// Over gives a writer that says the texts of a playbook in the model's words.
func (m *Model) Over(book *playbook.Playbook) *Writer { return &Writer{m, book} }

// Write gives the playbook's own text.
func (w *Writer) Write(r playbook.Request) (playbook.Text, error) { return w.book.Write(r) }

// Begin gives the playbook's text, and a function that asks for the model's. What that gives is the playbook's where there is
// none that may stand; Why says which, and why. The errors of Begin are those of the playbook; the function's only one is that
// of a cancelled context.
func (w *Writer) Begin(r playbook.Request) (playbook.Text, func(ctx context.Context) (playbook.Text, error), error) {
	o, err := w.book.Outline(r)
	if err != nil {
		return playbook.Text{}, nil, err
	}
	plan, ask := w.model.begin(r, o)
	return plan, ask, nil
}

// begin is Begin for a text whose outline is known. Everything that is looked at of the request is looked at now.
func (m *Model) begin(r playbook.Request, o playbook.Outline) (playbook.Text, func(ctx context.Context) (playbook.Text, error)) {
	if why := m.cfg.unasked(r, o); why != "" {
		text := o.Text
		text.Why = append(text.Why, "written from the template: "+why)
		return text, nil
	}
	p, thread := compose(m.cfg, r, o), string(r.Standing.Thread)
	return o.Text, func(ctx context.Context) (playbook.Text, error) { return m.say(ctx, thread, p, o) }
}

// unasked says why the model is not asked for a text; "" where it is.
func (c Config) unasked(r playbook.Request, o playbook.Outline) string {
	if who := c.never(r); who != "" {
		return fmt.Sprintf("nothing of a thread with %s is sent to a model", who)
	}
	if len(c.Languages) > 0 && !slices.Contains(c.Languages, o.Language) {
		return fmt.Sprintf("the model is not asked for %s", languageName(o.Language))
	}
	return ""
}

// say asks for a text and holds it against everything.
func (m *Model) say(ctx context.Context, thread string, p *prompt, o playbook.Outline) (playbook.Text, error) {
	text := o.Text
	body, err := m.rewrite(ctx, p, o)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return playbook.Text{}, fmt.Errorf("write with %s: %w", m.cfg.Model, ctx.Err())
	case err != nil:
		m.log.Info("written from the template", slog.String("thread", thread), slog.String("reason", kind(err)))
		text.Why = append(text.Why, "written from the template, because "+err.Error())
	default:
		text.Body = body
		text.Template = "llm " + m.cfg.Model + ", after " + text.Template
		text.Why = append(text.Why, fmt.Sprintf("written by the model %s at %s, and held against the thread, the notes and the library", m.cfg.Model, m.cfg.Host()))
	}
	return text, nil
}

// Close says that the mailbox asks nothing any more: how many calls it would have at once counts for no other.
func (m *Model) Close() { m.line.queue.forget(m.cfg.Mailbox) }

// turn waits until a call may be made, and gives the time that there is for it, with what ends it.
func (m *Model) turn(ctx context.Context) (context.Context, func(), error) {
	if err := m.rests(); err != nil {
		return nil, nil, err
	}
	if err := m.line.queue.enter(ctx, m.cfg.Mailbox); err != nil {
		return nil, nil, errors.New("other drafts kept the model busy for too long")
	}
	limited, cancel := context.WithTimeout(ctx, m.cfg.Timeout)
	return limited, func() { cancel(); m.line.queue.leave() }, nil
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
func (m *Model) rewrite(ctx context.Context, p *prompt, o playbook.Outline) (string, error) {
	ctx, done, err := m.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	var last error
	for range tries {
		said, err := m.ask(ctx, p.messages, m.end.text)
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
