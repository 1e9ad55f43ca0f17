package mail_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"followupd/mail"

	"github.com/google/go-cmp/cmp"
)

var stockholm = time.FixedZone("", 2*60*60)

func reply() mail.Reply {
	return mail.Reply{
		Key:  "3f2a9c",
		From: mail.Person{Name: "Anna Berg", Address: "anna@acme.example"},
		To:   []mail.Person{{Name: "Uwe Köhler", Address: "uwe@koehler-spedition.example"}},
		Cc:   []mail.Person{{Name: "Vogt, Lena", Address: "lena@nordbau.example"}},

		Subject: "Prüfung der Frachtkosten 🚚 – Köln & Düsseldorf", InReplyTo: "offer@acme.example",
		References: []mail.MessageID{"first@acme.example", "answer@koehler-spedition.example"},
		Date:       time.Date(2026, 4, 7, 9, 30, 0, 0, stockholm),
		Text:       "Hi Uwe,\n\nfor Köln and Düsseldorf the surcharges differ by 4 €. Shall we check the other depots, too?\n\nAnna\n-- \nAnna Berg\nAcme",
		Quote:      "On Tue, 24 Mar 2026 at 10:15, Anna Berg <anna@acme.example> wrote:\n> Hi Uwe,\n>\n> here is the offer.\n",
	}
}

func compose(t *testing.T, r mail.Reply) ([]byte, mail.Message) {
	t.Helper()
	source, err := mail.Compose(r)
	if err != nil {
		t.Fatal(err)
	}
	return source, mail.Parse(source)
}

func TestCompose_CanBeReadBack(t *testing.T) {
	want := reply()
	_, got := compose(t, want)
	if d := cmp.Diff(want.From, got.From[0]); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([][]mail.Person{want.To, want.Cc, nil}, [][]mail.Person{got.To, got.Cc, got.Bcc}); d != "" {
		t.Error(d)
	}
	if got.Subject != "Re: "+want.Subject {
		t.Errorf("subject %q", got.Subject)
	}
	if d := cmp.Diff([]mail.MessageID{"first@acme.example", "answer@koehler-spedition.example", "offer@acme.example"}, got.References); d != "" {
		t.Error(d)
	}
	if got.ID != "3f2a9c@acme.example" || got.DraftKey != "3f2a9c" {
		t.Errorf("id %q, key %q", got.ID, got.DraftKey)
	}
	if !got.Date.Equal(want.Date) {
		t.Errorf("date %v", got.Date)
	}
	if text := want.Text + "\n\n" + strings.TrimSuffix(want.Quote, "\n"); got.Content.Text != text {
		t.Error(cmp.Diff(text, got.Content.Text))
	}
}

func TestCompose_KeepsToWhatServersAndReadersExpect(t *testing.T) {
	source, _ := compose(t, reply())
	for i, line := range bytes.Split(source, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\n\r") {
			t.Errorf("line %d: %q", i, line)
		}
		for _, c := range line {
			if c >= 0x80 {
				t.Errorf("line %d holds an 8-bit byte: %q", i, line)
			}
		}
	}
	if bytes.Contains(bytes.ToLower(source), []byte("followupd")) {
		t.Error("it names the program that wrote it")
	}
	for _, want := range []string{"Mime-Version: 1.0\r\n", "format=flowed", "Content-Transfer-Encoding: quoted-printable\r\n", "+0200\r\n", "\r\n--=20\r\n"} {
		if !bytes.Contains(source, []byte(want)) {
			t.Errorf("no %q in\n%s", want, source)
		}
	}
}

func TestCompose_PlainASCIIStaysReadableInSource(t *testing.T) {
	r := reply()
	r.Subject, r.Text, r.Quote = "Pass closures", "Hi Max,\n\nFrom May on the pass is open.\n  indented\n> no quote\n\nAnna", ""
	source, got := compose(t, r)
	if !bytes.Contains(source, []byte("Content-Transfer-Encoding: 7bit")) {
		t.Errorf("encoded without need:\n%s", source)
	}
	if d := cmp.Diff("Hi Max,\n\nFrom May on the pass is open.\n  indented\n> no quote\n\nAnna", got.Content.Text); d != "" {
		t.Error(d)
	}
}

func TestCompose_SetsExactlyOneReplyMark(t *testing.T) {
	for subject, want := range map[string]string{
		"Offer": "Re: Offer", "Re: Offer": "Re: Offer", "RE: AW: SV: Offer": "Re: Offer", "Re:Offer": "Re: Offer", "回复：报价": "Re: 报价",
		"Fwd: Offer": "Re: Fwd: Offer", "[forum] Offer": "Re: [forum] Offer", "": "Re:", "Re[2]: Offer": "Re: Offer",
		"Offer\r\nBcc: eve@evil.example": "Re: Offer  Bcc: eve@evil.example",
	} {
		r := reply()
		r.Subject = subject
		_, got := compose(t, r)
		if strings.Join(strings.Fields(got.Subject), " ") != strings.Join(strings.Fields(want), " ") {
			t.Errorf("%q became %q, want %q", subject, got.Subject, want)
		}
		if got.Bcc != nil {
			t.Errorf("%q added a recipient", subject)
		}
	}
}

