package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"followupd/config"
	"followupd/imapwatch/imaptest"
	"followupd/report/metrics"
	"followupd/tracker/postgres/pgtest"
)

// inquirer asks a daemon what machines ask.
type inquirer struct {
	t      *testing.T
	base   string // http://127.0.0.1:PORT
	token  string
	client *http.Client
}

var metricsAt = regexp.MustCompile(`msg=metrics .*address=(http://\S+)/metrics`)

// inquire finds where a daemon answers.
func inquire(p *watching) *inquirer {
	p.t.Helper()
	at := metricsAt.FindStringSubmatch(p.line(0, "msg=metrics", "address="))
	if at == nil {
		p.t.Fatal("it does not say where it answers")
	}
	q := &inquirer{t: p.t, base: at[1], client: &http.Client{Timeout: longEnough}}
	p.t.Cleanup(q.client.CloseIdleConnections)
	return q
}

// ask gives what it answers; status 0: nothing.
func (q *inquirer) ask(path, host string) (status int, body string) {
	q.t.Helper()
	r, err := http.NewRequestWithContext(q.t.Context(), http.MethodGet, q.base+path, nil)
	if err != nil {
		q.t.Fatal(err)
	}
	if host != "" {
		r.Host = host
	}
	if q.token != "" {
		r.Header.Set("Authorization", "Bearer "+q.token)
	}
	answer, err := q.client.Do(r)
	if err != nil {
		return 0, ""
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, ""
	}
	return answer.StatusCode, string(text)
}

// scrape reads /metrics: the values of all series, each written with its labels in alphabetical order, `name{a="1", b="2"}`.
func (q *inquirer) scrape() (series map[string]float64, text string) {
	q.t.Helper()
	status, text := q.ask("/metrics", "")
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if status != 200 || err != nil {
		q.t.Fatalf("/metrics answers %d; %v\n%s", status, err, text)
	}
	samples, err := expfmt.ExtractSamples(new(expfmt.DecodeOptions), slices.Collect(maps.Values(families))...)
	if err != nil {
		q.t.Fatalf("/metrics: %v\n%s", err, text)
	}
	series = make(map[string]float64, len(samples))
	for _, s := range samples {
		series[s.Metric.String()] = float64(s.Value)
	}
	return series, text
}

// value gives one series, -1 where it is not there.
func (q *inquirer) value(series string) float64 {
	q.t.Helper()
	m, _ := q.scrape()
	if value, ok := m[series]; ok {
		return value
	}
	return -1
}

