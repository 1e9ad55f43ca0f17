package agent

import (
	"context"
	"fmt"
	"strings"

	"followupd/playbook/hand"
	"followupd/tracker"
)

// noteEdits keeps, of each draft that was sent, how the mail in Sent differs from it, as soon as that was read. It is a fact
// and not a conclusion, because the texts it compares are erased one day.
func (a *Agent) noteEdits(ctx context.Context) error {
	done, err := a.recall(ctx)
	if err != nil {
		return err
	}
	news := false
	for key := range done.sent {
		news = news || !a.compared[key]
	}
	if !news {
		return nil
	}
	journal, err := a.store.Drafts(ctx)
	if err != nil {
		return fmt.Errorf("read the journal of drafts: %w", err)
	}
	var sent []tracker.Draft
	for _, d := range journal {
		if d.State == tracker.DraftSent && d.Body != "" {
			sent = append(sent, d)
		}
	}
	if len(sent) == 0 {
		return nil
	}
	edits, err := a.store.Edits(ctx)
	if err != nil {
		return fmt.Errorf("read what became of drafts: %w", err)
	}
	known := make(map[string]bool, len(edits))
	a.compared = known
	for _, e := range edits {
		known[e.Draft] = true
	}
	for _, d := range sent {
		if known[d.Key] {
			continue
		}
		text, ok, err := a.sentText(ctx, d)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		signature, err := a.signature(ctx)
		if err != nil {
			return err
		}
		kept, diff := hand.Compare(unsigned(d.Body, signature), unsigned(text, signature))
		if err := a.store.SaveEdit(ctx, tracker.Edit{Draft: d.Key, At: a.now(), Kept: kept, Diff: diff}); err != nil {
			return err
		}
		known[d.Key] = true
	}
	return nil
}

// sentText gives the new text of the mail that a draft was sent as; ok is false while it is not known.
func (a *Agent) sentText(ctx context.Context, d tracker.Draft) (text string, ok bool, err error) {
	t := a.threads.Thread(d.Thread)
	if t == nil {
		return "", false, nil
	}
	for _, l := range t.Messages {
		if l.Direction != tracker.Out || l.Reduced || !l.HasBody {
			continue
		}
		key, _ := split(l.Message)
		if key == d.Key || answersTo(l.Message, d.Answers) && !l.Received.Before(d.Created.Add(-clockSlack)) {
			text, err = a.newText(ctx, l.Row)
			return text, err == nil, err
		}
	}
	return "", false, nil
}

// unsigned takes the signature off a text, with the mark before it.
func unsigned(text, signature string) string {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	if signature = strings.TrimSpace(signature); signature != "" {
		text = strings.TrimSpace(strings.TrimSuffix(text, signature))
	}
	return strings.TrimSpace(strings.TrimSuffix(text, "\n--"))
}
