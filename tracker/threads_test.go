package tracker

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"followupd/mail"
)

// groups says which messages of a tale lie together, by Of: "a,b c".
func groups(s *tale, m *Mailbox) string {
	names := make(map[int64]string)
	for name, x := range s.byName {
		names[x.Row] = name
	}
	var order []ThreadID
	by := make(map[ThreadID][]string)
	for _, x := range s.seen {
		id := m.Of(x.Row)
		if by[id] == nil {
			order = append(order, id)
		}
		by[id] = append(by[id], names[x.Row])
	}
	var all []string
	for _, id := range order {
		all = append(all, strings.Join(by[id], ","))
	}
	return strings.Join(all, " ")
}

func TestMailbox_Threads(t *testing.T) {
	tests := []struct{ name, tale, want string }{
		{"In-Reply-To is trusted though the subject changed", "a rep writes -9d to=lena\n b lena answers -8d irt=a@mail.example about=Completely_different", "a,b"},
		{"References alone count under the same subject", "a rep writes -9d to=lena about=Audit\n b bo answers -8d refs=a about=Re:_Audit", "a,b"},
		{"References alone under another subject are a recycled mail", "a rep writes -9d to=lena about=Audit\n b rep writes -8d to=bo refs=a about=Tolls", "a b"},
		{"References alone under another subject that calls itself an answer", "a rep writes -9d to=lena about=Audit\n b boss@x.example answers -8d refs=a about=Sensors_(was:_Audit)", "a,b"},
		{"a client that lost a space in the subject", "a rep writes -9d to=lena about=Audit_of_lanes\n b bo answers -8d refs=a about=Re:_Audit_oflanes", "a,b"},
		{"a recycled mail and its own answers lie together", "a rep writes -9d to=lena about=Audit\n b rep writes -8d to=bo refs=a about=Tolls\n c bo answers -7d re=b", "a b,c"},
		{"two answers to a mail nobody has", "a lena answers -9d irt=gone@x about=Re:_Audit\n b bo answers -8d irt=gone@x about=Re:_Audit", "a,b"},
		{"a bounce by the id it names", "a rep writes -9d to=lena\n b mailer-daemon@mx.acme.example bounces -9d of=a about=Undelivered", "a,b"},
		{"Thread-Index where no header is left", "a rep writes -9d to=lena about=Audit ti=77\n b rep writes -9d to=lena about=Tolls\n c lena acknowledges -8d about=AW:_Audit ti=77", "a,c b"},
		{"a Thread-Index copied to another customer ties nothing", "a rep writes -9d to=lena about=Audit ti=77\n b rep writes -9d to=bo about=Audit ti=77", "a b"},
		{"no header at all, one conversation", "a rep writes -9d to=lena about=Audit\n b lena answers -8d about=sensors", "a,b"},
		{"no header at all, the same subject among several", "a rep writes -9d to=lena about=Audit\n b rep writes -8d to=lena about=Tolls\n c lena answers -7d about=Re:_Audit", "a,c b"},
		{"no header at all, nothing tells them apart: the newest", "a rep writes -9d to=lena about=Audit\n b rep writes -8d to=lena about=Tolls\n c lena answers -7d about=hello", "a b,c"},
		{"never by the subject across people", "a rep writes -9d to=lena about=Audit\n b bo answers -8d about=Re:_Audit", "a b"},
		{"never by a free-mail domain", "a rep writes -9d to=lena@gmx.net about=Audit\n b bo@gmx.net answers -8d about=Re:_Audit", "a b"},
		{"another address of the company", "a rep writes -9d to=lena@nord.example about=Audit\n b office@mail.nord.example answers -8d about=Re:_Audit", "a,b"},
		{"a mail from before the rep wrote answers nothing", "b lena answers -10d about=Audit\n a rep writes -9d to=lena about=Audit", "b a"},
		{"an id that a relay rewrote", "a rep writes -9d to=lena about=Audit\n b lena answers -8d irt=0102@ses.example about=Re:_Audit", "a,b"},
		{"what later answers the rewritten id belongs to it, too", "a rep writes -9d to=lena about=Audit\n b lena answers -8d irt=0102@ses.example about=Re:_Audit\n c boss@other.example answers -7d irt=0102@ses.example about=Re:_Audit", "a,b,c"},
		{"the rep's answer to a mail under a rewritten id goes on in the thread", "a rep writes -9d to=lena about=Audit\n b lena answers -8d irt=0102@ses.example about=Re:_Audit\n c rep writes -7d to=lena re=b", "a,b,c"},
		{"a fresh mail that the rep answers is a conversation of its own", "a rep writes -9d to=lena about=Audit\n b lena answers -8d about=sensors\n c rep writes -7d to=lena re=b", "a b,c"},
		{"one Message-ID on two mails of a client that numbers badly", "a lena answers -9d id=1@localhost about=Audit\n b bo answers -8d id=1@localhost about=Tolls", "a b"},
		{"copies of one mail are one", "a lena answers -9d id=1@x about=Audit\n b lena answers -9d id=1@x about=Audit", "a,b"},
		{"a stranger who borrows the rep's id gets nothing by it", "a bo answers -10d id=1@x about=Spam\n b rep writes -9d to=lena id=1@x about=Audit\n c lena answers -8d irt=1@x about=Re:_Audit", "a b,c"},
		{"mails without a Message-ID stay apart", "a lena answers -9d id= about=Audit\n b lena answers -8d id= about=Tolls", "a b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := tell(t, tt.tale)
			if got := groups(s, s.mailbox()); got != tt.want {
				t.Errorf("lie together: %s, want %s", got, tt.want)
			}
		})
	}
}

