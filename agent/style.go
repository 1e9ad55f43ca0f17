package agent

import (
	"context"
	"fmt"

	"followupd/mail/quote"
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
