package hand

import (
	"strings"
	"testing"
	"time"

	"followupd/tracker"

	"github.com/google/go-cmp/cmp"
)

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func TestCompare_SaysWhatTheRepChanged(t *testing.T) {
	const draft = "Hi Lena,\n\nOn 8 November I wrote about the audit.\n\nWould Wednesday suit you?"
	for _, tt := range []struct {
		name, sent string
		least      float64
		most       float64
		diff       string
	}{
		{"nothing", draft, 1, 1, ""},
		{"wrapped anew", strings.ReplaceAll(draft, "I wrote", "I\nwrote"), 1, 1, ""},
		{"one word", strings.Replace(draft, "Wednesday", "Friday", 1), 0.9, 0.99, "- Would Wednesday suit you?\n+ Would Friday suit you?"},
		{"a sentence more", draft + "\n\nMarek says hello.", 0.8, 0.99, "+ Marek says hello."},
		{"everything", "Lena, forget it.", 0, 0.2, "- Hi Lena,\n- On 8 November I wrote about the audit.\n- Would Wednesday suit you?\n+ Lena, forget it."},
		{"to nothing", "", 0, 0, "- Hi Lena,\n- On 8 November I wrote about the audit.\n- Would Wednesday suit you?"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			kept, diff := Compare(draft, tt.sent)
			if kept < tt.least || kept > tt.most {
				t.Errorf("kept %.2f, want %.2f to %.2f", kept, tt.least, tt.most)
			}
			if d := cmp.Diff(diff, tt.diff); d != "" {
				t.Errorf("got (-), want (+):\n%s", d)
			}
		})
	}
	if _, diff := Compare(draft, strings.Repeat("word and word\n\n", 100_000)); len(diff) > maxDiff {
		t.Errorf("a diff of %d bytes", len(diff))
	}
}

// made gives drafts of a variant of which so many were sent as they were, and so many deleted.
func made(variant string, asIs, deleted int) (journal []tracker.Draft, edits []tracker.Edit) {
	for i := range asIs + deleted {
		d := tracker.Draft{Key: variant + string(rune('a'+i)), Template: variant + " opening/x", Created: now, State: tracker.DraftDiscarded}
		if i < asIs {
			d.State = tracker.DraftSent
			edits = append(edits, tracker.Edit{Draft: d.Key, Kept: 1})
		}
		journal = append(journal, d)
	}
	return journal, edits
}

func TestHabits_AnUnwelcomeVariantIsUsedLessButNeverVanishes(t *testing.T) {
	for _, tt := range []struct {
		name          string
		asIs, deleted int
		want          float64
	}{
		{"welcome", 20, 0, 1}, {"on little data", 0, 4, 1}, {"five deleted", 0, 5, 4.0 / 9}, {"half of ten", 5, 5, 9.0 / 14}, {"all of a hundred", 0, 100, floor},
	} {
		t.Run(tt.name, func(t *testing.T) {
			journal, edits := made("recap-1", tt.asIs, tt.deleted)
			h := Learn(journal, edits, now)
			if got := h.Weight("recap-1"); got != tt.want {
				t.Errorf("weight %.3f, want %.3f", got, tt.want)
			}
			rests := 0
			for seed := range uint64(2000) {
				if h.Rests("recap-1", seed) {
					rests++
				}
			}
			if share := float64(rests) / 2000; share < 1-tt.want-0.04 || share > 1-tt.want+0.04 {
				t.Errorf("rests in %.2f of all cases, want %.2f", share, 1-tt.want)
			}
			if h.Weight("recap-2") != 1 || h.Rests("recap-2", 7) {
				t.Error("another variant pays for it")
			}
		})
	}
}

func TestFates_OfEveryState(t *testing.T) {
	journal := []tracker.Draft{
		{Key: "a", State: tracker.DraftSent},
		{Key: "b", State: tracker.DraftSent},
		{Key: "c", State: tracker.DraftSent},
		{Key: "d", State: tracker.DraftSent},
		{Key: "e", State: tracker.DraftDiscarded},
		{Key: "f", State: tracker.DraftWithdrawn},
		{Key: "g", State: tracker.DraftPlaced, Created: now},
		{Key: "h", State: tracker.DraftEdited, Created: now.AddDate(0, 0, -15)},
	}
	edits := []tracker.Edit{{Draft: "a", Kept: 1}, {Draft: "b", Kept: 0.8}, {Draft: "c", Kept: 0.1}}
	want := []Fate{AsIs, Edited, Rewritten, Sent, Deleted, Open, Open, Left}
	if d := cmp.Diff(Fates(journal, edits, now), want); d != "" {
		t.Errorf("got (-), want (+):\n%s", d)
	}
}

func TestVariant_TellsWritersApart(t *testing.T) {
	for _, tt := range []struct{ template, writer, variant string }{
		{"recap-3 opening/x permission/none", "template", "recap-3"},
		{"llm qwen3:8b, after recap-3 opening/x", "llm qwen3:8b", ""},
		{"", "template", ""},
	} {
		if w, v := Writer(tt.template), Variant(tt.template); w != tt.writer || v != tt.variant {
			t.Errorf("%q: %q, %q", tt.template, w, v)
		}
	}
}
