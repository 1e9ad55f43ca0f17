package tracker

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// at nord gives a line of a tale in which the rep writes to somebody of one company.
func atNord(name, at, who string) string {
	return fmt.Sprintf("%s rep writes %s to=%s@nord.example about=%s\n", name, at, who, name)
}

func TestAgenda_SparesPeopleAndCompanies(t *testing.T) {
	three := atNord("a", "-16d", "alf") + atNord("b", "-15d", "bea") + atNord("c", "-14d", "cai")
	tests := []struct {
		name, tale string
		say        func(*tale)
		want       string
		held       map[string]string
	}{
		{name: "two people of a company at once, the oldest promises", tale: three, want: "a b", held: map[string]string{"c": "alf@nord.example and bea@nord.example of nord.example are being followed up now: no more than 2 people of a company at once"}},
		{name: "as many as the rep wants", tale: three, say: func(s *tale) { s.policy.PeoplePerCompany = 1 }, want: "a", held: map[string]string{"b": "is being followed up now", "c": "is being followed up now"}},
		{name: "other companies are not kept waiting", tale: three + "d rep writes -13d to=dea@south.example", want: "a b d"},
		{name: "free mail is no company", tale: "a rep writes -16d to=alf@gmail.com about=a\n b rep writes -15d to=bea@gmail.com about=b\n c rep writes -14d to=cai@gmail.com about=c", want: "a b c"},
		{name: "a subdomain is the same company", tale: atNord("a", "-16d", "alf") + atNord("b", "-15d", "bea") + "c rep writes -14d to=cai@mail.nord.example about=c", want: "a b"},
		{name: "drafts that lie ready count", tale: three, say: func(s *tale) { s.draft("b", 1, "-9d", DraftPlaced); s.draft("c", 1, "-9d", DraftEdited) }, want: "", held: map[string]string{"a": "bea@nord.example and cai@nord.example"}},
		{name: "so do follow-ups of the last week", tale: three + "b2 rep writes -3d to=bea@nord.example re=b\n c2 rep writes -2d to=cai@nord.example re=c", want: "", held: map[string]string{"a": "are being followed up now"}},
		{
			name: "after a week it is the next one's turn", tale: atNord("a", "-16d", "alf") + atNord("b", "-25d", "bea") + atNord("c", "-25d", "cai") + "b2 rep writes -8d to=bea@nord.example re=b\n c2 rep writes -8d to=cai@nord.example re=c", want: "a b2",
			held: map[string]string{"c2": "alf@nord.example and bea@nord.example"},
		},
		{name: "who was written to goes on, and does not stand in the own way", tale: atNord("a", "-25d", "alf") + atNord("b", "-25d", "bea") + "a2 rep writes -9d to=alf@nord.example re=a\n b2 rep writes -8d to=bea@nord.example re=b", want: "a2 b2"},
		{name: "first mails do not count: whom to write to is the rep's affair", tale: three + atNord("d", "-1d", "dea") + atNord("e", "-1d", "eve"), want: "a b"},
		{name: "many people on one thread are not kept waiting for ever", tale: "a rep writes -16d to=alf@nord.example,bea@nord.example,cai@nord.example", want: "a"},
		{name: "many people on one thread wait for others of the company", tale: atNord("d", "-20d", "dea") + "a rep writes -16d to=alf@nord.example,bea@nord.example,cai@nord.example", want: "d", held: map[string]string{"a": "dea@nord.example of nord.example is being followed up now"}},

		{
			name: "so many follow-ups to a person in a month", tale: "a rep writes -28d to=nora\n a2 rep writes -24d to=nora re=a\n a3 rep writes -20d to=nora re=a2\n b rep writes -16d to=nora about=Fuel\n b2 rep writes -12d to=nora re=b\n b3 rep writes -8d to=nora re=b2\n c rep writes -8d to=nora about=Tyres", want: "",
			held: map[string]string{"c": "Nora has had 4 follow-ups within 30 days, over all your threads with them: the next may come on Wed 18 Nov"},
		},
		{name: "those of the month before do not count", tale: "a rep writes -90d to=nora\n a2 rep writes -80d to=nora re=a\n a3 rep writes -70d to=nora re=a2\n a4 rep writes -60d to=nora re=a3\n c rep writes -8d to=nora about=Tyres", want: "c"},
		{name: "those before an answer do not count", tale: "b rep writes -20d to=nora about=Fuel\n b2 rep writes -16d to=nora re=b\n b3 rep writes -14d to=nora re=b2\n b4 rep writes -12d to=nora re=b3\n b5 rep writes -10d to=nora re=b4\n x nora answers -7d re=b5\n c rep writes -6d to=nora about=Tyres", want: "c"},
		{
			name: "a person who wrote elsewhere since is not reminded here", tale: "a rep writes -16d to=nora\n b rep writes -15d to=nora about=Fuel\n x nora answers -2d re=b", want: "",
			held: map[string]string{"a": "nora@nora.example wrote to you on Tue 10 Nov at 12:00 in another conversation: this one rests until Tue 24 Nov"},
		},
		{name: "a promise made here that has passed is no talk elsewhere", tale: "a rep writes -16d to=nora\n x nora promises -15d re=a until=-9d", want: "a"},

		{
			name: "somebody else there answered in a thread of their own", tale: atNord("a", "-16d", "alf") + atNord("b", "-15d", "bea") + "x bea@nord.example answers -2d re=b", want: "",
			held: map[string]string{"a": "bea@nord.example, of the same company, wrote to you on Tue 10 Nov at 12:00 in another conversation: this one rests until Tue 24 Nov, unless you reopen it"},
		},
		{name: "before the rep wrote", tale: atNord("b", "-20d", "bea") + "x bea@nord.example answers -17d re=b\n" + atNord("a", "-16d", "alf"), want: "a"},
		{name: "long ago", tale: atNord("a", "-40d", "alf") + atNord("b", "-40d", "bea") + "x bea@nord.example answers -30d re=b", want: "a"},
		{name: "the rep reopened the thread since", tale: atNord("a", "-16d", "alf") + atNord("b", "-15d", "bea") + "x bea@nord.example answers -2d re=b", say: func(s *tale) { s.reopen("alf@nord.example", "-1d") }, want: "a"},
		{name: "a colleague who is away has not answered", tale: atNord("a", "-16d", "alf") + atNord("b", "-15d", "bea") + "x bea@nord.example is-away -15d re=b until=+9d", want: "a"},
		{name: "another company's answer", tale: atNord("a", "-16d", "alf") + "b rep writes -15d to=bea about=b\n x bea answers -2d re=b", want: "a"},
		{name: "another customer of a free-mail provider", tale: "a rep writes -16d to=alf@gmail.com about=a\n b rep writes -15d to=bea@gmail.com about=b\n x bea@gmail.com answers -2d re=b", want: "a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := tell(t, tt.tale)
			s.policy.PeoplePerCompany, s.policy.PerPersonMonth = 2, 4
			if tt.say != nil {
				tt.say(s)
			}
			names, held := s.agenda(false)
			if got := strings.Join(names, " "); got != tt.want {
				t.Errorf("drafts for %q, want %q; held: %v", got, tt.want, held)
			}
			for name, why := range tt.held {
				if !strings.Contains(held[name], why) {
					t.Errorf("of %s is said %q, want %q", name, held[name], why)
				}
			}
		})
	}
}

