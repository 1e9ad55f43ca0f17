package imaptest_test

import (
	"slices"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"

	"github.com/google/go-cmp/cmp"
)

var (
	received = time.Date(2026, 11, 2, 9, 30, 0, 0, time.UTC)
	hello    = []byte("From: Bo <bo@nordfrakt.example>\r\nSubject: hello\r\n\r\nHi.\r\n")
)

// Every server behaves alike towards the acts of an account.
func TestAccount_ActsAsTheRepsClient(t *testing.T) {
	servers := map[string]func(t *testing.T) imaptest.Account{
		"memory":           func(t *testing.T) imaptest.Account { return imaptest.Memory(t) },
		"dovecot maildir":  func(t *testing.T) imaptest.Account { return imaptest.Dovecot(t).User(t) },
		"dovecot sdbox":    func(t *testing.T) imaptest.Account { return imaptest.Dovecot(t).User(t, imaptest.SDBox()) },
		"dovecot tls":      func(t *testing.T) imaptest.Account { return imaptest.Dovecot(t).User(t, imaptest.TLS()) },
		"dovecot starttls": func(t *testing.T) imaptest.Account { return imaptest.Dovecot(t).User(t, imaptest.STARTTLS()) },
	}
	for name, account := range servers {
		t.Run(name, func(t *testing.T) {
			a := account(t)
			first := a.Append("INBOX", nil, received, hello)
			second := a.Append("INBOX", []string{`\Flagged`}, received.Add(time.Hour), hello)
			a.Store("INBOX", first, `\Seen`)
			a.Move("INBOX", second, "Archive")
			doomed := a.Append("INBOX", nil, received, hello)
			a.Delete("INBOX", doomed)

			want := []imaptest.Message{{UID: first, Flags: []string{`\Seen`}, Received: received, Raw: hello}}
			if diff := cmp.Diff(a.Read("INBOX"), want, sameMessage); diff != "" {
				t.Errorf("INBOX (-got +want):\n%s", diff)
			}
			archive := a.Read("Archive")
			if len(archive) != 1 || !slices.Contains(archive[0].Flags, `\Flagged`) {
				t.Errorf("Archive holds %+v, want the moved message with its flag", archive)
			}

			a.Create("Kunden/Årsavtal")
			a.Rename("Kunden/Årsavtal", "R&D")
			a.Create("Old")
			a.DeleteFolder("Old")
			folders := a.Folders()
			if !slices.Contains(folders, "R&D") || slices.Contains(folders, "Old") {
				t.Errorf("folders after create, rename and delete: %q", folders)
			}
		})
	}
}

var sameMessage = cmp.Options{
	cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }),
	cmp.Transformer("withoutRecent", func(flags []string) map[string]bool {
		set := make(map[string]bool)
		for _, f := range flags {
			if f != `\Recent` {
				set[f] = true
			}
		}
		return set
	}),
}
