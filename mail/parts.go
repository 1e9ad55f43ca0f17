package mail

import (
	"bytes"
	"strings"
)

// walk goes through the parts of one message and gathers what Content holds.
type walk struct {
	content *Content
	parts   int
	notice  string // the words for people in a multipart/report: its first readable part
}

// shown is the text that a reader would see of a part and all below it.
type shown struct {
	text     string
	fromHTML bool
}

func (w *walk) cut(bound string) {
	if w.content.Cut == "" {
		w.content.Cut = bound
	}
}

// part reads one part and returns the text that a reader would see of it.
func (w *walk) part(p part, depth int) shown {
	switch {
	case w.parts >= MaxParts:
		w.cut("parts")
		return shown{}
	case depth > MaxDepth:
		w.cut("depth")
		return shown{}
	case len(p.header) > MaxHeader:
		w.cut("header")
		p = readPart(p.header[:MaxHeader], p.body)
	}
	w.parts++
	switch {
	case strings.HasPrefix(p.kind, "multipart/"):
		return w.multipart(p, depth)
	case p.kind == "message/delivery-status", p.kind == "message/global-delivery-status":
		w.deliveryStatus(p)
	case p.kind == "message/disposition-notification", p.kind == "message/global-disposition-notification":
		w.dispositionNotification(p)
	case p.kind == "message/feedback-report":
		w.feedbackReport(p)
	case p.kind == "text/rfc822-headers", p.kind == "message/rfc822-headers", p.kind == "message/global-headers":
		w.embedded(p.decoded())
	case p.kind == "message/rfc822", p.kind == "message/global":
		w.embedded(p.decoded())
		w.attach(p)
	case p.kind == "text/calendar":
		if !w.calendar(p) {
			w.attach(p)
		}
	case p.kind == "application/ics" && w.content.Calendar == nil:
		w.calendar(p)
		w.attach(p)
	case p.attachment, !isReadable(p.kind):
		w.attach(p)
	case p.kind == "text/html", p.kind == "text/enriched":
		return shown{htmlText(p.text()), true}
	default:
		return shown{p.text(), false}
	}
	return shown{}
}

// isReadable says that a part is text a person reads in place, not a file of text.
func isReadable(kind string) bool {
	switch kind {
	case "text/plain", "text/html", "text/enriched", "text", "plain/text", "text/richtext", "":
		return true
	}
	return !strings.Contains(kind, "/")
}

// attach notes the name of an attached file. Pictures of a signature, shown in place, are none.
func (w *walk) attach(p part) {
	if strings.HasPrefix(p.kind, "image/") && !p.attachment || strings.HasPrefix(p.kind, "application/pkcs7-signature") ||
		p.kind == "application/pgp-signature" || len(w.content.Attachments) >= 50 {
		return
	}
	name := p.file
	if len(name) > 200 {
		name = strings.ToValidUTF8(name[:200], "")
	}
	w.content.Attachments = append(w.content.Attachments, name)
}

// multipart reads the parts of a multipart body. Of alternatives (RFC 2046 section 5.1.4) the plain text is kept where it says anything,
// else the HTML; of all others the texts one after the other.
func (w *walk) multipart(p part, depth int) shown {
	report := p.kind == "multipart/report"
	if report && w.content.Report == nil {
		w.content.Report = &Report{Type: strings.ToLower(p.params["report-type"])}
	}
	children := splitMultipart(p.decoded(), p.params["boundary"])
	if children == nil { // no boundary in sight: the body may still say something
		if looksLikeText(p.body) {
			return shown{toUTF8(p.body, ""), false}
		}
		return shown{}
	}
	var texts []shown
	for _, child := range children {
		if w.parts >= MaxParts {
			w.cut("parts")
			break
		}
		header, body := splitHeader(child)
		c := readPart(header, body)
		if p.kind == "multipart/digest" && c.params == nil && c.kind == "text/plain" {
			c.kind = "message/rfc822" // RFC 2046 section 5.1.5
		}
		t := w.part(c, depth+1)
		if strings.TrimSpace(t.text) == "" {
			continue
		}
		texts = append(texts, t)
		if report && w.notice == "" {
			w.notice = t.text
		}
	}
	if p.kind == "multipart/alternative" {
		return bestAlternative(texts)
	}
	return joinTexts(texts)
}

func bestAlternative(texts []shown) shown {
	for _, t := range texts {
		if !t.fromHTML {
			return t
		}
	}
	if len(texts) > 0 {
		return texts[len(texts)-1]
	}
	return shown{}
}

func joinTexts(texts []shown) shown {
	switch len(texts) {
	case 0:
		return shown{}
	case 1:
		return texts[0]
	}
	all := make([]string, len(texts))
	html := true
	for i, t := range texts {
		all[i] = strings.TrimRight(t.text, "\n")
		html = html && t.fromHTML
	}
	return shown{strings.Join(all, "\n\n"), html}
}

// splitMultipart cuts a multipart body at its delimiter lines (RFC 2046 section 5.1.1), in one pass. A body cut before
// its last delimiter gives what there is; nil means that no delimiter was found. More than MaxParts are not cut out.
func splitMultipart(body []byte, boundary string) [][]byte {
	if boundary == "" {
		boundary = guessBoundary(body)
		if boundary == "" {
			return nil
		}
	}
	delimiter := []byte("--" + boundary)
	var children [][]byte
	start := -1
	for pos := 0; pos < len(body); {
		end := len(body)
		if nl := bytes.IndexByte(body[pos:], '\n'); nl >= 0 {
			end = pos + nl + 1
		}
		if line := body[pos:end]; bytes.HasPrefix(line, delimiter) {
			rest := bytes.TrimRight(line[len(delimiter):], " \t\r\n")
			last := bytes.Equal(rest, []byte("--"))
			if last || len(rest) == 0 {
				if start >= 0 {
					children = append(children, withoutLastBreak(body[start:pos]))
				}
				start = end
				if last {
					return children
				}
				if len(children) > MaxParts {
					return children
				}
			}
		}
		pos = end
	}
	if start >= 0 && start < len(body) {
		children = append(children, body[start:])
	}
	return children
}

// withoutLastBreak drops the line break before a delimiter, which belongs to it.
func withoutLastBreak(b []byte) []byte {
	b = bytes.TrimSuffix(b, []byte("\n"))
	return bytes.TrimSuffix(b, []byte("\r"))
}

// guessBoundary takes the first line that begins with "--" for the delimiter, where the header names none.
func guessBoundary(body []byte) string {
	for len(body) > 0 {
		line := body
		if nl := bytes.IndexByte(body, '\n'); nl >= 0 {
			line, body = body[:nl], body[nl+1:]
		} else {
			body = nil
		}
		if line = bytes.TrimRight(line, " \t\r"); len(line) > 2 && len(line) <= 76 && bytes.HasPrefix(line, []byte("--")) {
			return string(line[2:])
		}
	}
	return ""
}

// looksLikeText says that the start of b holds no NUL byte.
func looksLikeText(b []byte) bool { return bytes.IndexByte(b[:min(len(b), 1024)], 0) < 0 }
