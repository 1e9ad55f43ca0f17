package mail_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"followupd/mail"

	"github.com/google/go-cmp/cmp"
)

func header(lines ...string) mail.Message {
	return mail.ParseHeader([]byte(strings.Join(lines, "\r\n") + "\r\n\r\n"))
}

func TestParseHeader_ReadsPeopleAsProgramsWriteThem(t *testing.T) {
	lena := []mail.Person{{Name: "Lena Vogt", Address: "lena@nordbau.example"}}
	for value, want := range map[string][]mail.Person{
		`Lena Vogt <lena@nordbau.example>`:                              lena,
		`"Lena Vogt" <Lena@NordBau.example>`:                            lena,
		`lena@nordbau.example (Lena Vogt)`:                              lena,
		`=?utf-8?q?Lena_Vogt?= <lena@nordbau.example>`:                  lena,
		`"=?utf-8?q?Lena_Vogt?=" <lena@nordbau.example>`:                lena,
		`'Lena Vogt' <lena@nordbau.example>`:                            lena,
		`Lena Vogt <mailto:lena@nordbau.example>`:                       lena,
		`Lena Vogt <lena@nordbau.example`:                               lena,
		`Lena Vogt lena@nordbau.example`:                                lena,
		`Lena Vogt <@relay.example:lena@nordbau.example>`:               lena,
		`Team: Lena Vogt <lena@nordbau.example>;`:                       lena,
		`undisclosed-recipients:;`:                                      nil,
		`MAILER-DAEMON <>`:                                              nil,
		`lena`:                                                          nil,
		`Vogt, Lena <lena@nordbau.example>`:                             {{Name: "Vogt, Lena", Address: "lena@nordbau.example"}},
		`"Vogt, Lena" <lena@nordbau.example>, a@b.example`:              {{Name: "Vogt, Lena", Address: "lena@nordbau.example"}, {Address: "a@b.example"}},
		`a@b.example; c@d.example`:                                      {{Address: "a@b.example"}, {Address: "c@d.example"}},
		`5" pipes <sales@pipes.example>, a@b.example`:                   {{Name: "5 pipes", Address: "sales@pipes.example"}, {Address: "a@b.example"}},
		`=?iso-8859-1?Q?M=FCller=2C_Uwe?= <uwe@x.example>`:              {{Name: "Müller, Uwe", Address: "uwe@x.example"}},
		"Uwe M\xfcller <uwe@x.example>":                                 {{Name: "Uwe Müller", Address: "uwe@x.example"}},
		"=?utf-8?b?0J3QvtC5?= =?utf-8?b?LCDRgg==?= <noa@galil.example>": {{Name: "Ной, т", Address: "noa@galil.example"}},
		`00@.`:            nil,
		`"a b"@c.example`: nil,
	} {
		if d := cmp.Diff(want, header("To: "+value).To); d != "" {
			t.Errorf("%s\n%s", value, d)
		}
	}
}

func TestParseHeader_ReadsBrokenChains(t *testing.T) {
	ab := []mail.MessageID{"a@x.example", "b@x.example"}
	for value, want := range map[string][]mail.MessageID{
		"<a@x.example> <b@x.example>":                                 ab,
		"<a@x.example><b@x.example>":                                  ab,
		"<a@x.example>,\r\n\t<b@x.example>":                           ab,
		"<a@x.example <b@x.example>":                                  ab,
		"<a@x.\r\n example> <b@x.example>":                            ab,
		"a@x.example b@x.example":                                     ab,
		"<a@x.example> <a@x.example> <b@x.example>":                   ab,
		"Your message of Tue, 3 Mar 2026 <a@x.example> <b@x.example>": ab,
		"=?utf-8?q?=3Ca=40x=2Eexample=3E?= <b@x.example>":             ab,
		"<> < >":       nil,
		"no id at all": nil,
	} {
		if d := cmp.Diff(want, header("References: "+value).References); d != "" {
			t.Errorf("%q\n%s", value, d)
		}
	}
}

func TestParseHeader_KeepsBothEndsOfALongChain(t *testing.T) {
	refs := header("References: " + strings.TrimSpace(chain(3000))).References
	if len(refs) > 500 || refs[0] != "0@b.example" || refs[len(refs)-1] != "2999@b.example" {
		t.Errorf("%d ids, from %s to %s", len(refs), refs[0], refs[len(refs)-1])
	}
}

