package tracker

import (
	"strings"
	"testing"
)

func TestGrades_RulesGiveThemAndTheRepsWordGoesFirst(t *testing.T) {
	tests := []struct {
		name, tale string
		rules      []GradeRule
		say        func(*tale)
		want, why  string
	}{
		{name: "by address", tale: "a rep writes -2d to=lena", rules: []GradeRule{{Grade: "hot", People: []string{"lena@lena.example"}}}, want: "hot", why: "Its grade is hot by your rule 1: lena@lena.example is on its list."},
		{name: "by domain", tale: "a rep writes -2d to=lena", rules: []GradeRule{{Grade: "hot", People: []string{"@lena.example"}}}, want: "hot"},
		{name: "another's address", tale: "a rep writes -2d to=lena", rules: []GradeRule{{Grade: "hot", People: []string{"@bo.example"}}}},
		{name: "by a keyword in the subject, in any case", tale: "a rep writes -2d to=lena about=Your_TENDER,_part_two", rules: []GradeRule{{Grade: "hot", Keywords: []string{"Tender"}}}, want: "hot", why: "it speaks of “Tender”"},
		{name: "by a phrase in the text", tale: "a rep writes -2d to=lena", rules: []GradeRule{{Grade: "hot", Keywords: []string{"that is  that"}}}, want: "hot"},
		{name: "part of a word is no keyword", tale: "a rep writes -2d to=lena about=Bartender", rules: []GradeRule{{Grade: "hot", Keywords: []string{"tender"}}}},
		{name: "a part of a word, and then the word", tale: "a rep writes -2d to=lena about=Bartender_and_tender", rules: []GradeRule{{Grade: "hot", Keywords: []string{"tender"}}}, want: "hot"},
		{name: "a machine's words do not count", tale: "a rep writes -2d to=lena\n b lena is-away -2d re=a about=tender", rules: []GradeRule{{Grade: "hot", Keywords: []string{"tender"}}}},
		{name: "by folder", tale: "a rep writes -2d to=lena in=Sent,Archive", rules: []GradeRule{{Grade: "hot", Folders: []string{"Archive"}}}, want: "hot"},
		{name: "in no such folder", tale: "a rep writes -2d to=lena", rules: []GradeRule{{Grade: "hot", Folders: []string{"Archive"}}}},
		{name: "by an answer", tale: "a rep writes -12d to=lena\n b lena answers -10d re=a\n c rep writes -9d to=lena re=b", rules: []GradeRule{{Grade: "warm", Did: DidAnswer}}, want: "warm", why: "Lena once answered"},
		{name: "by no answer", tale: "a rep writes -12d to=lena", rules: []GradeRule{{Grade: "warm", Did: DidAnswer}}},
		{name: "by a meeting", tale: "a rep writes -12d to=lena\n b lena accepts -10d re=a until=-8d\n c rep writes -7d to=lena re=b", rules: []GradeRule{{Grade: "hot", Did: DidMeet}}, want: "hot"},
		{name: "an answer is no meeting", tale: "a rep writes -12d to=lena\n b lena answers -10d re=a\n c rep writes -9d to=lena re=b", rules: []GradeRule{{Grade: "hot", Did: DidMeet}}},
		{name: "by putting off", tale: "a rep writes -42d to=lena\n b lena later -40d re=a until=-20d", rules: []GradeRule{{Grade: "slow", Did: DidPutOff}}, want: "slow"},
		{name: "all that a rule names must fit", tale: "a rep writes -2d to=lena", rules: []GradeRule{{Grade: "hot", People: []string{"@lena.example"}, Did: DidAnswer}}},
		{name: "the first rule that fits", tale: "a rep writes -2d to=lena", rules: []GradeRule{
			{Grade: "hot", Did: DidAnswer}, {Grade: "cold", People: []string{"@lena.example"}}, {Grade: "warm", People: []string{"@lena.example"}},
		}, want: "cold"},
		{
			name: "the rep's word goes first", tale: "a rep writes -2d to=lena", rules: []GradeRule{{Grade: "cold", People: []string{"@lena.example"}}},
			say: func(s *tale) { s.word(WordGrade, "lena", "-1h", func(w *Word) { w.Text = "hot" }) }, want: "hot", why: "as you said",
		},
		{
			name: "the rep's word that there is none", tale: "a rep writes -2d to=lena", rules: []GradeRule{{Grade: "cold", People: []string{"@lena.example"}}},
			say: func(s *tale) { s.word(WordGrade, "lena", "-1h", func(w *Word) { w.Text = "none" }) },
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := tell(t, tt.tale)
			s.policy.Rules = tt.rules
			if tt.say != nil {
				tt.say(s)
			}
			got := s.of("a")
			if got.Grade != tt.want {
				t.Errorf("the grade is %q, want %q: %v", got.Grade, tt.want, got.Reasons)
			}
			if why := strings.Join(got.Reasons, " "); !strings.Contains(why, tt.why) {
				t.Errorf("said: %s\nwant: %s", why, tt.why)
			}
		})
	}
}

func TestGrades_ARuleGivesItsCadence(t *testing.T) {
	s := tell(t, "offer rep writes -2d to=lena")
	s.policy.Rules = []GradeRule{{Grade: "hot", People: []string{"@lena.example"}}}
	s.policy.Paces = hotPace(s.policy)
	if got, want := s.stands(s.of("offer")), "due step=0 next=follow_up/1 11 Nov 12:00"; got != want {
		t.Errorf("stands %q, want %q", got, want)
	}
}
