package dashboard

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"followupd/mail"
	"followupd/report"
	"followupd/tracker"
)

// healthPage is the body of the page.
type healthPage struct {
	Well        bool
	Last        stamp
	Ago         string
	Again       stamp
	Err, Hint   string
	Connections []connectionView
	Folders     []folderView
	Drafts      []tally
	Threads     int
	Unheard     []unheard
	Version     string
}

type connectionView struct {
	Name, What string
	OK         bool
	When       stamp
}

type folderView struct {
	Name, Role string
	Messages   uint32
	Read       stamp
	Ago        string
}

// unheard is what the rep did in a mail client that was not understood.
type unheard struct {
	When stamp
	Text string
}

// unheardFor is how long that is shown.
const unheardFor = 7 * 24 * time.Hour

type tally struct {
	Name  string
	Count int
}

// health shows whether the machine does its work.
func (s *Server) health(w http.ResponseWriter, r *http.Request) error {
	view := s.view.Load()
	words, err := s.desk.Words(r.Context())
	if err != nil {
		return err
	}
	drafts, err := s.desk.Drafts(r.Context())
	if err != nil {
		return err
	}
	page := healthPage{
		Well: view.Err == "" && !view.At.IsZero(), Last: s.moment(view.At), Again: s.moment(view.Again), Err: report.Clean(view.Err), Hint: report.Clean(view.Hint),
		Version: s.cfg.Version, Threads: len(view.Standings),
	}
	for _, w := range report.Unheard(words, s.cfg.Now().Add(-unheardFor)) {
		page.Unheard = append(page.Unheard, unheard{s.moment(w.At), report.Clean(w.Text)})
	}
	s.mu.Lock()
	for _, c := range s.connections {
		page.Connections = append(page.Connections, connectionView{Name: report.Clean(c.Name), What: report.Clean(c.What), OK: c.OK, When: s.moment(c.At)})
	}
	s.mu.Unlock()
	if !view.At.IsZero() {
		page.Ago = s.ago(view.At)
	}
	for name, reach := range view.Reaches {
		if reach.Folder.Role == mail.RoleDrafts {
			continue
		}
		f := folderView{Name: report.Clean(name), Role: string(reach.Folder.Role), Messages: reach.Cursor.Messages, Read: s.moment(reach.ReadAt)}
		if !reach.ReadAt.IsZero() {
			f.Ago = s.ago(reach.ReadAt)
		}
		page.Folders = append(page.Folders, f)
	}
	slices.SortFunc(page.Folders, func(a, b folderView) int { return strings.Compare(a.Name, b.Name) })
	byState := make(map[tracker.DraftState]int)
	for _, d := range drafts {
		byState[d.State]++
	}
	for _, state := range []tracker.DraftState{tracker.DraftPlaced, tracker.DraftEdited, tracker.DraftSent, tracker.DraftDiscarded, tracker.DraftWithdrawn, tracker.DraftUnknown} {
		if n := byState[state]; n > 0 {
			page.Drafts = append(page.Drafts, tally{label(tracker.State(state)), n})
		}
	}
	s.show(w, r, http.StatusOK, "health", "Health", page)
	return nil
}
