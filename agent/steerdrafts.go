package agent

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"followupd/agent/steer"
	"followupd/mail"
	"followupd/tracker"
)

// steerDrafts carries out what the rep wrote at the top of a draft of ours: "// hold 2 weeks". It goes by the journal, which
// a sweep has just held against Drafts. A draft is read once for each edit, which gives it another UID.
func (a *Agent) steerDrafts(ctx context.Context, opt Options) error {
	if _, on := a.steered(); !on || opt.DryRun {
		return nil
	}
	journal, _, err := a.Done(ctx)
	if err != nil {
		return err
	}
	if a.steering.lines == nil {
		a.steering.lines, a.steering.spoken = make(map[string]bool), make(map[string]mail.UID)
	}
	for _, d := range journal {
		at := fmt.Sprintf("%d:%d", d.Validity, d.UID)
		if d.State != tracker.DraftEdited || d.UID == 0 || a.steering.lines[at] {
			continue
		}
		source, err := a.box.ReadDraft(ctx, d.Validity, d.UID)
		if err != nil {
			a.log.Debug("a draft has gone", slog.String("draft", d.Key), slog.Any("error", err))
			continue // the next sweep says where
		}
		if err := a.steerDraft(ctx, d, at, mail.Parse(source)); err != nil {
			return err
		}
		a.steering.lines[at] = true
	}
	return nil
}

func (a *Agent) steerDraft(ctx context.Context, d tracker.Draft, at string, m mail.Message) error {
	if m.Content == nil {
		return nil
	}
	said, _, ok := steer.Line(m.Content.Text)
	if !ok {
		return nil
	}
	now := a.now()
	source := fmt.Sprintf("you wrote %q at the top of its draft", "// "+shortened(said))
	order, err := steer.Parse(said, a.set.Steering.Gestures, now, a.set.Policy.Calendar)
	word := order.Word(now, source)
	if err != nil {
		word = tracker.Word{At: now, Kind: tracker.WordUnheard, Source: source, Text: fmt.Sprintf("The first line of your draft was not understood: %s. The draft was left as it is.", err)}
	}
	if word.Thread = d.Thread; a.threads.Thread(d.Thread) != nil {
		word.Thread = a.threads.Thread(d.Thread).ID
	}
	if a.onlySpoke(d, m) {
		a.steering.spoken[d.Key] = d.UID
	}
	a.log.Info("the rep said", slog.String("by", "draft"), slog.String("word", string(word.Kind)), slog.String("thread", string(word.Thread)))
	return a.store.Hear(ctx, []tracker.Heard{{Word: word, Place: "draft", Signs: []string{at}}})
}

// onlySpoke says whether a draft is what we wrote but for a line that was meant for us. It may be taken back like one that
// nobody touched.
func (a *Agent) onlySpoke(d tracker.Draft, m mail.Message) bool {
	if m.Content == nil {
		return false
	}
	_, rest, ok := steer.Line(m.Content.Text)
	if !ok {
		return false
	}
	content := *m.Content
	content.Text = rest
	m.Content = &content
	key, sealed := split(m)
	return key == d.Key && untouched(key, sealed, m) || len(d.Source) > 0 && essence(m) == essence(mail.Parse(d.Source))
}

// removable says whether a draft that was overtaken may be taken back: one that nobody touched, or that the rep only wrote a
// line for us into.
func (a *Agent) removable(d tracker.Draft) bool {
	uid, spoke := a.steering.spoken[d.Key]
	return d.State == tracker.DraftPlaced || d.State == tracker.DraftEdited && spoke && uid == d.UID
}

// shortened keeps a sentence readable whatever was written.
func shortened(s string) string {
	const most = 60
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
