package hand

import "strings"

const (
	maxWords = 600  // of a text that are compared: no follow-up has more
	maxDiff  = 2000 // bytes of a diff
)

// Compare says how much of a draft is in the mail that was sent, and how they differ: the share of the words of both that
// stand in both in the same order, and the sentences taken out (-) and put in (+). Time grows with the product of the words,
// which are bounded.
func Compare(draft, sent string) (kept float64, diff string) {
	a, b := words(draft), words(sent)
	if len(a)+len(b) == 0 {
		return 1, ""
	}
	kept = 2 * float64(common(a, b, func(int, int) {})) / float64(len(a)+len(b))
	if kept >= same {
		return kept, ""
	}
	from, to := lines(draft), lines(sent)
	var out strings.Builder
	put := func(mark, line string) {
		if out.Len()+len(line)+3 <= maxDiff {
			out.WriteString(mark + " " + line + "\n")
		}
	}
	i, j := 0, 0
	common(from, to, func(x, y int) {
		for ; i < x; i++ {
			put("-", from[i])
		}
		for ; j < y; j++ {
			put("+", to[j])
		}
		i, j = x+1, y+1
	})
	for ; i < len(from); i++ {
		put("-", from[i])
	}
	for ; j < len(to); j++ {
		put("+", to[j])
	}
	return kept, strings.TrimSuffix(out.String(), "\n")
}

func words(s string) []string {
	all := strings.Fields(s)
	return all[:min(len(all), maxWords)]
}

// lines gives the paragraphs of a text, each in one line, for a client may wrap them anew.
func lines(s string) []string {
	var out []string
	for p := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" && len(out) < maxWords {
			out = append(out, p)
		}
	}
	return out
}

// common gives the length of a longest common subsequence, and tells where its elements stand in both.
func common(a, b []string, each func(x, y int)) int {
	longest := make([][]int, len(a)+1)
	for i := range longest {
		longest[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			each(i, j)
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return longest[0][0]
}
