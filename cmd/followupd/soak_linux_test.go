package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"followupd/imapwatch/faultserver"
	"followupd/imapwatch/imaptest"
)

// soakFor is the environment variable that says how long the soak lasts ("30m"); without it there is none.
const soakFor = "FOLLOWUPD_SOAK"

// mostSlope is how fast the daemon's resident memory may grow, in bytes an hour.
const mostSlope = 1 << 20

// sample is what the daemon took at a moment.
type sample struct {
	after    time.Duration
	resident float64 // bytes
}

// resident gives VmRSS of proc(5) in bytes.
func (p *watching) resident() float64 {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), "status"))
	if err != nil {
		p.t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kib, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, err := strconv.ParseFloat(kib, 64)
	if err != nil {
		p.t.Fatalf("no VmRSS in\n%s", text)
	}
	return n * 1024
}

var goroutineLine = regexp.MustCompile(`(?m)^goroutine \d+ `)

// goroutines ends the daemon by SIGQUIT, on which the Go runtime writes down every goroutine, and counts them.
func (p *watching) goroutines() int {
	p.t.Helper()
	before := len(p.said())
	if err := p.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		p.t.Fatal(err)
	}
	p.ended(longEnough)
	return len(goroutineLine.FindAllString(p.said()[before:], -1))
}

// floors gives the least of each half minute: what the daemon keeps. Between two passes it gives back what a pass took, so that
// single samples say only whether one was under way.
func floors(samples []sample) []sample {
	var out []sample
	for _, s := range samples {
		if n := len(out); n == 0 || s.after/(30*time.Second) != out[n-1].after/(30*time.Second) {
			out = append(out, s)
		} else if s.resident < out[n-1].resident {
			out[n-1].resident = s.resident
		}
	}
	return out
}

// slope gives the least-squares line through samples, in bytes an hour.
func slope(samples []sample) float64 {
	var n, sx, sy, sxx, sxy float64
	for _, s := range samples {
		x := s.after.Hours()
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+s.resident, sxx+x*x, sxy+x*s.resident
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}

func TestSlope_OfALine(t *testing.T) {
	var line []sample
	for m := range 10 {
		line = append(line, sample{after: time.Duration(m) * time.Minute, resident: 1e6 + 6e4*float64(m)})
	}
	if got := slope(line); got < 3.59e6 || got > 3.61e6 {
		t.Errorf("60,000 bytes a minute are %.0f an hour, want 3,600,000", got)
	}
}

// The daemon works a mailbox of fifty threads for as long as it is told, in weather that changes every ten seconds; every
// fifteen the rep holds a thread or takes the hold back, so that drafts come and go. The mailbox itself does not grow but
// for that, so neither may the daemon.
func TestSoak(t *testing.T) {
	if os.Getenv(soakFor) == "" {
		t.Skipf("a soak takes long: %s=30m, or make soak", soakFor)
	}
	length, err := time.ParseDuration(os.Getenv(soakFor))
	if err != nil {
		t.Fatal(err)
	}
	const threads = 50
	server, hand := imaptest.Faulty(t, faultserver.Options{})
	s := &storm{t: t, hand: hand, rand: rand.New(rand.NewPCG(7, 7)), age: 14 * 24 * time.Hour, kills: 1}
	d := newDesk(t, hand)
	d.configure("cadence.drafts_per_day", "1000", "imap.poll", quoted("10s"), "imap.username", quoted(imaptest.FaultyUser))
	s.desks = []*desk{d}
	s.write(threads)
	p := d.start()
	until(t, "all drafts", func() bool { return len(hand.Read("Drafts")) == threads })

	var samples []sample
	weather, words, look := time.NewTicker(10*time.Second), time.NewTicker(15*time.Second), time.NewTicker(time.Second)
	defer weather.Stop()
	defer words.Stop()
	defer look.Stop()
	start, faults, said, held := time.Now(), 0, 0, ""
	for end := time.After(length); end != nil; {
		select {
		case <-end:
			end = nil
		case <-weather.C:
			faults++
			f := roughWeather(s.rand)
			switch s.rand.IntN(6) {
			case 0:
				server.Hangup()
			case 1:
				f.Bye = "UID FETCH"
			case 2:
				f.Drop = "APPEND"
			}
			server.Set(f)
		case <-words.C:
			said++
			if held != "" {
				d.mustRun("reopen", held)
				held = ""
				continue
			}
			held = s.people[s.rand.IntN(threads)]
			d.mustRun("hold", held, "--until", time.Now().AddDate(0, 1, 0).Format("2006-01-02"))
		case <-look.C:
			samples = append(samples, sample{time.Since(start), p.resident()})
		}
	}
	if held != "" {
		d.mustRun("reopen", held)
	}
	server.Arrive()
	server.Heal()
	drafts := func() bool { return len(hand.Read("Drafts")) == threads && len(d.drafts(s.people[0])) == 1 }
	deadline := time.Now().Add(5 * time.Minute) // until the rests after failures are over
	for !drafts() && time.Now().Before(deadline) {
		<-look.C
	}
	last := p.resident()
	p.line(0, "watching INBOX")
	soaked := p.goroutines()
	fresh := d.start()
	fresh.line(0, "watching Sent")
	until(t, "a pass", func() bool { return strings.Contains(d.run("status").out, "pass       last completed") })
	base := fresh.goroutines()

	kept := floors(samples)
	growth := slope(kept[len(kept)/4:]) // the first quarter is warming up
	var table strings.Builder
	fmt.Fprintf(&table, "%s, %d threads, %d weathers, %d words\n%10s  %12s\n", length, threads, faults, said, "after", "kept MiB")
	for _, one := range kept {
		fmt.Fprintf(&table, "%10s  %12.2f\n", one.after.Round(time.Second), one.resident/(1<<20))
	}
	fmt.Fprintf(&table, "%10s  %12.2f\n%10s  %+12.2f MiB/h\n%10s  %d after, %d of a fresh daemon", "at rest", last/(1<<20), "slope", growth/(1<<20), "goroutines", soaked, base)
	t.Log(table.String())
	if growth > mostSlope {
		t.Errorf("resident memory grows by %.2f MiB an hour, want at most %.2f", growth/(1<<20), float64(mostSlope)/(1<<20))
	}
	if soaked > base {
		t.Errorf("%d goroutines after the soak, %d in a fresh daemon at rest", soaked, base)
	}
	s.settled()
}
