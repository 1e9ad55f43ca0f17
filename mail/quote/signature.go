package quote

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds on what is taken for the closing of a mail.
const (
	maxClosingLines = 16 // lines from "Best regards" to the end
	maxClosingWidth = 90 // letters in each of them
)

// isDelimiter recognises the signature delimiter (RFC 3676 section 4.3, also without its space) and the dash that
// some phones set instead.
func isDelimiter(line string) bool {
	switch strings.TrimRight(line, " \t\u00a0") {
	case "--", "—", "–", "*--*":
		return true
	}
	return false
}

// isMobileSignature recognises "Sent from my iPhone" and its like: a short line of its own that is no sentence.
func isMobileSignature(line string) bool {
	line = strings.ToLower(strings.Trim(line, " \t\u00a0*_[]"))
	if len(line) > 200 || len(line) < 6 || strings.HasSuffix(line, "?") {
		return false
	}
	for _, begin := range tables.mobile {
		if rest, ok := strings.CutPrefix(line, begin); ok {
			if i := strings.IndexAny(rest, "<(["); i >= 0 {
				rest = rest[:i]
			}
			return len(strings.Fields(rest)) <= 7
		}
	}
	return false
}

// isListFooter recognises the rule above a mailing list's footer.
func isListFooter(lines []string, i int) bool {
	line := strings.TrimRight(lines[i], " \t")
	if len(line) < 2 || strings.Trim(line, "_") != "" && (len(line) < 10 || strings.Trim(line, "-") != "") {
		return false
	}
	for j := i + 1; j < len(lines) && j <= i+6; j++ {
		lower := strings.ToLower(lines[j])
		for _, mark := range []string{"mailing list", "unsubscribe", "mailman/listinfo", "abmelden", "se désabonner"} {
			if strings.Contains(lower, mark) {
				return true
			}
		}
		if len(lower) > 80 && isLegal(lines, j) {
			return true
		}
	}
	return false
}

// isLegal recognises the first line of a disclaimer: a paragraph of its own that speaks of the mail itself.
func isLegal(lines []string, i int) bool {
	if i == 0 || !isBlank(lines[i-1]) && strings.Trim(lines[i-1], "_-*= ") != "" || isBlank(lines[i]) {
		return false
	}
	paragraph := lines[i]
	for j := i + 1; j < len(lines) && j <= i+2 && !isBlank(lines[j]); j++ {
		paragraph += " " + lines[j]
	}
	if len(paragraph) < 50 || len(paragraph) > 4000 {
		return false
	}
	paragraph = strings.ToLower(paragraph)
	for _, phrase := range tables.legal {
		if strings.Contains(paragraph, phrase) {
			return true
		}
	}
	return false
}

// cutClosing splits the closing and the name block from the end of a person's lines: "Best regards\nAnna Berg\nAcme",
// "-Anna", or a block of name, telephone and address alone.
func cutClosing(lines []string) (own, signature []string) {
	end := len(lines)
	for end > 0 && isBlank(lines[end-1]) {
		end--
	}
	first := max(0, end-maxClosingLines)
	for i := first; i < end; i++ {
		if isClosing(lines[i]) && fitsBlock(lines[i+1:end]) {
			return lines[:i], lines[i:end]
		}
	}
	if end > 1 && isDashedName(lines[end-1]) {
		return lines[:end-1], lines[end-1 : end]
	}
	start := end
	for start > first && !isBlank(lines[start-1]) {
		start--
	}
	if start > 0 && isContactBlock(lines, start, end) {
		return lines[:start], lines[start:end]
	}
	return lines, nil
}

// isClosing recognises a line that only closes the mail, perhaps with the name behind it.
func isClosing(line string) bool {
	line = strings.ToLower(strings.TrimSpace(line))
	if line == "" || len(line) > 90 {
		return false
	}
	bare := strings.TrimRight(strings.Trim(line, "*_ "), ",.!;。、 ")
	if tables.closings[bare] {
		return true
	}
	before, after, ok := strings.Cut(bare, ",")
	return ok && tables.closings[strings.TrimSpace(before)] && len(strings.Fields(after)) <= 4
}

// fitsBlock tells whether lines can be a name block: short, no question, not too many.
func fitsBlock(lines []string) bool {
	for _, line := range lines {
		line = strings.TrimSpace(line)
		if utf8.RuneCountInString(line) > maxClosingWidth && !strings.Contains(line, "http") && !strings.ContainsAny(line, "|") || strings.HasSuffix(line, "?") {
			return false
		}
	}
	return true
}

// isDashedName recognises "-Anna Berg" and "/ Anna".
func isDashedName(line string) bool {
	line = strings.TrimSpace(line)
	rest := strings.TrimLeft(line, "-—–/ ")
	if rest == line || rest == "" || len(line) > 40 || len(line)-len(rest) > 4 {
		return false
	}
	words := strings.Fields(rest)
	for _, word := range words {
		first, _ := utf8.DecodeRuneInString(word)
		if !unicode.IsUpper(first) || strings.ContainsAny(word, "0123456789:@?!") {
			return false
		}
	}
	return len(words) <= 3
}

// isContactBlock tells whether lines[start:end], the last paragraph, is a name with telephone, address or site. A
// paragraph announced by a colon is an answer ("please contact:"), not a signature.
func isContactBlock(lines []string, start, end int) bool {
	if end-start < 2 {
		return false
	}
	for i := start - 1; i >= 0; i-- {
		if !isBlank(lines[i]) {
			if strings.HasSuffix(strings.TrimSpace(lines[i]), ":") {
				return false
			}
			break
		}
	}
	marks := 0
	for i := start; i < end; i++ {
		line := strings.TrimSpace(lines[i])
		if utf8.RuneCountInString(line) > maxClosingWidth || endsSentence(line) {
			return false
		}
		if strings.Contains(line, "@") || strings.Contains(line, "www.") || strings.Contains(line, "http") || digitCount(line) >= 7 {
			marks++
		}
	}
	return marks > 0 && isName(lines[start])
}

// isName recognises two to four capitalised words and nothing else.
func isName(line string) bool {
	words := strings.Fields(strings.Trim(line, " *_,"))
	if len(words) < 2 || len(words) > 4 {
		return false
	}
	for _, word := range words {
		first, _ := utf8.DecodeRuneInString(word)
		if !unicode.IsUpper(first) || strings.ContainsAny(word, "0123456789:@") {
			return false
		}
	}
	return true
}

func digitCount(s string) int {
	n := 0
	for i := range len(s) {
		if isDigit(s[i]) {
			n++
		}
	}
	return n
}
