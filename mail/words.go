package mail

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// decodeText reads an unstructured header value: encoded words (RFC 2047), raw UTF-8 (RFC 6532), and the raw 8-bit or
// ISO-2022-JP text that old programs put there. The result is valid UTF-8 on one line.
func decodeText(value []byte) string {
	if len(value) > maxValue {
		value = value[:maxValue]
	}
	if isPlain(value) && !bytes.Contains(value, []byte("=?")) {
		return string(value)
	}
	return oneLine(decodeWords(value))
}

// isPlain says that b is printable ASCII.
func isPlain(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

// word is an encoded word, with its transfer encoding taken off.
type word struct {
	charset string
	bytes   []byte
}

// decodeWords decodes the encoded words in value. White space between two of them is dropped (RFC 2047 section 6.2),
// and neighbours of one charset are joined before they are decoded: many programs cut inside a character.
func decodeWords(value []byte) string {
	var out strings.Builder
	var open word // words collected, not yet written
	flush := func() {
		if open.bytes != nil {
			out.WriteString(toUTF8(open.bytes, open.charset))
			open = word{}
		}
	}
	for len(value) > 0 {
		start := bytes.Index(value, []byte("=?"))
		if start < 0 {
			flush()
			out.WriteString(rawText(value))
			break
		}
		w, length, ok := scanWord(value[start:])
		if !ok {
			flush()
			out.WriteString(rawText(value[:start+2]))
			value = value[start+2:]
			continue
		}
		if between := value[:start]; open.bytes == nil || len(bytes.TrimSpace(between)) > 0 {
			flush()
			out.WriteString(rawText(between))
		}
		if open.bytes != nil && !strings.EqualFold(open.charset, w.charset) {
			flush()
		}
		open.charset, open.bytes = w.charset, append(open.bytes, w.bytes...)
		if open.bytes == nil {
			open.bytes = []byte{}
		}
		value = value[start+length:]
	}
	flush()
	return out.String()
}

// scanWord reads the encoded word that b starts with: "=?charset?B|Q?text?=". It accepts spaces in the text, which
// RFC 2047 forbids and mail programs write.
func scanWord(b []byte) (w word, length int, ok bool) {
	rest := b[2:]
	q1 := bytes.IndexByte(rest[:min(len(rest), 64)], '?')
	if q1 <= 0 || len(rest) < q1+3 || rest[q1+2] != '?' {
		return word{}, 0, false
	}
	name, _, _ := strings.Cut(string(rest[:q1]), "*") // RFC 2231 section 5: a language may follow
	text := rest[q1+3:]
	// The text may itself begin with "=" ("?Q?=C3=9C?="), so the end is the first "?=".
	end := bytes.Index(text, []byte("?="))
	if end < 0 {
		return word{}, 0, false
	}
	w.charset = name
	switch rest[q1+1] {
	case 'B', 'b':
		w.bytes = lenientBase64(text[:end])
	case 'Q', 'q':
		w.bytes = decodeQ(text[:end])
	default:
		return word{}, 0, false
	}
	return w, 2 + q1 + 3 + end + 2, true
}

// decodeQ undoes the Q encoding (RFC 2047 section 4.2); broken escapes stay as they are.
func decodeQ(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '_':
			out = append(out, ' ')
		case c == '=' && i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]):
			out = append(out, unhex(text[i+1])<<4|unhex(text[i+2]))
			i += 2
		default:
			out = append(out, c)
		}
	}
	return out
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}

// lenientBase64 decodes what of b is base64, passing over line breaks, foreign characters and missing padding.
func lenientBase64(b []byte) []byte {
	clean := make([]byte, 0, len(b))
	for _, c := range b {
		switch {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '+', c == '/':
			clean = append(clean, c)
		}
	}
	if len(clean)%4 == 1 {
		clean = clean[:len(clean)-1]
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, _ := base64.RawStdEncoding.Decode(out, clean)
	return out[:n]
}

// rawText reads header bytes outside encoded words.
func rawText(b []byte) string {
	if isPlain(b) {
		return string(b)
	}
	if bytes.Contains(b, []byte("\x1b$")) {
		return toUTF8(b, "iso-2022-jp")
	}
	return toUTF8(b, "")
}

// toUTF8 decodes text of the charset named; an unknown or missing one is taken for UTF-8 where the bytes are valid
// UTF-8, else for windows-1252, which holds ISO 8859-1. The result is always valid UTF-8.
func toUTF8(b []byte, name string) string {
	if e := charsetNamed(name); e != nil {
		if decoded, err := e.NewDecoder().Bytes(b); err == nil {
			return strings.ToValidUTF8(string(decoded), "\uFFFD")
		}
	}
	if utf8.Valid(b) {
		return string(b)
	}
	if isUTF8(name) {
		return string(bytes.ToValidUTF8(b, []byte("\uFFFD")))
	}
	decoded, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return string(bytes.ToValidUTF8(b, []byte("\uFFFD")))
	}
	return string(decoded)
}

func isUTF8(name string) bool {
	return strings.EqualFold(name, "utf-8") || strings.EqualFold(name, "utf8")
}

// charsetNamed gives the encoding of a MIME charset name, or nil where the bytes are to be taken as they are. Text that
// says it is US-ASCII or nothing at all may be anything.
func charsetNamed(name string) encoding.Encoding {
	name = strings.ToLower(strings.Trim(name, " \t\"'"))
	switch name {
	case "", "utf-8", "utf8", "us-ascii", "ascii", "x-unknown", "unknown", "unknown-8bit", "default":
		return nil
	case "cp932", "ms932", "x-sjis":
		name = "shift_jis"
	case "cp936":
		name = "gbk"
	case "iso-8859-8-i":
		name = "iso-8859-8"
	}
	e, _ := charset.Lookup(name)
	if e == encoding.Replacement {
		return nil
	}
	return e
}

// oneLine makes a decoded header value safe to show and to write back: control characters become spaces, so that no
// decoded line break can end a field.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}
