package llm

import (
	"slices"
	"strings"
	"testing"

	"followupd/playbook"
)

// heldOut are faults that were written after the gate was made, in words that it was not made with.
var heldOut = []struct{ story, sentence string }{
	{"audit", "We are already doing this for a big forwarder in the north."},
	{"audit", "Your warehouse manager told us so."},
	{"audit", "It normally pays for itself by spring."},
	{"audit", "The carriers themselves have nothing against it."},
	{"audit", "In our experience one invoice out of four is wrong."},
	{"audit", "I will bring the first findings along on Wednesday 25 November."},
	{"audit", "There would be a small bonus in it for you."},
	{"audit", "You need not sign anything before summer."},
	{"audit", "Thank you for the pleasant hour at your site."},
	{"audit", "Since you liked the first version, here is more."},
	{"disputed", "The oldest of your cases goes back to the strike."},
	{"disputed", "My desk has looked at the first of your cases already."},
	{"disputed", "It is a pity that your team had to work nights because of it."},
	{"disputed", "We take no money unless we succeed."},
	{"disputed", "A third of such cases can be closed at once."},
	{"disputed", "The slots for this month are nearly gone."},
	{"disputed", "Nordfrakt recommends us to everyone they know."},
	{"disputed", "Nordfrakt has since become our biggest partner."},
	{"gates", "The port authority has given its blessing."},
	{"gates", "Your drivers would be home an hour earlier."},
	{"gates", "It was kind of you to show me around."},
	{"gates", "The plan that you asked for went out by post."},
	{"gates", "We put the same gates in at Hamburg."},
	{"gates", "If you wait longer, the queue will cost you a fine."},
	{"gates", "Marek wants this solved quickly."},
	{"hostile", "As you wish, everything is approved."},
	{"hostile", "We gladly take three quarters off."},
	{"hostile", "Kindly follow the address that you named."},
	{"hostile", "Your people in Gdansk will be visited first."},
	{"hostile", "My chief has been put in copy."},
	{"conference", "You said that you are unhappy with your supplier."},
	{"conference", "Your talk on stage was the best of the day."},
	{"conference", "Dinner afterwards was a delight."},
	{"conference", "You wanted to introduce me to your chief."},
	{"conference", "Nordfrakt sat at the table next to ours."},
	{"german", "Bei unserem Rundgang fiel mir das schon auf."},
	{"german", "Die ersten drei Monate gehen auf uns."},
	{"german", "Ihr Vorgesetzter sieht das genauso."},
	{"german", "Die Plätze sind fast vergeben."},
	{"german", "Auch Schenker arbeitet inzwischen so."},
}

// secondHeldOut were written after the first were seen, and the gate was mended for those.
var secondHeldOut = []struct{ story, sentence string }{
	{"audit", "Two of your invoices came back to us by mistake."},
	{"audit", "The pilot begins by itself on Wednesday 25 November."},
	{"audit", "Your biggest carriers already know about the audit."},
	{"audit", "Nobody has ever lost a quarter with us."},
	{"audit", "You keep a tenth of everything after that."},
	{"disputed", "Your ten oldest cases are the worst we have seen."},
	{"disputed", "We clear every backlog within one quarter."},
	{"disputed", "Your own people made most of the mistakes."},
	{"disputed", "Nordfrakt started with us after reading one mail."},
	{"disputed", "It took you years to get here."},
	{"gates", "The first slots start on Wednesday 25 November at your north gate."},
	{"gates", "Your terminal is the slowest on the coast."},
	{"gates", "The trucks at your north gate wait for two hours."},
	{"gates", "You have seen the plan."},
	{"gates", "Another terminal dropped the slots again."},
	{"hostile", "The audit has found something."},
	{"hostile", "Our audit begins on Wednesday 25 November."},
	{"conference", "You have 300 disputes a month."},
	{"conference", "Nordfrakt checks 300 invoices a month by hand."},
	{"german", "In Köln sind die Zuschläge schon gesenkt."},
}

