package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"followupd/imapwatch/faultserver"
	"followupd/imapwatch/imaptest"
)

// The self-test of a server: a draft is laid down, looked up, and taken out again.
func TestCheckProbe(t *testing.T) {
	t.Parallel()
	faulty := func(f faultserver.Faults) func(t *testing.T) imaptest.Account {
		return func(t *testing.T) imaptest.Account {
			_, hand := imaptest.Faulty(t, faultserver.Options{Faults: f})
			return hand
		}
	}
	everything := []string{"X-*", "Message-ID", "In-Reply-To", "References"}
	for name, c := range map[string]struct {
		mailbox func(t *testing.T) imaptest.Account
		says    []string
		stays   int // test drafts
	}{
		"Dovecot": {
			func(t *testing.T) imaptest.Account { return imaptest.Dovecot(t).User(t) },
			[]string{"exactly once", "our header, Message-ID, In-Reply-To"},
			0,
		},
		"embedded": {func(t *testing.T) imaptest.Account { return imaptest.Memory(t) }, []string{"exactly once", "our header"}, 0},
		"without UIDPLUS and MOVE": {func(t *testing.T) imaptest.Account {
			return imaptest.Dovecot(t).User(t, imaptest.Capability("IMAP4rev1 IDLE NAMESPACE SPECIAL-USE"))
		}, []string{"exactly once", "stays in Drafts", "delete it there"}, 1},
		"keeps In-Reply-To alone":  {faulty(faultserver.Faults{Strip: []string{"X-*", "Message-ID"}}), []string{"exactly once", "keeps of it In-Reply-To"}, 0},
		"keeps nothing":            {faulty(faultserver.Faults{Strip: everything}), []string{"at most once", "left to you"}, 0},
		"stores everything double": {faulty(faultserver.Faults{Append: faultserver.AppendTwice}), []string{"exactly once", "2 times"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, c.mailbox(t))
			if d.mailbox.Username == faultserver.Hand {
				d.configure("imap.username", quoted(imaptest.FaultyUser))
			}
			d.offer(lena)
			before := lying(d.mailbox)
			said := d.mustRun("check", "--probe")
			for _, want := range c.says {
				if !strings.Contains(said, want) {
					t.Errorf("check --probe does not say %q:\n%s", want, said)
				}
			}
			if n := len(d.mailbox.Read("Drafts")); n != c.stays {
				t.Errorf("%d test drafts stay, want %d", n, c.stays)
			}
			if c.stays == 0 {
				if diff := cmp.Diff(before, lying(d.mailbox)); diff != "" {
					t.Errorf("the mailbox (-before +after):\n%s", diff)
				}
			}
			info, err := os.Stat(filepath.Join(d.state(), probeName))
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("what it learned lies in %v, %v", info, err)
			}
			d.start()
			until(t, "status to name the mode", func() bool {
				out := d.run("status").out
				return strings.Contains(out, "mode       each draft "+c.says[0])
			})
		})
	}
}
