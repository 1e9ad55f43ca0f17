package report

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"followupd/mail"
	"followupd/tracker"
)

var (
	digestNow = time.Date(2026, 11, 23, 7, 45, 0, 0, time.UTC)
	digestRep = mail.Person{Name: "Anna Björk", Address: "anna@acme.example"}
)

func digestThread(who, subject string, state tracker.State) tracker.Standing {
	s := tracker.Standing{
		Thread: tracker.ThreadID(who), Subject: subject, State: state, Prospects: []mail.Person{{Name: who, Address: mail.Address(strings.ToLower(who) + "@nordbau.example")}},
		LastInbound: digestNow.AddDate(0, 0, -2), Reasons: []string{"first", "A challenge came back."},
	}
	if state == tracker.Drafted {
		s.Draft = &tracker.Draft{State: tracker.DraftPlaced, Approach: "case_study", Why: []string{"Lena asked what others did."}}
	}
	return s
}

func TestDigest_SaysWhatWaitsAndWhatToDo(t *testing.T) {
	held := digestThread("Ida", "Offer", tracker.Held)
	held.HeldUntil = digestNow.AddDate(0, 0, 3)
	d := NewDigest([]tracker.Standing{
		digestThread("Lena", "Your depot", tracker.Drafted), digestThread("Ben", "Customs", tracker.Answered), digestThread("Cleo", "Pallets", tracker.Review), held,
		digestThread("Per", "Lunch", tracker.Ignored),
	}, nil, digestNow)
	if want := "Follow-ups: 1 answer waits for you, 1 thread to decide, 1 draft to send"; d.Subject != want {
		t.Errorf("subject %q, want %q", d.Subject, want)
	}
	page, err := d.HTML()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Ben", "Customs", "Answer", "Cleo", "A challenge came back.", "Lena asked what others did.", "held until Thu 26 Nov 2026", "1 answered", "1 drafted"} {
		if !strings.Contains(d.Text(), want) {
			t.Errorf("the text lacks %q:\n%s", want, d.Text())
		}
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(d.Text(), "Lunch") {
		t.Error("what is ignored stands in the digest")
	}
}

func TestDigest_AnEmptyDayHasNone(t *testing.T) {
	held := digestThread("Ida", "Offer", tracker.Held)
	held.HeldUntil = digestNow.AddDate(0, 0, 3)
	quiet := []tracker.Standing{digestThread("Per", "Tolls", tracker.Waiting), digestThread("Kim", "Lunch", tracker.Ignored), held}
	if d := NewDigest(quiet, nil, digestNow); !d.Empty() {
		t.Errorf("nothing waits for the rep, and still: %s", d.Text())
	}
}

func TestDigest_ManyThreadsStayShort(t *testing.T) {
	var many []tracker.Standing
	for range 500 {
		many = append(many, digestThread("Ben", strings.Repeat("long ", 100), tracker.Answered))
	}
	d := NewDigest(many, nil, digestNow)
	if n := len(d.Text()); n > 8<<10 || !strings.Contains(d.Text(), "and 488 more") {
		t.Errorf("500 answers make %d bytes", n)
	}
}

// A digest lies in INBOX among the answers: it must be nobody's answer, and what strangers put into their subjects must not
// become a field or markup of it.
func TestDigest_IsNeverTakenForAMessageOfAProspect(t *testing.T) {
	evil := "Hi\r\nBcc: victim@else.example\r\n\r\n<script>alert(1)</script> https://evil.test"
	d := NewDigest([]tracker.Standing{digestThread("Lena", evil, tracker.Answered)}, nil, digestNow)
	source, err := d.Message(digestRep)
	if err != nil {
		t.Fatal(err)
	}
	m := mail.Parse(source)
	if len(m.To) != 1 || m.To[0] != digestRep || len(m.From) != 1 || m.From[0] != digestRep || len(m.Cc)+len(m.Bcc) > 0 {
		t.Errorf("from %v to %v cc %v bcc %v; want the rep and nobody else", m.From, m.To, m.Cc, m.Bcc)
	}
	if len(m.InReplyTo)+len(m.References) > 0 {
		t.Error("it continues a conversation")
	}
	if !strings.Contains(string(source), DigestHeader+": 2026-11-23\r\n") {
		t.Errorf("no %s", DigestHeader)
	}
	reading := mail.Read(m, mail.Context{Received: digestNow, Me: []mail.Address{digestRep.Address}})
	if reading.Kind == mail.KindHuman {
		t.Errorf("it is read as %s", reading.Kind)
	}
	policy := tracker.Policy{Me: []mail.Address{digestRep.Address}, Internal: []string{"acme.example"}}
	seen := tracker.Seen{Row: 1, Folders: []mail.Folder{{Name: "INBOX", Role: mail.RoleInbox}}, Received: digestNow, Message: m, Reading: reading}
	if got := policy.Direction(seen); got != tracker.Unknown {
		t.Errorf("direction %s, want unknown", got)
	}
	box := tracker.NewMailbox(policy, nil)
	box.Add(seen)
	if all := box.JudgeAll(tracker.Facts{}, digestNow); len(all) > 0 {
		t.Errorf("it makes a thread: %+v", all[0])
	}
	page, err := d.HTML()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page, "<script") || strings.Contains(page, "href=") {
		t.Error("a stranger's subject is markup")
	}
	again, err := d.Message(digestRep)
	if err != nil || mail.Parse(again).ID != m.ID {
		t.Error("the same day has two ids")
	}
}

