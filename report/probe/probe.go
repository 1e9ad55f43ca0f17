// Package probe tells machines that ask over HTTP (a supervisor, a monitor) whether a mailbox is worked, in the sentences of
// `followupd status`. It needs no login, and so names nobody: addresses are left out of what it says.
package probe

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"followupd/report"
)

// State is how a mailbox fares at a moment.
type State struct {
	// Alive is false where the loop hangs: what it promised to do is long overdue. Only a restart helps then. A mail server
	// that is away is no reason for one.
	Alive bool
	// Ready says that a pass has done all it should since the start, and that nothing has gone wrong since.
	Ready bool
	// Wrong says in sentences what is wrong, since when, and what is tried next; empty: nothing.
	Wrong []string
}

// Handler answers GET and HEAD of /healthz (status 503 where the loop hangs) and /readyz (503 where it is not ready). The body
// says what is wrong either way: a line each, or JSON for who accepts that.
func Handler(ask func() State) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		s := ask()
		answer(w, r, s.Alive, s)
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		s := ask()
		answer(w, r, s.Ready, s)
	})
	return mux
}

func answer(w http.ResponseWriter, r *http.Request, ok bool, s State) {
	const waits = "No pass has been completed since the start."
	say(w, r, verdict{OK: ok, Wrong: clean(s.Wrong)}, waits)
}

// verdict is what is answered.
type verdict struct {
	OK        bool      `json:"ok"`
	Wrong     []string  `json:"wrong"`
	Mailboxes []mailbox `json:"mailboxes,omitempty"`
}

// mailbox is what is answered of one mailbox of a process, where it is not well.
type mailbox struct {
	Name  string   `json:"mailbox"`
	OK    bool     `json:"ok"`
	Wrong []string `json:"wrong"`
}

// clean makes sentences fit for whoever asks: nameless, and a line each.
func clean(sentences []string) []string {
	all := make([]string, 0, len(sentences))
	for _, sentence := range sentences {
		all = append(all, report.Clean(Nameless(sentence)))
	}
	return all
}

// say writes an answer: JSON for who accepts that, else lines; waits is the line where it is not ok and nothing is wrong.
func say(w http.ResponseWriter, r *http.Request, v verdict, waits string) {
	status := http.StatusOK
	if !v.OK {
		status = http.StatusServiceUnavailable
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		text, err := json.Marshal(v)
		if err != nil {
			http.Error(w, "no answer", http.StatusInternalServerError)
			return
		}
		h.Set("Content-Type", "application/json")
		write(w, status, string(text)+"\n")
		return
	}
	h.Set("Content-Type", "text/plain; charset=utf-8")
	switch lines := v.lines(); {
	case len(lines) > 0:
		write(w, status, strings.Join(lines, "\n")+"\n")
	case v.OK:
		write(w, status, "ok\n")
	default:
		write(w, status, waits+"\n")
	}
}

// lines gives what is wrong, a line each.
func (v verdict) lines() []string {
	lines := v.Wrong
	for _, m := range v.Mailboxes {
		for _, sentence := range m.Wrong {
			lines = append(lines, m.Name+": "+sentence)
		}
	}
	return lines
}

// write sends an answer; who asked and has hung up needs none.
func write(w http.ResponseWriter, status int, text string) {
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text))
}

var address = regexp.MustCompile(`[^\s<>()"',;:]+@[^\s<>()"',;:]+`)

// Nameless takes mail addresses out of a sentence.
func Nameless(sentence string) string { return address.ReplaceAllString(sentence, "(address)") }
