package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"followupd/imapwatch/imaptest"
)

func TestHelp_EveryCommandHasAnExampleAndTheExitStatuses(t *testing.T) {
	t.Parallel()
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		if c.Name() == "help" || c.Name() == "completion" || c.Parent() != nil && c.Parent().Name() == "completion" {
			return // cobra's own
		}
		var out, errs bytes.Buffer
		args := append(strings.Fields(c.CommandPath())[1:], "--help")
		if status := run(t.Context(), args, nil, &out, &errs); status != 0 {
			t.Errorf("%v ends with %d: %s", args, status, errs.String())
		}
		for _, want := range []string{"Examples:\n  ", c.CommandPath(), "Exit status: 0 done, 1 failed, 2 wrong usage"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%v does not hold %q", args, want)
			}
		}
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(newRoot(&app{}))
}

func TestUsage_MistakesEndWith2(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"chase"}, `no command "chase"`},
		{[]string{"thread"}, "did you mean threads?"},
		{[]string{"once", "--nwo"}, "did you mean --now?"},
		{[]string{"threads", "--state", "drafed"}, "did you mean drafted?"},
		{[]string{"service", "instal"}, "did you mean install?"},
		{[]string{"once", "--fast"}, "help once"},
		{[]string{"once", "lena"}, "no arguments"},
		{[]string{"threads", "--state", "angry"}, "waiting"},
		{[]string{"show"}, "a thread's id or an address"},
		{[]string{"hold", lena}, "--until"},
		{[]string{"hold", lena, "--until", "tomorrow"}, "2027-01-11"},
		{[]string{"hold", lena, "--until", "2020-01-01"}, "passed"},
		{[]string{"close", lena, "--outcome", "maybe"}, "won, lost or stopped"},
		{[]string{"preview", "--at", "noon"}, "2027-01-11"},
		{[]string{"note", "lena", "x"}, "no address"},
		{[]string{"grade", lena, "hot"}, "cadence.grade.hot"},
		{[]string{"inspect", "nowhere.eml"}, "nowhere.eml"},
		{[]string{"lint", "nowhere.txt"}, "nowhere.txt"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) { d.run(c.args...).says(t, 2, c.want) })
	}
}

// contractKeys are those of "What `threads --json` says of a thread".
var contractKeys = []string{
	"id", "subject", "prospects", "company", "state", "outcome", "held_until", "hold_reason", "step", "last_outbound", "last_inbound",
	"situation", "grade", "next", "draft", "reasons",
}

func keysOf(t *testing.T, text string) []map[string]any {
	t.Helper()
	var list []map[string]any
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return list
}

func missing(object map[string]any, keys ...string) []string {
	return slices.DeleteFunc(slices.Clone(keys), func(k string) bool { _, ok := object[k]; return ok })
}

func TestJSON_HoldsTheContractsKeys(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	d.offer(lena)
	for _, one := range keysOf(t, d.mustRun("preview", "--json")) {
		if m := missing(one, "thread", "step", "action", "approach", "asset", "why", "text"); len(m) > 0 {
			t.Errorf("preview lacks %v", m)
		}
	}
	d.mustRun("once")
	for _, args := range [][]string{{"threads", "--json"}, {"threads", "--all", "--json"}, {"show", lena, "--json"}} {
		list := keysOf(t, d.mustRun(args...))
		if len(list) != 1 {
			t.Errorf("%v lists %d threads, want 1", args, len(list))
		}
		for _, one := range list {
			if m := missing(one, contractKeys...); len(m) > 0 {
				t.Errorf("%v lacks %v", args, m)
			}
			draft, _ := one["draft"].(map[string]any)
			if m := missing(draft, "message_id", "step", "approach", "asset", "edited"); len(m) > 0 {
				t.Errorf("the draft of %v lacks %v", args, m)
			}
		}
	}
	var checked map[string]any
	if err := json.Unmarshal([]byte(d.mustRun("check", "--json")), &checked); err != nil {
		t.Fatal(err)
	}
	if m := missing(checked, "config", "server", "capabilities", "folders", "problems"); len(m) > 0 {
		t.Errorf("check lacks %v", m)
	}
	d.write("mail.eml", string(letter("From: "+lena, "To: "+repAddress, "Subject: hello", "Message-ID: <1@nordbau.example>", "", "Hello.")))
	var inspected map[string]any
	if err := json.Unmarshal([]byte(d.mustRun("inspect", "mail.eml", "--json")), &inspected); err != nil {
		t.Fatal(err)
	}
	if m := missing(inspected, "path", "message_id", "date", "from", "direction", "kind", "sub", "intent", "until", "text", "thread", "parent", "reasons"); len(m) > 0 {
		t.Errorf("inspect lacks %v", m)
	}
}

