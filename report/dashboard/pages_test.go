package dashboard

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"followupd/mail"
	"followupd/playbook"
	"followupd/report"
	"followupd/tracker"
)

func TestBoard_TenThousandThreads(t *testing.T) {
	const most = 300 << 10 // bytes of a page
	o := newOffice(t)
	all := many(10_000)
	o.show(all...)
	o.desk.ahead = all
	for i := range o.desk.ahead {
		o.desk.ahead[i].Check = thursday.Add(time.Duration(i%600) * time.Hour)
	}
	for _, path := range []string{"/", "/?state=waiting", "/?q=lane", "/?q=firm5&page=3", "/?state=ignored&page=9999", "/coming", "/library", "/health"} {
		began := time.Now()
		w := o.get(path)
		if w.Code != 200 || w.Body.Len() > most {
			t.Errorf("%s: status %d, %d bytes; want 200, at most %d", path, w.Code, w.Body.Len(), most)
		}
		t.Logf("%-28s %7d bytes %v", path, w.Body.Len(), time.Since(began).Round(100*time.Microsecond))
	}
}

// BenchmarkBoard is the board of 10,000 threads; it must stay under 300 ms.
func BenchmarkBoard(b *testing.B) {
	o := newOffice(b)
	o.show(many(10_000)...)
	for b.Loop() {
		o.get("/?q=lane")
	}
}

func TestBoard_FindsAndFilters(t *testing.T) {
	o := newOffice(t)
	hot := threadOf("t3", "Cleo Fjord", "Pallets", tracker.Waiting, 9)
	hot.Grade, hot.Situation = "hot", tracker.Proposal
	o.show(
		threadOf("t1", "Lena Nordbau", "Your depot", tracker.Waiting, 3),
		threadOf("t2", "Ben Isarlog", "Customs in Basel", tracker.Answered, 5), hot,
		threadOf("t4", "Kim Ignored", "Lunch", tracker.Ignored, 1),
	)
	for _, tt := range []struct {
		query string
		want  []string
	}{
		{"q=DEPOT", []string{"t1"}},
		{"q=isarlog.example", []string{"t2"}},
		{"q=cleo", []string{"t3"}},
		{"state=waiting", []string{"t3", "t1"}}, // oldest first
		{"state=waiting&grade=hot", []string{"t3"}},
		{"situation=proposal", []string{"t3"}},
		{"q=lunch", nil}, // what is ignored shows only when asked for
		{"q=lunch&state=ignored", []string{"t4"}},
		{"q=%25", nil},
		{"state=%22%3E%3Cscript%3E", nil},
	} {
		page := o.get("/?" + tt.query).Body.String()
		var got []string
		for _, part := range strings.Split(page, `<a href="/thread/`)[1:] {
			got = append(got, part[:strings.IndexByte(part, '"')])
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.query, diff)
		}
	}
}

// hostile is what strangers put where they can.
const hostile = `<script>alert(1)</script><img src=x onerror=alert(2)> https://evil.test/ [x](javascript:alert(3)) "'>` + "\u202e"

