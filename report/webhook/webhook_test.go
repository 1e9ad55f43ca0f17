package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"followupd/mail"
	"followupd/tracker"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// box is an Outbox in memory.
type box struct {
	mu       sync.Mutex
	notices  []tracker.Notice
	unwanted string
}

func (b *box) NextNotice(context.Context) (*tracker.Notice, int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.notices) == 0 {
		return nil, 0, nil
	}
	n := b.notices[0]
	return &n, len(b.notices), nil
}

func (b *box) Postpone(_ context.Context, id string, tries int, next time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.notices {
		if b.notices[i].ID == id {
			b.notices[i].Tries, b.notices[i].Next = tries, next
		}
	}
	return nil
}

func (b *box) TakeOut(_ context.Context, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.notices = slices.DeleteFunc(b.notices, func(n tracker.Notice) bool { return n.ID == id })
	return nil
}

func (b *box) Unwanted(_ context.Context, address string, _ time.Time) error {
	b.unwanted, b.notices = address, nil
	return nil
}

func (b *box) UnwantedBy(context.Context) (string, time.Time, error) { return b.unwanted, monday, nil }

func (b *box) put(ids ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, id := range ids {
		b.notices = append(b.notices, tracker.Notice{ID: id, At: monday, Thread: "t", Body: []byte(`{"id":"` + id + `"}`)})
	}
}

// crm is a receiver that answers by a script, one entry a request; after its end with 204.
type crm struct {
	t      *testing.T
	url    string
	script []http.HandlerFunc
	got    []string // the ids it took, in order
	asked  int
}

func newCRM(t *testing.T, script ...http.HandlerFunc) *crm {
	c := &crm{t: t, script: script}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	c.url = server.URL + "/hook?key=a-secret-in-the-address"
	return c
}

func (c *crm) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.asked++
	body, err := io.ReadAll(r.Body)
	id, stamp := r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp")
	if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" ||
		r.Header.Get("webhook-signature") != "v1,"+Sign("hush", id, stamp, body) || !strings.Contains(string(body), `"`+id+`"`) {
		c.t.Errorf("a notice that proves nothing: %v %v %s", err, r.Header, body)
	}
	if c.asked <= len(c.script) {
		c.script[c.asked-1](w, r)
		return
	}
	c.got = append(c.got, id)
	w.WriteHeader(http.StatusNoContent)
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

func cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// sender gives one whose clock is set by hand.
func sender(url string, b *box, now *time.Time, health *Health) *Sender {
	return &Sender{
		URL: url, Outbox: b, Now: func() time.Time { return *now }, Log: slog.New(slog.DiscardHandler),
		Client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
		Secret: func(context.Context) (string, error) { return "hush", nil },
		Fares:  func(h Health) { *health = h },
	}
}

// steps lets a sender do what it does until there is nothing more, and gives the pauses it made.
func steps(t *testing.T, s *Sender, now *time.Time) (pauses []time.Duration) {
	t.Helper()
	for range 1000 {
		pause, err := s.step(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if pause == nothing {
			return pauses
		}
		if pause > 0 {
			pauses = append(pauses, pause)
			*now = now.Add(pause)
		}
	}
	t.Fatal("it does not come to an end")
	return nil
}

func TestSender_TellsInOrderWhateverFails(t *testing.T) {
	for _, c := range []struct {
		name   string
		script []http.HandlerFunc
		want   string        // in the error while it fails
		least  time.Duration // of each pause
		atMost time.Duration
	}{
		{name: "nothing fails"},
		{name: "a server in trouble", script: []http.HandlerFunc{status(500), status(502), status(503)}, want: "503 Service Unavailable", least: 2500 * time.Millisecond, atMost: 20 * time.Second},
		{name: "a server that is busy", script: []http.HandlerFunc{status(429, "Retry-After", "120")}, want: "429", least: 2 * time.Minute, atMost: 2 * time.Minute},
		{name: "a server that names a time", script: []http.HandlerFunc{status(503, "Retry-After", monday.Add(time.Hour).Format(http.TimeFormat))}, want: "503", least: time.Hour, atMost: time.Hour},
		{name: "a server that asks for a year", script: []http.HandlerFunc{status(429, "Retry-After", "31536000")}, want: "429", least: mostAsked, atMost: mostAsked},
		{name: "a line that is cut", script: []http.HandlerFunc{cut, cut}, want: "EOF", least: 2500 * time.Millisecond, atMost: 10 * time.Second},
		{name: "a redirect", script: []http.HandlerFunc{status(307, "Location", "/elsewhere")}, want: "redirect (307), which is not followed", least: 2500 * time.Millisecond, atMost: 5 * time.Second},
		{name: "a wrong address", script: []http.HandlerFunc{status(404)}, want: "404 Not Found", least: 2500 * time.Millisecond, atMost: 5 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			receiver, b, now := newCRM(t, c.script...), &box{}, monday
			b.put("n1", "n2", "n3")
			var health Health
			s := sender(receiver.url, b, &now, &health)
			for range c.script { // each fails once
				if pause, err := s.step(t.Context()); pause != 0 || err != nil {
					t.Fatalf("pause %s, error %v", pause, err)
				}
				if health.Error == "" || health.Since == nil || health.Waiting != 3 {
					t.Errorf("it fares %+v while it fails", health)
				}
				if strings.Contains(health.Error, "a-secret-in-the-address") {
					t.Errorf("the address is told: %s", health.Error)
				}
				pause, err := s.step(t.Context())
				if err != nil || pause < c.least || pause > c.atMost {
					t.Errorf("pause %s, error %v; want between %s and %s", pause, err, c.least, c.atMost)
				}
				now = now.Add(pause)
			}
			if len(c.script) > 0 && !strings.Contains(health.Error, c.want) {
				t.Errorf("it fares %+v, want the error %q", health, c.want)
			}
			steps(t, s, &now)
			if d := cmp.Diff(receiver.got, []string{"n1", "n2", "n3"}); d != "" {
				t.Errorf("told (-), want (+):\n%s", d)
			}
			if health.Error != "" || health.Waiting != 0 || health.Since != nil {
				t.Errorf("it fares %+v when all is well", health)
			}
		})
	}
}

