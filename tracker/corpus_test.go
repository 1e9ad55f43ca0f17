package tracker

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
	"time"

	"followupd/mail"
)

// TestMailbox_ThreadsARealList holds the threads of a real list of three years against its ids: pairs of messages that a
// chain of In-Reply-To and References ties.
func TestMailbox_ThreadsARealList(t *testing.T) {
	const path = "../../shared/corpus/threads/twisted-python-2005-2007.mbox.xz"
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the open corpus is not beside the project: %v", err)
	}
	data, err := exec.Command("xz", "-dc", path).Output()
	if err != nil {
		t.Skipf("xz is needed to read the corpus: %v", err)
	}
	var all []Seen
	for i, part := range bytes.Split(append([]byte("\n"), data...), []byte("\nFrom "))[1:] {
		_, source, _ := bytes.Cut(part, []byte("\n"))
		header, _, _ := bytes.Cut(source, []byte("\n\n"))
		s := Seen{Row: int64(i + 1), Message: mail.ParseHeader(append(header, "\n\n"...)), Folders: []mail.Folder{{Name: "INBOX", Role: mail.RoleInbox}}, Reading: mail.Reading{Kind: mail.KindHuman}}
		if s.Received = s.Message.Date; s.Received.IsZero() {
			s.Received = thursday
		}
		all = append(all, s)
	}
	start := time.Now()
	m := NewMailbox(anyPolicy(), nil)
	for _, s := range all {
		m.Add(s)
	}
	m.settle()
	t.Logf("%d messages in %s", len(all), time.Since(start))

	truth := make(map[mail.MessageID]mail.MessageID)
	var find func(mail.MessageID) mail.MessageID
	find = func(id mail.MessageID) mail.MessageID {
		if p, ok := truth[id]; ok && p != id {
			truth[id] = find(p)
			return truth[id]
		}
		return id
	}
	for _, s := range all {
		for _, id := range append(append([]mail.MessageID(nil), s.Message.InReplyTo...), s.Message.References...) {
			truth[find(id)] = find(s.Message.ID)
		}
	}
	pairs := func(group func(Seen) string) map[[2]int]bool {
		by := make(map[string][]int)
		for i, s := range all {
			by[group(s)] = append(by[group(s)], i)
		}
		found := make(map[[2]int]bool)
		for _, g := range by {
			for i := range g {
				for j := range i {
					found[[2]int{g[j], g[i]}] = true
				}
			}
		}
		return found
	}
	want := pairs(func(s Seen) string { return string(find(s.Message.ID)) })
	got := pairs(func(s Seen) string { return string(m.Of(s.Row)) })
	both := 0
	for p := range got {
		if want[p] {
			both++
		}
	}
	precision, recall := float64(both)/float64(len(got)), float64(both)/float64(len(want))
	t.Logf("pairs: precision %.4f, recall %.4f", precision, recall)
	if precision < .998 || recall < .998 {
		t.Errorf("precision %.4f and recall %.4f, want .998", precision, recall)
	}
}
