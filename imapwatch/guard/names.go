package guard

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// folder reads a folder's name and writes it so that go-imap can read it.
func (s *scan) folder() (string, bool) {
	s.spaces()
	name, ok := s.str()
	if !ok {
		n := bytes.IndexByte(s.b, ' ')
		// An unquoted name with spaces, as poor servers write it, has the rest of the line, unless a list follows.
		if n < 0 || bytes.IndexByte(s.b, '(') < 0 {
			n = len(s.b)
		}
		name, s.b = s.b[:n], s.b[n:]
	}
	if len(name) == 0 {
		return "", false
	}
	return quoted([]byte(readableName(string(name)))), true
}

// readableName gives a folder's name in the modified UTF-7 (RFC 3501 section 5.1.3) that go-imap takes; it refuses the
// whole LIST for one name that is not, like "R&D". Such a name is shown, though the folder cannot be opened by it.
func readableName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(name, "\uFFFD"))
	if validUTF7(name) {
		return name
	}
	return strings.ReplaceAll(name, "&", "&-")
}

var modifiedBase64 = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").WithPadding(base64.NoPadding)

// validUTF7 tells whether each & of a name opens an encoded part, followed by a part that is not, or stands as "&-".
func validUTF7(name string) bool {
	shifted := false // the last thing was an encoded part
	for {
		before, rest, found := strings.Cut(name, "&")
		if !found {
			return true
		}
		shifted = shifted && before == ""
		encoded, after, closed := strings.Cut(rest, "-")
		if !closed {
			return false
		}
		if encoded != "" && (shifted || !validShift(encoded)) {
			return false
		}
		shifted, name = encoded != "", after
	}
}

// validShift tells whether an encoded part is UTF-16 without printable ASCII, as it must be.
func validShift(encoded string) bool {
	data, err := modifiedBase64.DecodeString(encoded)
	if err != nil || len(data) == 0 || len(data)%2 == 1 {
		return false
	}
	for i := 0; i < len(data); i += 2 {
		r := rune(data[i])<<8 | rune(data[i+1])
		switch {
		case utf16.IsSurrogate(r):
			if i += 2; i == len(data) {
				return false
			}
			if utf16.DecodeRune(r, rune(data[i])<<8|rune(data[i+1])) == utf8.RuneError {
				return false
			}
		case r >= ' ' && r <= '~':
			return false
		}
	}
	return true
}
