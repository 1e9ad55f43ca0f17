package dashboard

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"followupd/tracker"
)

var everyPage = []string{"/", "/?state=due", "/?q=lena", "/thread/t1", "/coming", "/works", "/library", "/health"}

func TestGuard_RefusesWhatIsNotTheRepsBrowser(t *testing.T) {
	hold := func() url.Values { return url.Values{"word": {"hold"}, "until": {"2027-01-11"}} }
	tests := []struct {
		name   string
		method string
		path   string
		form   url.Values
		change func(*http.Request)
		want   int
	}{
		{name: "a foreign Host", method: "GET", path: "/", change: func(r *http.Request) { r.Host = "evil.test" }, want: 403},
		{name: "our Host with another port", method: "GET", path: "/", change: func(r *http.Request) { r.Host = "127.0.0.1:9999" }, want: 403},
		{name: "no Host", method: "GET", path: "/", change: func(r *http.Request) { r.Host = "" }, want: 403},
		{name: "localhost", method: "GET", path: "/", change: func(r *http.Request) { r.Host = "LocalHost:8025" }, want: 200},
		{name: "no session", method: "GET", path: "/", change: func(r *http.Request) { r.Header.Del("Cookie") }, want: 401},
		{name: "no session, no thread told", method: "GET", path: "/thread/nosuch", change: func(r *http.Request) { r.Header.Del("Cookie") }, want: 401},
		{name: "no session, the stream", method: "GET", path: "/events", change: func(r *http.Request) { r.Header.Del("Cookie") }, want: 401},
		{name: "a write without a session", method: "POST", path: "/thread/t1", form: hold(), change: func(r *http.Request) { r.Header.Del("Cookie") }, want: 401},
		{name: "a session made up", method: "GET", path: "/", change: func(r *http.Request) { r.Header.Set("Cookie", "followupd-8025=abc.9999999999.def") }, want: 401},
		{name: "a session without parts", method: "GET", path: "/", change: func(r *http.Request) { r.Header.Set("Cookie", "followupd-8025=abc") }, want: 401},
		{name: "a write from another site", method: "POST", path: "/thread/t1", form: hold(), change: func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, want: 403},
		{name: "a write from another port of this machine", method: "POST", path: "/thread/t1", form: hold(), change: func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }, want: 403},
		{name: "a write of a foreign Origin", method: "POST", path: "/thread/t1", form: hold(), change: func(r *http.Request) {
			r.Header.Del("Sec-Fetch-Site")
			r.Header.Set("Origin", "http://evil.test")
		}, want: 403},
		{name: "a login from another site", method: "POST", path: "/login", form: url.Values{"link": {"x"}}, change: func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, want: 403},
		{name: "a form without its token", method: "POST", path: "/thread/t1", form: url.Values{"word": {"reopen"}, "form": {""}}, want: 403},
		{name: "a form with another's token", method: "POST", path: "/thread/t1", form: url.Values{"word": {"reopen"}, "form": {"AAAA"}}, want: 403},
		{name: "a form too large", method: "POST", path: "/thread/t1", form: url.Values{"word": {"note"}, "text": {strings.Repeat("x", 5<<20)}}, want: 413},
		{name: "a form that is none", method: "POST", path: "/thread/t1", form: url.Values{}, change: func(r *http.Request) {
			r.Body = http.NoBody
			r.URL.RawQuery = "%zz"
		}, want: 400},
		{name: "another method", method: "DELETE", path: "/thread/t1", want: 405},
		{name: "no such page", method: "GET", path: "/.git/config", want: 404},
		{name: "a path that climbs", method: "GET", path: "/static/../keys.go", want: 307},
		{name: "the calendar without its secret", method: "GET", path: "/calendar.ics", want: 401},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := newOffice(t)
			o.show(threadOf("t1", "Lena Nordbau", "Your depot", tracker.Waiting, 3))
			if got := o.call(tt.method, tt.path, tt.form, tt.change); got.Code != tt.want {
				t.Errorf("got %d, want %d: %s", got.Code, tt.want, got.Body)
			}
			if len(o.desk.said) > 0 {
				t.Errorf("it was heard all the same: %v", o.desk.said)
			}
		})
	}
}

func TestGuard_TheFormOfAPageIsHeard(t *testing.T) {
	o := newOffice(t)
	o.show(threadOf("t1", "Lena Nordbau", "Your depot", tracker.Waiting, 3))
	page := o.get("/thread/t1").Body.String()
	if !strings.Contains(page, `name="form" value="`+o.keys.form(o.session)+`"`) {
		t.Fatal("the page's forms do not carry the session's token")
	}
	w := o.call("POST", "/thread/t1", url.Values{"word": {"hold"}, "until": {"2027-01-11"}}, nil)
	if w.Code != 303 || w.Header().Get("Location") != "/thread/t1?done=hold" || len(o.desk.said) != 1 {
		t.Errorf("got %d to %q, %d words; want 303 to the thread, 1", w.Code, w.Header().Get("Location"), len(o.desk.said))
	}
}

