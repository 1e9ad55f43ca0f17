package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"followupd/playbook/hand"
	"followupd/tracker"
)

func TestTimeline_TellsWhatTheRepChangedInDrafts(t *testing.T) {
	const draft = "Hi Lena,\n\nNordfrakt cut its disputes by a third. Shall we talk on Tuesday at ten?\n\nAnna"
	sentAs := func(step int, text string) EditedDraft {
		kept, diff := hand.Compare(draft, text)
		return EditedDraft{
			Draft: tracker.Draft{Key: "k", Step: step, Approach: "case_study", State: tracker.DraftSent, Body: draft, Created: digestNow},
			Edit:  tracker.Edit{Draft: "k", At: digestNow, Kept: kept, Diff: diff},
		}
	}
	erased := sentAs(4, "quite another text")
	erased.Edit.Diff = ""
	long := strings.Repeat("so many words ", 20)
	told := func(sent ...EditedDraft) string {
		var b bytes.Buffer
		if err := Timeline(&b, Story{Standing: digestThread("Lena", "Sockets", tracker.Waiting), Sent: sent}, time.UTC); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	text := told(sentAs(1, strings.Replace(draft, "Tuesday", "Fri\x1bday", 1)), sentAs(2, draft), sentAs(3, draft+"\n\n"+long), erased)
	for _, want := range []string{"step 1, case_study: 94 % of its words stand", "“Fri\\u001bday” in place of “Tuesday”", "put in “so many words", "step 4"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if strings.Contains(text, "step 2") || strings.Contains(text, long) || strings.Contains(text, "\x1b") {
		t.Errorf("what was sent as it was, a whole long text or a raw character in\n%s", text)
	}
	if text := told(sentAs(1, draft)); strings.Contains(text, "What you changed") {
		t.Errorf("nothing was changed, and it says\n%s", text)
	}
}
