package tracker

import (
	"strings"
	"testing"
	"time"

	"followupd/mail"
)

// agenda gives the names of the messages whose threads get a draft, in order, and what is said of the others.
func (s *tale) agenda(ignoreHours bool) (names []string, held map[string]string) {
	m := s.mailbox()
	all := m.JudgeAll(s.facts, s.now)
	byRow := make(map[int64]string)
	for name, x := range s.byName {
		byRow[x.Row] = name
	}
	draft, why := Agenda(all, s.facts, s.policy, s.now, ignoreHours)
	for _, d := range draft {
		names = append(names, byRow[d.Silence.Row])
	}
	held = make(map[string]string)
	for _, d := range all {
		if w, ok := why[d.Thread]; ok {
			held[byRow[d.Silence.Row]] = w
		}
	}
	return names, held
}

func TestAgenda(t *testing.T) {
	const four = "third rep writes -19d to=cai\n oldest rep writes -33d to=alf\n newest rep writes -13d to=dea\n second rep writes -26d to=bea"
	tests := []struct {
		name, tale string
		say        func(*tale)
		now        bool // ignore the hours
		want       string
		held       map[string]string // by message: what must be said of it
	}{
		{name: "oldest promise first", tale: four, want: "oldest second third newest"},
		{name: "at most so many a day", tale: four, say: func(s *tale) { s.policy.DraftsADay = 2 }, want: "oldest second", held: map[string]string{"third": "2 drafts", "newest": "2 drafts"}},
		{name: "those of today count, whatever became of them", tale: four, say: func(s *tale) {
			s.policy.DraftsADay = 2
			s.draft("oldest", 1, "-2h", DraftDiscarded)
		}, want: "second", held: map[string]string{"third": "2 drafts"}},
		{name: "those of yesterday do not", tale: four, say: func(s *tale) {
			s.policy.DraftsADay = 1
			s.draft("oldest", 1, "-13h", DraftPlaced)
		}, want: "second"},
		{name: "a day of the rep's zone", tale: four, say: func(s *tale) {
			s.policy.DraftsADay = 1
			s.now = time.Date(2026, 11, 12, 0, 30, 0, 0, stockholm) // still the 11th in UTC
			s.facts.ReadAt = s.now
			s.draft("oldest", 1, "-1h", DraftPlaced)
		}, want: "second"},
		{name: "none where none is allowed", tale: four, say: func(s *tale) { s.policy.DraftsADay = 0 }, want: ""},
		{name: "one draft a person", tale: "ferry rep writes -21d to=nora\n fuel rep writes -15d to=nora about=Fuel", want: "ferry", held: map[string]string{"fuel": "one at a time"}},
		{name: "one draft a person, on a thread with others", tale: "ferry rep writes -21d to=nora,bo\n fuel rep writes -15d to=bo about=Fuel\n else rep writes -14d to=cy about=Else", want: "ferry else"},
		{
			name: "a draft that lies ready counts for the person", tale: "ferry rep writes -21d to=nora\n fuel rep writes -15d to=nora about=Fuel",
			say: func(s *tale) { s.draft("fuel", 1, "-1d", DraftEdited) }, want: "", held: map[string]string{"ferry": "Nora has a draft already"},
		},
		{name: "a grade's own number bounds it alone", tale: four, say: func(s *tale) {
			s.policy.Paces = hotPace(s.policy)
			for _, who := range []string{"alf", "bea"} {
				s.word(WordGrade, who, "-1h", func(w *Word) { w.Text = "hot" })
			}
		}, want: "oldest third newest", held: map[string]string{"second": "today's 1 draft for grade hot"}},
		{name: "a grade's own number lets the day go beyond everybody's for it alone", tale: four, say: func(s *tale) {
			s.policy.DraftsADay = 0
			s.policy.Paces = hotPace(s.policy)
			s.word(WordGrade, "cai", "-1h", func(w *Word) { w.Text = "hot" })
		}, want: "third", held: map[string]string{"oldest": "0 drafts"}},
		{name: "a grade's own number counts what was placed today", tale: four, say: func(s *tale) {
			s.policy.Paces = hotPace(s.policy)
			s.word(WordGrade, "alf", "-1h", func(w *Word) { w.Text = "hot" }).word(WordGrade, "bea", "-1h", func(w *Word) { w.Text = "hot" })
			s.draft("oldest", 1, "-2h", DraftDiscarded)
		}, want: "third newest", held: map[string]string{"second": "grade hot"}},
		{name: "a grade has its own hours", tale: four, say: func(s *tale) {
			s.policy.Paces = hotPace(s.policy)
			s.word(WordGrade, "bea", "-1h", func(w *Word) { w.Text = "late" })
		}, want: "oldest third newest", held: map[string]string{"second": "Thu 12 Nov at 13:00"}},
		{
			name: "an unfinished draft is gone on with, and costs nothing more", tale: "ferry rep writes -21d to=nora",
			say: func(s *tale) { s.policy.DraftsADay = 1; s.draft("ferry", 1, "-1h", DraftUnknown) }, want: "ferry",
		},
		{
			name: "never on a mailbox not read since the window closed", tale: "ferry rep writes -21d to=nora",
			say: func(s *tale) { s.facts.ReadAt = s.at("-20d") }, want: "", held: map[string]string{"ferry": "not every folder has been read"},
		},
		{name: "never on a mailbox never read", tale: "ferry rep writes -21d to=nora", say: func(s *tale) { s.facts.ReadAt = time.Time{} }, want: ""},
		{name: "not before the rep's last mail was read", tale: "ferry rep writes -21d to=nora nobody-read", want: "", held: map[string]string{"ferry": "has not been read yet"}},
		{name: "within hours", tale: "ferry rep writes -21d to=nora", say: func(s *tale) { s.policy.Calendar.From, s.policy.Calendar.To = 8*time.Hour, 18*time.Hour }, want: "ferry"},
		{
			name: "outside hours it waits", tale: "ferry rep writes -21d to=nora", say: func(s *tale) { s.policy.Calendar.From, s.policy.Calendar.To = 13*time.Hour, 18*time.Hour },
			want: "", held: map[string]string{"ferry": "Thu 12 Nov at 13:00"},
		},
		{
			name: "while the rep is away nothing, asked for or not", tale: four, say: func(s *tale) { s.policy.Calendar.Away = []Span{{s.at("-1d0:00"), s.at("+2d0:00")}} }, now: true,
			want: "", held: map[string]string{"oldest": "you are away until Sat 14 Nov"},
		},
		{name: "back again, the oldest promises first", tale: four, say: func(s *tale) {
			s.policy.Calendar.Away = []Span{{s.at("-2d0:00"), s.at("0d0:00")}}
			s.policy.DraftsADay = 2
		}, want: "oldest second", held: map[string]string{"third": "2 drafts"}},
		{name: "outside hours, asked for now", tale: "ferry rep writes -21d to=nora", say: func(s *tale) { s.policy.Calendar.From, s.policy.Calendar.To = 13*time.Hour, 18*time.Hour }, now: true, want: "ferry"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := tell(t, tt.tale)
			if tt.say != nil {
				tt.say(s)
			}
			names, held := s.agenda(tt.now)
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

func TestJudgeAll_SaysThatAnotherDraftForThePersonComesFirst(t *testing.T) {
	s := tell(t, "ferry rep writes -21d to=nora\n fuel rep writes -15d to=nora about=Fuel").draft("ferry", 1, "-1d", DraftPlaced)
	for _, x := range s.mailbox().JudgeAll(s.facts, s.now) {
		if x.Silence.Row != 2 {
			continue
		}
		if x.State != Due || !strings.Contains(strings.Join(x.Reasons, " "), "Nora has a draft already") {
			t.Errorf("%s: %v", x.State, x.Reasons)
		}
	}
}

func TestFind(t *testing.T) {
	all := []Standing{
		{Thread: "abcd2345", Prospects: []mail.Person{{Address: "lena@nord.example"}}},
		{Thread: "abce2345", Prospects: []mail.Person{{Address: "lena@nord.example"}, {Address: "bo@nord.example"}}},
		{Thread: "xyzz2345"},
	}
	tests := []struct {
		name, who string
		want      int
	}{
		{"a whole id", "abcd2345", 1},
		{"the start of an id", "abce", 1},
		{"the start of two", "abc", 0},
		{"capitals", "ABCD", 1},
		{"an address on two threads", "Lena@nord.example", 2},
		{"an address on one", "<bo@nord.example>", 1},
		{"nobody", "cy@nord.example", 0},
		{"nothing", " ", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := len(Find(all, tt.who)); got != tt.want {
				t.Errorf("%q finds %d threads, want %d", tt.who, got, tt.want)
			}
		})
	}
}
