package tracker

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"followupd/mail"
)

// anyMailbox draws a small mailbox in which everything happens that breaks threads: ids nobody knows, ids used twice, lost
// headers, equal times, changed subjects, colleagues, absences, bounces, the rep's copies.
func anyMailbox(t *rapid.T) []Seen {
	ids := []mail.MessageID{"", "a", "b", "c", "d", "e", "ghost", "ghost2"}
	subjects := []string{"", "Audit", "Re: Audit", "Tolls", "Re: Tolls", "Fwd: Audit"}
	outside := []mail.Address{"lena@nord.example", "boss@nord.example", "bo@sund.example", "cy@gmail.com", "di@gmail.com"}
	kinds := []mail.Reading{
		{Kind: mail.KindHuman, Intent: mail.IntentAnswer, NewText: "Yes, we shall.", Reasons: []string{"it says yes", "nothing speaks for a machine"}},
		{Kind: mail.KindHuman, Intent: mail.IntentNotNow},
		{Kind: mail.KindHuman, Intent: mail.IntentDeclined},
		{Kind: mail.KindAutoReply, Sub: mail.SubOutOfOffice},
		{Kind: mail.KindBounce, Sub: mail.SubHard},
		{Kind: mail.KindBulk},
		{Kind: mail.KindCalendar, Sub: mail.SubAccepted},
	}
	var all []Seen
	for i := range rapid.IntRange(1, 9).Draw(t, "messages") {
		s := Seen{Row: int64(i + 1), Received: thursday.Add(-time.Duration(rapid.IntRange(0, 20).Draw(t, "day")) * day), HasBody: true}
		msg := &s.Message
		msg.ID = rapid.SampledFrom(ids).Draw(t, "id")
		msg.Subject = rapid.SampledFrom(subjects).Draw(t, "subject")
		if rapid.Bool().Draw(t, "answers") {
			msg.InReplyTo = []mail.MessageID{rapid.SampledFrom(ids).Draw(t, "parent")}
		}
		for range rapid.IntRange(0, 2).Draw(t, "references") {
			msg.References = append(msg.References, rapid.SampledFrom(ids).Draw(t, "reference"))
		}
		msg.ThreadIndex = rapid.SampledFrom([]string{"", "", "x"}).Draw(t, "index")
		them := []mail.Person{{Address: rapid.SampledFrom(outside).Draw(t, "them")}}
		rep := []mail.Person{{Address: "anna@acme.example"}}
		s.Reading = rapid.SampledFrom(kinds).Draw(t, "reading")
		switch rapid.IntRange(0, 3).Draw(t, "whose") {
		case 0, 1:
			msg.From, msg.To = rep, them
			s.Folders = []mail.Folder{{Name: "Sent", Role: mail.RoleSent}}
			s.Reading = mail.Reading{Kind: mail.KindHuman, Asks: true, NewText: "Shall we?"}
		case 2:
			msg.From, msg.To = them, rep
			s.Folders = []mail.Folder{{Name: "INBOX", Role: mail.RoleInbox}}
			if s.Reading.Kind == mail.KindBounce {
				s.Reading.Failed = []mail.Address{rapid.SampledFrom(outside).Draw(t, "failed")}
				s.Reading.Original = rapid.SampledFrom(ids).Draw(t, "original")
			}
		case 3:
			msg.From, msg.To = rep, them
			s.Folders = []mail.Folder{{Name: "INBOX", Role: mail.RoleInbox}}
		}
		all = append(all, s)
	}
	return all
}

func anyPolicy() Policy {
	return Policy{
		Me: []mail.Address{"anna@acme.example"}, Internal: []string{"acme.example"}, Since: 120 * day, Calendar: Calendar{Zone: stockholm}, DraftsADay: 10,
		Cadence: Cadence{FollowUpAfter: []Window{{BusinessDays: 3}, {BusinessDays: 3}}, BreakUpAfter: Window{BusinessDays: 3}, NurtureAfter: Window{Days: 90}},
	}
}

// picture is everything a Mailbox says, in a form that can be compared.
func picture(m *Mailbox, rows int) []string {
	all := standingsOf(m)
	for row := range rows {
		all = append(all, fmt.Sprintf("%d in %s", row+1, m.Of(int64(row+1))))
	}
	slices.Sort(all)
	return all
}

