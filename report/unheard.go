package report

import (
	"fmt"
	"time"

	"followupd/tracker"
)

// Unheard gives what the rep did in a mail client since a moment that could not be understood or carried out, oldest first.
func Unheard(words []tracker.Word, since time.Time) []tracker.Word {
	var out []tracker.Word
	for _, w := range words {
		if w.Kind == tracker.WordUnheard && w.At.After(since) {
			out = append(out, w)
		}
	}
	return out
}

// AddUnheard puts what could not be understood at the head of the digest. threads name the conversations.
func (d *Digest) AddUnheard(words []tracker.Word, threads []tracker.Standing) {
	if len(words) == 0 {
		return
	}
	byID := make(map[tracker.ThreadID]tracker.Standing, len(threads))
	for _, s := range threads {
		byID[s.Thread] = s
	}
	section := DigestSection{Title: "Not understood"}
	for _, w := range words {
		if len(section.Items) == perSection {
			section.More++
			continue
		}
		item := DigestItem{Who: "You", Subject: "in your mail client", Do: "Say it again", Why: Cut(Clean(w.Text), 300)}
		if s, ok := byID[w.Thread]; ok {
			item.Who, item.Subject = Cut(digestWho(s), 60), Cut(Clean(s.Subject), 90)
		}
		section.Items = append(section.Items, item)
	}
	if d.Empty() {
		d.Subject = fmt.Sprintf("Follow-ups: %d not understood", len(words))
	}
	d.Sections = append([]DigestSection{section}, d.Sections...)
}
