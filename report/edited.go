package report

import (
	"fmt"
	"time"

	"followupd/playbook/hand"
	"followupd/tracker"
)

// EditedDraft is a draft that the rep sent, and how what was sent differs from it.
type EditedDraft struct {
	Draft tracker.Draft
	Edit  tracker.Edit
}

// How much of an edit is shown: the texts are the rep's, and lie in Sent for whoever wants more.
const (
	shownChanges = 6
	shownWords   = 60 // runes of each side of a change
)

// changed tells what the rep changed in drafts before they were sent; those sent as they were are left out.
func (p *printer) changed(sent []EditedDraft, zone *time.Location) {
	title := "What you changed in drafts that you sent"
	for _, s := range sent {
		if hand.Fates([]tracker.Draft{s.Draft}, []tracker.Edit{s.Edit}, s.Edit.At)[0] == hand.AsIs {
			continue
		}
		if title != "" {
			p.line("")
			p.line("%s", title)
			title = ""
		}
		p.line("  %s  step %d, %s: %.0f %% of its words stand", Moment(s.Draft.Created, zone), s.Draft.Step, s.Draft.Approach, 100*s.Edit.Kept)
		changes, more := hand.Changes(s.Edit.Diff, shownChanges)
		for _, c := range changes {
			p.line("      - %s", changeText(c))
		}
		if more > 0 {
			p.line("      - and more, %d in all", len(changes)+more)
		}
	}
}

func changeText(c hand.Change) string {
	out, in := Cut(Clean(c.Out), shownWords), Cut(Clean(c.In), shownWords)
	switch {
	case c.Out == "":
		return fmt.Sprintf("put in “%s”", in)
	case c.In == "":
		return fmt.Sprintf("took out “%s”", out)
	}
	return fmt.Sprintf("“%s” in place of “%s”", in, out)
}