// A real server, the real program, and Prometheus's own linter where it is there.
func TestMetrics_TellWhatTheDaemonDoes(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Dovecot(t).User(t))
	c := newCRM(t)
	d.hooked(c)
	d.configure("metrics.listen", quoted("127.0.0.1:0"))
	q := inquire(d.start())
	const of = `{mailbox="followupd"}`
	placed := func() float64 { return q.value("followupd_mailbox_drafts_placed_total" + of) }
	until(t, "a mailbox that is worked", func() bool { return q.value("followupd_mailbox_up"+of) == 1 })
	if n := placed(); n != 0 {
		t.Errorf("%g drafts placed in an empty mailbox", n)
	}
	d.offer(lena)
	until(t, "a draft that is counted", func() bool { return placed() == 1 })
	m, text := q.scrape()
	for series, want := range map[string]float64{
		`followupd_mailboxes`: 1, `followupd_mailbox_files`: 1,
		`followupd_mailbox_watching{folder="INBOX", mailbox="followupd"}`:      1,
		`followupd_mailbox_threads{mailbox="followupd", state="drafted"}`:      1,
		`followupd_mailbox_drafts_waiting` + of:                                1,
		`followupd_mailbox_append_failures_total` + of:                         0,
		`followupd_mailbox_passes_total{mailbox="followupd", result="failed"}`: 0,
	} {
		if value, ok := m[series]; !ok || value != want {
			t.Errorf("%s is %g (there: %v), want %g", series, value, ok, want)
		}
	}
	for series, least := range map[string]float64{
		"followupd_mailbox_imap_commands_total" + of: 10, "followupd_mailbox_imap_received_bytes_total" + of: 1000,
		"followupd_mailbox_imap_sent_bytes_total" + of: 100, "followupd_mailbox_imap_logins_total" + of: 2,
		`followupd_mailbox_passes_total{mailbox="followupd", result="ok"}`: 2, "followupd_mailbox_pass_seconds_total" + of: 0.0001,
		"followupd_mailbox_last_pass_timestamp_seconds" + of: float64(time.Now().Add(-longEnough).Unix()),
		"followupd_pass_duration_seconds_count":              2, "process_resident_memory_bytes": 1 << 20, "go_goroutines": 5,
	} {
		if value, ok := m[series]; !ok || value < least {
			t.Errorf("%s is %g (there: %v), want at least %g", series, value, ok, least)
		}
	}
	// Nobody's name, whatever was written to whom.
	for _, secret := range []string{"@", "lena", "nordbau", "Audit", "freight", d.mailbox.Host + ":"} {
		if strings.Contains(text, secret) {
			t.Errorf("the metrics hold %q:\n%s", secret, text)
		}
	}
	d.answer(lena)
	until(t, "the draft that is taken back is counted", func() bool { return q.value("followupd_mailbox_drafts_withdrawn_total"+of) == 1 })
	c.answers(http.StatusServiceUnavailable)
	d.mustRun("close", lena, "--outcome", "lost")
	until(t, "a notice that waits is told of", func() bool {
		return q.value("followupd_mailbox_webhook_waiting"+of) == 1 && q.value("followupd_mailbox_webhook_failures_total"+of) >= 1 &&
			q.value("followupd_mailbox_webhook_told_total"+of) >= 1
	})
	if status, body := q.ask("/metrics", "evil.example"); status != http.StatusForbidden {
		t.Errorf("under another name it answers %d %q", status, body)
	}
	if promtool, err := exec.LookPath("promtool"); err == nil {
		cmd := exec.CommandContext(t.Context(), promtool, "check", "metrics")
		cmd.Stdin = strings.NewReader(text)
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("promtool check metrics: %v\n%s", err, said)
		}
	}
}

// One of two cannot be worked: machines hear which and why, and the other is not kept from it. A file that goes takes its
// series along.
func TestMetrics_OfSeveralMailboxes(t *testing.T) {
	t.Parallel()
	server := imaptest.Dovecot(t)
	dir := t.TempDir()
	anna, ben := newDesk(t, server.User(t)), newDesk(t, server.User(t))
	for name, d := range map[string]*desk{"anna": anna, "ben": ben} {
		d.configure("imap.password_file", quoted(filepath.Join(d.dir, "password")), "state.dir", quoted(d.state()),
			"content.library", quoted(filepath.Join(d.dir, "library")))
		if err := os.Symlink(d.file(), filepath.Join(dir, name+".toml")); err != nil {
			t.Fatal(err)
		}
	}
	anna.configure("metrics.listen", quoted("127.0.0.1:0"))
	ben.write("password", "wrong\n")
	home := &desk{t: t, dir: t.TempDir()}
	q := inquire(home.start("run", "-c", dir))
	until(t, "one that is worked and one whose login is refused", func() bool {
		return q.value(`followupd_mailbox_up{mailbox="anna"}`) == 1 && q.value(`followupd_mailbox_up{mailbox="ben"}`) == 0 &&
			q.value(`followupd_mailbox_imap_connect_failures_total{cause="login", mailbox="ben"}`) >= 1 &&
			q.value(`followupd_mailbox_passes_total{mailbox="ben", result="failed"}`) >= 1
	})
	if n := q.value(`followupd_mailbox_imap_connect_failures_total{cause="login", mailbox="anna"}`); n != 0 {
		t.Errorf("%g refused logins of the other", n)
	}
	for path, want := range map[string]int{
		"/healthz": 200, "/readyz": 503, "/readyz?mailbox=anna": 200, "/readyz?mailbox=ben": 503, "/healthz?mailbox=ben": 200, "/readyz?mailbox=eve": 404,
	} {
		if status, body := q.ask(path, ""); status != want {
			t.Errorf("%s answers %d %q, want %d", path, status, body, want)
		}
	}
	if _, body := q.ask("/readyz", ""); !strings.HasPrefix(body, "ben: ") || !strings.Contains(body, "login refused") || strings.Contains(body, "anna") || strings.Contains(body, "@") {
		t.Errorf("/readyz says %q", body)
	}
	if err := os.Remove(filepath.Join(dir, "ben.toml")); err != nil {
		t.Fatal(err)
	}
	until(t, "the series of the mailbox whose file is gone are gone", func() bool {
		m, text := q.scrape()
		return m["followupd_mailbox_files"] == 1 && !strings.Contains(text, `mailbox="ben"`)
	})
	until(t, "the process is ready", func() bool { status, _ := q.ask("/readyz", ""); return status == 200 })
}

