package quote

import (
	"strings"
	"unicode"
)

// introKind says what an introduction means for the text below it.
type introKind int

const (
	introduces introKind = iota // an attribution line, a header block, "Original Message": the original follows
	repeats                     // a line such as "reply above this line"
)

// Bounds on an attribution line that a client wrapped.
const (
	maxAttributionLines = 4
	maxAttributionBytes = 500
)

// introduction tells how many lines at i introduce a quoted or forwarded mail; 0 for none.
func introduction(lines []string, i int) (n int, kind introKind) {
	line := strings.TrimSpace(lines[i])
	if line == "" || len(line) > maxAttributionBytes || isQuoted(line) {
		return 0, introduces
	}
	if n := headerBlock(lines, i, 2); n > 0 {
		return n, introduces
	}
	if isSeparator(line) {
		n := 1
		if next := skipBlank(lines, i+1); next < len(lines) {
			if m := headerBlock(lines, next, 1); m > 0 {
				n = next + m - i
			}
		}
		return n, introduces
	}
	if isRule(line) {
		if next := skipBlank(lines, i+1); next < len(lines) && next-i <= 3 {
			if m := headerBlock(lines, next, 1); m > 0 {
				return next + m - i, introduces
			}
		}
		return 0, introduces
	}
	return attribution(lines, i), introduces
}

// isSeparator recognises "-----Original Message-----" and "Begin forwarded message:" in all languages.
func isSeparator(line string) bool {
	if !decorates(line[0]) && !decorates(line[len(line)-1]) {
		return false // neither dashes around it nor a colon behind it: nearly every line
	}
	bare := strings.Trim(line, "-—–_=*> \t\u00a0")
	bare = strings.ToLower(strings.TrimRight(bare, ":： "))
	if len(bare) == 0 || len(bare) > 80 || !tables.original[bare] {
		return false
	}
	return len(bare) < len(line) // dashes around it, or a colon behind it
}

// decorates says that a byte may begin or end a dash or a colon, of any width.
func decorates(c byte) bool {
	return c == '-' || c == '_' || c == '=' || c == '*' || c == '>' || c == ':' || c >= 0x80
}

// isRule recognises Outlook's line of underscores.
func isRule(line string) bool {
	return len(line) >= 5 && (strings.Trim(line, "_") == "" || strings.Trim(line, "-") == "")
}

// headerBlock tells how many lines at i are the header of a quoted mail ("From: … Sent: … Subject: …"): a From
// label and at least least labels of other kinds below it, before any line of text.
func headerBlock(lines []string, i, least int) int {
	kind, value := field(lines[i])
	if kind == 0 {
		return 0
	}
	start := kind
	seen := kind
	others, end := 0, i+1
	for j := i + 1; j < len(lines) && j <= i+12; j++ {
		if isBlank(lines[j]) {
			if next := skipBlank(lines, j); next < len(lines) && next == j+1 {
				if kind, _ := field(lines[next]); kind != 0 && seen&kind == 0 {
					continue
				}
			}
			break
		}
		kind, _ := field(lines[j])
		if kind == 0 {
			if j+1 < len(lines) { // a long line of recipients goes on below its label
				if next, _ := field(lines[j+1]); next != 0 && seen&next == 0 {
					continue
				}
			}
			break
		}
		if seen&kind != 0 && kind != labelCopied {
			break
		}
		if seen&kind == 0 {
			others++
		}
		seen |= kind
		end = j + 1
	}
	switch {
	case seen&labelFrom == 0, start&(labelFrom|labelSent|labelSubject|labelTo) == 0:
		return 0
	case start != labelFrom && others < 3:
		return 0
	case others < least && !(others == 1 && strings.Contains(value, "@")):
		return 0
	}
	return end - i
}

const longestLabel = 40 // bytes before the colon

// field gives the kind of the header label that a line starts with, and what follows it; 0 for no label.
func field(line string) (kind label, value string) {
	line = strings.TrimLeft(line, " \t\u00a0*")
	head := line[:min(len(line), longestLabel+len("："))]
	colon := strings.IndexByte(head, ':')
	if wide := strings.Index(head, "："); wide >= 0 && (colon < 0 || wide < colon) {
		colon = wide
	}
	if colon < 1 || colon > longestLabel {
		return 0, ""
	}
	name := strings.ToLower(strings.Trim(line[:colon], " \t\u00a0*"))
	return tables.labels[name], strings.TrimLeft(line[colon:], ":：* \t\u00a0")
}

