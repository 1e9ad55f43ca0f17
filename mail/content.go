package mail

import (
	"bytes"
	"mime"
	"strings"
)

// Parse reads a whole message, or the start of one cut at any byte: header and Content. It walks the parts itself, so
// that each bound (MaxHeader, MaxBody, MaxDepth, MaxParts, MaxText) holds before a byte beyond it is looked at;
// Content.Cut names the first one that was met.
func Parse(source []byte) Message {
	source = withoutMboxLine(source)
	header, body := splitHeader(source)
	w := walk{content: &Content{Version: ContentVersion}}
	if len(header) > MaxHeader {
		header = header[:MaxHeader]
		w.cut("header")
	}
	if len(body) > MaxBody {
		body = body[:MaxBody]
		w.cut("size")
	}
	m := ParseHeader(header)
	m.Content = w.content
	top := readPart(header, body)
	w.content.Language = top.language
	text := w.part(top, 0)
	if w.content.Report != nil && w.notice != "" {
		text = shown{text: w.notice}
	}
	w.content.Text, w.content.FromHTML = tidyText(text.text, &w), text.fromHTML
	return m
}

// withoutMboxLine drops the "From " line that mbox files put before a message.
func withoutMboxLine(source []byte) []byte {
	if bytes.HasPrefix(source, []byte("From ")) || bytes.HasPrefix(source, []byte(">From ")) {
		if nl := bytes.IndexByte(source, '\n'); nl >= 0 {
			return source[nl+1:]
		}
	}
	return source
}

// splitHeader cuts a message or part at its first empty line.
func splitHeader(b []byte) (header, body []byte) {
	if n := emptyLine(b); n > 0 {
		return nil, b[n:]
	}
	for i := 0; ; {
		nl := bytes.IndexByte(b[i:], '\n')
		if nl < 0 {
			return b, nil
		}
		i += nl + 1
		if n := emptyLine(b[i:]); n > 0 {
			return b[:i], b[i+n:]
		}
	}
}

// part is one MIME entity (RFC 2045), its body still encoded.
type part struct {
	kind        string // media type in lower case
	params      map[string]string
	encoding    string // Content-Transfer-Encoding in lower case
	attachment  bool   // Content-Disposition: attachment
	file        string // file name, decoded
	description string
	language    string
	header      []byte
	body        []byte
}

// readPart reads what MIME says in the header of a message or part.
func readPart(header, body []byte) part {
	p := part{kind: "text/plain", header: header, body: body}
	var typed bool
	for name, value := range fields(header) {
		if len(name) < len("content-") || !strings.EqualFold(string(name[:len("content-")]), "content-") {
			continue
		}
		switch value := unfold(value); {
		case strings.EqualFold(string(name), "Content-Type") && !typed:
			typed = true
			p.kind, p.params = mediaType(value)
			if name := p.params["name"]; name != "" && p.file == "" {
				p.file = decodeText([]byte(name))
			}
		case strings.EqualFold(string(name), "Content-Transfer-Encoding") && p.encoding == "":
			p.encoding = strings.ToLower(string(bytes.TrimSpace(value)))
		case strings.EqualFold(string(name), "Content-Disposition"):
			disposition, params := mediaType(value)
			p.attachment = disposition == "attachment"
			if name := params["filename"]; name != "" {
				p.file = decodeText([]byte(name))
			}
		case strings.EqualFold(string(name), "Content-Description"):
			p.description = decodeText(value)
		case strings.EqualFold(string(name), "Content-Language"):
			p.language = decodeText(value)
		}
	}
	return p
}

