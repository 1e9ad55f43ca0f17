package report

import (
	"io"
	"math"
	"strconv"
	"strings"
)

// What the groups of rows are called for people.
var groupNames = map[string]string{
	"step": "BY STEP", "approach": "BY APPROACH", "weekday": "BY WEEKDAY SENT", "asset": "BY ASSET",
	"state": "WHERE THEY STAND", "outcome": "HOW THEY ENDED",
}

// StatsTable prints the rows for people, each rate with a plot of the range in which the true one lies.
func StatsTable(w io.Writer, rows []Row, screen Screen) error {
	g := &grid{least: []int{14}}
	g.head("FOLLOW-UPS SENT", "COUNT", "ANSWERED", "RATE", "95 % BETWEEN", ruler(), "TOO NEW")
	most := 0
	for _, r := range rows {
		if r.Replies == nil {
			most = max(most, r.Count)
		}
	}
	last := "all"
	for _, r := range rows {
		if r.Group != last {
			g.row()
			g.row(field{text: groupNames[r.Group], colour: bold})
		}
		last = r.Group
		name := text("  " + Clean(r.Name))
		if r.Group == "all" {
			name = text("all")
		}
		if r.Replies == nil {
			g.row(name, number(r.Count), text(""), text(""), text(""), field{text: bar(r.Count, most), colour: blue})
			continue
		}
		rate, between, plot := text(""), text("not enough data"), text("")
		if r.Replies.Enough {
			rate = field{text: percent(r.Replies.Rate), right: true}
			between = text(percent(r.Replies.Low) + " and " + percent(r.Replies.High))
			plot = field{text: whisker(*r.Replies), colour: blue}
		}
		g.row(name, number(r.Count), number(r.Replies.Count), rate, between, plot, number(r.Open))
	}
	return g.print(w, screen)
}

// plotColumns is how wide a plot is: a column for 5 %.
const plotColumns = 20

// ruler heads the plots: where nothing and where everything lies.
func ruler() string { return "0" + strings.Repeat(" ", plotColumns-5) + "100%" }

// whisker draws a rate on a line from 0 to 100 %, with the range of the true one.
func whisker(r Replies) string {
	at := func(share float64) int {
		return max(0, min(plotColumns-1, int(math.Floor(share*plotColumns))))
	}
	var b strings.Builder
	for i := range plotColumns {
		switch {
		case i == at(r.Rate):
			b.WriteRune('●')
		case i >= at(r.Low) && i <= at(r.High):
			b.WriteRune('━')
		default:
			b.WriteRune('·')
		}
	}
	return b.String()
}

// bar draws a count beside the greatest one; whatever is there is seen.
func bar(n, most int) string {
	if n == 0 || most == 0 {
		return ""
	}
	return strings.Repeat("▇", max(1, (n*plotColumns+most/2)/most))
}

func percent(x float64) string { return strconv.Itoa(int(math.Round(100*x))) + " %" }
