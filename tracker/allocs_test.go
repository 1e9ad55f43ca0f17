package tracker

import "testing"

// Counted and not timed, so that no other work on the machine blurs it: what a first reading costs a message, and a pass a
// thread of which nothing changed.
func TestAllocations_OfAMessageAndOfAThread(t *testing.T) {
	const mostAdded, mostJudged = 25.0, 85.0
	all := bigMailbox()[:4000] // a thousand conversations
	var m *Mailbox
	added := testing.AllocsPerRun(1, func() {
		m = NewMailbox(anyPolicy(), nil)
		for _, s := range all {
			m.Add(s)
		}
		m.Changed()
	})
	if each := added / float64(len(all)); each > mostAdded {
		t.Errorf("%.1f allocations a message added, want at most %.0f", each, mostAdded)
	}
	facts := Facts{ReadAt: thursday}
	threads := len(m.JudgeAll(facts, thursday))
	judged := testing.AllocsPerRun(2, func() { m.JudgeAll(facts, thursday) })
	if each := judged / float64(threads); each > mostJudged {
		t.Errorf("%.1f allocations a thread judged, want at most %.0f", each, mostJudged)
	}
}
