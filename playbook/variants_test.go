package playbook

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"followupd/mail"
	"followupd/mail/language"
	"followupd/playbook/library"
	"followupd/playbook/rules"
	"followupd/tracker"
)

// speech is what a rep writes in one language: how each situation shows in a mail, a mail that says what it is about, one that
// says nothing, an answer that puts the rep off, and an asset.
type speech struct {
	subject, greeting string
	situation         map[tracker.Situation]string
	rich, thin        string
	keen, putOff      string
	asset             string
	more              []string // further mails: what English can report depends on how a question is put
}

var speeches = map[string]speech{
	"en": {
		"Cooling on the night ferry", "Hi Max,",
		map[tracker.Situation]string{
			tracker.General: "as promised, a word on the ferry.", tracker.Proposal: "please find attached our proposal.", tracker.Meeting: "thank you for the meeting on Tuesday.",
			tracker.Voicemail: "I left you a voicemail this morning.", tracker.Conference: "it was good to meet you at the Black Sea Conference.",
		},
		"The night ferry has sockets for cooled trailers. Are thirty sockets enough for your fruit?", "This is the plan of the ferry.",
		"Hi Anna, sounds interesting, please tell me more. Max", "Hi Anna, not a good time for us. Max",
		"Cooled trailers on a ferry lose their load where nobody reads the sockets at night.",
		[]string{
			"Which carriers do you use for the island?", "You mentioned a backlog of late trailers. Shall I send you the plan of the ferry?",
			"The night ferry has sockets for cooled trailers. Is that enough for your fruit?", "You said that the gate is slow. Is that still so?",
			"The night ferry has sockets for cooled trailers. Which sockets do you need?", "You mentioned a backlog of late trailers.", "You wanted to ask the harbour office about the early slot. What did they say?",
		},
	},
	"de": {
		"Steckdosen auf der Fähre", "Hallo Max,",
		map[tracker.Situation]string{
			tracker.General: "wie versprochen ein Wort zur Fähre.", tracker.Proposal: "anbei unser Angebot.", tracker.Meeting: "vielen Dank für das Gespräch am Dienstag.",
			tracker.Voicemail: "ich habe Ihnen auf den Anrufbeantworter gesprochen.", tracker.Conference: "schön, dass wir uns auf der Messe getroffen haben.",
		},
		"Die Nachtfähre hat Steckdosen für Kühlauflieger. Reichen dreißig Steckdosen für Ihr Obst?", "Das ist der Plan der Fähre für Sie.",
		"Hallo Anna, klingt interessant, schicken Sie es mir gern. Max", "Hallo Anna, das passt bei uns gerade nicht. Max",
		"Kühlauflieger auf einer Fähre verlieren ihre Ladung dort, wo nachts niemand die Steckdosen abliest.", nil,
	},
	"fr": {
		"Prises sur le ferry", "Bonjour Max,",
		map[tracker.Situation]string{
			tracker.General: "comme convenu, un mot sur le ferry.", tracker.Proposal: "veuillez trouver ci-joint notre offre.", tracker.Meeting: "merci pour votre accueil mardi.",
			tracker.Voicemail: "je vous ai laissé un message sur votre répondeur.", tracker.Conference: "nous nous sommes rencontrés au salon de Lyon.",
		},
		"Le ferry de nuit a des prises pour les remorques frigorifiques. Quelles prises utilisez-vous pour vos fruits ?", "Voici le plan du ferry pour vous.",
		"Bonjour Anna, c'est intéressant, envoyez-le avec plaisir. Max", "Bonjour Anna, ce n'est pas le moment pour nous. Max",
		"Sur un ferry, les remorques frigorifiques perdent leur chargement là où personne ne contrôle les prises la nuit.", nil,
	},
	"es": {
		"Enchufes en el ferry", "Hola Max:",
		map[tracker.Situation]string{
			tracker.General: "como acordamos, unas palabras sobre el ferry.", tracker.Proposal: "adjunto nuestra propuesta.", tracker.Meeting: "gracias por la reunión del martes.",
			tracker.Voicemail: "le dejé un mensaje en el contestador.", tracker.Conference: "fue un gusto conocerle en la feria de Bilbao.",
		},
		"El ferry nocturno tiene enchufes para remolques frigoríficos. ¿Bastan treinta enchufes para su fruta?", "Este es el plano del ferry para usted.",
		"Hola Anna, me interesa, con gusto lo miro. Max", "Hola Anna, no es buen momento para nosotros. Max",
		"En un ferry, los remolques frigoríficos pierden su carga donde nadie revisa los enchufes de noche.", nil,
	},
	"nl": {
		"Stopcontacten op de veerboot", "Beste Max,",
		map[tracker.Situation]string{
			tracker.General: "zoals beloofd een woord over de veerboot.", tracker.Proposal: "bijgevoegd onze offerte.", tracker.Meeting: "bedankt voor het gesprek van dinsdag.",
			tracker.Voicemail: "ik heb uw voicemail ingesproken.", tracker.Conference: "wij hebben elkaar op de beurs ontmoet.",
		},
		"De nachtboot heeft stopcontacten voor koeltrailers. Zijn dertig stopcontacten genoeg voor uw fruit?", "Dit is de plattegrond van de veerboot voor u.",
		"Hallo Anna, klinkt interessant, graag. Max", "Hallo Anna, dit is voor ons geen goed moment. Max",
		"Koeltrailers op een veerboot verliezen hun lading waar 's nachts niemand de stopcontacten controleert.", nil,
	},
	"sv": {
		"Eluttag på färjan", "Hej Max,",
		map[tracker.Situation]string{
			tracker.General: "som utlovat ett ord om färjan.", tracker.Proposal: "här kommer vår offert.", tracker.Meeting: "tack för mötet i tisdags.",
			tracker.Voicemail: "jag talade in på din telefonsvarare.", tracker.Conference: "roligt att vi träffades på mässan.",
		},
		"Nattfärjan har eluttag för kylda trailrar. Räcker trettio uttag för er frukt?", "Det här är planen över färjan för dig.",
		"Hej Anna, låter intressant, gärna. Max", "Hej Anna, det passar inte oss just nu. Max",
		"På en färja förlorar kylda trailrar sin last där ingen läser av uttagen på natten.", nil,
	},
}

