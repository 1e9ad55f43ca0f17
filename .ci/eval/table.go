package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// goal is what a measure should reach, and the floor below which nothing may land: what was reached when it was last looked at,
// less what a change of no importance moves.
type goal struct{ want, floor float64 }

// row is one measure.
type row struct {
	what   string
	got    float64
	goal   goal
	format string // of got and goal; "" is %.3f
	less   bool   // less is better
	note   string
}

func (r row) reaches(bound float64) bool {
	if r.less {
		return r.got <= bound
	}
	return r.got >= bound
}

// table is the answer, printed as it is measured: sections of measures, with what was left out between them.
type table struct {
	out io.Writer
	met bool
	tab *tabwriter.Writer
}

func newTable(out io.Writer) *table { return &table{out: out, met: true} }

func (t *table) section(title string) {
	t.flush()
	t.open()
	fmt.Fprintf(t.tab, "\n%s\tgot\tgoal\tfloor\t\n", title)
}

func (t *table) open() { t.tab = tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0) }

func (t *table) add(r row) {
	if t.tab == nil {
		t.open()
	}
	if r.format == "" {
		r.format = "%.3f"
	}
	verdict := ""
	switch {
	case !r.reaches(r.goal.floor):
		verdict, t.met = "BELOW THE FLOOR", false
	case !r.reaches(r.goal.want):
		verdict = "below the goal"
	}
	if r.note != "" {
		verdict += "  " + r.note
	}
	fmt.Fprintf(t.tab, "%s\t"+r.format+"\t"+r.format+"\t"+r.format+"\t%s\n", r.what, r.got, r.goal.want, r.goal.floor, verdict)
}

// say prints a line of its own.
func (t *table) say(format string, args ...any) {
	t.flush()
	fmt.Fprintf(t.out, format+"\n", args...)
}

func (t *table) flush() {
	if t.tab != nil {
		if err := t.tab.Flush(); err != nil {
			t.met = false // nobody saw whether the floors were reached
		}
		t.tab = nil
	}
}
