package mail

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzHTML holds what every HTML part is turned into: text of a bounded length, without markup of its own making and without
// what a terminal obeys.
func FuzzHTML(f *testing.F) {
	for _, s := range []string{
		"<blockquote><p>x</p></blockquote><div class=gmail_signature>Anna</div>",
		"<table><tr><td>a<td>b</table><ul><li>c</ul><a href='http://x.example'>d</a>",
		"<style>a{b:c}</style><script>x</script><!-- y --><p style='display:none'>z",
		"&#x202e;&nbsp;&lt;b&gt;&#0;&#27;[2J", "<div><br></div><hr><pre> a\n b</pre>", "<img alt='x'><svg><title>t</title></svg>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		text := htmlText(source)
		w := walk{content: &Content{}}
		tidy := tidyText(toUTF8([]byte(text), "utf-8"), &w)
		if len(tidy) > MaxText || !utf8.ValidString(tidy) || strings.ContainsAny(tidy, "\r\x00\x1b") {
			t.Errorf("%q gives %q", source, tidy)
		}
		if len(text) > 8*len(source)+16 {
			t.Errorf("%d bytes of HTML give %d of text", len(source), len(text))
		}
	})
}