func TestSender_PausesGrowToAnHour(t *testing.T) {
	for tries, want := range map[int]time.Duration{0: 5 * time.Second, 1: 10 * time.Second, 5: 160 * time.Second, 9: 2560 * time.Second, 10: time.Hour, 1 << 30: time.Hour} {
		for range 20 {
			if got := backOff(tries); got < want/2 || got >= want {
				t.Errorf("after %d tries a pause of %s, want %s at most and half of it at least", tries, got, want)
			}
		}
	}
}

func TestSender_GivesUpAfterThreeDaysAndGoesOn(t *testing.T) {
	b, now := &box{}, monday
	b.put("n1")
	var health Health
	receiver := newCRM(t)
	s := sender("http://127.0.0.1:1/", b, &now, &health) // nobody listens there
	steps(t, s, &now)
	if after := now.Sub(monday); after < givenUpAfter || after > givenUpAfter+2*longestPause || health.GivenUp != 1 {
		t.Errorf("given up after %s, it fares %+v", after, health)
	}
	s.URL = receiver.url
	b.put("n2")
	steps(t, s, &now)
	if d := cmp.Diff(receiver.got, []string{"n2"}); d != "" || health.GivenUp != 1 || health.Told != 1 || health.Failures < 2 {
		t.Errorf("it fares %+v; told (-), want (+):\n%s", health, d)
	}
}

func TestSender_GoneIsAnEnd(t *testing.T) {
	receiver, b, now := newCRM(t, status(410)), &box{}, monday
	b.put("n1", "n2")
	var health Health
	s := sender(receiver.url, b, &now, &health)
	steps(t, s, &now)
	if receiver.asked != 1 || health.Unwanted == nil || b.unwanted != receiver.url {
		t.Errorf("asked %d times, it fares %+v", receiver.asked, health)
	}
	s.URL = receiver.url + "&anew" // another address is another receiver
	b.put("n3")
	steps(t, s, &now)
	if d := cmp.Diff(receiver.got, []string{"n3"}); d != "" || health.Unwanted != nil {
		t.Errorf("it fares %+v; told (-), want (+):\n%s", health, d)
	}
}

func TestSender_WithoutItsSecretNothingGoesOut(t *testing.T) {
	receiver, b, now := newCRM(t), &box{}, monday
	b.put("n1")
	var health Health
	s := sender(receiver.url, b, &now, &health)
	s.Secret = func(context.Context) (string, error) { return "", errors.New("webhook.secret_env: FOO is not set") }
	if _, err := s.step(t.Context()); err != nil || receiver.asked > 0 || !strings.Contains(health.Error, "FOO is not set") {
		t.Errorf("error %v, asked %d times, it fares %+v", err, receiver.asked, health)
	}
}