// mailServer takes mail on this machine and keeps it.
type mailServer struct {
	mu     sync.Mutex
	to     []string
	data   []string
	refuse bool
}

func (s *mailServer) NewSession(*smtp.Conn) (smtp.Session, error) { return s, nil }
func (s *mailServer) Mail(string, *smtp.MailOptions) error        { return nil }
func (s *mailServer) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.to = append(s.to, to)
	return nil
}

func (s *mailServer) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse {
		return &smtp.SMTPError{Code: 452, Message: "not now"}
	}
	s.data = append(s.data, string(text))
	return err
}
func (s *mailServer) Reset()        {}
func (s *mailServer) Logout() error { return nil }

func startMail(t *testing.T) (*mailServer, DigestServer) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	back := &mailServer{}
	server := smtp.NewServer(back)
	server.Domain = "mail.acme.example"
	served := make(chan struct{})
	go func() {
		defer close(served)
		server.Serve(l)
	}()
	t.Cleanup(func() {
		server.Close()
		<-served
	})
	return back, DigestServer{Address: l.Addr().String(), Security: "none"}
}

func TestDigestServer_MailsToTheRepAndNobodyElse(t *testing.T) {
	back, server := startMail(t)
	source, err := NewDigest([]tracker.Standing{digestThread("Ben", "Customs", tracker.Answered)}, nil, digestNow).Message(digestRep)
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Mail(t.Context(), digestRep.Address, source); err != nil {
		t.Fatal(err)
	}
	if len(back.to) != 1 || back.to[0] != string(digestRep.Address) || len(back.data) != 1 || !strings.Contains(back.data[0], DigestHeader) {
		t.Fatalf("to %v, %d mails; want one to the rep", back.to, len(back.data))
	}
	text := string(source)
	for name, bad := range map[string]string{
		"another To":   strings.Replace(text, "To: ", "To: ben@isarlog.example, ", 1),
		"a second To":  "To: ben@isarlog.example\r\n" + text,
		"a Cc":         "Cc: ben@isarlog.example\r\n" + text,
		"a Bcc":        "Bcc: ben@isarlog.example\r\n" + text,
		"a Resent-To":  "Resent-To: ben@isarlog.example\r\n" + text,
		"only another": strings.ReplaceAll(text, "anna@acme.example", "ben@isarlog.example"),
		"no message":   "",
	} {
		err := server.Mail(t.Context(), digestRep.Address, []byte(bad))
		var unsent *NotSentError
		if !errors.As(err, &unsent) {
			t.Errorf("%s: got %v, want a refusal", name, err)
		}
	}
	if len(back.to) != 1 {
		t.Errorf("the server was told of %v", back.to)
	}
}

func TestDigestServer_SaysWhenItIsCertainThatNothingWentOut(t *testing.T) {
	back, server := startMail(t)
	source, err := NewDigest([]tracker.Standing{digestThread("Ben", "Customs", tracker.Answered)}, nil, digestNow).Message(digestRep)
	if err != nil {
		t.Fatal(err)
	}
	back.refuse = true
	var unsent *NotSentError
	if err := server.Mail(t.Context(), digestRep.Address, source); !errors.As(err, &unsent) {
		t.Errorf("refused by the server: got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := server.Mail(ctx, digestRep.Address, source); !errors.As(err, &unsent) {
		t.Errorf("never connected: got %v", err)
	}
	server.Address = "192.0.2.1:25"
	ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := server.Mail(ctx, digestRep.Address, source); !errors.As(err, &unsent) {
		t.Errorf("not this machine, without encryption: got %v", err)
	}
}
