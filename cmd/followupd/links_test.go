package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
