package guard_test

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"followupd/imapwatch/guard"

	"github.com/google/go-cmp/cmp"
)

// received gives the messages that a Receiver gets of a server's words, and what is left for the library.
func received(t *testing.T, said io.Reader, r guard.Receiver) (messages []guard.Message, rest string) {
	t.Helper()
	g := guard.Wrap(recording{said: io.MultiReader(strings.NewReader(greeting), said)}, guard.Limits{})
	defer g.Close()
	r.Memory = func(n int) []byte { return make([]byte, n) }
	r.Each = func(m guard.Message) { messages = append(messages, m) }
	g.Receive(&r)
	if _, err := io.WriteString(g, askText); err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(g)
	if err != nil {
		t.Fatal(err)
	}
	return messages, strings.TrimPrefix(string(out), greeting)
}

var (
	october = time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC)
	whole   = guard.Receiver{Header: 100, Text: 100}
)

var messages = map[string]struct {
	in   string
	want []guard.Message
}{
	"message":         {"* 1 FETCH (UID 5 FLAGS (\\Seen) BODY[] {6}\r\na)\r\nb\n)\r\n", []guard.Message{{Seq: 1, UID: 5, Flags: []string{`\Seen`}, Header: []byte("a)\r\nb\n")}}},
	"header and text": {"* 1 FETCH (UID 5 BODY[HEADER]<0> {2}\r\n\r\n BODY[TEXT]<0> {3}\r\nabc)\r\n", []guard.Message{{Seq: 1, UID: 5, Header: []byte("\r\n"), Text: []byte("abc")}}},
	"fields": {
		"* 1 FETCH (UID 5 BODY[HEADER.FIELDS (TO \"CC\")] {1}\r\na)\r\n* 2 FETCH (UID 6 BODY[HEADER.FIELDS (TO \"CC\")] {1}\r\nb)\r\n* 3 FETCH (UID 7 BODY[TEXT] {1}\r\nc)\r\n",
		[]guard.Message{{Seq: 1, UID: 5, Header: []byte("a")}, {Seq: 2, UID: 6, Header: []byte("b")}, {Seq: 3, UID: 7, Text: []byte("c")}},
	},
	"date and size": {
		"* 1 FETCH (UID 5 INTERNALDATE \" 5-Oct-2026 10:00:00 +0200\" RFC822.SIZE 99 BODY[] {0}\r\n MODSEQ (7))\r\n",
		[]guard.Message{{Seq: 1, UID: 5, Received: october, Size: 99, Header: []byte{}}},
	},
	"quoted body":       {"* 1 FETCH (UID 5 BODY[] \"a\\\"b\")\r\n", []guard.Message{{Seq: 1, UID: 5, Header: []byte(`a"b`)}}},
	"NIL body":          {"* 1 FETCH (UID 5 BODY[] NIL)\r\n", []guard.Message{{Seq: 1, UID: 5}}},
	"same section anew": {"* 1 FETCH (UID 5 BODY[] {1}\r\na BODY[] {1}\r\nb)\r\n", []guard.Message{{Seq: 1, UID: 5, Header: []byte("a")}}},
	"unknown items": {
		"* 1 FETCH (X-GM-LABELS (\\Inbox {3}\r\na)b \"c)\") UID 5 EMAILID (M1) BODY[] {1}\r\na X-GM-MSGID 12)\r\n",
		[]guard.Message{{Seq: 1, UID: 5, Header: []byte("a")}},
	},
	"UID behind":        {"* 1 FETCH (BODY[] {3}\r\nabc FLAGS () UID 5)\r\n", []guard.Message{{Seq: 1, UID: 5, Flags: []string{}, Header: []byte("abc")}}},
	"flags beside":      {"* 1 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (UID 5 BODY[] {1}\r\na)\r\n", []guard.Message{{Seq: 1, Flags: []string{`\Seen`}}, {Seq: 1, UID: 5, Header: []byte("a")}}},
	"odd flags":         {"* 1 FETCH (FLAGS (\\SEEN \\ [x] ok))\r\n", []guard.Message{{Seq: 1, Flags: []string{`\Seen`, "ok"}}}},
	"impossible values": {"* 1 FETCH (UID 0 RFC822.SIZE -1 INTERNALDATE \"31-Feb-2026 00:00:00 +0000\" FLAGS NIL)\r\n", nil},
	"list cut short":    {"* 1 FETCH (UID 5 BODY[] {1}\r\na FLAGS (\r\n", []guard.Message{{Seq: 1, UID: 5, Header: []byte("a")}}},
	"odd section":       {"* 1 FETCH (UID 5 BODY[HEADER.FIELDS ({2}\r\nTO)] {1}\r\nx)\r\n", []guard.Message{{Seq: 1, UID: 5}}},
	"binary text":       {"* 1 FETCH (UID 5 BODY[] ~{2}\r\n\x00\x01)\r\n", []guard.Message{{Seq: 1, UID: 5, Header: []byte{0, 1}}}},
	"spaces everywhere": {"* 1 FETCH  ( UID  5  BODY[]  {1}\r\na )\r\n", []guard.Message{{Seq: 1, UID: 5, Header: []byte("a")}}},
	"bare line feeds":   {"* 1 FETCH (UID 5 BODY[] {1}\na)\n", []guard.Message{{Seq: 1, UID: 5, Header: []byte("a")}}},
	"nothing known":     {"* 1 FETCH (X-GM-THRID 12)\r\n", nil},
}

