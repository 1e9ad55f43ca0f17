package tracker

import (
	"strings"
	"testing"
	"time"
)

// inThread makes the last word one about the thread of a message, said in a mail client.
func (s *tale) inThread(name, source string) *tale {
	w := &s.facts.Words[len(s.facts.Words)-1]
	w.Address, w.Thread, w.Source = "", nameOf(string(s.byName[name].Message.ID)), source
	return s
}

func TestJudge_WordsSaidInAMailClient(t *testing.T) {
	for _, c := range []struct {
		name, tale string
		say        func(*tale)
		want, why  string
	}{
		{"a close tells how it was said", "offer rep writes -14d to=lena", func(s *tale) {
			s.close("lena", "-1h", Stopped).inThread("offer", `you moved a mail into "Stop"`)
		}, "closed stopped", `You closed it as stopped on Thu 12 Nov (you moved a mail into "Stop").`},
		{"a hold tells how it was said", "offer rep writes -14d to=lena", func(s *tale) {
			s.hold("lena", "-1h", "+7d").inThread("offer", `you moved a mail into "Hold 1 week"`)
		}, "held rep until 19 Nov", `(you moved a mail into "Hold 1 week").`},
		{"chase reopens", "offer rep writes -14d to=lena", func(s *tale) {
			s.close("lena", "-2h", Lost).word(WordChase, "lena", "-1h", nil).inThread("offer", "")
		}, "due", ""},
		{"chase tracks whom the config excludes", "offer rep writes -14d to=vip@gold.example", func(s *tale) {
			s.policy.Exclude = []string{"vip@gold.example"}
			s.word(WordChase, "lena", "-1h", nil).inThread("offer", "")
		}, "due", ""},
		{"chase tracks who is not listed", "offer rep writes -14d to=lena", func(s *tale) {
			s.policy.Listed = true
			s.word(WordChase, "lena", "-1h", nil).inThread("offer", "")
		}, "due", ""},
		{"chase tracks no colleague", "offer rep writes -14d to=jonas@acme.example", func(s *tale) {
			s.word(WordChase, "lena", "-1h", nil).inThread("offer", "")
		}, "ignored", "colleague"},
		{"what was not understood ends no hold", "offer rep writes -14d to=lena", func(s *tale) {
			s.hold("lena", "-2h", "+7d").word(WordUnheard, "lena", "-1h", nil)
		}, "held rep until 19 Nov", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := tell(t, c.tale)
			c.say(s)
			got := s.of("offer")
			if text := s.stands(got); !strings.HasPrefix(text, c.want) {
				t.Errorf("it stands %q, want %q", text, c.want)
			}
			if why := strings.Join(got.Reasons, " "); !strings.Contains(why, c.why) {
				t.Errorf("reasons: %s\nwant among them: %s", why, c.why)
			}
		})
	}
}

func TestMailbox_WantsTheBodiesOfAThreadToChase(t *testing.T) {
	s := tell(t, "offer rep writes -14d to=vip@gold.example nobody-read")
	s.policy.Exclude = []string{"vip@gold.example"}
	m := s.mailbox()
	if n := len(m.Wanted()); n != 0 {
		t.Fatalf("%d bodies wanted of an excluded person", n)
	}
	m.Follow([]Word{{Kind: WordChase, Thread: nameOf(string(s.byName["offer"].Message.ID))}})
	if n := len(m.Wanted()); n != 1 {
		t.Errorf("%d bodies wanted once the rep wants it chased, want 1", n)
	}
}

func TestAsked_OneRequestReplacesOneDraft(t *testing.T) {
	at := func(m int) time.Time { return thursday.Add(time.Duration(m) * time.Minute) }
	another, unheard := Word{Kind: WordAnother, Thread: "a", At: at(2)}, Word{Kind: WordUnheard, Thread: "a", At: at(3)}
	for _, c := range []struct {
		name  string
		words []Word
		draft Draft
		want  bool
	}{
		{"asked after the draft was made", []Word{another}, Draft{Thread: "a", Created: at(1)}, true},
		{"made since", []Word{another}, Draft{Thread: "a", Created: at(2)}, false},
		{"of another thread", []Word{another}, Draft{Thread: "b", Created: at(1)}, false},
		{"could not be done", []Word{another, unheard}, Draft{Thread: "a", Created: at(1)}, false},
		{"asked again", []Word{another, unheard, {Kind: WordAnother, Thread: "a", At: at(4)}}, Draft{Thread: "a", Created: at(1)}, true},
	} {
		if _, got := Asked(c.words, c.draft); got != c.want {
			t.Errorf("%s: asked %v, want %v", c.name, got, c.want)
		}
	}
}
