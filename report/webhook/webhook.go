// Package webhook tells a program of the rep's company, such as its CRM, of each change of a thread's state.
//
// It guarantees that what is told comes in order, is signed, is told at least once while the receiver comes back within three
// days, and always under the same id; that no redirect is followed, so that nothing goes where the config does not say; and
// that a receiver that is away, slow or broken holds up nothing but itself. It does not guarantee that nothing is told twice.
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"followupd/tracker"
)

// Outbox is what is to be told; tracker.Outbox is one.
type Outbox interface {
	NextNotice(ctx context.Context) (next *tracker.Notice, waiting int, err error)
	Postpone(ctx context.Context, id string, tries int, next time.Time) error
	TakeOut(ctx context.Context, id string) error
	Unwanted(ctx context.Context, address string, at time.Time) error
	UnwantedBy(ctx context.Context) (address string, at time.Time, err error)
}

// Health is how the telling fares.
type Health struct {
	Host     string     `json:"host"`     // whom it tells; "" where [webhook] is off
	Waiting  int        `json:"waiting"`  // notices in the outbox
	Error    string     `json:"error"`    // of the last try; "" where it was fine
	Since    *time.Time `json:"since"`    // since when tries fail
	Next     *time.Time `json:"next"`     // when the next try is due
	Told     int        `json:"told"`     // notices that were taken, since the start
	Failures int        `json:"failures"` // tries that failed, since the start
	GivenUp  int        `json:"given_up"` // notices that nobody took for three days, since the start
	Unwanted *time.Time `json:"unwanted"` // since when the receiver wants nothing more (410 Gone)
}

// well gives the health of a telling with which nothing is wrong, and for which nothing waits.
func (h Health) well() Health {
	return Health{Host: h.Host, Told: h.Told, Failures: h.Failures, GivenUp: h.GivenUp}
}

// Sender tells what lies in an outbox. Its methods are for one goroutine.
type Sender struct {
	URL    string
	Secret func(ctx context.Context) (string, error) // asked for each try, so that a changed one needs no restart
	Outbox Outbox
	Client *http.Client // Transport counts; nil: the usual one
	Now    func() time.Time
	Log    *slog.Logger
	Fares  func(Health) // told of every change; nil: nobody

	health Health
}

// How a notice is tried. The receiver of Standard Webhooks should answer within 15 to 30 seconds; somebody mends a broken
// one in a working day or over a weekend.
const (
	answerWithin = 15 * time.Second
	firstPause   = 5 * time.Second
	longestPause = time.Hour
	mostAsked    = 6 * time.Hour // Retry-After beyond that is cut
	givenUpAfter = 3 * 24 * time.Hour
	stateBroken  = time.Minute // pause where the outbox itself cannot be read
	readAnswer   = 4 << 10     // bytes of an answer that are read, so that the connection can be used again
)

// Run tells until ctx ends. wake says that something new lies in the outbox.
func (s *Sender) Run(ctx context.Context, wake <-chan struct{}) {
	u, err := url.Parse(s.URL)
	if err != nil {
		s.Log.Error("webhook", slog.Any("error", errors.New("webhook.url is no address"))) // the config has checked it
		return
	}
	s.health.Host = u.Host
	s.tell(nil)
	for ctx.Err() == nil {
		pause, err := s.step(ctx)
		if err != nil {
			s.Log.Warn("the webhook's outbox cannot be worked", slog.Any("error", err))
			pause = stateBroken
		}
		if pause == 0 {
			continue
		}
		if pause == nothing {
			select {
			case <-ctx.Done():
			case <-wake:
			}
			continue
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-wake:
		}
		timer.Stop()
	}
}

// nothing says that there is nothing to do until somebody says so.
const nothing = time.Duration(-1)