// letter is a mail of the rep's that says these words.
func (s speech) letter(words ...string) string {
	return s.greeting + "\n\n" + strings.TrimSpace(strings.Join(words, " ")) + "\n\nAnna"
}

// moment is a step of a thread in which the playbook may be asked for a text.
type moment struct {
	name    string
	request Request
}

// moments gives every step of every situation in a language, with a mail that says much and with one that says nothing.
func moments(t *testing.T, lang string) []moment {
	t.Helper()
	s := speeches[lang]
	wrote := func(days int, words ...string) letter {
		return letter{days: days, language: lang, subject: s.subject, text: s.letter(words...)}
	}
	var out []moment
	for _, situation := range []tracker.Situation{tracker.General, tracker.ColdEmail, tracker.Proposal, tracker.Meeting, tracker.Voicemail, tracker.Conference, tracker.WasKeen} {
		for kind, text := range map[string]string{"rich": s.rich, "thin": s.thin} {
			mine := wrote(12, s.situation[situation], text)
			thread := []letter{mine}
			if situation == tracker.WasKeen {
				mine.days, mine.subject = 30, s.subject
				again := mine
				again.days, again.subject, again.text = 26, "", s.letter(text)
				thread = []letter{mine, {from: "max", days: 28, language: lang, intent: mail.IntentAnswer, text: s.keen}, again}
			}
			r := request(person("Max Ruiz"), thread...)
			if kind == "rich" && r.Standing.Situation != situation {
				t.Errorf("%s: the mail of %s is found to be of %s", lang, situation, r.Standing.Situation)
			}
			r.Standing.Situation = situation
			if kind == "thin" { // its subject says nothing, either
				for i := range r.Thread.Messages {
					r.Thread.Messages[i].Message.Subject = ""
				}
				r.Standing.Subject = ""
			}
			steps := []tracker.Next{{Action: tracker.FollowUp, Step: 1}, {Action: tracker.FollowUp, Step: 2}, {Action: tracker.BreakUp, Step: 3}, {Action: tracker.Nurture, Step: 4}}
			if situation == tracker.Meeting {
				steps = append(steps, tracker.Next{Action: tracker.ThankYou, Step: 1})
			}
			for _, next := range steps {
				r := r
				r.Standing.Next = &next
				out = append(out, moment{fmt.Sprintf("%s %s %s %d", situation, kind, next.Action, next.Step), r})
			}
		}
	}
	off := letter{from: "max", language: lang, intent: mail.IntentNotNow, text: s.putOff}
	for times, next := range map[int]tracker.Next{1: {Action: tracker.FollowUp, Step: 1}, 2: {Action: tracker.BreakUp, Step: 3}} {
		var thread []letter
		for i := range times {
			mine := wrote(90-20*i, s.rich)
			off.days = 85 - 20*i
			thread = append(thread, mine, off)
		}
		thread = append(thread, letter{days: 12, language: lang, text: s.letter(s.rich)})
		r := request(person("Max Ruiz"), thread...)
		r.Standing.Next = &next
		out = append(out, moment{fmt.Sprintf("put off %d times %s %d", times, next.Action, next.Step), r})
	}
	for _, note := range []string{"agreed: ", "personal: "} {
		r := request(person("Max Ruiz"), wrote(12, s.rich))
		r.Notes = []tracker.Word{{Kind: tracker.WordNote, Text: note + s.asset}}
		out = append(out, moment{"noted " + note, r})
	}
	for n, text := range s.more {
		for _, situation := range append(slices.Collect(maps.Keys(s.situation)), tracker.WasKeen) {
			thread := []letter{wrote(12, s.situation[situation], text)}
			if situation == tracker.WasKeen {
				thread = append([]letter{{days: 30, language: lang, subject: s.subject, text: s.greeting}, {from: "max", days: 28, language: lang, intent: mail.IntentAnswer, text: s.keen}}, thread...)
			}
			r := request(person("Max Ruiz"), thread...)
			r.Standing.Situation = situation
			for step := 1; step <= 2; step++ {
				if step == 2 && situation != tracker.General {
					continue // a later follow-up is recalled alike in every situation
				}
				r := r
				r.Standing.Next = &tracker.Next{Action: tracker.FollowUp, Step: step}
				out = append(out, moment{fmt.Sprintf("%s more %d %d", situation, n, step), r})
			}
		}
	}
	return out
}