func TestThreads_BeforeTheFirstPass(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	if list := keysOf(t, d.mustRun("threads", "--json")); len(list) != 0 {
		t.Errorf("%d threads, want none", len(list))
	}
	if o := d.run("threads"); o.status != 0 || !strings.Contains(o.err, "nothing has been read yet") {
		t.Errorf("threads ends with %d and says %q", o.status, o.err)
	}
	d.run("show", lena).says(t, 1, "nothing has been read yet", "followupd once")
	d.run("hold", lena, "--until", "2099-01-01").says(t, 1, "nothing has been read yet")
	d.offer(lena)
	d.mustRun("once")
	d.run("show", ben).says(t, 1, ben, "followupd threads --all")
}

// lying gives everything in a mailbox, flags and all, but for \Recent, which is the server's own business.
func lying(a imaptest.Account) map[string][]imaptest.Message {
	all := make(map[string][]imaptest.Message)
	for _, f := range a.Folders() {
		list := a.Read(f)
		for i := range list {
			flags := []string{}
			for _, f := range list[i].Flags {
				if !strings.EqualFold(f, `\Recent`) {
					flags = append(flags, f)
				}
			}
			slices.Sort(flags)
			list[i].Flags = flags
		}
		all[f] = list
	}
	return all
}

// files gives a digest of each file below a folder.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		found[path] = fmt.Sprintf("%x", sha256.Sum256(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestPreview_ChangesNothing(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, mailbox imaptest.Account) {
		d := newDesk(t, mailbox)
		d.offer(lena)
		d.mustRun("once")
		d.offer(ben)
		mailBefore, filesBefore := lying(d.mailbox), files(t, d.dir)
		said := d.mustRun("preview")
		if !strings.Contains(said, "To:      "+ben) || !strings.Contains(said, "\n1 draft at") {
			t.Errorf("preview does not show the draft to %s:\n%s", ben, said)
		}
		d.mustRun("preview", "--at", time.Now().AddDate(0, 2, 0).Format("2006-01-02"))
		if diff := cmp.Diff(mailBefore, lying(d.mailbox)); diff != "" {
			t.Errorf("the mailbox (-before +after):\n%s", diff)
		}
		if diff := cmp.Diff(filesBefore, files(t, d.dir)); diff != "" {
			t.Errorf("the files (-before +after):\n%s", diff)
		}
	})
}

func TestPreview_AtALaterTime(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	at := time.Now().Add(-time.Hour)
	d.mailbox.Append("Sent", nil, at, letter("From: "+repAddress, "To: "+lena, "Subject: Freight audit", "Message-ID: <fresh@acme.example>",
		"Date: "+at.Format(time.RFC1123Z), "", "Hello Lena,", "", "would a pilot with your two biggest carriers make sense for you?", "", "Anna Berg"))
	if list := keysOf(t, d.mustRun("preview", "--json")); len(list) != 0 {
		t.Errorf("%d drafts now, want none", len(list))
	}
	list := keysOf(t, d.mustRun("preview", "--json", "--at", time.Now().AddDate(0, 0, 14).Format("2006-01-02")))
	if len(list) != 1 || list[0]["step"] != 1.0 {
		t.Errorf("in two weeks: %v, want the first step", list)
	}
}

