package dashboard

import (
	"strings"
	"testing"

	"followupd/report"
)

func TestWorks_ShowsARateOnlyWhereItMeansSomething(t *testing.T) {
	o := newOffice(t)
	o.desk.stats = []report.Row{
		{Group: "all", Name: "all", Count: 33, Replies: &report.Replies{Count: 8, Rate: 0.24, Low: 0.13, High: 0.41, Enough: true}},
		{Group: "approach", Name: "case_study", Count: 30, Replies: &report.Replies{Count: 8, Rate: 0.27, Low: 0.14, High: 0.44, Enough: true}},
		{Group: "approach", Name: "article", Count: 3, Replies: &report.Replies{High: 1}},
		{Group: "state", Name: "waiting", Count: 7},
	}
	page := o.get("/works").Body.String()
	row := func(name string) string {
		_, rest, _ := strings.Cut(page, `<th scope="row">`+name)
		row, _, _ := strings.Cut(rest, "</tr>")
		return row
	}
	if r := row("case study"); !strings.Contains(r, `cx="27.0%"`) || !strings.Contains(r, "between 14 % and 44 %") {
		t.Errorf("thirty case studies are not drawn: %s", r)
	}
	if r := row("article"); !strings.Contains(r, "not enough data") || strings.Contains(r, "svg") {
		t.Errorf("three articles give a rate: %s", r)
	}
	o.desk.stats = o.desk.stats[2:]
	if page := o.get("/works").Body.String(); !strings.Contains(page, "Not enough data yet") {
		t.Error("nothing at all is taken for data")
	}
}
