package metrics

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"followupd/report/metrics/scrape"
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

func written(t *testing.T, p *Process) string {
	t.Helper()
	var b strings.Builder
	passes := new(Passes)
	passes.Took(40 * time.Millisecond)
	passes.Took(7 * time.Minute)
	if err := NewExposition().Write(&b, p, passes); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestExposition_TellsWhatThereIs(t *testing.T) {
	text := written(t, &Process{
		Version: "1.2", GoVersion: "go1.26", Files: 3, Worker: &Worker{Joined: true, Lost: 2},
		Mailboxes: []Mailbox{full("anna"), {Name: "ben"}},
	})
	got, err := scrape.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for series, want := range map[string]float64{
		`followupd_build_info{goversion="go1.26",version="1.2"}`:                      1,
		`followupd_mailbox_files`:                                                     3,
		`followupd_mailboxes`:                                                         2,
		`followupd_worker_joined`:                                                     1,
		`followupd_worker_sessions_lost_total`:                                        2,
		`followupd_mailbox_up{mailbox="anna"}`:                                        1,
		`followupd_mailbox_up{mailbox="ben"}`:                                         0,
		`followupd_mailbox_watching{folder="INBOX",mailbox="anna"}`:                   1,
		`followupd_mailbox_watching{folder="Sent",mailbox="anna"}`:                    0,
		`followupd_mailbox_last_pass_timestamp_seconds{mailbox="anna"}`:               1_900_000_000,
		`followupd_mailbox_passes_total{mailbox="anna",result="failed"}`:              3,
		`followupd_mailbox_pass_seconds_total{mailbox="anna"}`:                        1.5,
		`followupd_mailbox_threads{mailbox="anna",state="due"}`:                       4,
		`followupd_mailbox_threads{mailbox="anna",state="held"}`:                      0,
		`followupd_mailbox_drafts_due{mailbox="anna"}`:                                5,
		`followupd_mailbox_drafts_placed_total{mailbox="anna"}`:                       9,
		`followupd_mailbox_append_failures_total{mailbox="anna"}`:                     2,
		`followupd_mailbox_imap_received_bytes_total{mailbox="anna"}`:                 1 << 40,
		`followupd_mailbox_imap_connect_failures_total{cause="login",mailbox="anna"}`: 2,
		`followupd_mailbox_model_cost_total{mailbox="anna"}`:                          0.0125,
		`followupd_mailbox_webhook_waiting{mailbox="anna"}`:                           2,
		`followupd_mailbox_lock_epoch{mailbox="anna"}`:                                7,
		`followupd_pass_duration_seconds_bucket{le="0.05"}`:                           1,
		`followupd_pass_duration_seconds_bucket{le="300"}`:                            1,
		`followupd_pass_duration_seconds_bucket{le="+Inf"}`:                           2,
		`followupd_pass_duration_seconds_sum`:                                         420.04,
	} {
		if value, ok := got.Value(series); !ok || value != want {
			t.Errorf("%s is %g (there: %v), want %g", series, value, ok, want)
		}
	}
	// What nothing is known of is not told, so that a 0 is a 0.
	for _, absent := range []string{"last_pass_timestamp_seconds", "threads", "model_calls_total", "webhook_waiting", "lock_epoch", "watching"} {
		if regexp.MustCompile(`followupd_mailbox_` + absent + `\{[^}]*"ben"`).MatchString(text) {
			t.Errorf("%s is told of a mailbox of which nothing is known", absent)
		}
	}
}

func TestExposition_TellsOfTheProcessItself(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("what a process uses is read from /proc, which only Linux has")
	}
	got, err := scrape.Parse(strings.NewReader(written(t, &Process{Started: time.Unix(1_900_000_000, 0)})))
	if err != nil {
		t.Fatal(err)
	}
	for name, least := range map[string]float64{
		"process_start_time_seconds": 1_900_000_000, "process_cpu_seconds_total": 0.0001, "process_resident_memory_bytes": 1 << 20,
		"process_virtual_memory_bytes": 1 << 20, "process_open_fds": 3, "process_max_fds": 3, "go_goroutines": 2,
		"go_memstats_heap_alloc_bytes": 1 << 10, "go_memstats_sys_bytes": 1 << 20,
	} {
		if value, ok := got.Value(name); !ok || value < least {
			t.Errorf("%s is %g (there: %v), want at least %g", name, value, ok, least)
		}
	}
}

