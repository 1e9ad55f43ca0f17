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
func TestFault_15_HostileMailHidesNobodyAndCostsLittle(t *testing.T) {
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

// serverBombs are what a hostile server can say to a client that trusts it: each costs a bare client a core for ever, a
// gigabyte, or its life.
func serverBombs() map[string]func(s *imaptest.Script) {
	const mib = 1 << 20
	flood := func(s *imaptest.Script, piece string, total int) {
		chunk := strings.Repeat(piece, max(1, mib/len(piece)))
		for sent := 0; sent < total; sent += len(chunk) {
			s.Raw(chunk)
		}
	}
	// in answers to a command, after a login like any other.
	in := func(name string, bomb func(s *imaptest.Script, c imaptest.Command)) func(s *imaptest.Script) {
		return func(s *imaptest.Script) {
			s.Greet()
			s.Login()
			examine := func(c imaptest.Command) {
				s.Say("* 3 EXISTS", "* OK [UIDVALIDITY 7] x", "* OK [UIDNEXT 4] x")
				s.OK(c, "[READ-ONLY] done")
			}
			to := map[string]func(imaptest.Command){
				"EXAMINE": examine, "SELECT": examine,
				"LIST": func(c imaptest.Command) {
					s.Say(`* LIST (\Drafts) "/" Drafts`, `* LIST (\Sent) "/" Sent`, `* LIST () "/" INBOX`)
					s.OK(c, "done")
				},
				"UID SEARCH": func(c imaptest.Command) {
					s.Say("* ESEARCH (TAG \"" + c.Tag + "\") UID ALL 1:3")
					s.OK(c, "done")
				},
			}
			to[name] = func(c imaptest.Command) {
				bomb(s, c)
				s.OK(c, "done")
			}
			s.Serve(to)
		}
	}
	fetch := func(before, piece string, total int) func(s *imaptest.Script) {
		return in("UID FETCH", func(s *imaptest.Script, _ imaptest.Command) {
			s.Raw(before)
			flood(s, piece, total)
		})
	}
	return map[string]func(s *imaptest.Script){
		"a greeting that spins a parser": func(s *imaptest.Script) { s.Raw("* OK [CAPABILITY 0(") },
		"a greeting of 256 MiB":          func(s *imaptest.Script) { s.Raw("* OK "); flood(s, "x", 256*mib) },
		"greetings for ever":             func(s *imaptest.Script) { flood(s, "* OK hello\r\n", 256*mib) },
		"a line of 256 MiB":              in("LIST", func(s *imaptest.Script, _ imaptest.Command) { s.Raw("* LIST () \"/\" "); flood(s, "a", 256*mib) }),
		"a folder name of 256 MiB": in("LIST", func(s *imaptest.Script, _ imaptest.Command) {
			s.Raw("* LIST () \"/\" {268435456}\r\n")
			flood(s, "a", 256*mib)
		}),
		"a million folders": in("LIST", func(s *imaptest.Script, _ imaptest.Command) { flood(s, "* LIST () \"/\" folder\r\n", 25*mib) }),
		"folder names of 900 KiB": in("LIST", func(s *imaptest.Script, _ imaptest.Command) {
			flood(s, "* LIST () \"/\" \""+strings.Repeat("a", 900<<10)+"\"\r\n", 256*mib)
		}),
		"two million hits": in("UID SEARCH", func(s *imaptest.Script, _ imaptest.Command) { s.Raw("* SEARCH"); flood(s, " 4294967295", 22*mib) }),
		"a range of all messages": in("UID SEARCH", func(s *imaptest.Script, c imaptest.Command) {
			s.Say("* ESEARCH (TAG \"" + c.Tag + "\") UID ALL 1:4294967295")
		}),
		"100,000 notices":            in("EXAMINE", func(s *imaptest.Script, _ imaptest.Command) { flood(s, "* 5 EXISTS\r\n", 2*mib) }),
		"five million open brackets": fetch("* 1 FETCH (UID 1 BODYSTRUCTURE ", "(", 5*mib),
		"a structure 20,000 deep":    fetch("* 1 FETCH (UID 1 BODYSTRUCTURE "+strings.Repeat("(", 20_000)+strings.Repeat(")", 20_000)+")\r\n", "* 1 EXISTS\r\n", 1),
		"an envelope of 256 MiB":     fetch("* 1 FETCH (UID 1 ENVELOPE ({268435456}\r\n", "a", 256*mib),
		"256 MiB of a body of 4 GiB": fetch("* 1 FETCH (UID 1 BODY[TEXT]<0> {4294967295}\r\n", "a", 256*mib),
		"a header of 240 MiB":        fetch("* 1 FETCH (UID 1 FLAGS () BODY[HEADER.FIELDS (FROM)] {251658240}\r\n", "From: a@b.example\r\n", 240*mib),
		"a million unasked messages": fetch("", "* 9 FETCH (UID 9 FLAGS (\\Seen))\r\n", 33*mib),
		"a million new flags":        fetch("* FLAGS (", "flag ", 16*mib),
	}
}

// A server that throws bombs costs its own mailbox, and nothing else: memory stays within bounds, the processor is not eaten,
// and the mailbox beside it gets its draft.
func TestFault_14_HostileServerCostsOnlyItsOwnMailbox(t *testing.T) {
	t.Parallel()
	base := func() int64 {
		good, other := newDesk(t, imaptest.Memory(t)), newDesk(t, imaptest.Memory(t))
		good.offer(lena)
		p := good.start("run", "-c", other.file(), "-c", good.file())
		good.drafted(lena)
		return p.peak()
	}()
	for name, bomb := range serverBombs() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			thrown := make(chan struct{}, 100)
			bad := newDesk(t, imaptest.Scripted(t, func(s *imaptest.Script) {
				defer func() { thrown <- struct{}{} }() // the client hung up, or took it all
				bomb(s)
			}))
			good := newDesk(t, imaptest.Memory(t))
			good.offer(lena)
			p := good.start("run", "-c", bad.file(), "-c", good.file())
			timeout := time.NewTimer(longEnough)
			defer timeout.Stop()
			select {
			case <-thrown:
			case <-timeout.C:
				t.Error("the daemon still listens to the bomb")
			}
			good.drafted(lena)
			until(t, "a word on the hostile server", func() bool {
				h, err := readHealth(bad.state())
				return err == nil && h.Pass.Error != ""
			})
			memory, cpu := p.peak(), p.cpu()
			t.Logf("%d MiB beyond %d MiB, %v of CPU", (memory-base)>>20, base>>20, cpu)
			if memory > base+memoryAllowance {
				t.Errorf("%d MiB resident, without the bomb %d MiB", memory>>20, base>>20)
			}
			if cpu > 10*time.Second {
				t.Errorf("%v of CPU", cpu)
			}
		})
	}
}
