package guard_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"followupd/imapwatch/guard"
	"followupd/imapwatch/imaptest"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// These tests put go-imap's client on the guard, as imapwatch does.

func dial(t *testing.T, a imaptest.Account) (*imapclient.Client, *guard.Conn) {
	t.Helper()
	conn, err := a.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	g := guard.Wrap(conn, guard.Limits{})
	c := imapclient.New(g, nil)
	t.Cleanup(func() {
		_ = g.Close()
		_ = c.Close()
	})
	return c, g
}

func login(t *testing.T, a imaptest.Account) (*imapclient.Client, *guard.Conn) {
	t.Helper()
	c, g := dial(t, a)
	g.Expect(10 * time.Second)
	if err := c.Login(a.Username, a.Password).Wait(); err != nil {
		t.Fatal(err)
	}
	return c, g
}

// fetch asks for whole messages past the library, of each so many bytes at most.
func fetch(t testing.TB, c *imapclient.Client, g *guard.Conn, set imap.NumSet, most int64, each func(guard.Message)) {
	t.Helper()
	g.Receive(&guard.Receiver{Header: most, Memory: func(n int) []byte { return make([]byte, n) }, Each: each})
	err := c.Fetch(set, &imap.FetchOptions{
		UID: true, Flags: true, InternalDate: true, RFC822Size: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}},
	}).Close()
	if err != nil {
		t.Fatal(err)
	}
}

// A server that stops answering, wherever it does, costs the limit and no more: IMAP.md R1.
func TestClient_EndsWithinTheLimitOnASilentServer(t *testing.T) {
	const limit = 300 * time.Millisecond
	upTo := func(steps ...func(s *imaptest.Script)) func(*imaptest.Script) {
		return func(s *imaptest.Script) {
			for _, step := range steps {
				step(s)
			}
			s.Stall()
		}
	}
	greet, loggedIn := (*imaptest.Script).Greet, (*imaptest.Script).Login
	selected := func(s *imaptest.Script) { s.Select(2) }
	expect := func(name string) func(*imaptest.Script) { return func(s *imaptest.Script) { s.Expect(name) } }
	say := func(data string) func(*imaptest.Script) { return func(s *imaptest.Script) { s.Raw(data) } }

	reachSelected := func(c *imapclient.Client) error {
		if err := c.Login("rep", "secret").Wait(); err != nil {
			return err
		}
		_, err := c.Select("INBOX", nil).Wait()
		return err
	}
	fetch := func(c *imapclient.Client) error {
		if err := reachSelected(c); err != nil {
			return err
		}
		_, err := c.Fetch(imap.UIDSetNum(1, 2), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
		return err
	}
	for name, c := range map[string]struct {
		server func(*imaptest.Script)
		client func(c *imapclient.Client) error
	}{
		"before the greeting": {upTo(), (*imapclient.Client).WaitGreeting},
		"within the greeting": {upTo(say("* OK [CAP")), (*imapclient.Client).WaitGreeting},
		"at LOGIN":            {upTo(greet, expect("LOGIN")), func(c *imapclient.Client) error { return c.Login("rep", "secret").Wait() }},
		"at SELECT":           {upTo(greet, loggedIn, expect("SELECT")), reachSelected},
		"within SELECT":       {upTo(greet, loggedIn, expect("SELECT"), say("* 2 EXISTS\r\n* FL")), reachSelected},
		"within a literal":    {upTo(greet, loggedIn, selected, expect("UID FETCH"), say("* 1 FETCH (UID 1 BODY[] {100}\r\nabc")), fetch},
		"between messages":    {upTo(greet, loggedIn, selected, expect("UID FETCH"), say("* 1 FETCH (UID 1 BODY[] {3}\r\nabc)\r\n")), fetch},
		"at IDLE": {upTo(greet, loggedIn, expect("IDLE")), func(c *imapclient.Client) error {
			if err := c.Login("rep", "secret").Wait(); err != nil {
				return err
			}
			_, err := c.Idle()
			return err
		}},
		"at DONE": {upTo(greet, loggedIn, expect("IDLE"), say("+ idling\r\n")), func(c *imapclient.Client) error {
			if err := c.Login("rep", "secret").Wait(); err != nil {
				return err
			}
			idle, err := c.Idle()
			if err != nil {
				return err
			}
			if err := idle.Close(); err != nil {
				return err
			}
			return idle.Wait()
		}},
		"at LOGOUT": {upTo(greet, loggedIn, expect("LOGOUT")), func(c *imapclient.Client) error {
			if err := c.Login("rep", "secret").Wait(); err != nil {
				return err
			}
			return c.Logout().Wait()
		}},
		"at APPEND's literal": {upTo(greet, loggedIn, func(s *imaptest.Script) { s.Line() }), func(c *imapclient.Client) error {
			if err := c.Login("rep", "secret").Wait(); err != nil {
				return err
			}
			cmd := c.Append("Drafts", 5000, nil)
			_, err := cmd.Write(make([]byte, 5000))
			return errors.Join(err, cmd.Close())
		}},
		"a byte now and then": {func(s *imaptest.Script) { s.Drip(strings.Repeat("* OK", 100), limit/4) }, (*imapclient.Client).WaitGreeting},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, g := dial(t, imaptest.Scripted(t, c.server))
			g.Expect(limit)
			start := time.Now()
			err := c.client(client)
			if took := time.Since(start); err == nil || took > limit+time.Second {
				t.Errorf("after %v: %v, want an error within %v", took, err, limit)
			}
			if !errors.Is(g.Err(), guard.ErrSilent) {
				t.Errorf("the guard says %v, want ErrSilent", g.Err())
			}
		})
	}
}

