package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
)

// A monitor asks without a login, and hears what `status` says, without anybody's name.
func TestRun_TellsMachinesHowItFares(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Dovecot(t).User(t))
	d.configure("dashboard.listen", quoted("127.0.0.1:0"))
	d.offer(lena)
	d.start()
	d.drafted(lena)
	client := &http.Client{Timeout: longEnough}
	defer client.CloseIdleConnections()
	ask := func(path, host string) (status int, body string) {
		t.Helper()
		address, err := os.ReadFile(filepath.Join(d.state(), addressName))
		if err != nil {
			return 0, "" // it is opened anew at this moment
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+string(address)+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if host != "" {
			r.Host = host
		}
		answer, err := client.Do(r)
		if err != nil {
			return 0, ""
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(text)
	}
	until(t, "a daemon that is ready", func() bool { status, body := ask("/readyz", ""); return status == 200 && body == "ok\n" })
	if status, body := ask("/healthz", ""); status != 200 || body != "ok\n" {
		t.Errorf("/healthz answers %d %q", status, body)
	}
	if status, _ := ask("/healthz", "evil.example"); status != http.StatusForbidden {
		t.Errorf("under another name it answers %d, want 403", status)
	}

	// The server no longer takes the password: a restart would not help, but nothing is ready.
	d.write("password", "wrong\n")
	until(t, "words on what is wrong", func() bool {
		status, body := ask("/readyz", "")
		return status == 503 && strings.Contains(body, "login refused") && strings.Contains(body, "since") && strings.Contains(body, "tried again in")
	})
	status, body := ask("/healthz", "")
	if status != 200 || !strings.Contains(body, "login refused") {
		t.Errorf("/healthz answers %d %q", status, body)
	}
	for _, private := range []string{"@", "lena", "nordbau", "freight", d.mailbox.Password, d.mailbox.Username} {
		if strings.Contains(body, private) {
			t.Errorf("/healthz names %q: %s", private, body)
		}
	}
}

func TestHealth_AHangingLoopIsSaid(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	r := newRecorder(t.TempDir(), repAddress, func() time.Time { return now })
	if s := r.probe(); !s.Alive || s.Ready || len(s.Wrong) > 0 {
		t.Errorf("at the start: %+v", s)
	}
	now = now.Add(late + time.Minute)
	if s := r.probe(); s.Alive || s.Ready || len(s.Wrong) != 1 || !strings.Contains(s.Wrong[0], "16 min ago") {
		t.Errorf("when the first pass has not ended after %s: %+v", late, s)
	}
}
