package quote

import (
	"os"
	"strings"
	"testing"
)

func TestCut_KnowsClientsAndLanguages(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"Gmail", "Yes.\n\nOn Tue, 4 Nov 2025 at 10:12, Anna Berg <anna@acme.example> wrote:\n\n> Hi\n", "Yes."},
		{"Gmail de", "Ja.\n\nAm Di., 4. Nov. 2025 um 10:12 Uhr schrieb Anna Berg <anna@acme.example>:\n\n> Hi\n", "Ja."},
		{"Gmail fr", "Oui.\n\nLe mar. 4 nov. 2025 à 10:12, Anna Berg <anna@acme.example> a écrit :\n\n> Hi\n", "Oui."},
		{"Gmail es", "Sí.\n\nEl mar, 4 nov 2025 a las 10:12, Anna Berg (<anna@acme.example>) escribió:\n\n> Hi\n", "Sí."},
		{"Gmail pt", "Sim.\n\nAnna Berg <anna@acme.example> escreveu (terça, 4/11/2025 à(s) 10:12):\n\n> Hi\n", "Sim."},
		{"Gmail pt-BR", "Sim.\n\nEm ter., 4 de nov. de 2025 às 10:12, Anna Berg <anna@acme.example> escreveu:\n\n> Hi\n", "Sim."},
		{"Gmail it", "Sì.\n\nIl giorno mar 4 nov 2025 alle ore 10:12 Anna Berg <anna@acme.example> ha scritto:\n\n> Hi\n", "Sì."},
		{"Gmail nl", "Ja.\n\nOp di 4 nov 2025 om 10:12 schreef Anna Berg <anna@acme.example>:\n\n> Hi\n", "Ja."},
		{"Gmail sv", "Ja.\n\nDen tis 4 nov. 2025 kl 10:12 skrev Anna Berg <anna@acme.example>:\n\n> Hi\n", "Ja."},
		{"Gmail no", "Ja.\n\ntir. 4. nov. 2025 kl. 10:12 skrev Anna Berg <anna@acme.example>:\n\n> Hi\n", "Ja."},
		{"Gmail da", "Ja.\n\nDen tirs. 4. nov. 2025 kl. 10.12 skrev Anna Berg <anna@acme.example>:\n\n> Hi\n", "Ja."},
		{"Gmail fi", "Kyllä.\n\nti 4. marrask. 2025 klo 10.12 Anna Berg (anna@acme.example) kirjoitti:\n\n> Hi\n", "Kyllä."},
		{"Gmail pl", "Tak.\n\nwt., 4 lis 2025 o 10:12 Anna Berg <anna@acme.example> napisał(a):\n\n> Hi\n", "Tak."},
		{"Gmail cs", "Ano.\n\nút 4. 11. 2025 v 10:12 odesílatel Anna Berg <anna@acme.example> napsal:\n\n> Hi\n", "Ano."},
		{"Gmail ru", "Да.\n\nвт, 4 нояб. 2025 г. в 10:12, Anna Berg <anna@acme.example>:\n\n> Hi\n", "Да."},
		{"Gmail ja", "はい。\n\n2025年11月4日(火) 10:12 Anna Berg <anna@acme.example>:\n\n> Hi\n", "はい。"},
		{"Gmail zh", "好的。\n\nAnna Berg <anna@acme.example> 于2025年11月4日周二 10:12写道：\n\n> Hi\n", "好的。"},
		{"Apple Mail", "Yes.\n\n> On 4 Nov 2025, at 10:12, Anna Berg <anna@acme.example> wrote:\n> \n> Hi\n", "Yes."},
		{"Apple Mail de", "Ja.\n\n> Am 04.11.2025 um 10:12 schrieb Anna Berg <anna@acme.example>:\n> \n> Hi\n", "Ja."},
		{"Thunderbird de", "Ja.\n\nAm 04.11.25 um 10:12 schrieb Anna Berg:\n> Hi\n", "Ja."},
		{"Thunderbird sv", "Ja.\n\nDen 2025-11-04 kl. 10:12, skrev Anna Berg:\n> Hi\n", "Ja."},
		{"Outlook en", "Yes.\n\nFrom: Anna Berg <anna@acme.example>\nSent: Tuesday, November 4, 2025 10:12 AM\nTo: Max\nSubject: Offer\n\nHi\n", "Yes."},
		{"Outlook line", "Yes.\n\n________________________________\nFrom: Anna Berg <anna@acme.example>\nSent: Tuesday\nTo: Max\nSubject: Offer\n\nHi\n", "Yes."},
		{"Outlook original", "Yes.\n\n-----Original Message-----\nFrom: Anna Berg\nSent: Tuesday\n\nHi\n", "Yes."},
		{"Outlook de", "Ja.\n\nVon: Anna Berg <anna@acme.example>\nGesendet: Dienstag, 4. November 2025 10:12\nAn: Max\nBetreff: Angebot\n\nHi\n", "Ja."},
		{"Outlook fr", "Oui.\n\nDe : Anna Berg <anna@acme.example>\nEnvoyé : mardi 4 novembre 2025 10:12\nÀ : Max\nObjet : Offre\n\nHi\n", "Oui."},
		{"Outlook sv", "Ja.\n\nFrån: Anna Berg <anna@acme.example>\nSkickat: den 4 november 2025 10:12\nTill: Max\nÄmne: Offert\n\nHi\n", "Ja."},
		{"Outlook nl", "Ja.\n\nVan: Anna Berg <anna@acme.example>\nVerzonden: dinsdag 4 november 2025 10:12\nAan: Max\nOnderwerp: Offerte\n\nHi\n", "Ja."},
		{"Outlook it", "Sì.\n\nDa: Anna Berg <anna@acme.example>\nInviato: martedì 4 novembre 2025 10:12\nA: Max\nOggetto: Offerta\n\nHi\n", "Sì."},
		{"Outlook pl", "Tak.\n\nOd: Anna Berg <anna@acme.example>\nWysłano: wtorek, 4 listopada 2025 10:12\nDo: Max\nTemat: Oferta\n\nHi\n", "Tak."},
		{"Outlook fi", "Kyllä.\n\nLähettäjä: Anna Berg <anna@acme.example>\nLähetetty: tiistai 4. marraskuuta 2025\nVastaanottaja: Max\nAihe: Tarjous\n\nHi\n", "Kyllä."},
		{"Outlook ja", "はい。\n\n差出人: Anna Berg <anna@acme.example>\n送信日時: 2025年11月4日 10:12\n宛先: Max\n件名: 提案\n\nHi\n", "はい。"},
		{"Outlook zh", "好的。\n\n发件人: Anna Berg <anna@acme.example>\n发送时间: 2025年11月4日 10:12\n收件人: Max\n主题: 报价\n\nHi\n", "好的。"},
		{"Outlook bold in HTML", "Yes.\n\n*From:* Anna Berg <anna@acme.example>\n*Sent:* Tuesday\n*To:* Max\n*Subject:* Offer\n\nHi\n", "Yes."},
		{"wrapped over three lines", "Yes.\n\nOn Tue, 4 Nov 2025 at 10:12, Anna Maria Charlotte\nBerg of Acme Freight\n<anna@acme.example> wrote:\n\n> Hi\n", "Yes."},
		{"forwarded", "See below.\n\n---------- Forwarded message ---------\nFrom: Anna\nDate: Tue\nSubject: x\n\nHi\n", "See below."},
		{"forwarded by Apple", "See below.\n\nBegin forwarded message:\n\n> From: Anna\n> Hi\n", "See below."},
		{"inline answers", "> When?\nOn Tuesday.\n> Where?\nAt your place.\n", "On Tuesday.\n\nAt your place."},
		{"answer below", "On 4 Nov 2025, Anna wrote:\n> Hi\n\nYes.\n", "Yes."},
		{"signature", "Yes.\n-- \nMax Brenner\nBrennerpass", "Yes."},
		{"signature above the quote", "Yes.\n\n-- \nMax\n\nOn 4 Nov 2025, Anna wrote:\n> Hi\n", "Yes."},
		{"closing", "Ja, gerne.\n\nMit freundlichen Grüßen\n\nAnna Berg\nAcme AB\nTel. +46 8 123 45 67\n", "Ja, gerne."},
		{"closing with the name beside it", "Yes.\n\nBest regards, Max Brenner\nBrennerpass\n", "Yes."},
		{"closing fr", "Oui.\n\nCordialement,\nLuc Martin\n", "Oui."},
		{"contact block", "Yes please.\n\nMax Brenner\nBrennerpass Spedition\n+43 512 123456\n", "Yes please."},
		{"contact of a colleague", "Please write to:\n\nMia Babic\nmia.babic@adriacargo.example\n", "Please write to:\n\nMia Babic\nmia.babic@adriacargo.example"},
		{"phone", "Yes.\n\nSent from my iPhone\n\nOn 4 Nov 2025, at 10:12, Anna <a@acme.example> wrote:\n\nHi\n", "Yes."},
		{"phone sv", "Ja.\n\nSkickat från min iPhone\n", "Ja."},
		{"disclaimer", "Yes.\n\nThis e-mail and any attachments are confidential and intended solely for the addressee. If you received it in error, tell us.\n", "Yes."},
		{"the rep's own footer in the quote", "Yes, please do.\n\nOn 4 Nov 2025 at 10:12, Anna Berg <anna@acme.example> wrote:\n\n> Shall I send the numbers?\n>\n> If you would rather not hear from us, reply with \"unsubscribe\" and we will\nstop at once\n", "Yes, please do."},
		{"a sentence about writing", "On Monday you wrote that 12 trucks would do.\nThey will.", "On Monday you wrote that 12 trucks would do.\nThey will."},
		{"a list with colons", "From: Rotterdam\nto the north, every day.", "From: Rotterdam\nto the north, every day."},
		{"regards in a sentence", "Best regards from Rome! Shall we talk?", "Best regards from Rome! Shall we talk?"},
		{"CRLF", "Yes.\r\n\r\nOn 4 Nov 2025, Anna <a@acme.example> wrote:\r\n> Hi\r\n", "Yes."},
		{"nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Cut(c.text); got.New != c.want {
				t.Errorf("New = %q, want %q\nparts: %+v", got.New, c.want, got)
			}
		})
	}
}

