package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"followupd/imapwatch/imaptest"
	"followupd/tracker/postgres/pgtest"
)

// asProgram is the environment variable that makes the test binary be followupd itself: tests run the real program, with
// its own signals, streams and exit status, without building it a second time.
const asProgram = "FOLLOWUPD_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "1" {
		main()
		return
	}
	// The tests wait for servers and settle times far more than they compute. A -parallel on the command line still wins.
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	code := imaptest.Main(within(func() int { return pgtest.Main(m) }))
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// within runs tests inside of what somebody else prepares.
type within func() int

func (w within) Run() int { return w() }

// longEnough is how long anything that must happen may take; a machine under load is slow, never wrong.
const longEnough = 30 * time.Second

const (
	repAddress = "anna@acme.example"
	lena       = "lena@nordbau.example"
	ben        = "ben@isarlog.example"
	cleo       = "cleo@fjordgods.example"
)

// desk is a rep's desk: a mailbox on a server, a configuration, and the program.
type desk struct {
	t        *testing.T
	mailbox  imaptest.Account
	dir      string
	settings map[string]string // TOML values by dotted key, as written to the file
	env      []string          // beside HOME and PATH
}

// newDesk writes a configuration for the mailbox. Windows are such that what was written two weeks ago is due.
func newDesk(t *testing.T, mailbox imaptest.Account) *desk {
	t.Helper()
	d := &desk{t: t, mailbox: mailbox, dir: t.TempDir(), settings: map[string]string{
		"mailbox.address":   quoted(repAddress),
		"mailbox.name":      quoted("Anna Berg"),
		"mailbox.timezone":  quoted("Europe/Stockholm"),
		"mailbox.signature": quoted("Anna Berg"),
		"imap.host":         quoted(mailbox.Host),
		"imap.port":         strconv.Itoa(mailbox.Port),
		"imap.security":     quoted(mailbox.Security),
		"imap.username":     quoted(mailbox.Username),
		"imap.settle":       quoted("1s"),
		"cadence.hours":     quoted(""),
		"state.dir":         quoted("state"),
		"content.library":   quoted("library"),
		"digest.to":         quoted("off"),
		"dashboard.listen":  quoted(""),
	}}
	d.settings["imap.password_file"] = quoted("password")
	if mailbox.CAFile != "" {
		d.settings["imap.ca_file"] = quoted(mailbox.CAFile)
	}
	d.write("password", mailbox.Password+"\n")
	if err := os.Mkdir(filepath.Join(d.dir, "library"), 0o700); err != nil {
		t.Fatal(err)
	}
	d.configure()
	return d
}

func quoted(s string) string { return strconv.Quote(s) }