func TestReceiver_GetsMessagesPastTheLibrary(t *testing.T) {
	const after = "* 2 EXISTS\r\nT1 OK done\r\n"
	for name, c := range messages {
		t.Run(name, func(t *testing.T) {
			got, rest := received(t, strings.NewReader(c.in+after), whole)
			if diff := cmp.Diff(got, c.want); diff != "" || rest != after {
				t.Errorf("after %q the library gets %q; messages (-got +want):\n%s", c.in, rest, diff)
			}
			got, rest = received(t, iotest.OneByteReader(strings.NewReader(c.in+after)), whole)
			if diff := cmp.Diff(got, c.want); diff != "" || rest != after {
				t.Errorf("byte by byte the library gets %q; messages (-got +want):\n%s", rest, diff)
			}
		})
	}
}

func TestReceiver_KeepsNoMoreThanItWants(t *testing.T) {
	const in = "* 1 FETCH (UID 5 BODY[] {6}\r\nabcdef BODY[TEXT] \"ghijkl\")\r\nT1 OK done\r\n"
	for name, c := range map[string]struct {
		receiver guard.Receiver
		want     guard.Message
	}{
		"some of both": {guard.Receiver{Header: 3, Text: 2}, guard.Message{Seq: 1, UID: 5, Header: []byte("abc"), Text: []byte("gh")}},
		"none":         {guard.Receiver{}, guard.Message{Seq: 1, UID: 5}},
	} {
		got, rest := received(t, strings.NewReader(in), c.receiver)
		if diff := cmp.Diff(got, []guard.Message{c.want}); diff != "" || rest != "T1 OK done\r\n" {
			t.Errorf("%s: the library gets %q; messages (-got +want):\n%s", name, rest, diff)
		}
	}
}

// What comes after the completion belongs to nobody's FETCH: whoever asked may have gone on.
func TestReceiver_GetsNothingAfterTheCompletion(t *testing.T) {
	got, rest := received(t, strings.NewReader("T1 OK done\r\n* 1 FETCH (FLAGS (\\Seen))\r\n"), whole)
	if len(got) > 0 || rest != "T1 OK done\r\n* 1 FETCH (FLAGS (\\Seen))\r\n" {
		t.Errorf("received %v, and the library %q", got, rest)
	}
}

// The usual dates are read without time.Parse; it must not be told from it.
func TestReceiver_ReadsDatesAsTheStandardLibraryDoes(t *testing.T) {
	const layout = "_2-Jan-2006 15:04:05 -0700"
	for _, date := range []string{
		"18-Nov-2026 14:21:34 +0000", "01-Jan-1970 00:00:00 -0000", " 5-Oct-2026 10:00:00 +0200", "5-Oct-2026 10:00:00 +0200", "29-Feb-2024 23:59:59 -1200",
		"29-Feb-2026 23:59:59 +0000", "31-Apr-2026 00:00:00 +0000", "00-Apr-2026 00:00:00 +0000", "18-Nov-2026 24:00:00 +0000", "18-Nov-2026 14:60:00 +0000",
		"18-Nov-2026 14:21:60 +0000", "18-nov-2026 14:21:34 +0000", "18-ovD-2026 14:21:34 +0000", "18-Nov-2026 14:21:34 +1400", "18-Nov-2026 14:21:34 +2360",
		"18-Nov-2026 14:21:34 *0000", "18-Nov-26 14:21:34 +0000", "01-Jan-0001 00:00:00 +0000", "18-Nov-2026 14:21:34 GMT", "1x-Nov-2026 14:21:34 +0000", "",
	} {
		want, err := time.Parse(layout, date)
		if err != nil {
			want = time.Time{}
		}
		got, _ := received(t, strings.NewReader("* 1 FETCH (UID 1 INTERNALDATE \""+date+"\")\r\n"), whole)
		if len(got) != 1 || !got[0].Received.Equal(want) {
			t.Errorf("%q: %v, want %v", date, got, want)
		}
	}
}
