package playbook

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"followupd/playbook/rules"
	"followupd/tracker"
)

// acquaintances are the words by which somebody else is promised, in the six languages.
var acquaintances = regexp.MustCompile(`(?i)introduc|some(one|body)|jemand|kontakt|quelqu'un|présentation|alguien|presenta|iemand|contact|presenter|någon (jag|som)`)

// TestNurture_PromisesNobodyWhomNothingGrounds: long after the goodbye no note and no asset names anybody, so that a text of the
// rep's own words alone must not offer an acquaintance.
func TestNurture_PromisesNobodyWhomNothingGrounds(t *testing.T) {
	files, err := filepath.Glob("texts/*/nurture-*.txt")
	if err != nil {
		t.Fatal(err)
	}
	bare := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), `{{lacks "AssetText"}}`) {
			continue
		}
		bare++
		if at := acquaintances.Find(text); at != nil {
			t.Errorf("%s promises somebody: %q", file, at)
		}
	}
	if bare < 12 {
		t.Errorf("%d texts without an asset were looked at, want two in each of six languages at least", bare)
	}
}

// TestNurture_OffersTheNewsletterAndNobodyElseGetsIt: what is for staying in view has nothing to do with what a thread was
// about, so it comes long after the goodbye alone, after what does fit, once, and asks for leave first.
func TestNurture_OffersTheNewsletterAndNobodyElseGetsIt(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"letter.md": "---\nkind: article\ntitle: The harbour letter\nurl: https://acme.example/letter\nuse: nurture\n---\nFour times a year: what has changed about gate slots and tariffs, in five minutes' reading.\n",
		"slots.md":  "---\nkind: insight\ntitle: Slots\nfits: [sockets, fruit]\n---\nA socket for each trailer keeps the fruit at four degrees.\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p, problems, err := Load(dir, "")
	if err != nil || len(problems) > 0 {
		t.Fatalf("problems %v, error %v", problems, err)
	}
	for language, subject := range map[string]string{"en": "Gate slots", "de": "Torzeiten", "fr": "Créneaux", "es": "Turnos", "nl": "Tijdvakken", "sv": "Tider"} {
		t.Run(language, func(t *testing.T) {
			r := request(person("Max Ruiz"), letter{days: 200, subject: subject, text: inLanguage[language], language: language})
			r.Standing.Next = &tracker.Next{Action: tracker.FollowUp, Step: 1}
			for seed := range uint64(5) {
				if r.Seed = seed; written(t, p, r).Asset == "letter.md" {
					t.Fatal("somebody who is being followed up gets the newsletter")
				}
			}
			r.Standing.Next = &tracker.Next{Action: tracker.Nurture, Step: 4}
			for seed := range uint64(10) {
				r.Seed = seed
				text := written(t, p, r)
				if text.Asset != "letter.md" || !strings.Contains(text.Template, language+"/nurture.newsletter") || !strings.Contains(text.Body, "https://acme.example/letter") {
					t.Fatalf("%s of %s:\n%s", text.Asset, text.Template, text.Body)
				}
				if found := rules.Lint(text.Body); len(found) > 0 {
					t.Errorf("%+v in\n%s", found, text.Body)
				}
			}
			r.Given = []tracker.Draft{placedAs(written(t, p, r), r)}
			if again := written(t, p, r); again.Asset == "letter.md" {
				t.Error("they get the newsletter a second time")
			}
		})
	}
	fits := request(person("Max Ruiz"), letter{days: 200, subject: "Sockets", text: "Hi Max,\n\nthe night ferry has sockets for cooled fruit. Is one socket a trailer enough for your fruit?\n\nAnna"})
	fits.Standing.Next = &tracker.Next{Action: tracker.Nurture, Step: 4}
	if text := written(t, p, fits); text.Asset != "slots.md" || strings.Contains(text.Template, "newsletter") {
		t.Errorf("what they wrote of comes after the newsletter: %s, %s", text.Asset, text.Template)
	}
}

// inLanguage is a mail of the rep's in each language.
var inLanguage = map[string]string{
	"en": "Hi Max,\n\nthe gate at the north terminal opens at six from next month on. Which of the two gates do your drivers use today?\n\nAnna",
	"de": "Hallo Herr Ruiz,\n\ndas Tor am Nordterminal öffnet ab dem nächsten Monat um sechs Uhr. Welches der beiden Tore nutzen Ihre Fahrer heute?\n\nViele Grüße\nAnna",
	"fr": "Bonjour Monsieur Ruiz,\n\nla porte du terminal nord ouvrira à six heures dès le mois prochain. Laquelle des deux portes vos chauffeurs utilisent-ils aujourd'hui ?\n\nBien à vous\nAnna",
	"es": "Buenos días, señor Ruiz:\n\nla puerta de la terminal norte abrirá a las seis desde el mes que viene. ¿Cuál de las dos puertas usan hoy sus conductores?\n\nUn saludo\nAnna",
	"nl": "Beste meneer Ruiz,\n\nde poort van de noordterminal gaat vanaf volgende maand om zes uur open. Welke van de twee poorten gebruiken uw chauffeurs nu?\n\nMet vriendelijke groet\nAnna",
	"sv": "Hej Max,\n\nporten vid norra terminalen öppnar klockan sex från och med nästa månad. Vilken av de två portarna använder era förare i dag?\n\nHälsningar\nAnna",
}

func written(t *testing.T, p *Playbook, r Request) Text {
	t.Helper()
	text, err := p.Write(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