func TestOnce_OutsideTheHours(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	d.configure("mailbox.timezone", quoted("UTC"), "cadence.hours", quoted(otherHours()))
	d.offer(lena)
	said := d.mustRun("once")
	if !strings.Contains(said, "waits      ") || !strings.Contains(said, "Audit of your freight invoices") || !strings.Contains(said, "next moment: ") {
		t.Errorf("once does not say what waits, and until when:\n%s", said)
	}
	if n := len(d.drafts(lena)); n != 0 {
		t.Errorf("%d drafts outside the hours", n)
	}
	if said := d.mustRun("once", "--now"); !strings.Contains(said, "drafted    ") {
		t.Errorf("once --now drafts nothing:\n%s", said)
	}
	d.drafted(lena)
}

// bare starts a command without a network (but loopback), in an environment without anything.
func bare(t *testing.T, cmd *exec.Cmd) *exec.Cmd {
	t.Helper()
	cmd.Env = []string{asProgram + "=1", "HOME=" + cmd.Dir, "TMPDIR=" + cmd.Dir}
	probe := exec.Command("unshare", "-rn", "ip", "link", "set", "lo", "up")
	if err := probe.Run(); err != nil {
		t.Logf("the network stays: %v", err)
		return cmd
	}
	cut := exec.Command("unshare", append([]string{"-rn", "sh", "-c", `PATH=/usr/sbin:/usr/bin:/sbin:/bin ip link set lo up && exec "$0" "$@"`, cmd.Path}, cmd.Args[1:]...)...)
	cut.Dir, cut.Env = cmd.Dir, cmd.Env
	return cut
}

func TestDemo_NeedsNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*longEnough)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "demo", "--exit")
	cmd.Dir = t.TempDir()
	cmd = bare(t, cmd)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.Bytes())
	}
	_, table, _ := strings.Cut(string(out), "\nTHREAD ")
	table, rest, _ := strings.Cut(table, "\n\n")
	if n := strings.Count(table, "\n"); n < 25 {
		t.Errorf("%d stories, want at least 25:\n%s", n, out)
	}
	if n := strings.Count(rest, "\nSubject: "); n != 2 {
		t.Errorf("%d whole drafts, want 2", n)
	}
	if n := strings.Count(rest, "\nWhy\n  - "); n != 2 {
		t.Errorf("%d drafts say why they were written, want 2", n)
	}
	if !strings.Contains(rest, "IMAP server 127.0.0.1, port ") {
		t.Error("it does not say how a mail client connects")
	}
	if left, err := os.ReadDir(cmd.Dir); err != nil || len(left) != 0 {
		t.Errorf("it leaves %v behind (%v)", left, err)
	}
}

func TestCheck_OnEveryKindOfServer(t *testing.T) {
	t.Parallel()
	for name, mailbox := range map[string]func(t *testing.T) imaptest.Account{
		"Dovecot":  func(t *testing.T) imaptest.Account { return imaptest.Dovecot(t).User(t) },
		"embedded": func(t *testing.T) imaptest.Account { return imaptest.Memory(t) },
		"TLS":      func(t *testing.T) imaptest.Account { return imaptest.Dovecot(t).User(t, imaptest.TLS()) },
		"STARTTLS": func(t *testing.T) imaptest.Account { return imaptest.Dovecot(t).User(t, imaptest.STARTTLS()) },
		"as Exchange": func(t *testing.T) imaptest.Account {
			return imaptest.Dovecot(t).User(t, imaptest.Capability(imaptest.Exchange), imaptest.NoSpecialUse())
		},
		"under INBOX.": func(t *testing.T) imaptest.Account {
			return imaptest.Dovecot(t).User(t, imaptest.Namespace("INBOX.", "."))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, mailbox(t))
			d.offer(lena)
			before := lying(d.mailbox)
			said := d.mustRun("check")
			for _, want := range []string{"is valid", "login ", "inbox ", "sent ", "drafts ", fmt.Sprintf("%q", d.mailbox.Prefix+"Drafts"), "library "} {
				if !strings.Contains(said, want) {
					t.Errorf("check does not say %q:\n%s", want, said)
				}
			}
			if diff := cmp.Diff(before, lying(d.mailbox)); diff != "" {
				t.Errorf("the mailbox (-before +after):\n%s", diff)
			}
			if _, err := os.Stat(d.state()); err == nil {
				t.Error("check makes a state directory")
			}
			d.mustRun("once")
			d.drafted(lena)
		})
	}
}