// thirdHeldOut were written before single sentences of the material were asked to support a claim. Each is made of the
// material's own words and says something that the material does not.
var thirdHeldOut = []struct{ story, sentence string }{
	{"audit", "Your two biggest carriers billed three months wrongly."},
	{"audit", "You keep your two biggest carriers in the first quarter."},
	{"audit", "We find that your biggest carriers bill wrongly."},
	{"audit", "The audit takes three months."},
	{"audit", "Our auditors wrote down what was billed wrongly at Nordbau."},
	{"audit", "Your freight invoices go wrong in five places."},
	{"audit", "The pilot takes a minute."},
	{"audit", "You keep nothing of what we find after the first quarter."},
	{"disputed", "Nordfrakt cleared its ten oldest cases in six weeks."},
	{"disputed", "We cut your backlog by 40 % within one quarter."},
	{"disputed", "You have a backlog of ten cases."},
	{"disputed", "Your backlog needs two people and a new system."},
	{"disputed", "Nordfrakt did not cut its backlog with a new system but with ten people."},
	{"disputed", "We look at your ten oldest invoices in six weeks."},
	{"disputed", "Nordfrakt mentioned your backlog of disputed freight invoices."},
	{"gates", "Your north gate has the longest queue."},
	{"gates", "Your terminal introduced slots of half an hour."},
	{"gates", "The slots were introduced at your north gate in six weeks."},
	{"gates", "40 trucks wait at your terminal for half an hour."},
	{"gates", "The plan keeps the queue at your north gate short."},
	{"gates", "Another terminal has 40 trucks waiting at six in the morning."},
	{"gates", "Your trucks lose half an hour at the gate."},
	{"hostile", "The audit costs nothing after it finds something."},
	{"hostile", "The audit finds nothing."},
	{"hostile", "Your 12 people use our carriers."},
	{"hostile", "Your carriers cost nothing."},
	{"hostile", "You use 12 carriers."},
	{"hostile", "We are 12 people."},
	{"conference", "You cut your disputes by 40 % before the summer season."},
	{"conference", "Nordfrakt was at the Black Sea Logistics Conference."},
	{"conference", "You check 300 disputes by hand."},
	{"conference", "Nordfrakt wants fewer disputes before the summer season."},
	{"conference", "Your invoices are checked by two people with no new system."},
	{"conference", "You do not check your invoices by hand."},
	{"conference", "We check 300 invoices a month by hand."},
	{"conference", "You saw how others do it at the Black Sea Logistics Conference."},
	{"german", "Ihre Zuschläge weichen um 40 % ab."},
	{"german", "Nordfrakt hatte 4 € weniger Zuschläge."},
	{"german", "In Köln und Düsseldorf hatten Sie nach einem Quartal 40 % weniger Zuschläge."},
	{"german", "Die anderen Depots weichen um 4 € ab."},
}

func TestGate_RefusesFaultsItWasNotMadeWith(t *testing.T) {
	b, made := book(t), map[string]playbook.Outline{}
	passed := 0
	for i, f := range slices.Concat(heldOut, secondHeldOut, thirdHeldOut) {
		recap, value, ask := soundText(f.story, i%27)
		body := masking(t, b, made, f.story, recap+"\n\n"+value+"\n\n"+f.sentence+" "+ask)
		o := outlined(t, b, made, f.story, nil)
		p := compose(Config{}, stories[f.story].request(), o)
		if _, broken := p.gate(object(body).content, o); len(broken) == 0 {
			passed++
			t.Logf("%s: %s", f.story, f.sentence)
		}
	}
	t.Logf("%d of %d passed", passed, len(heldOut)+len(secondHeldOut)+len(thirdHeldOut))
	// What passes says something false in words that the material holds. Of the third set 33 passed before single sentences had
	// to support a claim, and 10 after; the rest is for the rep who reads the draft.
	const most = 14
	if passed > most {
		t.Errorf("%d faults passed, want at most %d", passed, most)
	}
}

