package memserver_test

import (
	"bufio"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
	"followupd/imapwatch/memserver"

	"github.com/emersion/go-imap/v2"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, options memserver.Options) *memserver.Server {
	t.Helper()
	s, err := memserver.Start("127.0.0.1:0", options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.AddAccount("rep", "secret"); err != nil {
		t.Fatal(err)
	}
	return s
}

var received = time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC)

const message = "From: bo@nordfrakt.example\r\nMessage-ID: <1@nordfrakt.example>\r\nSubject: hello\r\n\r\nHi.\r\n"

func TestServer_TellsWhatFoldersAreFor(t *testing.T) {
	s := start(t, memserver.Options{})
	for _, command := range []string{`LIST "" "*"`, `LIST "" "*" RETURN (SPECIAL-USE)`} {
		said := imaptest.Converse(t, s.Addr(), "rep", command)
		for _, line := range []string{
			`* LIST (\HasNoChildren \Drafts) "/" "Drafts"`, `* LIST (\HasNoChildren \Sent) "/" "Sent"`, `* LIST (\HasNoChildren) "/" INBOX`,
		} {
			if !strings.Contains(said, line+"\n") {
				t.Errorf("%s answers\n%s\nwithout %s", command, said, line)
			}
		}
	}
	if !strings.Contains(imaptest.Converse(t, s.Addr(), "rep", "CAPABILITY"), "SPECIAL-USE") {
		t.Error("the server does not say that it knows special uses")
	}
}

func TestServer_KeepsUsesThroughCreateAndRename(t *testing.T) {
	s := start(t, memserver.Options{})
	said := imaptest.Converse(t, s.Addr(), "rep", `CREATE Later (USE (\Archive))`, `RENAME Later Afterwards`, `DELETE Junk`, `LIST "" "%"`)
	if !strings.Contains(said, `(\HasNoChildren \Archive) "/" "Afterwards"`) || strings.Contains(said, `"Junk"`) {
		t.Errorf("LIST after CREATE, RENAME and DELETE:\n%s", said)
	}
}

func TestServer_RestartedHasAnotherUIDValidity(t *testing.T) {
	first := start(t, memserver.Options{UIDValidity: 1000})
	second := start(t, memserver.Options{UIDValidity: 2000})
	for s, want := range map[*memserver.Server]string{first: "UIDVALIDITY 1000", second: "UIDVALIDITY 2000"} {
		said := imaptest.Converse(t, s.Addr(), "rep", "SELECT INBOX", "STATUS INBOX (UIDVALIDITY)")
		if strings.Count(said, want) != 2 {
			t.Errorf("SELECT and STATUS say\n%s\nwant %s of both", said, want)
		}
	}
}

func TestServer_AppendKeepsTheTimeOfDelivery(t *testing.T) {
	s := start(t, memserver.Options{})
	uid, err := s.Append("rep", "INBOX", []imap.Flag{imap.FlagSeen}, received, []byte(message))
	if err != nil || uid != 1 {
		t.Fatalf("Append = %d, %v, want 1", uid, err)
	}
	said := imaptest.Converse(t, s.Addr(), "rep", "EXAMINE INBOX", "FETCH 1 (UID INTERNALDATE BODY.PEEK[])")
	if !strings.Contains(said, `INTERNALDATE " 5-Oct-2026 08:00:00 +0000"`) || !strings.Contains(said, "Hi.") {
		t.Errorf("FETCH answers\n%s", said)
	}
}

func TestServer_MoveTellsOfEachMessageOnce(t *testing.T) {
	s := start(t, memserver.Options{})
	for range 3 {
		if _, err := s.Append("rep", "INBOX", nil, received, []byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	said := imaptest.Converse(t, s.Addr(), "rep", "SELECT INBOX", "UID MOVE 1:2 Trash", "NOOP", "STATUS Trash (MESSAGES)", "STATUS INBOX (MESSAGES)")
	if n := strings.Count(said, "EXPUNGE\n"); n != 2 {
		t.Errorf("%d EXPUNGE lines for two moved messages:\n%s", n, said)
	}
	if !strings.Contains(said, `"Trash" (MESSAGES 2)`) || !strings.Contains(said, "INBOX (MESSAGES 1)") {
		t.Errorf("after the move:\n%s", said)
	}
}

func TestServer_PushesNewMailToIDLE(t *testing.T) {
	s := start(t, memserver.Options{})
	conn, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(conn)
	until := func(want string) {
		t.Helper()
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				t.Fatalf("the server does not say %q: %v", want, err)
			}
			if strings.Contains(line, want) {
				return
			}
		}
	}
	fmt.Fprint(conn, "1 LOGIN rep secret\r\n2 SELECT INBOX\r\n3 IDLE\r\n")
	until("+ ")
	if _, err := s.Append("rep", "INBOX", nil, received, []byte(message)); err != nil {
		t.Fatal(err)
	}
	until("* 1 EXISTS")
}

// A client that is not ours and shares no code with the server.
func TestServer_PythonsIMAPLibCanUseIt(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("needs python3")
	}
	s := start(t, memserver.Options{})
	out, err := exec.Command(python, "-c", imaplib, fmt.Sprint(s.Addr().Port)).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

const imaplib = `
import imaplib, sys
m = imaplib.IMAP4("127.0.0.1", int(sys.argv[1]))
def ok(answer):
    assert answer[0] == "OK", answer
    return answer[1]
ok(m.login("rep", "secret"))
assert any(b"\\Drafts" in line for line in ok(m.list())), m.list()
raw = b"From: rep@acme.example\r\nSubject: two\r\nReferences: <1@nordfrakt.example>\r\n\r\nbody\r\n"
when = imaplib.Time2Internaldate(1760000000)
for flags in ("", "\\Seen \\Draft"):
    ok(m.append("Drafts", flags, when, raw))
assert ok(m.select("Drafts")) == [b"2"]
assert ok(m.uid("SEARCH", None, "HEADER", "References", "<1@nordfrakt.example>")) == [b"1 2"]
assert ok(m.uid("SEARCH", None, "UNSEEN")) == [b"1"]
got = ok(m.uid("FETCH", "2", "(FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])"))
assert got[0][1] == raw, got
assert imaplib.Internaldate2tuple(got[0][0]) is not None, got
ok(m.uid("STORE", "1", "+FLAGS", "(\\Deleted)"))
ok(m.uid("EXPUNGE", "1"))
assert ok(m.uid("SEARCH", None, "ALL")) == [b"2"]
ok(m.unselect())
m.logout()
`
