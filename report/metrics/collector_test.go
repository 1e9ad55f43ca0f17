package metrics

import (
	"fmt"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/common/expfmt"
)

// full is a mailbox that has something to tell of everything.
func full(name string) Mailbox {
	return Mailbox{
		Name: name, Up: true, Epoch: 7, LastPass: time.Unix(1_900_000_000, 0), Passes: 12, PassesWrong: 3, Passing: 1500 * time.Millisecond,
		Watchers: []Watcher{{"INBOX", true}, {"Sent", false}},
		Threads:  map[string]int{"due": 4, "closed": 30},
		Drafts:   Drafts{Waiting: 2, Unknown: 1, Due: 5, Placed: 9, Withdrawn: 4, Refused: 1, AppendsFailed: 2},
		IMAP: IMAP{Commands: 400, Received: 1 << 40, Sent: 9000, Logins: 6, Lost: 1, Failed: []Failure{
			{"network", 1}, {"tls", 0}, {"login", 2}, {"busy", 0}, {"secret", 0}, {"lost", 0},
		}},
		Model:   &Model{Calls: 3, Errors: 1, Tokens: 4200, Cost: 0.0125},
		Webhook: &Webhook{Waiting: 2, Told: 8, Failures: 1, GivenUp: 1},
	}
}

// telling collects the same each time.
func telling(p Process) *Collector {
	return NewCollector(func(to *Process) { *to = p })
}

// written gives what a collector tells, as the text that Prometheus reads. A pedantic registry refuses what does not keep to
// what the collector has described.
func written(t *testing.T, c prometheus.Collector) string {
	t.Helper()
	all := prometheus.NewPedanticRegistry()
	all.MustRegister(c)
	families, err := all.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(&text, f); err != nil {
			t.Fatal(err)
		}
	}
	return text.String()
}

func TestCollector_TellsWhatThereIs(t *testing.T) {
	text := written(t, telling(Process{
		Version: "1.2", GoVersion: "go1.26", Files: 3, Worker: &Worker{Joined: true, Lost: 2},
		Mailboxes: []Mailbox{full("anna"), {Name: "ben"}},
	}))
	for _, line := range []string{
		`followupd_build_info{goversion="go1.26",version="1.2"} 1`,
		`followupd_mailbox_files 3`,
		`followupd_mailboxes 2`,
		`followupd_worker_joined 1`,
		`followupd_worker_sessions_lost_total 2`,
		`# HELP followupd_mailbox_up 1 where passes do all they should, the last one among them: as /readyz has it.`,
		`# TYPE followupd_mailbox_up gauge`,
		`followupd_mailbox_up{mailbox="anna"} 1`,
		`followupd_mailbox_up{mailbox="ben"} 0`,
		`followupd_mailbox_watching{folder="INBOX",mailbox="anna"} 1`,
		`followupd_mailbox_watching{folder="Sent",mailbox="anna"} 0`,
		`followupd_mailbox_last_pass_timestamp_seconds{mailbox="anna"} 1.9e+09`,
		`# TYPE followupd_mailbox_passes_total counter`,
		`followupd_mailbox_passes_total{mailbox="anna",result="failed"} 3`,
		`followupd_mailbox_passes_total{mailbox="anna",result="ok"} 12`,
		`followupd_mailbox_pass_seconds_total{mailbox="anna"} 1.5`,
		`followupd_mailbox_threads{mailbox="anna",state="due"} 4`,
		`followupd_mailbox_threads{mailbox="anna",state="held"} 0`,
		`followupd_mailbox_drafts_due{mailbox="anna"} 5`,
		`followupd_mailbox_drafts_placed_total{mailbox="anna"} 9`,
		`followupd_mailbox_append_failures_total{mailbox="anna"} 2`,
		`followupd_mailbox_imap_received_bytes_total{mailbox="anna"} 1.099511627776e+12`,
		`followupd_mailbox_imap_connect_failures_total{cause="login",mailbox="anna"} 2`,
		`followupd_mailbox_model_cost_total{mailbox="anna"} 0.0125`,
		`followupd_mailbox_webhook_waiting{mailbox="anna"} 2`,
		`followupd_mailbox_lock_epoch{mailbox="anna"} 7`,
	} {
		if !strings.Contains("\n"+text, "\n"+line+"\n") {
			t.Errorf("it lacks %s", line)
		}
	}
	// What nothing is known of is not told, so that a 0 is a 0.
	for _, absent := range []string{"last_pass_timestamp_seconds", "threads", "model_calls_total", "webhook_waiting", "lock_epoch", "watching"} {
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "followupd_mailbox_"+absent+"{") && strings.Contains(line, `"ben"`) {
				t.Errorf("of a mailbox of which nothing is known it tells %s", line)
			}
		}
	}
}

