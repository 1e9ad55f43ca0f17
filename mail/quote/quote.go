// Package quote tells what a person newly wrote from what the mail client put below it: quoted mails, attribution
// lines, forwarded blocks, signatures and footers. It is pure and linear in the length of the text.
package quote

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parts are the pieces of a mail's text, in order of reading. New is what the person wrote this time, trimmed.
//
// What New keeps: greeting, every sentence, a bare first name below it, "Thanks". What goes to Signature: all from
// the "-- " line on; a line such as "Best regards" with the name and the address block that follow; "Sent from my
// iPhone"; a mailing list's footer; a disclaimer.
type Parts struct {
	New       string
	Signature string
	Quoted    string // with its attribution line; "" where nothing is quoted
	Header    string // the attribution line or block that introduces Quoted ("On … wrote:", "Von: …"), "" if there is none
}

// Cut splits a text. It never loses bytes that a person may have written between quotes: an inline answer below a
// quoted line is part of New. Without quote marks an answer written into or below the original cannot be told from
// it: all that follows an attribution line or header block is then Quoted.
func Cut(text string) Parts {
	c := cutter{lines: splitLines(text)}
	c.run()
	return Parts{
		New:       strings.Join(c.newText, "\n\n"),
		Signature: trimBlank(c.signature),
		Quoted:    trimBlank(c.quoted),
		Header:    c.header,
	}
}

// cutter walks over the lines once.
type cutter struct {
	lines     []string
	newText   []string // segments of new text, trimmed, in order
	open      []string // the segment being read
	signature []string
	quoted    []string
	header    string
}

func (c *cutter) run() {
	for i := 0; i < len(c.lines); {
		line := c.lines[i]
		if n, kind := introduction(c.lines, i); n > 0 {
			c.closeSegment()
			i = c.takeQuote(i, n, kind)
			continue
		}
		switch {
		case isQuoted(line):
			c.closeSegment()
			i = c.takeQuotedRun(i)
		case isDelimiter(line), isListFooter(c.lines, i), isLegal(c.lines, i):
			c.closeSegment()
			i = c.takeSignature(i)
		case isMobileSignature(line):
			c.closeSegment()
			i = c.takeMobileSignature(i)
		default:
			c.open = append(c.open, line)
			i++
		}
	}
	c.closeSegment()
}

// closeSegment ends a run of the person's own lines, cutting the closing and the name block at its end.
func (c *cutter) closeSegment() {
	own, signature := cutClosing(c.open)
	c.signature = append(c.signature, signature...)
	if s := trimBlank(own); s != "" {
		c.newText = append(c.newText, s)
	}
	c.open = c.open[:0]
}

// takeQuote takes the introduction at line i, n lines long, and what it introduces.
func (c *cutter) takeQuote(i, n int, kind introKind) int {
	if c.header == "" {
		c.header = strings.TrimSpace(strings.Join(c.lines[i:i+n], "\n"))
	}
	c.quoted = append(c.quoted, c.lines[i:i+n]...)
	i += n
	next := skipBlank(c.lines, i)
	if next < len(c.lines) && isQuoted(c.lines[next]) {
		c.quoted = append(c.quoted, c.lines[i:next]...)
		return c.takeQuotedRun(next)
	}
	if kind == repeats { // the quote marks will follow: a reply marker, or nothing at all
		return i
	}
	c.quoted = append(c.quoted, c.lines[i:]...)
	return len(c.lines)
}

// takeQuotedRun takes the lines marked with ">" and the tails that a mail client broke off them.
func (c *cutter) takeQuotedRun(i int) int {
	for i < len(c.lines) {
		if !isQuoted(c.lines[i]) && !isBrokenTail(c.lines, i) {
			break
		}
		c.quoted = append(c.quoted, c.lines[i])
		i++
	}
	return i
}

// takeSignature takes everything up to the next quote.
func (c *cutter) takeSignature(i int) int {
	c.signature = append(c.signature, c.lines[i])
	for i++; i < len(c.lines); i++ {
		if n, _ := introduction(c.lines, i); n > 0 || isQuoted(c.lines[i]) {
			break
		}
		c.signature = append(c.signature, c.lines[i])
	}
	return i
}

// takeMobileSignature takes "Sent from my iPhone". Phones put it below the answer, so that what follows it is the
// original, even without any mark; above an empty answer it stands before a text written below it.
func (c *cutter) takeMobileSignature(i int) int {
	c.signature = append(c.signature, c.lines[i])
	i++
	if len(c.newText) == 0 {
		return i
	}
	for ; i < len(c.lines); i++ {
		if n, _ := introduction(c.lines, i); n > 0 || isQuoted(c.lines[i]) || isDelimiter(c.lines[i]) || isMobileSignature(c.lines[i]) {
			break
		}
		c.quoted = append(c.quoted, c.lines[i])
	}
	return i
}

func isQuoted(line string) bool {
	line = strings.TrimLeft(line, " \t\u00a0")
	return strings.HasPrefix(line, ">") || strings.HasPrefix(line, "|>")
}

// isBrokenTail tells whether line i is the end of the quoted line above it: some clients break long quoted lines
// after the mark was set ("> … accumsan\nest viverra").
func isBrokenTail(lines []string, i int) bool {
	if i == 0 || !isQuoted(lines[i-1]) || utf8.RuneCountInString(lines[i-1]) < 60 {
		return false
	}
	line := strings.TrimSpace(lines[i])
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(line, `"'“(<`))
	if line == "" || !unicode.IsLower(first) {
		return false
	}
	if i+1 < len(lines) && isQuoted(lines[i+1]) {
		return true
	}
	return len(line) < 40 && !endsSentence(lines[i-1]) && (i+1 == len(lines) || strings.TrimSpace(lines[i+1]) == "")
}

func endsSentence(line string) bool {
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(line, " \t\"')”"))
	return strings.ContainsRune(".?!:。？！", last)
}

func splitLines(text string) []string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func skipBlank(lines []string, i int) int {
	for i < len(lines) && isBlank(lines[i]) {
		i++
	}
	return i
}

func isBlank(line string) bool { return strings.TrimSpace(line) == "" }

// trimBlank joins lines without the blank ones at either end and without white space at the end of a line.
func trimBlank(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(strings.TrimRightFunc(line, unicode.IsSpace))
		b.WriteByte('\n')
	}
	return strings.TrimSpace(b.String())
}
