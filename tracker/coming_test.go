package tracker

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMailbox_ComingTellsWhatChangesByItself(t *testing.T) {
	s := tell(t, `offer rep writes -1d09:40 to=lena
		away rep writes -1d10:00 to=bo about=Tolls
		auto bo is-away -1d10:01 re=away until=+5d
		old rep writes -14d10:00 to=kim about=Lanes`)
	type moment struct{ Thread, At, Stands string }
	var got []moment
	for _, c := range s.mailbox().Coming(s.facts, thursday, thursday.Add(14*24*time.Hour)) {
		for _, name := range []string{"offer", "away", "old"} {
			if s.of(name).Thread == c.Thread {
				got = append(got, moment{name, c.Check.In(stockholm).Format("2 Jan 15:04"), string(c.State)})
			}
		}
	}
	want := []moment{
		{"offer", "16 Nov 09:40", "due"}, // three business days
		{"away", "18 Nov 00:00", "waiting"},
		{"away", "20 Nov 23:59", "due"}, // one minute of the three days was used up before
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestMailbox_ComingEndsWithItsHorizon(t *testing.T) {
	s := tell(t, `offer rep writes -1d09:40 to=lena`)
	if got := s.mailbox().Coming(s.facts, thursday, thursday.Add(24*time.Hour)); len(got) != 0 {
		t.Errorf("got %d changes within a day, want none: the window ends after four", len(got))
	}
}

// comingOf gives when the named steps come within four weeks, in order.
func (s *tale) comingOf() (days []string) {
	byThread := make(map[ThreadID]string)
	for name := range s.byName {
		byThread[s.of(name).Thread] = name
	}
	for _, c := range s.mailbox().Coming(s.facts, s.now, s.now.AddDate(0, 0, 28)) {
		if c.State == Due {
			days = append(days, byThread[c.Thread]+" "+c.Check.In(stockholm).Format("2 Jan"))
		}
	}
	return days
}

func TestMailbox_ComingPromisesNothingThatALimitForbids(t *testing.T) {
	three := "a rep writes -1d09:40 to=alf about=a\n b rep writes -1d09:50 to=bea about=b\n c rep writes -1d10:00 to=cai about=c\n"
	for _, c := range []struct {
		name, tale string
		say        func(*tale)
		want       []string
	}{
		{name: "nobody is in the way", tale: three, want: []string{"a 16 Nov", "b 16 Nov", "c 16 Nov"}},
		{name: "so many drafts a day", tale: three, say: func(s *tale) { s.policy.DraftsADay = 1 }, want: []string{"a 16 Nov", "b 17 Nov", "c 18 Nov"}},
		{name: "what is due already has the day's drafts first", tale: three + "old rep writes -14d to=dea about=d\n older rep writes -15d to=eve about=e", say: func(s *tale) { s.policy.DraftsADay = 1 }, want: []string{"a 16 Nov", "b 17 Nov", "c 18 Nov"}},
		{name: "so many people of a company", tale: atNord("a", "-1d09:40", "alf") + atNord("b", "-1d09:50", "bea") + atNord("c", "-1d10:00", "cai"), want: []string{"a 16 Nov", "b 16 Nov"}},
		{name: "room in a company again after a week", tale: atNord("a", "-25d", "alf") + atNord("b", "-25d", "bea") + atNord("c", "-1d10:00", "cai") +
			"a2 rep writes -3d to=alf@nord.example re=a\n b2 rep writes -3d to=bea@nord.example re=b", say: func(s *tale) { s.policy.Cadence.FollowUpAfter[1] = Window{} }, want: []string{"c 17 Nov"}},
		{name: "one draft a person", tale: "a rep writes -1d09:40 to=alf about=a\n b rep writes -1d09:50 to=alf about=b", want: []string{"a 16 Nov"}},
		{name: "so many follow-ups to a person", tale: "b rep writes -20d to=nora about=Fuel\n b2 rep writes -2d to=nora re=b\n c rep writes -1d to=nora about=Tyres", say: func(s *tale) {
			s.policy.PerPersonMonth = 1
		}, want: nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := tell(t, c.tale)
			s.policy.PeoplePerCompany, s.policy.PerPersonMonth = 2, 4
			if c.say != nil {
				c.say(s)
			}
			if diff := cmp.Diff(c.want, s.comingOf()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestMailbox_ExpectedIsAWorkingHourWithRoomForTheDraft(t *testing.T) {
	three := "a rep writes -1d09:40 to=alf about=a\n b rep writes -1d09:50 to=bea about=b\n c rep writes -1d10:00 to=cai about=c\n"
	epiphany := func(d time.Time) (string, bool) { return "a holiday", d.Day() == 16 }
	for _, c := range []struct {
		name, tale string
		say        func(*tale)
		want       map[string]string
	}{
		{name: "as soon as the window is over", tale: three, want: map[string]string{"a": "16 Nov 09:40", "b": "16 Nov 09:50", "c": "16 Nov 10:00"}},
		{name: "with the first hour of the day", tale: three, say: func(s *tale) { s.policy.Calendar.From, s.policy.Calendar.To = 13*time.Hour, 18*time.Hour }, want: map[string]string{
			"a": "16 Nov 13:00", "b": "16 Nov 13:00", "c": "16 Nov 13:00",
		}},
		{name: "not while the rep is away", tale: "a rep writes -3d09:40 to=alf about=a", say: func(s *tale) { s.policy.Calendar.Away = []Span{{s.at("+2d0:00"), s.at("+9d0:00")}} }, want: map[string]string{
			"a": "12 Nov 12:00", // due already
		}},
		{name: "after a holiday", tale: three, say: func(s *tale) {
			s.policy.Calendar.Holiday, s.policy.Calendar.From, s.policy.Calendar.To = epiphany, 8*time.Hour, 18*time.Hour
			s.policy.DraftsADay = 2
		}, want: map[string]string{"a": "17 Nov 09:40", "b": "17 Nov 09:50", "c": "18 Nov 08:00"}},
		{name: "so many drafts a day, what is due already first", tale: three + "old rep writes -14d to=dea about=d\n older rep writes -15d to=eve about=e", say: func(s *tale) { s.policy.DraftsADay = 1 }, want: map[string]string{
			"older": "12 Nov 12:00", "old": "13 Nov 00:00", "a": "16 Nov 09:40", "b": "17 Nov 00:00", "c": "18 Nov 00:00",
		}},
		{name: "none in sight while another draft for the person lies there", tale: "a rep writes -1d09:40 to=alf about=a\n b rep writes -1d09:50 to=alf about=b", want: map[string]string{"a": "16 Nov 09:40"}},
		{name: "beyond what is reckoned with, the first working hour", tale: "a rep writes -1d09:40 to=alf about=a", say: func(s *tale) {
			s.policy.Cadence.FollowUpAfter = []Window{{Days: 38}} // a Saturday
			s.policy.Calendar.From, s.policy.Calendar.To = 8*time.Hour, 18*time.Hour
		}, want: map[string]string{"a": "21 Dec 08:00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := tell(t, c.tale)
			if c.say != nil {
				c.say(s)
			}
			m := s.mailbox()
			all := m.JudgeAll(s.facts, s.now)
			before := slices.Clone(all)
			expected := m.Expected(s.facts, all, s.now, s.now.AddDate(0, 0, 28))
			got := make(map[string]string)
			for name := range s.byName {
				if at, ok := expected[s.of(name).Thread]; ok {
					got[name] = at.In(stockholm).Format("2 Jan 15:04")
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(before, all); diff != "" {
				t.Errorf("looking ahead changed the standings (-before +after)\n%s", diff)
			}
		})
	}
}

// BenchmarkMailbox_Coming2000 is what a look four weeks ahead costs the loop.
func BenchmarkMailbox_Coming2000(b *testing.B) {
	m := NewMailbox(anyPolicy(), nil)
	for _, s := range bigMailbox() {
		m.Add(s)
	}
	b.ReportAllocs()
	for b.Loop() {
		m.Coming(Facts{ReadAt: thursday}, thursday, thursday.Add(28*24*time.Hour))
	}
}

// BenchmarkMailbox_Expected2000 is what `threads` pays for the days of its drafts, beside the judgement of all threads.
func BenchmarkMailbox_Expected2000(b *testing.B) {
	m := NewMailbox(anyPolicy(), nil)
	for _, s := range bigMailbox() {
		m.Add(s)
	}
	facts := Facts{ReadAt: thursday}
	all := m.JudgeAll(facts, thursday)
	b.ReportAllocs()
	for b.Loop() {
		m.Expected(facts, all, thursday, thursday.Add(28*24*time.Hour))
	}
}
