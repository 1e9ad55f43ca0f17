package agent

import (
	"fmt"
	"strings"
	"testing"

	"followupd/playbook/hand"
	"followupd/tracker"
)

// sendDraft sends what lies in Drafts as a mail client does, after a change.
func (w *world) sendDraft(change func(text string) string) {
	w.t.Helper()
	drafts := w.folders["Drafts"]
	source := string(drafts.items[0].source)
	head, text, _ := strings.Cut(source, "\r\n\r\n")
	w.folders["Sent"].add([]byte(head+"\r\n\r\n"+change(text)), w.now, nil)
	drafts.items = nil
}

func TestEdits_WhatTheRepMadeOfADraftIsKept(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(string) string
		want   hand.Fate
		diff   string
	}{
		{"as it is", func(s string) string { return s }, hand.AsIs, ""},
		{"a sentence more", func(s string) string {
			return strings.Replace(s, "\r\n\r\n", "\r\n\r\nI saw the cranes on the quay last week.\r\n\r\n", 1)
		}, hand.Edited, "+ I saw the cranes on the quay last week."},
		{"all by hand", func(string) string { return "Lena, shall we meet at the fair?\r\n" }, hand.Rewritten, "+ Lena, shall we meet at the fair?"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.silent()
			if _, err, _ := w.pass(); err != nil {
				t.Fatal(err)
			}
			exactlyOne(t, w, "a pass")
			w.now = w.now.Add(w.settle)
			w.sendDraft(tt.change)
			for range 2 {
				if _, err, _ := w.pass(); err != nil {
					t.Fatal(err)
				}
			}
			a, stop := w.start()
			defer stop()
			journal, err := a.store.Drafts(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			edits, err := a.store.Edits(t.Context())
			if err != nil || len(edits) != 1 {
				t.Fatalf("%d edits, error %v, want one", len(edits), err)
			}
			if got := hand.Fates(journal, edits, w.now); got[0] != tt.want || !strings.Contains(edits[0].Diff, tt.diff) || tt.diff == "" && edits[0].Diff != "" {
				t.Errorf("%s, kept %.2f, want %s; diff\n%s", got[0], edits[0].Kept, tt.want, edits[0].Diff)
			}
		})
	}
}

// TestEdits_SteerTheNextDraft holds that a text which the rep keeps deleting stands back in most threads, and that the draft
// says so.
func TestEdits_SteerTheNextDraft(t *testing.T) {
	const threads = 8
	stoodBack := 0
	for n := range threads {
		w := newWorld(t)
		w.deliver("Sent", rep, person, fmt.Sprintf("offer%d@acme.example", n), "", offered, w.now.AddDate(0, 0, -14))
		a, stop := w.start()
		defer stop()
		foreseen := func() tracker.Draft {
			res, err := a.Preview(t.Context(), w.now)
			if err != nil || len(res.Placed) != 1 {
				t.Fatalf("%d drafts foreseen, error %v", len(res.Placed), err)
			}
			return res.Placed[0].Draft
		}
		first := hand.Variant(foreseen().Template)
		for i := range 60 {
			d := tracker.Draft{
				Key: strings.Repeat("k", i+1), Thread: "other", Answers: "other@acme.example", Step: 1, Template: first, State: tracker.DraftDiscarded,
				Created: w.now.AddDate(0, -3, 0), Changed: w.now.AddDate(0, -3, 0),
			}
			if err := a.store.SaveDraft(t.Context(), d); err != nil {
				t.Fatal(err)
			}
		}
		d := foreseen()
		said := strings.Contains(strings.Join(d.Why, " "), "stood back: you rewrote or deleted 60 of 60")
		if back := hand.Variant(d.Template) != first; back != said {
			t.Errorf("after 60 deleted drafts of %s: %s, because %q", first, d.Template, d.Why)
		} else if back {
			stoodBack++
		}
	}
	if stoodBack < threads/2 {
		t.Errorf("stood back in %d of %d threads", stoodBack, threads)
	}
}