// Whoever has the address at the start may leave it.
func TestMetrics_AreAnsweredWhenTheAddressIsFree(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, imaptest.Memory(t))
	d.configure("metrics.listen", quoted(listener.Addr().String()))
	p := d.start()
	p.line(0, "no metrics yet", "address already in use")
	d.offer(lena)
	d.drafted(lena) // all the same
	listener.Close()
	if n := inquire(p).value("followupd_mailboxes"); n != 1 {
		t.Errorf("it tells of %g mailboxes", n)
	}
}

func TestMetrics_AskForTheToken(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	d.write("metrics-token", "s3cret-and-long\n")
	d.configure("metrics.listen", quoted("0.0.0.0:0"), "metrics.token_file", quoted("metrics-token"))
	p := d.start()
	q := inquire(p)
	q.base = strings.Replace(q.base, "[::]", "127.0.0.1", 1)
	until(t, "it is ready", func() bool { status, _ := q.ask("/readyz", ""); return status == 200 })
	if status, body := q.ask("/metrics", ""); status != http.StatusUnauthorized || strings.Contains(body, "followupd_") {
		t.Errorf("without a token it answers %d %q", status, body)
	}
	q.token = "s3cret-and-long"
	if n := q.value("followupd_mailboxes"); n != 1 {
		t.Errorf("with the token it tells of %g mailboxes", n)
	}
	if strings.Contains(p.said(), q.token) {
		t.Error("the log holds the token")
	}
	if o := d.run("check"); o.status != 0 || !strings.Contains(o.out, "metrics ") {
		t.Errorf("check says:\n%s%s", o.out, o.err)
	}
	d.configure("metrics.listen", quoted("127.0.0.1:0"), "metrics.token_file", "")
	p.line(0, "[metrics] takes effect at the next")
	q.token = ""
	if status, _ := q.ask("/metrics", ""); status != http.StatusUnauthorized {
		t.Errorf("after the token was taken out of the file it answers %d without one", status)
	}
}

