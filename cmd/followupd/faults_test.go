package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"followupd/imapwatch/faultserver"
	"followupd/imapwatch/imaptest"
)

// These are the rows of docs/faults.md that need the whole program: its process, its files, its streams.

// onFaultServer is a desk whose mailbox lies on a fault server.
func onFaultServer(t *testing.T, options faultserver.Options) (*desk, *faultserver.Server) {
	t.Helper()
	server, account := imaptest.Faulty(t, options)
	d := newDesk(t, account)
	d.configure("imap.username", quoted(imaptest.FaultyUser))
	return d, server
}

// usage runs a command to its end and gives what it took: memory at the peak in bytes, and processor time.
func (d *desk) usage(args ...string) (outcome, int64, time.Duration) {
	d.t.Helper()
	var state *os.ProcessState
	o := d.watched(func(s *os.ProcessState) { state = s }, args...)
	peak := state.SysUsage().(*syscall.Rusage).Maxrss * 1024
	return o, peak, state.UserTime() + state.SystemTime()
}

// mib is 1 MiB in bytes.
const mib = 1 << 20

// room is how much memory a fault may cost above what a pass takes anyway.
const room = 64 * mib

func TestFault_13_GreetingThatSpinsAndAMillionParentheses(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"greeting", "deep bodystructure"} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			bomb := faultserver.Bombs()[name]
			bad, server := onFaultServer(t, faultserver.Options{})
			bad.offer(ben)
			server.Set(faultserver.Faults{Bombs: map[string]faultserver.Bomb{bomb.At: bomb.Bomb}})
			good := newDesk(t, imaptest.Memory(t))
			good.offer(lena)
			seen := server.Opened()
			p := good.start("run", "-c", bad.file(), "-c", good.file())
			until(t, "the other mailbox's draft", func() bool { return len(good.drafts(lena)) == 1 })
			until(t, "a connection to the hostile server", func() bool { return server.Opened() > seen })
			before := processor(t, p)
			const window = 3 * time.Second
			<-time.After(window)
			if used := processor(t, p) - before; used > window/4 {
				t.Errorf("%s of processor time in %s beside a hostile server", used, window)
			}
			server.Heal()
			good.offer(cleo)
			until(t, "the other mailbox at work", func() bool { return len(good.drafts(cleo)) == 1 })
		})
	}
}

// processor gives the processor time a running program has used.
func processor(t *testing.T, p *watching) time.Duration {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("needs /proc to measure processor time")
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if err != nil || len(fields) < 13 {
		t.Fatalf("%v: %s", err, stat)
	}
	var ticks time.Duration
	for _, f := range fields[11:13] { // utime and stime, proc(5), in ticks of 10 ms
		n, err := strconv.Atoi(f)
		if err != nil {
			t.Fatal(err)
		}
		ticks += time.Duration(n) * 10 * time.Millisecond
	}
	return ticks
}

// peak gives the most memory a running program has taken so far.
func peak(t *testing.T, p *watching) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("needs /proc to measure memory")
	}
	_, rest, ok := strings.Cut(string(status), "VmHWM:")
	if err != nil || !ok {
		t.Fatalf("%v: %s", err, status)
	}
	n, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n * 1024
}

func TestFault_14_LongLinesLiteralsEnvelopesHeaders(t *testing.T) {
	t.Parallel()
	d, _ := onFaultServer(t, faultserver.Options{})
	d.offer(lena)
	_, base, _ := d.usage("once")
	for _, name := range []string{"long line", "long literal", "long envelope", "fetch flood"} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			bomb := faultserver.Bombs()[name]
			d, server := onFaultServer(t, faultserver.Options{})
			d.offer(lena)
			server.Set(faultserver.Faults{Bombs: map[string]faultserver.Bomb{bomb.At: bomb.Bomb}})
			o, took, _ := d.usage("once")
			t.Attr("measured", fmt.Sprintf("%s: %+d MiB", name, (took-base)/mib))
			if took > base+room {
				t.Errorf("%d MiB at the peak, %d without the bomb", took/mib, base/mib)
			}
			if o.status != 1 && len(d.drafts(lena)) == 0 {
				t.Errorf("status %d: %s", o.status, o.err)
			}
			server.Heal()
			d.calm(1)
			d.oneEach(lena)
		})
	}
}

