package rules

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheck_NoClaimWithoutGround(t *testing.T) {
	g := Ground{
		Rep:       []string{"Hi Eva,\n\nyou mentioned a backlog of disputed invoices at Nordbau. We clear 40 cases a week. See https://acme.example/mine. Which carriers do you use?"},
		Prospects: []string{"Look at http://pay.trickster.example/now"},
		Asset:     []string{"https://acme.example/cases/nordfrakt", "Nordfrakt cut it by 30 %."},
		Names:     []string{"Eva Novak", "Anna Berg"},
		Said:      []string{"Hi Eva,\n\nThe case of Nordfrakt may help you to judge it."},
		Language:  "en",
	}
	for name, c := range map[string]struct {
		says string
		want []string
	}{
		"grounded":             {"You mentioned a backlog at Nordbau, and Nordfrakt cut its own by 30 %: https://acme.example/cases/nordfrakt.", nil},
		"the rep's own link":   {"The list is still at https://acme.example/mine.", nil},
		"the prospect's link":  {"See http://pay.trickster.example/now.", []string{"known-links"}},
		"an invented link":     {"See www.acme.example/other.", []string{"known-links"}},
		"an invented number":   {"Nordfrakt cut it by 35 %.", []string{"no-invented-number"}},
		"an invented name":     {"Our client Havn Shipping did it.", []string{"no-invented-name"}},
		"an invented call":     {"As we discussed on the phone, the gate is open.", []string{"no-invented-past"}},
		"an invented file":     {"I attached the plan of the gate.", []string{"no-invented-attachment"}},
		"words in their mouth": {"You mentioned hiking in the hills.", []string{"no-invented-word"}},
		"a sentence twice":     {"The case of Nordfrakt may help you to judge it.", []string{"never-twice"}},
	} {
		t.Run(name, func(t *testing.T) {
			text := "Hello Eva,\n\nThis is about the backlog of invoices, in one line. " + c.says + " One word is enough, and the rest of it is with us then.\n\nWhich of the carriers should go first?\n\nAnna"
			if diff := cmp.Diff(c.want, rulesOf(Check(text, Any, g))); diff != "" {
				t.Errorf("rules broken (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheck_ValueStandsBeforeTheAsk(t *testing.T) {
	text := "Hello Eva,\n\nWhich carriers do you use? The audit costs nothing until it finds something, and you keep everything that it finds in the first quarter of the year."
	if diff := cmp.Diff([]string{"value-first"}, rulesOf(Check(text, Any, Ground{Names: []string{"Eva Novak"}}))); diff != "" {
		t.Errorf("rules broken (-want +got):\n%s", diff)
	}
}

func TestCheck_GermanNamesAreToldByTitleAndLegalForm(t *testing.T) {
	g := Ground{Language: "de", Names: []string{"Lena Vogt", "Anna Berg"}, Asset: []string{"Die Nordfracht GmbH hat es getan."}}
	for says, want := range map[string]bool{
		"Frau Vogt kennt die Halle und das Tor.": false, "Die Nordfracht GmbH fing klein an.": false, "Das Lager und die Rampe sind frei.": false,
		"Herr Meier kennt die Halle.": true, "Die Havn Logistik AG fing klein an.": true,
	} {
		broken := slices.Contains(rulesOf(Check("Guten Tag,\n\n"+says+"\n\nPasst das?", Any, g)), "no-invented-name")
		if broken != want {
			t.Errorf("%q: name called invented: %t, want %t", says, broken, want)
		}
	}
}
