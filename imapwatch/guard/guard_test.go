package guard_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"followupd/imapwatch/guard"
	"followupd/imapwatch/imaptest"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	code := imaptest.Main(m)
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// recording is a connection to a server whose words are known beforehand.
type recording struct {
	net.Conn // nil: nothing else is called
	said     io.Reader
}

func (r recording) Read(p []byte) (int, error)     { return r.said.Read(p) }
func (recording) Write(p []byte) (int, error)      { return len(p), nil }
func (recording) Close() error                     { return nil }
func (recording) SetWriteDeadline(time.Time) error { return nil }

// passed gives what the guard makes of a server's words, after the client has said its own.
func passed(said io.Reader, client string, l guard.Limits) (string, *guard.Conn, error) {
	g := guard.Wrap(recording{said: said}, l)
	defer g.Close()
	if _, err := g.Write([]byte(client)); err != nil {
		return "", g, err
	}
	out, err := io.ReadAll(g)
	return string(out), g, err
}

const (
	greeting = "* OK hello\r\n"
	// Commands of go-imap that make answers possible: a "+", tagged completions, message text.
	askText  = "T1 UID FETCH 1:9 (UID BODY.PEEK[])\r\n"
	askFlags = "T1 UID FETCH 1:9 (UID FLAGS)\r\n"
)

