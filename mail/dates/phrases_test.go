package dates

import (
	"testing"
	"time"
)

// The base of all phrases is Thursday, 20 November 2025. want "" means that no date may be found; a "+" behind a day, that the day is
// still part of the absence.
var phrases = []struct{ language, text, want string }{
	// English
	{"en", "I am out of the office until 5 December.", "2025-12-05"},
	{"en", "I will be out of office through December 5.", "2025-12-05+"},
	{"en", "Out until Dec. 5th, 2025", "2025-12-05"},
	{"en", "I'm on vacation from 24 November to 5 December.", "2025-12-05+"},
	{"en", "I'll be away 24 Nov - 5 Dec and back on Monday 8 Dec.", "2025-12-08"},
	{"en", "I am on leave from December 1-12.", "2025-12-12+"},
	{"en", "I will be out of the office starting 11/21/2025 and will not return until 12/01/2025.", "2025-12-01"},
	{"en", "I am out of the office until 03/12/2025. Back on Wednesday 3 December.", "2025-12-03"},
	{"en", "I'm away until Monday.", "2025-11-24"},
	{"en", "I'll get back to you by Thursday.", "2025-11-27"},
	{"en", "I'll reply tomorrow.", "2025-11-21"},
	{"en", "I will be back the day after tomorrow.", "2025-11-22"},
	{"en", "Let me check with my team, I will let you know next week.", "2025-11-24"},
	{"en", "I'll come back to you by the end of next week.", "2025-11-28"},
	{"en", "I'll have an answer by the end of this week.", "2025-11-21"},
	{"en", "We will decide by the end of the month.", "2025-11-30"},
	{"en", "Please get in touch in three months.", "2026-02-20"},
	{"en", "Contact me in six weeks.", "2026-01-01"},
	{"en", "Please reach out again in the spring.", "2026-03-01"},
	{"en", "Ask me again in September", "2026-09-01"},
	{"en", "Let's talk in the second half of January", "2026-01-20"},
	{"en", "Let's talk again in early February.", "2026-02-01"},
	{"en", "late March would be better, reach out then", "2026-03-20"},
	{"en", "Could you follow up at the end of January?", "2026-01-31"},
	{"en", "Can we pick this up after Easter?", "2026-04-07"},
	{"en", "Try me after the holidays", "2026-01-02"},
	{"en", "Reach out after Christmas", "2025-12-27"},
	{"en", "Let's reconnect after Thanksgiving", "2025-12-01"},
	{"en", "check back in Q3", "2026-07-01"},
	{"en", "Our budget reopens next quarter", "2026-01-01"},
	{"en", "contact us in the second quarter of 2026", "2026-04-01"},
	{"en", "I return on the 1st.", "2025-12-01"},
	{"en", "I'll be back on the 24th", "2025-11-24"},
	{"en", "Back in the office on Tue 25 Nov", "2025-11-25"},
	{"en", "I'm out of the office today and tomorrow.", "2025-11-21+"},
	{"en", "I am on vacation next week.", "2025-11-28+"},
	{"en", "I am travelling this week with limited access to email.", "2025-11-21+"},
	{"en", "We are closed in week 52 and open again in week 2.", "2026-01-05"},
	{"en", "Back in office 2025-12-01", "2025-12-01"},
	{"en", "I'll be off for the next two weeks", "2025-12-04"},
	{"en", "Give me a week, then ping me again in 10 days", "2025-11-30"},
	{"en", "We'll be in touch within 5 business days", "2025-11-27"},
	{"en", "Let's talk on Friday next week", "2025-11-28"},
	{"en", "I will be returning to the office on January 5, 2026.", "2026-01-05"},
	{"en", "I'm on maternity leave until the beginning of June 2026", "2026-06-01"},
	{"en", "Not before the new year, please.", "2026-01-01"},
	{"en", "reach out next year", "2026-01-01"},
	{"en", "We are under contract until June 2026, call me then", "2026-06-01"},
	{"en", "I am out of the office until further notice.", ""},
	{"en", "I was on vacation until 5 November.", ""},
	{"en", "I'm on holiday until 12 September.", ""},
	{"en", "I am away until 5 May 2024.", ""},
	{"en", "I will be back on Monday 6 January 2026.", ""},
	{"en", "I am out until 31 February", ""},
	{"en", "Our office was founded on 5 May 1998 and has 300 people.", ""},
	{"en", "Visit us at booth 12 at Intralogistica, 3 to 6 March 2026!", ""},
	{"en", "My number is +49 40 1234-5678, fax 12/34", ""},
	{"en", "Our opening hours: Monday to Friday, 9 to 5", ""},
	{"en", "The invoice of 3 December 2025 is attached.", ""},
	{"en", "We met last Tuesday and talked about 4/5 of the routes", ""},
	{"en", "Signed with another carrier for three years", ""},
	{"en", "Thanks, may I ask what it costs? We march on.", ""},
	{"en", "We need 12 trucks from 2 depots, 24/7.", ""},

	// German
	{"de", "Ich bin bis einschließlich 05.12.2025 nicht im Büro.", "2025-12-05+"},
	{"de", "Ich bin bis 6. nicht im Büro", "2025-12-06+"},
	{"de", "bis zum 06.12. bin ich im Urlaub", "2025-12-06+"},
	{"de", "Ich bin vom 24.11. bis 05.12.2025 abwesend.", "2025-12-05+"},
	{"de", "Ich bin vom 24. bis 28. November im Urlaub.", "2025-11-28+"},
	{"de", "Ab Montag, den 1. Dezember, bin ich wieder für Sie da.", "2025-12-01"},
	{"de", "Ich bin am 1.12.2025 zurück.", "2025-12-01"},
	{"de", "Ich melde mich nächste Woche bei Ihnen.", "2025-11-24"},
	{"de", "Ich melde mich bis Freitag.", "2025-11-21"},
	{"de", "Melden Sie sich bitte im März wieder.", "2026-03-01"},
	{"de", "Bitte melden Sie sich Ende Januar noch einmal.", "2026-01-31"},
	{"de", "Kommen Sie Mitte Februar auf mich zu", "2026-02-15"},
	{"de", "Wir sprechen Anfang nächsten Jahres wieder", "2026-01-01"},
	{"de", "Zu früh, melden Sie sich im Herbst", "2026-09-01"},
	{"de", "Bitte nach Ostern nochmal melden", "2026-04-07"},
	{"de", "Ab KW 2 bin ich wieder erreichbar", "2026-01-05"},
	{"de", "Melden Sie sich im neuen Jahr", "2026-01-01"},
	{"de", "Im 2. Quartal 2026 können wir wieder sprechen", "2026-04-01"},
	{"de", "Ich gebe Ihnen morgen Bescheid.", "2025-11-21"},
	{"de", "in einem Monat gerne nochmal melden", "2025-12-20"},
	{"de", "In den nächsten zwei Wochen bin ich im Urlaub", "2025-12-04"},
	{"de", "Wir sind seit dem 3. Mai 1995 für Sie da. Tel. 040 / 12 12-14", ""},
	{"de", "Danke, passt. Wir brauchen 3.5 Tonnen und 12 LKW um 10.30 Uhr.", ""},

	// French
	{"fr", "Je suis absent jusqu'au 5 décembre inclus.", "2025-12-05+"},
	{"fr", "De retour le 3", "2025-12-03"},
	{"fr", "Je suis en congés du 24 novembre au 5 décembre.", "2025-12-05+"},
	{"fr", "Absent du 24/11/2025 au 05/12/2025 inclus", "2025-12-05+"},
	{"fr", "Je reviens vers vous la semaine prochaine.", "2025-11-24"},
	{"fr", "Je reviens vers vous d'ici vendredi.", "2025-11-21"},
	{"fr", "Recontactez-moi en mars, merci.", "2026-03-01"},
	{"fr", "Relancez-moi fin janvier", "2026-01-31"},
	{"fr", "Recontactez-moi à la mi-février", "2026-02-15"},
	{"fr", "Je vous réponds demain", "2025-11-21"},
	{"fr", "Revenez vers moi après les fêtes", "2026-01-02"},
	{"fr", "Je serai de retour le 1er décembre", "2025-12-01"},
	{"fr", "Merci de me recontacter au deuxième trimestre 2026", "2026-04-01"},
	{"fr", "Je reviens lundi prochain", "2025-11-24"},
	{"fr", "Notre société fondée en mars 1998 compte 12 agences", ""},

	// Spanish
	{"es", "Estoy de vacaciones del 24 de noviembre al 5 de diciembre.", "2025-12-05+"},
	{"es", "Vuelvo el 3 de diciembre.", "2025-12-03"},
	{"es", "Escríbame en marzo", "2026-03-01"},
	{"es", "Le respondo la próxima semana", "2025-11-24"},
	{"es", "Te digo algo mañana", "2025-11-21"},
	{"es", "Contácteme a finales de enero", "2026-01-31"},
	{"es", "Hablamos dentro de dos semanas", "2025-12-04"},
	{"es", "Estaré fuera hasta el lunes", "2025-11-24"},
	{"es", "Vuelva a contactarme después de Semana Santa", "2026-04-07"},

	// Portuguese
	{"pt", "Estou de férias até 5 de dezembro.", "2025-12-05"},
	{"pt", "Regresso no dia 1 de dezembro", "2025-12-01"},
	{"pt", "Volte a contactar-me em março", "2026-03-01"},
	{"pt", "Respondo na próxima semana", "2025-11-24"},
	{"pt", "Retorno na segunda-feira", "2025-11-24"},
	{"pt", "Aviso amanhã", "2025-11-21"},

	// Italian
	{"it", "Sarò in ferie dal 24 novembre al 5 dicembre.", "2025-12-05+"},
	{"it", "Rientrerò lunedì 1 dicembre", "2025-12-01"},
	{"it", "Mi ricontatti a marzo", "2026-03-01"},
	{"it", "Le faccio sapere entro venerdì", "2025-11-21"},
	{"it", "Risentiamoci fra due settimane", "2025-12-04"},
	{"it", "Sentiamoci la prossima settimana", "2025-11-24"},
	{"it", "Riparliamone a metà gennaio", "2026-01-15"},

	// Dutch
	{"nl", "Ik ben afwezig tot en met 5 december.", "2025-12-05+"},
	{"nl", "Ik ben met vakantie van 24 november t/m 5 december", "2025-12-05+"},
	{"nl", "Neem in maart weer contact op", "2026-03-01"},
	{"nl", "Ik kom er volgende week op terug", "2025-11-24"},
	{"nl", "Ik laat het je vrijdag weten", "2025-11-21"},
	{"nl", "Probeer het over twee weken opnieuw", "2025-12-04"},
	{"nl", "Kunnen we eind januari spreken? Bel me dan.", "2026-01-31"},

	// Swedish
	{"sv", "Jag är på semester till och med den 5 december.", "2025-12-05+"},
	{"sv", "Jag är tillbaka måndag 1 december.", "2025-12-01"},
	{"sv", "Tillbaka på kontoret v. 49", "2025-12-01"},
	{"sv", "Hör av dig i mars igen", "2026-03-01"},
	{"sv", "Jag återkommer nästa vecka", "2025-11-24"},
	{"sv", "Jag återkommer senast på fredag", "2025-11-21"},
	{"sv", "Hör gärna av dig om två veckor", "2025-12-04"},
	{"sv", "Kontakta mig efter årsskiftet", "2026-01-02"},
	{"sv", "Ta kontakt i slutet av januari", "2026-01-31"},
	{"sv", "Jag svarar imorgon", "2025-11-21"},

	// Norwegian, Danish, Finnish
	{"no", "Jeg er på ferie til og med 5. desember.", "2025-12-05+"},
	{"no", "Jeg er tilbake mandag 1. desember", "2025-12-01"},
	{"no", "Ta kontakt igjen i mars", "2026-03-01"},
	{"no", "Jeg svarer neste uke", "2025-11-24"},
	{"da", "Jeg er på ferie til og med den 5. december.", "2025-12-05+"},
	{"da", "Jeg er tilbage mandag den 1. december", "2025-12-01"},
	{"da", "Kontakt mig igen i marts", "2026-03-01"},
	{"da", "Jeg vender tilbage i næste uge", "2025-11-24"},
	{"da", "Ring til mig om to uger", "2025-12-04"},
	{"fi", "Olen lomalla 5.12. asti.", "2025-12-05"},
	{"fi", "Palaan töihin maanantaina 1.12.2025", "2025-12-01"},
	{"fi", "Ota yhteyttä maaliskuussa", "2026-03-01"},
	{"fi", "Palaan asiaan ensi viikolla", "2025-11-24"},
	{"fi", "Ota yhteyttä kahden viikon kuluttua", "2025-12-04"},

	// Polish, Czech
	{"pl", "Jestem na urlopie do 5 grudnia.", "2025-12-05"},
	{"pl", "Wracam w poniedziałek 1 grudnia", "2025-12-01"},
	{"pl", "Proszę o kontakt w marcu", "2026-03-01"},
	{"pl", "Odpowiem w przyszłym tygodniu", "2025-11-24"},
	{"pl", "Proszę o kontakt za dwa tygodnie", "2025-12-04"},
	{"cs", "Jsem na dovolené do 5. prosince.", "2025-12-05"},
	{"cs", "Vrátím se v pondělí 1. prosince", "2025-12-01"},
	{"cs", "Ozvěte se v březnu", "2026-03-01"},
	{"cs", "Ozvu se příští týden", "2025-11-24"},
	{"cs", "Ozvěte se za dva týdny", "2025-12-04"},

	// Russian, Japanese, Chinese
	{"ru", "Я в отпуске до 5 декабря.", "2025-12-05"},
	{"ru", "Вернусь в понедельник 1 декабря", "2025-12-01"},
	{"ja", "12月1日から12月5日まで休暇をいただいております。", "2025-12-05+"},
	{"ja", "12月8日（月）より通常通り出社いたします。", "2025-12-08"},
	{"ja", "来週ご連絡いたします。", "2025-11-24"},
	{"ja", "3月に改めてご連絡ください。", "2026-03-01"},
	{"ja", "２週間後に再度ご連絡ください", "2025-12-04"},
	{"ja", "弊社は1998年5月1日設立です。", ""},
	{"zh", "我将于12月1日至12月5日休假。", "2025-12-05+"},
	{"zh", "我12月8日回来。", "2025-12-08"},
	{"zh", "请三月再联系我。", "2026-03-01"},
	{"zh", "我下周回复您。", "2025-11-24"},
	{"zh", "两周后再联系", "2025-12-04"},
}

func TestFind_NamesTheDay(t *testing.T) {
	base := time.Date(2025, time.November, 20, 10, 30, 0, 0, time.FixedZone("", 3600))
	for _, c := range phrases {
		got := ""
		found, ok := Find(c.text, base, c.language)
		if ok {
			got = found.Day.Format(time.DateOnly)
			if found.Inclusive {
				got += "+"
			}
		}
		if got != c.want {
			t.Errorf("Find(%s %q) = %q (%q), want %q", c.language, c.text, got, found.Phrase, c.want)
		}
	}
}