func TestCompose_BoundsALongChainAtItsMiddle(t *testing.T) {
	r := reply()
	r.References = nil
	for i := range 3000 {
		r.References = append(r.References, mail.MessageID(strings.Repeat("x", i%300)+string(rune('a'+i%26))+time.Duration(i).String()+"@list.example"))
	}
	_, got := compose(t, r)
	if n := len(got.References); n > 150 || got.References[0] != r.References[0] || got.References[n-1] != r.InReplyTo {
		t.Errorf("%d references, first %s, last %s", n, got.References[0], got.References[n-1])
	}
}

func TestCompose_RefusesWhatCannotBeADraft(t *testing.T) {
	for name, change := range map[string]func(*mail.Reply){
		"no recipient":         func(r *mail.Reply) { r.To = nil },
		"no sender":            func(r *mail.Reply) { r.From = mail.Person{} },
		"no date":              func(r *mail.Reply) { r.Date = time.Time{} },
		"no key":               func(r *mail.Reply) { r.Key = "" },
		"key with line break":  func(r *mail.Reply) { r.Key = "a\r\nBcc: eve@evil.example" },
		"seal with line break": func(r *mail.Reply) { r.Seal = "a\r\nBcc: eve@evil.example" },
		"address with line break": func(r *mail.Reply) {
			r.To = []mail.Person{{Address: "eve@evil.example\r\nBcc: x@evil.example"}}
		},
		"two addresses in one": func(r *mail.Reply) { r.To = []mail.Person{{Address: "a@evil.example, b@evil.example"}} },
		"8-bit local part":     func(r *mail.Reply) { r.To = []mail.Person{{Address: "köhler@koehler.example"}} },
	} {
		t.Run(name, func(t *testing.T) {
			r := reply()
			change(&r)
			if source, err := mail.Compose(r); err == nil {
				t.Errorf("wrote\n%s", source)
			}
		})
	}
}

func TestQuote_FollowsTheRepsSample(t *testing.T) {
	original := "Hi Lena,\n\nhere is the offer.\n> older\n\nAnna"
	from := mail.Person{Name: "Anna Berg", Address: "anna@acme.example"}
	at := time.Date(2026, 3, 3, 9, 5, 0, 0, stockholm)
	for name, c := range map[string]struct{ language, sample, head, line string }{
		"nothing known":      {"", "", "On Tue, 3 Mar 2026 at 09:05, Anna Berg <anna@acme.example> wrote:", "> here is the offer."},
		"German, no sample":  {"de", "", "Am Di., 3. März 2026 um 09:05 Uhr schrieb Anna Berg <anna@acme.example>:", "> here is the offer."},
		"Gmail":              {"", "Yes.\n\nOn Mon, 16 Feb 2026 at 10:15, Max <max@x.example> wrote:\n\n> Hi", "On Tue, 3 Mar 2026 at 09:05, Anna Berg <anna@acme.example> wrote:", "> here is the offer."},
		"Gmail in the US":    {"", "Yes.\n\nOn Mon, Feb 16, 2026 at 10:15 AM Max <max@x.example> wrote:\n\n> Hi", "On Tue, Mar 3, 2026 at 9:05 AM Anna Berg <anna@acme.example> wrote:", "> here is the offer."},
		"wrapped":            {"", "Yes.\n\nOn Mon, Feb 16, 2026 at 10:15 AM Max Brenner of the Pass\n<max@x.example> wrote:\n> Hi", "On Tue, Mar 3, 2026 at 9:05 AM Anna Berg <anna@acme.example> wrote:", "> here is the offer."},
		"Thunderbird German": {"en", "Ja.\n\nAm 16.02.2026 um 10:15 schrieb Max Brenner:\n>Hallo", "Am 03.03.2026 um 09:05 schrieb Anna Berg <anna@acme.example>:", ">here is the offer."},
		"Apple":              {"", "Yes.\n\n> On 16 Feb 2026, at 10:15, Max <max@x.example> wrote:\n>\n> Hi", "> On 3 Mar 2026, at 09:05, Anna Berg <anna@acme.example> wrote:\n>\n> Hi Lena,", "> here is the offer."},
		"Outlook":            {"", "Yes.\n\n-----Original Message-----\nFrom: Max <max@x.example>\nSent: Monday, February 16, 2026 10:15 AM\nTo: Anna\nSubject: Pass\n\nHi", "-----Original Message-----\nFrom: Anna Berg <anna@acme.example>\nSent: Tuesday, March 3, 2026 9:05 AM\n", "here is the offer."},
		"Outlook French":     {"", "Oui.\n\nDe : Max <max@x.example>\nEnvoyé : lundi 16 février 2026 10:15\nÀ : Anna\nObjet : Pass\n\nHi", "De : Anna Berg <anna@acme.example>\nEnvoyé : mardi 3 mars 2026 09:05\n", "here is the offer."},
	} {
		t.Run(name, func(t *testing.T) {
			got := mail.Quote(original, from, at, c.language, c.sample)
			if !strings.HasPrefix(got, c.head) || !strings.Contains(got, "\n"+c.line+"\n") {
				t.Errorf("got\n%s\nwant it to begin with\n%s\nand to hold\n%s", got, c.head, c.line)
			}
		})
	}
}