func TestCut_NamesTheHeaderAndKeepsTheQuote(t *testing.T) {
	got := Cut("Yes.\n\nMax\n-- \nBrennerpass\n\nOn 4 Nov 2025, Anna wrote:\n> Hi\n> there\n")
	want := Parts{New: "Yes.\n\nMax", Signature: "-- \nBrennerpass", Quoted: "On 4 Nov 2025, Anna wrote:\n> Hi\n> there", Header: "On 4 Nov 2025, Anna wrote:"}
	want.Signature = "--\nBrennerpass"
	if got != want {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

// A label that means two things would make the reading of a header block depend on chance.
func TestLocales_GiveEachLabelOneMeaning(t *testing.T) {
	seen := map[string]string{}
	for _, row := range locales {
		for kind, cell := range map[string]string{"from": row.from, "sent": row.sent, "to": row.to, "copied": row.copied, "subject": row.subject} {
			for label := range strings.SplitSeq(cell, "|") {
				if before := seen[label]; before != "" && before != kind {
					t.Errorf("%s: %q is %s and %s", row.iso, label, before, kind)
				}
				seen[label] = kind
			}
		}
	}
}

func FuzzCut(f *testing.F) {
	f.Add("Yes.\n\nOn 4 Nov 2025, Anna <a@acme.example> wrote:\n> Hi\n>\n-- \nx\nSent from my iPhone\nFrom: a\nTo: b\nSubject: c\n")
	f.Add("Von: \nAn:\n_____\n-----\n>\n> > \xff\n" + strings.Repeat("On 4:44 wrote ", 50))
	if _, err := os.Stat(corpus); err == nil {
		for path := range newLines(f) {
			if strings.HasPrefix(path, "msgs/") {
				f.Add(plainText(f, path))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := Cut(text)
		if p.New != strings.TrimSpace(p.New) {
			t.Errorf("New is not trimmed: %q", p.New)
		}
		kept := strings.Join(strings.Fields(p.New+"\n"+p.Signature+"\n"+p.Quoted), "")
		if had := strings.Join(strings.Fields(text), ""); len(kept) != len(had) {
			t.Errorf("%d bytes became %d: %+v", len(had), len(kept), p)
		}
	})
}

func BenchmarkCut(b *testing.B) {
	text := "Yes, please do.\n\nMax\n\nOn Tue, 4 Nov 2025 at 10:12, Anna Berg <anna@acme.example> wrote:\n\n" + strings.Repeat("> This is a quoted line of ordinary length, as mails hold them.\n", 40)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Cut(text)
	}
}

// Lines that might each begin an attribution or a disclaimer: the time must grow as the text does.
func BenchmarkCut_Worst(b *testing.B) {
	for _, n := range []int{1 << 13, 1 << 16} {
		text := strings.Repeat("On 4:44 from: a\n\nOn 5 a\n", n/24)
		b.Run(map[int]string{1 << 13: "8KiB", 1 << 16: "64KiB"}[n], func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Cut(text)
			}
		})
	}
}
