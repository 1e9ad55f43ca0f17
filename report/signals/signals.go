// Package signals answers the links that drafts bear in place of their assets' own addresses: it shows the way to the asset
// and notes that somebody went there.
//
// It guarantees that a visitor is sent to the address that the link was made for and nowhere else, whatever the request
// says; that nothing of a visitor is kept but the time, what showed a program, and a hash of their network under the day's
// salt; and that nothing of a request is remembered where the browser asks not to be followed. It sets no cookie, serves no
// picture, and reads no body.
package signals

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/netutil"

	"followupd/tracker"
)

// Book is what a mailbox knows of its links; tracker/sqlite.Store is one.
type Book interface {
	Link(ctx context.Context, token string) (l tracker.Link, found bool, err error)
	AddVisit(ctx context.Context, v tracker.Visit) error
	VisitorSalt(ctx context.Context, now time.Time) ([]byte, error)
}

// Mailbox is one rep's links.
type Mailbox struct {
	Book     Book
	Scanners []netip.Prefix // networks whose visits are a machine's, besides the known ones
	Visited  func()         // called after a visit was noted
	Log      *slog.Logger
}

// Server answers the links of the mailboxes that have entered.
type Server struct {
	filters filters
	limits  limiter
	now     func() time.Time

	mu    sync.RWMutex
	boxes []*box
}

// box is a mailbox that has entered, and the visits to it that are not written down yet.
type box struct {
	Mailbox
	visits chan tracker.Visit
}

// New gives a server without mailboxes. now is the clock.
func New(now func() time.Time) (*Server, error) {
	f, err := loadFilters()
	return &Server{filters: f, now: now}, err
}

// waiting is how many visits to a mailbox may wait to be written down. More are a machine's, and lost.
const waiting = 256

// Enter has the links of a mailbox answered until ctx ends, and writes the visits to them down meanwhile. It returns when
// the last is written and nobody looks anything up in the mailbox any more.
func (s *Server) Enter(ctx context.Context, m Mailbox) {
	b := &box{Mailbox: m, visits: make(chan tracker.Visit, waiting)}
	s.mu.Lock()
	s.boxes = append(s.boxes, b)
	s.mu.Unlock()
	for {
		select {
		case v := <-b.visits:
			b.note(ctx, v)
		case <-ctx.Done():
			s.mu.Lock() // no request is being answered now, and none finds this mailbox after it
			s.boxes = slices.DeleteFunc(s.boxes, func(x *box) bool { return x == b })
			s.mu.Unlock()
			for len(b.visits) > 0 {
				b.note(ctx, <-b.visits)
			}
			return
		}
	}
}

// noteWithin bounds how long a visit is being written down.
const noteWithin = 5 * time.Second

// note writes a visit down. One that cannot be is lost: nobody is due sooner for it, and no visitor waits for it.
func (b *box) note(ctx context.Context, v tracker.Visit) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteWithin)
	defer cancel()
	salt, err := b.Book.VisitorSalt(ctx, v.At)
	if err == nil {
		v.Network = hashed(salt, v.Network)
		err = b.Book.AddVisit(ctx, v)
	}
	if err != nil {
		b.Log.Warn("a visit to a link was not noted", slog.Any("error", err))
		return
	}
	if b.Visited != nil {
		b.Visited()
	}
}

// hashed hides a network; "" stays "".
func hashed(salt []byte, network string) string {
	if network == "" {
		return ""
	}
	h := hmac.New(sha256.New, salt)
	h.Write([]byte(network))
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// ServeHTTP shows the way from a link to its asset.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "A link is followed with GET.", http.StatusMethodNotAllowed)
		return
	}
	from := visitor(r)
	now := s.now()
	if !s.limits.allow(network(from), now) {
		h.Set("Retry-After", strconv.Itoa(int(again/time.Second)))
		http.Error(w, "Too many requests. Please try again in a moment.", http.StatusTooManyRequests)
		return
	}
	token := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	if token == "robots.txt" {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("User-agent: *\nDisallow: /\n")) // whoever has gone does not read it
		return
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	b, link, err := s.find(r.Context(), token)
	switch {
	case err != nil:
		h.Set("Retry-After", strconv.Itoa(int(again/time.Second)))
		http.Error(w, "Not now. Please try again in a moment.", http.StatusServiceUnavailable)
		return
	case b == nil:
		http.Error(w, "There is nothing here.", http.StatusNotFound)
		return
	}
	h.Set("Location", link.URL)
	h.Set("Content-Length", "0")
	w.WriteHeader(http.StatusFound)
	if unwatched(r) {
		return
	}
	v := tracker.Visit{Token: token, At: now, Machine: s.filters.machine(r, from, b.Scanners)}
	if n := network(from); n.IsValid() {
		v.Network = n.String()
	}
	select {
	case b.visits <- v:
	default:
		b.Log.Debug("a visit to a link is left out: too many at once")
	}
}

// find looks a token up in every mailbox.
func (s *Server) find(ctx context.Context, token string) (*box, tracker.Link, error) {
	if !isToken(token) {
		return nil, tracker.Link{}, nil
	}
	var failed error
	for _, b := range s.boxes {
		link, found, err := b.Book.Link(ctx, token)
		if err != nil {
			b.Log.Warn("a link was not looked up", slog.Any("error", err))
			failed = err
			continue
		}
		if found {
			return b, link, nil
		}
	}
	return nil, tracker.Link{}, failed
}

// isToken says whether a text has the form of a token: 32 letters and digits of base64url.
func isToken(s string) bool {
	if len(s) != 32 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// Bounds on connections. A request is one line and some headers.
const (
	connections = 256
	headerBytes = 8 << 10
	readWithin  = 5 * time.Second
	writeWithin = 10 * time.Second
	idleWithin  = 15 * time.Second
	endWithin   = 3 * time.Second
)

// Serve answers on a listener until ctx ends, and closes it.
func (s *Server) Serve(ctx context.Context, l net.Listener, log *slog.Logger) error {
	server := &http.Server{
		Handler: s, ReadHeaderTimeout: readWithin, ReadTimeout: readWithin, WriteTimeout: writeWithin, IdleTimeout: idleWithin,
		MaxHeaderBytes: headerBytes, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	var closing sync.WaitGroup
	served := make(chan struct{})
	closing.Go(func() {
		select {
		case <-ctx.Done():
		case <-served:
		}
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
		defer cancel()
		if server.Shutdown(last) != nil {
			server.Close()
		}
	})
	err := server.Serve(netutil.LimitListener(l, connections))
	close(served)
	closing.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
