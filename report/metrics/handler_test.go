package metrics

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	dto "github.com/prometheus/client_model/go"
)

var discard = slog.New(slog.DiscardHandler)

func TestHandler_TellsAnewAtEachScrape(t *testing.T) {
	scrapes := 0
	server := httptest.NewServer(Handler(NewRegistry(func(p *Process) {
		scrapes++
		p.Mailboxes = append(p.Mailboxes[:0], Mailbox{Name: "anna", Passes: uint64(scrapes)})
	}, NewPasses(), time.Now()), discard))
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
			if kind := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || !strings.HasPrefix(kind, "text/plain; version=0.0.4; charset=utf-8") {
				t.Errorf("%d, %s", resp.StatusCode, kind)
			}
			if !resp.Uncompressed {
				t.Error("the answer came as it is to a client that takes gzip")
			}
		})
	}
	asking.Wait()
	const want = `# HELP followupd_mailbox_passes_total Passes over the mailbox: ok where they did all they should.
# TYPE followupd_mailbox_passes_total counter
followupd_mailbox_passes_total{mailbox="anna",result="failed"} 0
followupd_mailbox_passes_total{mailbox="anna",result="ok"} 9
`
	if err := testutil.ScrapeAndCompare(server.URL, strings.NewReader(want), "followupd_mailbox_passes_total"); err != nil {
		t.Errorf("the ninth scrape: %v", err)
	}
}

func TestHandler_OnlyReading(t *testing.T) {
	h := Handler(crowd(1), discard)
	for method, want := range map[string]int{http.MethodGet: 200, http.MethodHead: 200, http.MethodPost: 405, http.MethodDelete: 405} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, "/metrics", nil))
		if w.Code != want || want == 405 && strings.Contains(w.Body.String(), "followupd_") {
			t.Errorf("%s answers %d, want %d", method, w.Code, want)
		}
	}
}

// Half of the truth would silence alerts.
func TestHandler_SaysWhatItCannotTell(t *testing.T) {
	half := prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) {
		there, err := crowd(1).Gather()
		return there, errors.Join(err, errors.New("the other half is lost"))
	})
	var log strings.Builder
	w := httptest.NewRecorder()
	Handler(half, slog.New(slog.NewTextHandler(&log, nil))).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	if body := w.Body.String(); w.Code != 500 || !strings.Contains(body, "the other half is lost") || strings.Contains(body, "followupd_mailbox_up") {
		t.Errorf("it answers %d:\n%s", w.Code, body)
	}
	if said := log.String(); !strings.Contains(said, `level=WARN msg="metrics not told"`) || !strings.Contains(said, "the other half is lost") {
		t.Errorf("it logs %s", said)
	}
}

func TestHandler_AScrapeThatIsBrokenOffIsLogged(t *testing.T) {
	var log strings.Builder
	w := &cutOff{header: make(http.Header)}
	Handler(crowd(1), slog.New(slog.NewTextHandler(&log, nil))).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	if n := strings.Count(log.String(), "msg="); n != 1 || !strings.Contains(log.String(), "closed by the other side") || w.writes != 1 {
		t.Errorf("%d writes and %d lines:\n%s", w.writes, n, log.String())
	}
}

// cutOff is a connection that whoever asked has closed.
type cutOff struct {
	header http.Header
	writes int
}

func (c *cutOff) Header() http.Header { return c.header }
func (c *cutOff) WriteHeader(int)     {}
func (c *cutOff) Write([]byte) (int, error) {
	c.writes++
	return 0, errors.New("closed by the other side")
}
