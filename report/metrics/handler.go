package metrics

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// readWithin is how long whoever scrapes may take to read the answer; others wait meanwhile.
const readWithin = 10 * time.Second

// Handler answers GET and HEAD with all that there is to tell at that moment, or with status 500 and why not.
// Errors go to log too. It gathers for one at a time, so that many who ask cost no more memory than one.
func Handler(all prometheus.Gatherer, log *slog.Logger) http.Handler {
	var turn sync.Mutex
	answer := promhttp.HandlerFor(all, promhttp.HandlerOpts{ErrorLog: errorLog{log}, ErrorHandling: promhttp.HTTPErrorOnError})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "Ask with GET.", http.StatusMethodNotAllowed)
			return
		}
		turn.Lock()
		defer turn.Unlock()
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		// A test's ResponseWriter has no deadlines.
		if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(readWithin)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			http.Error(w, "no answer", http.StatusInternalServerError)
			return
		}
		answer.ServeHTTP(w, r)
	})
}

// errorLog logs what the library complains of.
type errorLog struct{ log *slog.Logger }

// Println is what [promhttp.Logger] asks for.
func (l errorLog) Println(v ...any) {
	l.log.Warn("metrics not told", slog.String("error", strings.TrimSpace(fmt.Sprintln(v...))))
}
