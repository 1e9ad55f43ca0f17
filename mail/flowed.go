package mail

import "strings"

// unflow joins the soft line breaks of format=flowed text (RFC 3676 section 4.2) and takes space-stuffing off. Quote marks
// stay before each joined line, followed by one space.
func unflow(s string, delSp bool) string {
	var out strings.Builder
	out.Grow(len(s))
	openDepth, open := 0, false // a line that flows on
	for line := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		depth := 0
		for depth < len(line) && line[depth] == '>' {
			depth++
		}
		line = line[depth:]
		line = strings.TrimPrefix(line, " ")
		signature := line == "-- "
		if open && (depth != openDepth || signature) {
			out.WriteByte('\n')
			open = false
		}
		if !open {
			out.WriteString(strings.Repeat(">", depth))
			if depth > 0 && line != "" {
				out.WriteByte(' ')
			}
		}
		flows := strings.HasSuffix(line, " ") && !signature
		if flows && delSp {
			line = line[:len(line)-1]
		}
		out.WriteString(line)
		open, openDepth = flows, depth
		if !open {
			out.WriteByte('\n')
		}
	}
	return strings.TrimRight(out.String(), "\n") + "\n"
}