func TestFault_43_StrangersTextIsTextOnPages(t *testing.T) {
	o := newOffice(t)
	st := threadOf("t1", "Lena Nordbau", hostile, tracker.Drafted, 3)
	st.Prospects[0].Name, st.Company, st.Reasons = hostile, hostile, []string{hostile}
	st.Draft.Body, st.Draft.Why = hostile, []string{hostile}
	o.desk.stories["t1"] = &Story{Standing: st, Thread: &tracker.Thread{ID: "t1", Messages: []tracker.Linked{{
		Seen: &tracker.Seen{
			Received: thursday, Message: mail.Message{From: []mail.Person{{Name: hostile}}, Subject: hostile},
			Reading: mail.Reading{Kind: mail.KindHuman, NewText: hostile, Reasons: []string{hostile}},
		}, Direction: tracker.In, Weak: true, Why: hostile,
	}}}}
	due := st
	due.State, due.Check = tracker.Due, thursday.Add(time.Hour)
	o.desk.ahead = []tracker.Standing{due}
	o.desk.words = []tracker.Word{{Kind: tracker.WordNote, Address: st.Prospects[0].Address, Text: hostile, At: thursday}}
	o.desk.drafts = []tracker.Draft{{Thread: "t1", State: tracker.DraftSent, Asset: "a.md", Changed: thursday, Approach: hostile, Why: []string{hostile}}}
	o.desk.stats = []report.Row{{Group: "asset", Name: hostile, Replies: &report.Replies{}}}
	o.desk.assets = []playbook.Asset{{File: "a.md", Kind: "article", Title: hostile, URL: "javascript:alert(4)"}}
	o.Publish(View{At: thursday, Err: hostile, Standings: []tracker.Standing{st}})
	for _, path := range append(everyPage, "/?q="+url.QueryEscape(hostile)) {
		page := o.get(path).Body.String()
		for _, bad := range []string{"<script>alert", "<img", `href="https://evil`, `href="javascript`, "onerror=alert(2)>", "\u202e"} {
			if strings.Contains(page, bad) && !(bad == "\u202e" && strings.Contains(path, "q=")) {
				t.Errorf("%s holds %q", path, bad)
			}
		}
	}
}

