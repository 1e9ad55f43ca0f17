package playbook

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"followupd/tracker"
)

// foreign are one formal thread a language, and familiar ones where the language knows the difference.
func foreign() map[string]Request {
	m := map[string]Request{}
	for name, l := range map[string]letter{
		"de Sie":      {language: "de", subject: "Prüfung der Frachtrechnungen", text: "Guten Tag Herr Petersen,\n\nfür Köln und Düsseldorf weichen die Zuschläge um 4 € ab. Sollen wir bei Ihnen auch die anderen Depots prüfen?\n\nViele Grüße\nAnna Berg"},
		"de du":       {language: "de", subject: "Prüfung der Frachtrechnungen", text: "Hallo Jens,\n\nich kann dir die Zuschläge ausrechnen. Wie viele Depots habt ihr?\n\nLG\nAnna"},
		"fr":          {language: "fr", subject: "Audit des factures de transport", text: "Bonjour Madame Roux,\n\nnous pourrions vérifier vos factures de transport. Quels transporteurs utilisez-vous ?\n\nCordialement\nAnna Berg"},
		"es":          {language: "es", subject: "Revisión de facturas de transporte", text: "Hola Jorge,\n\npodemos revisar sus facturas de transporte. ¿Con qué transportistas trabaja usted?\n\nUn saludo\nAnna"},
		"nl":          {language: "nl", subject: "Controle van vrachtfacturen", text: "Beste mevrouw Jansen,\n\nwij kunnen uw vrachtfacturen controleren. Met welke vervoerders werkt u?\n\nMet vriendelijke groet\nAnna Berg"},
		"sv":          {language: "sv", subject: "Granskning av fraktfakturor", text: "Hej Eva,\n\nvi kan granska era fraktfakturor. Vilka transportörer använder ni?\n\nVänliga hälsningar\nAnna"},
		"no question": {language: "fr", subject: "Réunion 🚚 ?", text: "Bonjour,\n\nvoici.\n\nAnna"},
	} {
		l.days = 12
		m[name] = request(person("Jens Petersen"), l)
	}
	return m
}

func TestWrite_SpeaksTheLanguageOfTheThread(t *testing.T) {
	p := starter(t)
	for name, r := range foreign() {
		for _, action := range []tracker.Action{tracker.FollowUp, tracker.BreakUp, tracker.Nurture, tracker.ThankYou} {
			given := []tracker.Draft{}
			for step := 1; step <= 2; step++ {
				r.Standing.Next = &tracker.Next{Action: action, Step: step}
				r.Given = given
				text, err := p.Write(r)
				if err != nil {
					t.Errorf("%s, %s, step %d: %v", name, action, step, err)
					continue
				}
				if lang, _, _ := strings.Cut(text.Template, "/"); lang != r.Thread.Messages[0].Reading.Language {
					t.Errorf("%s: the text %s is not in the language of the thread", name, text.Template)
				}
				if *show {
					fmt.Printf("=== %s %s %d\n%s\n--- %s [%s] %q\n", name, action, step, text.Body, text.Approach, text.Template, text.Why)
				}
				if action == tracker.FollowUp {
					given = append(given, tracker.Draft{Approach: text.Approach, Asset: text.Asset, Body: text.Body, State: tracker.DraftSent, Created: now})
				} else {
					break
				}
			}
		}
	}
}

func TestWrite_DuAtTheBeginningOfASentenceIsFamiliar(t *testing.T) {
	r := request(person("Uwe Köhler"), letter{days: 10, language: "de", subject: "Lieferung vor vier Uhr", text: "Hallo Uwe,\n\nkurz zur Lieferung. Du hast gesagt, dass die Filialen das Mehl vor vier Uhr brauchen. Welche Filialen haben einen Schlüsselkasten?\n\nAnna"})
	for seed := range uint64(8) {
		r.Seed = seed
		text, err := bare(t).Write(r)
		if err != nil {
			t.Fatal(err)
		}
		if bad := regexp.MustCompile(`\b(Ihnen|Ihre[rmns]?|Sie)\b`).FindString(text.Body); bad != "" {
			t.Errorf("the draft says %s to a friend:\n%s", bad, text.Body)
		}
	}
}