// standingsOf is what a Mailbox says of the rep's conversations.
func standingsOf(m *Mailbox) []string {
	var all []string
	standings := m.JudgeAll(Facts{ReadAt: thursday}, thursday)
	for _, s := range standings {
		silence := int64(0)
		if s.Silence != nil {
			silence = s.Silence.Row
		}
		next := "nothing"
		if s.Next != nil {
			next = fmt.Sprintf("%+v", *s.Next)
		}
		s.Silence, s.Next = nil, nil
		var lies []string
		for _, l := range m.Thread(s.Thread).Messages {
			lies = append(lies, fmt.Sprintf("%d %s %t %t %s", l.Row, l.Direction, l.Weak, l.Doubtful, l.Why))
		}
		all = append(all, fmt.Sprintf("%+v next=%s silence=%d messages=%q", s, next, silence, lies))
	}
	slices.Sort(all)
	return all
}

func TestMailbox_IsTheSameForAnyOrderOfArrival(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := anyMailbox(t)
		want := NewMailbox(anyPolicy(), nil)
		for _, s := range all {
			want.Add(s)
		}
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		shuffled := slices.Clone(all)
		random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		got := NewMailbox(anyPolicy(), nil)
		for _, s := range shuffled {
			if random.IntN(3) == 0 { // the header first, the body later
				early := s
				early.HasBody, early.Reading = false, mail.Reading{Kind: mail.KindHuman}
				got.Add(early)
			}
			if random.IntN(3) == 0 {
				got.Changed()
			}
			got.Add(s)
		}
		if diff := cmp.Diff(picture(want, len(all)), picture(got, len(all))); diff != "" {
			t.Fatalf("shuffled it says something else (-in order +shuffled):\n%s", diff)
		}
		got.SetPolicy(anyPolicy())
		if diff := cmp.Diff(picture(want, len(all)), picture(got, len(all))); diff != "" {
			t.Fatalf("after the same policy was set again it says something else:\n%s", diff)
		}
	})
}

// asStored gives a message as the store knows it before its body is read: not judged, and a report by its header.
func asStored(s Seen) Seen {
	if s.Reading.Kind == mail.KindBounce {
		s.Message.Signs = map[string][]string{"Content-Type": {"multipart/report; report-type=delivery-status"}}
	}
	s.Reading, s.HasBody = mail.Reading{}, false
	return s
}

func TestMailbox_TheShelfChangesNoStanding(t *testing.T) {
	laidAside := 0
	rapid.Check(t, func(t *rapid.T) {
		all := anyMailbox(t)
		want := NewMailbox(anyPolicy(), nil)
		for _, s := range all {
			want.Add(s)
		}
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		shuffled := slices.Clone(all)
		random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		got := NewMailbox(anyPolicy(), nil)
		take := func(s Seen) {
			if !got.Shelve(asStored(s)) {
				got.Add(s)
			}
		}
		takeDown := func(m *Mailbox) {
			for rows := m.Called(); len(rows) > 0; rows = m.Called() {
				for _, row := range rows {
					m.Add(all[row-1])
				}
			}
		}
		for _, s := range shuffled {
			if random.IntN(4) == 0 { // the header first, the body later
				early := s
				early.HasBody, early.Reading = false, mail.Reading{Kind: mail.KindHuman}
				take(early)
			}
			take(s)
			if random.IntN(3) == 0 {
				takeDown(got)
			}
		}
		takeDown(got)
		if diff := cmp.Diff(standingsOf(want), standingsOf(got)); diff != "" {
			t.Fatalf("with the shelf it says something else (-without +with):\n%s", diff)
		}
		laidAside += len(all) - len(got.recs)
		wider := anyPolicy()
		wider.Internal = append(wider.Internal, rapid.SampledFrom([]string{"nord.example", "sund.example"}).Draw(t, "ours, too"))
		for _, p := range []Policy{wider, anyPolicy()} {
			want.SetPolicy(p)
			got.SetPolicy(p)
			takeDown(want)
			takeDown(got)
			if diff := cmp.Diff(standingsOf(want), standingsOf(got)); diff != "" {
				t.Fatalf("with the shelf it says something else under another policy (-without +with):\n%s", diff)
			}
			for _, id := range got.Threads() {
				for _, l := range got.Thread(id).Messages {
					if diff := cmp.Diff(all[l.Row-1].Reading, l.Reading); diff != "" {
						t.Fatalf("message %d in a thread of the rep's reads otherwise (-as added +as kept):\n%s", l.Row, diff)
					}
				}
			}
		}
	})
	if laidAside == 0 {
		t.Error("nothing was ever laid aside")
	}
}