func TestConn_WaitsForEverWhileNothingIsExpected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		g := guard.Wrap(client, guard.Limits{})
		defer g.Close()
		defer server.Close()
		lines := make(chan string)
		go func() {
			buf := make([]byte, 100)
			for {
				n, err := g.Read(buf)
				if err != nil {
					close(lines)
					return
				}
				lines <- string(buf[:n])
			}
		}()
		g.Expect(time.Minute)
		_, _ = server.Write([]byte(greeting))
		<-lines
		g.Expect(0)
		time.Sleep(9 * time.Minute)
		_, _ = server.Write([]byte("* 1 EXISTS\r\n"))
		if got := <-lines; got != "* 1 EXISTS\r\n" {
			t.Fatalf("after nine silent minutes: %q, %v", got, g.Err())
		}

		start := time.Now()
		_, _ = server.Write([]byte("* 2 EXI")) // and never the rest
		<-lines
		if took := time.Since(start); took != time.Minute || !errors.Is(g.Err(), guard.ErrSilent) {
			t.Errorf("half a response: %v after %v, want ErrSilent after the last limit", g.Err(), took)
		}
	})
}

func TestConn_DoesNotBlameTheServerForASlowClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		g := guard.Wrap(client, guard.Limits{})
		defer g.Close()
		defer server.Close()
		go func() {
			for range 10 {
				_, _ = server.Write([]byte("* OK still here\r\n"))
			}
		}()
		g.Expect(time.Second)
		buf := make([]byte, 100)
		for range 10 {
			if _, err := g.Read(buf); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute) // the client writes to its database
		}
		if _, err := g.Read(buf); !errors.Is(err, guard.ErrSilent) {
			t.Errorf("after the last response: %v, want ErrSilent", err)
		}
	})
}

