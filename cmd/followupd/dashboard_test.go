package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
)

// TestDashboard_AHoldSaidInABrowser is the way of a rep: a link from the command line, a login, a thread, a word, and what the
// daemon makes of it.
func TestDashboard_AHoldSaidInABrowser(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	d.configure("dashboard.listen", quoted("127.0.0.1:0"))
	if got := d.run("dashboard"); got.status != 1 || !strings.Contains(got.err, "followupd run") {
		t.Errorf("before a daemon runs: status %d, %q; want 1 and what to do", got.status, got.err)
	}
	d.offer(lena)
	p := d.start()
	d.drafted(lena)
	link := strings.TrimSpace(d.mustRun("dashboard"))
	address, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Timeout: longEnough}
	defer browser.CloseIdleConnections()
	base := "http://" + address.Host
	read := func(method, target string, form url.Values) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		if method == http.MethodPost {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		answer, err := browser.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	board := read("POST", base+"/login", url.Values{"link": {address.Query().Get("link")}})
	_, rest, found := strings.Cut(board, `href="/thread/`)
	if !found {
		t.Fatalf("the board shows no thread:\n%s", board)
	}
	id, _, _ := strings.Cut(rest, `"`)
	thread := base + "/thread/" + id
	_, rest, _ = strings.Cut(read("GET", thread, nil), `name="form" value="`)
	form, _, _ := strings.Cut(rest, `"`)
	first := d.drafted(lena)
	if said := read("POST", thread, url.Values{"form": {form}, "word": {"another"}}); !strings.Contains(said, "Another draft takes the place") {
		t.Errorf("the page does not say that another draft was asked for:\n%s", said)
	}
	until(t, "another draft", func() bool {
		all := d.drafts(lena)
		return len(all) == 1 && header(all[0].Raw, "Message-ID") != header(first.Raw, "Message-ID")
	})
	said := read("POST", thread, url.Values{"form": {form}, "word": {"hold"}, "until": {time.Now().AddDate(0, 1, 0).Format(time.DateOnly)}})
	if !strings.Contains(said, "Held. Nothing is drafted") {
		t.Errorf("the page does not say that it was heard:\n%s", said)
	}
	d.withdrawn(lena) // the daemon heard it at once and took its draft back
	if got := d.stateOf(lena); got != "held" {
		t.Errorf("the thread is %s, want held", got)
	}
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if got := p.ended(longEnough); got != 0 {
		t.Errorf("the daemon ended with %d", got)
	}
	if got := d.run("dashboard"); got.status != 1 {
		t.Errorf("after the daemon ended: status %d, want 1", got.status)
	}
}