var rewritten = map[string]struct{ client, in, want string }{
	// What needs no repair.
	"exists":        {in: "* 23 EXISTS\r\n", want: "* 23 EXISTS\r\n"},
	"expunge":       {in: "* 4 EXPUNGE\r\n", want: "* 4 EXPUNGE\r\n"},
	"code and text": {in: "* OK [UIDVALIDITY 5] UIDs valid\r\n", want: "* OK [UIDVALIDITY 5] UIDs valid\r\n"},
	"flags":         {in: "* FLAGS (\\Answered \\Seen $Junk)\r\n", want: "* FLAGS (\\Answered \\Seen $Junk)\r\n"},
	"capability":    {in: "* CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN\r\n", want: "* CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN\r\n"},
	"list":          {in: "* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent Mail\"\r\n", want: "* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent Mail\"\r\n"},
	"list literal":  {in: "* LIST () \"/\" {4}\r\na\"bc\r\n", want: "* LIST () \"/\" \"a\\\"bc\"\r\n"},
	"list extended": {in: "* LIST () \".\" INBOX.x (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n", want: "* LIST () \".\" \"INBOX.x\"\r\n"},
	"encoded name":  {in: "* LIST () \"/\" Entw&APw-rfe\r\n", want: "* LIST () \"/\" \"Entw&APw-rfe\"\r\n"},
	"status":        {in: "* STATUS Sent (MESSAGES 3 UIDNEXT 4)\r\n", want: "* STATUS \"Sent\" (MESSAGES 3 UIDNEXT 4)\r\n"},
	"namespace":     {in: "* NAMESPACE ((\"INBOX.\" \".\")) NIL ((\"#shared/\" \"/\" \"X\" (\"y\")))\r\n", want: "* NAMESPACE ((\"INBOX.\" \".\")) NIL ((\"#shared/\" \"/\"))\r\n"},
	"search":        {in: "* SEARCH 2 3 9\r\n", want: "* SEARCH 2 3 9\r\n"},
	"empty search":  {in: "* SEARCH\r\n", want: "* SEARCH\r\n"},
	"esearch":       {in: "* ESEARCH (TAG \"T3\") UID COUNT 2 ALL 1:3,7\r\n", want: "* ESEARCH (TAG \"T3\") UID COUNT 2 ALL 1:3,7\r\n"},
	"completion":    {client: "T1 NOOP\r\n", in: "T1 OK done\r\n", want: "T1 OK done\r\n"},
	"append uid":    {client: "T1 NOOP\r\n", in: "T1 OK [APPENDUID 38505 3955] done\r\n", want: "T1 OK [APPENDUID 38505 3955] done\r\n"},
	"idle":          {client: "T1 IDLE\r\n", in: "+ idling\r\n", want: "+ idling\r\n"},
	"literal asked": {client: "T1 LOGIN {3}\r\n", in: "+\r\n", want: "+\r\n"},
	"sasl":          {client: "T1 AUTHENTICATE XOAUTH2 dXNlcg==\r\n", in: "+ eyJzdGF0\r\n", want: "+ eyJzdGF0\r\n"},

	// What go-imap would give up the connection for.
	"VANISHED":               {in: "* VANISHED (EARLIER) 1:5\r\n", want: ""},
	"unknown response":       {in: "* XFOO {3}\r\na\r\n bar\r\n", want: ""},
	"unknown numbered":       {in: "* 5 XFOO\r\n", want: ""},
	"untagged nothing":       {in: "* \r\n*\r\n\r\n", want: ""},
	"number too big":         {in: "* 99999999999 EXISTS\r\n", want: ""},
	"expunge of nothing":     {in: "* 0 EXPUNGE\r\n", want: ""},
	"unknown tag":            {in: "T7 OK done\r\n", want: ""},
	"completed twice":        {client: "T1 NOOP\r\n", in: "T1 OK done\r\nT1 OK done\r\n", want: "T1 OK done\r\n"},
	"completed oddly":        {client: "T1 NOOP\r\n", in: "T1 MAYBE done\r\n", want: "T1 BAD done\r\n"},
	"stray plus":             {client: "T1 NOOP\r\n", in: "+ go on\r\nT1 OK done\r\n", want: "T1 OK done\r\n"},
	"second plus":            {client: "T1 IDLE\r\n", in: "+ idling\r\n+ idling\r\n", want: "+ idling\r\n"},
	"plus for DONE":          {client: "T1 IDLE\r\nDONE\r\nT2 NOOP\r\n", in: "+ idling\r\n+ what\r\nT1 OK done\r\n", want: "+ idling\r\nT1 OK done\r\n"},
	"plus for LITERAL+":      {client: "T1 LOGIN {3+}\r\nrep secret\r\n", in: "+ go on\r\nT1 OK done\r\n", want: "T1 OK done\r\n"},
	"capability with a list": {in: "* CAPABILITY 0( IDLE\r\n* OK [CAPABILITY 0(] x\r\n", want: "* CAPABILITY IDLE\r\n* OK [CAPABILITY] x\r\n"},
	"code without end":       {in: "* OK [UIDNEXT 5\r\n", want: "* OK (UIDNEXT 5\r\n"},
	"code with nonsense":     {in: "* OK [UIDVALIDITY -1] x\r\n* OK [PERMANENTFLAGS \\*] y\r\n", want: "* OK x\r\n* OK y\r\n"},
	"text is no literal":     {in: "* OK hello {5}\r\n* 3 EXISTS\r\n", want: "* OK hello {5}\r\n* 3 EXISTS\r\n"},
	"no text":                {client: "T1 NOOP\r\n", in: "* OK\r\nT1 OK \r\n", want: "* OK\r\nT1 OK\r\n"},
	"empty flag":             {in: "* FLAGS (\\Seen \\ )\r\n", want: "* FLAGS (\\Seen)\r\n"},
	"empty attribute":        {in: "* LIST (\\HasNoChildren \\ ) \"/\" X\r\n", want: "* LIST (\\HasNoChildren) \"/\" \"X\"\r\n"},
	"bare ampersand":         {in: "* LIST () \"/\" \"R&D\"\r\n", want: "* LIST () \"/\" \"R&-D\"\r\n"},
	"null shift":             {in: "* LIST () \"/\" \"&AOQ-&AOQ-\"\r\n", want: "* LIST () \"/\" \"&-AOQ-&-AOQ-\"\r\n"},
	"half a surrogate":       {in: "* LIST () \"/\" \"&2D0-\"\r\n", want: "* LIST () \"/\" \"&-2D0-\"\r\n"},
	"ASCII in base64":        {in: "* LIST () \"/\" \"&AEE-\"\r\n", want: "* LIST () \"/\" \"&-AEE-\"\r\n"},
	"Latin-1 name":           {in: "* LIST () \"/\" \"Entw\xfcrfe\"\r\n", want: "* LIST () \"/\" \"Entw\uFFFDrfe\"\r\n"},
	"UTF-8 name":             {in: "* LIST () \"/\" Entwürfe\r\n", want: "* LIST () \"/\" \"Entwürfe\"\r\n"},
	"unquoted spaces":        {in: "* LIST () \"/\" Sent Items\r\n", want: "* LIST () \"/\" \"Sent Items\"\r\n"},
	"long delimiter":         {in: "* LIST () \"//\" X\r\n", want: "* LIST () NIL \"X\"\r\n"},
	"list without name":      {in: "* LIST () \"/\"\r\n* LIST\r\n", want: ""},
	"status item":            {in: "* STATUS X (MESSAGES 3 MAILBOXID (abc) UIDNEXT -1 UNSEEN 2)\r\n", want: "* STATUS \"X\" (MESSAGES 3 UNSEEN 2)\r\n"},
	"NIL in ID":              {in: "* ID (\"name\" NIL \"version\" \"2\")\r\n", want: "* ID (\"name\" \"\" \"version\" \"2\")\r\n"},
	"search out of order":    {in: "* SEARCH 9 2 x 2 4294967296 3\r\n", want: "* SEARCH 2 3 9\r\n"},
	"search with modseq":     {in: "* SEARCH 2 3 (MODSEQ 917)\r\n", want: "* SEARCH 2 3\r\n"},
	"esearch with star":      {in: "* ESEARCH (TAG \"T3\") UID ALL 1:*\r\n", want: "* ESEARCH (TAG \"T3\") UID\r\n"},
	"esearch without tag":    {client: "T1 UID SEARCH RETURN (ALL) ALL\r\n", in: "* ESEARCH UID ALL 1:3\r\n", want: "* ESEARCH (TAG \"T1\") UID ALL 1:3\r\n"},
	"quota":                  {in: "* QUOTA \"\" (STORAGE 10 512)\r\n", want: ""},

	"unasked envelope":  {client: askFlags, in: "* 1 FETCH (ENVELOPE (NIL {4}\r\n)))) (unquoted stuff) NIL) UID 5)\r\n", want: "* 1 FETCH (UID 5)\r\n"},
	"unasked structure": {client: askFlags, in: "* 1 FETCH (UID 5 BODYSTRUCTURE ((\"text\" \"plain\")(\"a\" \"b\") \"mixed\") BODY (\"text\"))\r\n", want: "* 1 FETCH (UID 5)\r\n"},
	"impossible date":   {client: askFlags, in: "* 1 FETCH (UID 5 INTERNALDATE \"99-Foo-0000 00:00:00 +0000\" FLAGS ())\r\n", want: "* 1 FETCH (UID 5 FLAGS ())\r\n"},
	"NIL date":          {client: askFlags, in: "* 1 FETCH (INTERNALDATE NIL UID 5)\r\n", want: "* 1 FETCH (UID 5)\r\n"},
	"odd flags":         {client: askFlags, in: "* 1 FETCH (UID 5 FLAGS (\\Seen \\ [x] ok))\r\n", want: "* 1 FETCH (UID 5 FLAGS (\\Seen ok))\r\n"},
	"nothing known":     {client: askFlags, in: "* 1 FETCH (X-GM-THRID 12)\r\n", want: ""},
	"text for nobody":   {client: askText, in: "* 1 FETCH (UID 5 FLAGS (\\Seen) BODY[] {6}\r\na)\r\nb\n MODSEQ (7))\r\n", want: "* 1 FETCH (UID 5 FLAGS (\\Seen) MODSEQ (7))\r\n"},
	"flags afterwards":  {client: askText, in: "T1 OK done\r\n* 1 FETCH (FLAGS (\\Seen))\r\n", want: "T1 OK done\r\n* 1 FETCH (FLAGS (\\Seen))\r\n"},
	"flags cut short":   {client: askText, in: "* 1 FETCH (UID 5 FLAGS (\r\n* 2 EXISTS\r\n", want: "* 1 FETCH (UID 5)\r\n* 2 EXISTS\r\n"},
	"no list":           {client: askText, in: "* 1 FETCH NIL\r\n* 1 FETCH\r\n* 2 EXISTS\r\n", want: "* 2 EXISTS\r\n"},
	"odd section":       {client: askText, in: "* 1 FETCH (UID 5 BODY[HEADER.FIELDS ({2}\r\nTO)] {1}\r\nx)\r\n* 2 EXISTS\r\n", want: "* 1 FETCH (UID 5)\r\n* 2 EXISTS\r\n"},
}

