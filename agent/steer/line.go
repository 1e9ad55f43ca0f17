package steer

import "strings"

// mark begins a line that is meant for followupd and not for the prospect.
const mark = "//"

// Line takes the first line of a draft apart, where it is meant for followupd: "// hold 2 weeks". rest is the text without
// it. Blank lines before it do not count.
func Line(text string) (word, rest string, ok bool) {
	first, rest, _ := strings.Cut(strings.TrimLeft(text, " \t\r\n\u00a0"), "\n")
	word, ok = strings.CutPrefix(strings.TrimSpace(first), mark)
	if !ok {
		return "", text, false
	}
	return strings.TrimSpace(strings.Trim(word, "/ \u00a0")), rest, true
}
