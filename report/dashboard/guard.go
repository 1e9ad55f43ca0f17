package dashboard

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// maxForm is how much of a form is read, in bytes: a long note is a few KiB.
const maxForm = 64 << 10

// answerTime is how long writing an answer may take. The stream of events sets its own.
const answerTime = 30 * time.Second

// policy lets a page load its own style and script, speak to its own server, and nothing else; nobody may frame it.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// guard is what every request passes: Host (a name that an attacker's DNS points at this machine is not ours), the origin of
// writes, bounds, and the headers that keep a browser from being clever.
func (s *Server) guard(next http.Handler) http.Handler {
	writes := http.NewCrossOriginProtection()
	writes.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, http.StatusForbidden, "This form came from another page", "Nothing was changed. Open the dashboard itself and try there.")
	}))
	inner := writes.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !s.hosts[strings.ToLower(r.Host)] {
			s.refuse(w, r, http.StatusForbidden, "Not under this name", "The dashboard answers only under the address it listens on.")
			return
		}
		// Not every ResponseWriter has deadlines (a test's has none); the server bounds what it can.
		if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answerTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			s.cfg.Log.Debug("deadline of an answer", slog.Any("error", err))
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		inner.ServeHTTP(w, r)
	})
}

// loggedIn lets only sessions of ours through, and of writes only those from a form of that session.
func (s *Server) loggedIn(h func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session := s.session(r)
		if session == "" {
			s.refuse(w, r, http.StatusUnauthorized, "Log in first", "")
			return
		}
		if r.Method == http.MethodPost {
			if err := r.ParseForm(); err != nil {
				s.badForm(w, r, err)
				return
			}
			if !same(r.PostForm.Get("form"), s.cfg.Keys.form(session)) {
				s.refuse(w, r, http.StatusForbidden, "This form is out of date", "Nothing was changed. Go back, reload the page and try again.")
				return
			}
		}
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

func (s *Server) badForm(w http.ResponseWriter, r *http.Request, err error) {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		s.refuse(w, r, http.StatusRequestEntityTooLarge, "That is too long", "Nothing was stored. Up to 60,000 characters are kept.")
		return
	}
	s.refuse(w, r, http.StatusBadRequest, "That form cannot be read", "Nothing was changed. Go back and try again.")
}

// session gives the request's session where it is a good one, else "".
func (s *Server) session(r *http.Request) string {
	c, err := r.Cookie(s.cookie)
	if err != nil || !s.cfg.Keys.holds(c.Value, s.cfg.Now()) {
		return ""
	}
	return c.Value
}

// cookieName bears the port: cookies belong to a host, and several dashboards may run on one.
func cookieName(hosts []string) string {
	port := "0"
	if len(hosts) > 0 {
		if _, p, err := net.SplitHostPort(hosts[0]); err == nil {
			port = p
		}
	}
	return "followupd-" + port
}

// loginForm asks for a click: a GET must not use the link up, for browsers and scanners fetch links on their own.
func (s *Server) loginForm(w http.ResponseWriter, r *http.Request) {
	s.show(w, r, http.StatusOK, "login", "Log in", struct{ Link string }{r.URL.Query().Get("link")})
}

func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.badForm(w, r, err)
		return
	}
	now := s.cfg.Now()
	if !s.cfg.Keys.redeem(r.PostForm.Get("link"), now) {
		s.refuse(w, r, http.StatusUnauthorized, "This link has been used or is too old", "")
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: s.cookie, Value: s.cfg.Keys.session(now), Path: "/", MaxAge: int(sessionLife / time.Second),
		HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (s *Server) logout(w http.ResponseWriter, r *http.Request) error {
	http.SetCookie(w, &http.Cookie{Name: s.cookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, "/login", http.StatusSeeOther)
	return nil
}
