package signals

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"followupd/tracker"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	token   = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1"
	chrome  = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
	leadsTo = "https://acme.example/cases/nordfrakt?from=mail"
)

// shelf is a Book in memory.
type shelf struct {
	mu     sync.Mutex
	links  map[string]tracker.Link
	visits []tracker.Visit
	broken error
}

func (s *shelf) Link(_ context.Context, token string) (tracker.Link, bool, error) {
	l, ok := s.links[token]
	return l, ok, s.broken
}

func (s *shelf) AddVisit(_ context.Context, v tracker.Visit) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.visits = append(s.visits, v)
	return nil
}

func (*shelf) VisitorSalt(_ context.Context, now time.Time) ([]byte, error) {
	return []byte(now.Format(time.DateOnly)), nil
}

var morning = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// world is a server with one mailbox in it.
type world struct {
	*Server
	shelf *shelf
	now   time.Time
	leave func()
}

func enter(t *testing.T, links ...string) *world {
	t.Helper()
	w := &world{shelf: &shelf{links: make(map[string]tracker.Link)}, now: morning}
	for _, l := range links {
		w.shelf.links[l] = tracker.Link{Token: l, URL: leadsTo}
	}
	var err error
	if w.Server, err = New(func() time.Time { return w.now }); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	entered := make(chan struct{})
	wg.Go(func() {
		w.Enter(ctx, Mailbox{Book: w.shelf, Log: slog.New(slog.DiscardHandler), Scanners: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}, Visited: func() {}})
	})
	go func() { // Enter has no other sign that it has begun
		for {
			w.mu.RLock()
			n := len(w.boxes)
			w.mu.RUnlock()
			if n > 0 {
				close(entered)
				return
			}
		}
	}()
	<-entered
	w.leave = func() { cancel(); wg.Wait() }
	t.Cleanup(w.leave)
	return w
}

// follow asks as a browser in an office does, but for what change says.
func (w *world) follow(path string, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "http://read.acme.example"+path, nil)
	r.RemoteAddr = "198.51.100.7:50000"
	r.Header.Set("User-Agent", chrome)
	if change != nil {
		change(r)
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return rec
}

// noted gives what was written down, once the mailbox has left.
func (w *world) noted() []tracker.Visit {
	w.leave()
	return w.shelf.visits
}