// Over the weeks everybody of a large company gets their turn: a pass a day, each draft sent at once.
func TestAgenda_NobodyIsStarved(t *testing.T) {
	const people = 7
	var lines strings.Builder
	for i := range people {
		lines.WriteString(atNord(fmt.Sprint("m", i), "-14d", fmt.Sprint("p", i)))
	}
	s := tell(t, lines.String())
	s.policy.PeoplePerCompany, s.policy.PerPersonMonth, s.policy.DraftsADay = 2, 4, 1
	got := make(map[string]int)
	for range 60 {
		names, _ := s.agenda(true)
		for _, name := range names {
			got[name]++
			to := s.byName[name].Message.To[0].Address
			next := fmt.Sprint(name, "x")
			s.add(fmt.Sprintf("%s rep writes 0h to=%s re=%s", next, to, name))
		}
		s.now = s.now.Add(24 * time.Hour)
		s.facts.ReadAt = s.now
	}
	for i := range people {
		name := fmt.Sprint("m", i)
		if got[name] != 1 {
			t.Errorf("%s had their first follow-up %d times in 60 days, want once", name, got[name])
		}
	}
}

func TestJudgeAll_SaysWhyACompanyWaits(t *testing.T) {
	s := tell(t, atNord("a", "-16d", "alf")+atNord("b", "-15d", "bea")+atNord("c", "-14d", "cai"))
	s.policy.PeoplePerCompany = 2
	s.draft("a", 1, "-1d", DraftPlaced).draft("b", 1, "-1d", DraftPlaced)
	for _, x := range s.mailbox().JudgeAll(s.facts, s.now) {
		if said := strings.Join(x.Reasons, " "); x.State == Due && !strings.Contains(said, "no more than 2 people of a company at once (cadence.people_per_company).") {
			t.Errorf("says %q", said)
		}
	}
}

func TestJudge_ADraftThatLiesReadySaysThatTheCompanyWrote(t *testing.T) {
	s := tell(t, atNord("a", "-16d", "alf")+atNord("b", "-15d", "bea")+"x bea@nord.example answers -2d re=b").draft("a", 1, "-3d", DraftPlaced)
	got := s.of("a")
	if said := strings.Join(got.Reasons, " "); got.State != Drafted || !strings.Contains(said, "bea@nord.example, of the same company, wrote to you on Tue 10 Nov at 12:00 in another conversation: read that before you send this.") {
		t.Errorf("%s: %s", got.State, said)
	}
}
