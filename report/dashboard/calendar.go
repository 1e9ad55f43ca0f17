package dashboard

import "net/http"

// calendar is the feed for calendar programs, which know no cookies: its address bears a secret.
func (s *Server) calendar(w http.ResponseWriter, r *http.Request) {
	if !same(r.URL.Query().Get("token"), s.cfg.Keys.Calendar()) {
		http.Error(w, "The calendar's address bears a secret; copy it whole from the page Coming up.", http.StatusUnauthorized)
		return
	}
	http.Error(w, "later", http.StatusNotImplemented)
}
