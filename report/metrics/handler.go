package metrics

import (
	"errors"
	"net/http"
	"sync"
	"time"
)

// readWithin is how long whoever scrapes may take to read the answer; others wait meanwhile.
const readWithin = 10 * time.Second

// Handler answers GET and HEAD with what collect tells of the process at that moment. collect is handed what it told the last
// time, to be told anew; it is called by one goroutine at a time.
func Handler(collect func(p *Process), passes *Passes) http.Handler {
	var turn sync.Mutex
	var process Process
	x := NewExposition()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "Ask with GET.", http.StatusMethodNotAllowed)
			return
		}
		turn.Lock()
		defer turn.Unlock()
		h := w.Header()
		h.Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		// A test's ResponseWriter has no deadlines.
		if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(readWithin)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			http.Error(w, "no answer", http.StatusInternalServerError)
			return
		}
		if r.Method == http.MethodHead {
			return
		}
		collect(&process)
		if err := x.Write(w, &process, passes); err != nil {
			panic(http.ErrAbortHandler) // half an answer must not look whole
		}
	})
}