// write puts a file into the desk's folder, in place.
func (d *desk) write(name, text string) {
	d.t.Helper()
	if err := os.WriteFile(filepath.Join(d.dir, name), []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// file is where the configuration lies.
func (d *desk) file() string { return filepath.Join(d.dir, "followupd.toml") }

func (d *desk) state() string { return filepath.Join(d.dir, "state") }

// configure writes the configuration with further settings, given as key, value, key, value; they stay.
func (d *desk) configure(more ...string) {
	d.t.Helper()
	d.write(filepath.Base(d.file()), d.text(more...))
}

// text gives the configuration with further settings. The value "" takes a key out.
func (d *desk) text(more ...string) string {
	for i := 0; i < len(more); i += 2 {
		d.settings[more[i]] = more[i+1]
	}
	tables := make(map[string][]string)
	for key, value := range d.settings {
		if value == "" {
			continue
		}
		at := strings.LastIndexByte(key, '.')
		tables[key[:at]] = append(tables[key[:at]], key[at+1:]+" = "+value)
	}
	var names []string
	for name := range tables {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	for _, name := range names {
		slices.Sort(tables[name])
		fmt.Fprintf(&b, "[%s]\n%s\n\n", name, strings.Join(tables[name], "\n"))
	}
	return b.String()
}

// command prepares the program with this configuration, in an environment that holds nothing of the machine's.
func (d *desk) command(ctx context.Context, args ...string) *exec.Cmd {
	if len(args) > 0 && !slices.Contains(args, "-c") {
		args = append(args, "-c", d.file())
	}
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Dir = d.dir
	cmd.Env = append([]string{asProgram + "=1", "HOME=" + d.dir, "PATH=/usr/bin:/bin", "TMPDIR=" + d.dir}, d.env...)
	return cmd
}

// outcome is what a command left.
type outcome struct {
	status   int
	out, err string
}

// run does one command to its end.
func (d *desk) run(args ...string) outcome {
	d.t.Helper()
	return d.finish(d.command, args...)
}

func (d *desk) finish(command func(context.Context, ...string) *exec.Cmd, args ...string) outcome {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*longEnough)
	defer cancel()
	cmd := command(ctx, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		d.t.Fatalf("followupd %s: %v\n%s", strings.Join(args, " "), errors.Join(err, ctx.Err()), errs.Bytes())
	}
	if strings.Contains(errs.String(), "goroutine ") {
		d.t.Errorf("followupd %s panics:\n%s", strings.Join(args, " "), errs.Bytes())
	}
	return outcome{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// mustRun does one command that has to succeed, and gives its answer.
func (d *desk) mustRun(args ...string) string {
	d.t.Helper()
	o := d.run(args...)
	if o.status != 0 {
		d.t.Fatalf("followupd %s ends with %d:\n%s%s", strings.Join(args, " "), o.status, o.out, o.err)
	}
	return o.out
}

// thread is what a test wants to know of `threads --json`.
type thread struct {
	ID         string
	Prospects  []string
	State      string
	Outcome    *string
	HoldReason *string `json:"hold_reason"`
	Step       int
	Draft      *struct {
		MessageID string `json:"message_id"`
		Edited    bool
	}
	Reasons   []string
	Situation string
}

// threads gives the threads by the address of their first prospect.
func (d *desk) threads() map[string]thread {
	d.t.Helper()
	var list []thread
	if err := json.Unmarshal([]byte(d.mustRun("threads", "--json")), &list); err != nil {
		d.t.Fatal(err)
	}
	found := make(map[string]thread)
	for _, one := range list {
		if len(one.Prospects) > 0 {
			found[one.Prospects[0]] = one
		}
	}
	return found
}

func (d *desk) stateOf(address string) string { return d.threads()[address].State }

// drafts gives what lies in Drafts for somebody.
func (d *desk) drafts(address string) []imaptest.Message {
	d.t.Helper()
	var found []imaptest.Message
	for _, m := range d.mailbox.Read(d.mailbox.Prefix + "Drafts") {
		if strings.Contains(header(m.Raw, "To"), address) {
			found = append(found, m)
		}
	}
	return found
}

// header gives a header field of a message, unfolded, "" without it.
func header(raw []byte, name string) string {
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	unfolded := regexp.MustCompile(`\r\n[ \t]+`).ReplaceAll(head, []byte(" "))
	for line := range bytes.SplitSeq(unfolded, []byte("\r\n")) {
		key, value, _ := bytes.Cut(line, []byte(":"))
		if strings.EqualFold(string(key), name) {
			return strings.TrimSpace(string(value))
		}
	}
	return ""
}

// offer lays a mail into Sent that the rep wrote two weeks ago, and gives its Message-ID without brackets.
func (d *desk) offer(to string) string {
	d.t.Helper()
	at := time.Now().AddDate(0, 0, -14)
	id := "offer-" + strings.ReplaceAll(to, "@", "-at-")
	d.mailbox.Append(d.mailbox.Prefix+"Sent", []string{`\Seen`}, at, letter(
		"From: Anna Berg <"+repAddress+">", "To: "+to, "Subject: Audit of your freight invoices", "Message-ID: <"+id+">",
		"Date: "+at.Format(time.RFC1123Z), "", "Hello,", "",
		"an audit of your freight invoices takes a week and costs nothing until it finds something.",
		"Would a pilot with your two biggest carriers make sense for you?", "", "Anna Berg"))
	return id
}

// answer delivers an answer of a prospect to an offer.
func (d *desk) answer(from string) {
	d.t.Helper()
	id := "offer-" + strings.ReplaceAll(from, "@", "-at-")
	d.mailbox.Append("INBOX", nil, time.Now(), letter(
		"From: "+from, "To: "+repAddress, "Subject: Re: Audit of your freight invoices", "Message-ID: <answer-"+id+">",
		"In-Reply-To: <"+id+">", "References: <"+id+">", "Date: "+time.Now().Format(time.RFC1123Z), "",
		"Hello Anna,", "", "yes, that would interest us. Which carriers do you mean?"))
}

func letter(lines ...string) []byte {
	if !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "Content-Type") }) {
		lines = append([]string{"MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8"}, lines...)
	}
	return []byte(strings.Join(lines, "\r\n") + "\r\n")
}

// until waits for something to become true.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(longEnough)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("waited %s in vain: %s", longEnough, what)
		}
		<-tick.C
	}
}

// watching is a `followupd run` under way. It ends with the test.
type watching struct {
	t    *testing.T
	cmd  *exec.Cmd
	done chan struct{} // closed when it ended

	mu  sync.Mutex
	log bytes.Buffer
}

func (d *desk) start(args ...string) *watching {
	d.t.Helper()
	if len(args) == 0 {
		args = []string{"run"}
	}
	p := &watching{t: d.t, done: make(chan struct{})}
	p.cmd = d.command(context.Background(), args...)
	p.cmd.Stdout, p.cmd.Stderr = p, p
	if err := p.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // ProcessState says how it ended
	}()
	d.t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.done
		said := p.said()
		if strings.Contains(said, "panic: ") {
			d.t.Error("the daemon panicked")
		}
		if d.t.Failed() {
			d.t.Logf("the daemon said:\n%s", said)
		}
	})
	return p
}

// Write takes what the daemon says.
func (p *watching) Write(data []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.Write(data)
}

func (p *watching) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// line waits for a line that holds all the words, after the first `after` bytes of the log, and gives it.
func (p *watching) line(after int, words ...string) string {
	p.t.Helper()
	found := ""
	until(p.t, "a line of the log with "+strings.Join(words, ", "), func() bool {
		for l := range strings.SplitSeq(p.said()[after:], "\n") {
			if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(l, w) }) {
				found = l
				return true
			}
		}
		return false
	})
	return found
}

// ended waits for the daemon to end and gives its exit status, -1 if a signal ended it.
func (p *watching) ended(within time.Duration) int {
	p.t.Helper()
	timeout := time.NewTimer(within)
	defer timeout.Stop()
	select {
	case <-p.done:
		return p.cmd.ProcessState.ExitCode()
	case <-timeout.C:
		p.t.Fatalf("the daemon has not ended after %s", within)
		return 0
	}
}
