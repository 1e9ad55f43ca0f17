// Package dashboard serves the rep's own web page on this machine: where every thread stands and why, what comes next,
// what works, and the few words a rep says to the machine. It is rendered here, works without scripts, and asks nobody else
// for anything.
//
// It guarantees that nobody without a login link of this machine sees or changes anything, that no page of another site can
// make the rep's browser do so, that a GET changes nothing, and that what strangers wrote is shown as text, never as a link,
// markup or script. It draws no conclusions: they come from tracker. It does not encrypt: it is for loopback.
package dashboard

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"followupd/playbook"
	"followupd/report"
	"followupd/tracker"
)

// Desk is the mailbox behind the dashboard. Its methods are called from many goroutines.
type Desk interface {
	// Thread gives a conversation; nil where there is none of that id. Errors: ErrBusy.
	Thread(ctx context.Context, id tracker.ThreadID) (*Story, error)
	// Coming tells what changes by itself until a moment, in order; each standing's Check is when. Errors: ErrBusy.
	Coming(ctx context.Context, until time.Time) ([]tracker.Standing, error)
	// Tasks gives what the rep may do by other channels in some threads, the soonest first. Errors: ErrBusy.
	Tasks(ctx context.Context, threads []tracker.Standing) ([]playbook.Task, error)
	// Assets gives the library. Errors: ErrBusy.
	Assets(ctx context.Context) ([]playbook.Asset, error)
	// Stats counts what came of the follow-ups. Errors: ErrBusy.
	Stats(ctx context.Context) ([]report.Row, error)
	// Drafts gives the journal, oldest first.
	Drafts(ctx context.Context) ([]tracker.Draft, error)
	// Words gives what the rep said, oldest first.
	Words(ctx context.Context) ([]tracker.Word, error)
	// Say stores a word and has it heard.
	Say(ctx context.Context, w tracker.Word) error
}

// ErrBusy says that the mailbox is being read, so that nobody can look at a thread meanwhile.
var ErrBusy = errors.New("the mailbox is being read")

// Story is a thread with all that is known of it.
type Story struct {
	Standing tracker.Standing
	Thread   *tracker.Thread
	Tasks    []playbook.Task // what the rep may do by other channels
}

// View is what the latest pass left. It is never changed after it was published.
type View struct {
	At        time.Time // when the pass ended; zero: none has ended yet
	Again     time.Time // when the next is due without any event
	Err       string    // why it failed; "" for well done
	Hint      string    // what to look at then
	Standings []tracker.Standing
	Waiting   map[tracker.ThreadID]string // why a due thread gets no draft yet
	Reaches   map[string]tracker.Reach
}

// Connection is what was last heard of a connection that waits for news.
type Connection struct {
	Name string // what it waits for
	At   time.Time
	OK   bool
	What string
}

// Config is what the dashboard needs to know. All fields but Probes are required.
type Config struct {
	Mailbox string // the rep's address
	Version string
	Command string // how the rep gets a login link, as typed into a terminal
	Zone    *time.Location
	Grades  []string
	Working func(day time.Time) bool
	Hosts   []string // host:port pairs under which a browser may call it
	Keys    *Keys
	Now     func() time.Time
	Log     *slog.Logger
	Probes  http.Handler // what machines ask, without a login: /healthz and /readyz; nil: nothing
}

// Server is the dashboard of one mailbox.
type Server struct {
	cfg    Config
	desk   Desk
	view   atomic.Pointer[View]
	news   *news
	hosts  map[string]bool
	cookie string

	mu          sync.Mutex
	connections []Connection // by Name
}

// New gives the dashboard of a mailbox.
func New(cfg Config, desk Desk) *Server {
	s := &Server{cfg: cfg, desk: desk, news: newNews(), hosts: make(map[string]bool)}
	for _, h := range cfg.Hosts {
		s.hosts[strings.ToLower(h)] = true
	}
	s.cookie = cookieName(cfg.Hosts)
	s.view.Store(&View{})
	return s
}

// Publish shows what a pass left and tells open pages of it.
func (s *Server) Publish(v View) {
	s.view.Store(&v)
	s.news.tell()
}

// Connected shows what was heard of a connection, in place of what was heard of it before.
func (s *Server) Connected(c Connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, known := slices.BinarySearchFunc(s.connections, c, func(a, b Connection) int { return strings.Compare(a.Name, b.Name) })
	if known {
		s.connections[i] = c
		return
	}
	s.connections = slices.Insert(s.connections, i, c)
}

// Handler gives the pages, with every guard before them.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	page := func(pattern string, h func(http.ResponseWriter, *http.Request) error) {
		mux.Handle(pattern, s.loggedIn(h))
	}
	page("GET /{$}", s.board)
	page("GET /thread/{id}", s.thread)
	page("POST /thread/{id}", s.say)
	page("GET /coming", s.coming)
	page("GET /works", s.works)
	page("GET /library", s.library)
	page("GET /health", s.health)
	page("GET /events", s.events)
	page("POST /logout", s.logout)
	mux.HandleFunc("GET /login", s.loginForm)
	mux.HandleFunc("POST /login", s.login)
	mux.HandleFunc("GET /calendar.ics", s.calendar)
	mux.Handle("GET /static/", static())
	if s.cfg.Probes != nil {
		mux.Handle("GET /healthz", s.cfg.Probes)
		mux.Handle("GET /readyz", s.cfg.Probes)
	}
	return s.guard(mux)
}
