package intent

import (
	"strings"
	"testing"
)

func TestOf_JudgesWholeMails(t *testing.T) {
	for _, c := range []struct{ language, text, want string }{
		{"en", "Hi Anna,\n\nLooks good. Two questions: can you start with the Rotterdam lane, and what would it cost for ten trucks?\n\nMaria", Answer},
		{"en", "Hi Anna, thanks, but we are not interested. We have just signed with another carrier for three years. Viktor", Declined},
		{"en", "Please remove me from your list and do not contact me again.", OptOut},
		{"en", "Yes, please do. And does it work with electric vans? Ben", Answer},
		{"en", "Hi Anna, good idea, but our budget is closed for now. Ask me again in February, please. Elif", NotNow},
		{"en", "Hi Anna, I need to ask our planner first. I will get back to you by Wednesday. Theo", WillReply},
		{"en", "Hi Anna, I am not the right person for this. Please contact my colleague Mia Babic (mia.babic@adriacargo.example), she handles ferries. Ivo", WrongPerson},
		{"en", "Tuesday at ten is fine. I will bring Rita from operations. Hugo", Answer},
		{"en", "Yes please, and the one for the ferry, too.\n\nMax", Answer},
		{"en", "Thank you, but we are not interested.", Declined},
		{"en", "Can you stop by Tuesday?", Answer},
		{"en", "Thanks, received!", Thanks},
		{"en", "Not interested. How did you get my address?", Declined},
		{"en", "Not interested right now, but reach out again in the spring.", NotNow},
		{"en", "No budget this year. What would it cost next year?", Answer},
		{"en", "I'll get back to you on Friday. Could you send the price list meanwhile?", Answer},
		{"en", "STOP", OptOut},
		{"en", "Stop.", OptOut},
		{"en", "unsubscribe", OptOut},
		{"en", "Hmm.", Unclear},
		{"en", "ok", Thanks},
		{"en", "We're in!", Unclear},
		{"en", "Let's do it.", Answer},
		{"en", "Our planning team went through the outline yesterday and the steps fit the way in which the depots are run at night.", Answer},
		{"en", "Tom handles that now, please write to Tom Reyes instead: tom@brightway.example", WrongPerson},
		{"en", "It's not that we are not interested, but the price is too high. Can you do better?", Answer},
		{"de", "Guten Tag Frau Berg,\n\nvielen Dank für das Angebot. Leider haben wir derzeit keinen Bedarf. Melden Sie sich gerne im Herbst noch einmal.", NotNow},
		{"de", "Bitte nehmen Sie mich aus Ihrem Verteiler.", OptOut},
		{"de", "Kein Interesse, danke.", Declined},
		{"de", "Ich bin dafür nicht zuständig, bitte wenden Sie sich an meine Kollegin Frau Ute Ahlers (ute.ahlers@hafenlog.example).", WrongPerson},
		{"de", "Vielen Dank, ich melde mich bis Freitag bei Ihnen.", WillReply},
		{"de", "Passt gut. Können wir am Dienstag telefonieren?", Answer},
		{"de", "Danke, erhalten.", Thanks},
		{"fr", "Bonjour, merci mais nous ne sommes pas intéressés.", Declined},
		{"fr", "Bonjour, recontactez-moi en septembre, notre budget est clos.", NotNow},
		{"fr", "Merci de ne plus me contacter.", OptOut},
		{"fr", "Je reviens vers vous la semaine prochaine.", WillReply},
		{"es", "Gracias, pero no nos interesa.", Declined},
		{"nl", "Wij hebben geen interesse, bedankt.", Declined},
		{"nl", "Prima, kunt u volgende week bellen?", Answer},
		{"sv", "Hej! Vi är inte intresserade just nu men hör gärna av dig i höst.", NotNow},
		{"sv", "Tack, jag återkommer på fredag.", WillReply},
		{"", "Kein Interesse.", Declined},
	} {
		if got := Of(c.text, c.language); got.Intent != c.want {
			t.Errorf("Of(%q) = %s (%s), want %s", c.text, got.Intent, got.Why, c.want)
		} else if got.Why == "" {
			t.Errorf("Of(%q) gives no reason", c.text)
		}
	}
}

func TestOf_NamesTheSuccessor(t *testing.T) {
	for _, c := range []struct{ language, text, name, address string }{
		{"en", "I am not the right person for this. Please contact my colleague Mia Babic (mia.babic@adriacargo.example), she handles ferries.", "Mia Babic", "mia.babic@adriacargo.example"},
		{"en", "Wrong person. Please write to sara.lind@brightway.example.", "Sara Lind", "sara.lind@brightway.example"},
		{"en", "You should contact my colleague Mia Babic instead.", "Mia Babic", ""},
		{"en", "I am not responsible for this. Try <mailto:info@x.example>.", "", "info@x.example"},
		{"de", "Dafür bin ich nicht zuständig. Bitte wenden Sie sich an meine Kollegin Frau Ute Ahlers.", "Ute Ahlers", ""},
		{"fr", "Je ne suis pas la bonne personne. Contactez ma collègue Anne Petit : a.petit@rhonefret.example", "Anne Petit", "a.petit@rhonefret.example"},
	} {
		got := Of(c.text, c.language)
		if got.Intent != WrongPerson || got.SuccessorName != c.name || got.SuccessorAddress != c.address {
			t.Errorf("Of(%q) = %s %q %q (%s), want %q %q", c.text, got.Intent, got.SuccessorName, got.SuccessorAddress, got.Why, c.name, c.address)
		}
	}
}

