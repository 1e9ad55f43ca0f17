package report

import (
	"cmp"
	"io"
	"slices"
	"strconv"
	"time"

	"followupd/playbook/hand"
	"followupd/tracker"
)

// Usage is what a language model used on a day.
type Usage struct {
	Tokens int     `json:"tokens"`
	Money  float64 `json:"money"`
}

// handGroups are the groups of rows on what became of drafts, with what they are called for people.
var handGroups = []struct{ group, name string }{
	{"draft_all", "all"}, {"draft_writer", "BY WRITER"}, {"draft_approach", "BY APPROACH"}, {"draft_text", "BY TEXT"}, {"draft_asset", "BY ASSET"},
}

// HandRows counts what the rep made of drafts: by who wrote them, by approach, by the text they were made of and by asset.
// Count is how many were decided on.
func HandRows(journal []tracker.Draft, edits []tracker.Edit, now time.Time) []Row {
	tallies := make(map[[2]string]*hand.Tally)
	for i, fate := range hand.Fates(journal, edits, now) {
		d := journal[i]
		if fate == hand.Open || d.Body == "" && d.Template == "" {
			continue
		}
		for _, k := range [][2]string{
			{"draft_all", "all"}, {"draft_writer", hand.Writer(d.Template)}, {"draft_approach", d.Approach}, {"draft_text", hand.Variant(d.Template)}, {"draft_asset", d.Asset},
		} {
			if k[1] == "" {
				continue
			}
			if tallies[k] == nil {
				tallies[k] = &hand.Tally{}
			}
			tallies[k].Add(fate)
		}
	}
	rows := make([]Row, 0, len(tallies))
	for k, t := range tallies {
		rows = append(rows, Row{Group: k[0], Name: k[1], Count: t.Judged() + t.Left + t.Sent, Drafts: t})
	}
	place := func(r Row) int {
		return slices.IndexFunc(handGroups, func(g struct{ group, name string }) bool { return g.group == r.Group })
	}
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	return rows
}

// HandTable prints HandRows for people; nothing where there are none.
func HandTable(w io.Writer, rows []Row, screen Screen) error {
	if len(rows) == 0 {
		return nil
	}
	g := &grid{least: []int{14}}
	g.row()
	g.head("WHAT YOU MADE OF DRAFTS", "COUNT", "SENT AS THEY WERE", "EDITED", "REWRITTEN", "DELETED", "LEFT", "SENT, NOT COMPARED")
	last := "draft_all"
	for _, r := range rows {
		if r.Group != last {
			at := slices.IndexFunc(handGroups, func(g struct{ group, name string }) bool { return g.group == r.Group })
			g.row()
			g.row(field{text: handGroups[at].name, colour: bold})
		}
		last = r.Group
		name := "  " + Clean(r.Name)
		if r.Group == "draft_all" {
			name = "all"
		}
		t := r.Drafts
		g.row(text(name), number(r.Count), number(t.AsIs), number(t.Edited), number(t.Rewritten), number(t.Deleted), number(t.Left), number(t.Sent))
	}
	return g.print(w, screen)
}

// UsageTable prints rows of the group "model", a day each, for people; nothing where there are none.
func UsageTable(w io.Writer, rows []Row, screen Screen) error {
	if len(rows) == 0 {
		return nil
	}
	g := &grid{}
	g.row()
	g.head("LANGUAGE MODEL", "CALLS", "TOKENS", "MONEY")
	for _, r := range rows {
		g.row(text(r.Name), number(r.Count), number(r.Usage.Tokens), field{text: strconv.FormatFloat(r.Usage.Money, 'f', 2, 64), right: true})
	}
	return g.print(w, screen)
}