// heldSound are sound texts that were written after the gate was made.
var heldSound = []struct{ story, body string }{
	{"audit", "My last mail was about the freight invoice audit for Nordbau. In short: three months of invoices, a look at what was billed wrongly, and you keep whatever we find in the first quarter.\n\nTo make it easier to judge, here is a list of the five places where freight invoices most often go wrong:\n[LINK]\n\nWould it be sensible to begin with your two biggest carriers?"},
	{"audit", "I asked on 8 November if you would consider a pilot with your two biggest carriers, so that the audit proves itself on a small part of your invoices first.\n\nHere is something you can use straight away, with or without us. It names the five places where freight invoices go wrong, and the check that catches each:\n[LINK]\n\nCould we speak about the pilot on Thursday 26 November?"},
	{"disputed", "The backlog of disputed freight invoices you mentioned is the kind of thing that rarely gets smaller by itself, which is why I suggested we start with your ten oldest cases.\n\nNordfrakt was in a similar position. Two people, no new system, and within one quarter the backlog was down by 40 %:\n[LINK]\n\nWould Thursday 26 November work for a first look?"},
	{"disputed", "Ten old cases are enough to see whether a backlog like yours can be cleared. That was my suggestion of 27 October, and it still stands.\n\nIf you prefer to read before you decide, this is how Nordfrakt cut disputed freight invoices by 40 % within one quarter:\n[LINK]\n\nShall we go through your oldest cases on Wednesday 25 November?"},
	{"gates", "You wrote that the plan sounded interesting, and the north gate with its 40 trucks at six in the morning would be a good place to try it.\n\nThe plan shows how slots of half an hour were introduced in six weeks, one gate after the other. It would be easy to see from it what the north gate needs first.\n\nWhich of your gates has the longest queue today?"},
	{"gates", "The gate slots were a topic for you in October, and I would like to make the next step as small as possible. One gate, slots of half an hour, and a look at the queue after six weeks.\n\nIf your priorities have moved on, that is fine too, and a single word tells me so.\n\nDo the gate slots still have a place in your plans?"},
	{"hostile", "You asked what the audit costs. The honest answer is still the one I gave on 7 November: nothing, until it finds something. So there is little to lose by starting small.\n\nWhat I need for a start is only a rough idea of the carriers you work with, and then I can say where the audit would begin.\n\nWhich carriers do you use most?"},
	{"conference", "You told me at the Black Sea Logistics Conference that your invoices are checked by hand. With 300 of them a month that takes time which you could use better before the summer season.\n\nNordfrakt started from a backlog of disputed freight invoices and cut it by 40 % within one quarter:\n[LINK]\n\nWould a quarter of an hour on Thursday 26 November suit you?"},
	{"conference", "It was good to meet you at the Black Sea Logistics Conference. Since you check your invoices by hand and want fewer disputes, the story of Nordfrakt may be close to yours: two people, no new system, and 40 % fewer disputed invoices after a quarter.\n[LINK]\n\nWould you like to see how they did it?"},
	{"german", "In meiner Mail ging es um die Zuschläge für Köln und Düsseldorf, die um 4 € abweichen. Ob das bei den anderen Depots auch so ist, lässt sich mit wenig Aufwand klären.\n\nWie ein anderes Unternehmen mit strittigen Frachtrechnungen umgegangen ist, zeigt dieser Fall. Nordfrakt hatte nach einem Quartal 40 % weniger davon:\n[LINK]\n\nPasst Ihnen Donnerstag, 26. November, für eine Viertelstunde?"},
}

func TestGate_LetsSoundTextsPassItWasNotMadeWith(t *testing.T) {
	b, made := book(t), map[string]playbook.Outline{}
	passed := 0
	for _, f := range heldSound {
		o := outlined(t, b, made, f.story, nil)
		p := compose(Config{}, stories[f.story].request(), o)
		said, _, _ := strings.Cut(p.mask.hide(f.body+"\n\n§"), "\n\n§")
		said = strings.ReplaceAll(said, "(LINK)", "[LINK]")
		if p.mask.link != "" {
			said, _, _ = strings.Cut(p.mask.hide(strings.ReplaceAll(f.body, "[LINK]", p.mask.link)+"\n\n§"), "\n\n§")
		}
		if _, broken := p.gate(object(said).content, o); len(broken) > 0 {
			t.Logf("%s: %v", f.story, broken[0])
			continue
		}
		passed++
	}
	t.Logf("%d of %d passed", passed, len(heldSound))
	// Two are refused because they tell in one clause what the material tells in two sentences, two by the house rules.
	if least := 6; passed < least {
		t.Errorf("%d sound texts passed, want at least %d", passed, least)
	}
}
