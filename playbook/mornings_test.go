package playbook

import (
	"testing"

	"followupd/tracker"
)

// TestWrite_MorningsInEachLanguage writes mornings of twenty drafts in each language: of any last fifty at most five open
// alike.
func TestWrite_MorningsInEachLanguage(t *testing.T) {
	mails := map[string]letter{
		"en": {days: 12, subject: "Sockets on the ferry", language: "en", text: "Hi Max,\n\nthe night ferry has sockets for cooled trailers. Are thirty sockets enough for your fruit?\n\nAnna"},
		"de": {days: 12, subject: "Steckdosen auf der Fähre", language: "de", text: "Hallo Max,\n\ndie Nachtfähre hat Steckdosen für Kühlauflieger. Reichen dreißig Steckdosen für Ihr Obst?\n\nAnna"},
		"fr": {days: 12, subject: "Prises sur le ferry", language: "fr", text: "Bonjour Max,\n\nle ferry de nuit a des prises pour les remorques frigorifiques. Trente prises suffisent-elles pour vos fruits ?\n\nAnna"},
		"es": {days: 12, subject: "Enchufes en el ferry", language: "es", text: "Hola Max:\n\nel ferry nocturno tiene enchufes para remolques frigoríficos. ¿Bastan treinta enchufes para su fruta?\n\nAnna"},
		"nl": {days: 12, subject: "Stopcontacten op de veerboot", language: "nl", text: "Beste Max,\n\nde nachtboot heeft stopcontacten voor koeltrailers. Zijn dertig stopcontacten genoeg voor uw fruit?\n\nAnna"},
		"sv": {days: 12, subject: "Eluttag på färjan", language: "sv", text: "Hej Max,\n\nnattfärjan har eluttag för kylda trailrar. Räcker trettio uttag för er frukt?\n\nAnna"},
	}
	const morning, mornings = 20, 3
	p := bare(t)
	for language, mail := range mails {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			var recent []tracker.Draft
			for i := range morning * mornings {
				r := request(person("Max Ruiz"), mail)
				r.Seed, r.Recent = uint64(i), recent
				text, err := p.Write(r)
				if err != nil {
					t.Fatalf("draft %d: %v", i+1, err)
				}
				recent = append([]tracker.Draft{placed(text, r)}, recent...)
				if n := heard(recent).openings; len(n) > 0 {
					for o, times := range n {
						if times > mostOpenings {
							t.Fatalf("of the last %d drafts %d open with %q", min(len(recent), rolling), times, o)
						}
					}
				}
			}
		})
	}
}