// step does what is due and says how long to wait before the next step.
func (s *Sender) step(ctx context.Context) (time.Duration, error) {
	unwanted, since, err := s.Outbox.UnwantedBy(ctx)
	if err != nil {
		return 0, err
	}
	if unwanted == s.URL {
		s.tell(func(h *Health) { *h = h.well(); h.Unwanted = &since })
		return nothing, nil
	}
	n, waiting, err := s.Outbox.NextNotice(ctx)
	if err != nil {
		return 0, err
	}
	if n == nil {
		s.tell(func(h *Health) { *h = h.well() })
		return nothing, nil
	}
	s.tell(func(h *Health) { h.Waiting = waiting })
	now := s.Now()
	if wait := n.Next.Sub(now); wait > 0 {
		s.tell(func(h *Health) { h.Next = &n.Next })
		return wait, nil
	}
	asked, err := s.post(ctx, n, now)
	now = s.Now() // it may have taken its time
	switch {
	case ctx.Err() != nil:
		return 0, nil
	case err == nil:
		s.tell(func(h *Health) { *h = h.well(); h.Told++; h.Waiting = waiting - 1 })
		return 0, s.Outbox.TakeOut(ctx, n.ID)
	case errors.Is(err, errGone):
		s.Log.Error("the webhook's receiver wants nothing more (410 Gone): nothing is told any more; set another webhook.url, or take it out and put it in again", slog.String("host", s.health.Host))
		return 0, s.Outbox.Unwanted(ctx, s.URL, now)
	case now.Sub(n.At) > givenUpAfter:
		s.Log.Error("a notice to the webhook is given up", slog.String("id", n.ID), slog.String("thread", string(n.Thread)), slog.Any("error", err))
		s.tell(func(h *Health) { h.Failures++; h.GivenUp++ })
		return 0, s.Outbox.TakeOut(ctx, n.ID)
	}
	next := now.Add(max(backOff(n.Tries), min(asked, mostAsked)))
	s.Log.Warn("the webhook was not told", slog.String("id", n.ID), slog.Int("tries", n.Tries+1), slog.Time("again_at", next), slog.Any("error", err))
	s.tell(func(h *Health) {
		h.Failures++
		h.Error, h.Next = err.Error(), &next
		if h.Since == nil {
			h.Since = &now
		}
	})
	return 0, s.Outbox.Postpone(ctx, n.ID, n.Tries+1, next)
}

// backOff gives the pause after so many tries that failed before: twice the last, up to an hour, of which the second half is
// left to chance, so that many do not come back at once.
func backOff(tries int) time.Duration {
	pause := longestPause
	if tries < 10 {
		pause = min(firstPause<<tries, longestPause)
	}
	return pause/2 + rand.N(pause/2)
}

func (s *Sender) tell(change func(*Health)) {
	if change != nil {
		change(&s.health)
	}
	if s.Fares != nil {
		s.Fares(s.health)
	}
}

// errGone is the receiver's word that it wants nothing more.
var errGone = errors.New("410 Gone")

// post tries once. asked is how long the receiver wants to be left alone, 0 where it does not say.
func (s *Sender) post(ctx context.Context, n *tracker.Notice, now time.Time) (asked time.Duration, err error) {
	secret, err := s.Secret(ctx)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, bytes.NewReader(n.Body))
	if err != nil {
		return 0, errors.New("webhook.url is no address")
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "followupd")
	stamp := strconv.FormatInt(now.Unix(), 10)
	r.Header.Set("Webhook-Id", n.ID)
	r.Header.Set("Webhook-Timestamp", stamp)
	r.Header.Set("Webhook-Signature", "v1,"+Sign(secret, n.ID, stamp, n.Body))
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if s.Client != nil {
		client.Transport = s.Client.Transport
	}
	resp, err := client.Do(r)
	if err != nil {
		return 0, bare(err)
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, readAnswer) // what it says is of no interest
	switch code := resp.StatusCode; {
	case code >= 200 && code < 300:
		return 0, nil
	case code == http.StatusGone:
		return 0, errGone
	case code >= 300 && code < 400:
		return 0, fmt.Errorf("it answers with a redirect (%d), which is not followed: write the address it leads to into webhook.url", code)
	default:
		return retryAfter(resp.Header.Get("Retry-After"), now), fmt.Errorf("it answers %d %s", code, http.StatusText(code))
	}
}

// bare takes the address out of an error: it may bear a secret.
func bare(err error) error {
	var u *url.Error
	if !errors.As(err, &u) {
		return err
	}
	var op *net.OpError
	switch {
	case u.Timeout():
		return fmt.Errorf("it gave no answer within %s", answerWithin)
	case errors.As(u.Err, &op):
		return op
	}
	return u.Err
}

// retryAfter reads a Retry-After: seconds or a date (RFC 9110 section 10.2.3); 0 for what is neither.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}

// Sign gives the signature of a notice as Standard Webhooks has it: HMAC-SHA256, in base64, over id, time and body with
// points between. A secret that begins with "whsec_" is base64 from there on.
func Sign(secret, id, timestamp string, body []byte) string {
	key := []byte(secret)
	if coded, ok := strings.CutPrefix(secret, "whsec_"); ok {
		if raw, err := base64.StdEncoding.DecodeString(coded); err == nil {
			key = raw
		}
	}
	h := hmac.New(sha256.New, key)
	h.Write([]byte(id + "." + timestamp + "."))
	h.Write(body)
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}