func TestFault_15_MailOfTwentyThousandPartsOrATwentyMegabyteHeader(t *testing.T) {
	t.Parallel()
	plain, _ := onFaultServer(t, faultserver.Options{})
	plain.offer(lena)
	plain.offer(ben)
	plain.answer(lena)
	_, base, cpu := plain.usage("once")
	from := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: Re: audit\r\nMessage-ID: <bomb@nordbau.example>\r\nIn-Reply-To: <offer-lena-at-nordbau.example>\r\nMIME-Version: 1.0\r\n", lena, repAddress)
	for name, raw := range map[string]string{
		"nested":      string(broken()["20,000 nested parts"]),
		"part header": from + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX-Long: " + strings.Repeat("long ", 4<<20) + "\r\n\r\nyes\r\n--b--\r\n",
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			d, server := onFaultServer(t, faultserver.Options{})
			d.offer(lena)
			d.offer(ben)
			server.Deliver("INBOX", nil, time.Now(), []byte(strings.ReplaceAll(raw, "%s", "offer-lena-at-nordbau.example")))
			o, took, used := d.usage("once")
			t.Attr("measured", fmt.Sprintf("%s: %+d ms of processor time, %+d MiB", name, (used-cpu).Milliseconds(), (took-base)/mib))
			if o.status != 0 || used-cpu > time.Second || took > base+room {
				t.Errorf("status %d, %s more processor time, %d MiB more memory", o.status, used-cpu, (took-base)/mib)
			}
			d.oneEach(ben) // the bomb counts as her answer, and keeps nothing from him
		})
	}
}

func TestFault_16_StartTLSTampered(t *testing.T) {
	t.Parallel()
	for fault, works := range map[faultserver.TLSFault]bool{
		faultserver.TLSStripped: false, faultserver.TLSRefused: false, faultserver.TLSInjected: false, faultserver.TLSPreauth: false,
		faultserver.TLSTagged: true, "": true, // what the OK says of capabilities is not believed, and harmless then
	} {
		t.Run(strings.ReplaceAll(string(fault), " ", "_"), func(t *testing.T) {
			t.Parallel()
			d, server := onFaultServer(t, faultserver.Options{Security: faultserver.StartTLS})
			d.offer(lena)
			server.Set(faultserver.Faults{StartTLS: fault})
			if works {
				d.mustRun("once")
				if out := d.mustRun("check"); strings.Contains(out, "INJECTED") {
					t.Errorf("an ability told before TLS is believed:\n%s", out)
				}
				server.Heal()
				d.oneEach(lena)
				return
			}
			d.run("once").says(t, 1, "tls with 127.0.0.1")
			if n := len(server.Logins()); n != 0 {
				t.Errorf("%d logins", n)
			}
		})
	}
}

func TestFault_17_WrongCertificates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		certificate faultserver.Certificate
		untrusted   bool
		want        []string
	}{
		"self-signed": {untrusted: true, want: []string{"imap.ca_file"}},
		"wrong host":  {certificate: faultserver.Certificate{OtherHost: true}, want: []string{"another name", "imap.host"}},
		"expired":     {certificate: faultserver.Certificate{Expired: true}, want: []string{"expired", "clock"}},
	} {
		for _, security := range []faultserver.Security{faultserver.TLS, faultserver.StartTLS} {
			t.Run(strings.ReplaceAll(name, " ", "_")+"/"+string(security), func(t *testing.T) {
				t.Parallel()
				d, server := onFaultServer(t, faultserver.Options{Security: security, Certificate: c.certificate})
				if c.untrusted {
					d.configure("imap.ca_file", quoted(""))
				}
				d.run("once").says(t, 1, append(c.want, "tls with 127.0.0.1")...)
				if n := len(server.Logins()); n != 0 {
					t.Errorf("%d logins", n)
				}
			})
		}
	}
}

