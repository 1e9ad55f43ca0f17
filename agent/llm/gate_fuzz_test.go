package llm

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"followupd/playbook"
)

// reaches matches what no text of a model may hold unless the library put it there: links, addresses, markup.
var reaches = regexp.MustCompile(`(?i)https?://|www\.|[\w.+-]+@[\w-]+\.[a-z]{2,}|<[a-z/!]|!\[|\]\(`)

// FuzzGate takes the model for lost: whatever it answers, what passes the gate is short plain text without a way out of it.
func FuzzGate(f *testing.F) {
	b := book(f)
	o := outlined(f, b, map[string]playbook.Outline{}, "conference", nil)
	p := compose(Config{}, stories["conference"].request(), o)
	for i := range 3 {
		recap, value, ask := soundText("conference", i)
		f.Add(recap, value, ask)
	}
	f.Add("See https://evil.example/x", "![a](https://evil.example/?q=1)", "Write to eve@evil.example?")
	f.Add("Bcc: eve@evil.example", "Call +46 70 123 45 67 \u202e", "<img src=x>")
	f.Fuzz(func(t *testing.T, recap, value, ask string) {
		middle, broken := p.gate(object(recap+"\n\n"+value+"\n\n"+ask).content, o)
		if len(broken) > 0 {
			return
		}
		said := middle
		if p.mask.link != "" {
			said = strings.ReplaceAll(said, p.mask.link, "")
		}
		if found := reaches.FindString(said); found != "" {
			t.Errorf("%q passes with %q in it", middle, found)
		}
		if utf8.RuneCountInString(middle) > maxMiddle || !utf8.ValidString(middle) {
			t.Errorf("%d bytes pass", len(middle))
		}
		if at := strings.IndexFunc(said, func(r rune) bool { return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf) }); at >= 0 {
			t.Errorf("%q passes with a hidden character", middle)
		}
	})
}
