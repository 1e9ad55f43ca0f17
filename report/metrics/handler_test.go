package metrics

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"followupd/report/metrics/scrape"
)

func TestHandler_TellsAnewAtEachScrape(t *testing.T) {
	scrapes := 0
	server := httptest.NewServer(Handler(func(p *Process) {
		scrapes++
		p.Mailboxes = append(p.Mailboxes[:0], Mailbox{Name: "anna", Passes: uint64(scrapes)})
	}, new(Passes)))
	defer server.Close()
	var asking sync.WaitGroup
	for range 8 { // two Prometheus and whoever looks by hand
		asking.Go(func() {
			resp, err := server.Client().Get(server.URL)
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			if kind := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || kind != "text/plain; version=0.0.4; charset=utf-8" {
				t.Errorf("%d, %s", resp.StatusCode, kind)
			}
			if _, err := scrape.Parse(resp.Body); err != nil {
				t.Error(err)
			}
		})
	}
	asking.Wait()
	resp, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := scrape.Parse(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := got.Value(`followupd_mailbox_passes_total{mailbox="anna",result="ok"}`); n != 9 {
		t.Errorf("the ninth scrape tells of %g passes", n)
	}
}

func TestHandler_OnlyReading(t *testing.T) {
	h := Handler(func(*Process) { t.Error("it collects") }, new(Passes))
	for method, want := range map[string]int{http.MethodHead: 200, http.MethodPost: 405, http.MethodDelete: 405} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, "/metrics", nil))
		if w.Code != want {
			t.Errorf("%s answers %d, want %d", method, w.Code, want)
		}
	}
}
