package probe_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"followupd/report/probe"
)

func ask(t *testing.T, s probe.State, method, path, accept string) (status int, body string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	r.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	probe.Handler(func() probe.State { return s }).ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestHandler_SaysWhatIsWrongAndWhetherARestartHelps(t *testing.T) {
	away := probe.State{Alive: true, Wrong: []string{"Not watching INBOX since 5 min: connection refused; tried again at 10:15."}}
	hangs := probe.State{Wrong: []string{"The next pass was due 20 min ago and has not ended."}}
	for _, c := range []struct {
		name            string
		state           probe.State
		health, ready   int
		healthy, answer string
	}{
		{"well", probe.State{Alive: true, Ready: true}, 200, 200, "ok\n", "ok\n"},
		{"before the first pass", probe.State{Alive: true}, 200, 503, "ok\n", "No pass has been completed since the start.\n"},
		{"the server is away", away, 200, 503, away.Wrong[0] + "\n", away.Wrong[0] + "\n"},
		{"the loop hangs", hangs, 503, 503, hangs.Wrong[0] + "\n", hangs.Wrong[0] + "\n"},
	} {
		if status, body := ask(t, c.state, "GET", "/healthz", ""); status != c.health || body != c.healthy {
			t.Errorf("%s: /healthz answers %d %q, want %d %q", c.name, status, body, c.health, c.healthy)
		}
		if status, body := ask(t, c.state, "GET", "/readyz", ""); status != c.ready || body != c.answer {
			t.Errorf("%s: /readyz answers %d %q, want %d %q", c.name, status, body, c.ready, c.answer)
		}
		if status, _ := ask(t, c.state, "HEAD", "/healthz", ""); status != c.health {
			t.Errorf("%s: HEAD answers %d", c.name, status)
		}
	}
	if status, body := ask(t, away, "GET", "/readyz", "application/json"); status != 503 || !strings.HasPrefix(body, `{"ok":false,"wrong":["Not watching`) {
		t.Errorf("JSON: %d %s", status, body)
	}
	if status, _ := ask(t, away, "POST", "/healthz", ""); status != http.StatusMethodNotAllowed {
		t.Errorf("POST answers %d", status)
	}
}

func TestHandler_NamesNobody(t *testing.T) {
	s := probe.State{Wrong: []string{
		`login refused for anna@acme.example: NO [AUTHENTICATIONFAILED] <lena@nordbau.example>, "x@y.example"; check imap.password`,
		"mail\x1b[2J to \u202eanna@acme.example",
	}}
	for _, accept := range []string{"", "application/json"} {
		_, body := ask(t, s, "GET", "/healthz", accept)
		if strings.ContainsAny(body, "@\x1b\u202e") || !strings.Contains(body, "login refused") || !strings.Contains(body, "check imap.password") {
			t.Errorf("%q", body)
		}
	}
}
