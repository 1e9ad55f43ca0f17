package main

import (
	"os"
	"strconv"

	"golang.org/x/term"

	"followupd/report"
)

// When colours are used.
const (
	colourAuto   = "auto" // on a terminal that has them, unless NO_COLOR says otherwise (no-color.org)
	colourAlways = "always"
	colourNever  = "never"
)

var colourModes = []string{colourAuto, colourAlways, colourNever}

// screen tells what the answer is printed on.
func (a *app) screen() report.Screen {
	s := report.Screen{Colour: a.colour == colourAlways}
	f, ok := asTerminal(a.out)
	if !ok {
		return s
	}
	s.Width = terminalWidth(f)
	if a.colour == colourAuto {
		s.Colour = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	return s
}

// asTerminal gives a stream as the terminal that it is.
func asTerminal(stream any) (*os.File, bool) {
	f, ok := stream.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// terminalWidth is in columns: COLUMNS where the user set it, else what the terminal says; 0 = unknown.
func terminalWidth(f *os.File) int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	n, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return n
}