// A worker is ready when it has joined its database, with or without mailboxes, and not while it cannot reach it.
func TestFleet_MetricsOfAWorker(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 1, 0)
	f.boxes[0].configure("metrics.listen", quoted("127.0.0.1:0"))
	for i := range 2 {
		f.homes = append(f.homes, &desk{t: t, dir: t.TempDir(), env: []string{"PGPASSWORD=" + pgtest.Password}})
		f.workers = append(f.workers, nil)
		f.launch(i)
	}
	asks := []*inquirer{inquire(f.workers[0]), inquire(f.workers[1])}
	const epoch = `followupd_mailbox_lock_epoch{mailbox="rep0"}`
	for i, q := range asks {
		until(t, fmt.Sprintf("worker %d is ready", i), func() bool {
			status, _ := q.ask("/readyz", "")
			return status == 200 && q.value("followupd_worker_joined") == 1 && q.value("followupd_mailbox_files") == 1
		})
	}
	holds := func() (held []int) {
		for i, q := range asks {
			if q.value("followupd_mailboxes") == 1 && q.value(epoch) >= 1 {
				held = append(held, i)
			}
		}
		return held
	}
	until(t, "one of them holds the mailbox", func() bool { return len(holds()) == 1 })
	other := asks[1-holds()[0]]
	if status, _ := other.ask("/readyz?mailbox=rep0", ""); status != http.StatusNotFound || other.value(epoch) != -1 {
		t.Errorf("the worker that does not hold it answers %d and tells of it", status)
	}
	first := asks[holds()[0]].value(epoch)
	if _, err := f.db.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'followupd worker%' AND datname = current_database()`); err != nil {
		t.Fatal(err)
	}
	until(t, "both have joined anew, and the mailbox is held under a later epoch", func() bool {
		lost := 0.0
		for _, q := range asks {
			if q.value("followupd_worker_joined") != 1 {
				return false
			}
			lost += q.value("followupd_worker_sessions_lost_total")
		}
		held := holds()
		return lost >= 2 && len(held) == 1 && asks[held[0]].value(epoch) > first
	})
}

func TestMonitoring_OneFileSpeaksForTheProcess(t *testing.T) {
	file := func(name string, m config.Metrics) assignment {
		return assignment{assigned: assigned{cfg: config.Config{File: name, Metrics: m}}}
	}
	here, there := config.Metrics{Listen: "127.0.0.1:8027"}, config.Metrics{Listen: "127.0.0.1:8028"}
	is, err := monitoring(map[string]assignment{"a": file("a.toml", config.Metrics{}), "b": file("b.toml", here), "c": file("c.toml", here)})
	if err != nil || !is.Same(here) {
		t.Errorf("%+v, error %v", is, err)
	}
	_, err = monitoring(map[string]assignment{"a": file("a.toml", here), "b": file("b.toml", there)})
	var usage *usageError
	if !errors.As(err, &usage) || !strings.Contains(err.Error(), "b.toml: [metrics] says something else than in a.toml") {
		t.Errorf("error %v", err)
	}
}

func TestMonitor_FilesOfOneNameAreToldApart(t *testing.T) {
	tasks := newAssignments()
	all := make(map[string]assigned)
	for _, file := range []string{"/etc/followupd/anna.toml", "/home/ben/anna.toml", "/home/ben/cleo.toml"} {
		all[file] = assigned{cfg: config.Config{File: file}}
	}
	tasks.set(all, "", 0)
	var m monitor
	var names []string
	for _, w := range m.mailboxes(tasks) {
		names = append(names, w.name)
	}
	if want := []string{"/etc/followupd/anna", "/home/ben/anna", "cleo"}; !slices.Equal(names, want) {
		t.Errorf("names %q, want %q", names, want)
	}
}

// A thousand mailboxes are asked every few seconds: what that costs must not grow with what lies in them.
func TestMonitor_AScrapeOfManyMailboxesIsCheap(t *testing.T) {
	const many = 1000
	tasks, m := newAssignments(), &monitor{started: time.Now()}
	all := make(map[string]assigned)
	for i := range many {
		id := fmt.Sprint("/var/lib/followupd/rep", i)
		all[id] = assigned{cfg: config.Config{File: fmt.Sprintf("/etc/followupd/rep%d.toml", i)}}
		r := &recorder{now: time.Now, h: health{
			Started: time.Now(), Threads: map[string]int{"due": 2}, Pass: passHealth{LastOK: new(time.Now())},
			Connections: []connectionHealth{{Watcher: "INBOX", OK: true}, {Watcher: "Sent", OK: true}},
		}}
		m.enter(id, r)
	}
	tasks.set(all, "", 0)
	var p metrics.Process
	m.collect(&p, tasks)
	if len(p.Mailboxes) != many || !p.Mailboxes[many-1].Up || len(p.Mailboxes[0].Watchers) != 2 {
		t.Fatalf("%d mailboxes, the last %+v", len(p.Mailboxes), p.Mailboxes[len(p.Mailboxes)-1])
	}
	if n := testing.AllocsPerRun(5, func() { m.collect(&p, tasks) }); n > 100 {
		t.Errorf("a scrape of %d mailboxes costs %g allocations", many, n)
	}
}
