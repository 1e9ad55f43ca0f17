package mail

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxQuoteDepth bounds the quote marks before a line of text made from HTML.
const maxQuoteDepth = 9

// htmlText gives the text that a reader sees of an HTML mail: blocks as lines, quoted mails behind "> ", the signature
// below "-- ", what is hidden left out. It reads tokens, not a tree, so that nesting costs nothing.
func htmlText(source string) string {
	t := textOf{}
	z := html.NewTokenizer(strings.NewReader(source))
	z.SetMaxBuf(MaxBody * 4)
	for t.out.Len() < 2*MaxText {
		switch z.Next() {
		case html.ErrorToken:
			return t.finish()
		case html.TextToken:
			t.text(z.Text())
		case html.StartTagToken, html.SelfClosingTagToken:
			t.open(z)
		case html.EndTagToken:
			name, _ := z.TagName()
			t.close(atom.Lookup(name))
		}
	}
	return t.finish()
}

// textOf collects the text of an HTML mail.
type textOf struct {
	out    strings.Builder
	line   strings.Builder
	quote  int       // depth of blockquote
	silent int       // depth inside an element that shows nothing
	tag    atom.Atom // the element that silent counts
	pre    int
	space  bool // white space is owed before the next word
	blank  bool // the line before is blank, or there is none yet
}

func (t *textOf) text(b []byte) {
	if t.silent > 0 {
		return
	}
	s := string(b)
	if t.pre > 0 {
		for i, line := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
			if i > 0 {
				t.endLine()
			}
			t.line.WriteString(line)
		}
		return
	}
	for _, r := range s {
		switch r {
		case ' ', '\t', '\n', '\r', '\f', '\u00A0':
			t.space = true
		case '\u200B', '\u200C', '\u200D', '\uFEFF', '\u034F', '\u00AD': // invisible padding of newsletters
		default:
			if t.space && t.line.Len() > 0 {
				t.line.WriteByte(' ')
			}
			t.space = false
			t.line.WriteRune(r)
		}
	}
}

func (t *textOf) open(z *html.Tokenizer) {
	raw, more := z.TagName()
	tag := atom.Lookup(raw)
	if t.silent > 0 {
		if tag == t.tag {
			t.silent++
		}
		return
	}
	var class, id, style, hidden string
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch string(key) {
		case "class":
			class = string(value)
		case "id":
			id = string(value)
		case "style":
			style = strings.ToLower(strings.ReplaceAll(clip(string(value), 1000), " ", ""))
		case "hidden":
			hidden = "hidden"
		}
	}
	switch tag {
	case atom.Script, atom.Style, atom.Head, atom.Title, atom.Template, atom.Noscript, atom.Object, atom.Svg:
		t.silent, t.tag = 1, tag
		return
	case atom.Br:
		t.breakLine()
		return
	case atom.Hr:
		t.endBlock()
		t.line.WriteString("________________________________") // as Outlook writes it in plain text
		t.endLine()
		return
	case atom.Img, atom.Input, atom.Meta, atom.Link:
		return
	}
	if hidden != "" || strings.Contains(style, "display:none") || strings.Contains(style, "mso-hide:all") {
		if tag != atom.P && tag != atom.Li && tag != atom.Td && tag != atom.Tr { // whose end tags may be missing
			t.silent, t.tag = 1, tag
			return
		}
	}
	if strings.Contains(class, "gmail_signature") && !strings.Contains(class, "prefix") || id == "Signature" || id == "AppleMailSignature" {
		t.separator()
	}
	switch tag {
	case atom.Blockquote:
		t.endBlock()
		t.quote++
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Ul, atom.Ol:
		t.endBlock()
		if tag == atom.P && !t.blank && !strings.Contains(class, "MsoNormal") && !strings.Contains(style, "margin:0") {
			t.endLine()
		}
	case atom.Li:
		t.endBlock()
		t.line.WriteString("- ")
	case atom.Pre:
		t.endBlock()
		t.pre++
	case atom.Td, atom.Th:
		t.space = true
	default:
		if isBlock(tag) {
			t.endBlock()
		}
	}
}

func (t *textOf) close(tag atom.Atom) {
	if t.silent > 0 {
		if tag == t.tag || tag == atom.Html {
			t.silent--
		}
		return
	}
	switch tag {
	case atom.Blockquote:
		t.endBlock()
		t.quote = max(0, t.quote-1)
	case atom.Pre:
		t.endBlock()
		t.pre = max(0, t.pre-1)
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Ul, atom.Ol:
		t.endBlock()
	default:
		if isBlock(tag) {
			t.endBlock()
		}
	}
}

func isBlock(tag atom.Atom) bool {
	switch tag {
	case atom.Div, atom.Tr, atom.Address, atom.Article, atom.Aside, atom.Section, atom.Header, atom.Footer, atom.Center,
		atom.Dl, atom.Dt, atom.Dd, atom.Form, atom.Fieldset, atom.Figure, atom.Main, atom.Nav, atom.Body:
		return true
	}
	return false
}

// separator begins a signature, unless the mail itself has just done so.
func (t *textOf) separator() {
	t.endBlock()
	if s := strings.TrimRight(t.out.String()[max(0, t.out.Len()-8):], " \n"); strings.HasSuffix(s, "\n--") || s == "--" {
		return
	}
	t.line.WriteString("-- ")
	t.endLine()
}

// breakLine ends the line also where it is empty.
func (t *textOf) breakLine() { t.endLine() }

// endBlock ends the line if anything stands on it.
func (t *textOf) endBlock() {
	t.space = false
	if t.line.Len() > 0 {
		t.endLine()
	}
}

func (t *textOf) endLine() {
	line := t.line.String()
	t.line.Reset()
	t.space = false
	if line == "--" {
		line = "-- "
	}
	if t.quote > 0 {
		t.out.WriteString(strings.Repeat(">", min(t.quote, maxQuoteDepth)))
		if line != "" {
			t.out.WriteByte(' ')
		}
	}
	t.out.WriteString(line)
	t.out.WriteByte('\n')
	t.blank = line == ""
}

func (t *textOf) finish() string {
	t.endBlock()
	return t.out.String()
}
