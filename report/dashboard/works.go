package dashboard

import (
	"math"
	"net/http"
	"strconv"

	"followupd/report"
	"followupd/tracker"
)

// maxRates bounds a table.
const maxRates = 20

// worksPage is the body of the page.
type worksPage struct {
	All    rate
	Tables []rateTable
}

type rateTable struct {
	ID, Title, By string
	Rows          []rate
	More          int
}

// rate is how often one kind of follow-up was answered, with the range in which the true rate lies.
type rate struct {
	Name                 string
	Sent, Answered, Open int
	Percent, Low, High   string
	X, X1, X2            string // where the rate and its range lie on a line from 0 to 100 %
	Enough               bool
}

// tables are the groups of report.Stats that the page shows, in order.
var tables = []rateTable{
	{ID: "step", Title: "By step", By: "Step"},
	{ID: "approach", Title: "By approach", By: "Approach"},
	{ID: "weekday", Title: "By weekday", By: "Sent on"},
	{ID: "asset", Title: "By asset", By: "Asset"},
}

// works shows which follow-ups people answer.
func (s *Server) works(w http.ResponseWriter, r *http.Request) error {
	rows, err := s.desk.Stats(r.Context())
	if err != nil {
		return err
	}
	groups := make(map[string][]rate)
	for _, row := range rows {
		if row.Replies != nil {
			groups[row.Group] = append(groups[row.Group], newRate(row))
		}
	}
	page := worksPage{}
	if all := groups["all"]; len(all) > 0 {
		page.All = all[0]
	}
	for _, t := range tables {
		t.Rows = groups[t.ID]
		if over := len(t.Rows) - maxRates; over > 0 {
			t.Rows, t.More = t.Rows[:maxRates], over
		}
		if len(t.Rows) > 0 {
			page.Tables = append(page.Tables, t)
		}
	}
	s.show(w, r, http.StatusOK, "works", "What works", page)
	return nil
}

func newRate(row report.Row) rate {
	p := row.Replies
	r := rate{
		Name: report.Clean(spaced(row.Name)), Sent: row.Count, Answered: p.Count, Open: row.Open, Enough: p.Enough,
		Percent: percent(p.Rate), Low: percent(p.Low), High: percent(p.High), X: place(p.Rate), X1: place(p.Low), X2: place(p.High),
	}
	switch n, err := strconv.Atoi(row.Name); {
	case row.Group == "step" && err == nil:
		r.Name = step(&tracker.Next{Action: tracker.FollowUp, Step: n})
	case row.Group == "asset":
		r.Name = report.Clean(row.Name)
	}
	return r
}

func percent(share float64) string { return strconv.Itoa(int(math.Round(100*share))) + " %" }

func place(share float64) string { return strconv.FormatFloat(100*share, 'f', 1, 64) + "%" }
