package rules

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// folded is a text as the phrase rules see it: lower case, no accents, straight quotation marks, white space run
// together; with the way back to the original.
type folded struct {
	text     string
	at       []int // for each byte of text, its offset in the original
	original string
	breaks   []int // offsets of line breaks in the original
}

func fold(s string) folded {
	f := folded{original: s}
	var b strings.Builder
	put := func(p string, at int) {
		for range len(p) {
			f.at = append(f.at, at)
		}
		b.WriteString(p)
	}
	space := false
	for i, r := range s {
		if r == '\n' {
			f.breaks = append(f.breaks, i)
		}
		if unicode.IsSpace(r) {
			if !space {
				put(" ", i)
			}
			space = true
			continue
		}
		switch space = false; r {
		case '’', '‘', '´', '`', 'ʼ':
			put("'", i)
		case '“', '”', '„', '«', '»':
			put(`"`, i)
		case '‐', '‑', '–', '—':
			put("-", i)
		case 'ß':
			put("s", i)
		case '\u00ad', '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff': // invisible: a phrase stays the phrase
		default:
			if r >= utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) {
				put(" ", i)
				continue
			}
			put(base(r), i)
		}
	}
	f.text = b.String()
	return f
}

// base gives the letter without its accent, in lower case.
func base(r rune) string {
	r = unicode.ToLower(r)
	if r < utf8.RuneSelf {
		return string(r)
	}
	if d := norm.NFKD.String(string(r)); d != "" {
		first, n := utf8.DecodeRuneInString(d)
		for _, rest := range d[n:] {
			if !unicode.Is(unicode.Mn, rest) {
				return d
			}
		}
		return string(first)
	}
	return string(r)
}

// line gives the 1-based line of an offset in the folded text.
func (f folded) line(offset int) int {
	return sort.SearchInts(f.breaks, f.at[offset]) + 1
}

// paragraph says whether the white space at an offset of the folded text holds an empty line.
func (f folded) paragraph(offset int) bool {
	end := len(f.original)
	if offset+1 < len(f.at) {
		end = f.at[offset+1]
	}
	return strings.Count(f.original[f.at[offset]:end], "\n") > 1
}

// words gives what stands in the original between two offsets of the folded text.
func (f folded) words(from, to int) string {
	end := len(f.original)
	if to < len(f.at) {
		end = f.at[to]
	}
	return strings.Join(strings.Fields(f.original[f.at[from]:end]), " ")
}

// withoutQuote empties quoted lines and what stands below a signature mark, so that lines keep their numbers.
func withoutQuote(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, l := range lines {
		if strings.TrimRight(l, " ") == "--" {
			lines = lines[:i]
			break
		}
		if strings.HasPrefix(strings.TrimLeft(l, " "), ">") {
			lines[i] = ""
		}
	}
	return strings.Join(lines, "\n")
}