// tripper is a receiver without a wire, for tests of time.
type tripper func(r *http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestSender_ASlowReceiverIsLeftAndNobodyWaitsForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, tries := &box{}, 0
		var mu sync.Mutex
		var last Health
		fares := func() Health {
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			return last
		}
		s := &Sender{
			URL: "https://crm.acme.example/", Outbox: b, Now: time.Now, Log: slog.New(slog.DiscardHandler),
			Secret: func(context.Context) (string, error) { return "hush", nil }, Fares: func(h Health) {
				mu.Lock()
				defer mu.Unlock()
				last = h
			},
			Client: &http.Client{Transport: tripper(func(r *http.Request) (*http.Response, error) {
				if tries++; tries == 1 {
					<-r.Context().Done()
					return nil, r.Context().Err()
				}
				return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
			})},
		}
		ctx, cancel := context.WithCancel(t.Context())
		wake, done := make(chan struct{}, 1), make(chan struct{})
		go func() { defer close(done); s.Run(ctx, wake) }()
		synctest.Wait()
		b.put("n1")
		b.notices[0].At = time.Now()
		wake <- struct{}{}
		time.Sleep(answerWithin + time.Millisecond)
		if health := fares(); health.Error != "it gave no answer within 15s" || health.Waiting != 1 {
			t.Errorf("it fares %+v", health)
		}
		time.Sleep(firstPause)
		health := fares()
		cancel()
		<-done
		if health.Error != "" || tries != 2 {
			t.Errorf("%d tries, it fares %+v", tries, health)
		}
	})
}

func TestSign_AsStandardWebhooksHasIt(t *testing.T) {
	// The example of the Standard Webhooks reference libraries.
	const secret, id, stamp, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", `{"test": 2432232314}`
	if got, want := Sign(secret, id, stamp, []byte(body)), "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if Sign("plain", id, stamp, []byte(body)) == Sign("whsec_cGxhaW4=", id, stamp, []byte(body+" ")) {
		t.Error("another body has the same signature")
	}
	if Sign("plain", id, stamp, []byte(body)) != Sign("whsec_cGxhaW4=", id, stamp, []byte(body)) {
		t.Error("a secret in base64 is not the one it stands for")
	}
}

func TestChanges_OnlyWhatChangedAfterTheBeginning(t *testing.T) {
	standing := func(id string, state tracker.State) tracker.Standing {
		return tracker.Standing{Thread: tracker.ThreadID(id), State: state, Subject: "Your depot", Prospects: []mail.Person{{Address: "lena@nordbau.example"}}, Reasons: []string{"Because."}}
	}
	n := 0
	changes := func(told map[tracker.ThreadID]tracker.State, begun bool, all ...tracker.Standing) (map[tracker.ThreadID]tracker.State, []Event) {
		t.Helper()
		states, notices, err := Changes("anna@acme.example", all, told, begun, monday, time.UTC, func() string { n++; return "id" + strconv.Itoa(n) })
		if err != nil {
			t.Fatal(err)
		}
		var events []Event
		for _, one := range notices {
			var e Event
			if err := json.Unmarshal(one.Body, &e); err != nil || e.ID != one.ID || e.Thread != one.Thread {
				t.Errorf("%s: %v", one.Body, err)
			}
			events = append(events, e)
		}
		return states, events
	}
	told, events := changes(nil, false, standing("a", tracker.Waiting), standing("b", tracker.Due), standing("c", tracker.Ignored))
	if len(events) > 0 || len(told) != 3 {
		t.Errorf("the first pass tells %v, and notes %v", events, told)
	}
	closed := standing("a", tracker.Closed)
	closed.Outcome = tracker.Declined
	states, events := changes(told, true, closed, standing("b", tracker.Due), standing("c", tracker.Waiting), standing("new", tracker.Waiting), standing("spam", tracker.Ignored))
	var got []string
	for _, e := range events {
		old := "-"
		if e.Old != nil {
			old = string(*e.Old)
		}
		got = append(got, fmt.Sprintf("%s %s>%s", e.Thread, old, e.New))
	}
	if d := cmp.Diff(got, []string{"a waiting>closed", "c ignored>waiting", "new ->waiting"}); d != "" || len(states) != 3 {
		t.Errorf("states %v; told (-), want (+):\n%s", states, d)
	}
	if e := events[0]; e.Type != "thread.state" || e.Mailbox != "anna@acme.example" || e.Outcome == nil || *e.Outcome != tracker.Declined ||
		!slices.Equal(e.Prospects, []string{"lena@nordbau.example"}) || !slices.Equal(e.Reasons, []string{"Because."}) || e.Subject != "Your depot" {
		t.Errorf("told %+v", e)
	}
}
