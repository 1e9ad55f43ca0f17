package dashboard

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"followupd/playbook/rarely"
	"followupd/report"
)

//go:embed pages/*.html
var pageFiles embed.FS

//go:embed static
var staticFiles embed.FS

// pages are the templates by name, each with the layout around it.
type pages map[string]*template.Template

// parsed are those of every dashboard of the process. They are a part of the program, which a test parses, and 0.3 MB once they
// are parsed, more once they were shown.
var parsed = rarely.Made(func() *pages {
	p, err := parsePages()
	if err != nil {
		panic(err)
	}
	return &p
})

// Rest lets go of what only showing a page needs, for a process that has nothing to do for a while. The next page makes it
// anew, in some 5 ms.
func Rest() { parsed.Drop() }

func parsePages() (pages, error) {
	names, err := fs.Glob(pageFiles, "pages/*.html")
	if err != nil {
		return nil, err
	}
	p := make(pages)
	for _, path := range names {
		name := strings.TrimSuffix(strings.TrimPrefix(path, "pages/"), ".html")
		if name == "layout" {
			continue
		}
		t, err := template.New("layout.html").Funcs(template.FuncMap{"plural": plural}).ParseFS(pageFiles, "pages/layout.html", path)
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", name, err)
		}
		p[name] = t
	}
	return p, nil
}

func static() http.Handler {
	files := http.FileServerFS(staticFiles)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		files.ServeHTTP(w, r)
	})
}

// frame is what the layout shows around a page.
type frame struct {
	Title   string
	Name    string // which page it is, for the menu
	Mailbox string
	Form    string // the session's form token; "" without a session
	Notice  string // what was just done
	Pass    string // when the mailbox was last read
	Trouble string // why the last pass failed; ""
	Body    any
}

// show renders a page whole before its first byte goes out, so that an error in it is not half a page.
func (s *Server) show(w http.ResponseWriter, r *http.Request, status int, name, title string, body any) {
	f := frame{Title: title, Name: name, Mailbox: s.cfg.Mailbox, Body: body}
	if session := s.session(r); session != "" {
		f.Form = s.cfg.Keys.form(session)
		f.Notice = notices[r.URL.Query().Get("done")]
		v := s.view.Load()
		f.Pass, f.Trouble = "Reading the mailbox for the first time", v.Err
		if !v.At.IsZero() {
			f.Pass = "Read " + s.ago(v.At)
		}
	}
	var out bytes.Buffer
	if err := (*parsed.Get())[name].Execute(&out, f); err != nil {
		s.cfg.Log.Error("dashboard page", slog.String("page", name), slog.Any("error", err))
		http.Error(w, "This page has a fault; the log says which.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if _, err := w.Write(out.Bytes()); err != nil {
		s.cfg.Log.Debug("dashboard page not taken", slog.Any("error", err))
	}
}

// refusal is the page that says no.
type refusal struct {
	Status  int
	Say     string
	Command string // how to log in, where that helps
	Again   bool   // the page will be there in a moment
}

func (s *Server) refuse(w http.ResponseWriter, r *http.Request, status int, title, say string) {
	body := refusal{Status: status, Say: say}
	if status == http.StatusUnauthorized {
		body.Command = s.cfg.Command
	}
	s.show(w, r, status, "refused", title, body)
}

func (s *Server) notFound(w http.ResponseWriter, r *http.Request, say string) {
	s.refuse(w, r, http.StatusNotFound, "Not here", say)
}

// fail answers for an error: the mailbox that is being read comes by itself, anything else is for the log.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, ErrBusy) {
		w.Header().Set("Retry-After", "3")
		s.show(w, r, http.StatusServiceUnavailable, "refused", "One moment", refusal{
			Status: http.StatusServiceUnavailable, Again: true, Say: "The mailbox is being read just now. This page comes by itself.",
		})
		return
	}
	if r.Context().Err() != nil {
		return // whoever asked has gone
	}
	s.cfg.Log.Error("dashboard", slog.String("path", r.URL.Path), slog.Any("error", err))
	calm := "Nothing is lost."
	if r.Method == http.MethodPost {
		calm = "Nothing was stored. Go back: what you wrote is still in its field."
	}
	s.refuse(w, r, http.StatusInternalServerError, "That did not work", calm+" followupd said: "+report.Clean(err.Error()))
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// ago says how long ago a moment was.
func (s *Server) ago(t time.Time) string {
	d := s.cfg.Now().Sub(t)
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return plural(int(d/time.Minute), "minute", "minutes") + " ago"
	case d < 24*time.Hour:
		return plural(int(d/time.Hour), "hour", "hours") + " ago"
	}
	return plural(int(d/(24*time.Hour)), "day", "days") + " ago"
}

// stamp is a moment for people and, in its attribute, for machines.
type stamp struct{ Text, Machine string }

func (s *Server) moment(t time.Time) stamp {
	return s.stamp(t, "Mon 2 Jan 2006 15:04")
}

func (s *Server) day(t time.Time) stamp { return s.stamp(t, "Mon 2 Jan 2006") }

func (s *Server) stamp(t time.Time, layout string) stamp {
	if t.IsZero() {
		return stamp{}
	}
	t = t.In(s.cfg.Zone)
	return stamp{t.Format(layout), t.Format(time.RFC3339)}
}
