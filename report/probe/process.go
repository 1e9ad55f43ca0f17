package probe

import (
	"fmt"
	"net/http"

	"followupd/report"
)

// Mailbox is how one of the mailboxes of a process fares.
type Mailbox struct {
	Name string // its file's, without .toml
	State
}

// Worker is how the process fares as a worker of a fleet.
type Worker struct {
	Alive  bool // its loop turns, whether or not it reaches the database
	Joined bool // its session with the database stands, so that it can take mailboxes
}

// Process is how a process with any number of mailboxes fares.
type Process struct {
	Mailboxes []Mailbox // that it works, in the order of their names
	Worker    *Worker   // nil: it is none of a fleet
}

// alive says whether nothing hangs.
func (p Process) alive() bool {
	for _, m := range p.Mailboxes {
		if !m.Alive {
			return false
		}
	}
	return p.Worker == nil || p.Worker.Alive
}

// ready says whether the process does what it is there for: all its mailboxes are worked; or, of a worker in a fleet, it can
// take mailboxes. A mailbox that is in trouble is so on any machine: it is no reason to leave its worker out.
func (p Process) ready() bool {
	if p.Worker != nil {
		return p.Worker.Joined
	}
	for _, m := range p.Mailboxes {
		if !m.Ready {
			return false
		}
	}
	return true
}

// ProcessHandler answers GET and HEAD of /healthz (status 503 where something hangs) and /readyz (503 where the process is not
// ready), and of both with ?mailbox=NAME for one mailbox (404 where it is none that the process works). The body says which
// mailbox is not well, and why, to whoever may know that; others hear how many they are.
func ProcessHandler(ask func() Process, mayKnow func(r *http.Request) bool) http.Handler {
	mux := http.NewServeMux()
	answering := func(path string, whole func(Process) bool, of func(State) bool) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			p, knows := ask(), mayKnow(r)
			if name := r.URL.Query().Get("mailbox"); name != "" {
				one(w, r, p, name, knows, of)
				return
			}
			v := p.verdict(whole(p), of)
			if !knows {
				v = v.hidden()
			}
			say(w, r, v, "not ready")
		})
	}
	answering("/healthz", Process.alive, func(s State) bool { return s.Alive })
	answering("/readyz", Process.ready, func(s State) bool { return s.Ready })
	return mux
}

// one answers for one mailbox.
func one(w http.ResponseWriter, r *http.Request, p Process, name string, knows bool, of func(State) bool) {
	for _, m := range p.Mailboxes {
		if m.Name != name {
			continue
		}
		v := verdict{OK: of(m.State), Wrong: clean(m.Wrong)}
		if !knows {
			v = v.hidden()
		}
		say(w, r, v, "No pass has been completed since the start.")
		return
	}
	http.Error(w, "This process works no mailbox of that name: it is the file's, without .toml.", http.StatusNotFound)
}

// mostTold is of how many mailboxes is told what is wrong: a server that is away may be that of thousands.
const mostTold = 100

// verdict gives what is said of all mailboxes: of those that are not as asked for, and of those with whom something is wrong.
func (p Process) verdict(ok bool, of func(State) bool) verdict {
	v := verdict{OK: ok, Wrong: []string{}}
	if p.Worker != nil && !p.Worker.Joined {
		v.Wrong = append(v.Wrong, "The database is not reached: no mailbox is worked until it is.")
	}
	if p.Worker != nil && !p.Worker.Alive {
		v.Wrong = append(v.Wrong, "The worker's loop hangs.")
	}
	more := 0
	for _, m := range p.Mailboxes {
		is := mailbox{Name: report.Clean(m.Name), OK: of(m.State), Wrong: clean(m.Wrong)}
		switch {
		case is.OK && len(is.Wrong) == 0:
			continue
		case len(v.Mailboxes) == mostTold:
			more++
			continue
		case len(is.Wrong) == 0:
			is.Wrong = []string{"No pass has been completed since the start."}
		}
		v.Mailboxes = append(v.Mailboxes, is)
	}
	if more > 0 {
		v.Wrong = append(v.Wrong, fmt.Sprintf("Of %d further mailboxes something is to be told.", more))
	}
	return v
}

// hidden gives as much of a verdict as is told to anybody.
func (v verdict) hidden() verdict {
	wrong := []string{}
	if n := len(v.Mailboxes); n > 0 {
		wrong = append(wrong, fmt.Sprintf("Something is to be told of %d mailboxes, to whoever shows the token.", n))
	}
	return verdict{OK: v.OK, Wrong: wrong}
}
