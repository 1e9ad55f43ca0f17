package probe_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"followupd/report/probe"
)

func askProcess(t *testing.T, p probe.Process, path, accept string, knows bool) (status int, body string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	r.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	probe.ProcessHandler(func() probe.Process { return p }, func(*http.Request) bool { return knows }).ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestProcessHandler_SaysWhichMailboxIsNotWell(t *testing.T) {
	well := probe.Mailbox{Name: "anna", State: probe.State{Alive: true, Ready: true}}
	fresh := probe.Mailbox{Name: "cleo", State: probe.State{Alive: true}}
	away := probe.Mailbox{Name: "ben", State: probe.State{Alive: true, Wrong: []string{"Not watching INBOX since 5 min: login refused for ben@acme.example."}}}
	hangs := probe.Mailbox{Name: "dora", State: probe.State{Wrong: []string{"The next pass was due 20 min ago and has not ended."}}}
	joined, lost, stuck := &probe.Worker{Alive: true, Joined: true}, &probe.Worker{Alive: true}, &probe.Worker{Joined: true}
	const awayLine = "ben: Not watching INBOX since 5 min: login refused for (address)\n"
	const noDatabase = "The database is not reached: no mailbox is worked until it is.\n"
	for _, c := range []struct {
		name          string
		process       probe.Process
		path          string
		health, ready int
		said          string // by /readyz
	}{
		{"no mailbox yet", probe.Process{}, "", 200, 200, "ok\n"},
		{"all well", probe.Process{Mailboxes: []probe.Mailbox{well}}, "", 200, 200, "ok\n"},
		{"one in trouble", probe.Process{Mailboxes: []probe.Mailbox{well, away}}, "", 200, 503, awayLine},
		{"one before its first pass", probe.Process{Mailboxes: []probe.Mailbox{well, fresh}}, "", 200, 503, "cleo: No pass has been completed since the start.\n"},
		{"one hangs", probe.Process{Mailboxes: []probe.Mailbox{well, hangs}}, "", 503, 503, "dora: The next pass was due 20 min ago and has not ended.\n"},
		{"the well one of two", probe.Process{Mailboxes: []probe.Mailbox{well, away}}, "?mailbox=anna", 200, 200, "ok\n"},
		{"the other of two", probe.Process{Mailboxes: []probe.Mailbox{well, away}}, "?mailbox=ben", 200, 503, strings.TrimPrefix(awayLine, "ben: ")},
		{"a worker without mailboxes", probe.Process{Worker: joined}, "", 200, 200, "ok\n"},
		{"a worker with one in trouble", probe.Process{Worker: joined, Mailboxes: []probe.Mailbox{away}}, "", 200, 200, awayLine},
		{"a worker without a database", probe.Process{Worker: lost}, "", 200, 503, noDatabase},
		{"a worker that hangs", probe.Process{Worker: stuck}, "", 503, 200, "The worker's loop hangs.\n"},
	} {
		if status, _ := askProcess(t, c.process, "/healthz"+c.path, "", true); status != c.health {
			t.Errorf("%s: /healthz answers %d, want %d", c.name, status, c.health)
		}
		if status, body := askProcess(t, c.process, "/readyz"+c.path, "", true); status != c.ready || body != c.said {
			t.Errorf("%s: /readyz answers %d %q, want %d %q", c.name, status, body, c.ready, c.said)
		}
	}
	both := probe.Process{Mailboxes: []probe.Mailbox{well, away}}
	if status, _ := askProcess(t, both, "/readyz?mailbox=eve", "", true); status != http.StatusNotFound {
		t.Errorf("a mailbox that is none: %d", status)
	}
	_, body := askProcess(t, both, "/readyz", "application/json", true)
	want := `{"ok":false,"wrong":[],"mailboxes":[{"mailbox":"ben","ok":false,"wrong":["Not watching INBOX since 5 min: login refused for (address)"]}]}` + "\n"
	if body != want {
		t.Errorf("JSON: %s, want %s", body, want)
	}
}

func TestProcessHandler_TellsStrangersNoNames(t *testing.T) {
	p := probe.Process{Mailboxes: []probe.Mailbox{{Name: "ben", State: probe.State{Alive: true, Wrong: []string{"login refused by imap.acme.example"}}}}}
	for _, path := range []string{"/readyz", "/healthz", "/readyz?mailbox=ben"} {
		for _, accept := range []string{"", "application/json"} {
			status, body := askProcess(t, p, path, accept, false)
			if want := map[bool]int{true: 200, false: 503}[path == "/healthz"]; status != want || strings.Contains(body, "ben") || strings.Contains(body, "imap") {
				t.Errorf("%s answers %d %q", path, status, body)
			}
		}
	}
}

func TestProcessHandler_LongListsAreCut(t *testing.T) {
	var p probe.Process
	for i := range 5000 {
		p.Mailboxes = append(p.Mailboxes, probe.Mailbox{Name: fmt.Sprint("rep", i), State: probe.State{Alive: true, Wrong: []string{"The server is away."}}})
	}
	_, body := askProcess(t, p, "/readyz", "", true)
	if lines := strings.Count(body, "\n"); lines != 101 || !strings.HasPrefix(body, "Of 4900 further mailboxes") {
		t.Errorf("%d lines, the first %q", lines, strings.SplitN(body, "\n", 2)[0])
	}
}

func TestGuard_LetsInWhoShowsTheToken(t *testing.T) {
	inner := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	for _, c := range []struct {
		name        string
		guard       probe.Guard
		host, shown string
		want        int
	}{
		{"no token asked", probe.Guard{Local: true}, "127.0.0.1:8027", "", http.StatusTeapot},
		{"another address of this machine", probe.Guard{Local: true}, "[::1]:8027", "", http.StatusTeapot},
		{"the name of every machine", probe.Guard{Local: true}, "localhost:8027", "", http.StatusTeapot},
		{"a name that somebody's DNS gave it", probe.Guard{Local: true}, "evil.example:8027", "", http.StatusForbidden},
		{"open, under the name of a service", probe.Guard{}, "followupd.monitoring.svc", "", http.StatusTeapot},
		{"the token", probe.Guard{Token: "s3cret"}, "10.0.0.7:8027", "Bearer s3cret", http.StatusTeapot},
		{"the token, as RFC 7235 lets the scheme be written", probe.Guard{Token: "s3cret"}, "10.0.0.7:8027", "bearer s3cret", http.StatusTeapot},
		{"a local name, with the token", probe.Guard{Token: "s3cret", Local: true}, "metrics.acme.example", "Bearer s3cret", http.StatusTeapot},
		{"no token", probe.Guard{Token: "s3cret"}, "10.0.0.7:8027", "", http.StatusUnauthorized},
		{"half a token", probe.Guard{Token: "s3cret"}, "10.0.0.7:8027", "Bearer s3c", http.StatusUnauthorized},
		{"an empty token", probe.Guard{Token: "s3cret"}, "10.0.0.7:8027", "Bearer ", http.StatusUnauthorized},
		{"another scheme", probe.Guard{Token: "s3cret"}, "10.0.0.7:8027", "Basic s3cret", http.StatusUnauthorized},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil)
		r.Host = c.host
		if c.shown != "" {
			r.Header.Set("Authorization", c.shown)
		}
		w := httptest.NewRecorder()
		c.guard.Here(c.guard.Only(inner)).ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: %d, want %d", c.name, w.Code, c.want)
		}
		if (w.Code == http.StatusUnauthorized) != (w.Header().Get("WWW-Authenticate") == "Bearer") {
			t.Errorf("%s: WWW-Authenticate %q", c.name, w.Header().Get("WWW-Authenticate"))
		}
	}
}
