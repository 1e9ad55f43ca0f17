package dashboard

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"followupd/mail"
	"followupd/playbook"
	"followupd/report"
	"followupd/tracker"
)

const (
	host = "127.0.0.1:8025"
	rep  = "anna@acme.example"
)

var (
	stockholm = must(time.LoadLocation("Europe/Stockholm"))
	thursday  = time.Date(2026, 11, 12, 12, 0, 0, 0, stockholm)
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// fakeDesk is a mailbox of which a test says everything.
type fakeDesk struct {
	tasks   []playbook.Task
	mu      sync.Mutex
	stories map[tracker.ThreadID]*Story
	ahead   []tracker.Standing
	assets  []playbook.Asset
	drafts  []tracker.Draft
	words   []tracker.Word
	stats   []report.Row
	said    []tracker.Word
	err     error // what every question gets
	full    error // what every word gets
}

func (d *fakeDesk) Thread(_ context.Context, id tracker.ThreadID) (*Story, error) {
	return d.stories[id], d.err
}

func (d *fakeDesk) Tasks(context.Context, []tracker.Standing) ([]playbook.Task, error) {
	return d.tasks, nil
}

func (d *fakeDesk) Coming(context.Context, time.Time) ([]tracker.Standing, error) {
	return d.ahead, d.err
}
func (d *fakeDesk) Assets(context.Context) ([]playbook.Asset, error) { return d.assets, d.err }
func (d *fakeDesk) Stats(context.Context) ([]report.Row, error)      { return d.stats, d.err }
func (d *fakeDesk) Drafts(context.Context) ([]tracker.Draft, error)  { return d.drafts, nil }
func (d *fakeDesk) Words(context.Context) ([]tracker.Word, error)    { return d.words, nil }
func (d *fakeDesk) Say(_ context.Context, w tracker.Word) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.full != nil {
		return d.full
	}
	d.said = append(d.said, w)
	return nil
}

// office is a dashboard with its desk and one logged-in browser.
type office struct {
	*Server
	t       testing.TB
	desk    *fakeDesk
	keys    *Keys
	session string
}

func newOffice(t testing.TB) *office {
	t.Helper()
	keys, err := OpenKeys(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	desk := &fakeDesk{stories: make(map[tracker.ThreadID]*Story)}
	s := New(Config{
		Mailbox: rep, Version: "test", Command: "followupd dashboard", Zone: stockholm, Grades: []string{"cold", "hot"},
		Working: func(day time.Time) bool { return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday },
		Hosts:   []string{host, "localhost:8025"}, Keys: keys, Now: func() time.Time { return thursday }, Log: slog.New(slog.DiscardHandler),
	}, desk)
	return &office{s, t, desk, keys, keys.session(thursday)}
}

// show publishes standings as a pass would.
func (o *office) show(all ...tracker.Standing) {
	for i := range all {
		if o.desk.stories[all[i].Thread] == nil {
			o.desk.stories[all[i].Thread] = &Story{Standing: all[i]}
		}
	}
	o.Publish(View{At: thursday.Add(-time.Minute), Again: thursday.Add(4 * time.Minute), Standings: all})
}

// call sends a request as the logged-in browser would and gives the answer. change may alter it.
func (o *office) call(method, target string, form url.Values, change func(*http.Request)) *httptest.ResponseRecorder {
	o.t.Helper()
	var body io.Reader
	if form != nil {
		if !form.Has("form") {
			form.Set("form", o.keys.form(o.session))
		}
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequestWithContext(o.t.Context(), method, target, body)
	r.Host = host
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	r.AddCookie(&http.Cookie{Name: "followupd-8025", Value: o.session})
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	o.Handler().ServeHTTP(w, r)
	return w
}

func (o *office) get(target string) *httptest.ResponseRecorder {
	o.t.Helper()
	return o.call("GET", target, nil, nil)
}

// threadOf makes a standing with one prospect.
func threadOf(id, who, subject string, state tracker.State, daysAgo int) tracker.Standing {
	address := mail.Address(strings.ToLower(strings.Fields(who)[0]) + "@" + strings.ToLower(strings.Fields(who)[1]) + ".example")
	s := tracker.Standing{
		Thread: tracker.ThreadID(id), Subject: subject, State: state, Prospects: []mail.Person{{Name: who, Address: address}},
		Company: address.Domain(), Situation: tracker.General, LastOutbound: thursday.AddDate(0, 0, -daysAgo),
		Reasons: []string{"You wrote to " + who + "; nobody has answered since."},
	}
	switch state {
	case tracker.Waiting, tracker.Due:
		s.Next = &tracker.Next{Action: tracker.FollowUp, Step: 1, At: thursday.AddDate(0, 0, 5-daysAgo)}
	case tracker.Held:
		s.HoldReason, s.HeldUntil = tracker.HoldNotNow, thursday.AddDate(0, 2, 0)
	case tracker.Closed:
		s.Outcome = tracker.Declined
	case tracker.Drafted:
		s.Draft = &tracker.Draft{State: tracker.DraftPlaced, Step: 1, Action: tracker.FollowUp, Approach: playbook.CaseStudy, Asset: "nordfrakt.md", Body: "Hi " + who + ",\n\nyou asked what others did about it.\n\nAnna"}
	}
	return s
}

// many makes a large mailbox's threads.
func many(n int) []tracker.Standing {
	states := []tracker.State{tracker.Waiting, tracker.Due, tracker.Drafted, tracker.Answered, tracker.Held, tracker.Review, tracker.Closed, tracker.Ignored}
	all := make([]tracker.Standing, 0, n)
	for i := range n {
		s := threadOf(fmt.Sprintf("t%05d", i), fmt.Sprintf("Person%d Firm%d", i, i%700), fmt.Sprintf("Re: About lane %d, what it costs and who decides", i), states[i%len(states)], i%200)
		if i%9 == 0 {
			s.Grade = "hot"
		}
		all = append(all, s)
	}
	return all
}
