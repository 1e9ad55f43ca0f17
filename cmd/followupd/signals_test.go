package main

import (
	"encoding/json"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
)

// freeAddress gives an address of this machine that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

const caseStudy = "https://acme.example/cases/nordfrakt"

// signalling switches the links of a desk on and gives it an asset to send. The world reaches the daemon under a path.
func (d *desk) signalling(listen string) (base string) {
	d.t.Helper()
	d.write("library/nordfrakt.md", "---\nkind: case_study\ntitle: How Nordfrakt audited its invoices\nurl: "+caseStudy+
		"\nfits: [freight, invoices, audit, carriers, pilot]\nlanguage: en\n---\nNordfrakt let its freight invoices be audited and found every tenth to be wrong.\n")
	base = "http://" + listen + "/go"
	d.configure("signals.listen", quoted(listen), "signals.base_url", quoted(base+"/"), "signals.sooner", quoted("1h"))
	return base
}

// visit follows a link without going on to where it leads, and gives the status and that place.
func visit(t *testing.T, method, link, agent string) (status int, to string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, link, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", agent)
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode, resp.Header.Get("Location")
}

// nextOf gives when the next step of the thread with somebody is due, and the reasons.
func (d *desk) nextOf(who string) (at time.Time, reasons string) {
	d.t.Helper()
	var list []struct {
		Prospects []string
		Next      *struct{ At time.Time }
		Reasons   []string
	}
	if err := json.Unmarshal([]byte(d.mustRun("threads", "--json")), &list); err != nil {
		d.t.Fatal(err)
	}
	for _, th := range list {
		if slices.Contains(th.Prospects, who) && th.Next != nil {
			return th.Next.At, strings.Join(th.Reasons, "\n")
		}
	}
	return time.Time{}, ""
}

const browser = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"

func TestSignals_WhoFollowsALinkIsDueSoonerAndAProgramIsNot(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Dovecot(t).User(t))
	base := d.signalling(freeAddress(t))
	d.offer(lena)
	p := d.start()
	draft := d.drafted(lena)
	raw := strings.ReplaceAll(string(draft.Raw), "=\r\n", "")
	link := regexp.MustCompile(regexp.QuoteMeta(base) + `/[A-Za-z0-9_-]{32}`).FindString(raw)
	if link == "" || strings.Contains(raw, caseStudy) {
		t.Fatalf("the draft bears no link of its own:\n%s", raw)
	}
	if shown := d.mustRun("show", lena); !strings.Contains(shown, caseStudy) || strings.Contains(shown, link) {
		t.Errorf("show gives another address than the asset's:\n%s", shown)
	}

	// The rep sends it; the server dates it some minutes ago, as if the rest of the test came later.
	d.mailbox.Append("Sent", []string{`\Seen`}, time.Now().Add(-5*time.Minute), draft.Raw)
	d.mailbox.Delete("Drafts", draft.UID)
	until(t, "the mail counts as sent", func() bool { return d.threads()[lena].Step == 1 })
	before, _ := d.nextOf(lena)

	for _, c := range []struct{ method, link, agent string }{
		{"HEAD", link, browser},
		{"GET", link, "Mozilla/5.0 (compatible; Barracuda Sentinel (EE))"},
	} {
		if status, to := visit(t, c.method, c.link, c.agent); status != 302 || to != caseStudy {
			t.Errorf("%s by %s: %d to %q", c.method, c.agent, status, to)
		}
	}
	if status, _ := visit(t, "GET", base+"/"+strings.Repeat("A", 32), browser); status != 404 {
		t.Errorf("status %d for a token that nobody has", status)
	}
	until(t, "both visits are shown", func() bool {
		return strings.Count(d.mustRun("show", lena), "a program followed the link to nordfrakt.md") == 2
	})
	if at, reasons := d.nextOf(lena); !at.Equal(before) || strings.Contains(reasons, "followed") {
		t.Errorf("a program changed the next step from %s to %s:\n%s", before, at, reasons)
	}

	seen := time.Now()
	if status, to := visit(t, "GET", link, browser); status != 302 || to != caseStudy {
		t.Errorf("a person is shown to %q with status %d", to, status)
	}
	var at time.Time
	var reasons string
	until(t, "the next step is due sooner", func() bool {
		at, reasons = d.nextOf(lena)
		return at.Before(before)
	})
	if late := at.Sub(seen.Add(time.Hour)); late < -time.Minute || late > time.Minute {
		t.Errorf("due %s, want an hour after %s", at, seen)
	}
	if !strings.Contains(reasons, "Somebody who has your mail followed the link to nordfrakt.md") || !strings.Contains(reasons, "due sooner") {
		t.Errorf("the reasons do not say so:\n%s", reasons)
	}
	p.line(0, "links are answered")
	if status := d.mustRun("status"); !strings.Contains(status, "links are answered on") {
		t.Errorf("status does not say what is served:\n%s", status)
	}
	if said := p.said(); strings.Contains(said, link[len(base)+1:]) {
		t.Error("a token stands in the log")
	}
}

func TestSignals_CheckSaysWhatIsServed(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	if out := d.mustRun("check"); !strings.Contains(out, "signals        off") {
		t.Errorf("check:\n%s", out)
	}
	base := d.signalling("127.0.0.1:1")
	if out := d.mustRun("check"); !strings.Contains(out, base+"/TOKEN") || !strings.Contains(out, "127.0.0.1:1 ") {
		t.Errorf("check:\n%s", out)
	}
	d.configure("signals.base_url", "")
	if out := d.mustRun("check"); !strings.Contains(out, "off: it wants both") {
		t.Errorf("check:\n%s", out)
	}
}

func TestSignals_AnAddressThatIsTakenStopsNoMailbox(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d := newDesk(t, imaptest.Memory(t))
	d.signalling(l.Addr().String())
	d.offer(lena)
	d.start()
	d.drafted(lena)
	o := d.run("status")
	if o.status != 1 || !strings.Contains(o.out, "The links in your mails are not answered") {
		t.Errorf("status %d:\n%s", o.status, o.out)
	}
}

// Two mailboxes of one process may name the same address.
func TestSignals_MailboxesShareAnAddress(t *testing.T) {
	t.Parallel()
	listen := freeAddress(t)
	one, two := newDesk(t, imaptest.Memory(t)), newDesk(t, imaptest.Memory(t))
	base := one.signalling(listen)
	two.signalling(listen)
	one.offer(lena)
	two.offer(ben)
	one.start("run", "-c", one.file(), "-c", two.file())
	for _, draft := range []imaptest.Message{one.drafted(lena), two.drafted(ben)} {
		link := regexp.MustCompile(regexp.QuoteMeta(base) + `/[A-Za-z0-9_-]{32}`).FindString(strings.ReplaceAll(string(draft.Raw), "=\r\n", ""))
		if status, to := visit(t, "GET", link, browser); status != 302 || to != caseStudy {
			t.Errorf("%s: %d to %q", link, status, to)
		}
	}
}
