package dashboard

import (
	"bytes"
	"log/slog"
	"net/http"

	"followupd/playbook"
	"followupd/report"
)

// calendar is the feed for calendar programs, which know no cookies: its address bears a secret.
func (s *Server) calendar(w http.ResponseWriter, r *http.Request) {
	if !same(r.URL.Query().Get("token"), s.cfg.Keys.Calendar()) {
		http.Error(w, "The calendar's address bears a secret; copy it whole from the page Coming up.", http.StatusUnauthorized)
		return
	}
	now := s.cfg.Now()
	ahead, err := s.desk.Coming(r.Context(), now.Add(report.CalendarAhead))
	var tasks []playbook.Task
	if err == nil {
		tasks, err = s.desk.Tasks(r.Context(), s.view.Load().Standings)
	}
	var out bytes.Buffer
	if err == nil {
		err = report.Calendar(&out, s.view.Load().Standings, ahead, tasks, now)
	}
	if err != nil {
		w.Header().Set("Retry-After", "60")
		http.Error(w, "Not now: "+report.Clean(err.Error()), http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	if _, err := w.Write(out.Bytes()); err != nil {
		s.cfg.Log.Debug("calendar not taken", slog.Any("error", err))
	}
}
