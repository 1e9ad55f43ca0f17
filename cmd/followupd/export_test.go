package main

import (
	"encoding/json"
	"testing"
	"time"

	"followupd/imapwatch/imaptest"
)

// An export since a moment gives what has news: what the rep said and what became of drafts, not mails alone.
func TestExport_SinceGivesWhatHasNews(t *testing.T) {
	t.Parallel()
	d := newDesk(t, imaptest.Memory(t))
	d.offer(lena)
	d.offer(ben)
	d.mustRun("once", "--now")
	since := func(at string) map[string]string {
		t.Helper()
		var e struct {
			Threads []struct {
				Prospects []string
				State     string
			}
		}
		if err := json.Unmarshal([]byte(d.mustRun("export", "--format", "json", "--since", at)), &e); err != nil {
			t.Fatal(err)
		}
		states := make(map[string]string)
		for _, th := range e.Threads {
			states[th.Prospects[0]] = th.State
		}
		return states
	}
	if got := since(time.Now().AddDate(0, 0, -1).Format(time.RFC3339)); got[lena] != "drafted" || got[ben] != "drafted" {
		t.Errorf("drafts of this minute are no news: %v", got)
	}
	after := time.Now().Add(time.Second).Truncate(time.Second).Format(time.RFC3339)
	until(t, "the second is over", func() bool { return time.Now().Format(time.RFC3339) > after })
	if got := since(after); len(got) != 0 {
		t.Errorf("nothing has happened since, and the export gives %v", got)
	}
	d.mustRun("close", lena, "--outcome", "won")
	if got := since(after); len(got) != 1 || got[lena] != "closed" {
		t.Errorf("the rep's word on one thread gives %v", got)
	}
}
