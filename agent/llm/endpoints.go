package llm

import (
	"context"
	"slices"
	"strings"
	"sync"
)

// defaultConcurrency is how many calls are under way at an endpoint at once where nothing else is said.
const defaultConcurrency = 2

// Endpoints is what the mailboxes of a process share of the endpoints that they name: how many calls are under way at each,
// and whether it answers. Its methods are for any number of goroutines.
type Endpoints struct {
	mu    sync.Mutex
	lines map[string]*line
}

// line is one endpoint.
type line struct {
	queue queue
	brk   breaker
}

// NewEndpoints knows of none yet.
func NewEndpoints() *Endpoints { return &Endpoints{lines: make(map[string]*line)} }

// line gives an endpoint by its URL, and notes how many calls a mailbox would have there at once.
func (e *Endpoints) line(url, mailbox string, most int) *line {
	e.mu.Lock()
	defer e.mu.Unlock()
	url = strings.TrimSuffix(url, "/")
	l := e.lines[url]
	if l == nil {
		l = &line{queue: queue{limits: make(map[string]int), waiting: make(map[string][]chan struct{})}}
		e.lines[url] = l
	}
	if most <= 0 {
		most = defaultConcurrency
	}
	l.queue.limit(mailbox, most)
	return l
}

// queue lets so many in at once. Those who wait come in turn, one of each mailbox, so that nobody's many drafts keep
// somebody else's one waiting.
type queue struct {
	mu      sync.Mutex
	limits  map[string]int // by mailbox; the smallest counts
	inside  int
	waiting map[string][]chan struct{} // by mailbox, the first first
	turns   []string                   // mailboxes of which somebody waits, the next first
}

func (q *queue) limit(mailbox string, most int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.limits[mailbox] = most
	q.admit()
}

// forget lets the number of a mailbox count no more that asks nothing any more.
func (q *queue) forget(mailbox string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.limits, mailbox)
	q.admit()
}

// enter waits for room; an error is that of ctx, and nothing is to be left then.
func (q *queue) enter(ctx context.Context, mailbox string) error {
	q.mu.Lock()
	turn := make(chan struct{})
	if len(q.waiting[mailbox]) == 0 {
		q.turns = append(q.turns, mailbox)
	}
	q.waiting[mailbox] = append(q.waiting[mailbox], turn)
	q.admit()
	q.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if at := slices.Index(q.waiting[mailbox], turn); at >= 0 {
		q.waiting[mailbox] = slices.Delete(q.waiting[mailbox], at, at+1)
		if len(q.waiting[mailbox]) == 0 {
			q.turns = slices.DeleteFunc(q.turns, func(m string) bool { return m == mailbox })
		}
		return ctx.Err()
	}
	return nil // its turn came in the same moment
}

// leave makes room for the next.
func (q *queue) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.inside--
	q.admit()
}

// admit lets in whom there is room for. The caller holds mu.
func (q *queue) admit() {
	room := 0
	for _, n := range q.limits {
		if room == 0 || n < room {
			room = n
		}
	}
	for q.inside < room && len(q.turns) > 0 {
		mailbox := q.turns[0]
		q.turns = q.turns[1:]
		turn := q.waiting[mailbox][0]
		if q.waiting[mailbox] = q.waiting[mailbox][1:]; len(q.waiting[mailbox]) > 0 {
			q.turns = append(q.turns, mailbox)
		}
		q.inside++
		close(turn)
	}
}