func TestMailbox_ChangedNamesEveryThreadThatStandsOtherwise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := anyMailbox(t)
		m := NewMailbox(anyPolicy(), nil)
		before := make(map[ThreadID]string)
		for _, s := range all {
			m.Add(s)
			changed := m.Changed()
			for _, id := range m.Threads() {
				x := m.Judge(id, Facts{ReadAt: thursday}, thursday)
				now := fmt.Sprintf("%s %s %s %d %v %q", x.State, x.Outcome, x.HeldUntil, x.Step, x.Prospects, x.Reasons)
				if before[id] != now && !slices.Contains(changed, id) {
					t.Fatalf("thread %s stands otherwise after message %d and is not named:\n%s\n%s", id, s.Row, before[id], now)
				}
				before[id] = now
			}
		}
	})
}

func TestJudge_MoreTimeNeverUnanswers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := NewMailbox(anyPolicy(), nil)
		for _, s := range anyMailbox(t) {
			m.Add(s)
		}
		f := Facts{}
		later := thursday.Add(time.Duration(rapid.IntRange(1, 400*24).Draw(t, "hours")) * time.Hour)
		for _, id := range m.Threads() {
			now, then := m.Judge(id, f, thursday), m.Judge(id, f, later)
			if now.State == Answered && then.State != Answered {
				t.Fatalf("answered on %s, %s on %s: %v", thursday, then.State, later, then.Reasons)
			}
			if now.State == Closed && now.Outcome != NoReply && then.State != Closed {
				t.Fatalf("closed as %s on %s, %s on %s", now.Outcome, thursday, then.State, later)
			}
			if now.Step != then.Step {
				t.Fatalf("step %d became %d by waiting", now.Step, then.Step)
			}
		}
	})
}

func TestJudge_NothingChangesBeforeCheck(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := NewMailbox(anyPolicy(), nil)
		for _, s := range anyMailbox(t) {
			m.Add(s)
		}
		hours := rapid.IntRange(1, 200*24).Draw(t, "hours")
		for _, id := range m.Threads() {
			now := m.Judge(id, Facts{}, thursday)
			then := m.Judge(id, Facts{}, thursday.Add(time.Duration(hours)*time.Hour))
			if now.State != then.State && (now.Check.IsZero() || now.Check.After(thursday.Add(time.Duration(hours)*time.Hour))) {
				t.Fatalf("%s became %s after %d hours, before its next check at %s", now.State, then.State, hours, now.Check)
			}
		}
	})
}

func TestJudge_AnAnswerAlwaysBeatsADraft(t *testing.T) {
	states := []DraftState{DraftIntent, DraftUnknown, DraftPlaced, DraftEdited, DraftSent, DraftDiscarded, DraftWithdrawn}
	rapid.Check(t, func(t *rapid.T) {
		all := anyMailbox(t)
		m := NewMailbox(anyPolicy(), nil)
		var f Facts
		for _, s := range all {
			m.Add(s)
			if rapid.Bool().Draw(t, "draft") {
				at := s.Received.Add(time.Hour)
				f.Drafts = append(f.Drafts, Draft{
					Key: fmt.Sprint(s.Row), Answers: s.Message.ID, Step: rapid.IntRange(1, 4).Draw(t, "step"), Created: at, Changed: at,
					State: rapid.SampledFrom(states).Draw(t, "state"),
				})
			}
		}
		for _, id := range m.Threads() {
			bare, x := m.Judge(id, Facts{}, thursday), m.Judge(id, f, thursday)
			if bare.State == Answered && (x.State == Due || x.State == Drafted) {
				t.Fatalf("answered, and %s with a draft in the journal", x.State)
			}
			if x.Draft != nil && x.Draft.open() && x.State == Answered && !x.Withdraw {
				t.Fatal("a draft waits in an answered thread and is not to be taken back")
			}
		}
	})
}
