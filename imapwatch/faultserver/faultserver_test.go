package faultserver_test

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"followupd/imapwatch/faultserver"
	"followupd/imapwatch/imaptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, options faultserver.Options) *faultserver.Server {
	t.Helper()
	s, err := faultserver.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

var received = time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC)

const message = "From: bo@nordfrakt.example\r\nMessage-ID: <1@nordfrakt.example>\r\nSubject: hello\r\n there\r\n\r\nHi.\r\n"

func appendOf(raw string) string {
	return fmt.Sprintf("APPEND Drafts (\\Draft) {%d+}\r\n%s", len(raw), raw)
}

func TestServer_FaultsOfAppendStoreWhatTheySay(t *testing.T) {
	stored := map[faultserver.Append]int{
		"": 1, faultserver.AppendAnswerLost: 1, faultserver.AppendNoButStored: 1, faultserver.AppendTwice: 2,
		faultserver.AppendWrongUID: 1, faultserver.AppendByeStored: 1,
	}
	answered := map[faultserver.Append]string{
		"": "2 OK [APPENDUID 1002 1]", faultserver.AppendNoButStored: "2 NO ", faultserver.AppendTwice: "2 OK ", faultserver.AppendWrongUID: "2 OK ",
		faultserver.AppendOKButNothing: "2 OK ", faultserver.AppendOKLate: "2 OK ", faultserver.AppendRefused: "2 NO ",
		faultserver.AppendRefusedAfter: "2 NO ", faultserver.AppendByeStored: "* BYE ",
	}
	late := []faultserver.Append{faultserver.AppendLate, faultserver.AppendOKLate}
	for _, fault := range append(faultserver.Appends(), "") {
		if fault == faultserver.AppendAnswerHeld || fault == faultserver.AppendNeverAnswered {
			continue // they never end
		}
		t.Run(string(fault), func(t *testing.T) {
			s := start(t, faultserver.Options{Faults: faultserver.Faults{Append: fault}})
			said := imaptest.Converse(t, s.Addr(), "rep", appendOf(message))
			if n := len(s.Snapshot()["Drafts"]); n != stored[fault] {
				t.Errorf("%d stored, want %d", n, stored[fault])
			}
			if want := answered[fault]; !strings.Contains(said, want) || want == "" && strings.Contains(said, "\n2 ") {
				t.Errorf("it says\n%s\nwant %q", said, want)
			}
			s.Arrive()
			if n := len(s.Snapshot()["Drafts"]); slices.Contains(late, fault) && n != 1 {
				t.Errorf("%d after what was late came", n)
			}
		})
	}
}

func TestServer_StrikesAsOftenAsItIsToldAndNeverTheRepsOwnHand(t *testing.T) {
	s := start(t, faultserver.Options{Faults: faultserver.Faults{Append: faultserver.AppendRefused, Times: 1}})
	imaptest.Converse(t, s.Addr(), faultserver.Hand, appendOf(message))
	imaptest.Converse(t, s.Addr(), "rep", appendOf(message), appendOf(message))
	if n := len(s.Snapshot()["Drafts"]); n != 2 {
		t.Errorf("%d stored, want the hand's and the program's second", n)
	}
	if n := s.Count("APPEND"); n != 2 {
		t.Errorf("%d of the program's APPENDs in the log, want 2", n)
	}
}

func TestServer_StripsHeaderFieldsWithTheirFolds(t *testing.T) {
	s := start(t, faultserver.Options{Faults: faultserver.Faults{Strip: []string{"X-*", "Subject"}}})
	imaptest.Converse(t, s.Addr(), "rep", appendOf("X-Draft-Key: a\r\n"+message))
	want := "From: bo@nordfrakt.example\r\nMessage-ID: <1@nordfrakt.example>\r\n\r\nHi.\r\n"
	if got := string(s.Snapshot()["Drafts"][0].Raw); got != want {
		t.Errorf("stored %q", got)
	}
}