func TestParseHeader_ReadsDates(t *testing.T) {
	for value, want := range map[string]string{
		"Tue, 10 Mar 2026 10:15:00 +0100":        "2026-03-10T09:15:00Z",
		"Tue, 10 Mar 2026 10:15:00 +0100 (CET)":  "2026-03-10T09:15:00Z",
		"10 Mar 2026 10:15 +0100":                "2026-03-10T09:15:00Z",
		"Tue, 10 Mar 26 10:15:00 EST":            "2026-03-10T15:15:00Z",
		"Tue, 10 Mar 2026 10:15:00 GMT":          "2026-03-10T10:15:00Z",
		"Tue Mar 10 10:15:00 2026":               "2026-03-10T10:15:00Z",
		"Tue Mar 10 10:15:00 PST 2026":           "2026-03-10T18:15:00Z",
		"2026-03-10T10:15:00+01:00":              "2026-03-10T09:15:00Z",
		"2026-03-10 10:15:00":                    "2026-03-10T10:15:00Z",
		"Tuesday, March 10, 2026 10:15 PM":       "2026-03-10T22:15:00Z",
		"Tue, 10-Mar-2026 10:15:00 GMT":          "2026-03-10T10:15:00Z",
		"Tue, 31 Feb 2026 10:15:00 +0000":        "0001-01-01T00:00:00Z",
		"Tue, 10 Mar 0026 10:15:00 +0000":        "2026-03-10T10:15:00Z",
		"Thu, 01 Jan 1970 00:00:00 +0000":        "0001-01-01T00:00:00Z",
		"yesterday":                              "0001-01-01T00:00:00Z",
		"Tue, 19 Jan 2038 03:14:07 +0000":        "2038-01-19T03:14:07Z",
		"Tue, 10 Mar 2026 10:15:00 +9999":        "2026-03-10T10:15:00Z",
		"Tue,\r\n 10 Mar 2026 10:15:00 +0100":    "2026-03-10T09:15:00Z",
		"Tue, 10 Mar 2026 10:15:00 +0100 +extra": "2026-03-10T09:15:00Z",
	} {
		if got := header("Date: " + value).Date.UTC().Format(time.RFC3339); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}

func TestParseHeader_DecodesSubjects(t *testing.T) {
	for value, want := range map[string]string{
		"=?UTF-8?B?UHLDvGZ1bmc=?=":                        "Prüfung",
		"=?utf-8?Q?Pr=C3?= =?utf-8?Q?=BCfung?=":           "Prüfung", // cut inside a character
		"a =?utf-8?Q?b?= =?utf-8?Q?c?= d":                 "a bc d",
		"=?iso-2022-jp?B?GyRCJTclOSVGJWAbKEI=?=":          "システム",
		"=?windows-1251?Q?=CF=F0=E8=E2=E5=F2?=":           "Привет",
		"=?gb2312?B?u9i4tA==?=":                           "回复",
		"=?koi8-r*ru?Q?=F0=D2=C9=D7=C5=D4?=":              "Привет",
		"=?x-nonsense?Q?abc?=":                            "abc",
		"=?utf-8?Q?Hello World?=":                         "Hello World",
		"=?utf-8?X?abc?=":                                 "=?utf-8?X?abc?=",
		"=?utf-8?Q?open":                                  "=?utf-8?Q?open",
		"Pr\xc3\xbcfung":                                  "Prüfung",
		"Pr\xfcfung":                                      "Prüfung",
		"\x1b$B%7%9%F%`\x1b(B":                            "システム",
		"long\r\n folded":                                 "long folded",
		"=?utf-8?Q?a=0D=0ABcc:_eve@evil.example?=":        "a  Bcc: eve@evil.example",
		"=?utf-8?B?8J+amg==?= =?utf-8?Q?_=E2=80=93_K?= x": "🚚 – K x",
	} {
		if got := header("Subject: " + value).Subject; got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

func TestParseHeader_TakesTheFirstOfRepeatedFields(t *testing.T) {
	m := header("From 1 mbox", "subject : one", "SUBJECT: two", "From: a@b.example", "From: c@d.example", "To: a@b.example", "To: c@d.example", "X-Received: x", "no colon", "List-Id: Forum <f.x>", "Thread-Index: AcxsYs6PUz9cAAJDScO38LEWgNj/CQAAAA2I")
	if m.Subject != "one" || len(m.From) != 1 || len(m.To) != 2 {
		t.Errorf("%+v", m)
	}
	if d := cmp.Diff(map[string][]string{"List-Id": {"Forum <f.x>"}}, m.Signs); d != "" {
		t.Error(d)
	}
	if m.ThreadIndex != "01cc6c62ce8f533f5c00024349c3b7f0b11680d8ff09" {
		t.Errorf("thread index %q", m.ThreadIndex)
	}
}

func TestBaseSubject(t *testing.T) {
	for subject, want := range map[string]string{
		"Offer": "Offer", "Re: Offer": "Offer", "RE: AW: SV: VS: Antw: RIF: R: TR: RE[2]: Offer": "Offer", "Re:Offer": "Offer", "re :Offer": "Offer",
		"回复：报价": "报价", "答复: 报价": "报价", "Re： 报价": "报价", "Fwd: Fw: WG: Offer": "Offer", "[Fwd: Offer]": "Offer", "[Re: Offer]": "Offer",
		"[forum] Re: Offer": "Offer", "Re: [forum] Offer (fwd)": "Offer", "Automatic reply: Offer": "Offer", "Automatische Antwort: AW: Offer": "Offer",
		"Accepted: Offer": "Offer", "  a   b ": "a b", "Re:": "", "Results: Q1": "Results: Q1", "r: lower": "r: lower", "R: upper": "upper", "Re^2: x": "x", "Re(3): x": "x",
		"Odp: Oferta": "Oferta", "RES: Proposta": "Proposta", "ENC: Proposta": "Proposta", "RV: Oferta": "Oferta", "Doorst: x": "x", "SV: Re: VB: x": "x", "[only a tag]": "[only a tag]",
	} {
		if got := mail.BaseSubject(subject); got != want {
			t.Errorf("%q: %q, want %q", subject, got, want)
		}
	}
}

func TestParse_Text(t *testing.T) {
	for name, c := range map[string]struct{ header, body, want string }{
		"plain preferred":    {"Content-Type: multipart/alternative; boundary=b", "--b\nContent-Type: text/html\n\n<p>html</p>\n--b\nContent-Type: text/plain\n\nplain\n--b--", "plain"},
		"HTML where alone":   {"Content-Type: multipart/alternative; boundary=b", "--b\nContent-Type: text/plain\n\n \n--b\nContent-Type: text/html\n\n<style>x</style><p>Hi&nbsp;Anna,</p><p>yes<br>please</p>\n--b--", "Hi Anna,\n\nyes\nplease"},
		"quote in HTML":      {"Content-Type: text/html", "<div>yes</div><div>On Tue Max wrote:<br></div><blockquote><div>shall we?</div></blockquote>", "yes\nOn Tue Max wrote:\n> shall we?"},
		"signature in HTML":  {"Content-Type: text/html", "yes<div class=\"gmail_signature\">Anna</div>", "yes\n-- \nAnna"},
		"hidden in HTML":     {"Content-Type: text/html", "<div style=\"display: none\">preheader<div>x</div></div>yes", "yes"},
		"Latin-1":            {"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable", "K=F6ln=\n!", "Köln!"},
		"no charset":         {"", "K\xf6ln", "Köln"},
		"base64":             {"Content-Transfer-Encoding: base64\nContent-Type: text/plain; charset=utf-8", "S8O2\nbG4=", "Köln"},
		"broken parameters":  {"Content-Type: text/plain; charset=utf-8; name=a b c; format=flowed", "one \ntwo", "one two"},
		"flowed":             {"Content-Type: text/plain; format=flowed", "one \ntwo\n> three \n> four\n >no quote\n-- \nAnna", "one two\n> three four\n>no quote\n-- \nAnna"},
		"no boundary given":  {"Content-Type: multipart/mixed", "--x\nContent-Type: text/plain\n\nhello\n--x--", "hello"},
		"no part at all":     {"Content-Type: multipart/mixed; boundary=b", "hello", "hello"},
		"attachment between": {"Content-Type: multipart/mixed; boundary=b", "--b\n\none\n--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename*=utf-8''Angebot%20K%C3%B6ln.pdf\n\nx\n--b\n\ntwo\n--b--", "one\n\ntwo"},
		"control characters": {"", "a\x1b[31mb\x00c\x07", "a[31mbc"},
		"mixed line ends":    {"", "a\rb\nc", "a\nb\nc"},
	} {
		t.Run(name, func(t *testing.T) {
			m := mail.Parse(letter("Subject: x\n"+orPlain(c.header), c.body))
			if d := cmp.Diff(c.want, m.Content.Text); d != "" {
				t.Error(d)
			}
			if name == "attachment between" {
				if d := cmp.Diff([]string{"Angebot Köln.pdf"}, m.Content.Attachments); d != "" {
					t.Error(d)
				}
			}
		})
	}
}

// orPlain keeps letter from adding a charset where the case is about having none.
func orPlain(header string) string {
	if strings.Contains(header, "Content-Type") {
		return header
	}
	return strings.TrimPrefix(header+"\nContent-Type: text/plain", "\n")
}

// chain gives n msg-ids.
func chain(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<%d@b.example>\r\n ", i)
	}
	return b.String()
}
