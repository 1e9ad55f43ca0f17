package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

const (
	maxAnswer = 256 << 10 // bytes of an answer; a follow-up has one or two thousand
	maxTokens = 2000      // of an answer, a thinking model's thoughts included
	maxWait   = 8 * time.Second
)

// errTooLong ends the reading of an answer without end.
var errTooLong = errors.New("the answer is longer than any mail")

// endpoint is the wire: one HTTP client that follows no redirect and reads no more than maxAnswer.
type endpoint struct {
	cfg    Config
	http   *http.Client
	plain  atomic.Bool                          // it does not understand response_format
	text   *openai.ChatCompletionResponseFormat // of a follow-up
	advice *openai.ChatCompletionResponseFormat // of a second opinion
}

func newEndpoint(cfg Config) *endpoint {
	return &endpoint{
		cfg: cfg,
		http: &http.Client{
			Transport: limited{http.DefaultTransport},
			// Text goes to the host that the config names, and nowhere else.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		text:   shaped("follow_up", answerSchema),
		advice: shaped("opinion", opinionSchema),
	}
}

// shaped asks for an answer of a JSON Schema.
func shaped(name, schema string) *openai.ChatCompletionResponseFormat {
	return &openai.ChatCompletionResponseFormat{
		Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
		JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: name, Strict: true, Schema: json.RawMessage(schema)},
	}
}

// status is an HTTP answer that is none of 200.
type status struct {
	code int
	wait time.Duration // Retry-After
}

func (s *status) Error() string {
	switch s.code {
	case http.StatusTooManyRequests:
		return "the model's endpoint has too much to do (429)"
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Sprintf("the model's endpoint does not accept the key (%d)", s.code)
	case http.StatusNotFound:
		return "the model's endpoint knows no such model or address (404)"
	}
	return fmt.Sprintf("the model's endpoint answers with status %d", s.code)
}

// limited is a transport that turns every status but 200 into a *status, and ends bodies that are too long.
type limited struct{ next http.RoundTripper }

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, &status{resp.StatusCode, retryAfter(resp.Header.Get("Retry-After"), time.Now())}
	}
	body := resp.Body
	resp.Body = struct {
		io.Reader
		io.Closer
	}{&bounded{body, maxAnswer}, body}
	return resp, nil
}

