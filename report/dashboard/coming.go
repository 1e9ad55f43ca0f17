package dashboard

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"followupd/report"
	"followupd/tracker"
)

// weeksAhead is how far the page looks.
const weeksAhead = 4

// perDay bounds what a day lists.
const perDay = 20

// comingPage is the body of the page.
type comingPage struct {
	Due   []coming // what is due and waits already
	More  int      // due threads beyond those shown
	Weeks [][]dayCell
	Days  []comingDay
	Feed  string // the calendar feed's address
}

// dayCell is a day of the calendar's grid.
type dayCell struct {
	Name  string // "Mon 23"
	Full  string // "Monday 23 November"
	Link  string // to the day below; "" where nothing happens
	Count int
	Past  bool
	Today bool
	Rest  bool // no working day
}

type comingDay struct {
	ID    string
	Name  string
	Items []coming
	More  int
}

// coming is one change that comes by itself.
type coming struct {
	ID      tracker.ThreadID
	Time    string
	Class   tracker.State
	What    string
	Subject string
	Who     string
	Why     string
}

// coming shows the next four weeks: the same judgement with a later clock.
func (s *Server) coming(w http.ResponseWriter, r *http.Request) error {
	now := s.cfg.Now().In(s.cfg.Zone)
	until := midnight(now).AddDate(0, 0, 7*weeksAhead-weekday(now))
	ahead, err := s.desk.Coming(r.Context(), until)
	if err != nil {
		return err
	}
	page := comingPage{Feed: "http://" + s.cfg.Hosts[0] + "/calendar.ics?token=" + s.cfg.Keys.Calendar()}
	s.alreadyDue(&page)
	days := make(map[string]*comingDay)
	var order []*comingDay
	for i := range ahead {
		st := &ahead[i]
		what := change(st)
		if what == "" {
			continue
		}
		at := st.Check.In(s.cfg.Zone)
		id := "d" + at.Format("0102")
		day := days[id]
		if day == nil {
			day = &comingDay{ID: id, Name: at.Format("Monday 2 January")}
			days[id], order = day, append(order, day)
		}
		if len(day.Items) >= perDay {
			day.More++
			continue
		}
		day.Items = append(day.Items, coming{
			ID: st.Thread, Time: at.Format("15:04"), Class: st.State, What: what, Subject: report.Cut(subject(st.Subject), 120), Who: report.Cut(people(st), 80),
		})
	}
	for _, d := range order {
		page.Days = append(page.Days, *d)
	}
	page.Weeks = s.grid(now, days)
	s.show(w, r, http.StatusOK, "coming", "Coming up", page)
	return nil
}

// alreadyDue lists the threads whose window is over and that wait for their draft.
func (s *Server) alreadyDue(page *comingPage) {
	view := s.view.Load()
	for i := range view.Standings {
		st := &view.Standings[i]
		if st.State != tracker.Due {
			continue
		}
		if len(page.Due) >= perDay {
			page.More++
			continue
		}
		c := coming{ID: st.Thread, Class: st.State, What: change(st), Subject: report.Cut(subject(st.Subject), 120), Who: report.Cut(people(st), 80), Why: report.Clean(view.Waiting[st.Thread])}
		page.Due = append(page.Due, c)
	}
}

// change says what a standing means for the rep when it comes about; "" where it is nothing to know.
func change(st *tracker.Standing) string {
	switch st.State {
	case tracker.Due:
		if st.Next != nil {
			return step(st.Next) + " is due"
		}
		return "A draft is due"
	case tracker.Waiting:
		return "The hold ends, the window runs on"
	case tracker.Answered:
		return "Your turn"
	case tracker.Review:
		return "Yours to decide"
	case tracker.Closed:
		return "Closes: " + spaced(string(st.Outcome))
	case tracker.Held:
		return "Held: " + spaced(string(st.HoldReason))
	}
	return ""
}

// grid lays out the weeks from this one on, Monday first.
func (s *Server) grid(now time.Time, days map[string]*comingDay) [][]dayCell {
	first := midnight(now).AddDate(0, 0, -weekday(now))
	weeks := make([][]dayCell, weeksAhead)
	for i := range weeksAhead * 7 {
		at := first.AddDate(0, 0, i)
		c := dayCell{
			Name: at.Format("Mon 2"), Full: at.Format("Monday 2 January"), Rest: !s.cfg.Working(at),
			Today: at.Equal(midnight(now)), Past: at.Before(midnight(now)),
		}
		if d := days["d"+at.Format("0102")]; d != nil {
			c.Link, c.Count = "#"+d.ID, len(d.Items)+d.More
		}
		weeks[i/7] = append(weeks[i/7], c)
	}
	return weeks
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// weekday counts from Monday, 0.
func weekday(t time.Time) int { return (int(t.Weekday()) + 6) % 7 }

// Label reads a cell aloud.
func (c dayCell) Label() string {
	var b strings.Builder
	b.WriteString(c.Full)
	if c.Count > 0 {
		fmt.Fprintf(&b, ", %s", plural(c.Count, "change", "changes"))
	}
	return b.String()
}
