package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
	"followupd/report/webhook"
)

// crm is a receiver of notices. It takes none while it is down.
type crm struct {
	t      *testing.T
	url    string
	mu     sync.Mutex
	status int
	got    []webhook.Event
	asked  int
}

const hookSecret = "whsec_bm90aGluZyBidXQgYSB0ZXN0"

func newCRM(t *testing.T) *crm {
	c := &crm{t: t, status: http.StatusNoContent}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

func (c *crm) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	body, err := io.ReadAll(r.Body)
	id := r.Header.Get("Webhook-Id")
	if err != nil || r.Header.Get("Webhook-Signature") != "v1,"+webhook.Sign(hookSecret, id, r.Header.Get("Webhook-Timestamp"), body) {
		c.t.Errorf("a notice with a wrong signature: %v", r.Header)
	}
	if c.status == http.StatusNoContent {
		var e webhook.Event
		if err := json.Unmarshal(body, &e); err != nil || e.ID != id {
			c.t.Errorf("%s: %v", body, err)
		}
		c.got = append(c.got, e)
	}
	w.WriteHeader(c.status)
}

func (c *crm) answers(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status = status
}

// changes gives what was told of somebody's thread, and how often anybody asked.
func (c *crm) changes(who string) (list []string, asked int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.got {
		if !slices.Contains(e.Prospects, who) {
			continue
		}
		old := "-"
		if e.Old != nil {
			old = string(*e.Old)
		}
		list = append(list, old+">"+string(e.New))
	}
	return list, c.asked
}

func (d *desk) hooked(c *crm) {
	d.write("hook-secret", hookSecret+"\n")
	d.configure("webhook.url", quoted(c.url+"/hooks/followupd"), "webhook.secret_file", quoted("hook-secret"))
}

// passed waits until a pass that was under way has ended: a draft of the next one shows it.
func (d *desk) passed(fresh string) {
	d.t.Helper()
	d.offer(fresh)
	d.drafted(fresh)
}

func TestWebhook_TellsOfEachChangeAfterTheFirstPass(t *testing.T) {
	t.Parallel()
	c := newCRM(t)
	d := newDesk(t, imaptest.Memory(t))
	d.hooked(c)
	d.offer(lena)
	d.offer(ben)
	d.start()
	d.drafted(lena)
	d.drafted(ben)
	d.passed(cleo)
	d.answer(lena)
	until(t, "the answer is told", func() bool { list, _ := c.changes(lena); return slices.Contains(list, "drafted>answered") })
	if list, _ := c.changes(ben); len(list) > 0 {
		t.Errorf("the first pass was told of: %q", list)
	}
	if list, _ := c.changes(cleo); len(list) == 0 || list[0] != "->drafted" {
		t.Errorf("of a thread that began later was told %q", list)
	}
	d.mustRun("close", ben, "--outcome", "won")
	until(t, "the close is told", func() bool { list, _ := c.changes(ben); return len(list) > 0 })
	c.mu.Lock()
	defer c.mu.Unlock()
	last := c.got[len(c.got)-1]
	if last.Outcome == nil || *last.Outcome != "won" || last.Mailbox != repAddress || last.Subject == "" || len(last.Reasons) == 0 {
		t.Errorf("told %+v", last)
	}
}

func TestWebhook_WhatWaitsOutlivesTheProgram(t *testing.T) {
	t.Parallel()
	c := newCRM(t)
	d := newDesk(t, imaptest.Memory(t))
	d.hooked(c)
	d.offer(lena)
	p := d.start()
	d.drafted(lena)
	d.passed(ben)
	until(t, "it was told of the second thread", func() bool { list, _ := c.changes(ben); return len(list) > 0 })
	_, before := c.changes(lena)
	c.answers(http.StatusInternalServerError)
	d.answer(lena)
	until(t, "it was tried in vain", func() bool { _, asked := c.changes(lena); return asked > before })
	until(t, "status says so", func() bool {
		o := d.run("status")
		return o.status == 1 && strings.Contains(o.out, "500 Internal Server Error; one notice waits")
	})
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.ended(longEnough)
	// While nobody looks, the rep says something: that is told, too, and after it.
	d.mustRun("close", lena, "--outcome", "lost")
	c.answers(http.StatusNoContent)
	d.start()
	until(t, "both are told", func() bool { list, _ := c.changes(lena); return len(list) == 2 })
	if list, _ := c.changes(lena); !slices.Equal(list, []string{"drafted>answered", "answered>closed"}) {
		t.Errorf("told %q", list)
	}
}

func TestWebhook_GoneIsSaidAndOffIsABeginning(t *testing.T) {
	t.Parallel()
	c := newCRM(t)
	d := newDesk(t, imaptest.Memory(t))
	d.hooked(c)
	d.offer(lena)
	d.start()
	d.drafted(lena)
	d.passed(ben)
	c.answers(http.StatusGone)
	d.mustRun("close", lena, "--outcome", "won")
	until(t, "status says so", func() bool { return strings.Contains(d.run("status").out, "wants nothing more") })
	d.configure("webhook.url", "", "webhook.secret_file", "")
	until(t, "it is off", func() bool { return d.run("status").status == 0 })
	d.mustRun("reopen", lena)
	d.drafted(lena)
	c.answers(http.StatusNoContent)
	d.hooked(c)
	until(t, "it is on again", func() bool { return strings.Contains(d.run("status").out, "is told of changes") })
	d.passed("iris@skeppsbron.example")
	d.passed(cleo)
	d.mustRun("hold", lena, "--until", time.Now().AddDate(0, 1, 0).Format(time.DateOnly))
	until(t, "the hold is told", func() bool { list, _ := c.changes(lena); return len(list) > 0 })
	if list, _ := c.changes(lena); !slices.Equal(list, []string{"drafted>held"}) {
		t.Errorf("told %q", list)
	}
}