func TestConn_GivesTheLibraryWhatItCanRead(t *testing.T) {
	for name, c := range rewritten {
		t.Run(name, func(t *testing.T) {
			got, _, err := passed(strings.NewReader(greeting+c.in), c.client, guard.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimPrefix(got, greeting), c.want); diff != "" {
				t.Errorf("after %q (-got +want):\n%s", c.in, diff)
			}
		})
	}
}

// A response may come in any pieces.
func TestConn_DoesNotCareHowBytesArrive(t *testing.T) {
	for name, c := range rewritten {
		in := greeting + c.in
		for cut := range len(in) {
			pieces := io.MultiReader(strings.NewReader(in[:cut]), strings.NewReader(in[cut:]))
			got, _, err := passed(pieces, c.client, guard.Limits{})
			if err != nil || strings.TrimPrefix(got, greeting) != c.want {
				t.Errorf("%s cut after %d bytes: %q, %v, want %q", name, cut, got, err, c.want)
			}
		}
		got, _, err := passed(iotest.OneByteReader(strings.NewReader(in)), c.client, guard.Limits{})
		if err != nil || strings.TrimPrefix(got, greeting) != c.want {
			t.Errorf("%s byte by byte: %q, %v, want %q", name, got, err, c.want)
		}
	}
}

