package dashboard

import (
	"fmt"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"followupd/mail"
	"followupd/playbook"
	"followupd/report"
	"followupd/tracker"
)

// furnish gives the office a mailbox as a rep has it.
func (o *office) furnish() {
	all := []tracker.Standing{
		threadOf("t1", "Lena Nordbau", "Re: Your depot in Lübeck: slots and what they cost", tracker.Drafted, 9),
		threadOf("t2", "Ben Isarlog", "Customs in Basel", tracker.Answered, 5),
		threadOf("t3", "Cleo Fjord", "Pallets to Bergen", tracker.Review, 12),
		threadOf("t4", "Kim Vogt", "A subject that goes on and on about Donaudampfschifffahrtsgesellschaftskapitänsmützenversandkosten and more", tracker.Waiting, 2),
		threadOf("t5", "Ida Holm", "Offer 2026-114", tracker.Held, 20),
		threadOf("t6", "Per Lind", "Invoices", tracker.Closed, 40),
		threadOf("t7", "Sara Nygard", "Tolls", tracker.Due, 7),
	}
	all[0].Grade, all[0].Situation, all[0].LastInbound = "hot", tracker.Proposal, thursday.AddDate(0, 0, -14)
	all = append(all, many(40)...)
	seen := func(from, address string, d tracker.Direction, daysAgo int, r mail.Reading) tracker.Linked {
		return tracker.Linked{Direction: d, Seen: &tracker.Seen{Received: thursday.AddDate(0, 0, -daysAgo), Message: mail.Message{From: []mail.Person{{Name: from, Address: mail.Address(address)}}}, Reading: r}}
	}
	o.desk.stories["t1"] = &Story{Standing: all[0], Thread: &tracker.Thread{ID: "t1", Messages: []tracker.Linked{
		seen("Anna Berg", rep, tracker.Out, 16, mail.Reading{Kind: mail.KindHuman, NewText: "Hi Lena,\n\nas promised, the slots we still have in Lübeck."}),
		seen("Lena Nordbau", "lena@nordbau.example", tracker.In, 14, mail.Reading{Kind: mail.KindHuman, Intent: mail.IntentAnswer, NewText: "Thanks, looks good. What did others do about the queue at the gate?", Reasons: []string{"it asks something"}}),
		seen("Anna Berg", rep, tracker.Out, 9, mail.Reading{Kind: mail.KindHuman, NewText: "I ask around and come back to you. Would a call on Tuesday suit you?"}),
		seen("Mail Delivery System", "mailer-daemon@mx.acme.example", tracker.In, 9, mail.Reading{Kind: mail.KindBounce, Sub: "delay"}),
	}}}
	o.desk.words = []tracker.Word{{Kind: tracker.WordNote, Address: "lena@nordbau.example", Text: "They switch carriers in spring.", At: thursday.AddDate(0, 0, -10)}}
	o.desk.drafts = []tracker.Draft{
		{Thread: "t1", State: tracker.DraftPlaced, Step: 1, Action: tracker.FollowUp, Approach: playbook.CaseStudy, Created: thursday.AddDate(0, 0, -1), Why: []string{"Lena asked what others did."}},
		{Thread: "t2", State: tracker.DraftSent, Step: 1, Action: tracker.FollowUp, Approach: playbook.Article, Asset: "gates.md", Created: thursday.AddDate(0, 0, -8), Changed: thursday.AddDate(0, 0, -8)},
	}
	o.desk.assets = []playbook.Asset{
		{File: "gates.md", Kind: "article", Title: "Five gates, one queue", URL: "https://acme.example/gates", Fits: []string{"depots", "queues"}, Language: "en", Text: "What five depots changed about their gates."},
		{File: "fair.md", Kind: "event", Title: "Open day in Lübeck", URL: "https://acme.example/open", Expires: time.Date(2026, 10, 30, 0, 0, 0, 0, time.UTC), Text: "Our depot is open to visitors."},
	}
	o.desk.stats = []report.Row{
		{Group: "all", Name: "all", Count: 64, Open: 5, Replies: &report.Replies{Count: 19, Rate: .297, Low: .2, High: .418, Enough: true}},
		{Group: "step", Name: "1", Count: 40, Replies: &report.Replies{Count: 14, Rate: .35, Low: .22, High: .505, Enough: true}},
		{Group: "step", Name: "2", Count: 24, Replies: &report.Replies{Count: 5, Rate: .208, Low: .092, High: .405, Enough: true}},
		{Group: "approach", Name: "case_study", Count: 31, Replies: &report.Replies{Count: 12, Rate: .387, Low: .237, High: .562, Enough: true}},
		{Group: "weekday", Name: "Tuesday", Count: 33, Replies: &report.Replies{Count: 13, Rate: .394, Low: .247, High: .563, Enough: true}},
		{Group: "weekday", Name: "Wednesday", Count: 21, Replies: &report.Replies{Count: 5, Rate: .238, Low: .106, High: .451, Enough: true}},
		{Group: "approach", Name: "recap", Count: 8, Replies: &report.Replies{Count: 1, Rate: .125, Low: .022, High: .471}},
	}
	for i, st := range all {
		if st.State == tracker.Waiting || st.State == tracker.Held {
			st.State, st.Check = tracker.Due, thursday.Add(time.Duration(i*11)*time.Hour)
			st.Next = &tracker.Next{Action: tracker.FollowUp, Step: 1, At: st.Check}
			o.desk.ahead = append(o.desk.ahead, st)
		}
	}
	o.Publish(View{
		At: thursday.Add(-3 * time.Minute), Again: thursday.Add(2 * time.Minute), Standings: all, Waiting: map[tracker.ThreadID]string{"t7": "drafts appear in your working hours, next on Fri 13 Nov at 08:00"},
		Reaches: map[string]tracker.Reach{
			"INBOX": {Folder: mail.Folder{Name: "INBOX", Role: mail.RoleInbox}, ReadAt: thursday.Add(-3 * time.Minute), Cursor: mail.Cursor{Messages: 4312}},
			"Sent":  {Folder: mail.Folder{Name: "Sent", Role: mail.RoleSent}, ReadAt: thursday.Add(-3 * time.Minute), Cursor: mail.Cursor{Messages: 2204}},
		},
	})
	o.Connected(Connection{Name: "INBOX", At: thursday.Add(-2 * time.Hour), OK: true, What: "watching INBOX"})
	for i := range all {
		if o.desk.stories[all[i].Thread] == nil {
			o.desk.stories[all[i].Thread] = &Story{Standing: all[i]}
		}
	}
}