func TestExposition_BoundedSeriesWhateverLiesInTheMailbox(t *testing.T) {
	count := func(n int) int {
		p := &Process{}
		for i := range n {
			p.Mailboxes = append(p.Mailboxes, full(fmt.Sprint("rep", i)))
		}
		got, err := scrape.Parse(strings.NewReader(written(t, p)))
		if err != nil {
			t.Fatal(err)
		}
		of := 0
		for series := range got.All() {
			if strings.Contains(series, `mailbox="`) {
				of++
			}
		}
		return of
	}
	if one, ten := count(1), count(10); one != Most || ten != 10*Most {
		t.Errorf("%d series of one mailbox, %d of ten; want %d each", one, ten, Most)
	}
}

func TestExposition_NamesAreTakenAsTheyAre(t *testing.T) {
	for name, label := range map[string]string{
		"anna":             `anna`,
		`a "b" \c`:         `a \"b\" \\c`,
		"two\nlines":       `two\nlines`,
		"bad\xff\xfebytes": "bad\uFFFDbytes",
		"Åsa Öberg":        "Åsa Öberg",
	} {
		text := written(t, &Process{Mailboxes: []Mailbox{{Name: name}}})
		if want := `followupd_mailbox_up{mailbox="` + label + `"} 0` + "\n"; !strings.Contains(text, want) {
			t.Errorf("%q: the text lacks %s", name, want)
		}
		if _, err := scrape.Parse(strings.NewReader(text)); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// Prometheus's own linter, where it is there (Debian: prometheus).
func TestExposition_PromtoolFindsNothingWrong(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("no promtool here (apt-get install prometheus): only the test's own parser has read the text")
	}
	cmd := exec.CommandContext(t.Context(), promtool, "check", "metrics")
	cmd.Stdin = strings.NewReader(written(t, &Process{Version: "1.2", Worker: &Worker{}, Mailboxes: []Mailbox{full("anna"), full("ben")}}))
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
}

func TestExposition_AThousandMailboxesCostFewAllocations(t *testing.T) {
	x, passes := NewExposition(), new(Passes)
	allocations := func(mailboxes int) float64 {
		p := &Process{}
		for i := range mailboxes {
			p.Mailboxes = append(p.Mailboxes, full(fmt.Sprint("rep", i)))
		}
		return testing.AllocsPerRun(5, func() {
			if err := x.Write(io.Discard, p, passes); err != nil {
				t.Fatal(err)
			}
		})
	}
	// What is told of the process costs some whatever there is; a mailbox must cost none.
	if few, many := allocations(1), allocations(1000); many-few > 10 || few > 100 {
		t.Errorf("1,000 mailboxes cost %g allocations, one %g", many, few)
	}
}

func BenchmarkExposition_1000Mailboxes(b *testing.B) {
	x, passes, p := NewExposition(), new(Passes), &Process{}
	for i := range 1000 {
		p.Mailboxes = append(p.Mailboxes, full(fmt.Sprint("rep", i)))
	}
	var n counted
	b.ReportAllocs()
	for b.Loop() {
		n = 0
		if err := x.Write(&n, p, passes); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n), "B/scrape")
}

type counted int

func (c *counted) Write(p []byte) (int, error) {
	*c += counted(len(p))
	return len(p), nil
}

func TestExposition_AScrapeThatIsBrokenOffIsAnError(t *testing.T) {
	if err := NewExposition().Write(cutOff{}, &Process{}, new(Passes)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("error %v", err)
	}
}

type cutOff struct{}

func (cutOff) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
