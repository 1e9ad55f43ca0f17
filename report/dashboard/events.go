package dashboard

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Bounds on the streams of events: a browser holds one for each visible page.
const (
	maxStreams = 64
	streamBeat = 25 * time.Second // a comment that keeps the connection and finds out that it is dead
)

// news tells open pages that something changed. Telling never waits for anybody.
type news struct {
	mu      sync.Mutex
	streams map[chan struct{}]bool
}

func newNews() *news { return &news{streams: make(map[chan struct{}]bool)} }

// listen gives a channel that gets a value after each change, several changes as one; nil where too many listen already.
func (n *news) listen() chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.streams) >= maxStreams {
		return nil
	}
	c := make(chan struct{}, 1)
	n.streams[c] = true
	return c
}

func (n *news) leave(c chan struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.streams, c)
}

func (n *news) tell() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for c := range n.streams {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// events is the stream of server-sent events: "changed" after each pass.
func (s *Server) events(w http.ResponseWriter, r *http.Request) error {
	c := s.news.listen()
	if c == nil {
		http.Error(w, "too many open pages", http.StatusServiceUnavailable)
		return nil
	}
	defer s.news.leave(c)
	w.Header().Set("Content-Type", "text/event-stream")
	rc := http.NewResponseController(w)
	beat := time.NewTicker(streamBeat)
	defer beat.Stop()
	say := "retry: 3000\n\n"
	for {
		if err := rc.SetWriteDeadline(time.Now().Add(answerTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return nil
		}
		if _, err := fmt.Fprint(w, say); err != nil {
			return nil // the page was closed
		}
		if err := rc.Flush(); err != nil {
			return nil
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-c:
			say = "event: changed\ndata: \n\n"
		case <-beat.C:
			say = ": still here\n\n"
		}
	}
}