// mediaType reads a Content-Type or Content-Disposition value. Where the parameters break RFC 2045 (spaces, missing quotes,
// text after the value), it takes what it can.
func mediaType(value []byte) (kind string, params map[string]string) {
	if len(value) > 4<<10 {
		value = value[:4<<10]
	}
	s := string(bytes.ToValidUTF8(value, []byte("?")))
	if kind, params, err := mime.ParseMediaType(s); err == nil {
		return kind, params
	}
	head, rest, _ := strings.Cut(s, ";")
	head = strings.ToLower(strings.TrimSpace(head))
	if i := strings.IndexAny(head, " \t("); i >= 0 {
		head = head[:i]
	}
	params = make(map[string]string)
	for rest != "" && len(params) < 20 {
		var item string
		item, rest = cutParameter(rest)
		name, v, ok := strings.Cut(item, "=")
		if !ok {
			continue
		}
		name = strings.ToLower(strings.TrimSpace(name))
		if _, have := params[name]; !have {
			params[name] = strings.Trim(strings.TrimSpace(v), `"`)
		}
	}
	return head, params
}

// cutParameter cuts s at the first semicolon outside quotes.
func cutParameter(s string) (item, rest string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ';' && !quoted:
			return s[:i], s[i+1:]
		}
	}
	if quoted { // the quote is never closed: cut at the semicolon all the same
		item, rest, _ = strings.Cut(s, ";")
		return item, rest
	}
	return s, ""
}

// decoded undoes the transfer encoding (RFC 2045 section 6), tolerantly: a broken or cut end is left out.
func (p part) decoded() []byte {
	switch p.encoding {
	case "base64":
		return lenientBase64(p.body)
	case "quoted-printable":
		return quotedPrintable(p.body)
	}
	return p.body
}

// quotedPrintable undoes RFC 2045 section 6.7 in one pass; broken escapes stay as they are.
func quotedPrintable(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		line := b
		if nl := bytes.IndexByte(b, '\n'); nl >= 0 {
			line, b = b[:nl+1], b[nl+1:]
		} else {
			b = nil
		}
		ended := len(line) > 0 && line[len(line)-1] == '\n'
		line = bytes.TrimRight(line, " \t\r\n")
		soft := len(line) > 0 && line[len(line)-1] == '='
		if soft {
			line = line[:len(line)-1]
		}
		for i := 0; i < len(line); i++ {
			if line[i] == '=' && i+2 < len(line) && isHex(line[i+1]) && isHex(line[i+2]) {
				out = append(out, unhex(line[i+1])<<4|unhex(line[i+2]))
				i += 2
				continue
			}
			out = append(out, line[i])
		}
		if ended && !soft {
			out = append(out, '\n')
		}
	}
	return out
}

// text gives the part's text in UTF-8 with "\n" lines, format=flowed (RFC 3676) undone.
func (p part) text() string {
	b := p.decoded()
	name := p.params["charset"]
	if charsetNamed(name) == nil && bytes.Contains(b, []byte("\x1b$")) {
		name = "iso-2022-jp" // Japanese mail without a charset
	}
	s := toUTF8(b, name)
	if p.kind == "text/plain" && strings.EqualFold(p.params["format"], "flowed") {
		s = unflow(s, strings.EqualFold(p.params["delsp"], "yes"))
	}
	return s
}

// tidyText bounds the text, and takes out what must not reach a terminal or a database: carriage returns, other control
// characters, trailing white space.
func tidyText(s string, w *walk) string {
	if len(s) > 2*MaxText {
		s = strings.ToValidUTF8(s[:2*MaxText], "")
		w.cut("size")
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return '\n'
		case r < ' ' || r == 0x7f || r == '\uFEFF' || r == '\u00AD':
			return -1
		}
		return r
	}, s)
	lines := strings.Split(s, "\n")
	blank := 0
	out := lines[:0]
	for _, line := range lines {
		if line != "-- " { // the signature separator keeps its space (RFC 3676 section 4.3)
			line = strings.TrimRight(line, " \t\u00A0\u3000")
		}
		if line == "" {
			if blank++; blank > 2 {
				continue
			}
		} else {
			blank = 0
		}
		out = append(out, line)
	}
	s = strings.Trim(strings.Join(out, "\n"), "\n")
	if len(s) > MaxText {
		s = strings.ToValidUTF8(s[:MaxText], "")
		w.cut("size")
	}
	return s
}
