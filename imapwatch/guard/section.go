package guard

import (
	"bytes"
	"regexp"
)

const (
	partNumber = `[0-9]{1,4}(?:\.[0-9]{1,4}){0,30}`
	fieldName  = `(?:[!#-&+-\[^-z|~]+|"[ !#-\[\]-~]*")`
	fieldList  = `\(` + fieldName + `(?: ` + fieldName + `)*\)`
	partText   = `(?i:HEADER|TEXT|MIME|HEADER\.FIELDS(?:\.NOT)? ` + fieldList + `)`
)

// sectionSyntax is what go-imap can read of "[HEADER.FIELDS (TO CC)]<0>": RFC 9051 section 6.4.5.1.
var sectionSyntax = regexp.MustCompile(
	`^\[(?:` + partText + `|` + partNumber + `(?:\.` + partText + `)?)?\](?:<[0-9]{1,9}>)?$`)

// knownSection tells whether go-imap can read a section's name. All messages of a FETCH have the same one.
func (c *Conn) knownSection(section []byte) bool {
	if bytes.Equal(section, c.section) {
		return true
	}
	if !sectionSyntax.Match(section) {
		return false
	}
	c.section = bytes.Clone(section)
	c.brief = briefly(c.section)
	return true
}

// briefly gives a section's name with the first of its header fields only: "[HEADER.FIELDS (TO)]". The server repeats all
// of them with every message, and go-imap reads them byte by byte: of 29 fields that was a sixth of the processor time of
// a first reading. Nobody needs them, for a FETCH is answered with the fields it asked for.
func briefly(section []byte) []byte {
	from := bytes.IndexByte(section, ' ')
	if from < 0 || bytes.IndexByte(section, '"') >= 0 { // a quoted name may hold anything
		return section
	}
	first := bytes.IndexByte(section[from+1:], ' ')
	end := bytes.IndexByte(section, ')')
	if first < 0 || end < 0 {
		return section
	}
	return append(bytes.Clone(section[:from+1+first]), section[end:]...)
}