// attribution tells how many lines at i are an attribution ("On 5 May 2026, Anna Berg wrote:"), wrapped or not.
func attribution(lines []string, i int) int {
	starts := startsAttribution(lines[i])
	joined := ""
	for n := 1; n <= maxAttributionLines && i+n <= len(lines); n++ {
		line := strings.TrimSpace(lines[i+n-1])
		if line == "" || n > 1 && isQuoted(line) && !opensAddress(joined) || len(joined)+len(line) > maxAttributionBytes {
			return 0
		}
		if n > 1 && (!starts || startsWithOpenerAndDigit(line)) {
			return 0
		}
		joined += " " + line
		if isAttribution(joined, starts) {
			return n
		}
	}
	return 0
}

// opensAddress tells whether the line above broke off inside "<…>", so that a ">" closes it and marks no quote.
func opensAddress(s string) bool {
	return strings.LastIndexByte(s, '<') > strings.LastIndexByte(s, '>')
}

// startsAttribution tells whether a line can be the first of a wrapped attribution.
func startsAttribution(line string) bool {
	line = strings.TrimLeft(strings.ToLower(line), "-—* \t\u00a0")
	if line == "" {
		return false
	}
	if line[0] >= '0' && line[0] <= '9' {
		return true
	}
	for _, opener := range tables.openers {
		if rest, ok := strings.CutPrefix(line, opener); ok {
			if rest == "" || strings.HasPrefix(rest, " ") || strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, ",") || strings.HasPrefix(rest, "\u00a0") || rest[0] >= '0' && rest[0] <= '9' {
				return true
			}
		}
	}
	return false
}

func startsWithOpenerAndDigit(line string) bool {
	return startsAttribution(line) && strings.ContainsAny(line, "0123456789") && unicode.IsUpper([]rune(line)[0])
}

// isAttribution judges a whole attribution, unwrapped.
func isAttribution(line string, starts bool) bool {
	line = strings.ToLower(strings.TrimLeft(line, "-—* \t\u00a0"))
	bare := strings.TrimRight(line, ":：* \t\u00a0")
	colon := len(bare) < len(strings.TrimRight(line, "* \t\u00a0"))
	address := strings.Contains(bare, "@")
	digits := strings.ContainsAny(bare, "0123456789")
	for _, verb := range tables.wrote {
		if before, ok := strings.CutSuffix(bare, verb); ok && endsWord(before, verb) {
			return digits && (colon || starts) && (starts || address || hasTime(bare) || hasYear(bare)) && (colon || address) || address && colon
		}
		if !colon {
			continue
		}
		// "schrieb Anna Berg <anna@acme.example>:", "Anna Berg <…> schrieb am 5. Mai 2026 um 10:12:"
		if before, after, ok := strings.Cut(bare, verb+" "); ok && endsWord(before, verb) && digits {
			if address && (hasTime(bare) || hasYear(bare)) || starts && hasTime(before) && len(after) < 80 {
				return true
			}
		}
	}
	return colon && address && (hasTime(bare) || hasYear(bare)) && strings.ContainsAny(bare, "<(\"")
}

// endsWord keeps "rewrote" and the like from being taken for the verb. Scripts without spaces have no such border.
func endsWord(before, verb string) bool {
	if before == "" || verb[0] >= 0xe0 {
		return true
	}
	return strings.HasSuffix(before, " ") || strings.HasSuffix(before, "\u00a0") || strings.HasSuffix(before, ">")
}

func hasTime(s string) bool {
	for i := 1; i+2 < len(s); i++ {
		if (s[i] == ':' || s[i] == 'h' || s[i] == '.') && isDigit(s[i-1]) && isDigit(s[i+1]) && isDigit(s[i+2]) {
			return true
		}
	}
	return false
}

func hasYear(s string) bool {
	for i := 0; i+4 <= len(s); i++ {
		if (s[i:i+2] == "20" || s[i:i+2] == "19") && isDigit(s[i+2]) && isDigit(s[i+3]) &&
			(i == 0 || !isDigit(s[i-1])) && (i+4 == len(s) || !isDigit(s[i+4])) {
			return true
		}
	}
	return false
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