func TestSay_WhatIsUnderstoodAndWhatNot(t *testing.T) {
	day := func(s string) time.Time { return must(time.ParseInLocation(time.DateOnly, s, stockholm)) }
	lena := mail.Address("lena@nordbau.example")
	tests := []struct {
		name string
		form url.Values
		want *tracker.Word // nil: refused
	}{
		{"hold", url.Values{"word": {"hold"}, "until": {"2027-01-11"}, "text": {" budget "}}, &tracker.Word{Kind: tracker.WordHold, Thread: "t1", Until: day("2027-01-11"), Text: "budget"}},
		{"hold until a day gone", url.Values{"word": {"hold"}, "until": {"2026-11-12"}}, nil},
		{"hold until no day", url.Values{"word": {"hold"}, "until": {"soon"}}, nil},
		{"close", url.Values{"word": {"close"}, "outcome": {"won"}}, &tracker.Word{Kind: tracker.WordClose, Thread: "t1", Outcome: tracker.Won}},
		{"close as something else", url.Values{"word": {"close"}, "outcome": {"opted_out"}}, nil},
		{"reopen", url.Values{"word": {"reopen"}}, &tracker.Word{Kind: tracker.WordReopen, Thread: "t1"}},
		{"note", url.Values{"word": {"note"}, "address": {string(lena)}, "text": {"two\r\nlines"}}, &tracker.Word{Kind: tracker.WordNote, Address: lena, Text: "two\nlines"}},
		{"an empty note", url.Values{"word": {"note"}, "address": {string(lena)}, "text": {" \n"}}, nil},
		{"a note that is no text", url.Values{"word": {"note"}, "address": {string(lena)}, "text": {"\xff\xfe"}}, nil},
		{"a note on a stranger", url.Values{"word": {"note"}, "address": {"bo@else.example"}, "text": {"x"}}, nil},
		{"grade", url.Values{"word": {"grade"}, "address": {string(lena)}, "text": {"hot"}}, &tracker.Word{Kind: tracker.WordGrade, Address: lena, Text: "hot"}},
		{"no grade", url.Values{"word": {"grade"}, "address": {string(lena)}, "text": {"none"}}, &tracker.Word{Kind: tracker.WordGrade, Address: lena, Text: "none"}},
		{"a grade nobody configured", url.Values{"word": {"grade"}, "address": {string(lena)}, "text": {"lukewarm"}}, nil},
		{"another draft where none waits", url.Values{"word": {"another"}}, nil},
		{"no word", url.Values{"word": {"erase"}}, nil},
		{"nothing", url.Values{}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := newOffice(t)
			o.show(threadOf("t1", "Lena Nordbau", "Your depot", tracker.Waiting, 3))
			w := o.call("POST", "/thread/t1", tt.form, nil)
			if tt.want == nil {
				if w.Code != 422 || len(o.desk.said) > 0 {
					t.Errorf("got %d and %v, want 422 and nothing", w.Code, o.desk.said)
				}
				return
			}
			if diff := cmp.Diff([]tracker.Word{*tt.want}, o.desk.said); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestSay_ATaskIsTickedOffWhereItIsNamed(t *testing.T) {
	o := newOffice(t)
	o.show(threadOf("t1", "Lena Nordbau", "Your depot", tracker.Waiting, 3))
	call := playbook.Task{Thread: "t1", At: thursday, Channel: playbook.Call, What: "Call <Lena>", Why: "three mails went unanswered"}
	o.desk.stories["t1"].Tasks = []playbook.Task{call}
	if page := o.get("/thread/t1").Body.String(); !strings.Contains(page, `value="`+call.Name()+`"`) || !strings.Contains(page, `aria-label="Done: Call &lt;Lena&gt;"`) {
		t.Errorf("the page has no button for the task:\n%s", page)
	}
	if w := o.call("POST", "/thread/t1", url.Values{"word": {"done"}, "text": {"card 2026-11-12"}}, nil); w.Code != 422 || len(o.desk.said) > 0 {
		t.Errorf("a task that is not there: got %d and %v, want 422 and nothing", w.Code, o.desk.said)
	}
	o.call("POST", "/thread/t1", url.Values{"word": {"done"}, "text": {call.Name()}}, nil)
	if diff := cmp.Diff([]tracker.Word{{Kind: tracker.WordDone, Thread: "t1", Text: call.Name()}}, o.desk.said); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestSay_OnAFullDiskNothingIsCalledStored(t *testing.T) {
	o := newOffice(t)
	o.show(threadOf("t1", "Lena Nordbau", "Your depot", tracker.Waiting, 3))
	o.desk.full = errors.New("store a word: database or disk is full")
	form := url.Values{"word": {"note"}, "address": {"lena@nordbau.example"}, "text": {"they switch carriers in spring"}}
	w := o.call("POST", "/thread/t1", form, nil)
	if w.Code != 500 || !strings.Contains(w.Body.String(), "Nothing was stored") || !strings.Contains(w.Body.String(), "disk is full") {
		t.Errorf("got %d: %s", w.Code, w.Body)
	}
	o.desk.full = nil
	if w := o.call("POST", "/thread/t1", form, nil); w.Code != 303 || len(o.desk.said) != 1 {
		t.Errorf("with room again: %d, %d words; want 303, 1", w.Code, len(o.desk.said))
	}
}

func TestSay_ToAThreadThatIsGone(t *testing.T) {
	o := newOffice(t)
	if w := o.call("POST", "/thread/t9", url.Values{"word": {"reopen"}}, nil); w.Code != 404 || len(o.desk.said) > 0 {
		t.Errorf("got %d and %v, want 404 and nothing", w.Code, o.desk.said)
	}
}

func TestPages_BusyComesByItselfAndTroubleIsSaid(t *testing.T) {
	o := newOffice(t)
	o.show(threadOf("t1", "Lena Nordbau", "Your depot", tracker.Waiting, 3))
	o.desk.err = ErrBusy
	if w := o.get("/thread/t1"); w.Code != 503 || !strings.Contains(w.Body.String(), `http-equiv="refresh"`) {
		t.Errorf("busy: got %d, want 503 and a page that reloads", w.Code)
	}
	o.desk.err = errors.New("database disk image is malformed")
	if w := o.get("/thread/t1"); w.Code != 500 || !strings.Contains(w.Body.String(), "malformed") {
		t.Errorf("trouble: got %d, want 500 and the reason", w.Code)
	}
	o.Publish(View{At: thursday, Err: "the server refused the login", Hint: "make an app password"})
	if page := o.get("/health").Body.String(); !strings.Contains(page, "refused the login") || !strings.Contains(page, "app password") {
		t.Error("Health does not say why the last pass failed, and what to do")
	}
	if page := o.get("/").Body.String(); !strings.Contains(page, "The last pass failed") {
		t.Error("the board is silent about a failed pass")
	}
}

func TestPages_BeforeTheFirstPass(t *testing.T) {
	o := newOffice(t)
	for _, path := range []string{"/", "/coming", "/works", "/library", "/health"} {
		if w := o.get(path); w.Code != 200 {
			t.Errorf("%s: got %d, want 200", path, w.Code)
		}
	}
	if page := o.get("/").Body.String(); !strings.Contains(page, "for the first time") {
		t.Error("the board does not say that the mailbox is being read")
	}
}

func TestEvents_TellOpenPages(t *testing.T) {
	o := newOffice(t)
	server := httptest.NewServer(o.Handler())
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	r.AddCookie(&http.Cookie{Name: o.cookie, Value: o.session})
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	defer http.DefaultClient.CloseIdleConnections()
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		switch lines.Text() {
		case "retry: 3000":
			o.Publish(View{At: thursday})
		case "event: changed":
			return
		}
	}
	t.Fatalf("the stream ended without the news: %v", lines.Err())
}

func TestNews_BoundsItsListenersAndNeverWaits(t *testing.T) {
	n := newNews()
	for range maxStreams {
		if n.listen() == nil {
			t.Fatal("refused below the bound")
		}
	}
	if n.listen() != nil {
		t.Error("no bound on open streams")
	}
	for range 3 {
		n.tell() // nobody reads: it must return all the same
	}
}

func TestCalendar_ForWhoeverHasItsSecret(t *testing.T) {
	o := newOffice(t)
	st := threadOf("t1", "Lena Nordbau", "Your depot", tracker.Due, 9)
	o.show(st)
	without := func(r *http.Request) { r.Header.Del("Cookie") } // a calendar program has none
	w := o.call("GET", "/calendar.ics?token="+o.keys.Calendar(), nil, without)
	if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/calendar") || !strings.Contains(w.Body.String(), "UID:t1-follow_up-1@followupd\r\n") {
		t.Errorf("got %d, %s", w.Code, w.Body)
	}
	if w := o.call("GET", "/calendar.ics?token="+o.keys.form(o.session), nil, nil); w.Code != 401 {
		t.Errorf("another secret: got %d, want 401", w.Code)
	}
	o.desk.err = ErrBusy
	if w := o.call("GET", "/calendar.ics?token="+o.keys.Calendar(), nil, without); w.Code != 503 {
		t.Errorf("busy: got %d, want 503", w.Code)
	}
}

func TestThread_AnotherDraftMayBeAskedForWhereOneWaits(t *testing.T) {
	o := newOffice(t)
	st := threadOf("t1", "Lena Nordbau", "Your depot", tracker.Drafted, 3)
	o.show(st)
	if w := o.call("POST", "/thread/t1", url.Values{"word": {"another"}, "text": {"dropped"}}, nil); w.Code != 303 {
		t.Fatalf("status %d", w.Code)
	}
	want := []tracker.Word{{Kind: tracker.WordAnother, Thread: "t1"}}
	if len(o.desk.said) != 1 || o.desk.said[0] != want[0] {
		t.Errorf("said %+v, want %+v", o.desk.said, want)
	}
}

func TestHealth_TellsWhatWasNotUnderstood(t *testing.T) {
	o := newOffice(t)
	o.desk.words = []tracker.Word{
		{Kind: tracker.WordUnheard, At: thursday.AddDate(0, 0, -30), Text: "long ago"},
		{Kind: tracker.WordUnheard, At: thursday.Add(-time.Hour), Text: "A mail from <news@press.example> lies in Stop."},
	}
	page := o.get("/health").Body.String()
	if !strings.Contains(page, "&lt;news@press.example&gt; lies in Stop") || strings.Contains(page, "long ago") {
		t.Errorf("the page:\n%s", page)
	}
}

func TestRest_PagesAreMadeAnew(t *testing.T) {
	o := newOffice(t)
	o.show(threadOf("t1", "Lena Nordbau", "Your depot", tracker.Waiting, 3))
	before := o.get("/?state=waiting").Body.String()
	made := parsed.Get()
	Rest()
	if after := o.get("/?state=waiting").Body.String(); after != before || parsed.Get() == made {
		t.Errorf("the page is another after a rest:\n%s", after)
	}
}
