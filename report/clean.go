package report

import (
	"fmt"
	"strings"
	"unicode"
)

// Clean makes a stranger's text safe to print on one line of a terminal or a log: line breaks become spaces, control and
// bidirectional-override characters are shown as codes (RELIABILITY 3.4).
func Clean(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			b.WriteByte(' ')
		case hidden(r):
			fmt.Fprintf(&b, "\\u%04x", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// CleanLines is Clean for a text of several lines.
func CleanLines(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, l := range lines {
		lines[i] = Clean(l)
	}
	return strings.Join(lines, "\n")
}

// hidden says that a rune moves the cursor, ends a line or changes what stands around it instead of being seen: control
// characters (C0, DEL, C1), the separators of lines and paragraphs, and changes of direction.
func hidden(r rune) bool {
	return unicode.IsControl(r) || r == 0x2028 || r == 0x2029 || isDirection(r)
}

// isDirection says whether a rune changes the direction of the text around it (Unicode TR9 embeddings, overrides, isolates).
func isDirection(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c
}

// Cut shortens a text to n runes, the last of them an ellipsis.
func Cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:max(n-1, 0)]) + "…"
}
