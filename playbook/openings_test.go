package playbook

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"followupd/mail"
	"followupd/playbook/rules"
	"followupd/tracker"
)

var rows = flag.Int("rows", 0, "how many drafts in a row to write in every language for every step; 0: a few steps, for a short while")

// mails are a mail that says nothing and one that says something, by language.
var mails = map[string]struct{ sparse, rich, subject string }{
	"en": {"Hi,\n\nthis is message %d.\n\nAnna", "Hi Max,\n\nthe night ferry has sockets for cooled trailers. Are thirty sockets enough for your fruit?\n\nAnna", "Sockets on the ferry"},
	"de": {"Guten Tag,\n\ndas ist Nachricht %d.\n\nAnna", "Hallo Max,\n\ndie Nachtfähre hat Steckdosen für Kühlauflieger. Reichen dreißig Steckdosen für Ihr Obst?\n\nAnna", "Steckdosen auf der Fähre"},
	"fr": {"Bonjour,\n\nvoici le message %d.\n\nAnna", "Bonjour Max,\n\nle ferry de nuit a des prises pour les remorques frigorifiques. Trente prises suffisent-elles pour vos fruits ?\n\nAnna", "Prises sur le ferry"},
	"es": {"Hola:\n\neste es el mensaje %d.\n\nAnna", "Hola Max:\n\nel ferry nocturno tiene enchufes para remolques frigoríficos. ¿Bastan treinta enchufes para su fruta?\n\nAnna", "Enchufes en el ferry"},
	"nl": {"Hallo,\n\ndit is bericht %d.\n\nAnna", "Beste Max,\n\nde nachtboot heeft stopcontacten voor koeltrailers. Zijn dertig stopcontacten genoeg voor uw fruit?\n\nAnna", "Stopcontacten op de veerboot"},
	"sv": {"Hej,\n\ndet här är meddelande %d.\n\nAnna", "Hej Max,\n\nnattfärjan har eluttag för kylda trailrar. Räcker trettio uttag för er frukt?\n\nAnna", "Eluttag på färjan"},
}

// unnamed is a prospect of whom nothing is known but the address.
var unnamed = []mail.Person{{Address: "info@nordbau.example"}}

// sparsest is a thread that gives a text nothing to stand on: no question, no claim, no topic, no name, no library. mine are
// the rep's mails in it, theirs the answers before the silence.
func sparsest(lang string, mine int, next tracker.Next, theirs ...mail.Intent) Request {
	var letters []letter
	for i, intent := range theirs {
		letters = append(letters,
			letter{days: 200 - 40*i, language: lang, text: fmt.Sprintf(mails[lang].sparse, 90+i)},
			letter{from: "them", days: 180 - 40*i, language: lang, text: "Ok.", intent: intent})
	}
	for i := range mine {
		letters = append(letters, letter{days: 40 - 10*i, language: lang, text: fmt.Sprintf(mails[lang].sparse, i+1)})
	}
	r := request(unnamed, letters...)
	for i := range r.Thread.Messages {
		r.Thread.Messages[i].Message.Subject = ""
	}
	r.Standing.Subject, r.Standing.Next = "", &next
	return r
}

// block writes a step again and again into a window in which each draft stands as often as an opening may, until the window is
// full: what it takes to use up every opening. It gives the drafts, each of which must be of the first one's approach.
func block(t *testing.T, p *Playbook, r Request) []Text {
	t.Helper()
	var texts []Text
	r.Recent = nil
	for i := range rolling/mostOpenings + 1 {
		r.Seed = uint64(i)
		text, err := p.Write(r)
		if err != nil {
			t.Fatalf("with %d openings used up: %v", i, err)
		}
		if i > 0 && text.Approach != texts[0].Approach {
			t.Errorf("with %d openings used up the approach is %s, not %s", i, text.Approach, texts[0].Approach)
		}
		texts = append(texts, text)
		r.Recent = append(slices.Repeat([]tracker.Draft{placed(text, r)}, mostOpenings), r.Recent...)
	}
	return texts
}

// TestWrite_NoWindowOfDraftsBlocksAStep tries to use up all openings of every step in every situation and language, for threads
// that say nothing.
func TestWrite_NoWindowOfDraftsBlocksAStep(t *testing.T) {
	situations := []tracker.Situation{tracker.ColdEmail, tracker.Proposal, tracker.Meeting, tracker.Voicemail, tracker.Conference, tracker.WasKeen}
	p := bare(t)
	for lang := range mails {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			for _, situation := range situations {
				r := sparsest(lang, 1, tracker.Next{Action: tracker.FollowUp, Step: 1})
				r.Standing.Situation = situation
				t.Run(string(situation), func(t *testing.T) { block(t, p, r) })
			}
			var given []tracker.Draft
			for step := 1; step <= 3; step++ {
				t.Run(fmt.Sprintf("step %d", step), func(t *testing.T) {
					r := sparsest(lang, step, tracker.Next{Action: tracker.FollowUp, Step: step})
					r.Given = given
					given = append(given, placed(block(t, p, r)[0], r))
				})
			}
			for name, r := range map[string]Request{
				"break-up":            sparsest(lang, 3, tracker.Next{Action: tracker.BreakUp, Step: 3}),
				"nurture":             sparsest(lang, 3, tracker.Next{Action: tracker.Nurture, Step: 4}),
				"thank-you":           sparsest(lang, 1, tracker.Next{Action: tracker.ThankYou, Step: 1}),
				"answered":            sparsest(lang, 1, tracker.Next{Action: tracker.FollowUp, Step: 1}, mail.IntentAnswer),
				"put off":             sparsest(lang, 1, tracker.Next{Action: tracker.FollowUp, Step: 1}, mail.IntentNotNow),
				"put off, break-up":   sparsest(lang, 3, tracker.Next{Action: tracker.BreakUp, Step: 3}, mail.IntentNotNow),
				"excuses, break-up":   sparsest(lang, 3, tracker.Next{Action: tracker.BreakUp, Step: 3}, mail.IntentNotNow, mail.IntentNotNow, mail.IntentNotNow),
				"something personal":  personally(sparsest(lang, 1, tracker.Next{Action: tracker.FollowUp, Step: 1})),
				"keen once, break-up": sparsest(lang, 2, tracker.Next{Action: tracker.BreakUp, Step: 2}, mail.IntentAnswer),
			} {
				t.Run(name, func(t *testing.T) { block(t, p, r) })
			}
		})
	}
}