func TestFault_26_JournalDeletedBetweenRuns(t *testing.T) {
	t.Parallel()
	for _, lost := range [][]string{{"state.db-wal"}, {"state.db-shm"}, {"state.db-wal", "state.db-shm"}} {
		t.Run(strings.Join(lost, "+"), func(t *testing.T) {
			t.Parallel()
			d, _ := onFaultServer(t, faultserver.Options{})
			d.offer(lena)
			p := d.start()
			until(t, "a draft", func() bool { return len(d.drafts(lena)) == 1 })
			if err := p.cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			<-p.done
			for _, name := range lost {
				if err := os.Remove(filepath.Join(d.state(), name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
					t.Fatal(err)
				}
			}
			d.offer(ben)
			d.run("once")
			d.mustRun("once")
			for _, who := range []string{lena, ben} {
				if n := len(d.drafts(who)); n > 1 || n == 0 && who == lena {
					t.Errorf("%d drafts to %s", n, who)
				}
			}
		})
	}
}

func TestFault_29_LoginRefusedIsSaidAndNotRepeated(t *testing.T) {
	t.Parallel()
	d, server := onFaultServer(t, faultserver.Options{Faults: faultserver.Faults{
		Answers: map[string]string{"LOGIN": "NO [AUTHENTICATIONFAILED] wrong password"},
	}})
	d.start()
	until(t, "a status that tells of it", func() bool { return strings.Contains(d.run("status").out, "login refused") })
	until(t, "the last try", func() bool { return server.Count("LOGIN") == 3 })
	<-time.After(3 * time.Second)
	if n := server.Count("LOGIN"); n > 4 { // two connections may ask at the same moment
		t.Errorf("%d logins, want three and then a quarter of an hour of rest", n)
	}
}

func TestFault_30_ServerUnavailable(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]faultserver.Faults{
		"LOGIN NO UNAVAILABLE": {Answers: map[string]string{"LOGIN": "NO [UNAVAILABLE] come back later"}},
		"BYE greeting":         {Answers: map[string]string{"greeting": "* BYE going down"}},
		"connection refused":   {Refuse: true},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			d, server := onFaultServer(t, faultserver.Options{})
			d.offer(lena)
			server.Set(f)
			d.start()
			until(t, "a status that tells of it", func() bool {
				o := d.run("status")
				return strings.Contains(o.out, "since") || strings.Contains(o.out, "not connected") || strings.Contains(o.out, "tried")
			})
			before := server.Opened()
			<-time.After(4 * time.Second)
			if n := server.Opened() - before; n > 8 {
				t.Errorf("%d connections in four seconds", n)
			}
		})
	}
}