// stocked is a playbook with one asset of every kind that fits the mails of a language.
func stocked(t *testing.T, lang string) *Playbook {
	t.Helper()
	files := fstest.MapFS{}
	for _, kind := range []string{Article, Whitepaper, CaseStudy, Testimonial, Introduction, Insight, Event, Personal} {
		files[kind+".md"] = &fstest.MapFile{Data: fmt.Appendf(nil, "---\nkind: %s\ntitle: %s %s\nurl: https://acme.example/%s\nfits: [%s]\nlanguage: %s\n---\n%s\n",
			kind, speeches[lang].subject, kind, kind, strings.Join(strings.Fields(strings.NewReplacer(",", "", ".", "", "'", " ").Replace(strings.ToLower(speeches[lang].subject+" "+speeches[lang].asset))), ", "), lang, speeches[lang].asset)}
	}
	p, problems, err := LoadFS(files, nil)
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	return p
}

// TestWrite_HasVariantsOfEveryStep asks for every step of every situation, in every approach that the playbook may choose for
// it (its own plan says which), four drafts to four people in English and two in the other languages: no two of them share more
// than 40 % of their runs of five words, but for the asset's own. All follow-ups after the first are written alike.
func TestWrite_HasVariantsOfEveryStep(t *testing.T) {
	for lang := range speeches {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			p := stocked(t, lang)
			want := 2
			if lang == "en" {
				want = 4
			}
			for _, m := range moments(t, lang) {
				c := p.understand(m.request)
				if iso := c.written; iso != lang {
					guessed, _ := language.Guess(m.request.Thread.Messages[0].Reading.NewText)
					t.Fatalf("%s is written in %s (%s)", m.name, iso, guessed)
				}
				if strings.Contains(m.name, " more ") {
					continue
				}
				plan := p.plan(c)
				if m.request.Standing.Next.Action == tracker.Nurture {
					plan = append(plan, choice{approach: Nurture})
				}
				for i, ch := range plan {
					if ch.match != nil && m.request.Standing.Next.Action == tracker.FollowUp && !strings.Contains(m.name, " rich follow_up 1") {
						continue // an asset is brought in the same words at every step, and brings what a thin mail lacks
					}
					var recent []tracker.Draft
					var texts []string
					for n := range want {
						cand, broken := p.say(c, ch, heard(recent), uint64(i*100+n))
						if cand == nil {
							t.Errorf("%s, %s, draft %d: %v", m.name, ch.approach, n+1, (&NoText{Broken: broken}).Error())
							break
						}
						text := cand.text
						if ch.match != nil {
							text = strings.ReplaceAll(text, ch.match.Asset.Text, "")
						}
						for _, other := range texts {
							if like := shared(text, other); like > 0.4 {
								t.Errorf("%s, %s: draft %d shares %.0f %% of its words with another:\n%s\n---\n%s", m.name, ch.approach, n+1, 100*like, text, other)
							}
						}
						texts = append(texts, text)
						recent = append([]tracker.Draft{{Body: "Hello,\n\n" + cand.text}}, recent...)
					}
				}
			}
		})
	}
}