func TestConn_RefusesWhatIsTooBig(t *testing.T) {
	endless := func(s string) io.Reader { return &repeated{s: s} }
	for name, c := range map[string]struct {
		in   io.Reader
		what string
	}{
		"line":            {endless("a"), "line"},
		"carriage":        {endless("\r"), "line"},
		"text":            {io.MultiReader(strings.NewReader("* OK "), endless("x")), "line"},
		"unknown":         {io.MultiReader(strings.NewReader("* XFOO "), endless("x ")), "line"},
		"list literal":    {io.MultiReader(strings.NewReader("* LIST () \"/\" {4000000000}\r\n"), endless("x")), "line"},
		"search":          {io.MultiReader(strings.NewReader("* SEARCH"), endless(" 1")), "line"},
		"parens":          {io.MultiReader(strings.NewReader("* 1 FETCH (BODYSTRUCTURE "), endless("(")), "nesting"},
		"namespace":       {strings.NewReader("* STATUS x (FOO " + strings.Repeat("(", 100) + "\r\n"), "nesting"},
		"literal":         {io.MultiReader(strings.NewReader("* 1 FETCH (UID 1 BODY[] {4294967296}\r\n"), endless("x")), "literal"},
		"dropped literal": {io.MultiReader(strings.NewReader("* 1 FETCH (UID 1 RFC822 {4294967296}\r\n"), endless("x")), "literal"},
		"response":        {strings.NewReader("* 1 FETCH (UID 1" + strings.Repeat(" BODY[] {30000}\r\n"+strings.Repeat("x", 30000), 4) + ")\r\n"), "response"},
		"responses":       {endless("* 1 EXISTS\r\n"), "responses to one command"},
		"search range":    {strings.NewReader("* ESEARCH UID ALL 1:4294967295\r\n"), "messages of a search"},
		"items":           {io.MultiReader(strings.NewReader("* 1 FETCH ("), endless("MODSEQ (1) ")), "line"},
		"section":         {io.MultiReader(strings.NewReader("* 1 FETCH (BODY["), endless("x")), "line"},
	} {
		t.Run(name, func(t *testing.T) {
			limits := guard.Limits{Line: 10_000, Literal: 50_000, Response: 100_000, Responses: 1000}
			_, g, err := passed(io.MultiReader(strings.NewReader(greeting), c.in), askText, limits)
			var limit *guard.LimitError
			if !errors.As(err, &limit) || limit.What != c.what {
				t.Fatalf("error %v, want a LimitError of %q", err, c.what)
			}
			if g.Err() != err {
				t.Errorf("Err() = %v, want %v", g.Err(), err)
			}
		})
	}
}

type repeated struct {
	s string
	i int
}

func (r *repeated) Read(p []byte) (int, error) {
	for n := range p {
		p[n] = r.s[r.i]
		r.i = (r.i + 1) % len(r.s)
	}
	return len(p), nil
}

func TestConn_CountsResponsesAnewAfterExpect(t *testing.T) {
	g := guard.Wrap(recording{said: &repeated{s: "* OK x\r\n"}}, guard.Limits{Responses: 100})
	defer g.Close()
	buf := make([]byte, 8)
	for range 50 {
		for range 90 {
			if _, err := io.ReadFull(g, buf); err != nil {
				t.Fatal(err)
			}
		}
		g.Expect(0)
	}
}