func TestLeftCompany_NamesWhomToWriteToInstead(t *testing.T) {
	left, name, address, why := Open("Hello,\n\nTom Reyes is no longer with Brightway. For anything about customs please contact Sara Lind at sara.lind@brightway.example.\n\nThank you.", "en").LeftCompany()
	if !left || name != "Sara Lind" || address != "sara.lind@brightway.example" || why == "" {
		t.Errorf("got %v %q %q %q", left, name, address, why)
	}
	if left, _, _, why := Open("I left you a message yesterday. We left the office early.", "en").LeftCompany(); left {
		t.Errorf("a message left is taken for a company left: %s", why)
	}
}

func TestAbsence_TellsNoticesFromLetters(t *testing.T) {
	for _, c := range []struct {
		language, text string
		want           bool
	}{
		{"en", "Thank you for your mail. I am currently out of the office with limited access to e-mail and will answer when I return.\n\nGrace", true},
		{"en", "I am out of the office until 12 May 2026 and will read your mail then.", true},
		{"de", "Guten Tag,\n\nvielen Dank für Ihre Nachricht. Ich bin bis einschließlich 12.05.2026 nicht im Büro. Ihre E-Mail wird nicht weitergeleitet. In dringenden Fällen wenden Sie sich bitte an meine Kollegin Frau Ahlers.", true},
		{"en", "I was out of the office last week, sorry for the late answer. The outline looks good to us.", false},
		{"en", "I am on vacation next week. Can we talk before that?", false},
		{"en", "Looks good. What would it cost?", false},
	} {
		if got, why := Open(c.text, c.language).Absence(); got != c.want {
			t.Errorf("Absence(%q) = %v (%s)", c.text, got, why)
		}
	}
}

func TestAsks_KnowsWhatWantsAnAnswer(t *testing.T) {
	for _, c := range []struct {
		language, text string
		want           bool
	}{
		{"en", "Hi Hugo,\n\nwould Tuesday at ten suit you for the call about the reefer plugs?\n\nAnna", true},
		{"en", "Perfect, thanks. Talk to you both on Tuesday!\n\nAnna", false},
		{"en", "Hi Wen,\n\njust for your information, our office is closed on the 6th. No need to reply.\n\nAnna", false},
		{"en", "Hi Anna,\n\nplease find attached our proposal for the three depots, with prices and a timetable.", true},
		{"en", "Hi Kay,\n\nthe depot in Moorfleet could take your empties from June.", true},
		{"en", "Thanks!", false},
		{"en", "You're welcome.", false},
		{"de", "Guten Tag Herr Petersen,\n\nwie besprochen das Angebot für die Prüfung Ihrer Frachtrechnungen. Passt Ihnen der Umfang so?", true},
		{"de", "Zur Info, kein Handlungsbedarf.", false},
		{"de", "Perfekt, vielen Dank, bis Dienstag!", false},
	} {
		if got, why := Open(c.text, c.language).Asks(); got != c.want {
			t.Errorf("Asks(%q) = %v (%s)", c.text, got, why)
		}
	}
}

func FuzzOf(f *testing.F) {
	lines, err := readRules()
	if err != nil {
		f.Fatal(err)
	}
	for _, r := range lines {
		f.Add(r.example, r.language)
	}
	f.Add("a@b.c \xff ((((@ 田中 "+strings.Repeat("not ", 500), "")
	f.Fuzz(func(t *testing.T, text, language string) {
		got := Of(text, language)
		if got.Intent == "" || got.Why == "" {
			t.Errorf("no intent or no reason: %+v", got)
		}
		if strings.ContainsAny(got.SuccessorAddress, " <>\n\"") {
			t.Errorf("%q is no address", got.SuccessorAddress)
		}
		letter := Open(text, language)
		letter.LeftCompany()
		letter.Absence()
		letter.Asks()
	})
}

const letter = "Hi Anna,\n\nthank you for the outline. I went through it with our planner, and the order of the steps fits how we work. " +
	"I need to ask our finance people first, though, because the budget for this year is nearly used up. I will get back to you by Friday.\n\nMaria"

func BenchmarkOf_Letter(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Of(letter, "en")
	}
}

// The worst text: as long as is read, words that begin most rules, all languages.
func BenchmarkOf_Worst(b *testing.B) {
	text := strings.Repeat("not no i we will please have is get back the right ", 400)
	b.ReportAllocs()
	for b.Loop() {
		Of(text, "")
	}
}
