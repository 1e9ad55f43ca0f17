package guard_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"followupd/imapwatch/guard"
	"followupd/imapwatch/imaptest"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// headers is what a server answers to a first pass over n messages: 800 bytes of header each.
func headers(n int) string {
	const fields = `(MESSAGE-ID IN-REPLY-TO REFERENCES THREAD-INDEX FROM SENDER REPLY-TO TO CC BCC SUBJECT DATE X-DRAFT-KEY CONTENT-TYPE AUTO-SUBMITTED)`
	header := strings.Repeat("References: <0123456789.0123456789@nordfrakt.example>\r\n", 15) + "\r\n"
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "* %d FETCH (UID %d FLAGS (\\Seen) INTERNALDATE \"05-Oct-2026 08:00:00 +0000\" RFC822.SIZE 12345 BODY[HEADER.FIELDS %s] {%d}\r\n%s)\r\n",
			i+1, i+1, fields, len(header), header)
	}
	return b.String()
}

const passSize = 20_000

// BenchmarkBytes is the cost of the guard alone: reading a pass and throwing it away.
func BenchmarkBytes(b *testing.B) {
	said := headers(passSize)
	for name, wrap := range map[string]func(net.Conn) io.Reader{
		"plain":   func(c net.Conn) io.Reader { return c },
		"guarded": func(c net.Conn) io.Reader { return guard.Wrap(c, guard.Limits{}) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(said)))
			for b.Loop() {
				r := wrap(recording{said: strings.NewReader(greeting + said)})
				if g, ok := r.(*guard.Conn); ok {
					room := make([]byte, 1<<10)
					g.Receive(&guard.Receiver{Header: 1 << 10, Memory: func(n int) []byte { return room[:n] }, Each: func(guard.Message) {}})
					_, _ = io.WriteString(g, askText)
				}
				if _, err := io.Copy(io.Discard, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkFetch is a first pass over loopback: as imapwatch reads it, and through go-imap's stream alone.
func BenchmarkFetch(b *testing.B) {
	said := headers(passSize)
	for name, guarded := range map[string]bool{"plain": false, "guarded": true} {
		b.Run(name, func(b *testing.B) {
			a := imaptest.Scripted(b, func(s *imaptest.Script) {
				s.Greet()
				s.Login()
				s.Select(passSize)
				s.Serve(map[string]func(imaptest.Command){
					"UID FETCH": func(c imaptest.Command) {
						s.Raw(said)
						s.OK(c, "done")
					},
				})
			})
			conn, err := a.Dial(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			g := guard.Wrap(conn, guard.Limits{})
			if guarded {
				conn = g
			}
			c := imapclient.New(conn, nil)
			defer c.Close()
			if err := c.Login("rep", "secret").Wait(); err != nil {
				b.Fatal(err)
			}
			if _, err := c.Select("INBOX", nil).Wait(); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(said)))
			before := cpu(b)
			for b.Loop() {
				n := 0
				if guarded {
					fetch(b, c, g, imap.UIDSet{{Start: 1, Stop: passSize}}, 1<<10, func(guard.Message) { n++ })
				} else {
					n = stream(b, c)
				}
				if n != passSize {
					b.Fatalf("%d messages, want %d", n, passSize)
				}
			}
			b.ReportMetric(float64((cpu(b)-before).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}

// cpu is what this process has computed so far, the server's side included: on a busy machine it says more than the clock.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func stream(b *testing.B, c *imapclient.Client) (n int) {
	b.Helper()
	cmd := c.Fetch(imap.UIDSet{imap.UIDRange{Start: 1, Stop: passSize}}, &imap.FetchOptions{
		UID: true, Flags: true, InternalDate: true, RFC822Size: true,
		BodySection: []*imap.FetchItemBodySection{{Peek: true, Specifier: imap.PartSpecifierHeader, HeaderFields: []string{"Message-ID"}}},
	})
	for m := cmd.Next(); m != nil; m = cmd.Next() {
		for item := m.Next(); item != nil; item = m.Next() {
			if section, ok := item.(imapclient.FetchItemDataBodySection); ok {
				if _, err := io.Copy(io.Discard, section.Literal); err != nil {
					b.Fatal(err)
				}
			}
		}
		n++
	}
	if err := cmd.Close(); err != nil {
		b.Fatal(err)
	}
	return n
}