func TestServer_NamesWhatTheProgramMustNeverDo(t *testing.T) {
	const own = "Message-ID: <0123456789abcdef0123456789abcdef@acme.example>\r\n\r\nx\r\n"
	for name, c := range map[string]struct {
		commands []string
		wrong    bool
	}{
		"plain EXPUNGE":       {[]string{"SELECT Drafts", "EXPUNGE"}, true},
		"CLOSE":               {[]string{"SELECT Drafts", "CLOSE"}, true},
		"DELETE":              {[]string{"DELETE Drafts"}, true},
		"a flag in INBOX":     {[]string{"SELECT INBOX", `UID STORE 1 +FLAGS.SILENT (\Deleted)`}, true},
		"a read mark":         {[]string{"SELECT Drafts", `UID STORE 1 +FLAGS (\Seen)`}, true},
		"the rep's own draft": {[]string{"SELECT Drafts", `UID STORE 2 +FLAGS (\Deleted)`}, true},
		"all drafts":          {[]string{"SELECT Drafts", "UID EXPUNGE 1:*"}, true},
		"a fetch that reads":  {[]string{"EXAMINE INBOX", "UID FETCH 1 (BODY[])"}, true},
		"its own draft":       {[]string{"SELECT Drafts", `UID STORE 1 +FLAGS.SILENT (\Deleted)`, "UID EXPUNGE 1"}, false},
		"reading":             {[]string{"EXAMINE INBOX", "UID FETCH 1:* (BODY.PEEK[])", "UNSELECT"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, faultserver.Options{})
			s.Deliver("INBOX", nil, received, []byte(message))
			s.Deliver("Drafts", nil, received, []byte(own))
			s.Deliver("Drafts", nil, received, []byte(message))
			imaptest.Converse(t, s.Addr(), "rep", c.commands...)
			if wrong := s.Violations(); (len(wrong) > 0) != c.wrong {
				t.Errorf("violations %q", wrong)
			}
			again := start(t, faultserver.Options{})
			imaptest.Converse(t, again.Addr(), faultserver.Hand, c.commands...)
			if wrong := again.Violations(); len(wrong) > 0 {
				t.Errorf("the rep's own hand is held against the program: %q", wrong)
			}
		})
	}
}

func TestParse_KnowsEveryNameOnce(t *testing.T) {
	seen := make(map[string]bool)
	for _, n := range faultserver.Names() {
		if seen[n.Name] || strings.ContainsAny(n.Name, " ,") {
			t.Errorf("the name %q is used twice, or cannot be written in a list", n.Name)
		}
		seen[n.Name] = true
		if _, err := faultserver.Parse(n.Name); err != nil {
			t.Error(err)
		}
	}
	if f, err := faultserver.Parse("no-uidplus,no-move append-stored-twice"); err != nil || f.Append != faultserver.AppendTwice || len(f.Without) != 2 {
		t.Errorf("a list gives %+v, %v", f, err)
	}
	if _, err := faultserver.Parse("no-such-thing"); err == nil {
		t.Error("an unknown name is taken")
	}
}

// A client that is not ours and shares no code with the server.
func TestServer_PythonsIMAPLibCanUseIt(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("needs python3")
	}
	for _, user := range []string{"rep", faultserver.Hand} {
		s := start(t, faultserver.Options{})
		out, err := exec.Command(python, "-c", imaplib, fmt.Sprint(s.Addr().Port), user).CombinedOutput()
		if err != nil {
			t.Fatalf("as %s: %v\n%s", user, err, out)
		}
	}
}

const imaplib = `
import imaplib, sys
m = imaplib.IMAP4("127.0.0.1", int(sys.argv[1]))
def ok(answer):
    assert answer[0] == "OK", answer
    return answer[1]
m.sock.settimeout(20)
ok(m.login(sys.argv[2], "secret"))
assert any(b"\\Drafts" in line for line in ok(m.list())), m.list()
raw = b"From: rep@acme.example\r\nSubject: two\r\nReferences: <1@nordfrakt.example>\r\n\r\nbody\r\n"
when = imaplib.Time2Internaldate(1760000000)
for flags in ("", "\\Seen \\Draft"):
    ok(m.append("Drafts", flags, when, raw))
assert ok(m.select("Drafts")) == [b"2"]
assert ok(m.uid("SEARCH", None, "HEADER", "References", "<1@nordfrakt.example>")) == [b"1 2"]
assert ok(m.uid("SEARCH", None, "OR", "FROM", "nobody", "SUBJECT", "two")) == [b"1 2"]
assert ok(m.uid("SEARCH", None, "UNSEEN")) == [b"1"]
assert ok(m.uid("SEARCH", None, "SINCE", "1-Oct-2025", "BEFORE", "1-Nov-2025")) == [b"1 2"]
got = ok(m.uid("FETCH", "2", "(FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])"))
assert got[0][1] == raw, got
assert imaplib.Internaldate2tuple(got[0][0]) is not None, got
got = ok(m.uid("FETCH", "2", "(BODY.PEEK[HEADER.FIELDS (Subject)])"))
assert got[0][1] == b"Subject: two\r\n\r\n", got
ok(m.uid("STORE", "1", "+FLAGS", "(\\Deleted)"))
ok(m.uid("EXPUNGE", "1"))
assert ok(m.uid("SEARCH", None, "ALL")) == [b"2"]
ok(m.uid("MOVE", "2", "Trash"))
assert ok(m.status("Trash", "(MESSAGES UIDNEXT)")) == [b'"Trash" (MESSAGES 1 UIDNEXT 2)']
ok(m.unselect())
m.logout()
`