func TestConn_SaysWhenItIsNoIMAPServer(t *testing.T) {
	for name, in := range map[string]string{
		"HTTP":  "HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n",
		"TLS":   "\x15\x03\x01\x00\x02\x02\x0a",
		"SMTP":  "220 mail.acme.example ESMTP\r\n",
		"IMAP?": "* 5 EXISTS\r\n",
	} {
		_, _, err := passed(strings.NewReader(in), "", guard.Limits{})
		var foreign *guard.NotIMAPError
		if !errors.As(err, &foreign) {
			t.Errorf("%s: %v, want a NotIMAPError", name, err)
		}
	}
}

func TestConn_KeepsTheServersWords(t *testing.T) {
	_, g, err := passed(strings.NewReader("* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n"+
		"* OK [ALERT] Mailbox is at 98% of quota\r\n* NO [ALERT] \x1b[31mred\r\n"+
		"T1 NO [AUTHENTICATIONFAILED] Invalid credentials\r\n* BYE Logging\u202eout\r\n"), "T1 LOGIN rep secret\r\n", guard.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	want := guard.Told{
		Greeting: "Dovecot ready.",
		Bye:      `Logging\u202eout`,
		Alerts:   []string{"Mailbox is at 98% of quota", `\u001b[31mred`},
		No:       "Invalid credentials",
	}
	if diff := cmp.Diff(g.Told(), want); diff != "" {
		t.Errorf("Told (-got +want):\n%s", diff)
	}
}

func TestConn_BoundsTheServersWords(t *testing.T) {
	said := "* OK [ALERT] " + strings.Repeat("ä", 5000) + "\r\n"
	for i := range 50 {
		said += fmt.Sprintf("* OK [ALERT] number %d\r\n", i)
	}
	_, g, err := passed(strings.NewReader(greeting+said), "", guard.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	alerts := g.Told().Alerts
	if len(alerts) != 8 || alerts[7] != "number 49" {
		t.Errorf("alerts %q, want the last eight", alerts)
	}
}

func TestConn_UnderstandsThrottling(t *testing.T) {
	for said, want := range map[string]time.Duration{
		"T1 BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds": 92415 * time.Millisecond,
		"T1 NO Suggested Backoff Time: 999999999999":                              time.Hour,
		"T1 NO Please try again in 15 minutes":                                    15 * time.Minute,
		"* BYE retry after 30 seconds":                                            30 * time.Second,
		"T1 NO [UNAVAILABLE] Temporary authentication failure.":                   5 * time.Minute,
		"T1 NO [LIMIT] Maximum number of connections from user+IP exceeded":       5 * time.Minute,
		"T1 NO [INUSE] locked":                                                    5 * time.Minute,
		"* BYE Too many simultaneous connections. (Failure)":                      5 * time.Minute,
		"T1 NO [AUTHENTICATIONFAILED] Invalid credentials":                        0,
		"T1 OK all well, retry after 5 seconds if you like":                       0,
	} {
		_, g, err := passed(strings.NewReader(greeting+said+"\r\n"), "T1 NOOP\r\n", guard.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if got := g.Told().Throttle; got != want {
			t.Errorf("%s: throttled for %v, want %v", said, got, want)
		}
	}
}

func TestConn_ForgetsALiteralThatWasRefused(t *testing.T) {
	server := greeting + "T1 NO [TRYCREATE] no such folder\r\n+ idling\r\n"
	g := guard.Wrap(recording{said: iotest.OneByteReader(strings.NewReader(server))}, guard.Limits{})
	defer g.Close()
	read := func(n int) string {
		buf := make([]byte, n)
		if _, err := io.ReadFull(g, buf); err != nil {
			t.Fatal(err)
		}
		return string(buf)
	}
	_, _ = g.Write([]byte("T1 APPEND Drafts {5000}\r\n"))
	read(len(greeting) + len("T1 NO [TRYCREATE] no such folder\r\n"))
	_, _ = g.Write([]byte("T2 IDLE\r\n"))
	if got := read(len("+ idling\r\n")); got != "+ idling\r\n" {
		t.Errorf("after the next command: %q", got)
	}
}
