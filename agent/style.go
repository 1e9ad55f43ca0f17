package agent

import (
	"context"
	"fmt"
	"slices"

	"followupd/mail/quote"
	"followupd/playbook"
	"followupd/tracker"
)

// styleSamples is how many sent mails are looked at to learn how the rep signs and quotes.
const styleSamples = 30

// signature gives the rep's signature: the config's, else the one most of their latest mails carry, else none.
func (a *Agent) signature(ctx context.Context) (string, error) {
	if a.set.Signature != "" || a.set.NoSignature {
		return a.set.Signature, nil
	}
	count := make(map[string]int)
	best := ""
	for _, s := range a.latestSent(styleSamples, func(tracker.Linked) bool { return true }) {
		c, err := a.store.Content(ctx, s.Row)
		if err != nil {
			return "", fmt.Errorf("read a stored body: %w", err)
		}
		if c == nil {
			continue
		}
		sig := quote.Cut(c.Text).Signature
		if sig == "" {
			continue
		}
		count[sig]++
		if count[sig] > count[best] {
			best = sig
		}
	}
	return best, nil
}

// quotingSample gives the text of the rep's latest mail that quotes somebody, "" if there is none: drafts quote as it does.
func (a *Agent) quotingSample(ctx context.Context) (string, error) {
	for _, s := range a.latestSent(1, func(l tracker.Linked) bool { return l.Reading.Quoted }) {
		c, err := a.store.Content(ctx, s.Row)
		if err != nil {
			return "", fmt.Errorf("read a stored body: %w", err)
		}
		if c != nil {
			return c.Text, nil
		}
	}
	return "", nil
}

// writtenSamples is how many mails of the rep a writer is shown for their style.
const writtenSamples = 3

// samples gives mails that the rep wrote by hand in other threads, newest first.
func (a *Agent) samples(ctx context.Context, besides *tracker.Thread) ([]playbook.Sample, error) {
	inside := make(map[int64]bool)
	for _, l := range besides.Messages {
		inside[l.Row] = true
	}
	var out []playbook.Sample
	for _, l := range a.latestSent(writtenSamples, func(l tracker.Linked) bool { return !inside[l.Row] && l.Message.DraftKey == "" }) {
		c, err := a.store.Content(ctx, l.Row)
		if err != nil {
			return nil, fmt.Errorf("read a stored body: %w", err)
		}
		if c == nil {
			continue
		}
		if text := quote.Cut(c.Text).New; text != "" {
			out = append(out, playbook.Sample{Text: text, Language: l.Reading.Language, To: append(slices.Clone(l.Message.To), l.Message.Cc...)})
		}
	}
	return out, nil
}

// latestSent gives up to n mails of the rep that pass, newest first, from the threads with a prospect.
func (a *Agent) latestSent(n int, pass func(tracker.Linked) bool) []tracker.Linked {
	var out []tracker.Linked
	for _, id := range a.threads.Threads() {
		t := a.threads.Thread(id)
		if t == nil {
			continue
		}
		for _, l := range t.Messages {
			if l.Direction != tracker.Out || !l.HasBody || !pass(l) {
				continue
			}
			at := len(out)
			for at > 0 && out[at-1].Received.Before(l.Received) {
				at--
			}
			if at == n {
				continue
			}
			out = append(out[:at], append([]tracker.Linked{l}, out[at:]...)...)
			if len(out) > n {
				out = out[:n]
			}
		}
	}
	return out
}
