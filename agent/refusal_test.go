package agent

import (
	"context"
	"strings"
	"testing"

	"followupd/playbook"
	"followupd/tracker"
)

// choosy finds no text until it is content, as the playbook does while every text breaks a rule.
type choosy struct {
	*playbook.Playbook
	content *bool
}

func (c choosy) Write(r playbook.Request) (playbook.Text, error) {
	if !*c.content {
		return playbook.Text{}, &playbook.NoText{Broken: []playbook.Violation{{Rule: "fresh-opening", Where: "here is a"}}}
	}
	return c.Playbook.Write(r)
}

// TestRefusal_IsTriedAgainAtEveryPass follows a thread that went to review because no text kept the house rules: while that
// is so it says what the rep can do, and the first pass that finds a text lays it down.
func TestRefusal_IsTriedAgainAtEveryPass(t *testing.T) {
	for name, restarted := range map[string]bool{"the same program": false, "a restarted one": true} {
		t.Run(name, func(t *testing.T) {
			w, content := newWorld(t), false
			w.silent()
			begin := func() (*Agent, func()) {
				a, stop := w.start()
				a.set.Writer = choosy{a.set.Playbook, &content}
				return a, stop
			}
			a, stop := begin()
			defer func() { stop() }()
			pass := func() Result {
				t.Helper()
				res, err := a.Pass(context.Background(), Options{})
				if err != nil {
					t.Fatal(err)
				}
				w.now = w.now.Add(w.settle)
				return res
			}
			for range 3 {
				st := pass().Standings[0]
				if why := strings.Join(st.Reasons, " "); st.State != tracker.Review || !strings.Contains(why, "fresh-opening") || !strings.Contains(why, "write this one by hand") {
					t.Fatalf("the thread is %s, %q, want review with what to do", st.State, why)
				}
			}
			if n := len(w.drafts()); n != 0 {
				t.Fatalf("%d drafts without a text", n)
			}
			if restarted {
				stop()
				a, stop = begin()
			}
			content = true // the last drafts have moved on, say, or there is a new asset
			if st := pass().Standings[0]; st.State != tracker.Drafted {
				t.Errorf("the thread is %s once there is a text, %q", st.State, st.Reasons)
			}
			exactlyOne(t, w, "there was a text")
		})
	}
}
