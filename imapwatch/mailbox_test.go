package imapwatch

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
	"followupd/mail"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { os.Exit(imaptest.Main(m)) }

// forAccount is how to reach a test account, with a time limit that a test can wait out.
func forAccount(t testing.TB, a imaptest.Account) Config {
	return Config{
		Host: a.Host, Port: a.Port, Security: a.Security, CAFile: a.CAFile, Username: a.Username,
		Password: func(context.Context) (string, error) { return a.Password, nil },
		Limit:    10 * time.Second,
		Log:      slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelInfo})),
	}
}

type testLog struct{ t testing.TB }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Logf("%s", p)
	return len(p), nil
}

// mailbox gives a Mailbox that is closed when the test ends, with nothing of it left running.
func mailbox(t testing.TB, cfg Config) *Mailbox {
	t.Helper()
	before := goleak.IgnoreCurrent()
	m := New(cfg)
	m.pace.pure.First, m.workPace.pure.First = time.Second, time.Second // the real one is held in a bubble, where waiting costs nothing
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if err := goleak.Find(before, goleak.IgnoreAnyFunction("followupd/imapwatch/imaptest.(*scripted).serve")); err != nil {
			t.Errorf("left running: %v", err)
		}
	})
	return m
}

// servers runs a test on a real server and on the embedded one.
func servers(t *testing.T, test func(t *testing.T, a imaptest.Account)) {
	t.Run("Dovecot", func(t *testing.T) { test(t, imaptest.Dovecot(t).User(t)) })
	t.Run("Memory", func(t *testing.T) { test(t, imaptest.Memory(t)) })
}

// letter is a small mail.
func letter(id, from, subject string) []byte {
	return fmt.Appendf(nil, "From: %s\r\nTo: rep@acme.example\r\nSubject: %s\r\nMessage-ID: <%s@mail.example>\r\n"+
		"Date: Mon, 02 Mar 2026 10:00:00 +0000\r\nX-Noise: not asked for\r\n\r\nHello,\r\nthis is %s.\r\n", from, subject, id, id)
}

var day = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// gather is a store that keeps everything.
type gather struct {
	batches []mail.Batch
	items   []mail.Item
	cursor  mail.Cursor
}

func (g *gather) store(b mail.Batch) error {
	if b.Reset {
		g.items = nil
	}
	g.batches = append(g.batches, b)
	g.items = append(g.items, b.Items...)
	g.cursor = b.Cursor
	return nil
}

func role(t testing.TB, folders []mail.Folder, r mail.Role) mail.Folder {
	t.Helper()
	for _, f := range folders {
		if f.Role == r {
			return f
		}
	}
	t.Fatalf("no folder with role %s in %v", r, folders)
	return mail.Folder{}
}