func TestFault_35_IdleFloods(t *testing.T) {
	t.Parallel()
	plain, _ := onFaultServer(t, faultserver.Options{})
	plain.offer(lena)
	_, base, _ := plain.usage("once")
	for _, name := range []string{"exists flood", "idle fetch flood"} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			bomb := faultserver.Bombs()[name]
			d, server := onFaultServer(t, faultserver.Options{Faults: faultserver.Faults{Bombs: map[string]faultserver.Bomb{bomb.At: bomb.Bomb}}})
			d.offer(lena)
			p := d.start()
			until(t, "a draft", func() bool { return len(d.drafts(lena)) == 1 })
			until(t, "the flood", func() bool { return server.Count("IDLE") > 0 })
			server.Heal()
			d.offer(ben)
			until(t, "another draft", func() bool { return len(d.drafts(ben)) == 1 })
			took := peak(t, p)
			t.Attr("measured", fmt.Sprintf("%s: %+d MiB", name, (took-base)/mib))
			if took > base+room {
				t.Errorf("%d MiB at the peak, a quiet pass takes %d", took/mib, base/mib)
			}
		})
	}
	t.Run("search_finds_two_million", func(t *testing.T) {
		for _, without := range [][]string{nil, {"ESEARCH"}} {
			d, _ := onFaultServer(t, faultserver.Options{Faults: faultserver.Faults{Search: faultserver.SearchFloods, Without: without}})
			d.offer(lena)
			_, took, _ := d.usage("once")
			t.Attr("measured", fmt.Sprintf("search flood: %+d MiB", (took-base)/mib))
			if took > base+room {
				t.Errorf("%d MiB at the peak, a quiet pass takes %d", took/mib, base/mib)
			}
			if n := len(d.drafts(lena)); n != 1 {
				t.Errorf("%d drafts", n)
			}
		}
	})
}

func TestFault_36_OddNamesAndUnknownAnswers(t *testing.T) {
	t.Parallel()
	bomb := faultserver.Bombs()["unknown untagged"]
	for name, f := range map[string]faultserver.Faults{
		"odd names":        {List: faultserver.OddNames()},
		"unknown untagged": {Bombs: map[string]faultserver.Bomb{bomb.At: bomb.Bomb, "LIST": bomb.Bomb, "LOGIN": bomb.Bomb}},
		"unknown tag":      {UnknownTag: true},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			d, server := onFaultServer(t, faultserver.Options{})
			d.offer(lena)
			before := tree(t, d.dir)
			server.Set(f)
			o := d.run("once")
			t.Logf("status %d: %s", o.status, o.err)
			if name != "unknown tag" && o.status != 0 {
				t.Error("the pass fails")
			}
			server.Heal()
			d.calm(1)
			d.oneEach(lena)
			for _, file := range tree(t, d.dir) {
				if !slices.Contains(before, file) && !strings.HasPrefix(file, "state") {
					t.Errorf("%s was written", file)
				}
			}
		})
	}
}

// tree lists what lies under a folder.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, _ fs.DirEntry, err error) error {
		all = append(all, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestFault_45_LanguageModelFails(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"down": nil,
		"5xx": func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "overloaded", http.StatusServiceUnavailable)
		},
		"empty": func(w http.ResponseWriter, _ *http.Request) {},
		"HTML":  func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html><body>Login</body></html>") },
		"endless": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write([]byte(strings.Repeat(" ", 64<<10))); err != nil {
					return
				}
			}
		},
		"slow": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, // which ends once the body is read
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				_, _ = io.Copy(io.Discard, r.Body)
				answer(w, r)
			}))
			t.Cleanup(func() {
				endpoint.CloseClientConnections()
				endpoint.Close()
			})
			if answer == nil {
				endpoint.Close()
			}
			d, _ := onFaultServer(t, faultserver.Options{})
			d.offer(lena)
			d.configure("content.writer", quoted("llm"), "llm.base_url", quoted(endpoint.URL+"/v1"), "llm.model", quoted("stub"))
			if name == "slow" {
				d.configure("llm.timeout", quoted("2s"))
			}
			o := d.run("once")
			if o.status != 0 {
				t.Errorf("status %d: %s", o.status, o.err)
			}
			if answer != nil && asked.Load() == 0 {
				t.Error("the model was not asked")
			}
			d.oneEach(lena)
		})
	}
}

func TestFault_48_NewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	d, server := onFaultServer(t, faultserver.Options{})
	d.offer(lena)
	d.mustRun("once")
	raise(t, filepath.Join(d.state(), "state.db"))
	before := len(server.Commands())
	d.run("once").says(t, 1, "state.db", "newer")
	if n := len(server.Commands()); n != before {
		t.Errorf("%d commands to the server with a state it must not use", n-before)
	}
	d.oneEach(lena)
}
