package tracker

import (
	"hash/fnv"
	"strings"
)

// writtenLines gives fingerprints of the lines of a text that are long enough to be told from others.
func writtenLines(text string) []uint32 {
	return fingerprints(text, func(string, bool) bool { return true })
}

// quotedLines gives fingerprints of the lines that a mail repeats of an earlier one: those that bear a quote mark, and those
// that its writer did not newly write, as Outlook puts them below.
func quotedLines(text, written string) []uint32 {
	fresh := make(map[string]struct{})
	for line := range strings.Lines(written) {
		fresh[strings.TrimSpace(line)] = struct{}{}
	}
	return fingerprints(text, func(line string, marked bool) bool {
		_, new := fresh[line]
		return marked || !new
	})
}

func fingerprints(text string, wanted func(line string, marked bool) bool) []uint32 {
	const shortest = 24 // bytes
	var prints []uint32
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		bare := strings.TrimSpace(strings.TrimLeft(line, "> \t"))
		if len(bare) < shortest || !wanted(line, strings.HasPrefix(line, ">")) {
			continue
		}
		h := fnv.New32a()
		h.Write([]byte(strings.ToLower(bare)))
		if prints = append(prints, h.Sum32()); len(prints) == keptQuotes {
			break
		}
	}
	return prints
}