func TestMailbox_AMailThatMayAnswerSeveralStopsThemAll(t *testing.T) {
	s := tell(t, "offer rep writes -20d to=lena about=Audit\n other rep writes -18d to=lena about=Tolls\n a lena answers -10d about=hello")
	if got := s.of("other"); got.State != Answered {
		t.Errorf("the newest is %s, want answered: %v", got.State, got.Reasons)
	}
	if got := s.of("offer"); got.State != Review {
		t.Errorf("the older is %s, want review: %v", got.State, got.Reasons)
	}
}

func TestMailbox_QuotedLinesTellConversationsApart(t *testing.T) {
	s := tell(t, "offer rep writes -20d to=lena about=Audit\n other rep writes -18d to=lena about=Tolls\n a lena answers -10d about=hello")
	line := "three months of invoices would be enough for a start"
	s.seen[0].Reading.NewText = "Hi Lena,\n\n" + line + "\n"
	s.seen[2].Message.Content = &mail.Content{Text: "Agreed!\n\n> " + line + "\n"}
	m := s.mailbox()
	if m.Of(3) != m.Of(1) {
		t.Error("the mail quotes the first conversation and lies in another")
	}
	if got := s.of("other"); got.State != Due {
		t.Errorf("the other conversation is %s, want due", got.State)
	}
}

func TestMailbox_AFreshAnswerStillAnswersAfterTheRepTookItUp(t *testing.T) {
	s := tell(t, "offer rep writes -20d to=lena about=Audit\n a lena answers -18d about=sensors\n b rep writes -17d to=lena re=a")
	if got := s.of("offer"); got.State != Answered {
		t.Errorf("the first conversation is %s, want answered", got.State)
	}
	if got := s.of("b"); got.State != Due {
		t.Errorf("the second conversation is %s, want due", got.State)
	}
}

