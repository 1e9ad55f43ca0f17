package report

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Screen is what is printed on. The zero value is a file or a pipe: as wide as need be, and without colours.
type Screen struct {
	Width  int  // in columns; 0 = without bound
	Colour bool // escape sequences of ECMA-48 (SGR) are understood
}

// Colours by what they mean, as parameters of SGR.
const (
	plainInk = ""
	bold     = "1"
	faint    = "2"
	red      = "31"
	green    = "32"
	yellow   = "33"
	blue     = "34"
	magenta  = "35"
)

// ink gives a text in a colour, where there are colours.
func (s Screen) ink(colour, text string) string {
	if !s.Colour || colour == plainInk || text == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// field is one field of a grid.
type field struct {
	text   string // clean
	colour string
	right  bool // a number
}

// grid is a table whose columns stand below each other. Where the screen is too narrow, the columns that may give way are
// cut, the widest first.
type grid struct {
	least []int // per column: the width below which it is not cut; 0 = never cut
	rows  [][]field
}

func (g *grid) row(cells ...field) { g.rows = append(g.rows, cells) }

// head adds a row of headings.
func (g *grid) head(names ...string) {
	cells := make([]field, len(names))
	for i, n := range names {
		cells[i] = field{text: n, colour: bold}
	}
	g.row(cells...)
}

const gap = 2 // columns between two fields

// widths gives how wide each column is on a screen.
func (g *grid) widths(screen Screen) []int {
	var wide []int
	for _, r := range g.rows {
		for i, c := range r {
			if i == len(wide) {
				wide = append(wide, 0)
			}
			wide[i] = max(wide[i], span(c.text))
		}
	}
	if screen.Width == 0 {
		return wide
	}
	over := gap*(len(wide)-1) - screen.Width
	for _, w := range wide {
		over += w
	}
	for ; over > 0; over-- {
		widest := -1
		for i, w := range wide {
			if i < len(g.least) && g.least[i] > 0 && w > g.least[i] && (widest < 0 || w > wide[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break // it cannot get narrower: the terminal wraps it
		}
		wide[widest]--
	}
	return wide
}

// print writes the grid; an empty row is an empty line.
func (g *grid) print(w io.Writer, screen Screen) error {
	wide := g.widths(screen)
	var b strings.Builder
	for _, r := range g.rows {
		line := len(r)
		for line > 0 && r[line-1].text == "" {
			line-- // nothing behind the last text
		}
		for i, c := range r[:line] {
			text := clip(c.text, wide[i])
			pad := strings.Repeat(" ", wide[i]-span(text))
			text = screen.ink(c.colour, text)
			switch {
			case c.right:
				text = pad + text
			case i < line-1:
				text += pad
			}
			if i > 0 {
				b.WriteString(strings.Repeat(" ", gap))
			}
			b.WriteString(text)
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func text(s string) field { return field{text: s} }

func number(n int) field { return field{text: fmt.Sprint(n), right: true} }

// span says how wide a clean text is on a terminal: two columns for ideographs, kana, Hangul and emoji (Unicode UAX #11, Wide
// and Fullwidth), none for what combines with what stands before it.
func span(s string) int {
	n := 0
	for _, r := range s {
		n += runeSpan(r)
	}
	return n
}

func runeSpan(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf): // combining marks, joiners, variation selectors
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// clip shortens a text to a width in columns, the last of them an ellipsis.
func clip(s string, most int) string {
	if span(s) <= most {
		return s
	}
	used := 0
	for i, r := range s {
		if used += runeSpan(r); used > most-1 {
			return s[:i] + "…"
		}
	}
	return s
}