// shared is the part of their runs of five words that two texts have in common, of the shorter one's.
func shared(a, b string) float64 {
	inA, inB := fives(a), fives(b)
	n := 0
	for run := range inA {
		if inB[run] {
			n++
		}
	}
	return float64(n) / float64(max(1, min(len(inA), len(inB))))
}

// TestBuiltInTexts_EveryWordingIsSaid holds that no text and no part is there in vain: each is said in a step of some thread,
// and breaks no house rule there.
func TestBuiltInTexts_EveryWordingIsSaid(t *testing.T) {
	for lang := range speeches {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			p := stocked(t, lang)
			w := p.texts.in(lang)
			said, why := map[string]bool{}, map[string][]Violation{}
			all := slices.DeleteFunc(slices.Concat(slices.Collect(maps.Values(w.names))...), isOpening) // these have a test of their own
			for _, bodies := range w.bodies {
				for _, b := range bodies {
					all = append(all, b.name)
				}
			}
			for _, m := range moments(t, lang) {
				if len(said) == len(all) {
					break
				}
				c := p.understand(m.request)
				letter := library.Asset{Kind: Article, Title: "The letter", URL: "https://acme.example/letter", Text: speeches[lang].asset, Use: library.ForNurture}
				for i, ch := range append(p.plan(c), choice{approach: Nurture}, choice{approach: Nurture, match: &library.Match{Asset: letter}}) {
					if (ch.approach == Nurture) != (c.action == tracker.Nurture) {
						continue
					}
					for _, cand := range p.fillAll(c, w, ch, uint64(i)) {
						names := append([]string{cand.body.name}, cand.took...)
						if !slices.ContainsFunc(names, func(n string) bool { return !said[n] }) {
							continue
						}
						greeting := c.greet()
						broken := rules.Check(greeting+"\n\n"+begin(cand.text, greeting, lang)+"\n\nRegards", bounds(c.action), c.groundFor(c.ground(), cand, w))
						for _, n := range names {
							if len(broken) == 0 {
								said[n] = true
							}
							why[n] = append(why[n], broken...)
						}
					}
				}
			}
			slices.Sort(all)
			for _, name := range all {
				if !said[name] {
					none := &NoText{}
					none.add(why[name])
					t.Errorf("%s is never said: %v", name, none)
				}
			}
		})
	}
}