func TestGuard_GETNeverChangesAnything(t *testing.T) {
	o := newOffice(t)
	o.show(threadOf("t1", "Lena Nordbau", "Your depot", tracker.Waiting, 3))
	link, err := o.keys.NewLink(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	before := files(t, o.keys.dir)
	for _, page := range append(everyPage, "/login?link="+link, "/thread/t1?word=close&outcome=won&form="+o.keys.form(o.session), "/logout") {
		w := o.get(page)
		if w.Header().Get("Set-Cookie") != "" {
			t.Errorf("GET %s sets a cookie", page)
		}
	}
	if len(o.desk.said) > 0 {
		t.Errorf("a GET said %v", o.desk.said)
	}
	if after := files(t, o.keys.dir); after != before {
		t.Errorf("GETs changed the keys: %s, before %s", after, before)
	}
}

func files(t *testing.T, dir string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, "\n")
}

func TestGuard_EveryAnswerCarriesItsHeaders(t *testing.T) {
	o := newOffice(t)
	o.show(threadOf("t1", "Lena Nordbau", "Your depot", tracker.Waiting, 3))
	for _, path := range append(everyPage, "/static/live.js", "/nosuch", "/login") {
		h := o.get(path).Header()
		for key, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if !strings.Contains(h.Get(key), want) {
				t.Errorf("%s: %s is %q, want %q in it", path, key, h.Get(key), want)
			}
		}
		if h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s lets other sites read it", path)
		}
	}
}

func TestLogin_ALinkWorksOnceAndOnlyForAWhile(t *testing.T) {
	o := newOffice(t)
	now := time.Now()
	o.cfg.Now = func() time.Time { return now }
	use := func(link string) *httptest.ResponseRecorder {
		return o.call("POST", "/login", url.Values{"link": {link}}, func(r *http.Request) { r.Header.Del("Cookie") })
	}
	link, err := o.keys.NewLink(now)
	if err != nil {
		t.Fatal(err)
	}
	first := use(link)
	cookies := first.Result().Cookies()
	if first.Code != 303 || len(cookies) != 1 {
		t.Fatalf("got %d with %d cookies, want 303 with one", first.Code, len(cookies))
	}
	if c := cookies[0]; !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || !o.keys.holds(c.Value, now) {
		t.Errorf("the cookie is %v: want HttpOnly, SameSite=Strict, and a session of ours", c)
	}
	if got := use(link).Code; got != 401 {
		t.Errorf("the second time: got %d, want 401", got)
	}
	if got := use("../key").Code; got != 401 {
		t.Errorf("a path for a link: got %d, want 401", got)
	}
	old, err := o.keys.NewLink(now)
	if err != nil {
		t.Fatal(err)
	}
	o.cfg.Now = func() time.Time { return now.Add(linkLife + time.Minute) }
	if got := use(old).Code; got != 401 {
		t.Errorf("after %v: got %d, want 401", linkLife, got)
	}
}

func TestLogin_OfManyAtOnceOneWins(t *testing.T) {
	o := newOffice(t)
	link, err := o.keys.NewLink(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var wins atomic.Int32
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if o.keys.redeem(link, time.Now()) {
				wins.Add(1)
			}
		})
	}
	wg.Wait()
	if wins.Load() != 1 {
		t.Errorf("%d browsers got in by one link", wins.Load())
	}
}

func TestKeys_ASessionEnds(t *testing.T) {
	k := newOffice(t).keys
	s := k.session(thursday)
	if !k.holds(s, thursday.Add(sessionLife-time.Hour)) || k.holds(s, thursday.Add(sessionLife+time.Hour)) {
		t.Error("a session should end after its life and not before")
	}
	body, _, _ := cutLast(s)
	nonce, _, _ := cutLast(body)
	if k.holds(nonce+".99999999999."+strings.Split(s, ".")[2], thursday) {
		t.Error("a session whose end was put off is taken")
	}
}

func TestOpenKeys_OneKeyForAll(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	got := make([]string, 8)
	for i := range got {
		wg.Go(func() {
			k, err := OpenKeys(dir)
			if err != nil {
				t.Error(err)
				return
			}
			got[i] = k.Calendar()
		})
	}
	wg.Wait()
	for _, g := range got {
		if g != got[0] {
			t.Fatal("two processes have different keys")
		}
	}
	path := filepath.Join(dir, "dashboard", "key")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, error %v; want 0600", info.Mode(), err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenKeys(dir); err == nil {
		t.Error("a key that others can read is used")
	}
}
