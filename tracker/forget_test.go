package tracker

import (
	"strings"
	"testing"

	"followupd/mail"
)

func forgotLena(a mail.Address) bool { return a == "lena@nordbau.example" }

func TestMaskAddresses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"in brackets", "On Monday, Lena <lena@nordbau.example> wrote:", "On Monday, Lena <forgotten@forgotten.invalid> wrote:"},
		{"any case", "LENA@Nordbau.Example", "forgotten@forgotten.invalid"},
		{"at the end of a sentence", "ask lena@nordbau.example.", "ask forgotten@forgotten.invalid."},
		{"behind a scheme", "mailto:lena@nordbau.example?subject=x", "mailto:forgotten@forgotten.invalid?subject=x"},
		{"behind an equals sign", "rcpt=lena@nordbau.example;", "rcpt=forgotten@forgotten.invalid;"},
		{"twice", "lena@nordbau.example,lena@nordbau.example", "forgotten@forgotten.invalid,forgotten@forgotten.invalid"},
		{"in quotes", "'lena@nordbau.example'", "'forgotten@forgotten.invalid'"},
		{"another person's longer name", "magdalena@nordbau.example", "magdalena@nordbau.example"},
		{"another domain", "lena@nordbau.example.org", "lena@nordbau.example.org"},
		{"tagged is another address", "lena+x@nordbau.example", "lena+x@nordbau.example"},
		{"nothing to mask", "no @ here, @ all", "no @ here, @ all"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := MaskAddresses(c.text, forgotLena); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTraceOf(t *testing.T) {
	for _, c := range []struct {
		name, header string
		want         Trace
	}{
		{"from them, opening", "From: Lena <lena@nordbau.example>\r\nTo: anna@acme.example\r\n", Theirs},
		{"from them, an answer in which others may be", "From: Lena <lena@nordbau.example>\r\nTo: anna@acme.example\r\nIn-Reply-To: <1@acme.example>\r\n", Mentioned},
		{"to them alone", "From: anna@acme.example\r\nTo: lena@nordbau.example\r\nIn-Reply-To: <1@acme.example>\r\n", Theirs},
		{"to them and others", "From: anna@acme.example\r\nTo: lena@nordbau.example, bo@nordbau.example\r\n", Mentioned},
		{"copied", "From: bo@nordbau.example\r\nTo: anna@acme.example\r\nCc: lena@nordbau.example\r\n", Mentioned},
		{"in the subject", "From: bo@nordbau.example\r\nTo: anna@acme.example\r\nSubject: write to lena@nordbau.example\r\n", Mentioned},
		{"bounced", "From: mailer-daemon@acme.example\r\nTo: anna@acme.example\r\nX-Failed-Recipients: lena@nordbau.example\r\n", Mentioned},
		{"of others", "From: bo@nordbau.example\r\nTo: anna@acme.example\r\n", NoTrace},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := TraceOf(mail.ParseHeader([]byte(c.header+"\r\n")), forgotLena); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

func TestWithoutTrace_KeepsWhatJudgingTheOthersNeeds(t *testing.T) {
	m := mail.ParseHeader([]byte("Message-ID: <2@nordbau.example>\r\nFrom: =?utf-8?q?Bo_Bergstr=C3=B6m?= <bo@nordbau.example>\r\n" +
		"To: Anna <anna@acme.example>\r\nCc: \"Lena Holm\" <lena@nordbau.example>\r\nSubject: Lena Holm and the audit\r\n" +
		"In-Reply-To: <1@acme.example>\r\nReferences: <0@acme.example> <1@acme.example>\r\nDate: Mon, 2 Mar 2026 10:30:15 +0100\r\nAuto-Submitted: auto-replied\r\n\r\n"))
	header := WithoutTrace(m, forgotLena, "own@forgotten.invalid")
	got := mail.ParseHeader(header)
	if got.ID != "2@nordbau.example" || len(got.References) != 2 || len(got.InReplyTo) != 1 || !got.Date.Equal(m.Date) ||
		got.From[0] != m.From[0] || got.To[0] != m.To[0] || got.Signs["Auto-Submitted"][0] != "auto-replied" {
		t.Errorf("lost something: %+v", got)
	}
	if got.Cc[0] != (mail.Person{Address: Forgotten}) {
		t.Errorf("Cc %v", got.Cc)
	}
	for _, trace := range []string{"lena", "holm"} {
		if strings.Contains(strings.ToLower(string(header)), trace) {
			t.Errorf("%q stays:\n%s", trace, header)
		}
	}
}

func FuzzWithoutTrace(f *testing.F) {
	f.Add([]byte("From: \"lena@nordbau.example\" <bo@nordbau.example>\r\nTo: lena@nordbau.example,a@b.example\r\nReferences: <lena@nordbau.example>\r\n\r\n"))
	f.Add([]byte("From: lena@nordbau.example\r\nX-Loop: mailto:lena@nordbau.example\r\nIn-Reply-To: <x@y>\r\n\r\n"))
	f.Fuzz(func(t *testing.T, header []byte) {
		m := mail.ParseHeader(header)
		if TraceOf(m, forgotLena) != Mentioned {
			return
		}
		out := WithoutTrace(m, forgotLena, "own@forgotten.invalid")
		again := mail.ParseHeader(out)
		for _, p := range append(append(append([]mail.Person{}, again.From...), again.To...), again.Cc...) {
			if forgotLena(p.Address) {
				t.Errorf("%q still stands in\n%s", p.Address, out)
			}
		}
		if MaskAddresses(string(out), forgotLena) != string(out) {
			t.Errorf("the address still stands in\n%s", out)
		}
	})
}
