package language

import (
	"strings"
	"testing"

	"followupd/mail/mailtest"
)

func TestGuess_NamesTheLanguageOfAShortMail(t *testing.T) {
	for _, c := range []struct{ want, text string }{
		{"en", "Hi Anna, thanks, but we are not interested. We have just signed with another carrier."},
		{"en", "Please remove me from your list."},
		{"de", "Guten Tag, vielen Dank für Ihre Nachricht. Ich bin bis einschließlich 12.03.2026 nicht im Büro."},
		{"de", "Bitte melden Sie sich im Herbst wieder."},
		{"fr", "Bonjour, je suis absent du bureau jusqu'au 5 janvier."},
		{"fr", "Recontactez-moi dans deux semaines, merci."},
		{"es", "Estaré fuera de la oficina hasta el 5 de enero de 2026"},
		{"pt", "Estarei fora do escritório até 8 de dezembro de 2025"},
		{"it", "Sarò fuori ufficio fino al 7 gennaio 2026"},
		{"nl", "Ik ben weer aanwezig op maandag 1 december"},
		{"sv", "Jag är på semester och är tillbaka den 7 januari."},
		{"no", "Jeg er på ferie og er tilbake på kontoret neste uke. Ta gjerne kontakt etter det."},
		{"da", "Jeg er på ferie og er tilbage på kontoret i næste uge. Kontakt mig gerne efter det."},
		{"fi", "Olen lomalla ja palaan toimistolle ensi viikolla. Kiitos!"},
		{"pl", "Dzień dobry, jestem na urlopie i nie ma mnie w biurze do 12 marca."},
		{"cs", "Dobrý den, momentálně jsem mimo kancelář, vrátím se příští týden."},
		{"ru", "Здравствуйте, спасибо за письмо. Я в отпуске до 12 марта."},
		{"ja", "12月1日まで不在にしております"},
		{"zh", "您好,我目前不在办公室,三月五日回来。"},
	} {
		if got, _ := Guess(c.text); got != c.want {
			t.Errorf("Guess(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestGuess_SaysNothingWhereThereIsTooLittle(t *testing.T) {
	for _, text := range []string{"", "OK", "Anna Berg", "12.03.2026", "https://acme.example/the/and/of", "the@and.example of@you.example", "+46 8 123 45 67"} {
		if got, sure := Guess(text); got != "" || sure {
			t.Errorf("Guess(%q) = %q, %v, want none", text, got, sure)
		}
	}
}

func TestGuess_IsSureOfAWholeMailOnly(t *testing.T) {
	if _, sure := Guess("Thank you for your mail. I am away until Monday and will get back to you then."); !sure {
		t.Error("not sure of two English sentences")
	}
	if _, sure := Guess("Ok, danke."); sure {
		t.Error("sure of two words")
	}
}

func FuzzGuess(f *testing.F) {
	f.Add("Bonjour, je suis absent")
	f.Add("12月1日\xff\xfe")
	f.Fuzz(func(t *testing.T, text string) {
		if iso, sure := Guess(text); sure && iso == "" {
			t.Errorf("sure of no language")
		}
	})
}

func BenchmarkGuess(b *testing.B) {
	text := strings.Repeat("Thank you for your mail. I am away until Monday and will get back to you then.\n", 8)
	b.ReportAllocs()
	for b.Loop() {
		Guess(text)
	}
}

func TestWeights_StaySmall(t *testing.T) {
	if got, most := mailtest.Kept(newWeights), 50_000; got > most {
		t.Errorf("the common words hold %d bytes, want at most %d", got, most)
	}
}