func TestMailbox_ThreadIDs(t *testing.T) {
	s := tell(t, "offer rep writes -20d to=lena\n a lena answers -18d re=offer\n b rep writes -17d to=lena re=a")
	whole := s.mailbox()
	id := whole.Of(1)
	if len(id) != nameLength || strings.Trim(string(id), "abcdefghijklmnopqrstuvwxyz234567") != "" {
		t.Errorf("id %q is not %d plain digits", id, nameLength)
	}
	t.Run("the same though the first mail is not there", func(t *testing.T) {
		m := NewMailbox(s.policy, nil)
		m.Add(s.seen[2])
		if got := m.Of(3); got != id {
			t.Errorf("got %s, want %s", got, id)
		}
	})
	t.Run("an earlier name is understood", func(t *testing.T) {
		late := tell(t, "z lena answers -21d about=Freight_audit\n x lena answers -19d irt=z@mail.example\n y rep writes -18d to=lena irt=x@mail.example")
		m := NewMailbox(late.policy, nil)
		m.Add(late.seen[2])
		early := m.Of(3)
		m.Add(late.seen[1])
		m.Add(late.seen[0])
		if now := m.Of(3); now == early {
			t.Fatal("the name did not change; this test tests nothing")
		}
		if got := m.Thread(early); got == nil || len(got.Messages) != 3 {
			t.Errorf("under its earlier name the thread is %v", got)
		}
		f := Facts{Words: []Word{{Kind: WordClose, Thread: early, Outcome: Won, At: late.now}}}
		if got := m.Judge(m.Of(3), f, late.now); got.Outcome != Won {
			t.Errorf("a word under the earlier name is lost: %s %v", got.State, got.Reasons)
		}
	})
}

func TestMailbox_SetPolicyJudgesAnew(t *testing.T) {
	s := tell(t, "offer rep writes -20d to=lena\n other anna@side.example writes -20d to=bo in=Sent")
	m := s.mailbox()
	if got := len(m.Threads()); got != 1 {
		t.Fatalf("%d threads before, want 1", got)
	}
	s.policy.Me = append(s.policy.Me, "anna@side.example")
	s.policy.Exclude = []string{"@lena.example"}
	m.SetPolicy(s.policy)
	if got := len(m.Threads()); got != 2 {
		t.Errorf("%d threads with the alias, want 2", got)
	}
	if got := m.Judge(m.Of(1), s.facts, s.now); got.State != Ignored {
		t.Errorf("the excluded one is %s, want ignored", got.State)
	}
}

func TestMailbox_Wanted(t *testing.T) {
	s := tell(t, `offer   rep    writes   -20d to=lena nobody-read
		answer  lena   answers  -19d about=other nobody-read
		boss    boss@lena.example answers -19d about=hello nobody-read
		report  mailer-daemon@mx.example bounces -19d nobody-read
		news    news@lena.example publishes -18d about=News nobody-read
		spam    seller@shop.example answers -18d about=Buy nobody-read
		inside  rep writes -18d to=jonas@acme.example about=Board nobody-read
		read    lena   answers  -17d about=other2`)
	want := []int64{1, 2, 3, 4}
	if got := s.mailbox().Wanted(); !slices.Equal(got, want) {
		t.Errorf("got rows %v, want %v", got, want)
	}
}

func TestMailbox_KeepsWhatAWriterNeeds(t *testing.T) {
	s := tell(t, "offer rep writes -20d to=lena cc=bo\n answer lena answers -19d re=offer")
	s.seen[1].Reading.NewText = "Two questions: when, and how much?"
	m := s.mailbox()
	got := m.Thread(m.Of(1)).Messages[1].Seen
	if fmt.Sprint(got.Message) != fmt.Sprint(s.seen[1].Message) {
		t.Errorf("message came back as\n%+v, want\n%+v", got.Message, s.seen[1].Message)
	}
	if fmt.Sprint(got.Reading) != fmt.Sprint(s.seen[1].Reading) || !got.Received.Equal(s.seen[1].Received) || !got.HasBody || got.Folders[0].Name != "INBOX" {
		t.Errorf("it came back as\n%+v, want\n%+v", got, s.seen[1])
	}
}
