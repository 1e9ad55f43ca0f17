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
	return true
}