// bounded reads at most left bytes and then fails.
type bounded struct {
	from io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.from.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// retryAfter reads the header of RFC 9110 section 10.2.3: seconds or a date.
func retryAfter(value string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil {
		return time.Duration(min(max(n, 0), 24*3600)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}

// reasons finds the hosted models that take max_completion_tokens instead of max_tokens, and no temperature.
var reasons = expressions.New(`^(?:o\d|gpt-[5-9])`)

// request is what a call says: the bytes that Bytes shows are those that are sent.
func (e *endpoint) request(messages []openai.ChatCompletionMessage, format *openai.ChatCompletionResponseFormat) openai.ChatCompletionRequest {
	req := openai.ChatCompletionRequest{Model: e.cfg.Model, Messages: messages}
	if reasons.MatchString(e.cfg.Model) {
		req.MaxCompletionTokens = maxTokens
	} else {
		req.MaxTokens, req.Temperature = maxTokens, float32(e.cfg.Temperature) //nolint:staticcheck // local servers know max_tokens only
	}
	if !e.plain.Load() {
		req.ResponseFormat = format
	}
	return req
}

// client makes a client for one call, because the key is read afresh.
func (e *endpoint) client(ctx context.Context) (*openai.Client, error) {
	key := ""
	if e.cfg.Key != nil {
		var err error
		if key, err = e.cfg.Key(ctx); err != nil {
			return nil, fmt.Errorf("there is no key for the model's endpoint: %w", err)
		}
	}
	conf := openai.DefaultConfig(key)
	conf.BaseURL, conf.HTTPClient = strings.TrimSuffix(e.cfg.BaseURL, "/"), e.http
	return openai.NewClientWithConfig(conf), nil
}

// call makes one call. An endpoint that does not know response_format is asked again without it.
func (e *endpoint) call(ctx context.Context, messages []openai.ChatCompletionMessage, format *openai.ChatCompletionResponseFormat) (openai.ChatCompletionResponse, error) {
	c, err := e.client(ctx)
	if err != nil {
		return openai.ChatCompletionResponse{}, err
	}
	resp, err := c.CreateChatCompletion(ctx, e.request(messages, format))
	var s *status
	if errors.As(err, &s) && (s.code == http.StatusBadRequest || s.code == http.StatusUnprocessableEntity) && !e.plain.Load() {
		e.plain.Store(true)
		resp, err = c.CreateChatCompletion(ctx, e.request(messages, format))
		if errors.As(err, &s) {
			e.plain.Store(false) // it was not the format
		}
	}
	return resp, err
}

// rests says why the endpoint is left alone; nil where it is not.
func (m *Model) rests() error {
	if err := m.line.brk.allow(m.now()); err != nil {
		return err
	}
	return m.brk.allow(m.now())
}

// failed notes a call that came to nothing. What this mailbox's own key or model may be the cause of is held against nobody
// else's calls.
func (m *Model) failed(err error) {
	var s *status
	if errors.As(err, &s) && s.code >= 400 && s.code < 500 {
		m.brk.failed(m.now(), s.wait)
		return
	}
	wait := time.Duration(0)
	if s != nil {
		wait = s.wait
	}
	m.line.brk.failed(m.now(), wait)
}

// ask makes a call within all limits and gives what the model said.
func (m *Model) ask(ctx context.Context, messages []openai.ChatCompletionMessage, format *openai.ChatCompletionResponseFormat) (string, error) {
	if err := m.rests(); err != nil {
		return "", err
	}
	estimate := 0
	for _, msg := range messages {
		estimate += len(msg.Content)/3 + 8
	}
	if err := m.meter.begin(m.now(), estimate, m.cfg.Day, m.cfg.Price); err != nil {
		return "", err
	}
	resp, err := m.end.call(ctx, messages, format)
	var s *status
	if errors.As(err, &s) && s.code == http.StatusTooManyRequests && s.wait > 0 && s.wait <= maxWait && pause(ctx, s.wait) {
		resp, err = m.end.call(ctx, messages, format)
	}
	if err != nil {
		// A request that we gave up, because nobody wants its answer any more, says nothing about the endpoint.
		if !errors.Is(ctx.Err(), context.Canceled) {
			m.failed(err)
			m.meter.failed()
		}
		return "", m.plainly(ctx, err)
	}
	m.brk.succeeded()
	m.line.brk.succeeded()
	in, out := max(resp.Usage.PromptTokens, estimate), resp.Usage.CompletionTokens
	if len(resp.Choices) > 0 {
		out = max(out, len(resp.Choices[0].Message.Content)/3)
	}
	if err := m.meter.end(m.now(), estimate, in, out, m.cfg.Price); err != nil {
		m.log.Warn("tokens are not counted", slog.Any("error", err))
	}
	return answered(resp)
}

// pause waits; false where ctx ends before.
func pause(ctx context.Context, d time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) < d {
		return false
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// plainly says in a person's words what went wrong with a call.
func (m *Model) plainly(ctx context.Context, err error) error {
	var s *status
	switch {
	case errors.As(err, &s):
		return s
	case errors.Is(err, errTooLong):
		return errTooLong
	case ctx.Err() != nil:
		return fmt.Errorf("the model gave no answer within %s", m.cfg.Timeout)
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errors.New("what the model's endpoint answers is not in the protocol")
	}
	return fmt.Errorf("the model cannot be reached: %w", err)
}

// answered takes the model's words out of an answer.
func answered(resp openai.ChatCompletionResponse) (string, error) {
	if len(resp.Choices) == 0 {
		return "", errors.New("the model's endpoint answers without a text")
	}
	c := resp.Choices[0]
	switch {
	case c.Message.Refusal != "" || c.FinishReason == openai.FinishReasonContentFilter:
		return "", errors.New("the model refuses to write it")
	case c.FinishReason == openai.FinishReasonLength:
		return "", errors.New("the model's text was cut off")
	case len(c.Message.ToolCalls) > 0:
		return "", errors.New("the model wants to use a tool; it has none")
	}
	return c.Message.Content, nil
}

// Probe is what trying an endpoint found.
type Probe struct {
	Host    string        `json:"host"`
	Model   string        `json:"model"`
	Models  int           `json:"models"`   // how many it offers; -1: it does not say
	Listed  bool          `json:"listed"`   // the model is among them
	Answers bool          `json:"answers"`  // it answered a short question that holds nothing of any mail
	Took    time.Duration `json:"-"`        // the answer
	Clear   bool          `json:"in_clear"` // the way there is not encrypted and leaves this machine
	Today   Usage         `json:"today"`
	Error   string        `json:"error,omitempty"`
}

// Probe tries the endpoint: lists its models and has the model say a word. Nothing of any mail is sent.
func (m *Model) Probe(ctx context.Context) Probe {
	p := Probe{Host: m.cfg.Host(), Model: m.cfg.Model, Models: -1, Today: m.meter.Today(m.now()), Clear: inClear(m.cfg.BaseURL)}
	ctx, cancel := context.WithTimeout(ctx, m.cfg.Timeout)
	defer cancel()
	c, err := m.end.client(ctx)
	if err != nil {
		p.Error = err.Error()
		return p
	}
	if list, err := c.ListModels(ctx); err == nil {
		p.Models = len(list.Models)
		for _, model := range list.Models {
			p.Listed = p.Listed || model.ID == m.cfg.Model
		}
	}
	began := time.Now()
	resp, err := c.CreateChatCompletion(ctx, openai.ChatCompletionRequest{
		Model:    m.cfg.Model,
		Messages: []openai.ChatCompletionMessage{{Role: openai.ChatMessageRoleUser, Content: "Answer with the word ready."}},
	})
	p.Took = time.Since(began)
	if err != nil {
		p.Error = m.plainly(ctx, err).Error()
		return p
	}
	// Before the first start there is no folder for the count.
	in := max(resp.Usage.TotalTokens-resp.Usage.CompletionTokens, 10)
	err = m.meter.begin(m.now(), in, Limits{}, m.cfg.Price)
	if err == nil {
		err = m.meter.end(m.now(), in, in, max(resp.Usage.CompletionTokens, 10), m.cfg.Price)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.Error = err.Error()
	}
	p.Answers = len(resp.Choices) > 0
	if !p.Answers {
		p.Error = "it answers without a text"
	}
	return p
}

// Shown is everything of a call that would leave this machine.
type Shown struct {
	URL    string `json:"url"`
	Header string `json:"header"`
	Body   string `json:"body"`
}

// shown gives the call that messages would be.
func (m *Model) shown(messages []openai.ChatCompletionMessage, format *openai.ChatCompletionResponseFormat) (Shown, error) {
	var b bytes.Buffer
	raw, err := json.Marshal(m.end.request(messages, format))
	if err != nil {
		return Shown{}, fmt.Errorf("show a prompt: %w", err)
	}
	b.Write(raw)
	header := "Content-Type: application/json\nAccept: application/json"
	if m.cfg.Key != nil {
		header += "\nAuthorization: Bearer ***"
	}
	return Shown{strings.TrimSuffix(m.cfg.BaseURL, "/") + "/chat/completions", header, b.String()}, nil
}

// inClear says whether text would leave this machine without encryption.
func inClear(base string) bool {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" {
		return false
	}
	host := u.Hostname()
	if ip := net.ParseIP(host); ip != nil {
		return !ip.IsLoopback()
	}
	return host != "localhost" && !strings.HasSuffix(host, ".localhost")
}
