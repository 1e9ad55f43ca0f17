package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
	"followupd/mail/mailtest"
)

// memoryAllowance is what hostile mail or a hostile server may cost beyond what the same work costs without it.
const memoryAllowance = 64 << 20

// peak gives the most memory that the daemon has had resident, in bytes: VmHWM of proc(5).
func (p *watching) peak() int64 {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), "status"))
	if err != nil {
		p.t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	kib, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, err := strconv.ParseInt(kib, 10, 64)
	if err != nil {
		p.t.Fatalf("no VmHWM in\n%s", text)
	}
	return n << 10
}

// cpu gives the processor time that the daemon has taken, user and system: fields 14 and 15 of proc(5)'s stat, in ticks of
// 10 ms.
func (p *watching) cpu() time.Duration {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), "stat"))
	if err != nil {
		p.t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), ") ") // the name may hold anything
	var ticks time.Duration
	for _, field := range strings.Fields(rest)[11:13] {
		n, err := strconv.Atoi(field)
		if err != nil {
			p.t.Fatal(err)
		}
		ticks += time.Duration(n)
	}
	return ticks * 10 * time.Millisecond
}

// A mailbox in which prospects answered with bombs is read like any other: the others get their drafts, nobody who sent a
// bomb does, and neither memory nor time are lost on them.
func TestRun_HostileMailHidesNobodyAndCostsLittle(t *testing.T) {
	t.Parallel()
	type answer struct {
		from string
		mailtest.Hostile
	}
	run := func(answers []answer) (d *desk, p *watching) {
		d = newDesk(t, imaptest.Dovecot(t).User(t))
		at := time.Now().AddDate(0, 0, -14)
		var offers, inbox []imaptest.Message
		for _, a := range answers {
			offers = append(offers, imaptest.Message{Received: at, Flags: []string{`\Seen`}, Raw: letter(
				"From: Anna Berg <"+repAddress+">", "To: "+a.from, "Subject: Audit of your freight invoices", "Message-ID: <to-"+a.from+">", "",
				"Would a pilot with your two biggest carriers make sense for you?")})
			inbox = append(inbox, imaptest.Message{Received: at.AddDate(0, 0, 1), Raw: a.Source})
		}
		d.mailbox.AppendAll(d.mailbox.Prefix+"Sent", offers...)
		d.mailbox.AppendAll("INBOX", inbox...)
		d.offer(lena)
		d.offer(ben)
		p = d.start()
		d.drafted(lena)
		d.drafted(ben)
		return d, p
	}
	_, p := run(nil)
	base, before := p.peak(), p.cpu()

	var answers []answer
	for n := range mailtest.Mails("", "") {
		from := fmt.Sprintf("p%d@k%d.example", n, n)
		h := mailtest.Mails(from, "to-"+from)[n]
		if !bytes.Contains(h.Source[:min(len(h.Source), 1000)], []byte(from)) {
			continue // a forged bounce of nothing
		}
		answers = append(answers, answer{from, h})
	}
	d, p := run(answers)
	memory, spent := p.peak(), p.cpu()-before
	t.Logf("%d bombs: %d MiB beyond %d MiB, %v of CPU beyond %v", len(answers), (memory-base)>>20, base>>20, spent, before)
	if memory > base+memoryAllowance {
		t.Errorf("%d MiB resident, without bombs %d MiB", memory>>20, base>>20)
	}
	if limit := time.Duration(len(answers)) * time.Second; spent > limit {
		t.Errorf("%v of CPU for %d bombs, want less than a second each", spent, len(answers))
	}
	if n := len(d.mailbox.Read(d.mailbox.Prefix + "Drafts")); n != 2 {
		t.Errorf("%d drafts, want the two to people who did not answer", n)
	}
	states := d.threads()
	for _, a := range answers {
		switch st := states[a.from]; st.State {
		case "due", "drafted", "waiting", "":
			t.Errorf("%s answered with %q and is %q: %v", a.from, a.Name, st.State, st.Reasons)
		}
	}
}