// serve puts the office on the network as the daemon does and gives its address.
func (o *office) serve() string {
	server := httptest.NewUnstartedServer(nil)
	at := server.Listener.Addr().String()
	o.hosts[at] = true
	_, port, _ := net.SplitHostPort(at)
	o.cookie = "followupd-" + port
	server.Config.Handler = o.Handler()
	server.Start()
	o.t.Cleanup(func() {
		server.CloseClientConnections() // streams end only with their connection
		server.Close()
	})
	return "http://" + at
}

// TestBrowser_TheDaysWork is a rep at the dashboard in a real Chromium: by the login link, on every page, light and dark, on
// a phone and on a desk, by keyboard. Pictures are kept where FOLLOWUPD_SHOTS names a folder.
func TestBrowser_TheDaysWork(t *testing.T) {
	b := newChromium(t)
	o := newOffice(t)
	o.cfg.Now = time.Now // links age by the files' clock
	o.furnish()
	base := o.serve()
	link, err := o.keys.NewLink(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	b.window(1280, "light")
	b.open(base + "/")
	b.shoot("refused")
	b.open(base + "/login?link=" + link)
	b.shoot("login")
	b.await(`document.activeElement.matches("button")`) // the button is given the focus only when the page is drawn
	b.until("Page.loadEventFired", func() { b.press("Enter") })
	o.cfg.Now = func() time.Time { return thursday }
	o.session = ""
	var where string
	b.eval(`location.pathname + " " + document.querySelector("h1").textContent`, &where)
	if where != "/ Where we stand" {
		t.Fatalf("after the login: %q", where)
	}

	pages := map[string]string{"board": "/", "list": "/?state=waiting", "thread": "/thread/t1", "coming": "/coming", "works": "/works", "library": "/library", "health": "/health"}
	for name, path := range pages {
		for _, width := range []int{390, 820, 1440} {
			for _, scheme := range []string{"light", "dark"} {
				b.window(width, scheme)
				b.open(base + path)
				b.shoot(fmt.Sprintf("%s-%d-%s", name, width, scheme))
				checkPage(b, fmt.Sprintf("%s at %d, %s", path, width, scheme), width)
			}
		}
	}
	for _, url := range b.fetched {
		if !strings.HasPrefix(url, base+"/") && url != "about:blank" && !strings.HasPrefix(url, "data:") { // the browser draws its own controls from data:
			t.Errorf("a page asked somebody else: %s", url)
		}
	}
	refused := 0
	for _, line := range b.logged {
		if strings.Contains(line, "401") { // the first page, without a login
			refused++
			continue
		}
		t.Errorf("the browser complains: %s", line)
	}
	if refused > 1 {
		t.Errorf("%d answers were 401, want one", refused)
	}
}

// checkPage holds what a reader of any page needs.
func checkPage(b *chromium, page string, width int) {
	b.t.Helper()
	var got struct {
		Wide     float64
		H1       int
		Unnamed  []string
		Contrast []string
		Torn     []string
		Double   []string
	}
	b.eval(checks, &got)
	if got.Wide > float64(width) {
		b.t.Errorf("%s: the page is %v wide and must be scrolled sideways", page, got.Wide)
	}
	if got.H1 != 1 {
		b.t.Errorf("%s: %d headings of the first rank, want 1", page, got.H1)
	}
	if len(got.Unnamed) > 0 {
		b.t.Errorf("%s: without a name for a screen reader: %v", page, got.Unnamed)
	}
	if len(got.Contrast) > 0 {
		b.t.Errorf("%s: too little contrast: %v", page, got.Contrast)
	}
	if len(got.Torn) > 0 {
		b.t.Errorf("%s: words torn apart: %v", page, got.Torn)
	}
	if len(got.Double) > 0 {
		b.t.Errorf("%s: ids given twice: %v", page, got.Double)
	}
}

// checks is what runs in the page: its width, its headings, controls without a name, words torn apart, ids given twice, and text whose contrast
// is below 4.5 (WCAG 2.2, 1.4.3). Colours are painted and read back, so that any notation counts.
const checks = `(() => {
	const canvas = document.createElement("canvas"), paint = canvas.getContext("2d", { willReadFrequently: true });
	const over = (colour, ground) => { paint.fillStyle = ground; paint.fillRect(0, 0, 1, 1); paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1); return "rgb(" + [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3).join(",") + ")"; };
	const light = (rgb) => { const [r, g, b] = rgb.match(/\d+/g).map((v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
	const ground = (e) => { const chain = []; for (; e; e = e.parentElement) chain.unshift(getComputedStyle(e).backgroundColor); return chain.reduce((g, c) => over(c, g), "rgb(255,255,255)"); };
	const poor = new Set();
	for (const e of document.querySelectorAll("body *")) {
		if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || !e.getClientRects().length || e.matches("script, .hidden, .past, .past *")) continue;
		const g = ground(e), c = over(getComputedStyle(e).color, g), a = light(g), b = light(c);
		const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
		if (ratio < 4.5) poor.add(e.tagName + "." + e.className + " " + ratio.toFixed(2) + " " + e.textContent.trim().slice(0, 20));
	}
	const named = (e) => e.labels && e.labels.length || e.getAttribute("aria-label") || e.textContent.trim() || e.title;
	const torn = (e) => { const r = document.createRange(); r.selectNodeContents(e); return new Set([...r.getClientRects()].map((x) => Math.round(x.top))).size > 1; };
	const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
	return {
		Wide: document.documentElement.scrollWidth, H1: document.querySelectorAll("h1").length, Contrast: [...poor],
		Unnamed: [...document.querySelectorAll("a, button, select, textarea, input:not([type=hidden])")].filter((e) => !named(e)).map((e) => e.outerHTML.slice(0, 80)),
		Torn: [...document.querySelectorAll(".rates th, .narrow th, .narrow td, td.n, .bottom button, nav a")].filter((e) => !/[\s-]/.test(e.textContent.trim()) && torn(e)).map((e) => e.textContent),
		Double: ids.filter((id, i) => ids.indexOf(id) !== i),
	};
})()`
