package report

import (
	"bytes"
	"strings"
	"testing"

	"followupd/playbook/hand"
	"followupd/tracker"

	"github.com/google/go-cmp/cmp"
)

func TestHandRows_ByWriterApproachTextAndAsset(t *testing.T) {
	journal := []tracker.Draft{
		{Key: "a", State: tracker.DraftSent, Template: "en/recap-1 opening/x", Approach: "recap", Body: "x"},
		{Key: "b", State: tracker.DraftSent, Template: "en/recap-1 opening/y", Approach: "recap", Body: "x"},
		{Key: "c", State: tracker.DraftDiscarded, Template: "llm small, after en/recap-1 opening/x", Approach: "recap", Body: "x"},
		{Key: "d", State: tracker.DraftSent, Template: "en/article-1", Approach: "article", Asset: "five.md", Body: "x"},
		{Key: "e", State: tracker.DraftPlaced, Template: "en/article-1", Approach: "article", Asset: "five.md", Body: "x", Created: noon},
		{Key: "f", State: "own"},
	}
	edits := []tracker.Edit{{Draft: "a", Kept: 1}, {Draft: "b", Kept: 0.2}}
	rows := HandRows(journal, edits, noon)
	want := []Row{
		{Group: "draft_all", Name: "all", Count: 4, Drafts: &hand.Tally{AsIs: 1, Rewritten: 1, Deleted: 1, Sent: 1}},
		{Group: "draft_writer", Name: "template", Count: 3, Drafts: &hand.Tally{AsIs: 1, Rewritten: 1, Sent: 1}},
		{Group: "draft_writer", Name: "llm small", Count: 1, Drafts: &hand.Tally{Deleted: 1}},
		{Group: "draft_approach", Name: "recap", Count: 3, Drafts: &hand.Tally{AsIs: 1, Rewritten: 1, Deleted: 1}},
		{Group: "draft_approach", Name: "article", Count: 1, Drafts: &hand.Tally{Sent: 1}},
		{Group: "draft_text", Name: "en/recap-1", Count: 2, Drafts: &hand.Tally{AsIs: 1, Rewritten: 1}},
		{Group: "draft_text", Name: "en/article-1", Count: 1, Drafts: &hand.Tally{Sent: 1}},
		{Group: "draft_asset", Name: "five.md", Count: 1, Drafts: &hand.Tally{Sent: 1}},
	}
	if d := cmp.Diff(rows, want); d != "" {
		t.Errorf("got (-), want (+):\n%s", d)
	}
	var out bytes.Buffer
	if err := HandTable(&out, rows, Screen{}); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"BY WRITER", "llm small", "BY TEXT", "en/recap-1"} {
		if !strings.Contains(out.String(), s) {
			t.Errorf("the table lacks %q:\n%s", s, out.String())
		}
	}
}
