package hand

import "strings"

// Change is a place where the rep changed a draft: the words taken out and those put in instead. One of them may be "".
type Change struct{ Out, In string }

// Changes reads a diff of Compare word by word. It gives the first places that differ, at most so many, and how many more
// there are. Time grows with the square of the diff, which is bounded.
func Changes(diff string, most int) (changes []Change, more int) {
	put := func(out, in []string) {
		switch {
		case len(out)+len(in) == 0:
		case len(changes) == most:
			more++
		default:
			changes = append(changes, Change{strings.Join(out, " "), strings.Join(in, " ")})
		}
	}
	var out, in []string // the words of paragraphs that were changed into one another
	flush := func() {
		i, j := 0, 0
		common(out, in, func(x, y int) {
			put(out[i:x], in[j:y])
			i, j = x+1, y+1
		})
		put(out[i:], in[j:])
		out, in = nil, nil
	}
	for line := range strings.Lines(diff) {
		mark, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		if mark == "-" && len(in) > 0 {
			flush()
		}
		switch mark {
		case "-":
			out = append(out, words(text)...)
		case "+":
			in = append(in, words(text)...)
		}
	}
	flush()
	return changes, more
}
