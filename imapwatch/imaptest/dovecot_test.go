package imaptest_test

import (
	"bufio"
	"slices"
	"strings"
	"syscall"
	"testing"

	"followupd/imapwatch/imaptest"
)

func TestDovecot_OptionsMakeAnotherServer(t *testing.T) {
	cases := map[string]struct {
		option imaptest.Option
		list   string // the LIST line that must stand in the answer
	}{
		"one folder":     {imaptest.Flagged(`Sent=\Sent`), `(\HasNoChildren \Sent) "/" Sent`},
		"no special use": {imaptest.NoSpecialUse(), `(\HasNoChildren) "/" Sent`},
		"other names":    {imaptest.Folders("Gesendete Elemente"), `(\HasNoChildren) "/" "Gesendete Elemente"`},
		"flagged names":  {imaptest.Flagged(`Entwürfe=\Drafts`), `(\HasNoChildren \Drafts) "/" Entw&APw-rfe`},
		"namespace":      {imaptest.Namespace("INBOX.", "."), `(\HasNoChildren \Sent) "." INBOX.Sent`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			a := imaptest.Dovecot(t).User(t, c.option)
			if got := converse(t, a, `LIST "" "*"`); !strings.Contains(got, c.list) {
				t.Errorf("LIST answers\n%s\nwant a line with %s", got, c.list)
			}
		})
	}
}

func TestDovecot_CanBeAsPoorAsExchange(t *testing.T) {
	a := imaptest.Dovecot(t).User(t, imaptest.Capability(imaptest.Exchange), imaptest.NoSpecialUse())
	got := strings.Fields(converse(t, a, "CAPABILITY"))
	for _, word := range []string{"CONDSTORE", "ESEARCH", "LIST-STATUS", "SPECIAL-USE"} {
		if slices.Contains(got, word) {
			t.Errorf("the server claims %s", word)
		}
	}
}

func TestDovecot_LimitsConnections(t *testing.T) {
	a := imaptest.Dovecot(t).User(t, imaptest.Connections(2))
	open(t, a)
	open(t, a)
	third := dial(t, a)
	third.say("a LOGIN " + a.Username + " " + a.Password)
	if got := third.until("a "); !strings.Contains(got, "[LIMIT]") {
		t.Errorf("third login answers %q, want [LIMIT]", got)
	}
}

func TestAccount_SessionsAreTheServersProcesses(t *testing.T) {
	a := imaptest.Dovecot(t).User(t)
	c := open(t, a)
	pids := a.Sessions()
	if len(pids) != 1 {
		t.Fatalf("sessions: %d, want 1", len(pids))
	}
	if err := syscall.Kill(pids[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if _, err := c.r.ReadByte(); err == nil {
		t.Error("the connection outlived its process")
	}
}

// converse logs in, says one command and gives everything the server answers.
func converse(t *testing.T, a imaptest.Account, command string) string {
	t.Helper()
	c := open(t, a)
	c.say("b " + command)
	return c.until("b ")
}

// wire is a bare connection.
type wire struct {
	t *testing.T
	r *bufio.Reader
	w interface{ Write([]byte) (int, error) }
}

func dial(t *testing.T, a imaptest.Account) *wire {
	t.Helper()
	conn, err := a.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	c := &wire{t: t, r: bufio.NewReader(conn), w: conn}
	c.until("* OK")
	return c
}

func open(t *testing.T, a imaptest.Account) *wire {
	t.Helper()
	c := dial(t, a)
	c.say("l LOGIN " + a.Username + " " + a.Password)
	if got := c.until("l "); !strings.Contains(got, "l OK") {
		t.Fatalf("login: %s", got)
	}
	return c
}

func (c *wire) say(line string) {
	c.t.Helper()
	if _, err := c.w.Write([]byte(line + "\r\n")); err != nil {
		c.t.Fatal(err)
	}
}

// until reads up to the line that begins with prefix.
func (c *wire) until(prefix string) string {
	c.t.Helper()
	var all strings.Builder
	for {
		line, err := c.r.ReadString('\n')
		all.WriteString(line)
		if err != nil {
			c.t.Fatalf("%v after %q", err, all.String())
		}
		if strings.HasPrefix(line, prefix) {
			return all.String()
		}
	}
}

func TestAccount_CountedOutWaitsForTheServer(t *testing.T) {
	a := imaptest.Dovecot(t).User(t, imaptest.Connections(1))
	for range 5 { // each would find the one before still counted
		a.Create("Later")
		a.CountedOut()
		a.DeleteFolder("Later")
		a.CountedOut()
	}
}
