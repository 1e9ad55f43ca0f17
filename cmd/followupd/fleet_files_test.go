package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"followupd/tracker/postgres/pgtest"
)

// total gives how many mailboxes are worked.
func (f *fleet) total() (n int) {
	for _, has := range f.held(0) {
		n += has
	}
	return n
}

func (f *fleet) file(mailbox int) string {
	return filepath.Join(f.dir, fmt.Sprintf("rep%d.toml", mailbox))
}

// put lays the file of a mailbox where all workers see it.
func (f *fleet) put(mailbox int) {
	f.t.Helper()
	if err := os.Symlink(f.boxes[mailbox].file(), f.file(mailbox)); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fleet) remove(mailbox int) {
	f.t.Helper()
	if err := os.Remove(f.file(mailbox)); err != nil {
		f.t.Fatal(err)
	}
}

// said says whether some worker has said a line with all these words.
func (f *fleet) said(words ...string) bool {
	for _, w := range f.workers {
	lines:
		for line := range strings.SplitSeq(w.said(), "\n") {
			for _, word := range words {
				if !strings.Contains(line, word) {
					continue lines
				}
			}
			return true
		}
	}
	return false
}

// Workers take files as they come and go, and begin without any.
func TestFleet_MailboxFilesComeAndGo(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 3, 0)
	for i := range f.boxes {
		f.remove(i)
	}
	for i := range 2 {
		f.homes = append(f.homes, &desk{t: t, dir: t.TempDir(), env: []string{"PGPASSWORD=" + pgtest.Password}})
		f.workers = append(f.workers, nil)
		f.launch(i)
		f.workers[i].line(0, "no mailbox yet")
		f.workers[i].line(0, "msg=ready")
	}
	f.put(0)
	f.put(1)
	until(t, "two mailboxes worked", func() bool { return f.total() == 2 })
	f.put(2)
	until(t, "the new mailbox worked", func() bool { return f.total() == 3 })
	f.write(lena)
	f.drafted()

	f.remove(0)
	until(t, "the mailbox without a file left", func() bool { return f.total() == 2 })
	if !f.said("mailbox left alone", "rep0@acme.example", "is gone") {
		t.Error("no worker says why it left the mailbox")
	}
	f.boxes[0].mustRun("once") // nobody has it
	f.boxes[0].oneEach(lena)

	f.boxes[1].configure("cadence.hours", quoted("eight"))
	until(t, "every worker refusing a wrong file", func() bool {
		return f.said("configuration not changed", "rep1.toml", "cadence.hours") && strings.Contains(f.workers[0].said(), "cadence.hours") && strings.Contains(f.workers[1].said(), "cadence.hours")
	})
	f.boxes[1].offer(ben)
	f.boxes[1].drafted(ben)
	f.put(0)
	until(t, "all mailboxes worked", func() bool { return f.total() == 3 })
	for i := range f.workers {
		if f.held(0)[f.session(i)] == 0 {
			t.Errorf("worker %d has no mailbox", i)
		}
	}
}
