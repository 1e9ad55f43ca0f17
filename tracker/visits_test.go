package tracker

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// link lays a link into the draft of a step, and follow has it visited.
func (s *tale) link(answers string, step int) string {
	token := fmt.Sprint("token-", answers, step)
	s.facts.Links = append(s.facts.Links, Link{Token: token, Draft: fmt.Sprint("key-", answers, step), Asset: "cases/nordfrakt.md", URL: "https://acme.example/nordfrakt"})
	return token
}

func (s *tale) follow(token, at, machine, network string) {
	s.facts.Visits = append(s.facts.Visits, Visit{Token: token, At: s.at(at), Machine: machine, Network: network})
}

// followedUp tells of a thread whose first follow-up, with a link in it, was sent two days ago; the second is due in five
// business days.
const followedUp = "offer rep writes -10d10:00 to=lena\n one rep writes -2d10:00 to=lena re=offer"

func (s *tale) sentLink() string {
	s.policy.Sooner = Window{BusinessDays: 1}
	s.draft("offer", 1, "-2d9:00", DraftSent)
	s.facts.Drafts[0].MessageID = s.byName["one"].Message.ID
	return s.link("offer", 1)
}

func TestJudge_VisitsHurryTheNextFollowUp(t *testing.T) {
	const unhurried = "waiting step=1 next=follow_up/2 17 Nov 10:00"
	tests := []struct {
		name string
		tale string
		say  func(s *tale)
		want string
		why  string // must stand in the reasons
		how  string // what the timeline says of the last visit; "a person" for one
	}{
		{
			name: "a person's visit", say: func(s *tale) { s.follow(s.sentLink(), "-1d11:00", "", "n1") },
			want: "due step=1 next=follow_up/2 12 Nov 11:00", how: "a person",
			why: "Somebody who has your mail followed the link to cases/nordfrakt.md on Wed 11 Nov at 11:00, so it is due sooner: on Thu 12 Nov at 11:00 (1 business day after that) instead of Tue 17 Nov at 10:00.",
		},
		{
			name: "a visit of this morning", say: func(s *tale) { s.follow(s.sentLink(), "0d9:00", "", "n1") },
			want: "waiting step=1 next=follow_up/2 13 Nov 09:00", how: "a person",
		},
		{
			name: "the first of several counts", say: func(s *tale) {
				s.follow(s.sentLink(), "-1d11:00", "", "n1")
				s.follow("token-offer1", "-30m", "", "n2")
			},
			want: "due step=1 next=follow_up/2 12 Nov 11:00", how: "a person",
		},
		{
			name: "what shows a machine in the request", say: func(s *tale) { s.follow(s.sentLink(), "-1d11:00", "it asked for the header only", "n1") },
			want: unhurried, how: "it asked for the header only",
		},
		{
			name: "within a minute of sending", say: func(s *tale) {
				s.sentLink()
				s.facts.Visits = append(s.facts.Visits, Visit{Token: "token-offer1", At: s.at("-2d10:00").Add(59 * time.Second)})
			},
			want: unhurried, how: "it came within a minute of the mail being sent",
		},
		{
			name: "before it was sent", say: func(s *tale) { s.follow(s.sentLink(), "-2d9:30", "", "n1") },
			want: unhurried, how: "it came before the mail was sent",
		},
		{
			name: "all links of the mailbox at once", say: func(s *tale) {
				s.follow(s.sentLink(), "-1d11:00", "", "n1")
				s.facts.Links = append(s.facts.Links, Link{Token: "other", Draft: "elsewhere"})
				s.facts.Visits = append(s.facts.Visits, Visit{Token: "other", At: s.at("-1d11:00").Add(4 * time.Second), Network: "n1"})
			},
			want: unhurried, how: "several links were followed at once from one network",
		},
		{
			name: "two people of two companies at once", say: func(s *tale) {
				s.follow(s.sentLink(), "-1d11:00", "", "n1")
				s.facts.Links = append(s.facts.Links, Link{Token: "other", Draft: "elsewhere"})
				s.follow("other", "-1d11:00", "", "n2")
			},
			want: "due step=1 next=follow_up/2 12 Nov 11:00", how: "a person",
		},
		{
			name: "never later than the window", say: func(s *tale) {
				s.follow(s.sentLink(), "-1d11:00", "", "n1")
				s.policy.Sooner = Window{Days: 30}
			},
			want: unhurried, how: "a person", why: "it is due no later than that would make it",
		},
		{
			name: "where the config wants none sooner", say: func(s *tale) {
				s.follow(s.sentLink(), "-1d11:00", "", "n1")
				s.policy.Sooner = Window{}
			},
			want: unhurried, how: "a person", why: "followed the link to cases/nordfrakt.md on Wed 11 Nov at 11:00.",
		},
		{
			name: "a goodbye is not hurried", say: func(s *tale) {
				s.follow(s.sentLink(), "-1d11:00", "", "n1")
				s.policy.Cadence.FollowUpAfter = s.policy.Cadence.FollowUpAfter[:1]
			},
			want: "waiting step=1 next=break_up/2 19 Nov 10:00", how: "a person", why: "That does not hurry the goodbye.",
		},
		{
			name: "never while held", tale: followedUp + "\n away lena is-away -2d10:01 re=one until=+9d", say: func(s *tale) { s.follow(s.sentLink(), "-1d11:00", "", "n1") },
			want: "held out_of_office until 24 Nov 00:00 step=1 next=follow_up/2 30 Nov 23:59", how: "a person",
		},
		{
			name: "never when they answered", tale: followedUp + "\n yes lena answers -30m re=one", say: func(s *tale) { s.follow(s.sentLink(), "-1d11:00", "", "n1") },
			want: "answered step=0", how: "a person",
		},
		{
			name: "of an earlier silence", tale: followedUp + "\n two rep writes -1d12:00 to=lena re=one", say: func(s *tale) { s.follow(s.sentLink(), "-1d11:00", "", "n1") },
			want: "waiting step=2 next=break_up/3", how: "a person",
		},
		{
			name: "found again in Sent after the state was lost", say: func(s *tale) {
				s.policy.Sooner = Window{BusinessDays: 1}
				s.facts.Links = []Link{{Token: "again", Thread: nameOf(string(s.byName["offer"].Message.ID)), Asset: "cases/nordfrakt.md", Created: s.at("-2d10:00")}}
				s.follow("again", "-1d11:00", "", "n1")
			},
			want: "due step=1 next=follow_up/2 12 Nov 11:00", how: "a person",
		},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			if c.tale == "" {
				c.tale = followedUp
			}
			s := tell(t, c.tale)
			c.say(s)
			got := s.of("offer")
			if stands := s.stands(got); !strings.HasPrefix(stands, c.want) {
				t.Errorf("stands %s, want %s\n%s", stands, c.want, strings.Join(got.Reasons, "\n"))
			}
			if reasons := strings.Join(got.Reasons, "\n"); !strings.Contains(reasons, c.why) {
				t.Errorf("%q is not among the reasons:\n%s", c.why, reasons)
			}
			if len(got.Followed) == 0 {
				t.Fatal("the visit is not shown")
			}
			how := got.Followed[len(got.Followed)-1].Machine
			if how == "" {
				how = "a person"
			}
			if how != c.how {
				t.Errorf("the visit counts as %q, want %q", how, c.how)
			}
		})
	}
}

func TestJudge_AVisitWaitsForThoseThatMayComeWithIt(t *testing.T) {
	s := tell(t, followedUp)
	token := s.sentLink()
	s.facts.Visits = []Visit{{Token: token, At: s.now.Add(-3 * time.Second), Network: "n1"}}
	got := s.of("offer")
	if want := "waiting step=1 next=follow_up/2 17 Nov 10:00"; s.stands(got) != want || !got.Check.Equal(s.now.Add(7*time.Second)) {
		t.Errorf("stands %s until %s, want %s for 7 s", s.stands(got), got.Check, want)
	}
	s.now = got.Check
	if got := s.stands(s.of("offer")); !strings.HasPrefix(got, "waiting step=1 next=follow_up/2 13 Nov") {
		t.Errorf("stands %s once the visit counts", got)
	}
}
