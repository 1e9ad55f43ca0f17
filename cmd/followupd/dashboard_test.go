package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
)

// newBrowser gives a browser with cookies of its own: it sends a request and reads the answer, redirects followed.
func newBrowser(t *testing.T) func(method, target string, form url.Values) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Timeout: longEnough}
	t.Cleanup(browser.CloseIdleConnections)
	return func(method, target string, form url.Values) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(form.Encode()))
		if err != nil {
			t.Error(err)
			return ""
		}
		if method == http.MethodPost {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		answer, err := browser.Do(r)
		if err != nil {
			t.Error(err)
			return ""
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Error(err)
		}
		return string(text)
	}
}

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
	base := "http://" + address.Host
	read := newBrowser(t)
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

// Two browsers and the command line speak of one thread at once: every word is kept, and the last one counts everywhere.
func TestDashboard_TwoBrowsersAndTheCommandLine(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	d.configure("dashboard.listen", quoted("127.0.0.1:0"))
	d.offer(lena)
	d.start()
	d.drafted(lena)
	id := d.threads()[lena].ID
	type tab struct {
		read         func(method, target string, form url.Values) string
		thread, form string
	}
	var tabs []tab
	for range 2 {
		link, err := url.Parse(strings.TrimSpace(d.mustRun("dashboard")))
		if err != nil {
			t.Fatal(err)
		}
		one := tab{read: newBrowser(t), thread: "http://" + link.Host + "/thread/" + id}
		one.read("POST", "http://"+link.Host+"/login", url.Values{"link": {link.Query().Get("link")}})
		_, rest, _ := strings.Cut(one.read("GET", one.thread, nil), `name="form" value="`)
		one.form, _, _ = strings.Cut(rest, `"`)
		tabs = append(tabs, one)
	}
	var all sync.WaitGroup
	var notes []string
	for i, one := range tabs {
		for n := range 4 {
			note := fmt.Sprintf("browser %d, note %d", i, n)
			notes = append(notes, note)
			all.Go(func() {
				if page := one.read("POST", one.thread, url.Values{"form": {one.form}, "word": {"note"}, "address": {lena}, "text": {note}}); !strings.Contains(page, note) {
					t.Errorf("a page does not show %q", note)
				}
			})
		}
	}
	for n := range 3 {
		note := fmt.Sprintf("command line, note %d", n)
		notes = append(notes, note)
		all.Go(func() {
			if o := d.run("note", lena, note); o.status != 0 {
				t.Errorf("note ends with %d: %s", o.status, o.err)
			}
		})
	}
	all.Wait()
	told := d.mustRun("show", id)
	for _, note := range notes {
		if strings.Count(told, note) != 1 {
			t.Errorf("%q stands %d times in the timeline, want once", note, strings.Count(told, note))
		}
	}
	tabs[0].read("POST", tabs[0].thread, url.Values{"form": {tabs[0].form}, "word": {"close"}, "outcome": {"won"}})
	until(t, "the thread closed everywhere", func() bool {
		return d.stateOf(lena) == "closed" && strings.Contains(tabs[1].read("GET", tabs[1].thread, nil), "Closed")
	})
	// The other tab still shows the forms of before.
	tabs[1].read("POST", tabs[1].thread, url.Values{"form": {tabs[1].form}, "word": {"hold"}, "until": {time.Now().AddDate(0, 1, 0).Format(time.DateOnly)}})
	d.mustRun("close", lena, "--outcome", "lost")
	until(t, "the last word in both browsers", func() bool {
		return strings.Contains(tabs[0].read("GET", tabs[0].thread, nil), "Closed: lost") && strings.Contains(tabs[1].read("GET", tabs[1].thread, nil), "Closed: lost")
	})
}

// An administrator who said a word leaves a file that the daemon's own user cannot write; here, one that nobody can.
func TestSay_AfterAnotherUsersWord(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	d.offer(lena)
	d.mustRun("once")
	wake := filepath.Join(d.state(), wakeDir)
	if err := os.MkdirAll(wake, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/nowhere/word", filepath.Join(wake, "word")); err != nil {
		t.Fatal(err)
	}
	d.mustRun("note", lena, "they switch carriers in spring")
}