// What used to end the session: IMAP.md R3.
func TestClient_LivesThroughWhatItCannotRead(t *testing.T) {
	a := imaptest.Scripted(t, func(s *imaptest.Script) {
		s.Say("* OK [CAPABILITY 0(] hello")
		s.Serve(map[string]func(imaptest.Command){
			"LIST": func(c imaptest.Command) {
				s.Say("* XFOO bar", `* LIST (\HasNoChildren) "/" "R&D"`, `* LIST (\ ) "/" Sent`, "* VANISHED 1:4", "+ stray", "T99 OK who")
				s.OK(c, "done")
			},
			"SELECT": func(c imaptest.Command) {
				s.Say("* 2 EXISTS", "* OK [UIDVALIDITY 7] x")
				s.OK(c, "done")
			},
			"UID FETCH": func(c imaptest.Command) {
				s.Say(`* 2 FETCH (UID 2 FLAGS (\Seen))`)
				s.Raw("* 1 FETCH (X-GM-LABELS (\\Inbox) BODY[] {3}\r\nabc UID 1)\r\n")
				s.Raw("* 2 FETCH (UID 2 EMAILID (M1) BODY[] {3}\r\ndef)\r\n")
				s.OK(c, "done")
			},
			"NOOP": func(imaptest.Command) {
				s.Say("* BYE [UNAVAILABLE] maintenance, back in 5 minutes")
			},
		})
	})
	c, g := login(t, a)
	listed, err := c.List("", "*", nil).Collect()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range listed {
		names = append(names, l.Mailbox)
	}
	if !slices.Equal(names, []string{"R&D", "Sent"}) {
		t.Errorf("folders %q, want R&D and Sent", names)
	}
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	texts := make(map[uint32]string)
	fetch(t, c, g, imap.UIDSetNum(1, 2), 10, func(m guard.Message) {
		if m.Header != nil {
			texts[m.UID] = string(m.Header)
		}
	})
	if len(texts) != 2 || texts[1] != "abc" || texts[2] != "def" {
		t.Errorf("messages %v, want both with their text", texts)
	}
	g.Expect(300 * time.Millisecond)
	if err := c.Noop().Wait(); err == nil {
		t.Error("NOOP after BYE succeeded")
	}
	if told := g.Told(); !strings.Contains(told.Bye, "maintenance") || told.Throttle != 5*time.Minute {
		t.Errorf("told %+v, want the BYE and five minutes", told)
	}
}

func TestClient_WorksOnDovecot(t *testing.T) {
	for name, options := range map[string][]imaptest.Option{
		"maildir":  nil,
		"tls":      {imaptest.TLS()},
		"exchange": {imaptest.Capability(imaptest.Exchange), imaptest.Namespace("INBOX.", ".")},
	} {
		t.Run(name, func(t *testing.T) {
			a := imaptest.Dovecot(t).User(t, options...)
			raw := []byte("Subject: hello\r\n\r\n" + strings.Repeat("a line (with } and \" in it)\r\n", 1000))
			first := a.Append("INBOX", []string{`\Seen`}, time.Unix(1790000000, 0), raw)
			c, g := login(t, a)
			listed, err := c.List("", "*", nil).Collect()
			if err != nil || len(listed) != 6 {
				t.Fatalf("LIST gives %d folders, %v, want 6", len(listed), err)
			}
			data, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait()
			if err != nil || data.UIDValidity == 0 || data.NumMessages != 1 {
				t.Fatalf("SELECT gives %+v, %v", data, err)
			}
			var got []guard.Message
			fetch(t, c, g, imap.UIDSetNum(imap.UID(first)), 1<<20, func(m guard.Message) { got = append(got, m) })
			if len(got) != 1 || string(got[0].Header) != string(raw) || got[0].Received.Unix() != 1790000000 || got[0].Size != int64(len(raw)) {
				t.Fatalf("FETCH gives %d messages, want the one appended", len(got))
			}
			found, err := c.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Subject", Value: "hello"}}}, nil).Wait()
			if err != nil || len(found.AllUIDs()) != 1 {
				t.Errorf("SEARCH gives %v, %v", found.AllUIDs(), err)
			}
			cmd := c.Append(a.Prefix+"Drafts", int64(len(raw)), &imap.AppendOptions{Flags: []imap.Flag{imap.FlagDraft}})
			_, err = cmd.Write(raw)
			if err := errors.Join(err, cmd.Close()); err != nil {
				t.Fatal(err)
			}
			if appended, err := cmd.Wait(); err != nil || appended.UID == 0 {
				t.Errorf("APPEND gives %+v, %v", appended, err)
			}
			idle, err := c.Idle()
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(idle.Close(), idle.Wait(), c.Logout().Wait(), g.Err()); err != nil {
				t.Error(err)
			}
		})
	}
}

