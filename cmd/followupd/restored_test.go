package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"followupd/imapwatch/faultserver"
	"followupd/imapwatch/imaptest"
)

// replaceDatabase puts another file in the place of a state's database; "" only takes that away.
func replaceDatabase(t *testing.T, dir, with string) {
	t.Helper()
	for _, name := range []string{"state.db", "state.db-wal", "state.db-shm"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if with == "" {
		return
	}
	text, err := os.ReadFile(with)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "state.db"), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// What a program makes of a state that is not the one it left: two drafts were laid down, of which the rep threw one away, and
// a third thread fell due since.
func TestFault_08_StateRestoredDeletedOrMoved(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lose  func(t *testing.T, d *desk, copied string)
		knows bool // the state is still what it was
	}{
		"database restored": {func(t *testing.T, d *desk, copied string) {
			replaceDatabase(t, d.state(), filepath.Join(copied, "state.db"))
		}, false},
		"database deleted": {func(t *testing.T, d *desk, _ string) { replaceDatabase(t, d.state(), "") }, false},
		"directory restored": {func(t *testing.T, d *desk, copied string) {
			if err := errors.Join(os.RemoveAll(d.state()), os.CopyFS(d.state(), os.DirFS(copied))); err != nil {
				t.Fatal(err)
			}
		}, false},
		"directory deleted": {func(t *testing.T, d *desk, _ string) {
			if err := os.RemoveAll(d.state()); err != nil {
				t.Fatal(err)
			}
		}, false},
		"directory moved": {func(t *testing.T, d *desk, _ string) {
			if err := os.Rename(d.state(), filepath.Join(d.dir, "elsewhere")); err != nil {
				t.Fatal(err)
			}
			d.configure("state.dir", quoted("elsewhere"))
		}, true},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			server, hand := imaptest.Faulty(t, faultserver.Options{})
			d := newDesk(t, hand)
			d.configure("imap.username", quoted(imaptest.FaultyUser))
			d.mustRun("once")
			copied := filepath.Join(t.TempDir(), "copy")
			if err := os.CopyFS(copied, os.DirFS(d.state())); err != nil {
				t.Fatal(err)
			}
			d.offer(lena)
			d.offer(ben)
			d.mustRun("once")
			d.oneEach(lena, ben)
			server.Remove("Drafts", uint32(d.drafts(ben)[0].UID))
			if c.knows {
				d.mustRun("once")
			}
			c.lose(t, d, copied)
			d.offer(cleo)
			for range 3 {
				d.mustRun("once")
			}
			if c.knows {
				d.oneEach(lena, cleo)
				return
			}
			d.oneEach(lena)
			for _, who := range []string{ben, cleo} { // cleo's was due before as well
				if state := d.stateOf(who); state != "review" {
					t.Errorf("the thread with %s is %s, want it to wait for the rep", who, state)
				}
			}
			d.mustRun("reopen", cleo)
			d.mustRun("once")
			d.oneEach(lena, cleo)
		})
	}
}

// Another daemon on a copy of the state works beside the first.
func TestFault_08_CopyOfTheStateWorksBesideIt(t *testing.T) {
	t.Parallel()
	_, hand := imaptest.Faulty(t, faultserver.Options{})
	one, other := newDesk(t, hand), newDesk(t, hand)
	for _, d := range []*desk{one, other} {
		d.configure("imap.username", quoted(imaptest.FaultyUser), "imap.poll", quoted("10s"))
	}
	one.offer(lena)
	one.mustRun("once")
	if err := os.CopyFS(other.state(), os.DirFS(one.state())); err != nil {
		t.Fatal(err)
	}
	one.start()
	other.start()
	one.offer(ben)
	until(t, "a draft", func() bool { return len(one.drafts(ben)) >= 1 })
	one.offer(cleo)
	until(t, "another draft", func() bool { return len(one.drafts(cleo)) >= 1 })
	until(t, "one of each", func() bool {
		return len(one.drafts(lena)) == 1 && len(one.drafts(ben)) == 1 && len(one.drafts(cleo)) == 1
	})
}
