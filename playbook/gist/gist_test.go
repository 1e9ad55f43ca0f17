package gist

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOf_FindsWhatToRecall(t *testing.T) {
	for name, c := range map[string]struct {
		subject, text string
		want          Gist
	}{
		"colon, long claim, reported question": {
			"Freight invoice audit for Nordbau",
			"Hi Lena,\n\nThanks for the chat at the trade breakfast about your carriers. As promised, here is what an audit of your\nfreight invoices would look like: we take three months of invoices, find what was billed wrongly, and you\nkeep everything we find in the first quarter.\n\nWould a pilot with your two biggest carriers make sense for you?\n\nBest regards",
			Gist{
				Topic: "the freight invoice audit for Nordbau", Question: "Would a pilot with your two biggest carriers make sense for you?",
				Asked: "asked whether a pilot with your two biggest carriers would make sense for you",
				Claim: "we take three months of invoices, find what was billed wrongly, and you keep everything we find in the first quarter",
			},
		},
		"what they said, a proposal": {
			"Disputed freight invoices",
			"Hello Eva,\n\nyou mentioned a backlog of disputed freight invoices. We clear the backlog of a fleet like yours in about six weeks. Shall we look at your ten oldest cases?\n\nAnna",
			Gist{
				Topic: "the disputed freight invoices", Question: "Shall we look at your ten oldest cases?", Asked: "suggested that we look at your ten oldest cases",
				Claim: "we clear the backlog of a fleet like yours in about six weeks", You: "you mentioned a backlog of disputed freight invoices",
			},
		},
		"question that rests on the claim": {
			"Cooling on the night ferry",
			"Hi Lia,\n\nthe night ferry has thirty sockets for cooled trailers. Is that enough for your fruit?\n\nAnna",
			Gist{Topic: "the cooling on the night ferry", Claim: "the night ferry has thirty sockets for cooled trailers", AskedOfClaim: "asked whether that is enough for your fruit"},
		},
		"question that rests on what they wanted": {
			"Island deliveries before season",
			"Dear Rhea,\n\nbefore the season starts we could move the island deliveries to two fixed days. You wanted to ask the harbour office about the early slot. What did they say?\n\nAnna",
			Gist{Topic: "the island deliveries before season", AskedOfClaim: "asked what they said", You: "you wanted to ask the harbour office about the early slot"},
		},
		"stale question": {
			"Demurrage in Apapa",
			"Hi Sam,\n\nwe have a way around the demurrage in Apapa that works for two of your competitors. Is ten minutes on Thursday possible?\n\nAnna",
			Gist{Topic: "the demurrage in Apapa", Claim: "we have a way around the demurrage in Apapa that works for two of your competitors"},
		},
		"met at a conference": {
			"Good to meet you at the Black Sea Logistics Conference",
			"Hi Dan,\n\nit was good to meet you at the Black Sea Logistics Conference last week. You said that your invoices are checked by hand. Would you like to see how others do it?\n\nAnna",
			Gist{AskedOfClaim: "asked whether you would like to see how others do it", You: "you said that your invoices are checked by hand", Event: "the Black Sea Logistics Conference"},
		},
		"subject of the rep's own document": {
			"Our proposal for your three depots",
			"Dear Petra,\n\nplease find attached our proposal for the three depots, with prices and a timetable. What do you think of the split into two phases?\n\nAnna",
			Gist{Topic: "our proposal for your three depots", Question: "What do you think of the split into two phases?", Asked: "asked what you think of the split into two phases"},
		},
		"greeting on the first line, one question": {
			"Yearly review", "Dear Vera,\n\nwhen would the yearly review suit you?\n\nAnna",
			Gist{Topic: "the yearly review", Question: "When would the yearly review suit you?", Asked: "asked when the yearly review would suit you"},
		},
		"foreign letters, emoji": {
			"Prüfung der Frachtkosten 🚚 – Köln & Düsseldorf",
			"Hi Uwe,\n\nfor Köln and Düsseldorf the surcharges differ by 4 €. Shall we check the other depots, too?\n\nAnna",
			Gist{
				Topic: `"Prüfung der Frachtkosten – Köln & Düsseldorf"`, Question: "Shall we check the other depots, too?", Asked: "suggested that we check the other depots, too",
				Claim: "for Köln and Düsseldorf the surcharges differ by 4 €",
			},
		},
		"right to left": {
			"הצעה: Freight audit לשנה הבאה", "Hi Noa,\n\nthe offer for next year is below. Does the price for the second port fit?\n\nAnna",
			Gist{Question: "Does the price for the second port fit?", Asked: "asked whether the price for the second port fits"},
		},
		"several questions, one that hangs on the other": {
			"Quick question about your claims process",
			"Hello Tom,\n\nI came across your job posting for a claims handler. We work with carriers who had the same problem: damage claims lay around for weeks. Our software collects the papers and tells the handler what is still open. Which papers are missing most often?\n\nIf not, who would be the right person to talk to?\n\nAnna",
			Gist{
				Topic: "your claims process", Question: "Which papers are missing most often?", Asked: "asked which papers are missing most often",
				Claim: "our software collects the papers and tells the handler what is still open",
			},
		},
		"empty": {"", "", Gist{}},
	} {
		t.Run(name, func(t *testing.T) {
			got := Of(Mail{Text: c.text, Subject: c.subject, Language: "en", Own: true})
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("gist (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOf_TakesNothingOfAStrangersSubjectThatTheRepDidNotSay(t *testing.T) {
	rep := "Hello Eve,\n\nthe audit costs nothing until it finds something. Which carriers do you use?\n\nAnna"
	if got := Of(Mail{Text: rep, Subject: "Question about your audit", Language: "en"}); got.Topic != "our audit" {
		t.Errorf("topic %q, want our audit", got.Topic)
	}
	if got := Of(Mail{Text: rep, Subject: "Pay for the audit at trickster", Language: "en"}); got.Topic != "" {
		t.Errorf("topic %q, want none", got.Topic)
	}
}

func TestOf_OtherLanguagesKeepTheirOwnWords(t *testing.T) {
	got := Of(Mail{Text: "Guten Tag Herr Petersen,\n\nfür Köln weichen die Zuschläge um 4 € ab. Sollen wir auch die anderen Depots prüfen?\n\nViele Grüße", Subject: "Prüfung der Frachtkosten", Language: "de", Own: true})
	if diff := cmp.Diff(Gist{Topic: "Prüfung der Frachtkosten", Question: "Sollen wir auch die anderen Depots prüfen?"}, got); diff != "" {
		t.Errorf("gist (-want +got):\n%s", diff)
	}
}

func FuzzOf(f *testing.F) {
	f.Add("Re: x", "Hi,\n\nwe met at the Big Fair of and. You said x. Is that so?", "en")
	f.Add("\u202e", "?????", "de")
	f.Fuzz(func(t *testing.T, subject, text, language string) {
		g := Of(Mail{Text: text, Subject: subject, Language: language})
		if strings.Contains(g.Asked+g.AskedOfClaim+g.Claim+g.You, "?") {
			t.Errorf("a statement holds a question mark: %+v", g)
		}
	})
}