func config(t *testing.T, a imaptest.Account) *tls.Config {
	t.Helper()
	pem, err := os.ReadFile(a.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	return &tls.Config{RootCAs: roots, ServerName: a.Host}
}

func TestStartTLS_WorksOnDovecot(t *testing.T) {
	a := imaptest.Dovecot(t).User(t, imaptest.STARTTLS())
	conn, err := a.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	g, err := guard.StartTLS(t.Context(), conn, config(t, a), guard.Limits{}, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	c := imapclient.New(g, nil)
	defer c.Close()
	g.Expect(10 * time.Second)
	if err := c.Login(a.Username, a.Password).Wait(); err != nil {
		t.Fatal(err)
	}
	if !c.Caps().Has(imap.CapIdle) || g.Told().Greeting == "" {
		t.Errorf("abilities %v, greeting %q", c.Caps(), g.Told().Greeting)
	}
}

// go-imap's own STARTTLS runs over a guard too, unguarded from there on.
func TestConn_LetsTLSThroughAfterSTARTTLS(t *testing.T) {
	a := imaptest.Dovecot(t).User(t, imaptest.STARTTLS())
	conn, err := a.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	g := guard.Wrap(conn, guard.Limits{})
	g.Expect(10 * time.Second)
	c, err := imapclient.NewStartTLS(g, &imapclient.Options{TLSConfig: config(t, a)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Login(a.Username, a.Password).Wait(); err != nil {
		t.Error(err)
	}
}

func TestStartTLS_RefusesWhatIsNotSafe(t *testing.T) {
	for name, c := range map[string]struct {
		server func(s *imaptest.Script)
		want   string
	}{
		"PREAUTH": {func(s *imaptest.Script) { s.Say("* PREAUTH welcome"); s.Stall() }, "PREAUTH"},
		"refused": {func(s *imaptest.Script) { s.Greet(); s.No(s.Expect("STARTTLS"), "not here") }, "not here"},
		"BYE":     {func(s *imaptest.Script) { s.Say("* BYE too many") }, "too many"},
		"injected": {func(s *imaptest.Script) {
			s.Greet()
			s.Raw(s.Expect("STARTTLS").Tag + " OK go\r\n* OK [CAPABILITY X-INJECTED]\r\n")
			s.Stall()
		}, guard.ErrInjected.Error()},
		"no greeting":  {func(s *imaptest.Script) { s.Stall() }, guard.ErrSilent.Error()},
		"no answer":    {func(s *imaptest.Script) { s.Greet(); s.Stall() }, guard.ErrSilent.Error()},
		"no handshake": {func(s *imaptest.Script) { s.Greet(); s.OK(s.Expect("STARTTLS"), "go"); s.Stall() }, "deadline"},
		"text for TLS": {func(s *imaptest.Script) {
			s.Greet()
			s.OK(s.Expect("STARTTLS"), "go")
			s.Line()
			s.Say("* OK go")
			s.Stall()
		}, "TLS"},
		"not IMAP at all": {func(s *imaptest.Script) { s.Say("220 ESMTP"); s.Stall() }, "no IMAP server"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := imaptest.Scripted(t, c.server)
			conn, err := a.Dial(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			_, err = guard.StartTLS(t.Context(), conn, &tls.Config{ServerName: "imap.acme.example"}, guard.Limits{}, 300*time.Millisecond)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one about %q", err, c.want)
			}
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func TestStartTLS_RefusesAStrangersCertificate(t *testing.T) {
	a := imaptest.Dovecot(t).User(t, imaptest.STARTTLS())
	for name, c := range map[string]*tls.Config{
		"unknown authority": {ServerName: a.Host},
		"other host":        {ServerName: "imap.acme.example", RootCAs: config(t, a).RootCAs},
	} {
		conn, err := a.Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, err = guard.StartTLS(context.Background(), conn, c, guard.Limits{}, 10*time.Second)
		var refused *tls.CertificateVerificationError
		if !errors.As(err, &refused) {
			t.Errorf("%s: %v, want a refused certificate", name, err)
		}
	}
}
