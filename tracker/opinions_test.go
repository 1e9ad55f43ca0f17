package tracker

import (
	"strings"
	"testing"

	"followupd/mail"
)

func TestOpinion_OnlyEverHoldsOrLeavesToReview(t *testing.T) {
	const unclearAnswer = "offer rep writes -14d to=lena\n a lena mumbles -12d re=offer"
	for _, tt := range []struct {
		name, tale, of string
		intent         mail.Intent
		until          string // as tale.at reads it; "" none
		want, why      string
	}{
		{"held until the day it reads", unclearAnswer, "a", mail.IntentNotNow, "+20d", "held not_now until 2 Dec", "the model small on"},
		{"a promise with a day", unclearAnswer, "a", mail.IntentWillReply, "+2d", "held will_reply until 14 Nov", "a promise to come back to you"},
		{"after that day it is the rep's again, and nothing is drafted", unclearAnswer, "a", mail.IntentNotNow, "-1d", "review", "reads it as not now, until Wed 11 Nov"},
		{"no day, no hold", unclearAnswer, "a", mail.IntentNotNow, "", "review", "not now"},
		{"a day years ahead buries nothing", unclearAnswer, "a", mail.IntentNotNow, "+900d", "review", "not now"},
		{"an answer to be given stays with the rep", unclearAnswer, "a", mail.IntentAnswer, "+20d", "review", "an answer that wants yours"},
		{"a no closes nothing", unclearAnswer, "a", mail.IntentDeclined, "+20d", "review", "a no"},
		{"one that could not tell says nothing", unclearAnswer, "a", mail.IntentUnclear, "+20d", "review", ""},
		{"of an intent nobody knows says nothing", unclearAnswer, "a", "draft_now", "+20d", "review", ""},
		{"the rules' own reading beats it", "offer rep writes -14d to=lena\n a lena answers -12d re=offer", "a", mail.IntentNotNow, "+20d", "answered", ""},
		{"a no that the rules see later beats it", "offer rep writes -14d to=lena\n a lena declines -12d re=offer", "a", mail.IntentNotNow, "+20d", "closed declined", ""},
		{"a clear answer before it is not hidden", "offer rep writes -14d to=lena\n b lena answers -13d re=offer\n a lena mumbles -12d re=offer", "a", mail.IntentNotNow, "+20d", "review", ""},
		{"the rep's next mail begins anew", "offer rep writes -14d to=lena\n a lena mumbles -12d re=offer\n c rep writes -11d to=lena re=a", "a", mail.IntentNotNow, "+20d", "due", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := tell(t, tt.tale)
			o := Opinion{Row: s.byName[tt.of].Row, At: s.at("-11d"), Model: "small", Intent: tt.intent}
			if tt.until != "" {
				o.Until = s.at(tt.until)
			}
			without := s.of("offer")
			s.facts.Opinions = []Opinion{o}
			x := s.of("offer")
			if got := s.stands(x); !strings.HasPrefix(got, tt.want) {
				t.Errorf("stands %q, want %q: %v", got, tt.want, x.Reasons)
			}
			if all := strings.Join(x.Reasons, " "); !strings.Contains(all, tt.why) {
				t.Errorf("reasons %q lack %q", all, tt.why)
			}
			if (x.State == Due || x.Next != nil) && without.State != Due {
				t.Errorf("an opinion made %q of %q", s.stands(x), s.stands(without))
			}
		})
	}
}

func TestUnclearSince_NamesWhatTheRulesCouldNotRead(t *testing.T) {
	s := tell(t, "offer rep writes -14d to=lena\n old lena mumbles -13d re=offer\n more rep writes -12d to=lena re=old\n a lena mumbles -11d re=more\n b lena answers -10d re=more\n c lena mumbles -9d re=more")
	m := s.mailbox()
	got := UnclearSince(m.Thread(m.Of(s.byName["offer"].Row)))
	if len(got) != 2 || got[0] != s.byName["a"].Row || got[1] != s.byName["c"].Row {
		t.Errorf("rows %v, want those of a and c", got)
	}
}