// By Prometheus's own linter, which is that of `promtool check metrics`.
func TestCollector_NamesAndHelpAreAsPrometheusAsks(t *testing.T) {
	for _, c := range []prometheus.Collector{telling(Process{Worker: &Worker{}, Mailboxes: []Mailbox{full("anna"), full("ben")}}), NewPasses().took} {
		problems, err := testutil.CollectAndLint(c)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

func TestCollector_BoundedSeriesWhateverLiesInTheMailbox(t *testing.T) {
	count := func(n int) int {
		var p Process
		for i := range n {
			p.Mailboxes = append(p.Mailboxes, full(fmt.Sprint("rep", i)))
		}
		return testutil.CollectAndCount(telling(p))
	}
	none := count(0)
	if one, ten := count(1)-none, count(10)-none; one != Most || ten != 10*Most {
		t.Errorf("%d series of one mailbox, %d of ten; want %d each", one, ten, Most)
	}
}

func TestCollector_NamesAreTakenAsTheyAre(t *testing.T) {
	for name, label := range map[string]string{
		"anna":             `anna`,
		`a "b" \c`:         `a \"b\" \\c`,
		"two\nlines":       `two\nlines`,
		"bad\xff\xfebytes": `\"bad\\xff\\xfebytes\"`,
		"Åsa Öberg":        "Åsa Öberg",
	} {
		text := written(t, telling(Process{Mailboxes: []Mailbox{{Name: name}}}))
		if want := `followupd_mailbox_up{mailbox="` + label + `"} 0` + "\n"; !strings.Contains(text, want) {
			t.Errorf("%q: the text lacks %s", name, want)
		}
	}
	// One series that comes twice would be an error of the whole answer.
	written(t, telling(Process{Mailboxes: []Mailbox{{Name: "bad\xff"}, {Name: "bad\xfe"}}}))
}

func TestPasses_AreTakenIntoTheirBuckets(t *testing.T) {
	passes := NewPasses()
	passes.Took(40 * time.Millisecond)
	passes.Took(7 * time.Minute)
	const want = `# HELP followupd_pass_duration_seconds How long passes took, of all mailboxes.
# TYPE followupd_pass_duration_seconds histogram
followupd_pass_duration_seconds_bucket{le="0.01"} 0
followupd_pass_duration_seconds_bucket{le="0.025"} 0
followupd_pass_duration_seconds_bucket{le="0.05"} 1
followupd_pass_duration_seconds_bucket{le="0.1"} 1
followupd_pass_duration_seconds_bucket{le="0.25"} 1
followupd_pass_duration_seconds_bucket{le="0.5"} 1
followupd_pass_duration_seconds_bucket{le="1"} 1
followupd_pass_duration_seconds_bucket{le="2.5"} 1
followupd_pass_duration_seconds_bucket{le="5"} 1
followupd_pass_duration_seconds_bucket{le="10"} 1
followupd_pass_duration_seconds_bucket{le="30"} 1
followupd_pass_duration_seconds_bucket{le="60"} 1
followupd_pass_duration_seconds_bucket{le="300"} 1
followupd_pass_duration_seconds_bucket{le="+Inf"} 2
followupd_pass_duration_seconds_sum 420.04
followupd_pass_duration_seconds_count 2
`
	if got := written(t, passes.took); got != want {
		t.Errorf("told:\n%s", got)
	}
}

// crowd is a process with so many mailboxes that have something to tell of everything.
func crowd(mailboxes int) *prometheus.Registry {
	var p Process
	for i := range mailboxes {
		p.Mailboxes = append(p.Mailboxes, full(fmt.Sprint("rep", i)))
	}
	return NewRegistry(func(to *Process) { *to = p }, NewPasses(), time.Now())
}

// The library holds all series of a scrape at once: 0.3 kB each, and it makes 0.6 kB each. Whether the process can afford that
// is a matter of these bounds.
func TestRegistry_AScrapeOfAThousandMailboxesTakesBoundedMemory(t *testing.T) {
	const mailboxes, held, made = 1000, 20 << 20, 40 << 20 // bytes; measured: 13 MB and 26 MB
	all := crowd(mailboxes)
	heap := func() (m runtime.MemStats) {
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m
	}
	before := heap()
	families, err := all.Gather()
	if err != nil {
		t.Fatal(err)
	}
	after := heap()
	runtime.KeepAlive(families)
	if n := int64(after.HeapAlloc) - int64(before.HeapAlloc); n > held {
		t.Errorf("what is gathered of %d mailboxes takes %d bytes, more than %d", mailboxes, n, held)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > made {
		t.Errorf("gathering of %d mailboxes allocates %d bytes, more than %d", mailboxes, n, made)
	}
}

func BenchmarkHandler_1000Mailboxes(b *testing.B) {
	for _, encoding := range []string{"identity", "gzip"} {
		b.Run(encoding, func(b *testing.B) {
			h := Handler(crowd(1000), discard)
			var size int
			b.ReportAllocs()
			for b.Loop() {
				r, w := httptest.NewRequestWithContext(b.Context(), "GET", "/metrics", nil), httptest.NewRecorder()
				r.Header.Set("Accept-Encoding", encoding)
				h.ServeHTTP(w, r)
				size = w.Body.Len()
			}
			b.ReportMetric(float64(size), "B/scrape")
		})
	}
}