func TestServer_ShowsAPersonTheWayAndNotesTheVisit(t *testing.T) {
	w := enter(t, token)
	resp := w.follow("/"+token+"?to=https://evil.example/", func(r *http.Request) {
		r.Host = "evil.example"
		r.Header.Set("Referer", "https://evil.example/")
		r.Header.Set("X-Forwarded-Host", "evil.example")
	})
	if resp.Code != http.StatusFound || resp.Header().Get("Location") != leadsTo {
		t.Errorf("status %d to %q, want 302 to %q", resp.Code, resp.Header().Get("Location"), leadsTo)
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow", "Set-Cookie": ""} {
		if got := resp.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if body, err := io.ReadAll(resp.Body); err != nil || len(body) > 0 {
		t.Errorf("the answer has a body: %q", body)
	}
	visits := w.noted()
	if len(visits) != 1 || visits[0].Token != token || visits[0].Machine != "" || !visits[0].At.Equal(morning) {
		t.Fatalf("noted %+v", visits)
	}
	if n := visits[0].Network; len(n) != 16 || strings.Contains(n, "198") && strings.Contains(n, ".") {
		t.Errorf("the network is noted as %q", n)
	}
}

func TestServer_TellsMachinesFromPeople(t *testing.T) {
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	for _, c := range []struct {
		name    string
		change  func(*http.Request)
		machine string // a part of it; "" a person
	}{
		{"a browser", nil, ""},
		{"a telephone", header("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"), ""},
		{"a header only", func(r *http.Request) { r.Method = http.MethodHead }, "HEAD"},
		{"fetched ahead by a browser", header("Sec-Purpose", "prefetch;prerender"), "ahead"},
		{"fetched ahead by an old one", header("X-Moz", "prefetch"), "ahead"},
		{"a preview", header("X-Purpose", "preview"), "ahead"},
		{"a crawler", header("User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"), `"bot"`},
		{"a library", header("User-Agent", "python-requests/2.32"), "program"},
		{"without a name", header("User-Agent", " "), "no browser"},
		{"a browser without a person", header("User-Agent", strings.Replace(chrome, "Chrome", "HeadlessChrome", 1)), "headless"},
		{"a filter's network", func(r *http.Request) { r.RemoteAddr = "209.222.82.9:1234" }, "Barracuda"},
		{"a network of the config", func(r *http.Request) { r.RemoteAddr = "203.0.113.200:1234" }, "signals.scanners"},
		{"a filter through the company's web server", func(r *http.Request) {
			r.RemoteAddr = "127.0.0.1:1234"
			r.Header.Set("X-Forwarded-For", "198.51.100.7, 209.222.82.9")
		}, "Barracuda"},
		{"an address that the visitor made up", header("X-Forwarded-For", "209.222.82.9"), ""},
		{"what a visitor put before the web server's word", func(r *http.Request) {
			r.RemoteAddr = "10.0.0.2:1234"
			r.Header.Set("X-Forwarded-For", "209.222.82.9, 198.51.100.7")
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := enter(t, token)
			if resp := w.follow("/"+token, c.change); resp.Code != http.StatusFound {
				t.Errorf("status %d: machines are shown the way, too", resp.Code)
			}
			visits := w.noted()
			if len(visits) != 1 || (visits[0].Machine == "") != (c.machine == "") || !strings.Contains(visits[0].Machine, c.machine) {
				t.Errorf("noted %+v, want one that says %q", visits, c.machine)
			}
		})
	}
}

func TestServer_RemembersNothingOfWhoAsksNotToBeFollowed(t *testing.T) {
	for _, name := range []string{"DNT", "Sec-GPC"} {
		w := enter(t, token)
		resp := w.follow("/"+token, func(r *http.Request) { r.Header.Set(name, "1") })
		if visits := w.noted(); resp.Code != http.StatusFound || len(visits) > 0 {
			t.Errorf("%s: status %d, noted %+v", name, resp.Code, visits)
		}
	}
}

func TestServer_NothingElseIsThere(t *testing.T) {
	w := enter(t, token)
	for path, want := range map[string]int{
		"/": 404, "/" + strings.Replace(token, "A", "B", 1): 404, "/" + token + "/": 404, "/" + token + "x": 404, "/" + token[1:]: 404,
		"/login": 404, "/.git/config": 404, "/" + strings.Repeat("a", 4000): 404, "/%2e%2e/" + token: 302,
		"/under/a/path/" + token: 302, "/robots.txt": 200,
	} {
		if resp := w.follow(path, nil); resp.Code != want {
			t.Errorf("%.60s: status %d, want %d", path, resp.Code, want)
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodConnect, "BREW"} {
		if resp := w.follow("/"+token, func(r *http.Request) { r.Method = method }); resp.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s: status %d", method, resp.Code)
		}
	}
	w.leave()
	if resp := w.follow("/"+token, nil); resp.Code != http.StatusNotFound {
		t.Errorf("status %d for a mailbox that has left", resp.Code)
	}
}

func TestServer_ABrokenStateIsNoDeadLink(t *testing.T) {
	w := enter(t, token)
	w.shelf.broken = errors.New("disk gone")
	if resp := w.follow("/"+token, nil); resp.Code != http.StatusServiceUnavailable || resp.Header().Get("Retry-After") == "" {
		t.Errorf("status %d", resp.Code)
	}
}

func TestServer_MailboxesShareIt(t *testing.T) {
	w := enter(t, token)
	const other = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"
	second := &shelf{links: map[string]tracker.Link{other: {Token: other, URL: "https://acme.example/other"}}}
	b := &box{Mailbox: Mailbox{Book: second, Log: slog.New(slog.DiscardHandler)}, visits: make(chan tracker.Visit, waiting)}
	w.boxes = append(w.boxes, b)
	if resp := w.follow("/"+other, nil); resp.Header().Get("Location") != "https://acme.example/other" {
		t.Errorf("status %d to %q", resp.Code, resp.Header().Get("Location"))
	}
	if got := len(b.visits); got != 1 {
		t.Errorf("%d visits of the second mailbox", got)
	}
	if visits := w.noted(); len(visits) > 0 {
		t.Errorf("the first mailbox noted %+v", visits)
	}
}

func TestServer_BoundsWhoAsksTooMuch(t *testing.T) {
	w := enter(t, token)
	count := func(n int, from string) (allowed int) {
		for range n {
			resp := w.follow("/"+token, func(r *http.Request) { r.RemoteAddr = from })
			switch resp.Code {
			case http.StatusFound:
				allowed++
			case http.StatusTooManyRequests:
				if resp.Header().Get("Retry-After") == "" {
					t.Fatal("nobody is told when to come back")
				}
			}
		}
		return allowed
	}
	got := []int{count(100, "198.51.100.7:1"), count(10, "198.51.100.8:1"), count(10, "192.0.2.1:1"), count(10, "[2001:db8:1:2::3]:1")}
	w.now = w.now.Add(10 * time.Second)
	got = append(got, count(10, "198.51.100.7:1"))
	w.now = w.now.Add(time.Hour)
	got = append(got, count(100, "198.51.100.7:1"))
	// The same /24 shares its bound; time gives it back.
	if d := cmp.Diff(got, []int{30, 0, 10, 10, 5, 30}); d != "" {
		t.Errorf("allowed (-), want (+):\n%s", d)
	}
}

func TestLimiter_RemembersABoundedNumberOfNetworks(t *testing.T) {
	var l limiter
	now := morning
	for i := range 3 * networks {
		if i%forAll == 0 {
			now = now.Add(time.Second)
		}
		l.allow(netip.PrefixFrom(netip.AddrFrom4([4]byte{198, byte(i >> 16), byte(i >> 8), byte(i)}), 32), now)
	}
	if len(l.spent) > networks {
		t.Errorf("%d networks are remembered", len(l.spent))
	}
	if !l.allow(netip.MustParsePrefix("192.0.2.0/24"), now.Add(time.Minute)) {
		t.Error("nobody may ask any more")
	}
}

func TestServe_OverTheWireUntilTheEnd(t *testing.T) {
	w := enter(t, token)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- w.Serve(ctx, l, slog.New(slog.DiscardHandler)) }()
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	ask := func(change func(*http.Request)) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("http://%s/%s", l.Addr(), token), nil)
		if err != nil {
			t.Fatal(err)
		}
		change(r)
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	if got := ask(func(*http.Request) {}); got != http.StatusFound {
		t.Errorf("status %d", got)
	}
	if got := ask(func(r *http.Request) { r.Header.Set("X-Long", strings.Repeat("x", 64<<10)) }); got != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d for a header without end", got)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestLists_AreNotFoundInBrowsers(t *testing.T) {
	f, err := loadFilters()
	if err != nil {
		t.Fatal(err)
	}
	if len(f.agents) < 30 || len(f.networks) < 15 {
		t.Errorf("%d agents and %d networks were read", len(f.agents), len(f.networks))
	}
	for _, agent := range []string{
		chrome, chrome + " Edg/142.0.0.0", chrome + " OPR/120.0.0.0",
		"Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
		"Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
		"Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("User-Agent", agent)
		if why := f.machine(r, netip.MustParseAddr("198.51.100.7"), nil); why != "" {
			t.Errorf("%s: %s", agent, why)
		}
	}
}

func FuzzVisitor_NeverPanics(f *testing.F) {
	f.Add("127.0.0.1:1", "198.51.100.7")
	f.Add("[fe80::1%eth0]:1", "::ffff:10.0.0.1, fe80::1%0")
	f.Add("pipe", ",")
	f.Fuzz(func(t *testing.T, remote, via string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = remote
		r.Header["X-Forwarded-For"] = []string{via}
		if a := visitor(r); a.IsValid() && !network(a).IsValid() {
			t.Errorf("%s has no network", a)
		}
	})
}
