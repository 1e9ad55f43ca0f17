package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"followupd/config"
	"followupd/imapwatch/imaptest"
	"followupd/playbook"
	"followupd/playbook/library"
)

// site is a web server with one page of each kind.
func site(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/gone":
			w.WriteHeader(http.StatusGone)
		case "/no-head":
			if r.Method == http.MethodHead {
				w.WriteHeader(http.StatusNotFound)
			}
		case "/moved":
			http.Redirect(w, r, "/fine", http.StatusMovedPermanently)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/busy":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/shy":
			w.WriteHeader(http.StatusForbidden)
		case "/fine":
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func TestCheckLinks_OnlyWhatIsGoneFails(t *testing.T) {
	s := site(t)
	var assets []playbook.Asset
	want := map[string]bool{"/fine": false, "/moved": false, "/no-head": false, "/busy": false, "/shy": false, "/loop": false, "/gone": true, "/nowhere": true}
	for page := range want {
		assets = append(assets, playbook.Asset{URL: s.URL + page})
	}
	assets = append(assets, playbook.Asset{}, playbook.Asset{URL: "ftp://files.acme.example/a"})
	first := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	known := checkLinks(t.Context(), linkClient(), assets, nil, first)
	for page, state := range known {
		if state.Dead {
			t.Errorf("%s is dead after one look", page)
		}
	}
	known = checkLinks(t.Context(), linkClient(), assets, known, first.Add(24*time.Hour))
	for page, dead := range want {
		if known[s.URL+page].Dead != dead {
			t.Errorf("%s: %+v, want dead %v", page, known[s.URL+page], dead)
		}
	}
}

func TestLoadBook_LeavesDeadLinksOutAndNamesThem(t *testing.T) {
	dir, state := t.TempDir(), t.TempDir()
	for name, link := range map[string]string{"a.md": "https://acme.example/gone", "b.md": "https://acme.example/fine"} {
		text := "---\nkind: article\ntitle: " + name + "\nurl: " + link + "\nfits: [gate slots]\n---\nSlots of half an hour keep the queue short.\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	since := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	if err := writeLinks(state, map[string]library.LinkState{"https://acme.example/gone": {Failed: since, Dead: true, Why: "410 Gone"}}); err != nil {
		t.Fatal(err)
	}
	book, problems, err := loadBook(dir, "", state)
	if err != nil {
		t.Fatal(err)
	}
	if got := book.Assets(); len(got) != 1 || got[0].File != "b.md" {
		t.Errorf("assets %v, want b.md alone", got)
	}
	if len(problems) != 1 || problems[0].File != "a.md" || !strings.Contains(problems[0].Text, "410 Gone") {
		t.Errorf("problems %+v, want a.md with its 410", problems)
	}
}

// linked is an asset with a link.
func linked(title, link string) string {
	return "---\nkind: article\ntitle: " + title + "\nurl: " + link + "\nfits: [gate slots]\n---\nSlots of half an hour keep the queue short.\n"
}

// failing keeps that a link has failed since two days ago.
func failing(t *testing.T, stateDir, link string) {
	t.Helper()
	since := time.Now().Add(-48 * time.Hour)
	if err := writeLinks(stateDir, map[string]library.LinkState{link: {Checked: since, Failed: since, Why: "410 Gone"}}); err != nil {
		t.Fatal(err)
	}
}

func TestLinkRounds_WhoAsksDoesNotWaitAndWhatTurnsIsTold(t *testing.T) {
	dir, state := t.TempDir(), t.TempDir()
	asked, release := make(chan struct{}, 9), make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked <- struct{}{}
		<-release
		w.WriteHeader(http.StatusGone)
	}))
	t.Cleanup(s.Close)
	if err := os.WriteFile(filepath.Join(dir, "a.md"), []byte(linked("Slots", s.URL)), 0o600); err != nil {
		t.Fatal(err)
	}
	failing(t, state, s.URL)
	var turned int
	cfg := config.Config{Content: config.Content{Library: dir}, State: config.State{Dir: state}}
	ctx, stop := context.WithCancel(t.Context())
	rounds := newLinkRounds(&cfg, slog.New(slog.DiscardHandler), func() { turned++; stop() })
	var running sync.WaitGroup
	running.Go(func() { rounds.run(ctx) })
	rounds.ask(ctx, time.Now())
	<-asked // the page is being asked for
	rounds.ask(ctx, time.Now())
	rounds.ask(ctx, time.Now()) // a round waits already
	close(release)
	running.Wait()
	book, problems, err := loadBook(dir, "", state)
	if err != nil {
		t.Fatal(err)
	}
	if turned != 1 || len(book.Assets()) != 0 || len(problems) != 1 {
		t.Errorf("told %d times, %d assets, problems %+v, want the one asset given up and told once", turned, len(book.Assets()), problems)
	}
}

func TestLinkRounds_ARoundCutShortKeepsNothing(t *testing.T) {
	dir, state := t.TempDir(), t.TempDir()
	s := site(t)
	if err := os.WriteFile(filepath.Join(dir, "a.md"), []byte(linked("Slots", s.URL+"/gone")), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := lookAtLinks(ctx, dir, state, time.Now()); err == nil {
		t.Error("a look that was stopped gives no error")
	}
	if known, err := readLinks(state); err != nil || len(known) != 0 {
		t.Errorf("kept %v (%v), want nothing", known, err)
	}
}

func TestRun_ALinkFoundDeadTakesEffectAtOnce(t *testing.T) {
	t.Parallel()
	s := site(t)
	d := newDesk(t, imaptest.Memory(t))
	d.configure("content.check_links", "true")
	d.write("library/a.md", linked("Slots", s.URL+"/gone"))
	if err := os.Mkdir(d.state(), 0o700); err != nil {
		t.Fatal(err)
	}
	failing(t, d.state(), s.URL+"/gone")
	d.start().line(0, "not used", "a.md", "410 Gone")
}

func TestCheck_LinksAreAskedForAndNamedWhereTheyFail(t *testing.T) {
	t.Parallel()
	s := site(t)
	d := newDesk(t, imaptest.Memory(t))
	d.write("library/gone.md", linked("Gone", s.URL+"/gone"))
	d.write("library/fine.md", linked("Fine", s.URL+"/fine"))
	if out := d.mustRun("check"); strings.Contains(out, "gone.md") {
		t.Errorf("check without --links speaks of a link:\n%s", out)
	}
	out := d.mustRun("check", "--links")
	if !strings.Contains(out, "gone.md") || !strings.Contains(out, "410 Gone") || strings.Contains(out, "fine.md") {
		t.Errorf("check --links does not name gone.md alone:\n%s", out)
	}
}