// personally adds something personal that the rep noted.
func personally(r Request) Request {
	r.Notes = []tracker.Word{{Kind: tracker.WordNote, Text: "personal: Anna Berg wrote this line once."}}
	return r
}

// TestOpenings_AreMoreThanAWindowUsesUp counts: in every language each kind of opening has more wordings with first words of
// their own than a window can use up, whatever the two call each other, and they keep the rules on words.
func TestOpenings_AreMoreThanAWindowUsesUp(t *testing.T) {
	texts := bare(t).texts
	for lang := range shipped {
		w := texts.in(lang)
		for _, approach := range []string{Recap, Personal, BreakUp, Nurture, ThankYou} {
			if approach != Recap && slices.Equal(w.opened(approach), w.opened(Recap)) {
				t.Errorf("%s: %s has no openings of its own", lang, approach)
			}
			for _, familiar := range []string{"", "du "} {
				c := &conversation{written: lang, ours: []string{familiar}}
				first := map[string]bool{}
				for _, o := range c.openers(w, approach, heard(nil), 1) {
					first[opening(o.text)] = true
					if bad := rules.Phrases(o.text); len(bad) > 0 {
						t.Errorf("%s: %q breaks %s", lang, o.text, bad[0].Rule)
					}
					if !strings.HasSuffix(o.text, ".") || len(strings.Fields(o.text)) > 14 {
						t.Errorf("%s: %q is no short sentence", lang, o.text)
					}
				}
				if most := rolling / mostOpenings; len(first) <= most {
					t.Errorf("%s: %d openings for %s, want more than %d", lang, len(first), approach, most)
				}
			}
		}
	}
}

// TestWrite_RowsOfDrafts writes rows of drafts of one step to people of whom the rep wants the same: none is refused, of any
// last fifty no more than five open alike. -rows=200 writes long rows of every step, for sparse and for rich mails; without it
// there is one short row in each language, of goodbyes that say little, for they have the fewest texts.
func TestWrite_RowsOfDrafts(t *testing.T) {
	steps := []tracker.Next{
		{Action: tracker.BreakUp, Step: 3}, {Action: tracker.FollowUp, Step: 1}, {Action: tracker.FollowUp, Step: 2}, {Action: tracker.Nurture, Step: 4}, {Action: tracker.ThankYou, Step: 1},
	}
	n, kinds := *rows, []bool{false, true}
	if n == 0 {
		n, steps, kinds = rolling+5, steps[:1], kinds[:1]
	}
	p := bare(t)
	for lang, m := range mails {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			for _, next := range steps {
				for _, rich := range kinds {
					row(t, p, n, next, func(i int) letter {
						if rich {
							return letter{language: lang, subject: m.subject, text: m.rich}
						}
						return letter{language: lang, subject: fmt.Sprintf("Info %d", i), text: fmt.Sprintf(m.sparse, i)}
					})
				}
			}
		})
	}
}

// isOpening says whether a wording is an opening, by its full name.
func isOpening(name string) bool {
	part, _, _ := strings.Cut(name, "/")
	return part == openingPart || strings.HasPrefix(part, openingPart+".")
}

// row writes one row, and logs how like one another its drafts are.
func row(t *testing.T, p *Playbook, n int, next tracker.Next, mail func(i int) letter) {
	t.Helper()
	var recent []tracker.Draft
	openings := map[string]bool{}
	opened, likeness := 0, 0.0
	for i := range n {
		var letters []letter
		for before := range next.Step {
			l := mail(i)
			l.days = 12 + 10*(next.Step-before-1)
			letters = append(letters, l)
		}
		r := request(person(fmt.Sprintf("Max Ruiz%d", i)), letters...)
		r.Seed, r.Recent, r.Standing.Next = uint64(i), recent, &next
		text, err := p.Write(r)
		if err != nil {
			t.Errorf("%s %d, draft %d: %v", next.Action, next.Step, i+1, err)
			return
		}
		if slices.ContainsFunc(strings.Fields(text.Template), isOpening) {
			opened++
		}
		d := placed(text, r)
		likeness += heard(recent).likeness(d.Body)
		recent = append([]tracker.Draft{d}, recent...)
		for o, times := range heard(recent).openings {
			openings[o] = true
			if times > mostOpenings {
				t.Fatalf("%s %d, draft %d: of the last %d %d open with %q", next.Action, next.Step, i+1, min(len(recent), rolling), times, o)
			}
		}
		if *show && i%9 == 0 {
			fmt.Printf("=== %s %s %d, draft %d\n%s\n--- %s\n", letters[0].language, next.Action, next.Step, i+1, text.Body, text.Template)
		}
	}
	t.Logf("%s %d: %d drafts, %d with an opening, %d different first words, likeness to the nearest on average %.0f %%", next.Action, next.Step, n, opened, len(openings), 100*likeness/float64(n))
}
